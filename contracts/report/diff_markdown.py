"""What changed between two contracts, for a pull request (Markdown) and as GitHub's workflow annotations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from ..diff.comparison import Comparison, Use
from ..model import SEVERITIES, Change
from .diff_words import SIDES, first_few, headline, old_and_new, used_changes, where_seen
from .escaping import escape_cell, escape_command, quote_code

_LEVELS = {"breaking": "error", "risky": "warning", "safe": "notice"}


def render_markdown(comparison: Comparison, stream: TextIO) -> Iterator[str]:
    """Headings and tables; what is safe is folded away."""
    yield f"## {quote_code(comparison.old)} → {quote_code(comparison.new)}"
    yield f"\n**{headline(comparison)}**"
    if used := used_changes(comparison):
        yield from ("", "### What you use", "")
        yield "| severity | change | place | old → new | seen in | why |"
        yield "|---|---|---|---|---|---|"
        for change, use in used:
            shown = escape_cell(old_and_new(change)), escape_cell(where_seen(use))
            yield _row(use.severity, change.rule, quote_code(change.path), *shown, change.why)
    for severity in SEVERITIES:
        found = [c for c in comparison.changes if c.severity == severity]
        if found:
            yield from _section(severity, found)


def _section(severity: str, changes: Sequence[Change]) -> Iterator[str]:
    is_folded = severity == "safe"
    yield ""
    yield f"<details><summary>safe ({len(changes)})</summary>" if is_folded else f"### {severity} ({len(changes)})"
    yield ""
    yield "| agent | change | place | old → new | operations | why |"
    yield "|---|---|---|---|---|---|"
    for change in changes:
        touched = f"{SIDES[change.direction]}: {first_few(change.operations)}" if change.operations else "none"
        versions = f" ({', '.join(change.versions)})" if change.versions else ""
        shown = quote_code(change.path), escape_cell(old_and_new(change)), escape_cell(touched + versions)
        yield _row(escape_cell(first_few(change.agents)), change.rule, *shown, change.why)
    if is_folded:
        yield from ("", "</details>")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def render_github(comparison: Comparison, stream: TextIO) -> Iterator[str]:
    """An annotation a change: those that are used, where that is known, else all; the headline last."""
    found: list[tuple[Change, Use | None]] = [*used_changes(comparison)]
    if comparison.usage is None:
        found = [(change, None) for change in comparison.changes]
    for change, use in found:
        yield _annotation(change, use)
    yield f"::notice title=services85 diff::{escape_command(headline(comparison))}"


def _annotation(change: Change, use: Use | None) -> str:
    level = _LEVELS[use.severity if use else change.severity]
    text = f"{change.path}: {change.why}" + (f" [{shown}]" if (shown := old_and_new(change)) else "")
    if use:
        text += f" (seen in {where_seen(use)})"
    return f"::{level} title={change.rule}::{escape_command(text)}"
