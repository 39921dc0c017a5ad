"""The list of rules: a line each for grep and the like; a terminal's lines are filled."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TextIO

from .results import RuleList
from .terminal import UNBROKEN, draw_table, measure_width

_NARROWEST = 64
"""Columns: fewer leave no room for what a rule wants."""


def render_text(rules: RuleList, stream: TextIO) -> Iterator[str]:
    """The rules of messages, a block for each room, then the kinds of change."""
    rows: list[list[str]] = []
    for _, room in groupby(rules.messages, key=lambda rule: rule.id.partition("-")[0]):
        for rule in room:
            note = " (note)" if rule.level == "note" else ""
            rows.append([rule.id, rule.authority, f"{rule.requirement}{note}"])
        rows.append([""] * 3)
    rows += [[change.id, "change", change.requirement] for change in rules.changes]
    columns = max(measure_width(stream, elsewhere=UNBROKEN), _NARROWEST)
    yield from draw_table(rows, [""] * 3, columns=columns, texts=3)
