"""The list of rules: a line each for grep and the like; a terminal's lines are filled."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby
from typing import TextIO

from ..model.wording import wrap_text
from .results import RuleList
from .terminal import measure_width


def render_text(rules: RuleList, stream: TextIO) -> Iterator[str]:
    """The rules of messages, a block for each room, then the kinds of change."""
    columns = max(measure_width(stream), 64) if stream.isatty() else sys.maxsize

    def fill(name: str, authority: str, requirement: str) -> list[str]:
        start = f"{name:<31} {authority:<10} "
        return wrap_text(requirement, columns, start, " " * len(start))

    for _, room in groupby(rules.messages, key=lambda rule: rule.id.partition("-")[0]):
        for rule in room:
            note = " (note)" if rule.level == "note" else ""
            yield from fill(rule.id, rule.authority, f"{rule.requirement}{note}")
        yield ""
    for change in rules.changes:
        yield from fill(change.id, "change", change.requirement)
