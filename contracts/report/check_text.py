"""A check's verdicts as lines a person reads at 80 columns; colour only on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TextIO

from ..model import Finding, Verdict
from ..rules.deviations import usual_deviations
from .results import CheckResult, name_place
from .terminal import measure_width, paint_text, wrap_text

_COLOURS = {"kept": "32", "broken": "1;31", "unjudged": "33"}
_MOST_MESSAGES = 100


def render_text(result: CheckResult, stream: TextIO) -> Iterator[str]:
    """A block for each message that is broken or unjudged, with -v or --all for each that is kept too; the counts last.

    After a hundred, unless all are wanted, the rest is counted by rule.
    """
    everything = result.verbose or result.show_all
    listed = [verdict for verdict in result.verdicts if everything or not verdict.kept]
    most = len(listed) if result.show_all else _MOST_MESSAGES
    for verdict in listed[:most]:
        yield from show_verdict(verdict, result.verbose, stream)
    if left := listed[most:]:
        yield f"… {len(left)} more (--all)"
        rules = Counter(finding.rule for verdict in left for finding in verdict.violations)
        yield from _wrap_label("broken", ", ".join(f"{rule} {count}" for rule, count in rules.most_common()), stream)
    for each in result.skipped if result.verbose else ():
        yield f"skipped   {name_place(each)}"
        yield from _wrap_label("", each.why, stream)
    if result.judged:
        yield summarize_counts(result)


def show_verdict(verdict: Verdict, verbose: bool, stream: TextIO) -> Iterator[str]:
    """One line for the message; its findings indented below.

    Where there are any and the line is too long, whose message it is has a line of its own; no path is broken.
    """
    what = " ".join(p for p in (verdict.label if verdict.agent else "", verdict.message or "") if p)
    where = name_place(verdict)
    extra = f"  [{len(verdict.tolerated)} tolerated]" if verbose and verdict.tolerated else ""
    outcome = paint_text(f"{verdict.outcome:<8}", _COLOURS[verdict.outcome], stream)
    long = verdict.outcome != "kept" and 12 + len(where) + len(what) > measure_width(stream)
    yield f"{outcome}  {where}{'' if long else f'  {what}'}{extra}".rstrip()
    if long and what:
        yield f"{' ' * 10}{what}"
    if verdict.reason:
        yield from _wrap_label("", verdict.reason, stream)
    for finding in verdict.violations:
        yield from _show_finding(finding, stream)
    if verbose:
        for finding in (*verdict.tolerated, *verdict.notes):
            yield from _show_finding(finding, stream)
    else:
        excuses = dict.fromkeys(finding.excuse[1] for finding in verdict.tolerated if finding.excuse)
        told = ", ".join(excuse for excuse in excuses if excuse not in usual_deviations())
        yield from _wrap_label("tolerated", told, stream)


def _show_finding(finding: Finding, stream: TextIO) -> Iterator[str]:
    """A finding: rule and place, then expected, found, why, hint."""
    line = f", line {finding.line}" if finding.line else ""
    mark = f"  (tolerated: {finding.excuse[0]} {finding.excuse[1]})" if finding.excuse else ""
    place = f"{finding.path}{line}{mark}"
    gap = "  " if 4 + len(finding.rule) + len(place) <= measure_width(stream) else f"\n{' ' * 4}"
    yield f"  {paint_text(finding.rule, '1', stream)}{gap}{place}"
    for label, text in (
        ("expected", finding.expected),
        ("found", finding.found),
        ("why", f"{finding.authority}: {finding.why}"),
        ("hint", finding.hint),
    ):
        yield from _wrap_label(label, text, stream)


def _wrap_label(label: str, text: str, stream: TextIO) -> list[str]:
    return wrap_text(text, measure_width(stream), f"    {label:<9} ", " " * 14)


def summarize_counts(result: CheckResult) -> str:
    """The last line: how many messages were what, and by which contract."""
    waived = sum(1 for v in result.verdicts for f in v.tolerated if f.excuse and f.excuse[0] == "waiver")
    parts = [f"{result.counts[outcome]} {outcome}" for outcome in ("kept", "broken", "unjudged", "skipped")]
    parts += [f"{waived} waived"] if waived else []
    versions = result.contract.split(", ")
    shown = result.contract if len(versions) < 4 else f"{versions[0]} to {versions[-1]}"
    return f"{', '.join(parts)}  ({shown})"
