"""What changed between two contracts, as lines a person reads at 80 columns; colour only on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TextIO

from ..diff.change_rule import UNREACHED
from ..diff.change_rules import CHANGE_RULES
from ..diff.comparison import Comparison
from ..model import Severity
from ..model.wording import wrap_text
from . import diff_words as words
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
    head = [*_describe_move(comparison, measure_width(stream))]
    yield from head
    room = _MOST_LINES - len(head)
    for most in _MOST_OF_KIND:  # rather some of each kind than all of one
        sections = [*_list_sections(comparison, most, stream)]
        if comparison.show_all or sum(map(len, sections)) <= room:
            yield from (line for section in sections for line, _ in section)
            return
    yield from _cut_sections(sections, room)


def _list_sections(comparison: Comparison, most: int | None, stream: TextIO) -> Iterator[list[_Line]]:
    """``most``: lines told of changes of one kind; None: all."""
    wide = measure_width(stream)
    if per_operation := [*_list_operations(comparison, wide)]:
        title = paint_text(f"WHAT YOU USE ({sum(count for _, count in per_operation)})", "1", stream)
        yield [("", 0), (f"{title}: operations that are touched", 0), *per_operation]
    for section in words.list_sections(comparison):
        yield _show_section(section, most, stream)
    if others := words.count_others(comparison):
        yield [("", 0), *_wrap_lines(others if comparison.show_all else f"{others} (--all)", wide)]
        for section in words.list_unused(comparison) if comparison.show_all else ():
            yield _show_section(section, most, stream)


def _cut_sections(sections: Sequence[Sequence[_Line]], room: int) -> Iterator[str]:
    """As much as there is room for: each section begins, and says of how many changes it says nothing."""
    for number, section in enumerate(sections):
        later = 4 * (len(sections) - number - 1)
        space = max(room - later, 3)
        shown = section if len(section) <= space else section[: space - 1]
        lines = [line for line, _ in shown]
        if left_out := section[len(shown) :]:
            lines.append(f"  … {sum(count for _, count in left_out)} more (--all)")
        room -= len(lines)
        yield from lines


def _wrap_lines(text: str, wide: int, first: str = "", rest: str = "", *, tells_of: int = 0) -> list[_Line]:
    """Lines of which the first tells of so many changes."""
    lines = wrap_text(text, wide, first, rest)
    return [(line, 0 if number else tells_of) for number, line in enumerate(lines)]


def _describe_move(comparison: Comparison, wide: int) -> Iterator[str]:
    yield from wrap_text(words.name_move(comparison), wide)
    for what, how in words.describe_steps(comparison):
        yield from wrap_text(how, wide, f"  {what:<{_LABELS}}", " " * (_LABELS + 2))
    yield from wrap_text(words.write_headline(comparison), wide)
    if comparison.usage and comparison.changes:
        yield from wrap_text(f"all changes: {words.sum_changes(comparison)}", wide)
    for text in words.describe_evidence(comparison):
        yield from wrap_text(text, wide)


def _list_operations(comparison: Comparison, wide: int) -> Iterator[_Line]:
    counts = dict(words.count_by_operation(comparison))
    touched = {label: said for label, said in counts.items() if said}
    broad = max(map(len, touched), default=0)
    for label, said in touched.items():
        yield from _wrap_lines(said, wide, f"  {label:<{broad}}  ", "    ", tells_of=1)
    if touched and (untouched := [label for label in counts if label not in touched]):
        yield from _wrap_lines(f"not touched: {words.first_few(untouched, _MANY)}", wide, "  ", "    ")


def _show_section(section: words.Section, most: int | None, stream: TextIO) -> list[_Line]:
    severity, wide = section.severity, measure_width(stream)
    title = paint_text(f"{severity.upper()} ({section.count})", _COLOURS[severity], stream)
    lines: list[_Line] = [("", 0), (f"{title}: {section.meaning}", 0)]
    rules: dict[tuple[str, bool], list[words.Group]] = {}
    for group in section.groups:
        rules.setdefault((group.first.rule, bool(group.first.operations)), []).append(group)
    for (rule, is_reached), found in rules.items():
        count = words.count_changes(found)
        lines.append((f"  {paint_text(rule, '1', stream)}" + (f" ({count})" if count > 1 else ""), 0))
        for label, advice in _list_advice(rule, severity, is_reached):
            lines += _wrap_lines(advice, wide, f"    {label}: ", "      ")
        for reach, alike in groupby(found[:most], _describe_reach):
            for group in alike:
                described = group.describe(_FEW if severity == "risky" else _MANY) or "without a name"
                lines += _wrap_lines(described, wide, "    ", "      ", tells_of=len(group.changes))
            lines += _wrap_lines(reach, wide, "      ", "        ")
        if left_out := words.count_changes(found[most:]) if most else 0:
            lines.append((f"    … {left_out} more (--all)", left_out))
    return lines


def _describe_reach(group: words.Group) -> str:
    """Whom it reaches, and where it was seen."""
    seen = f"seen in {words.name_sightings(group.use)}" if group.use else ""
    return "; ".join(filter(None, [words.name_reach(group.first), seen]))


def _list_advice(rule: str, severity: Severity, is_reached: bool) -> list[tuple[str, str]]:
    if severity != "safe":
        return [("why", CHANGE_RULES[rule].why), ("do", CHANGE_RULES[rule].hint)]
    return [] if is_reached else [("why", UNREACHED)]
