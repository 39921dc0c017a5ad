"""A verdict as lines that a person reads: what `check` prints of it, and what a failure says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

from .wording import escape_line, wrap_text

if TYPE_CHECKING:
    from .verdict import Finding, Verdict

Paint = Callable[[str, str], str]
"""A text and the code of a colour -> the text in it."""
_COLOURS = {"kept": "32", "broken": "1;31", "unjudged": "33", "skipped": "2"}


def leave_plain(text: str, code: str) -> str:
    """No colour."""
    return text


class Placed(Protocol):
    """What comes from a part of a file."""

    @property
    def file(self) -> str: ...
    @property
    def part(self) -> str: ...


def name_place(found: Placed, line: str = "") -> str:
    """``file:12 (interaction 3 response)``, as one line."""
    return escape_line((found.file or "-") + line + (f" ({found.part})" if found.part else ""))


def show_outcome(outcome: str, paint: Paint = leave_plain) -> str:
    """What became of a message, or ``skipped``, as the column that a line begins with."""
    return paint(f"{outcome:<8}", _COLOURS[outcome])


def describe_verdict(
    verdict: Verdict, columns: int = 80, *, verbose: bool = False, paint: Paint = leave_plain
) -> Iterator[str]:
    """One line for the message; its findings indented below.

    Where there are any and the line is too long, whose message it is has a line of its own; no path is broken.
    """
    what = name_message(verdict)
    where = name_place(verdict)
    extra = f"  [{len(verdict.tolerated)} tolerated]" if verbose and verdict.tolerated else ""
    outcome = show_outcome(verdict.outcome, paint)
    long = verdict.outcome != "kept" and 12 + len(where) + len(what) > columns
    yield f"{outcome}  {where}{'' if long else f'  {what}'}{extra}".rstrip()
    if long and what:
        yield f"{' ' * 10}{what}"
    if verdict.reason:
        yield from wrap_label("", verdict.reason, columns)
    for finding in verdict.violations:
        yield from describe_finding(finding, columns, paint=paint)
    if verbose:
        for finding in (*verdict.tolerated, *verdict.notes):
            yield from describe_finding(finding, columns, paint=paint)
    else:
        excuses = dict.fromkeys(f.excuse[1] for f in verdict.tolerated if f.excuse and not f.usual)
        yield from wrap_label("tolerated", ", ".join(excuses), columns)


def describe_finding(
    finding: Finding, columns: int = 80, *, start: str = "  ", paint: Paint = leave_plain
) -> Iterator[str]:
    """A finding: rule and place, then expected, found, why, hint."""
    line = f", line {finding.line}" if finding.line else ""
    mark = f"  (tolerated: {finding.excuse[0]} {finding.excuse[1]})" if finding.excuse else ""
    place = f"{finding.path}{line}{mark}"
    gap = "  " if len(start) + 2 + len(finding.rule) + len(place) <= columns else f"\n{' ' * 4}"
    yield f"{start}{paint(finding.rule, '1')}{gap}{place}"
    for label, text in (
        ("expected", finding.expected),
        ("found", finding.found),
        ("why", f"{finding.authority}: {finding.why}"),
        ("hint", finding.hint),
    ):
        yield from wrap_label(label, text, columns)


def describe_failure(verdict: Verdict) -> str:
    """What a test that failed by a message says: it begins with rule and place, or why it could not be judged."""
    source = f" ({name_place(verdict)})" if verdict.file else ""
    if verdict.outcome == "unjudged":
        return f"{verdict.reason or 'not judged'}{source}"
    lines: list[str] = []
    for finding in verdict.violations:
        lines += describe_finding(finding, start="")
        lines += [f"    {'xml':<9} {finding.xml}"] if finding.xml else []
    return "\n".join([*lines, f"{name_message(verdict) or 'message'} breaks the contract{source}"])


def name_message(verdict: Verdict) -> str:
    """``Batch.StopBatchJob request``, as far as it is known."""
    return " ".join(p for p in (verdict.label if verdict.agent else "", verdict.message or "") if p)


def wrap_label(label: str, text: str, columns: int) -> list[str]:
    """The text beside its label, in lines of so many columns."""
    return wrap_text(text, columns, f"    {label:<9} ", " " * 14)
