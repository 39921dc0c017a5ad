"""What changed between two contracts, as lines a person reads at 80 columns; colour only on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TextIO

from ..diff.change_rule import UNREACHED
from ..diff.change_rules import CHANGE_RULES
from ..diff.comparison import Comparison
from ..model import SEVERITIES, Severity
from ..model.wording import wrap_text
from .diff_words import (
    MEANINGS,
    Group,
    count_by_operation,
    count_others,
    describe_evidence,
    describe_steps,
    first_few,
    group_changes,
    headline,
    name_move,
    pick_changes,
    reached_by,
    summed,
    where_seen,
)
from .terminal import measure_width, paint_text

_COLOURS = {"breaking": "1;31", "risky": "33", "safe": "32"}
_MOST_LINES = 80
_MOST_OF_KIND = (None, 24, 12, 6, 3)
"""Lines told of changes of one kind (None: all): as many as there is room for."""
_LABELS = 11
"""Columns of what a line of the move is about."""
_FEW, _MANY = 3, 6
"""Names told of those that share a line: more of what breaks, and of what comes, which needs no more."""

_Line = tuple[str, int]
"""A line, and how many changes it tells of first."""


def render_text(comparison: Comparison, stream: TextIO) -> Iterator[str]:
    """The move, the answer, what touches each operation that is used, then the changes, the worst first.

    At most 80 lines, and of what is used alone where that is known; all with ``show_all``.
    """
    wide = measure_width(stream)
    head = [*_head(comparison, wide)]
    yield from head
    room = _MOST_LINES - len(head)
    for most in _MOST_OF_KIND:  # rather some of each kind than all of one
        sections = [*_sections(comparison, most, wide, stream)]
        if comparison.show_all or sum(map(len, sections)) <= room:
            yield from (line for section in sections for line, _ in section)
            return
    yield from _cut(sections, room)


def _sections(comparison: Comparison, most: int | None, wide: int, stream: TextIO) -> Iterator[list[_Line]]:
    """``most``: lines told of changes of one kind; None: all."""
    if per_operation := [*_by_operation(comparison, wide)]:
        title = paint_text(f"WHAT YOU USE ({sum(count for _, count in per_operation)})", "1", stream)
        yield [("", 0), (f"{title}: operations that are touched", 0), *per_operation]
    for severity in SEVERITIES:
        if found := pick_changes(comparison, severity):
            yield _section(severity, group_changes(found, each=comparison.show_all), most, wide, stream)
    if others := count_others(comparison):
        lines = wrap_text(others if comparison.show_all else f"{others} (--all)", wide)
        yield [("", 0), *((line, 0) for line in lines)]
        unused = [(c, None) for i, c in enumerate(comparison.changes) if comparison.used(i) is None]
        for severity in SEVERITIES if comparison.show_all else ():
            if found := [(change, use) for change, use in unused if change.severity == severity]:
                yield _section(severity, group_changes(found, each=True), most, wide, stream)


def _cut(sections: Sequence[Sequence[_Line]], room: int) -> Iterator[str]:
    """As much as there is room for: each section begins, and says of how many changes it says nothing."""
    for number, section in enumerate(sections):
        later = 4 * (len(sections) - number - 1)
        space = max(room - later, 3)
        if len(section) > space:
            shown = section[: space - 1]
            left_out = sum(count for _, count in section[space - 1 :])
            lines = [line for line, _ in shown]
            lines.append(f"  … {left_out} more (--all)")
        else:
            lines = [line for line, _ in section]
        room -= len(lines)
        yield from lines


def _head(comparison: Comparison, wide: int) -> Iterator[str]:
    yield from wrap_text(name_move(comparison), wide)
    for what, how in describe_steps(comparison):
        yield from wrap_text(how, wide, f"  {what:<{_LABELS}}", " " * (_LABELS + 2))
    yield from wrap_text(headline(comparison), wide)
    if comparison.usage is None:
        return
    if comparison.changes:
        yield from wrap_text(f"all changes: {summed(comparison)}", wide)
    for text in describe_evidence(comparison):
        yield from wrap_text(text, wide)


def _by_operation(comparison: Comparison, wide: int) -> Iterator[_Line]:
    counts = dict(count_by_operation(comparison))
    if not any(counts.values()):
        return
    broad = max(len(label) for label, touched in counts.items() if touched)
    for label, touched in counts.items():
        if touched:
            first, *more = wrap_text(touched, wide, f"  {label:<{broad}}  ", "    ")
            yield first, 1
            yield from ((line, 0) for line in more)
    if untouched := [label for label, touched in counts.items() if not touched]:
        yield from ((line, 0) for line in wrap_text(f"not touched: {first_few(untouched, _MANY)}", wide, "  ", "    "))


def _section(severity: Severity, groups: Sequence[Group], most: int | None, wide: int, stream: TextIO) -> list[_Line]:
    lines: list[_Line] = []
    rules: dict[tuple[str, bool], list[Group]] = {}
    for group in groups:
        rules.setdefault((group.first.rule, bool(group.first.operations)), []).append(group)
    for (rule, is_reached), found in rules.items():
        count = _count(found)
        lines.append((f"  {paint_text(rule, '1', stream)}" + (f" ({count})" if count > 1 else ""), 0))
        lines += ((line, 0) for line in _advice(rule, severity, is_reached, wide))
        for reach, alike in groupby(found[:most], _reach):
            for group in alike:
                described = group.describe(_FEW if severity == "risky" else _MANY) or "without a name"
                first, *more = wrap_text(described, wide, "    ", "      ")
                lines += [(first, len(group.changes)), *((line, 0) for line in more)]
            lines += ((line, 0) for line in wrap_text(reach, wide, "      ", "        "))
        if left_out := _count(found[most:]) if most else 0:
            lines.append((f"    … {left_out} more (--all)", left_out))
    title = paint_text(f"{severity.upper()} ({_count(groups)})", _COLOURS[severity], stream)
    return [("", 0), (f"{title}: {MEANINGS[severity]}", 0), *lines]


def _count(groups: Sequence[Group]) -> int:
    return sum(len(group.changes) for group in groups)


def _reach(group: Group) -> str:
    """Whom it reaches, and where it was seen."""
    seen = f"seen in {where_seen(group.use)}" if group.use else ""
    return "; ".join(filter(None, [reached_by(group.first), seen]))


def _advice(rule: str, severity: Severity, is_reached: bool, wide: int) -> Iterator[str]:
    if severity != "safe":
        yield from wrap_text(CHANGE_RULES[rule].why, wide, "    why: ", "      ")
        yield from wrap_text(CHANGE_RULES[rule].hint, wide, "    do: ", "      ")
    elif not is_reached:
        yield from wrap_text(UNREACHED, wide, "    why: ", "      ")
