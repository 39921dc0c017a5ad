"""Ordinary messages take a short cut to their verdict: where every room is silent, none has a finding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest

from contracts.cli.rules import EXAMPLES
from contracts.messages import Skipped, read_all
from contracts.model import Headers, Http, Message
from tests.helpers.messages import (
    CONTRACT,
    CREDENTIALS,
    STOP,
    SUCCEEDED,
    TIMEZONE,
    TOKEN,
    heads,
    request,
    rules,
    takes_short_cut,
    without_short_cut,
)
from tests.helpers.shared import SHARED


def messages() -> Iterator[Message]:
    folders = [EXAMPLES] + ([SHARED / "wire"] if SHARED else [])
    for message in read_all([str(folder) for folder in folders]):
        if not isinstance(message, Skipped):
            yield message


def test_the_rules_agree_with_every_short_cut() -> None:
    short = 0
    for message in messages():
        for onsite in (False, True):
            if takes_short_cut(message, onsite):
                short += 1
                without_short_cut(partial(CONTRACT.judge, message, onsite=onsite))
    assert short > 50


WSA = "http://www.w3.org/2005/08/addressing"
BODY = "<b:StopBatchJob><b:Id>42</b:Id></b:StopBatchJob>"
PLAIN = request(BODY, TOKEN + CREDENTIALS)

ORDINARY = {
    "plain": PLAIN,
    "declared": '<?xml version="1.0" encoding="utf-8"?>' + PLAIN,
    "swapped": request(BODY, CREDENTIALS + TOKEN),
    "wsa": request(BODY, f'{TOKEN}{CREDENTIALS}<w:To xmlns:w="{WSA}">x</w:To>'),
    "timezone": request(BODY, TOKEN + CREDENTIALS + TIMEZONE),
    "spaced": PLAIN.replace("><", ">\n <").replace("<b:Id>42\n ", "<b:Id>42"),
}
OTHER = {
    "comment-in-value": PLAIN.replace("42", "4<!--x-->2<?y?>"),
    "text": PLAIN.replace("<s:Body>", "<s:Body>x"),
    "attribute": PLAIN.replace("<b:Ticket>", '<b:Ticket x="1">'),
    "empty-ticket": PLAIN.replace("7T:9876zyxcbaExample==", " "),
    "understand": request(BODY, f'{TOKEN}{CREDENTIALS}<x xmlns="urn:x" s:mustUnderstand="1"/>'),
    "twice": request(BODY, TOKEN + TOKEN + CREDENTIALS),
    "no-id": PLAIN.replace("<b:Id>42</b:Id>", ""),
    "word": PLAIN.replace("42", "x"),
    "other-header": request(BODY, TOKEN + CREDENTIALS + SUCCEEDED),
    "no-header": PLAIN.replace(TOKEN + CREDENTIALS, ""),
    "wsa-action": request(BODY, f'{TOKEN}{CREDENTIALS}<Action xmlns="{WSA}">x</Action>'),
    "two": request(BODY * 2, TOKEN + CREDENTIALS),
    "latin": '<?xml version="1.0" encoding="iso-8859-1"?>' + PLAIN,
    "truncated": PLAIN[:-5],
    "dtd": "<!DOCTYPE x>" + PLAIN,
}


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_messages_take_it(name: str) -> None:
    message = Message(ORDINARY[name].encode(), direction="request")
    assert takes_short_cut(message)
    assert without_short_cut(partial(CONTRACT.judge, message)).kept


@pytest.mark.parametrize("name", OTHER)
def test_anything_else_goes_to_the_rules(name: str) -> None:
    assert not takes_short_cut(Message(OTHER[name].encode(), direction="request"))


def test_a_body_that_is_not_valid_goes_to_the_rules() -> None:
    message = Message(PLAIN.replace(">42<", ">4two<").encode(), direction="request")
    assert not takes_short_cut(message)
    assert rules(without_short_cut(partial(CONTRACT.judge, message))) == ["value-lexical"]


@pytest.mark.parametrize(
    "changed",
    [
        {"headers": Headers((("Content-Type", "text/xml"),))},
        {"headers": Headers((("Content-Type", "text/xml"), ("SOAPAction", '"x"')))},
        {"headers": Headers(tuple((heads("Batch/StopBatchJob") | {"Content-Type": "application/json"}).items()))},
        {"method": "PUT"},
        {"target": "/Cust12345/Remote/Services86/Batch.svc"},
    ],
    ids=str,
)
def test_a_head_out_of_order_goes_to_the_rules(changed: dict[str, object]) -> None:
    headers = Headers(tuple(heads("Batch/StopBatchJob").items()))
    good = Http(headers, method="POST", target="/Cust12345/Remote/Services85/Batch.svc")
    assert takes_short_cut(Message(STOP.encode(), http=good))
    bad = replace(good, **changed)  # type: ignore[arg-type]  # fields of different types
    assert not takes_short_cut(Message(STOP.encode(), http=bad))
