"""What the contract suite found as JUnit XML: broken is a failure, unjudged an error, and no traceback is in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from lxml import etree

from .escaping import drop_controls, write_xml
from .results import SuiteCause, SuiteResult, SuiteTest, count_outcomes

_ELEMENTS = {"broken": "failure", "unjudged": "error", "skipped": "skipped"}


def render_junit(result: SuiteResult, stream: TextIO) -> Iterator[str]:
    """The document, with its declaration: a suite for each room."""
    root = etree.Element("testsuites", {"name": f"services85 verify: {result.title}", **_count_tests(result.tests)})
    properties = etree.SubElement(root, "properties")
    for name, fact in result.facts.items():
        etree.SubElement(properties, "property", name=name, value=drop_controls(fact))
    for room, tests in result.rooms.items():
        suite = etree.SubElement(root, "testsuite", {"name": room, **_count_tests(tests)})
        for test in tests:
            names = {"classname": room, "name": drop_controls(test.name), "time": f"{test.seconds:.3f}"}
            case = etree.SubElement(suite, "testcase", names)
            if element := _ELEMENTS.get(test.outcome):
                first = SuiteCause([test]).heading if test.findings else test.text.partition("\n")[0]
                node = etree.SubElement(case, element, message=drop_controls(first), type=test.outcome)
                node.text = drop_controls(test.text)
    yield write_xml(root)


def _count_tests(tests: list[SuiteTest]) -> dict[str, str]:
    counts = count_outcomes(tests)
    shown = {"tests": len(tests)} | {
        f"{_ELEMENTS[name].removesuffix('d')}s": counts[name] for name in ("broken", "unjudged")
    }
    seconds = sum(test.seconds for test in tests)
    return {name: str(count) for name, count in shown.items()} | {
        "skipped": str(counts["skipped"]),
        "time": f"{seconds:.1f}",
    }
