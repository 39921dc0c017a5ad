"""The glance at ordinary messages says nothing that the rules do not say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import contracts
from contracts.cli.rules import EXAMPLES
from contracts.contract import Contract
from contracts.messages import Skipped, read_all
from contracts.model import Headers, Http, Message
from contracts.rules.judge import _judge
from contracts.rules.quick import recognise

from ..shared import SHARED

NS = "http://www.superoffice.net/ws/crm/NetServer/Services85"


@pytest.fixture(scope="module")
def contract() -> Contract:
    return contracts.load()


def messages() -> Iterator[Message]:
    folders = [EXAMPLES] + ([SHARED / "wire"] if SHARED else [])
    for message in read_all([str(folder) for folder in folders]):
        if not isinstance(message, Skipped):
            yield message


def test_the_rules_agree_with_every_glance(contract: Contract) -> None:
    recognised = 0
    for message in messages():
        for onsite in (False, True):
            verdict = recognise(contract, message, [], onsite)
            if verdict:
                recognised += 1
                assert verdict.as_dict() == _judge(contract, message, [], onsite).as_dict()
    assert recognised > 50


def envelope(head: str, body: str) -> str:
    return (
        f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:b="{NS}"><s:Header>{head}</s:Header>'
        f"<s:Body>{body}</s:Body></s:Envelope>"
    )


TOKEN = "<b:ApplicationToken>1234567-1234-9876</b:ApplicationToken>"
TICKET = "<b:Credentials><b:Ticket>7T:1234abcxyzExample==</b:Ticket></b:Credentials>"
STOP = "<b:StopBatchJob><b:Id>42</b:Id></b:StopBatchJob>"
PLAIN = envelope(TOKEN + TICKET, STOP)

ORDINARY = {
    "plain": PLAIN,
    "declared": '<?xml version="1.0" encoding="utf-8"?>' + PLAIN,
    "swapped": envelope(TICKET + TOKEN, STOP),
    "wsa": envelope(TOKEN + TICKET + '<a:To xmlns:a="http://www.w3.org/2005/08/addressing">x</a:To>', STOP),
    "timezone": envelope(TOKEN + TICKET + "<b:TimeZone><b:SoTimeZoneId>1</b:SoTimeZoneId></b:TimeZone>", STOP),
    "spaced": PLAIN.replace("><", ">\n <").replace("<b:Id>42\n ", "<b:Id>42"),
}
OTHER = {
    "comment-in-value": PLAIN.replace("42", "4<!--x-->2<?y?>"),
    "text": PLAIN.replace("<s:Body>", "<s:Body>x"),
    "attribute": PLAIN.replace("<b:Ticket>", '<b:Ticket x="1">'),
    "empty-ticket": PLAIN.replace("7T:1234abcxyzExample==", " "),
    "understand": envelope(TOKEN + TICKET + '<x xmlns="urn:x" s:mustUnderstand="1"/>', STOP),
    "twice": envelope(TOKEN + TOKEN + TICKET, STOP),
    "no-id": PLAIN.replace("<b:Id>42</b:Id>", ""),
    "word": PLAIN.replace("42", "x"),
    "other-header": envelope(TOKEN + TICKET + "<b:Succeeded>true</b:Succeeded>", STOP),
    "no-header": PLAIN.replace(TOKEN + TICKET, ""),
    "wsa-action": envelope(TOKEN + TICKET + '<Action xmlns="http://www.w3.org/2005/08/addressing">x</Action>', STOP),
    "two": envelope(TOKEN + TICKET, STOP + STOP),
    "latin": '<?xml version="1.0" encoding="iso-8859-1"?>' + PLAIN,
    "truncated": PLAIN[:-5],
    "dtd": "<!DOCTYPE x>" + PLAIN,
}


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_messages_are_recognised(contract: Contract, name: str) -> None:
    message = Message(ORDINARY[name].encode(), direction="request")
    verdict = recognise(contract, message, [], False)
    assert verdict and verdict.kept
    assert verdict.as_dict() == _judge(contract, message, [], False).as_dict()


@pytest.mark.parametrize("name", OTHER)
def test_anything_else_goes_to_the_rules(contract: Contract, name: str) -> None:
    assert not recognise(contract, Message(OTHER[name].encode(), direction="request"), [], False)


def test_a_body_that_is_not_valid_is_not_validated_again(contract: Contract) -> None:
    """libxml2 takes seconds for thousands of errors beside each other."""
    message = Message(PLAIN.replace(">42<", ">4two<").encode(), direction="request")
    assert recognise(contract, message, [], False) is False
    rules = [f.rule for f in _judge(contract, message, [], False, invalid=True).violations]
    assert rules == [f.rule for f in _judge(contract, message, [], False).violations] == ["value-lexical"]


@pytest.mark.parametrize(
    "changed",
    [
        {"headers": Headers((("Content-Type", "text/xml"),))},
        {"headers": Headers((("Content-Type", "text/xml"), ("SOAPAction", '"x"')))},
        {"headers": Headers((("Content-Type", "application/json"), ("SOAPAction", f'"{NS}/Batch/StopBatchJob"')))},
        {"method": "PUT"},
        {"target": "/Cust12345/Remote/Services86/Batch.svc"},
    ],
)
def test_a_head_out_of_order_goes_to_the_rules(contract: Contract, changed: dict[str, object]) -> None:
    headers = Headers((("Content-Type", "text/xml; charset=utf-8"), ("SOAPAction", f'"{NS}/Batch/StopBatchJob"')))
    good = Http(headers, method="POST", target="/Cust12345/Remote/Services85/Batch.svc")
    assert recognise(contract, Message(PLAIN.encode(), http=good), [], False)
    bad = replace(good, **changed)  # type: ignore[arg-type]  # fields of different types
    assert recognise(contract, Message(PLAIN.encode(), http=bad), [], False) is None


def test_examples_lie_in_the_package() -> None:
    assert Path(EXAMPLES).is_dir()
