"""The vendor's pages at scale: what we call invalid by the schema is what plain lxml calls invalid."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

import contracts
from contracts.contract import Contract
from contracts.messages import Skipped, read_all
from contracts.model import Message
from tests.helpers.plain import compile_plain
from tests.helpers.shared import needs_shared, shared

VERSIONS = ("Services84", "Services85", "Services86")


def messages(folder: Path) -> list[Message]:
    return [m for m in read_all([str(folder)]) if not isinstance(m, Skipped) and m.documented]


@needs_shared
@pytest.mark.parametrize("version", VERSIONS)
def test_invalid_pages_are_those_of_plain_lxml(version: str) -> None:
    folder = shared() / "vendor" / version
    contract: Contract = contracts.load(folder)
    validators = {path.parent.name: compile_plain(path) for path in folder.glob("*/service.wsdl")}
    ours, plain = set(), set()
    for message in messages(folder):
        verdict = contract.judge(message)
        where = (message.file, message.part)
        assert verdict.outcome != "unjudged", (where, verdict.reason)
        findings = (*verdict.violations, *verdict.tolerated)
        if any(f.authority == "xsd" and f.path.startswith("/Envelope/Body") for f in findings):
            ours.add(where)
        root = etree.fromstring(message.data)
        body = root.find("{http://www.w3.org/2003/05/soap-envelope}Body")
        assert body is not None and message.title is not None
        # A root that no schema declares would be no fault of the content: each page has its operation's.
        if not validators[message.title[1]].validate(body[0]):
            plain.add(where)
    assert ours == plain
    assert plain, "the pages are known to disagree with the WSDLs in places"


@needs_shared
def test_every_page_breaks_nothing_but_the_schema() -> None:
    contract = contracts.load(shared() / "vendor" / "Services85")
    rules = set()
    for message in messages(shared() / "vendor" / "Services85"):
        rules.update(f.rule for f in contract.judge(message).violations)
    assert rules == {"value-nil", "value-lexical"}
