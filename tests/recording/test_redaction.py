"""No secret is left, and nothing else is touched."""

from __future__ import annotations

import base64
import gzip
from hashlib import sha256
from urllib.parse import quote

import pytest
from lxml import etree

from contracts.files.limits import use_limits
from contracts.recording.redaction import CannotRedact, Redactor
from tests.helpers.cost import within
from tests.helpers.messages import NS, request
from tests.helpers.shared import needs_shared, shared

TICKET = "7T:QmFzZTY0L29mK3NvbWV0aGluZw=="
TOKEN = "b8f3c1de-77aa-4410-9d0c-5f1e2a3b4c5d"
PASSWORD = "Corr&ct/horse+9é"


def envelope(header: str = "", body: str = "", encoding: str = "utf-8") -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?>\r\n{request(body, header)}'.encode(encoding)


def xml(text: str) -> str:
    return text.replace("&", "&amp;")


FULL = envelope(
    f"<b:ApplicationToken>{TOKEN}</b:ApplicationToken><b:Credentials><b:Ticket>{TICKET}</b:Ticket></b:Credentials>",
    f"<b:X><b:UserName>wilma.k</b:UserName><b:Password>{xml(PASSWORD)}</b:Password><b:Id>42</b:Id></b:X>",
)


def test_envelope() -> None:
    changed = Redactor().redact_body(FULL)
    root = etree.fromstring(changed)
    texts = {etree.QName(element).localname: element.text for element in root.iter() if not len(element)}
    assert texts == {
        "ApplicationToken": "REDACTED-TOKEN-01",
        "Ticket": "7T:REDACTED01==",
        "UserName": "REDACTED-USER-01",
        "Password": "REDACTED-PASSWORD-01",
        "Id": "42",
    }
    base64.b64decode(str(texts["Ticket"]).removeprefix("7T:"), validate=True)
    assert changed.startswith(b'<?xml version="1.0" encoding="utf-8"?>\r\n<s:Envelope xmlns:s=')


def test_what_holds_no_secret_stays_as_it_is() -> None:
    data = envelope("<!-- a > b --><b:Succeeded >true</b:Succeeded>", "<b:a x = '1'></b:a><b:b/>&#x41;<![CDATA[<]]>")
    assert Redactor().redact_body(data) is data


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "iso-8859-1", "utf-8-sig", "utf-32"])
def test_encodings(encoding: str) -> None:
    data = FULL.decode().replace('"utf-8"', f'"{encoding}"').encode(encoding)
    changed = Redactor().redact_body(data).decode(encoding)
    for secret in (TICKET, TOKEN, xml(PASSWORD), "wilma.k"):
        assert secret not in changed
    assert "7T:REDACTED01==" in changed and f'encoding="{encoding}"' in changed


def test_escapes() -> None:
    ticket = "7T:Abc+def/ghi-jkl="
    redactor = Redactor()
    for mark in ("\\u{:04x}", "\\u{:04X}", "&#{};", "&amp;#x{:x};"):
        for some in ("+/=", ticket):
            written = "".join(mark.format(ord(c)) if c in some else c for c in ticket)
            for text in (f'{{"a": "{written}", "b": "\\u00e9\\ud83d"}}', f"<a><!-- {written} &#45;&#45; &#60; --></a>"):
                changed = redactor.redact_text(text)
                assert "Abc" not in changed and "jkl" not in changed and "REDACTED" in changed, text
                assert redactor.redact_text(changed) == changed
    for text in ('{"a": "\\u00e9\\u002B"}', "<a><!-- &#45;&#45;&#62; --></a>", "\\user \\u12"):
        assert redactor.redact_text(text) == text


