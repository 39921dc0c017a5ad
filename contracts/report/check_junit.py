"""A check's verdicts as JUnit XML: a test case for each message; broken is a failure, unjudged an error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from lxml import etree

from ..model import Finding
from .escaping import drop_controls, write_xml
from .results import CheckResult


def render_junit(result: CheckResult, stream: TextIO) -> Iterator[str]:
    """The document, with its declaration."""
    tests = result.counts.total()
    broken, unjudged = result.counts["broken"], result.counts["unjudged"]
    totals = {"tests": str(tests), "failures": str(broken), "errors": str(unjudged)}
    skipped = str(result.counts["skipped"])
    root = etree.Element("testsuites", {"name": "services85 check", **totals})
    suite = etree.SubElement(root, "testsuite", {"name": result.contract, "skipped": skipped, "time": "0", **totals})
    for verdict in result.verdicts:
        title = " ".join(p for p in (verdict.label if verdict.agent else "", verdict.message, verdict.part) if p)
        names = {"classname": drop_controls(verdict.file or "-"), "name": drop_controls(title or "message")}
        case = etree.SubElement(suite, "testcase", {**names, "time": "0"})
        if verdict.outcome == "broken":
            rules = ", ".join(dict.fromkeys(finding.rule for finding in verdict.violations))
            node = etree.SubElement(case, "failure", message=drop_controls(rules), type=verdict.violations[0].rule)
            node.text = drop_controls("\n".join(map(_describe, verdict.violations)))
        elif verdict.outcome == "unjudged":
            node = etree.SubElement(case, "error", message=drop_controls(verdict.reason or ""), type="unjudged")
            node.text = drop_controls(", ".join(verdict.candidates))
        if verdict.tolerated:
            etree.SubElement(case, "system-out").text = drop_controls("\n".join(map(_describe, verdict.tolerated)))
    for each in result.skipped:
        names = {"classname": drop_controls(each.file), "name": drop_controls(each.part or "no message")}
        case = etree.SubElement(suite, "testcase", {**names, "time": "0"})
        etree.SubElement(case, "skipped", message=drop_controls(each.why))
    yield write_xml(root)


def _describe(finding: Finding) -> str:
    line = f" (line {finding.line})" if finding.line else ""
    excuse = f" [tolerated: {finding.excuse[0]} {finding.excuse[1]}]" if finding.excuse else ""
    return (
        f"{finding.rule} at {finding.path}{line}{excuse}\n  expected: {finding.expected}\n  found: {finding.found}\n"
        f"  why: {finding.authority}: {finding.why}\n  hint: {finding.hint}"
    )
