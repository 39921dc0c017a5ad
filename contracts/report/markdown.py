"""Results for a pull request or a workflow's summary: each cause once, with the messages or tests that have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from .check_text import summarize_counts
from .results import CheckResult, SuiteCause, SuiteResult, count_outcomes

_MOST_CAUSES = 200
"""A workflow's summary takes a megabyte."""
_MOST_FAILED, _MOST_MEMBERS, _MOST_LINES, _LONGEST = 100, 30, 25, 2000
_FENCE = "````"


def escape_cell(text: str) -> str:
    """Text of a table: one line, without what Markdown or HTML would take for markup."""
    plain = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace("\\", "\\\\")
    for sign in "|*_`[]":
        plain = plain.replace(sign, f"\\{sign}")
    return plain


def quote_code(text: str) -> str:
    """Text of a table as code, which has no escapes: with a backtick in it, it is plain text."""
    plain = " ".join(text.split())
    return f"`{plain}`".replace("|", "\\|") if plain and "`" not in plain else escape_cell(plain)


def write_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table of cells that are escaped already."""
    yield f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}"
    yield from (f"| {' | '.join(cells)} |" for cells in rows)


def render_check(result: CheckResult, stream: TextIO) -> Iterator[str]:
    """A heading, the counts, a table of what is broken, and one of what was not judged."""
    yield f"## services85 check: {escape_cell(result.contract)}"
    yield f"\n**{escape_cell(summarize_counts(result))}**"
    if causes := result.list_causes():
        heads = ("operation", "rule", "place", "expected", "found", "hint", "in")
        rows = (
            [
                cause.label,
                quote_code(cause.finding.rule),
                quote_code(cause.finding.path),
                *map(escape_cell, (cause.finding.expected, cause.finding.found, cause.finding.hint)),
                _name_places(cause.places),
            ]
            for cause in causes[:_MOST_CAUSES]
        )
        yield ""
        yield from write_table(heads, rows)
    if len(causes) > _MOST_CAUSES:
        yield f"\n… and {len(causes) - _MOST_CAUSES} more"
    if reasons := result.list_reasons():
        yield ""
        rows_of_reasons = ([escape_cell(reason), _name_places(places)] for reason, places in reasons.items())
        yield from write_table(("not judged", "in"), rows_of_reasons)


def _name_places(places: list[str]) -> str:
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    return f"{quote_code(places[0])}{more}"


def render_verify(result: SuiteResult, stream: TextIO) -> Iterator[str]:
    """The outcome, a row for each room, then each cause of a failure once, then why tests were skipped."""
    yield f"## services85 verify: {result.outcome}"
    yield f"\n{escape_cell(result.title)}"
    yield from (f"\n{name}: {escape_cell(fact)}" for name, fact in result.facts.items())
    counts = {room: count_outcomes(tests) for room, tests in {**result.rooms, "all": result.tests}.items()}
    yield ""
    rows = ([escape_cell(room), *map(str, found.values())] for room, found in counts.items())
    yield from write_table(["", *counts["all"]], rows)
    causes = result.list_causes()
    for cause in causes[:_MOST_FAILED]:
        yield from _show_cause(cause)
    if left := causes[_MOST_FAILED:]:
        yield f"\n… and {sum(len(cause.tests) for cause in left)} more"
    yield ""
    yield from (f"- {escape_cell(error)}" for error in result.errors)
    yield from (f"- skipped: {escape_cell(reason)}" for reason in result.list_skips())


def _show_cause(cause: SuiteCause) -> Iterator[str]:
    first = cause.tests[0]
    yield f"\n### {cause.outcome}: {escape_cell(cause.heading)}\n\n{escape_cell(first.asks)}\n"
    if first.findings:
        rows = ([quote_code(f.path), *map(escape_cell, (f.expected, f.found, f.hint))] for f in first.findings)
        yield from write_table(("place", "expected", "found", "hint"), rows)
    # What a message said may hold a fence of its own: a line that begins with one would end ours.
    if lines := [line.replace("```", "` ` `")[:_LONGEST] for line in cause.quoted.splitlines()[:_MOST_LINES]]:
        yield "\n".join(["", _FENCE, *lines, _FENCE])
    if others := cause.members[1:_MOST_MEMBERS]:
        yield "\n" + "\n".join(f"- also {escape_cell(member)}" for member in others)
