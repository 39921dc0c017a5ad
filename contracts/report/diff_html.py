"""What changed between two contracts, as one page that works from a file: no script but its own, nothing fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TextIO

from markupsafe import Markup

from ..diff.change_rules import CHANGE_RULES
from ..diff.comparison import Comparison
from ..model.wording import count_noun
from . import diff_words
from .pages import fill_page


def render_html(comparison: Comparison, stream: TextIO) -> Iterator[str]:
    """The page; every text in it is escaped."""
    rows = [(change, comparison.used(i)) for i, change in enumerate(comparison.changes)]
    return fill_page(
        "diff.html",
        title=diff_words.name_move(comparison),
        comparison=comparison,
        agents=sorted({agent for change in comparison.changes for agent in change.agents}),
        operations=sorted({operation for change in comparison.changes for operation in change.operations}),
        rows=sorted(rows, key=lambda pair: pair[1] is None),  # what is used comes first
        words=diff_words,
        rules=CHANGE_RULES,
        count_noun=count_noun,
        break_words=_break_words,
    )


def _break_words(path: str) -> Markup:
    """A long name breaks before a word in it, not within one."""
    return Markup("<wbr>").join(re.split(r"(?<=[a-z.])(?=[A-Z])", path))
