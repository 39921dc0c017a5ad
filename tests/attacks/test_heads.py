"""HTTP heads that say two things."""

from __future__ import annotations

from contracts.model import Headers, Http, Message
from tests.rules.messages import CONTRACT, NS, STOP, STOPPED

ACTION = ("SOAPAction", f'"{NS}/Batch/StopBatchJob"')
XML = ("Content-Type", "text/xml; charset=utf-8")
JSON = ("content-type", "application/json")


def request(*fields: tuple[str, str]) -> list[str]:
    message = Message(STOP.encode(), direction="request", http=Http(Headers(fields), method="POST"))
    return [f.rule for f in CONTRACT.judge(message).violations]


def response(*fields: tuple[str, str]) -> list[str]:
    message = Message(STOPPED.encode(), direction="response", http=Http(Headers(fields), status=200))
    return [f.rule for f in CONTRACT.judge(message).violations]


def test_two_media_types() -> None:
    assert request(ACTION, XML) == request(ACTION, XML, XML) == []
    assert request(ACTION, XML, JSON) == request(ACTION, JSON, XML) == ["http-content-type"]
    assert response(XML) == response(XML, XML) == response() == []
    assert response(XML, JSON) == response(JSON, XML) == ["http-content-type"]


def test_two_actions() -> None:
    assert request(ACTION, ACTION, XML) == ["http-action"]
