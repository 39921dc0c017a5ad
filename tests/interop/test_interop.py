"""Each client that is installed, against the stand-in; ``python -m tests.interop`` does it against WCF too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .cases import CASES, MISTAKES, RIGHT, Case
from .running import run_cases
from .stacks import ROOT, STACKS, Absent, Stack

README = Path(__file__).parent / "README.md"


@pytest.mark.parametrize("stack", [pytest.param(stack, id=stack.name) for stack in STACKS])
def test_what_is_right_is_kept_and_each_mistake_that_leaves_the_client_is_caught(stack: Stack) -> None:
    try:
        outcomes = list(run_cases(stack, "stand-in"))
    except Absent as why:
        pytest.skip(f"{stack.name}: {why}")
    assert len(outcomes) == len(CASES)
    assert [f"{one.case.name}: {one.cell}" for one in outcomes if one.is_wrong] == []
    assert "caught" in {one.cell for one in outcomes}


def test_a_false_alarm_and_a_mistake_that_nobody_caught_are_told_of() -> None:
    template = next(stack for stack in STACKS if stack.name.startswith("a template"))
    cases = [
        Case("right, they say", "StopBatchJob", {"Id": "abc"}),
        Case("wrong, they say", "StopBatchJob", {"Id": 42}, mistake="true()"),
        Case("wrong, and otherwise", "StopBatchJob", {"Id": "abc"}, mistake="false()"),
        Case("read wrong, they say", "StopBatchJob", {"Id": 42}, reads=True),
    ]
    outcomes = list(run_cases(template, "stand-in", cases))
    assert all(one.is_wrong for one in outcomes)
    assert [one.cell.partition(":")[0] for one in outcomes] == [
        "FALSE ALARM",
        "MISSED",
        "CAUGHT FOR ANOTHER REASON",
        "READ WRONG",
    ]


def test_what_wcf_answers_is_kept_as_the_stand_ins_answers_are() -> None:
    try:
        outcomes = list(run_cases(STACKS[0], "WCF (Mono)", RIGHT))
    except Absent as why:
        pytest.skip(f"WCF: {why}")
    assert [f"{one.case.name}: {one.cell}" for one in outcomes if one.is_wrong] == []


def test_the_matrix_has_every_client_and_every_case() -> None:
    text = README.read_text(encoding="utf-8")
    assert [stack.name for stack in STACKS if f"| {stack.name} |" not in text] == []
    assert [case.name for case in [*RIGHT, *MISTAKES] if f"| {case.name} |" not in text] == []
    assert "FALSE ALARM" not in text and "MISSED" not in text


def test_the_project_s_readme_has_the_matrix_s_numbers() -> None:
    last = README.read_text(encoding="utf-8").partition("## In sum")[2]
    kept, caught, hidden, refused = re.findall(r"(\d+) (?:kept|caught|hidden|refused)", last)
    silent = re.search(r"answered (\d+) of", last)
    assert silent
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    for told in (
        f"{kept} right calls kept",
        f"{caught} mistakes caught, of which WCF answered {silent[1]}",
        f"{hidden} that the client hides, {refused} that it refuses",
    ):
        assert told in text
