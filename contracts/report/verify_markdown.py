"""What the contract suite found, for a workflow's summary (Markdown) and as GitHub's workflow annotations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from .escaping import escape_cell, escape_command, escape_property, quote_code
from .results import SuiteCause, SuiteResult, count_outcomes

_LEVELS = {"broken": "error", "unjudged": "warning"}
_MOST_CAUSES, _MOST_MEMBERS, _MOST_LINES, _LONGEST = 100, 30, 25, 2000
"""A workflow's summary takes a megabyte."""
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
    causes = result.list_causes()
    for cause in causes[:_MOST_CAUSES]:
        yield from _show_cause(cause)
    if left := causes[_MOST_CAUSES:]:
        yield f"\n… and {sum(len(cause.tests) for cause in left)} more"
    yield ""
    yield from (f"- {escape_cell(error)}" for error in dict.fromkeys(result.errors))
    yield from (f"- skipped: {escape_cell(reason)}" for reason in result.list_skips())


def render_github(result: SuiteResult, stream: TextIO) -> Iterator[str]:
    """An error for each cause that broke the contract, a warning for what could not be judged; a notice last."""
    for cause in result.list_causes():
        title = escape_property(f"{cause.outcome}: {cause.heading}")
        said = cause.tests[0].text.removesuffix(cause.tests[0].remark).strip()  # an envelope is too long for a margin
        yield f"::{_LEVELS[cause.outcome]} title={title}::{escape_command(said)}"
    counts = ", ".join(f"{count} {outcome}" for outcome, count in count_outcomes(result.tests).items())
    yield f"::notice title=services85 verify::{result.outcome}: {counts} ({escape_command(result.title)})"


def _show_cause(cause: SuiteCause) -> Iterator[str]:
    first = cause.tests[0]
    yield f"\n### {cause.outcome}: {escape_cell(cause.heading)}\n\n{escape_cell(first.asks)}\n"
    if first.findings:
        yield "| place | expected | found | hint |\n|---|---|---|---|"
    for found in first.findings:
        cells = [quote_code(found.path), *map(escape_cell, (found.expected, found.found, found.hint))]
        yield f"| {' | '.join(cells)} |"
    # What a message said may hold a fence of its own: a line that begins with one would end ours.
    if lines := [line.replace("```", "` ` `")[:_LONGEST] for line in cause.quoted.splitlines()[:_MOST_LINES]]:
        yield "\n".join(["", _FENCE, *lines, _FENCE])
    if others := cause.members[1:_MOST_MEMBERS]:
        yield "\n" + "\n".join(f"- also {escape_cell(member)}" for member in others)
