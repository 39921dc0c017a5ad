"""A check's verdicts as lines a person reads at 80 columns; colour only on a terminal."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TextIO

from ..model import Finding, Verdict
from ..model.escaping import printable
from ..rules.deviations import usual_deviations

_COLOURS = {"kept": "32", "broken": "1;31", "unjudged": "33"}
MANY = 100
"""Above so many messages what is kept is counted, and what is broken is grouped by rule."""


def paint(text: str, code: str, stream: TextIO | None = None) -> str:
    """The text in a colour where the stream (default: stdout) is a terminal that has some, and NO_COLOR is not set."""
    stream = stream or sys.stdout
    if not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return f"\x1b[{code}m{text}\x1b[0m"


def width(stream: TextIO | None = None) -> int:
    """Columns to fill: the terminal's, 80 elsewhere."""
    stream = stream or sys.stdout
    return min(shutil.get_terminal_size((80, 24)).columns, 120) if stream.isatty() else 80


def verdict_lines(verdict: Verdict, *, verbose: bool = False, stream: TextIO | None = None) -> Iterator[str]:
    """One line for the message; its findings indented below.

    Where there are any and the line is too long, whose message it is has a line of its own; no path is broken.
    """
    what = " ".join(p for p in (verdict.label if verdict.agent else "", verdict.message or "") if p)
    where = " ".join(p for p in (printable(verdict.file) or "-", verdict.part and f"({verdict.part})") if p)
    extra = f"  [{len(verdict.tolerated)} tolerated]" if verbose and verdict.tolerated else ""
    outcome = paint(f"{verdict.outcome:<8}", _COLOURS[verdict.outcome], stream)
    long = verdict.outcome != "kept" and 12 + len(where) + len(what) > width(stream)
    yield f"{outcome}  {where}{'' if long else f'  {what}'}{extra}".rstrip()
    if long and what:
        yield f"{' ' * 10}{what}"
    if verdict.reason:
        yield from _wrapped("", verdict.reason, stream)
    for finding in verdict.violations:
        yield from finding_lines(finding, stream)
    if verbose:
        for finding in (*verdict.tolerated, *verdict.notes):
            yield from finding_lines(finding, stream)
    elif excuses := dict.fromkeys(
        f.excuse[1] for f in verdict.tolerated if f.excuse and f.excuse[1] not in usual_deviations()
    ):
        yield from _wrapped("tolerated", ", ".join(excuses), stream)


def finding_lines(finding: Finding, stream: TextIO | None = None) -> Iterator[str]:
    """A finding: rule and place, then expected, found, why, hint."""
    line = f", line {finding.line}" if finding.line else ""
    mark = f"  (tolerated: {finding.excuse[0]} {finding.excuse[1]})" if finding.excuse else ""
    place = f"{finding.path}{line}{mark}"
    gap = "  " if 4 + len(finding.rule) + len(place) <= width(stream) else f"\n{' ' * 4}"
    yield f"  {paint(finding.rule, '1', stream)}{gap}{place}"
    for label, text in (
        ("expected", finding.expected),
        ("found", finding.found),
        ("why", f"{finding.authority}: {finding.why}"),
        ("hint", finding.hint),
    ):
        yield from _wrapped(label, text, stream)


def _wrapped(label: str, text: str, stream: TextIO | None) -> list[str]:
    return filled(text, width(stream), f"    {label:<9} ", " " * 14)


def filled(text: str, columns: int, first: str = "", rest: str = "") -> list[str]:
    """The text as lines of so many columns, indented by ``first`` and ``rest``; no word or name is broken."""
    return textwrap.wrap(
        text, columns, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def by_rule(verdicts: Iterable[Verdict], stream: TextIO | None = None) -> Iterator[str]:
    """Many messages: each rule with how often it is broken, where first, and an example."""
    counts: Counter[str] = Counter()
    messages: Counter[str] = Counter()
    first: dict[str, tuple[Verdict, Finding]] = {}
    reasons: Counter[str] = Counter()
    example: dict[str, Verdict] = {}
    for verdict in verdicts:
        for finding in verdict.violations:
            counts[finding.rule] += 1
            first.setdefault(finding.rule, (verdict, finding))
        messages.update({f.rule for f in verdict.violations})
        if verdict.outcome == "unjudged":
            kind = _kind(verdict.reason or "")
            reasons[kind] += 1
            example.setdefault(kind, verdict)
    for rule, count in counts.most_common():
        verdict, finding = first[rule]
        times = f"{count} in {messages[rule]} messages" if count != messages[rule] else f"{count}"
        yield f"{paint(rule, '1', stream)}  {times}"
        line = f":{finding.line}" if finding.line else ""
        yield from _wrapped(
            "as in", printable(verdict.file) + line + (f" ({verdict.part})" if verdict.part else ""), stream
        )
        yield from _wrapped("at", finding.path, stream)
        yield from _wrapped("expected", finding.expected, stream)
        yield from _wrapped("found", finding.found, stream)
        yield from _wrapped("hint", finding.hint, stream)
    for kind, count in reasons.most_common():
        yield f"{paint('unjudged', '33', stream)}  {count}"
        found = example[kind]
        yield from _wrapped("as in", printable(found.file) + (f" ({found.part})" if found.part else ""), stream)
        yield from _wrapped("reason", found.reason or "", stream)


def _kind(reason: str) -> str:
    """Reasons that differ in names only are of one kind."""
    return " ".join(w for w in reason.split() if w.islower() and w.isalpha())


def summary(counts: Counter[str], skipped: int, name: str, waived: int = 0) -> str:
    """The last line. ``waived`` counts violations that a waiver excuses."""
    parts = [f"{counts[k]} {k}" for k in ("kept", "broken", "unjudged")]
    parts += [f"{skipped} skipped"] + ([f"{waived} waived"] if waived else [])
    versions = name.split(", ")
    shown = name if len(versions) < 4 else f"{versions[0]} to {versions[-1]}"
    return ", ".join(parts) + f"  ({shown})"
