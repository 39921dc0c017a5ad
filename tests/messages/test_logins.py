"""A login that is tied to a connection: its first answers are no service's, and break nothing."""

from __future__ import annotations

import pytest

from contracts.messages.exchange import read_exchange
from contracts.messages.formats import raw_http
from contracts.messages.reader import Source
from contracts.model import Headers, Http, Message
from tests.helpers.messages import STOP

STEP, REFUSED = "a step of a login", "401"


@pytest.mark.parametrize(
    ("sent", "body", "offered", "became"),
    [
        (None, STOP, ["Negotiate", "NTLM"], ["request", STEP]),
        (None, STOP, ['Basic realm="x", ntlm'], ["request", STEP]),
        ("NTLM TlRMTVNTUAABAAAA", "", ["NTLM TlRMTVNTUAACAAAA=="], [STEP]),
        ("Negotiate YII=", STOP, ["Negotiate oYG2, NTLM"], ["request", STEP]),
        ("NTLM TlRMTVNTUAADAAAA", STOP, ["Negotiate", "NTLM"], ["request", REFUSED]),
        (None, STOP, ['Bearer realm="ntlm", error="negotiate"'], ["request", REFUSED]),
        (None, STOP, [], ["request", REFUSED]),
        (None, "", [], ["request", REFUSED]),
    ],
)
def test_what_leads_to_an_answer_is_skipped_and_the_last_refusal_is_not(
    sent: str | None, body: str, offered: list[str], became: list[str]
) -> None:
    asking = Headers((("SOAPAction", '"x"'), *((("Authorization", sent),) if sent else ())))
    request = Http(asking, method="POST", target="/Services85/Batch.svc"), body.encode(), 1
    response = Http(Headers(tuple(("WWW-Authenticate", one) for one in offered)), status=401), b"", 1
    found = list(read_exchange(Source("x"), "call 1", lambda: request, lambda: response))
    shown = [
        str((one.http and one.http.status) or one.direction) if isinstance(one, Message) else one.why for one in found
    ]
    assert [said.startswith(wanted) for said, wanted in zip(shown, became, strict=True)] == [True] * len(became)


@pytest.mark.parametrize(("last", "refused"), [(b"200 OK", []), (b"401 Unauthorized", ["response 3"])])
def test_of_a_connection_that_was_followed(last: bytes, refused: list[str]) -> None:
    """The bytes of a connection, one after the other: the call, a login's first step, the call again."""
    start = b"POST /Services85/Batch.svc HTTP/1.1\r\n"
    call = b"Content-Length: %d\r\n\r\n%s" % (len(STOP), STOP.encode())
    refusal = b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: %s\r\nContent-Length: 0\r\n\r\n"
    step = start + b"Authorization: NTLM TlRMTVNTUAABAAAA\r\nContent-Length: 0\r\n\r\n"
    answer = b"HTTP/1.1 %s\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n" % last
    again = start + b"Authorization: NTLM TlRMTVNTUAADAAAA\r\n" + call
    data = start + call + refusal % b"NTLM" + step + refusal % b"NTLM TlRMTVNTUAACAAAA==" + again + answer
    found = list(raw_http.parse(data, Source("x")))
    assert [one.part for one in found if isinstance(one, Message)] == ["request 1", "request 3", "response 3"]
    assert [one.part for one in found if not isinstance(one, Message)] == ["response 1", "response 2"]
    assert [m.part for m in found if isinstance(m, Message) and m.http and m.http.status == 401] == refused