def test_pairs_with_a_telling_key() -> None:
    pairs = "<Pair><{0}>{1}</{0}><Value>Hunter2!</Value></Pair><Pair><{0}>format</{0}><Value>pdf</Value></Pair>"
    for name, key in (("Key", "smtpPassword"), ("b:Key", "<![CDATA[api-key]]>"), ("Name", "SessionId")):
        changed = Redactor().redact_text(f"<P>{pairs.format(name, key)}</P><Value>Hunter3!</Value>")
        assert "Hunter2" not in changed and "<Value>pdf</Value>" in changed and "<Value>Hunter3!</Value>" in changed
    told = "<add key='smtpPassword' value='Hunter2!'/><add value=\"Hunter2!\" Name=\"ApiKey\"/>"
    others = "<add key='format' value='pdf'/><add type='password' value='pdf'/>"
    changed = Redactor().redact_text(f"<a>{told}{others}</a>")
    assert "Hunter2" not in changed and others in changed


@pytest.mark.parametrize(
    "body",
    [
        f"<Ticket>{TICKET}",
        f"<b:Ticket>{TICKET}</b:Credentials><b:Id>42</b:Id>",
        f"<b:ticket>{TICKET[:9]}<!-- half -->{TICKET[9:]}</b:ticket>",
        f"<b:Ticket>{TICKET[:9]}<x>{TICKET[9:]}</x></b:Ticket>",
        f"<Ticket><![CDATA[{TICKET}]]></Ticket>",
        f"<Credentials Ticket='{TICKET}'/>",
        f"<a>7T&#58;{TICKET[3:]}</a>",
        f"<!-- {TICKET} -->",
        f"<a><!-- <Ticket>{TICKET}",
        f"<Ticket><![CDATA[{TICKET}",
        f"<a>&lt;Ticket&gt;{TICKET}&lt;/Ticket&gt;</a>",
        f"<a>{base64.b64encode(TICKET.encode()).decode()}</a>",
        f"<a>{base64.b64encode(b'xy' + TICKET.encode() + b'z').decode()}</a>",
        f"<a>{quote(TICKET, safe='')}</a><b>{quote(quote(TICKET, safe=''))}</b>",
        f"<a>{{&quot;ticket&quot;: &quot;{TICKET[3:]}&quot;}}</a>",
        f'{{"ticket": "{TICKET[3:]}", "a": 1}}',
        f"ticket={quote(TICKET)}&a=1",
    ],
)
def test_places_of_a_ticket(body: str) -> None:
    redactor = Redactor()
    changed = redactor.redact_body(body.encode())
    packed = [base64.b64encode(b"x" * n + TICKET.encode())[4:-4].decode() for n in range(3)]
    for part in (TICKET, TICKET[3:], TICKET[9:], quote(TICKET[3:], safe=""), *packed):
        assert part not in changed.decode()
    assert redactor.redact_body(changed) == changed
    assert ("42" in body) == (b"42" in changed)


def test_error_texts() -> None:
    info = (
        "<b:ExceptionInfo><b:Message>Wilma may not</b:Message><b:StackTrace>at X.Y()\r\n at Z</b:StackTrace>"
        "<b:FriendlyText/><b:ExceptionType>SoSecurityException</b:ExceptionType><b:InnerException>"
        "<b:Message>inner Wilma</b:Message></b:InnerException><b:Parameters><b:P><b:Key>k</b:Key>"
        "<b:Value>Wilma</b:Value></b:P></b:Parameters></b:ExceptionInfo>"
    )
    changed = Redactor().redact_body(envelope(info, "<b:Message>stays</b:Message>")).decode()
    assert "Wilma" not in changed and "X.Y" not in changed
    for kept in ("SoSecurityException", "<b:Key>k</b:Key>", "<b:FriendlyText/>", "<b:Message>stays</b:Message>"):
        assert kept in changed


def test_authentication_data() -> None:
    pairs = (
        "<b:P><b:Key>Password</b:Key><b:Value>hunter-two</b:Value></b:P><b:P><b:Key>n</b:Key><b:Value>1</b:Value></b:P>"
    )
    changed = (
        Redactor()
        .redact_body(envelope(body=f"<b:A><b:AuthenticationData>{pairs}</b:AuthenticationData></b:A>"))
        .decode()
    )
    assert "hunter" not in changed and "<b:Value>1<" not in changed
    assert "<b:Key>Password</b:Key>" in changed


