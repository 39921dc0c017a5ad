"""What changed between two contracts, as lines a person reads at 80 columns; colour only on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from ..diff.change_rule import UNREACHED
from ..diff.change_rules import CHANGE_RULES
from ..diff.comparison import Comparison, Use
from ..model import SEVERITIES, Change
from ..model.wording import counted, wrap_text
from .terminal import measure_width, paint_text

_COLOURS = {"breaking": "1;31", "risky": "33", "safe": "32"}
_FEW = 3

SIDES = {"both": "requests and responses", "request": "requests", "response": "responses"}


def headline(comparison: Comparison) -> str:
    """The answer in one sentence: what is used of what changed, else how much changed."""
    total, used = len(comparison.changes), comparison.usage
    waived = f"; {len(comparison.waived)} waived" if comparison.waived else ""
    if used is None:
        return f"{counted(total, 'change')}: {_summed(comparison)}{waived}" if total else f"no changes{waived}"
    kinds = [one.kind for one in used.evidence]
    told = [one.text for one in used.evidence]
    if kinds != ["list"]:  # which says how many they are
        told.append(counted(len(used.operations), "operation"))
    read = f"({', '.join(told)})"
    verb = "touches" if len(used.uses) == 1 else "touch"
    touching = f"of {counted(total, 'change')}, {len(used.uses)} {verb} what you use" if total else "no changes"
    return f"{touching} {read}{waived}"


def _summed(comparison: Comparison) -> str:
    counts = ", ".join(f"{count} {severity}" for severity, count in comparison.counts.items())
    return f"{counts}; {counted(comparison.operations, 'operation')} touched"


def render_text(comparison: Comparison, stream: TextIO) -> Iterator[str]:
    """The whole report: the answer, what is used, then all by severity and agent."""
    wide = measure_width(stream)
    yield from wrap_text(f"{comparison.old} -> {comparison.new}", wide)
    yield from wrap_text(headline(comparison), wide)
    if comparison.usage is not None:
        if comparison.changes:
            yield from wrap_text(f"all changes: {_summed(comparison)}", wide)
        if unplaced := comparison.usage.unplaced:
            text = f"{counted(len(unplaced), 'recorded message')} of no operation of the old side, not counted as used"
            yield from wrap_text(f"{text}: {name_messages(unplaced)}", wide)
        for evidence in comparison.usage.evidence:
            if evidence.not_covered:
                yield from wrap_text(f"{evidence.text}: {evidence.not_covered}", wide)
        yield from _used(comparison, wide, stream)
    for severity in SEVERITIES:
        found = [change for change in comparison.changes if change.severity == severity]
        if found:
            yield ""
            yield paint_text(f"{severity.upper()} ({len(found)})", _COLOURS[severity], stream)
            yield from _by_agent(found, wide, stream)


def _by_agent(changes: Sequence[Change], wide: int, stream: TextIO) -> Iterator[str]:
    groups: dict[tuple[str, ...], dict[tuple[str, bool], list[Change]]] = {}
    for change in changes:
        rules = groups.setdefault(change.agents, {})
        rules.setdefault((change.rule, bool(change.operations)), []).append(change)
    for agents, rules in groups.items():
        yield from wrap_text(first_few(agents, 6), wide, "  ", "  ")
        for (rule, is_reached), found in rules.items():
            yield f"    {paint_text(rule, '1', stream)}"
            # What may come, and needs no more than its name, would be a wall: of what goes each has its line.
            named = [c.path for c in found if found[0].severity == "safe" and not old_and_new(c) and not reached_by(c)]
            for change in found:
                if change.path not in named:
                    yield from _item(change, wide)
            yield from wrap_text(", ".join(named), wide, " " * 6, " " * 6)
            if found[0].severity != "safe":
                yield from _advice(rule, wide)
            elif not is_reached:
                yield from _wrapped("why", UNREACHED, wide)


def _item(change: Change, wide: int) -> Iterator[str]:
    text = change.path + (f": {shown}" if (shown := old_and_new(change)) else "")
    yield from wrap_text(text, wide, " " * 6, " " * 8)
    if reach := reached_by(change):
        yield from _wrapped("", reach, wide)


def old_and_new(change: Change) -> str:
    """Old and new, where they say more than the path does."""
    shown = CHANGE_RULES[change.rule].shown
    sides = [side for side in (change.old, change.new) if side is not None]
    if shown == "path" or sides == [change.path]:
        return ""
    return " -> ".join(map(_ends, sides) if shown == "ends" else sides)


def _ends(names: str) -> str:
    """The first and the last of a long order: what moved is at one of its ends."""
    order = names.split(", ")
    if len(order) <= 2 * _FEW + 1:
        return names
    return ", ".join([*order[:_FEW], f"({len(order) - 2 * _FEW} more)", *order[-_FEW:]])


def reached_by(change: Change) -> str:
    """The operations and the direction, where the path does not say them; the versions where there are several."""
    said = ""
    if not change.operations or change.path.startswith(tuple(f"{o}/" for o in change.operations[:1])):
        said = f"also {first_few(change.operations[1:])}" if len(change.operations) > 1 else ""
    elif (change.path,) != change.operations:
        said = f"{SIDES[change.direction]} of {first_few(change.operations)}"
    versions = f"in {', '.join(change.versions)}" if change.versions else ""
    return "; ".join(part for part in (said, versions) if part)


def first_few(names: Sequence[str], few: int = _FEW) -> str:
    """A few names, and how many more."""
    more = len(names) - few
    return ", ".join(names) if more < 2 else f"{', '.join(names[:few])} and {more} more"


def used_changes(comparison: Comparison) -> list[tuple[Change, Use]]:
    """The changes that are used, the worst for what is used first."""
    found = [(change, use) for i, change in enumerate(comparison.changes) if (use := comparison.used(i)) is not None]
    return sorted(found, key=lambda pair: SEVERITIES.index(pair[1].severity))


def name_message(file: str, part: str) -> str:
    """``file (part)``"""
    return f"{file} ({part})" if part else file


def where_seen(use: Use) -> str:
    """A few of the messages, and of the places with names; the operations whose answers were not seen, yet count."""
    told = [name_messages(use.messages)] if use.messages else []
    if use.unseen:
        told.append(f"no answer of {first_few(use.unseen)} was seen: any counts")
    return "; ".join([*told, *where_named(use)])


def where_named(use: Use) -> Iterator[str]:
    """A few of the places that name an operation, a sentence for each kind of them."""
    for where, words in (("list", "in a list"), ("source code", "in source code")):
        if named := [(one.file, f"line {one.line}") for one in use.named if one.where == where]:
            yield f"{name_messages(named)}, named {words}"


def name_messages(messages: Sequence[tuple[str, str]]) -> str:
    """A few of the messages, and how many more."""
    return first_few([name_message(*message) for message in messages])


def _used(comparison: Comparison, wide: int, stream: TextIO) -> Iterator[str]:
    found = used_changes(comparison)
    if not found:
        return
    yield ""
    yield paint_text(f"WHAT YOU USE ({len(found)})", "1", stream)
    for change, use in found:
        yield f"  {paint_text(use.severity, _COLOURS[use.severity], stream)}  {paint_text(change.rule, '1', stream)}"
        yield from _item(change, wide)
        yield from _wrapped("seen in", where_seen(use), wide)
        yield from _advice(change.rule, wide)


def _advice(rule: str, wide: int) -> Iterator[str]:
    yield from _wrapped("why", CHANGE_RULES[rule].why, wide)
    yield from _wrapped("do", CHANGE_RULES[rule].hint, wide)


def _wrapped(label: str, text: str, wide: int) -> list[str]:
    start = f"        {label}: " if label else "        "
    return wrap_text(text, wide, start, " " * 10)
