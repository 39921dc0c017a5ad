"""What the contract suite found, as a table that a person reads at 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TextIO

from ..model.wording import wrap_text
from .results import SuiteResult, count_outcomes, list_reasons
from .terminal import draw_table, measure_width, paint_text

_COLOURS = {"kept": "32", "broken": "1;31", "not judged": "33", "internal error": "1;31"}
_MOST_FAILED = 20
_MOST_LINES = 25
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
    yield from draw_table(["", *counts["all"], "seconds"], rows)
    for room, tests in rooms.items():
        for reason, count in list_reasons(tests).items():
            yield from indent(f"{room}: {reason[:200]}" + (f" ({count} times)" if count > 1 else ""))
    for error in dict.fromkeys(result.errors):
        yield from indent(error)
    said = list(_group_remarks(result.recordings))
    for line in said[:_MOST_RECORDINGS]:
        yield from indent(line)
    if len(said) > _MOST_RECORDINGS:
        yield f"  … and {len(said) - _MOST_RECORDINGS} more lines on recordings: --report FILE has them all"
    yield paint_text(result.outcome, _COLOURS[result.outcome], stream)


def _list_failed(result: SuiteResult, columns: int, stream: TextIO) -> Iterator[str]:
    """What failed for one cause is said once, with the first of its tests and how many more there are."""
    alike = result.group_tests("broken", "unjudged")
    for (outcome, text), (first, *others) in list(alike.items())[:_MOST_FAILED]:
        more = f" and {len(others)} more" if others else ""
        yield paint_text(f"{outcome}  {first.name}"[: columns - len(more)] + more, "1", stream)
        yield from (f"    {line}" for line in text.splitlines()[:_MOST_LINES])
        yield ""
    if left := list(alike.values())[_MOST_FAILED:]:
        yield f"… and {sum(map(len, left))} more"
        yield ""


def _group_remarks(lines: Iterable[str]) -> Iterator[str]:
    """Recordings of which the same is to be said share a line: an upgrade makes all of them another contract's."""
    files: dict[str, list[str]] = {}
    for line in lines:
        file, _, remark = line.rpartition(".yaml: ")
        files.setdefault(remark, []).append(f"{file}.yaml" if file else "")
    for remark, (first, *others) in files.items():
        more = f" and {len(others)} more" if others else ""
        yield f"{first}{more}: {remark}" if first or others else remark
