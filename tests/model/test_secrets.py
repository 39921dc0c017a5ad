"""One list says what a secret is: a finding masks each of its names and forms, and shows their harmless neighbours."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from contracts.live.known_secrets import hide_values
from contracts.model.secrets import is_secret_name, mask_secrets, secret_kind
from contracts.recording.redaction import Redactor
from tests.helpers.cost import within
from tests.helpers.messages import STOP, check_request

# a secret name, and a neighbour that stands for none
NAMES = [
    ("AccessToken", "PublicKeyToken"),
    ("ApplicationToken", "Application"),
    ("ClientSecret", "Client"),
    ("SessionId", "Session"),
    ("ApiKey", "Api"),
    ("api_key", "key"),
    ("X-App-Token", "X-App"),
    ("Password", "PasswordAge"),
    ("db.pwd", "db"),
    ("Ticket", "TicketCount"),
    ("UserName", "Name"),
    ("Authorization", "Author"),
    ("Cookie", "Cook"),
    ("Ocp-Apim-Subscription-Key", "Subscription"),
    ("x-functions-key", "functions"),
    ("Signature", "SignatureMethod"),
    ("X-MS-CLIENT-PRINCIPAL", "Principality"),
    ("secretKey", "secretKeyId"),
    ("PASSORD", "passordre"),
    ("otp", "laptop"),
    ("pin", "pinned"),
    ("Nonce", "Announce"),
    ("SignatureValue", "DigestValue"),
    ("JWT", "jwtCount"),
]
# a text with a secret that is marked HIDDEN, and its neighbour
TEXTS = [
    ("7T:HIDDEN==", "7:HIDDEN=="),
    ("8A:Cust12345.HIDDEN", "8A:HIDDEN"),
    ("bearer HIDDEN", "bear HIDDEN"),
    ("AKIAHIDDEN0123456789", "AKIAHIDDEN012345678"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJHIDDEN.sig", "eyJhbGciOiJIUzI1NiJ9.HIDDEN"),
    ("https://joe:HIDDEN@x.example/", "joe:HIDDEN@x.example"),
    ("?sharedAccessSignature=HIDDEN", "?sharedAccess=HIDDEN"),
    ("https://x.example/?access_token=HIDDEN", "https://x.example/?token_count=HIDDEN"),
    ("AccessToken='HIDDEN'", "AccessTokens='HIDDEN'"),
    ('{"password": "HIDDEN"}', '{"name": "HIDDEN"}'),
    (r"{\"secretKey\": \"HIDDEN\"}", r"{\"secret\\Key\": \"HIDDEN\"}"),
    ("error: password=HIDDEN", "error: age=HIDDEN"),
    ("curl -u joe:HIDDEN https://x.example/", "curl -o joe:HIDDEN https://x.example/"),
    ("curl --user 'joe:HIDDEN' https://x.example/", "curl --url 'joe:HIDDEN'"),
    ("curl -u HIDDEN:x https://x.example/", "sort -u HIDDEN:x"),
    ('setProperty("password", "HIDDEN")', 'setProperty("colour", "HIDDEN")'),
    ("headers.Add('X-App-Token', 'HIDDEN')", "['X-App-Token', 'HIDDEN']"),
    ('new NetworkCredential("joe", "HIDDEN")', 'new NetworkConnection("joe", "HIDDEN")'),
    ('new NetworkCredential("HIDDEN", "x")', 'new Network("HIDDEN", "x")'),
    ("HTTPBasicAuth('joe', 'HIDDEN')", "HTTPBasic('joe', 'HIDDEN')"),
    ("$env:SERVICES85_PASSWORD = 'HIDDEN'", "$env:SERVICES85_HOST = 'HIDDEN'"),
    ("'passwd' => 'HIDDEN'", "'host' => 'HIDDEN'"),
    ("api_key: HIDDEN", "api_version: HIDDEN"),
    ("Server=x;User Id=sa;Password=HIDDEN;Encrypt=no", "Server=HIDDEN;Encrypt=no"),
    ("SharedAccessSignature sr=x&sig=HIDDEN", "SharedAccessSignature sr=x&se=HIDDEN"),
    ("https://x.example/cb?code=HIDDEN", "https://x.example/cb?page=HIDDEN"),
    ("https://x.example/cb#state=HIDDEN", "the state=HIDDEN"),
    ("Authorization: Negotiate HIDDEN", "Authority: HIDDEN"),
    ("Authorization: HIDDEN", "Author: HIDDEN"),
    ("Set-Cookie: a=HIDDEN; path=/; b=HIDDEN", "Set-Cake: a=HIDDEN"),
    ("NTLM HIDDEN+/=", "NTLM hidden"),
    ("Basic HIDDENam9lOnB3=", "WS-I Basic Profile 1.1, HIDDEN"),
    ('Digest username="joe", response="HIDDEN"', "the digest of HIDDEN"),
    (f"ghp_HIDDEN{'a1' * 15}", "ghp_HIDDEN"),
    (f"sk_live_HIDDEN{'a1' * 8}", "sk_live_HIDDEN"),
    ("-----BEGIN RSA PRIVATE KEY-----\nHIDDEN\n-----END RSA PRIVATE KEY-----", "-----BEGIN CERTIFICATE-----\nHIDDEN"),
]


@pytest.mark.parametrize(("secret", "harmless"), NAMES)
def test_a_finding_masks_a_secret_name_and_shows_its_neighbour(secret: str, harmless: str) -> None:
    assert is_secret_name(secret)
    assert not is_secret_name(harmless)
    for name, shown in ((secret, False), (harmless, True)):
        (found,) = check_request(STOP.replace("<b:Id>", f'<b:Id {name}="hunter2">')).violations
        assert ("hunter2" in str(found.as_dict())) is shown


@pytest.mark.parametrize(("secret", "harmless"), TEXTS)
def test_a_text_loses_its_secret_and_keeps_what_looks_like_one(secret: str, harmless: str) -> None:
    for change in (mask_secrets, lambda text: Redactor().redact_text(text)):
        assert "HIDDEN" not in change(secret)
        assert change(harmless) == harmless


def test_a_word_of_a_sentence_of_ours_is_no_secret() -> None:
    said = "it sends to login: a login page; Ticket: none"
    assert mask_secrets(said) == said
    assert mask_secrets("password: hunter2") == mask_secrets("password: 'hunter'").replace("'", "")
    assert "hunter" not in Redactor().redact_text("password: hunter")


def test_what_is_masked_stays_masked() -> None:
    for secret, _ in TEXTS:
        assert mask_secrets(mask_secrets(secret)) == mask_secrets(secret)


def test_an_operation_is_no_secret_and_the_text_in_it_is() -> None:
    assert secret_kind("AuthenticateUsernamePassword") is None
    assert is_secret_name("AuthenticateUsernamePassword")


@pytest.mark.parametrize(
    "hostile",
    [
        "a=",
        "eyJ",
        "eyJa.",
        "eyJabcdefgh.",
        "://",
        "://a",
        "7T:",
        "8A:Cust1",
        "a='",
        'a="',
        "basic ",
        "bearer",
        "basic A",
        "digest a=",
        "cookie=",
        "authorization: a ",
        "?sig=",
        "://a:b",
        'pw=\\"',
        "password=",
        "-----BEGIN A PRIVATE KEY-----",
        "ghp_",
        "a => ",
        " =",
        "a",
    ],
)
def test_masking_is_linear(hostile: str) -> None:
    with within(1):
        mask_secrets(hostile * 100_000)


@pytest.mark.parametrize(
    "write",
    [
        str,
        str.upper,
        html.escape,
        lambda text: html.escape(html.escape(text)),
        json.dumps,
        quote,
        lambda text: quote(text, safe="").lower(),
        *(lambda text, n=n: base64.b64encode(f"{'u' * n}{text}:x".encode()).decode() for n in range(4)),
    ],
)
def test_a_value_that_is_known_is_hidden_however_it_is_written(write: Callable[[str], str]) -> None:
    secret = 'pass<w"ord&1'
    hidden = hide_values(f"it said {write(secret)} to me", [("user", "pass"), ("password", secret)])
    assert "(password)" in hidden and hidden.startswith("it said ") and hidden.endswith(" to me")
    assert hide_values("it said passport to me", [("password", secret)]) == "it said passport to me"
