"""What changed between two contracts, for a pull request (Markdown) and as GitHub's workflow annotations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TextIO

from ..diff.change_rules import CHANGE_RULES
from ..diff.comparison import Comparison
from ..model import Severity
from ..model.wording import count_noun
from . import diff_words as words
from .github import Level, write_command
from .pages import fill_page

_LEVELS: dict[Severity, Level] = {"breaking": "error", "risky": "warning", "safe": "notice"}
_FEW = 6


def render_markdown(comparison: Comparison, stream: TextIO) -> Iterator[str]:
    """The move, the answer, and a table for each severity, each cause once; what is safe is folded away."""
    return fill_page("diff.md", comparison=comparison, words=words, rules=CHANGE_RULES)


def render_github(comparison: Comparison, stream: TextIO) -> Iterator[str]:
    """An annotation for each cause that breaks or is to be looked at, one for all that is safe; a summary last.

    Of what is used alone, where that is known. (GitHub shows ten of a kind.)
    """
    for section in words.list_sections(comparison):
        if section.severity == "safe":
            rules = Counter(change.rule for group in section.groups for change in group.changes)
            kinds = ", ".join(f"{count} {rule}" for rule, count in rules.items())
            yield write_command("notice", f"{count_noun(section.count, 'safe change')}: {kinds}", title="safe")
        else:
            yield from map(_annotate_group, section.groups)
    steps = [f"{what}: {how}" for what, how in words.describe_steps(comparison) if what != "contracts"]
    said = "; ".join([words.write_headline(comparison), *filter(None, [words.count_others(comparison)]), *steps])
    yield write_command("notice", f"{words.name_move(comparison)}: {said}", title="services85 diff")


def _annotate_group(group: words.Group) -> str:
    change = group.first
    told = [change.why, f"do: {CHANGE_RULES[change.rule].hint}"]
    if change.operations not in ((), (change.path,)):
        told.append(f"reaches {words.first_few(change.operations)}")
    if group.use:
        told.append(f"seen in {words.name_sightings(group.use)}")
    return write_command(_LEVELS[group.severity], f"{group.describe(_FEW)}: {'; '.join(told)}", title=change.rule)
