"""A real exchange, recorded and replayed through vcrpy."""

from __future__ import annotations

import base64
import gzip
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, unquote_to_bytes

import pytest
import requests
import yaml
from vcr import VCR
from vcr.errors import CannotOverwriteExistingCassetteException

from contracts.messages import read
from contracts.model import Message
from contracts.recording.provenance import Provenance
from contracts.recording.vcr import explain_mismatch, register, vcr_config
from tests.helpers.loopback import Request, running
from tests.helpers.messages import NS, request

SECRETS = {
    "ticket": "7T:UGxhbnRlZFRpY2tldC8rMTI=",
    "access": "8A:Cust48151.PlantedAccess",
    "token": "planted-application-token",
    "password": "Pl4nted/Pass+word",
    "user": "planted.user",
    "cookie": "plantedcookievalue",
    "customer": "Cust48151",
    "text": "planted words of an exception",
    "trace": "at Planted.Stack.Trace()",
}
PLANTED = " ".join(SECRETS.values())
PACKED = base64.b64encode(PLANTED.encode()).decode()
QUOTED = quote(PLANTED, safe="")
ANSWER = (
    f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><ExceptionInfo xmlns="{NS}">'
    f"<Message>{SECRETS['text']}</Message><StackTrace>{SECRETS['trace']}</StackTrace></ExceptionInfo></s:Header>"
    f'<s:Body><AuthenticateResponse xmlns="{NS}"><Response><Associate>{SECRETS["user"]}</Associate></Response>'
    f"<Credentials><Ticket>{SECRETS['ticket']}</Ticket></Credentials><!-- {PLANTED} --><Echo a='{PLANTED}'>{PLANTED} "
    f"{PACKED} {QUOTED}</Echo></AuthenticateResponse></s:Body></s:Envelope>"
).encode()
WANTED = b"planted|7T:UGxh|UGxhbnRlZFRpY2tldC|Pl4nted|48151|Stack.Trace|127.0.0.1"


def answer(page: Request) -> None:
    page.give(
        gzip.compress(ANSWER),
        Content_Type="text/xml; charset=utf-8",
        Content_Encoding="gzip",
        Set_Cookie=f"session={SECRETS['cookie']}; Path=/{SECRETS['customer']}",
        X_Echo=f"{PLANTED} {PACKED} {QUOTED}",
    )


@pytest.fixture
def url() -> Iterator[str]:
    with running() as site:
        site.pages["*"] = answer
        yield f"{site.url}/{SECRETS['customer']}/Remote/Services85/SoPrincipal.svc"


def envelope(number: int = 42, ticket: str = SECRETS["ticket"], extra: str = "") -> str:
    head = f"<b:ApplicationToken>{SECRETS['token']}</b:ApplicationToken>"
    head += f"<b:Credentials><b:Ticket>{ticket}</b:Ticket></b:Credentials>"
    return request(f"<b:StopBatchJob><b:Id>{number}</b:Id>{extra}</b:StopBatchJob>", head)


LOGIN = "".join(f"<b:{name}>{SECRETS[kind]}</b:{name}>" for name, kind in (("UserName", "user"), ("T", "access")))
LOGIN += f"<b:Password>{SECRETS['password']}</b:Password>"


def post(url: str, body: str, action: str = "StopBatchJob", **headers: str) -> requests.Response:
    fields = {"SOAPAction": f'"{NS}/Batch/{action}"', "Content-Type": "text/xml; charset=utf-8", **headers}
    return requests.post(url, body.encode(), headers=fields, timeout=60)


def recorder(mode: str = "once", **options: Any) -> VCR:
    vcr = VCR(record_mode=mode)
    register(vcr, **options)
    assert vcr.match_on == tuple(vcr_config()["match_on"])
    return vcr


