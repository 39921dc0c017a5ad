"""What changed between two contracts, for a pull request (Markdown) and as GitHub's workflow annotations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TextIO

from ..diff.change_rules import CHANGE_RULES
from ..diff.comparison import Comparison
from ..model import Severity
from ..model.wording import counted
from . import diff_words as words
from .github import Level, write_command
from .markdown import escape_cell, quote_code, write_table

_LEVELS: dict[Severity, Level] = {"breaking": "error", "risky": "warning", "safe": "notice"}
_FEW = 6


def render_markdown(comparison: Comparison, stream: TextIO) -> Iterator[str]:
    """The move, the answer, and a table for each severity, each cause once; what is safe is folded away."""
    yield f"## {escape_cell(words.name_move(comparison))}\n"
    yield from (f"* {what}: {escape_cell(how)}" for what, how in words.describe_steps(comparison))
    yield f"\n**{escape_cell(words.headline(comparison))}**"
    yield from (f"\n{escape_cell(text)}" for text in words.describe_evidence(comparison))
    touched = {label: counts for label, counts in words.count_by_operation(comparison) if counts}
    if touched:
        yield "\n### What you use\n"
        yield from (f"* {quote_code(label)}: {escape_cell(counts)}" for label, counts in touched.items())
    for section in words.list_sections(comparison):
        yield from _show_section(section)
    if others := words.count_others(comparison):
        yield f"\n{others}."


def _show_section(section: words.Section) -> Iterator[str]:
    is_folded = section.severity == "safe"
    title = f"{section.severity} ({section.count}): {section.meaning}"
    yield f"\n<details><summary>{title}</summary>\n" if is_folded else f"\n### {title}\n"
    is_used = any(group.use for group in section.groups)
    heads = ["change", "what", "operations", *(["seen in"] if is_used else []), "why", "what to do"]
    yield from write_table(heads, map(_list_cells, section.groups))
    if is_folded:
        yield "\n</details>"


def _list_cells(group: words.Group) -> list[str]:
    rule = CHANGE_RULES[group.first.rule]
    what = quote_code(group.describe(_FEW).replace(" -> ", " → "))
    seen = [escape_cell(words.where_seen(group.use))] if group.use else []
    return [rule.id, what, escape_cell(words.reached_by(group.first)), *seen, escape_cell(group.first.why), rule.hint]


def render_github(comparison: Comparison, stream: TextIO) -> Iterator[str]:
    """An annotation for each cause that breaks or is to be looked at, one for all that is safe; a summary last.

    Of what is used alone, where that is known. (GitHub shows ten of a kind.)
    """
    for section in words.list_sections(comparison):
        if section.severity == "safe":
            rules = Counter(change.rule for group in section.groups for change in group.changes)
            kinds = ", ".join(f"{count} {rule}" for rule, count in rules.items())
            yield write_command("notice", f"{counted(section.count, 'safe change')}: {kinds}", title="safe")
        else:
            yield from map(_annotate_group, section.groups)
    steps = [f"{what}: {how}" for what, how in words.describe_steps(comparison) if what != "contracts"]
    said = "; ".join([words.headline(comparison), *filter(None, [words.count_others(comparison)]), *steps])
    yield write_command("notice", f"{words.name_move(comparison)}: {said}", title="services85 diff")


def _annotate_group(group: words.Group) -> str:
    change = group.first
    told = [change.why, f"do: {CHANGE_RULES[change.rule].hint}"]
    if change.operations not in ((), (change.path,)):
        told.append(f"reaches {words.first_few(change.operations)}")
    if group.use:
        told.append(f"seen in {words.where_seen(group.use)}")
    return write_command(_LEVELS[group.severity], f"{group.describe(_FEW)}: {'; '.join(told)}", title=change.rule)
