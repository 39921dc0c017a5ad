"""What the contract suite found, as a table that a person reads at 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TextIO

from ..model.verdict_text import describe_finding
from ..model.wording import wrap_text
from .results import SuiteCause, SuiteResult, count_outcomes
from .terminal import draw_table, measure_width, paint_text

_COLOURS = {"kept": "32", "broken": "1;31", "not judged": "33", "internal error": "1;31"}
_MOST_FAILED = 20
_MOST_LINES = 25
_MOST_MEMBERS = 3
_LONGEST = 150
"""Characters of a line that quotes a message; the other formats have all of it."""
_MOST_RECORDINGS = 12
"""How much is said of the recordings; a contract of one's own is another one for each that was shipped."""


def render_text(result: SuiteResult, stream: TextIO) -> Iterator[str]:
    """What failed, then a row for each room, then why something was skipped or not judged; the outcome last."""
    columns = measure_width(stream)

    def indent(line: str) -> list[str]:
        return wrap_text(line, columns, "  ", " " * 6)

    yield from _list_failed(result, columns, stream)
    yield f"services85 verify: {result.title}"
    rooms = result.rooms
    counts = {room: count_outcomes(tests) for room, tests in {**rooms, "all": result.tests}.items()}
    seconds = [sum(test.seconds for test in tests) for tests in rooms.values()] + [result.seconds]
    rows = [[room, *found.values(), f"{took:.1f}"] for (room, found), took in zip(counts.items(), seconds, strict=True)]
    yield from draw_table(rows, ["", *counts["all"], "seconds"])
    for reason in result.list_skips():
        yield from indent(f"skipped  {reason}")
    for error in result.errors:
        yield from indent(error)
    said = list(_group_remarks(result.recordings))
    for line in said[:_MOST_RECORDINGS]:
        yield from indent(line)
    if len(said) > _MOST_RECORDINGS:
        yield f"  … and {len(said) - _MOST_RECORDINGS} more lines on recordings: --report FILE has them all"
    yield paint_text(result.outcome, _COLOURS[result.outcome], stream)


def _list_failed(result: SuiteResult, columns: int, stream: TextIO) -> Iterator[str]:
    """What has one cause is said once, with the first of its tests and how many more there are."""
    causes = result.list_causes()
    for cause in causes[:_MOST_FAILED]:
        yield paint_text(f"{cause.outcome:<8}  {cause.heading}", "1", stream)
        yield from wrap_text(cause.tests[0].asks, columns, " " * 10, " " * 10)
        yield from _show_first(cause, columns, stream)
        yield ""
    if left := causes[_MOST_FAILED:]:
        yield f"… and {sum(len(cause.tests) for cause in left)} more (--report FILE has them all)"
        yield ""


def _show_first(cause: SuiteCause, columns: int, stream: TextIO) -> Iterator[str]:
    first = cause.tests[0]
    for finding in first.findings[:_MOST_LINES]:
        yield from describe_finding(finding, columns, paint=partial(paint_text, stream=stream))
    for line in cause.quoted.splitlines()[:_MOST_LINES]:
        yield f"    {line[:_LONGEST]}".rstrip() + (" … (--report FILE has all of it)" if len(line) > _LONGEST else "")
    members = cause.members[1:]
    for member in members[:_MOST_MEMBERS]:
        yield from wrap_text(member, columns, "  also  ", " " * 8)
    if len(members) > _MOST_MEMBERS:
        yield f"  also  {len(members) - _MOST_MEMBERS} more"


def _group_remarks(lines: Iterable[str]) -> Iterator[str]:
    """Recordings of which the same is to be said share a line: an upgrade makes all of them another contract's."""
    files: dict[str, list[str]] = {}
    for line in lines:
        file, _, remark = line.rpartition(".yaml: ")
        files.setdefault(remark, []).append(f"{file}.yaml" if file else "")
    for remark, (first, *others) in files.items():
        more = f" and {len(others)} more" if others else ""
        yield f"{first}{more}: {remark}" if first or others else remark
