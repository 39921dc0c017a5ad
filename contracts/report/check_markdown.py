"""A check's verdicts for a pull request or a workflow's summary: each cause once, with the messages that have it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from .check_text import summarize_counts
from .escaping import escape_cell, quote_code
from .results import CheckResult

_MOST_CAUSES = 200
"""A workflow's summary takes a megabyte."""


def render_markdown(result: CheckResult, stream: TextIO) -> Iterator[str]:
    """A heading, the counts, a table of what is broken, and one of what was not judged."""
    yield f"## services85 check: {escape_cell(result.contract)}"
    yield f"\n**{escape_cell(summarize_counts(result))}**"
    causes = result.list_causes()
    if causes:
        yield "\n| operation | rule | place | expected | found | hint | in |"
        yield "|---|---|---|---|---|---|---|"
    for cause in causes[:_MOST_CAUSES]:
        first = cause.finding
        cells = [cause.label, quote_code(first.rule), quote_code(first.path)]
        cells += [*map(escape_cell, (first.expected, first.found, first.hint)), _name_places(cause.places)]
        yield f"| {' | '.join(cells)} |"
    if len(causes) > _MOST_CAUSES:
        yield f"\n… and {len(causes) - _MOST_CAUSES} more"
    if reasons := result.list_reasons():
        yield "\n| not judged | in |"
        yield "|---|---|"
        yield from (f"| {escape_cell(reason)} | {_name_places(places)} |" for reason, places in reasons.items())


def _name_places(places: list[str]) -> str:
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    return f"{quote_code(places[0])}{more}"
