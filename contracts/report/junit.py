"""Results as JUnit XML: broken is a failure, what could not be judged an error; no traceback is in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, TextIO

from lxml import etree

from ..messages import Skipped
from ..model import Finding, Verdict
from .results import CheckResult, SuiteCause, SuiteResult, SuiteTest, count_outcomes

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_ELEMENTS = {"broken": "failure", "unjudged": "error", "skipped": "skipped"}
_NOT_OF_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]+")


def render_check(result: CheckResult, stream: TextIO) -> Iterator[str]:
    """The document, with its declaration: a test case for each message, and for each part that holds none."""
    totals: dict[str, Any] = {
        "tests": result.counts.total(),
        "failures": result.counts["broken"],
        "errors": result.counts["unjudged"],
    }
    skipped = result.counts["skipped"]
    yield _DECLARATION
    yield _open_element("testsuites", name="services85 check", **totals)
    yield _open_element("testsuite", name=result.contract, skipped=skipped, time="0", **totals)
    for case in chain(map(_make_case, result.verdicts), map(_make_skipped, result.skipped)):
        yield _write_xml(case)
    yield "</testsuite>"
    yield "</testsuites>"


def _make_case(verdict: Verdict) -> etree._Element:
    title = " ".join(p for p in (verdict.label if verdict.agent else "", verdict.message, verdict.part) if p)
    case = _make_element(None, "testcase", classname=verdict.file or "-", name=title or "message", time="0")
    if verdict.outcome == "broken":
        rules = ", ".join(dict.fromkeys(finding.rule for finding in verdict.violations))
        text = _describe_findings(verdict.violations)
        _make_element(case, "failure", text, message=rules, type=verdict.violations[0].rule)
    elif verdict.outcome == "unjudged":
        text = ", ".join(verdict.candidates)
        _make_element(case, "error", text, message=verdict.reason or "", type="unjudged")
    if verdict.tolerated:
        _make_element(case, "system-out", _describe_findings(verdict.tolerated))
    return case


def _make_skipped(part: Skipped) -> etree._Element:
    case = _make_element(None, "testcase", classname=part.file, name=part.part or "no message", time="0")
    _make_element(case, "skipped", message=part.why)
    return case


def render_verify(result: SuiteResult, stream: TextIO) -> Iterator[str]:
    """The document, with its declaration: a suite for each room."""
    root = _make_element(None, "testsuites", name=f"services85 verify: {result.title}", **_count_tests(result.tests))
    properties = _make_element(root, "properties")
    for name, fact in result.facts.items():
        _make_element(properties, "property", name=name, value=fact)
    for room, tests in result.rooms.items():
        suite = _make_element(root, "testsuite", name=room, **_count_tests(tests))
        for test in tests:
            case = _make_element(suite, "testcase", classname=room, name=test.name, time=f"{test.seconds:.3f}")
            if element := _ELEMENTS.get(test.outcome):
                first = SuiteCause([test]).heading if test.findings else test.text.partition("\n")[0]
                _make_element(case, element, test.text, message=first, type=test.outcome)
    yield _DECLARATION
    yield _write_xml(root)


def _make_element(parent: etree._Element | None, tag: str, text: str = "", **attributes: Any) -> etree._Element:
    node = etree.Element(tag) if parent is None else etree.SubElement(parent, tag)
    for name, value in attributes.items():
        node.set(name, _drop_controls(str(value)))
    node.text = _drop_controls(text) or None
    return node


def _open_element(tag: str, **attributes: Any) -> str:
    """The start tag alone, of what is too large to be held as a whole."""
    return f"{_write_xml(_make_element(None, tag, **attributes)).removesuffix('/>')}>"


def _drop_controls(text: str) -> str:
    return _NOT_OF_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _write_xml(root: etree._Element) -> str:
    """An element; what nobody sees is written by its number."""
    text = etree.tostring(root, pretty_print=True, encoding="unicode").rstrip()
    return _BEYOND_ASCII.sub(lambda found: "".join(map(_write_character, found[0])), text)


def _write_character(character: str) -> str:
    return character if character.isprintable() else f"&#x{ord(character):x};"


def _describe_findings(findings: Sequence[Finding]) -> str:
    return "\n".join(map(_describe_finding, findings))


def _describe_finding(finding: Finding) -> str:
    line = f" (line {finding.line})" if finding.line else ""
    excuse = f" [tolerated: {finding.excuse[0]} {finding.excuse[1]}]" if finding.excuse else ""
    return (
        f"{finding.rule} at {finding.path}{line}{excuse}\n  expected: {finding.expected}\n  found: {finding.found}\n"
        f"  why: {finding.authority}: {finding.why}\n  hint: {finding.hint}"
    )


def _count_tests(tests: list[SuiteTest]) -> dict[str, Any]:
    counts = count_outcomes(tests)
    return {
        "tests": len(tests),
        "failures": counts["broken"],
        "errors": counts["unjudged"],
        "skipped": counts["skipped"],
        "time": f"{sum(test.seconds for test in tests):.1f}",
    }
