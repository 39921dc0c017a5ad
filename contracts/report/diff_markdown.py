"""What changed between two contracts, for a pull request (Markdown) and as GitHub's workflow annotations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TextIO

from ..diff.change_rules import CHANGE_RULES
from ..diff.comparison import Comparison
from ..model import SEVERITIES, Severity
from ..model.wording import counted
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
    where_seen,
)
from .escaping import escape_cell, escape_command, quote_code

_LEVELS: dict[Severity, str] = {"breaking": "error", "risky": "warning", "safe": "notice"}
_FEW = 6


def render_markdown(comparison: Comparison, stream: TextIO) -> Iterator[str]:
    """The move, the answer, and a table for each severity, each cause once; what is safe is folded away."""
    yield f"## {escape_cell(name_move(comparison))}\n"
    yield from (f"* {what}: {escape_cell(how)}" for what, how in describe_steps(comparison))
    yield f"\n**{escape_cell(headline(comparison))}**"
    yield from (f"\n{escape_cell(text)}" for text in describe_evidence(comparison))
    touched = {label: counts for label, counts in count_by_operation(comparison) if counts}
    if touched:
        yield "\n### What you use\n"
        yield from (f"* {quote_code(label)}: {escape_cell(counts)}" for label, counts in touched.items())
    for severity in SEVERITIES:
        if found := pick_changes(comparison, severity):
            yield from _section(severity, group_changes(found, each=comparison.show_all), len(found))
    if others := count_others(comparison):
        yield f"\n{others}."


def _section(severity: Severity, groups: Sequence[Group], count: int) -> Iterator[str]:
    is_folded = severity == "safe"
    title = f"{severity} ({count}): {MEANINGS[severity]}"
    yield f"\n<details><summary>{title}</summary>\n" if is_folded else f"\n### {title}\n"
    is_used = any(group.use for group in groups)
    heads = ["change", "what", "operations", *(["seen in"] if is_used else []), "why", "what to do"]
    yield f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}"
    for group in groups:
        rule = CHANGE_RULES[group.first.rule]
        what = quote_code(group.describe(_FEW).replace(" -> ", " → "))
        seen = [escape_cell(where_seen(group.use))] if group.use else []
        cells = [rule.id, what, escape_cell(reached_by(group.first)), *seen, escape_cell(group.first.why), rule.hint]
        yield f"| {' | '.join(cells)} |"
    if is_folded:
        yield "\n</details>"


def render_github(comparison: Comparison, stream: TextIO) -> Iterator[str]:
    """An annotation for each cause that breaks or is to be looked at, one for all that is safe; a summary last.

    Of what is used alone, where that is known. (GitHub shows ten of a kind.)
    """
    for severity in SEVERITIES:
        found = pick_changes(comparison, severity)
        if severity == "safe" and found:
            rules = Counter(change.rule for change, _ in found)
            kinds = ", ".join(f"{count} {rule}" for rule, count in rules.items())
            yield f"::notice title=safe::{counted(len(found), 'safe change')}: {escape_command(kinds)}"
            continue
        for group in group_changes(found, each=comparison.show_all):
            yield _annotation(group)
    steps = [f"{what}: {how}" for what, how in describe_steps(comparison) if what != "contracts"]
    said = "; ".join([headline(comparison), *filter(None, [count_others(comparison)]), *steps])
    yield f"::notice title=services85 diff::{escape_command(name_move(comparison))}: {escape_command(said)}"


def _annotation(group: Group) -> str:
    change = group.first
    reach = first_few(change.operations) if change.operations != (change.path,) else ""
    told = [change.why, f"do: {CHANGE_RULES[change.rule].hint}", *([f"reaches {reach}"] if reach else [])]
    if group.use:
        told.append(f"seen in {where_seen(group.use)}")
    text = f"{group.describe(_FEW)}: {'; '.join(told)}"
    return f"::{_LEVELS[group.severity]} title={change.rule}::{escape_command(text)}"
