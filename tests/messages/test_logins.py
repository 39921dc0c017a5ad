"""A login that is tied to a connection: its first answers are no service's, and break nothing."""

from __future__ import annotations

import pytest

from contracts.messages.exchange import read_exchange
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
