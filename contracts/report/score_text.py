"""What the checks catch of the mutants, as a table: a row for each operator, the sum, and what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from ..model.wording import wrap_text
from ..mutate.scoring import Score
from .terminal import draw_table

_COLUMNS = {
    "mutants": "mutants",
    "caught": "caught",
    "survived": "survived",
    "equivalent": "equivalent",
    "alarms": "false_alarms",
    "cascades": "cascades",
}
"""Heads of the table -> what a row calls it. A cascade is a mutant with more than one violation."""
_MOST_CASES = 20


def render_text(score: Score, stream: TextIO) -> Iterator[str]:
    """The table, then the reasons of equivalents, then what went wrong; the result last."""
    rows = [[row.operator, *(getattr(row, column) for column in _COLUMNS.values())] for row in score.rows.values()]
    sums = ["all", *map(score.total, _COLUMNS.values())]
    yield from draw_table([*rows, sums], ["operator", *_COLUMNS])
    for row in score.rows.values():
        if row.reasons:
            yield from wrap_text(f"equivalent: {row.operator}: {_join_reasons(row.reasons)}", 80, rest="  ")
    cases = {
        "survived": score.survivors,
        "false alarm": score.false_alarms,
        "more than one violation": score.cascades,
    }
    for title, found in cases.items():
        for case in found[:_MOST_CASES]:
            yield f"{title}: {case.operator}: {case.message} {case.place} {'; '.join(case.found)}".rstrip()
        if len(found) > _MOST_CASES:
            yield f"{title}: and {len(found) - _MOST_CASES} more; --format json has all"
    for reason in score.skipped:
        yield f"skipped: {reason}"
    breaks = score.total("caught") + score.total("survived")
    yield f"{score.contract}: {score.operations} operations, {score.originals} originals"
    yield (
        f"{score.total('caught')} of {breaks} breaks caught ({score.percent:.2f} %), "
        f"{len(score.false_alarms)} false alarms"
    )


def _join_reasons(reasons: dict[str, int]) -> str:
    shown = list(reasons)[:1] if len(reasons) > 2 else list(reasons)
    return "; ".join(shown) + (f" (and {len(reasons) - 1} more)" if len(reasons) > 2 else "")