def test_same_secret_same_placeholder() -> None:
    redactor = Redactor()
    one, two = (redactor.redact_text(f"<Ticket>{ticket}</Ticket>") for ticket in (TICKET, "7T:other0+/"))
    assert one == redactor.redact_text(f"<Ticket> {TICKET} </Ticket>").replace(" ", "")
    assert (one, two) == ("<Ticket>7T:REDACTED01==</Ticket>", "<Ticket>7T:REDACTED02==</Ticket>")
    later = Redactor()  # goes on in a recording that has placeholders
    later.redact_text(two)
    assert later.redact_text(f"<Ticket>{TICKET}</Ticket>") == "<Ticket>7T:REDACTED03==</Ticket>"


def test_values_keep_their_type() -> None:
    redactor = Redactor([("password", "86420975"), ("user", "true"), ("password", "42"), ("user", "Started")])
    data = envelope(body="<b:Id>42</b:Id><b:Id>86420975</b:Id><b:Ok>true</b:Ok><b:State>Started</b:State>")
    changed = redactor.redact_body(data).decode()
    assert "<b:Id>42</b:Id><b:Id>00000000</b:Id><b:Ok>true</b:Ok><b:State>Started</b:State>" in changed


def test_uris() -> None:
    redactor = Redactor()
    uri = f"https://wilma.k:s3cr3t-x@sod.superoffice.com:8443/Cust12345/Remote/Services85/Batch.svc?wsdl&ticket={quote(TICKET)}"
    changed = redactor.redact_uri(uri)
    assert changed.startswith("https://tenant.example/Cust00000/Remote/Services85/Batch.svc?wsdl&ticket=7T:REDACTED01")
    assert redactor.redact_uri(changed) == changed
    assert redactor.redact_text("wilma.k s3cr3t-x SOD.superoffice.com:8443 cust12345") == (
        "REDACTED-USER-01 REDACTED-PASSWORD-01 tenant.example Cust00000"
    )
    assert redactor.redact_uri("/Cust12345/x.svc?wsdl") == "/Cust00000/x.svc?wsdl"
    assert "Cust12345" not in redactor.redact_uri("http://[::1/Cust12345")
    assert redactor.redact_text(f"{NS} http://schemas.xmlsoap.org/soap/envelope/").startswith(NS)


def test_access_tokens() -> None:
    changed = Redactor().redact_text(
        "<AccessToken>8A:Cust12345.s0me-th1ng</AccessToken> 8A:Cust12345.s0me-th1ng s0me-th1ng"
    )
    assert changed.startswith("<AccessToken>8A:Cust00000.REDACTED-ACCESS-01</AccessToken>")
    assert "12345" not in changed and "s0me" not in changed


def test_headers() -> None:
    basic = base64.b64encode(b"wilma.k:s3cr3t-x").decode()
    redactor = Redactor()
    redactor.redact_uri("http://127.0.0.1:8099/")
    changed = redactor.redact_headers(
        {
            "Host": "127.0.0.1:8099",
            "Authorization": f"Basic {basic}",
            "Cookie": b"sid=abcdef012345; a=b",
            "Set-Cookie": ["sid=abcdef012345; Path=/; HttpOnly", "x=y"],
            "X-App-Token": TOKEN,
            "Location": "http://127.0.0.1:8099/Cust12345/",
            "SOAPAction": f'"{NS}/Batch/StopBatchJob"',
            "X-Debug": f"wilma.k s3cr3t-x {basic}",
        }
    )
    assert changed["Host"] == "tenant.example"
    assert changed["Authorization"] == "Basic REDACTED-AUTHORIZATION-01"
    assert changed["Cookie"] == "sid=REDACTED-COOKIE-01; a=REDACTED-COOKIE-02"
    assert changed["Set-Cookie"] == ["sid=REDACTED-COOKIE-01; Path=/; HttpOnly", "x=REDACTED-COOKIE-03"]
    assert changed["Location"] == "http://tenant.example/Cust00000/"
    assert changed["SOAPAction"] == f'"{NS}/Batch/StopBatchJob"'
    assert "wilma" not in str(changed) and "s3cr3t" not in str(changed) and basic not in str(changed)
    assert redactor.redact_headers(changed) == changed


