"""Every kind of change has a pair of WSDLs that differ in it, and in nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.diff.change_rules import CHANGE_RULES, example_pair

from .comparing import EXAMPLES, changes, pair, told

PAIRS = sorted(path.parent.name for path in EXAMPLES.glob("*/new.wsdl"))


def test_every_rule_has_a_pair_and_every_pair_a_rule() -> None:
    assert sorted(CHANGE_RULES) == PAIRS


@pytest.mark.parametrize("rule", sorted(CHANGE_RULES))
def test_a_pair_gives_exactly_its_change(rule: str) -> None:
    found = changes(*pair(rule))
    expected = json.loads((EXAMPLES / rule / "expected.json").read_text("utf-8"))
    assert [change.rule for change in found] == [rule]
    assert [{key: change.as_dict()[key] for key in expected[0]} for change in found] == expected
    assert found[0].why


@pytest.mark.parametrize("neighbour", sorted(EXAMPLES.glob("*/same*.wsdl")), ids=lambda path: path.parent.name)
def test_what_is_nearly_the_change_and_none_reports_nothing(neighbour: Path) -> None:
    old = example_pair(neighbour.parent.name)[0]
    assert told(changes(old.read_bytes(), neighbour.read_bytes())) == []
    assert told(changes(neighbour.read_bytes(), old.read_bytes())) == []


@pytest.mark.parametrize(
    ("rules", "request_side", "response_side"),
    [
        ("agent-removed operation-removed parameter-removed member-removed header-removed", "breaking", "breaking"),
        ("enum-value-removed", "breaking", "safe"),
        ("type-changed type-narrowed", "breaking", "breaking"),
        ("type-widened", "safe", "breaking"),
        ("member-order-changed parameter-order-changed", "breaking", "breaking"),
        ("element-required element-not-nillable", "breaking", "safe"),
        ("element-nillable element-optional", "safe", "risky"),
        ("parameter-added", "risky", "risky"),
        ("member-added enum-value-added", "safe", "risky"),
        ("action-changed style-changed use-changed soap-version-changed transport-changed", "breaking", "breaking"),
        ("namespace-changed header-moved body-moved type-moved", "breaking", "breaking"),
        ("type-name-moved", "risky", "safe"),
        ("policy-added binding-removed", "breaking", "breaking"),
        ("policy-removed", "risky", "risky"),
        ("agent-added operation-added enum-number-changed", "safe", "safe"),
    ],
)
def test_severities(rules: str, request_side: str, response_side: str) -> None:
    for name in rules.split():
        rule = CHANGE_RULES[name]
        assert (rule.request, rule.response) == (request_side, response_side), name
        assert rule.severity(frozenset()) == "safe"


@pytest.mark.parametrize("rule", CHANGE_RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_is_worded(rule: object) -> None:
    for field in ("requirement", "why", "hint"):
        assert len(getattr(rule, field).split()) > 1
