"""What the contract suite found, for a workflow's summary (Markdown) and as GitHub's workflow annotations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from .escaping import escape_cell, escape_command, escape_property
from .results import SuiteResult, SuiteTest, count_outcomes

_LEVELS = {"broken": "error", "unjudged": "warning"}
_MOST_LINES = 25
_FENCE = "````"


def render_markdown(result: SuiteResult, stream: TextIO) -> Iterator[str]:
    """The outcome, a row for each room, then each cause of a failure once, then why tests were skipped."""
    yield f"## services85 verify: {result.outcome}"
    yield f"\n{escape_cell(result.title)}"
    yield from (f"\n{name}: {escape_cell(fact)}" for name, fact in result.facts.items())
    counts = {room: count_outcomes(tests) for room, tests in {**result.rooms, "all": result.tests}.items()}
    heads = ["", *counts["all"]]
    yield f"\n| {' | '.join(heads)} |\n|{'---|' * len(heads)}"
    for room, found in counts.items():
        yield f"| {' | '.join([escape_cell(room), *map(str, found.values())])} |"
    for (outcome, text), tests in result.group_tests("broken", "unjudged").items():
        yield f"\n### {outcome}: {escape_cell(_name_tests(tests))}\n"
        # What a message said may hold a fence of its own: a line that begins with one would end ours.
        lines = [line.replace("```", "` ` `") for line in text.splitlines()[:_MOST_LINES]]
        yield "\n".join([_FENCE, *lines, _FENCE])
    for (_, reason), tests in result.group_tests("skipped").items():
        yield f"\nskipped: {escape_cell(_name_tests(tests))}: {escape_cell(reason)}"
    for error in dict.fromkeys(result.errors):
        yield f"\n{escape_cell(error)}"


def render_github(result: SuiteResult, stream: TextIO) -> Iterator[str]:
    """An error for each cause that broke the contract, a warning for what could not be judged; a notice last."""
    for (outcome, text), tests in result.group_tests("broken", "unjudged").items():
        title = escape_property(f"{tests[0].room}: {outcome}")
        said = escape_command(f"{_name_tests(tests)}\n{text}")
        yield f"::{_LEVELS[outcome]} title={title}::{said}"
    counts = ", ".join(f"{count} {outcome}" for outcome, count in count_outcomes(result.tests).items())
    yield f"::notice title=services85 verify::{result.outcome}: {counts} ({escape_command(result.title)})"


def _name_tests(tests: list[SuiteTest]) -> str:
    more = f" and {len(tests) - 1} more" if len(tests) > 1 else ""
    return f"{tests[0].name}{more}"