def every_form(data: bytes) -> Iterator[bytes]:
    """The file as it is, without URL encoding, and all in it that can be read as base64, wherever that begins."""
    for text in (data, unquote_to_bytes(data), unquote_to_bytes(unquote_to_bytes(data))):
        yield text
        for token in re.findall(rb"[A-Za-z0-9+/]{12,}", text):
            for start in range(4):
                part = token[start:]
                yield base64.b64decode(part[: len(part) // 4 * 4])


def test_planted_secrets(tmp_path: Path, url: str) -> None:
    file = tmp_path / "planted.yaml"
    with recorder().use_cassette(str(file)) as cassette:
        # before anything tells that it is a secret, as a name
        post(url, envelope(1, ticket="", extra=f"<b:Name>{SECRETS['password']} {SECRETS['cookie']}</b:Name>"))
        query = "&".join(f"{kind}={quote(SECRETS[kind], safe='')}" for kind in ("ticket", "access", "password"))
        basic = base64.b64encode(f"{SECRETS['user']}:{SECRETS['password']}".encode()).decode()
        answer = post(
            f"{url}?{query}",
            envelope(2, extra=LOGIN + f"<b:A>{PACKED}</b:A><b:B>{QUOTED}</b:B><!-- {PLANTED} -->"),
            Authorization=f"Basic {basic}",
            Cookie=f"session={SECRETS['cookie']}; x=1",
            Referer=f"{url}?t={QUOTED}",
        )
        assert answer.content == ANSWER  # the caller gets what was sent
        post(url, envelope(3))
        assert len(cassette) == 3
    data = file.read_bytes()
    assert data.isascii()
    for form in every_form(data):
        assert not re.search(WANTED, form, re.IGNORECASE), re.search(rb".{0,40}(?i:" + WANTED + rb").{0,20}", form)
    messages = [one for one in read(str(file)) if isinstance(one, Message)]
    assert len(messages) == 6
    for one in messages:
        assert one.problem is None and one.http and one.http.headers.get("Content-Encoding") is None
    assert b"7T:REDACTED01==" in messages[3].data


@pytest.mark.parametrize("planted", [PLANTED, PACKED, QUOTED, ANSWER.decode(), "x" + PACKED, quote(PACKED)])
def test_the_search_finds_what_is_planted(planted: str) -> None:
    assert any(re.search(WANTED, form, re.IGNORECASE) for form in every_form(planted.encode()))


def test_replay(tmp_path: Path, url: str) -> None:
    file = tmp_path / "replay.yaml"
    with recorder().use_cassette(str(file)):
        post(url, envelope(42))
        post(url, envelope(43))
    before = file.read_bytes()
    elsewhere = "http://127.0.0.1:1/Cust99999/Remote/Services85/SoPrincipal.svc"
    other = envelope(43, ticket="7T:c29tZXRoaW5nIGVsc2U=").replace("b:", "q:").replace("xmlns:b", "xmlns:q")
    with recorder("none").use_cassette(str(file)) as cassette:
        assert post(elsewhere, other.replace("><", ">\n  <")).status_code == 200
        assert post(elsewhere, envelope(42)).status_code == 200
        assert cassette.play_count == 2
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("body", "action", "words"),
    [
        (envelope(7), "StopBatchJob", "body: /Envelope/Body/StopBatchJob/Id/text(): '7' here, '42' recorded"),
        (envelope(42), "GetBatchTaskInfo", "SOAPAction: "),
        (envelope(42, extra="<b:Id>1</b:Id>"), "StopBatchJob", "/StopBatchJob/Id[2]: "),
        ("no xml", "StopBatchJob", "6 bytes here"),
    ],
)
def test_what_matches_nothing(tmp_path: Path, url: str, body: str, action: str, words: str) -> None:
    file = tmp_path / "replay.yaml"
    with recorder().use_cassette(str(file)):
        post(url, envelope(1000, extra="<b:x/>"), action="Other")
        post(url, envelope(42))
    with (
        recorder("none").use_cassette(str(file)),
        pytest.raises(CannotOverwriteExistingCassetteException) as caught,
    ):
        post(url, body, action)
    line = explain_mismatch(cast(CannotOverwriteExistingCassetteException, caught.value))
    assert "the closest is interaction 2 (POST /Cust00000/Remote/Services85/SoPrincipal.svc" in line
    assert words in line
    assert "\n" not in line and not re.search(WANTED.decode(), line)


def test_recorded_block_stays(tmp_path: Path, url: str) -> None:
    file = tmp_path / "kept.yaml"
    block = Provenance("stand-in", datetime(2026, 11, 24, 18, tzinfo=UTC), "us", "Services85", "0123", ["body-order"])
    with recorder(recorded=block).use_cassette(str(file)):
        post(url, envelope(1))
    assert yaml.safe_load(file.read_text())["recorded"] == block.as_dict()
    with recorder("new_episodes").use_cassette(str(file)):
        post(url, envelope(2))
    document = yaml.safe_load(file.read_text())
    assert document["recorded"] == block.as_dict() and len(document["interactions"]) == 2
    newer = Provenance("a sandbox tenant", datetime(2027, 1, 1, tzinfo=UTC), "us")
    with recorder("all", recorded=newer).use_cassette(str(file)):
        post(url, envelope(1))
    document = yaml.safe_load(file.read_text())
    assert document["recorded"] == {**newer.as_dict(), "expects": ["body-order"]}
    assert len(document["interactions"]) == 2
    assert list(tmp_path.iterdir()) == [file]


def test_lines_of_a_recorded_body_are_lines_of_the_file(tmp_path: Path, url: str) -> None:
    file = tmp_path / "lines.yaml"
    with recorder().use_cassette(str(file)):
        post(url, envelope(1).replace("><", ">\n<"))
    asked = next(read(str(file)))
    assert isinstance(asked, Message) and asked.line
    assert file.read_text().splitlines()[asked.line - 1].strip().startswith("<s:Envelope")
