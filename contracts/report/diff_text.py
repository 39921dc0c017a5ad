"""What changed between two contracts, as lines a person reads at 80 columns; colour only on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from ..diff.catalogue import RULES, SEVERITIES, UNREACHED
from ..diff.outcome import Outcome, Use
from ..model import Change
from .text import filled, paint, width

_COLOURS = {"breaking": "1;31", "risky": "33", "safe": "32"}
_FEW = 3

SIDES = {"both": "requests and responses", "request": "requests", "response": "responses"}


def headline(outcome: Outcome) -> str:
    """The answer in one sentence: what is used of what changed, else how much changed."""
    total, used = len(outcome.changes), outcome.usage
    if used is None:
        return f"{many(total, 'change')}: {_summed(outcome)}" if total else "no changes"
    read = f"({many(used.messages, 'recorded message')}, {many(len(used.operations), 'operation')})"
    verb = "touches" if len(used.uses) == 1 else "touch"
    touching = f"of {many(total, 'change')}, {len(used.uses)} {verb} what you use" if total else "no changes"
    return f"{touching} {read}"


def _summed(outcome: Outcome) -> str:
    counts = ", ".join(f"{count} {severity}" for severity, count in outcome.counts.items())
    return f"{counts}; {many(outcome.operations, 'operation')} touched"


def lines(outcome: Outcome, stream: TextIO = sys.stdout) -> Iterator[str]:
    """The whole report: the answer, what is used, then all by severity and agent."""
    wide = width(stream)
    yield from filled(f"{outcome.old} -> {outcome.new}", wide)
    yield from filled(headline(outcome), wide)
    if outcome.usage is not None:
        if outcome.changes:
            yield from filled(f"all changes: {_summed(outcome)}", wide)
        yield from _unplaced(outcome, wide)
        yield from _used(outcome, wide, stream)
    for severity in SEVERITIES:
        found = [change for change in outcome.changes if change.severity == severity]
        if found:
            yield ""
            yield paint(f"{severity.upper()} ({len(found)})", _COLOURS[severity], stream)
            yield from _by_agent(found, wide, stream)


def _by_agent(changes: Sequence[Change], wide: int, stream: TextIO) -> Iterator[str]:
    groups: dict[tuple[str, ...], dict[tuple[str, bool], list[Change]]] = {}
    for change in changes:
        rules = groups.setdefault(change.agents, {})
        rules.setdefault((change.rule, bool(change.operations)), []).append(change)
    for agents, rules in groups.items():
        yield from filled(some(agents, 6), wide, "  ", "  ")
        for (rule, is_reached), found in rules.items():
            yield f"    {paint(rule, '1', stream)}"
            # What may come, and needs no more than its name, would be a wall: of what goes each has its line.
            named = [c.path for c in found if found[0].severity == "safe" and not difference(c) and not reached_by(c)]
            for change in found:
                if change.path not in named:
                    yield from _item(change, wide)
            yield from filled(", ".join(named), wide, " " * 6, " " * 6)
            if found[0].severity != "safe":
                yield from _wrapped("why", RULES[rule].why, wide)
                yield from _wrapped("do", RULES[rule].hint, wide)
            elif not is_reached:
                yield from _wrapped("why", UNREACHED, wide)


def _item(change: Change, wide: int) -> Iterator[str]:
    text = change.path + (f": {shown}" if (shown := difference(change)) else "")
    yield from filled(text, wide, " " * 6, " " * 8)
    if reach := reached_by(change):
        yield from _wrapped("", reach, wide)


def difference(change: Change) -> str:
    """Old and new, where they say more than the path does."""
    last = change.path.replace("/", ".").rpartition(".")[2]
    if change.old is None or change.new is None:
        only = change.old if change.new is None else change.new
        return "" if only in (None, last, change.path) else str(only)
    if change.rule.endswith("-order-changed"):
        return f"{_ends(change.old)} -> {_ends(change.new)}"
    return f"{change.old} -> {change.new}"


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
        said = f"also {some(change.operations[1:])}" if len(change.operations) > 1 else ""
    elif (change.path,) != change.operations:
        said = f"{SIDES[change.direction]} of {some(change.operations)}"
    versions = f"in {', '.join(change.versions)}" if change.versions else ""
    return "; ".join(part for part in (said, versions) if part)


def some(names: Sequence[str], few: int = _FEW) -> str:
    """A few names, and how many more."""
    more = len(names) - few
    return ", ".join(names) if more < 2 else f"{', '.join(names[:few])} and {more} more"


def used_changes(outcome: Outcome) -> list[tuple[Change, Use]]:
    """The changes that are used, the worst for what is used first."""
    found = [(change, use) for i, change in enumerate(outcome.changes) if (use := outcome.used(i)) is not None]
    return sorted(found, key=lambda pair: SEVERITIES.index(pair[1].severity))


def place(file: str, part: str) -> str:
    """``file (part)``"""
    return f"{file} ({part})" if part else file


def _used(outcome: Outcome, wide: int, stream: TextIO) -> Iterator[str]:
    found = used_changes(outcome)
    if not found:
        return
    yield ""
    yield paint(f"WHAT YOU USE ({len(found)})", "1", stream)
    for change, use in found:
        yield f"  {paint(use.severity, _COLOURS[use.severity], stream)}  {paint(change.rule, '1', stream)}"
        yield from _item(change, wide)
        yield from _wrapped("seen in", some([place(*m) for m in use.messages]), wide)
        yield from _wrapped("why", RULES[change.rule].why, wide)
        yield from _wrapped("do", RULES[change.rule].hint, wide)


def _unplaced(outcome: Outcome, wide: int) -> Iterable[str]:
    unplaced = outcome.usage.unplaced if outcome.usage else ()
    if not unplaced:
        return ()
    shown = some([place(*m) for m in unplaced])
    text = f"{many(len(unplaced), 'recorded message')} of no operation of the old side, not counted as used: {shown}"
    return filled(text, wide)


def _wrapped(label: str, text: str, wide: int) -> list[str]:
    start = f"        {label}: " if label else "        "
    return filled(text, wide, start, " " * 10)


def many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
