"""A check's verdicts as lines a person reads at 80 columns; colour only on a terminal."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import TextIO

from ..files.limits import NOT_READ
from ..model import Verdict
from ..model.verdict_text import describe_verdict, name_place, wrap_label
from ..model.wording import escape_line
from .results import CheckResult
from .terminal import measure_width, paint_text

_MOST_MESSAGES = 100


def render_text(result: CheckResult, stream: TextIO) -> Iterator[str]:
    """A block for each message that is broken or unjudged, with -v or --all for each that is kept too; the counts last.

    After a hundred, unless all are wanted, the rest is counted by rule.
    """
    listed = _list_messages(result, stream)
    for verdict in islice(listed, None if result.show_all else _MOST_MESSAGES):
        yield from show_verdict(verdict, result.verbose, stream)
    left, rules = 0, Counter[str]()
    for verdict in listed:
        left += 1
        rules.update(finding.rule for finding in verdict.violations)
    if left:
        yield f"… {left} more (--all)"
        yield from wrap_label(
            "broken", ", ".join(f"{rule} {count}" for rule, count in rules.most_common()), measure_width(stream)
        )
    for each in result.skipped if result.verbose else ():
        yield f"skipped   {name_place(each)}"
        yield from wrap_label("", each.why, measure_width(stream))
    if result.judged:
        yield summarize_counts(result)


def _list_messages(result: CheckResult, stream: TextIO) -> Iterator[Verdict]:
    """Those that have a block of their own."""
    everything, first = result.verbose or result.show_all, result.first_unjudged
    # Of a file that was not read, there is no more to be said than standard error does.
    is_told = stream is sys.stdout and first is not None and (first.reason or "").startswith(NOT_READ)
    for verdict in result.verdicts:
        if is_told and verdict.outcome == "unjudged":
            is_told = False
        elif everything or not verdict.kept:
            yield verdict


def render_line(result: CheckResult, stream: TextIO) -> Iterator[str]:
    """``file:line: rule: text``, for editors, as compilers have it; what was not judged stands at line 1."""
    for verdict in result.verdicts:
        file = escape_line(verdict.file or "-")
        for found in verdict.violations:
            yield f"{file}:{found.line or 1}: {found.rule}: expected {found.expected}, found {found.found}"
        if verdict.outcome == "unjudged":
            yield f"{file}:1: unjudged: {escape_line(verdict.reason or '')}"


def show_verdict(verdict: Verdict, verbose: bool, stream: TextIO) -> Iterator[str]:
    """The lines of one verdict, as wide and as coloured as the stream is."""
    return describe_verdict(verdict, measure_width(stream), verbose=verbose, paint=partial(paint_text, stream=stream))


def summarize_counts(result: CheckResult) -> str:
    """The last line: how many messages were what, and by which contract."""
    waived = sum(finding.is_waived for verdict in result.verdicts for finding in verdict.tolerated)
    parts = [f"{count} {outcome}" for outcome, count in result.summary.items()]
    parts += [f"{waived} waived"] if waived else []
    versions = result.contract.split(", ")
    shown = result.contract if len(versions) < 4 else f"{versions[0]} to {versions[-1]}"
    return f"{', '.join(parts)}  ({shown})"