def test_headers_of_proxies_and_joined_cookies() -> None:
    address, name = "203.0.113.77", "crm.customer.com"
    changed = Redactor().redact_headers(
        {
            "X-Forwarded-For": address,
            "Forwarded": f"for={address};host={name}",
            "Via": f"1.1 {name}",
            "X-Forwarded-Proto": "https",
            "Set-Cookie": f"a=first1234; expires=Wed, 21 Oct 2026 07:28:00 GMT; Domain={name}, b=second12; Secure",
        }
    )
    assert not [secret for secret in (address, name, "first", "second") if secret in str(changed)]
    assert changed["X-Forwarded-Proto"] == "https" and "Wed, 21 Oct 2026 07:28:00 GMT" in changed["Set-Cookie"]
    assert changed["Set-Cookie"].endswith(", b=REDACTED-COOKIE-02; Secure")


JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ3aWxtYSJ9.c2lnbmF0dXJl"
# a header that holds HIDDEN, and one like it that stays
HEADERS = [
    ("Ocp-Apim-Subscription-Key", "HIDDEN", "Content-Type", "text/xml"),
    ("x-functions-key", "HIDDEN", "User-Agent", "tests/1.0"),
    ("X-Access-Key", "HIDDEN", "Accept", "*/*"),
    ("X-Signature", "HIDDEN", "ETag", '"abc"'),
    ("X-ARR-ClientCert", "HIDDEN", "Server", "Microsoft-IIS/10.0"),
    ("X-MS-CLIENT-PRINCIPAL", "HIDDEN", "Vary", "Accept-Encoding"),
    ("Remote-User", "HIDDEN", "X-Powered-By", "ASP.NET"),
    ("X-Nobody-Knows-This", "HIDDEN", "Cache-Control", "private, max-age=0"),
    ("WWW-Authenticate", "Negotiate HIDDEN", "Allow", "GET, POST"),
    ("Server", f"x {JWT}", "Date", "Tue, 24 Nov 2026 18:00:00 GMT"),
]


@pytest.mark.parametrize(("name", "secret", "other", "harmless"), HEADERS)
def test_what_a_header_holds_is_secret_unless_it_is_known_to_be_harmless(
    name: str, secret: str, other: str, harmless: str
) -> None:
    redactor = Redactor()
    changed = redactor.redact_headers({name: secret, other: harmless})
    assert "HIDDEN" not in changed[name] and JWT not in changed[name]
    assert changed[other] == harmless
    assert redactor.redact_headers(changed) == changed


def test_what_an_unknown_header_holds_is_left_elsewhere() -> None:
    """It may be a path or a version: what a body says stays what it is."""
    redactor = Redactor()
    redactor.redact_headers({"X-Original-Path": "/Remote/Services85", "Remote-User": "wilma.k"})
    assert (
        redactor.redact_text("<a>/Remote/Services85</a><b>wilma.k</b>")
        == "<a>/Remote/Services85</a><b>REDACTED-USER-01</b>"
    )


@pytest.mark.parametrize("query", ["sig=HIDDEN", "code=HIDDEN", "subscription-key=HIDDEN", "access_token=HIDDEN"])
def test_what_a_url_holds(query: str) -> None:
    redactor = Redactor()
    changed = redactor.redact_uri(f"http://x.example/Batch.svc?wsdl&{query}&v=1")
    assert "HIDDEN" not in changed and "wsdl&" in changed and "&v=1" in changed
    assert redactor.redact_uri(changed) == changed


def test_a_secret_is_replaced_before_the_place_that_tells_it_too() -> None:
    for text in ("<a>hunter22</a><Password>hunter22</Password>", "for=hunter22&x_password=hunter22"):
        assert "hunter22" not in Redactor().redact_text(text)


