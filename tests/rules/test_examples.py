"""Every rule's examples: the good ones are kept, each bad one breaks its rule and no other."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

import contracts
from contracts.messages import read
from contracts.model import Message, Verdict
from contracts.rules import RULES, Rule, answers, headers, judge
from contracts.rules.case import Case
from contracts.rules.deviations import read_deviations
from tests.helpers.messages import without_short_cut

EXAMPLES = Path(contracts.__file__).parent / "rules" / "examples"
FILES = sorted(p for rule in RULES for p in (EXAMPLES / rule).glob("*") if p.suffix != ".wsdl")
TOLERATED = {rule for rule, rows in read_deviations().items() if any(row.on == "any" for row in rows)}


@cache
def contract(folder: Path) -> contracts.Contract:
    """The shipped one, or the one that lies beside the examples."""
    own = folder / "service.wsdl"
    return contracts.load(own) if own.is_file() else contracts.load()


def judged(path: Path) -> list[Verdict]:
    verdicts = []
    for message in read(str(path)):
        assert isinstance(message, Message)
        verdicts.append(without_short_cut(partial(contract(path.parent).judge, message)))
    assert verdicts
    return verdicts


def found(path: Path) -> list[str]:
    """The rules of all findings; what a recording says it breaks is none."""
    rules = []
    for verdict in judged(path):
        assert verdict.outcome == ("broken" if verdict.violations else "kept"), verdict.reason
        tolerated = [f for f in verdict.tolerated if f.excuse != ("deviation", "expected-by-the-recording")]
        rules += [f.rule for f in (*verdict.violations, *tolerated, *verdict.notes)]
    return rules


def bad(rule: str) -> list[Path]:
    return [p for p in FILES if p.parent.name == rule and p.name.startswith("bad-")]


def good(rule: str) -> list[Path]:
    return [p for p in FILES if p.parent.name == rule and p.name.startswith("good-")]


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_examples(rule: str) -> None:
    assert good(rule), f"{rule} has no example that keeps it"
    assert bad(rule), f"{rule} has no example that breaks it"


def test_every_example_is_one_of_a_rule() -> None:
    stray = [p.relative_to(EXAMPLES) for p in FILES if p not in good(p.parent.name) + bad(p.parent.name)]
    assert not stray
    assert {p.parent.name for p in EXAMPLES.rglob("bad-*")} == set(RULES)


@pytest.mark.parametrize(
    "path", [p for p in FILES if p.name.startswith("good-")], ids=lambda p: f"{p.parent.name}/{p.name}"
)
def test_good(path: Path) -> None:
    assert found(path) == []


@pytest.mark.parametrize("rule", RULES)
def test_bad(rule: str) -> None:
    for path in bad(rule):
        assert found(path) == [rule], path
        broken = any(verdict.violations for verdict in judged(path))
        assert broken == (RULES[rule].level == "violation" and rule not in TOLERATED), path


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_that_fell_silent_is_noticed(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any one rule its own bad examples are no longer caught by it: no other rule hides its loss."""
    add = Case.add

    def without(self: Case, which: Rule, *args: Any, **named: Any) -> None:
        if which.id != rule:
            add(self, which, *args, **named)

    monkeypatch.setattr(Case, "add", without)
    for room, told in ((headers, headers.OPTIONAL_MISSING), (answers, answers.HEADER_MISSING)):
        if told.id == rule:
            monkeypatch.setattr(room, "left_out", lambda _: None)
    monkeypatch.setattr(judge, "find_speaking", lambda _: judge.ROOMS)
    for path in bad(rule):
        assert rule not in found(path), path


def test_examples_show_both_directions_and_several_operations() -> None:
    verdicts = [verdict for path in FILES for verdict in judged(path)]
    assert {v.message for v in verdicts} >= {"request", "response"}
    assert len({v.label for v in verdicts if v.operation}) >= 10
    assert {v.agent for v in verdicts if v.operation} >= {"Batch", "SoPrincipal"}


def test_no_finding_shows_a_secret() -> None:
    for path in FILES:
        for verdict in judged(path):
            for finding in (*verdict.violations, *verdict.tolerated, *verdict.notes):
                assert not any(secret in str(finding.as_dict()) for secret in ("7T:", "1234567-1234-9876")), path


AUTHORITIES = {
    "xsd":
        "body-unknown body-namespace body-case body-order body-twice body-member-missing body-attribute body-text "
        "body-schema value-lexical value-range value-enum value-nil value-nil-content value-xsi-type value-nested",
    "wsdl":
        "http-action-missing http-action-empty http-action http-action-quotes http-path envelope-version "
        "header-namespace header-in-body header-undeclared header-foreign body-operation body-direction "
        "answer-operation answer-request answer-succeeded-missing answer-succeeded-value",
    "documented": "header-none header-missing header-empty body-parameter-missing",
    "soap":
        "envelope-not-wellformed envelope-dtd envelope-processing-instruction envelope-charset-mismatch "
        "envelope-root envelope-header-twice envelope-header-after-body envelope-header-outside "
        "envelope-body-missing envelope-body-twice envelope-text envelope-attribute header-must-understand "
        "header-unqualified body-empty answer-fault answer-fault-code answer-fault-code-unqualified",
    "wsi":
        "http-action-unquoted http-fault-status http-fault-missing envelope-charset envelope-after-body "
        "envelope-encoding-style header-must-understand-value header-optional-missing body-two-operations "
        "answer-header-missing",
    "http": "http-method http-content-type http-charset-missing http-status http-refused http-empty",
    "wire":
        "header-twice body-parameter-default body-parameter-null body-member-default body-key-twice value-net-range "
        "answer-response-missing answer-response-null answer-exception-missing answer-exception-with-success "
        "recording-expects",
}  # fmt: skip
"""Which source each rule comes from."""


@pytest.mark.parametrize("authority", AUTHORITIES)
def test_a_rule_keeps_its_authority(authority: str) -> None:
    assert {RULES[rule].authority for rule in AUTHORITIES[authority].split()} == {authority}


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_catalogue_is_complete(rule: Rule) -> None:
    assert rule.level in ("violation", "note")
    assert rule.authority in AUTHORITIES
    assert all(len(text) > 3 for text in (rule.source, rule.requirement, rule.hint, rule.server))
    assert rule.id.partition("-")[0] in ("http", "envelope", "header", "body", "value", "answer", "recording")
