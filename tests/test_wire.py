"""Recorded messages of real stacks: every case gets the verdict that its list of cases says."""

from __future__ import annotations

import json
from typing import Any

import pytest

import contracts
from contracts.messages import read
from contracts.model import Message, Verdict
from tests.helpers.shared import SHARED, needs_shared

pytestmark = needs_shared
CONTRACT = contracts.load()
TWO_FAULTS = {"head-as-documented": ["envelope-header-outside", "envelope-version"]}
"""The documented page as printed is broken on the wire in two independent ways."""

RULES = {
    "id-word": "value-lexical", "id-over": "value-range", "id-nested": "value-nested", "id-twice": "body-twice",
    "id-missing": "body-parameter-missing", "id-wrong-namespace": "body-namespace", "id-arabic": "value-lexical",
    "id-pi": "envelope-processing-instruction", "id-xsitype-wrong": "value-xsi-type", "body-two": "body-two-operations",
    "body-id-as-attribute": "body-attribute", "body-unknown-before": "body-unknown", "body-op-lower": "body-operation",
    "body-response": "body-direction", "body-other-op": "http-action", "body-encodingstyle": "body-attribute",
    "head-none": "header-none", "head-no-credentials": "header-missing", "head-ticket-nil": "header-empty",
    "head-credentials-no-namespace": "header-namespace", "head-twice": "header-twice", "head-in-body": "header-in-body",
    "head-timezone-bad": "value-lexical", "soap12-full": "envelope-version", "ctype-json": "http-content-type",
    "action-missing": "http-action-missing", "action-empty": "http-action-empty", "action-response": "http-action",
    "method-get": "http-method", "method-put": "http-method", "xml-dtd": "envelope-dtd",
    "xml-wrong-root": "envelope-root",
    "xml-utf16": "envelope-charset-mismatch", "xml-bad-utf8": "envelope-charset-mismatch",
    "xml-truncated": "envelope-not-wellformed", "xml-after-body": "envelope-after-body",
    "xml-two-bodies": "envelope-body-twice",
    "start-misordered": "body-order", "start-swapped": "body-order", "start-enum-number": "value-enum",
    "start-short-over": "value-range", "start-date-feb30": "value-lexical",
    "start-dict-no-value": "body-member-missing",
}  # fmt: skip
"""Which rule speaks, where the case leaves no doubt."""

NOTES = {
    "start-missing": "body-parameter-null", "start-nil": None, "action-unquoted": "http-action-unquoted",
    "head-undeclared": "header-foreign", "head-wsa": "header-foreign", "ctype-no-charset": "http-charset-missing",
}  # fmt: skip


def cases(folder: str) -> list[dict[str, Any]]:
    if SHARED is None:
        return []
    found: list[dict[str, Any]] = json.loads((SHARED / "wire" / folder / "cases.json").read_text(encoding="utf-8"))
    return found


def name(case: dict[str, Any]) -> str:
    return str(case["case"])


def judged(folder: str, file: str) -> Verdict:
    assert SHARED is not None
    (message,) = read(str(SHARED / "wire" / folder / file))
    assert isinstance(message, Message)
    return CONTRACT.judge(message)


@pytest.mark.parametrize("case", cases("wcf"), ids=name)
def test_request_to_wcf(case: dict[str, Any]) -> None:
    verdict = judged("wcf", f"{case['case']}.request.http")
    assert verdict.outcome == case["contract"], verdict.violations
    rules = sorted(f.rule for f in verdict.violations)
    if case["case"] in TWO_FAULTS:
        assert rules == TWO_FAULTS[case["case"]]
    elif verdict.violations:
        assert rules == [RULES.get(case["case"], rules[0])]
    if wanted := NOTES.get(case["case"]):
        assert {f.rule for f in verdict.notes} - {"header-ticket-form"} == {wanted}  # the documentation's ticket


@pytest.mark.parametrize("case", cases("wcf"), ids=name)
def test_answer_of_wcf(case: dict[str, Any]) -> None:
    if case["response_contract"] == "no answer":
        assert SHARED is not None
        assert not (SHARED / "wire" / "wcf" / f"{case['case']}.response.http").exists()
        return
    verdict = judged("wcf", f"{case['case']}.response.http")
    assert verdict.outcome == case["response_contract"], verdict.violations
    assert len(verdict.violations) == (verdict.outcome == "broken")


@pytest.mark.parametrize("case", cases("clients"), ids=name)
def test_request_of_a_client(case: dict[str, Any]) -> None:
    verdict = judged("clients", f"{case['case']}.http")
    assert verdict.outcome == case["contract"], verdict.violations
    assert len(verdict.violations) == (verdict.outcome == "broken")
    assert verdict.message == "request"
    assert verdict.agent == "Batch"


def test_the_cases_are_all_there() -> None:
    assert (len(cases("wcf")), len(cases("clients"))) == (102, 29)
    known = {case["case"] for case in cases("wcf")}
    assert not {*TWO_FAULTS, *RULES, *NOTES} - known