def test_what_shows_by_its_form_wherever_it_stands() -> None:
    saml = (
        "<saml:Assertion ID='a'><saml:Subject><saml:NameID>HIDDEN</saml:NameID></saml:Subject></saml:Assertion><a>1</a>"
    )
    for text in (f"<a>{JWT}</a>", f'{{"a": "{JWT}"}}', "see http://joe:HIDDEN@x.example/", saml, f"SAMLResponse={JWT}"):
        redactor = Redactor()
        changed = redactor.redact_text(text)
        assert "HIDDEN" not in changed and JWT not in changed, changed
        assert redactor.redact_text(changed) == changed
    assert Redactor().redact_text("eyJhbGciOiJIUzI1NiJ9 and a.b.c") == "eyJhbGciOiJIUzI1NiJ9 and a.b.c"


def test_packed_bodies() -> None:
    fields = {"Content-Encoding": ["gzip"], "content-length": ["7"], "Content-Type": ["text/xml"]}
    body, changed = Redactor().redact_packed(gzip.compress(FULL), fields)
    assert body.startswith(b"<?xml") and TICKET.encode() not in body
    assert changed == {"content-length": [str(len(body))], "Content-Type": ["text/xml"]}
    plain, changed = Redactor().redact_packed(FULL, fields)  # vcrpy has undone it, and left the header
    assert plain == body and "Content-Encoding" not in changed
    for packed, coding in ((gzip.compress(FULL)[:-9], "gzip"), (b"\x8b\x02\xff", "br")):
        with pytest.raises(CannotRedact):
            Redactor().redact_packed(packed, {"Content-Encoding": coding})


@pytest.mark.parametrize(
    "body",
    [
        "<!--" * 20_000,
        "<![CDATA[" * 20_000,
        "<?" * 20_000,
        '<a "' * 20_000,
        "a" * 500_000,
        "a%41" * 20_000,
        "token " * 9000,
        "<Ticket>" * 9000,
        "<a>" * 9000 + "</b>" * 9000,
        ("A" * 76 + "\n") * 2000,
        "a=" * 50_000,
        "<" + "a" * 40_000,
        "</" + "a" * 40_000,
        "<Envelope " + "a" * 40_000,
        " ".join(f"h{n}.superoffice.com" for n in range(2000)),
        "".join(f"<a>h{n}.superoffice.com</a>" for n in range(2000)),
        "".join(f"<a>7T:{n:08}abcd</a>" for n in range(2000)),
        "".join(f"<Password>{n:x}-{n * n}</Password>" for n in range(2000)),
        "a." * 50_000,
        f"<a {'A' * 200_000}>",
        "<" * 200_000,
        "a b-c." * 100_000,
        "A" * 2_000_000,
        "1234-" * 200_000,
        f"<Ticket>7T:{'a' * 500_000}</Ticket>",
    ],
    ids=lambda body: body[:8],
)
def test_odd_bodies_cost_little_time(body: str) -> None:
    with within(10):
        Redactor([("host", "tenant.somewhere.net")]).redact_body(body.encode())


def test_a_body_that_takes_too_long_is_refused() -> None:
    body, redactor = b"<a>b:c</a>" * 100_000, Redactor()
    with use_limits({"seconds": 1}), within(3), pytest.raises(CannotRedact, match="--limit seconds=N raises it"):
        redactor.redact_packed(body * 3, {})
    assert redactor.redact_packed(body[:1000], {}) == (body[:1000], {})


def test_messages_that_each_have_new_secrets_take_linear_time() -> None:
    passwords = [sha256(b"%d" % number).hexdigest() for number in range(1000)]
    redactor = Redactor()
    with within(5):
        for password in passwords:
            redactor.redact_body(f"<a><Password>{password}</Password></a>".encode())
    said = redactor.redact_text(f"{passwords[0]} and {passwords[-1]}")
    assert said == "REDACTED-PASSWORD-01 and REDACTED-PASSWORD-1000"


