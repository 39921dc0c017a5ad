"""A check's verdicts for machines: JSON, JUnit, GitHub's workflow annotations."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from ..model import Finding, Verdict

SCHEMA = "services85-check/1"
_SURROGATES = re.compile("[\ud800-\udfff]")
"""What stands in a file's name for bytes that are not UTF-8."""
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def as_json(verdicts: Sequence[Verdict], skipped: int, name: str) -> str:
    """One object, as the design has it."""
    text = json.dumps(check_object(verdicts, skipped, name), indent=1, ensure_ascii=False)
    return _SURROGATES.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def check_object(verdicts: Sequence[Verdict], skipped: int, name: str) -> dict[str, Any]:
    counts = Counter(v.outcome for v in verdicts)
    return {
        "schema": SCHEMA,
        "contract": name,
        "verdicts": [v.as_dict() for v in verdicts],
        "summary": {
            "kept": counts["kept"],
            "broken": counts["broken"],
            "unjudged": counts["unjudged"],
            "skipped": skipped,
        },
    }


def as_junit(verdicts: Sequence[Verdict], skipped: int, name: str) -> str:
    """A JUnit XML report: a test case for each message; broken is a failure, unjudged an error."""
    from lxml import etree

    counts = Counter(v.outcome for v in verdicts)
    totals = {"tests": str(len(verdicts)), "failures": str(counts["broken"]), "errors": str(counts["unjudged"])}
    root = etree.Element("testsuites", {"name": "services85 check", **totals})
    suite = etree.SubElement(root, "testsuite", {"name": name, "skipped": "0", "time": "0", **totals})
    properties = etree.SubElement(suite, "properties")
    etree.SubElement(properties, "property", name="files without a SOAP message", value=str(skipped))
    for verdict in verdicts:
        title = " ".join(p for p in (verdict.label if verdict.agent else "", verdict.message, verdict.part) if p)
        case = etree.SubElement(
            suite, "testcase", classname=_clean(verdict.file or "-"), name=_clean(title or "message"), time="0"
        )
        if verdict.outcome == "broken":
            rules = ", ".join(dict.fromkeys(f.rule for f in verdict.violations))
            node = etree.SubElement(case, "failure", message=_clean(rules), type=verdict.violations[0].rule)
            node.text = _clean("\n".join(_described(f) for f in verdict.violations))
        elif verdict.outcome == "unjudged":
            node = etree.SubElement(case, "error", message=_clean(verdict.reason or ""), type="unjudged")
            node.text = _clean(", ".join(verdict.candidates))
        if verdict.tolerated:
            etree.SubElement(case, "system-out").text = _clean("\n".join(_described(f) for f in verdict.tolerated))
    return etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8").decode("utf-8").rstrip()


def _described(finding: Finding) -> str:
    line = f" (line {finding.line})" if finding.line else ""
    excuse = f" [tolerated: {finding.excuse[0]} {finding.excuse[1]}]" if finding.excuse else ""
    return (
        f"{finding.rule} at {finding.path}{line}{excuse}\n  expected: {finding.expected}\n  found: {finding.found}\n"
        f"  why: {finding.authority}: {finding.why}\n  hint: {finding.hint}"
    )


def _clean(text: str) -> str:
    """Without the characters that XML does not have."""
    return "".join(
        c if c in "\t\n" or 0x20 <= ord(c) < 0xD800 or 0xE000 <= ord(c) < 0xFFFE or ord(c) > 0xFFFF else _REPLACEMENT
        for c in text
    )


def as_github(verdicts: Sequence[Verdict], skipped: int, name: str) -> str:
    """Workflow commands: an error for each violation, a warning for what could not be judged, a notice at the end."""
    lines = []
    for verdict in verdicts:
        for finding in verdict.violations:
            where = _property("file", verdict.file) + (f",line={finding.line}" if finding.line else "")
            text = (
                f"{finding.path}: expected {finding.expected}, found {finding.found}. "
                f"{finding.authority}: {finding.why}. {finding.hint}"
            )
            lines.append(f"::error {where},{_property('title', finding.rule)}::{escape_data(text)}")
        if verdict.outcome == "unjudged":
            lines.append(
                f"::warning {_property('file', verdict.file)},title=unjudged::{escape_data(verdict.reason or '')}"
            )
    counts = Counter(v.outcome for v in verdicts)
    parts = [f"{counts[k]} {k}" for k in ("kept", "broken", "unjudged")]
    lines.append(f"::notice title=services85 check::{', '.join(parts)}, {skipped} skipped ({escape_data(name)})")
    return "\n".join(lines)


def escape_data(text: str) -> str:
    """A workflow command's message."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """A workflow command's property value."""
    return escape_data(text).replace(":", "%3A").replace(",", "%2C")


def _property(key: str, value: str) -> str:
    shown = "".join(c if c.isprintable() or c in "\r\n" else _REPLACEMENT for c in value)
    return f"{key}={escape_property(shown)}"