def test_messages_that_each_have_a_new_host_take_little_time() -> None:
    redactor = Redactor()
    with within(5):
        for number in range(1000):
            redactor.redact_uri(f"https://h{number}.somewhere.net/Remote/Services85/Batch.svc")
            redactor.redact_body(f"<a>of h{number}.somewhere.net</a>".encode())
    said = redactor.redact_text("H0.somewhere.net:81, h999.somewhere.net and h999.somewhere.net.au" + " " * 60_000)
    assert said.rstrip() == "tenant.example, tenant-1000.example and h999.somewhere.net.au"
    assert redactor.redact_text("h7.somewhere.net, xh7.somewhere.net") == "tenant-8.example, xh7.somewhere.net"


def test_thousands_of_known_secrets_are_found_whole_and_at_once() -> None:
    secrets = [("password", f"abcdef{number}xyz") for number in range(20_000)]
    with within(5):
        redactor = Redactor([*secrets, ("word", "abc"), ("user", "ab12"), ("user", "12345")])
        assert redactor.redact_text("abcdef7xyz, abcdef7xy abcdef77xyz") == (
            "REDACTED-PASSWORD-08, abcdef7xy REDACTED-PASSWORD-78"
        )
        assert redactor.redact_text("abc abcd ab12 ab123 12345 123456 a12345") == (
            "REDACTED-WORD-01 abcd REDACTED-USER-01 ab123 00000 123456 a00000"
        )


def test_base64_among_much_other_is_found() -> None:
    redactor, others = Redactor(), [f"ordinary{number:08}" for number in range(500)]
    hidden = base64.b64encode(b"password=hunter22;").decode()
    text = " ".join([*others[:300], hidden, *others[300:]])
    redacted = redactor.redact_text(text)
    assert hidden not in redacted
    assert [word for word in redacted.split() if word.startswith("ordinary")] == others


def test_the_limit_on_time_holds_for_all_that_is_done_to_a_message() -> None:
    body, redactor = b"<a>b:c</a>" * 1000, Redactor()
    with pytest.raises(CannotRedact, match="--limit seconds=N raises it"), redactor.time_message(spent=60):
        redactor.redact_packed(body, {})
    with redactor.time_message():
        assert redactor.redact_packed(body, {}) == (body, {})


@pytest.mark.parametrize("around", ["<a><!-- {} --></a>", "<a><![CDATA[{}]]></a>"])
def test_escaped_markup_in_a_comment_or_cdata_is_looked_into(around: str) -> None:
    hidden = around.format("&lt;x:Ticket&gt;hunter22&lt;/x:Ticket&gt; -&amp; &quot;")
    assert "hunter22" not in Redactor().redact_text(hidden)
    same = around.format("&lt;x:Count&gt;hunter22&lt;/x:Count&gt; -&amp; &quot;")
    assert Redactor().redact_text(same) == same


def test_a_host_is_found_whole_and_in_any_case() -> None:
    redactor = Redactor([("host", "Crm.Somewhere.net:8443")])
    same = "xcrm.somewhere.net my.crm.somewhere.net crm.somewhere.net.au crm.somewhere.net-x"
    assert redactor.redact_text(same) == same
    assert (
        redactor.redact_text("at CRM.somewhere.net:8443/a, crm.somewhere.net.")
        == "at tenant.example/a, tenant.example."
    )


@needs_shared
def test_recorded_messages() -> None:
    for file in sorted((shared() / "wire").rglob("*.http")):
        body = file.read_bytes().partition(b"\r\n\r\n")[2]
        redactor = Redactor()
        changed = redactor.redact_body(body)
        for secret in ("7T:1234abc", "1234567-1234-9876"):
            assert secret.encode() not in changed and secret.encode("utf-16-le") not in changed, file
        assert redactor.redact_body(changed) == changed, file
        try:
            etree.fromstring(body)
        except etree.XMLSyntaxError:
            continue
        etree.fromstring(changed)
