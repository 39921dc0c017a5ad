"""A check's verdicts for editors: a line each, as compilers have them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from ..model.wording import escape_line
from .results import CheckResult


def render_line(result: CheckResult, stream: TextIO) -> Iterator[str]:
    """``file:line: rule: text``; what was not judged stands at line 1."""
    for verdict in result.verdicts:
        file = escape_line(verdict.file or "-")
        for found in verdict.violations:
            yield f"{file}:{found.line or 1}: {found.rule}: expected {found.expected}, found {found.found}"
        if verdict.outcome == "unjudged":
            yield f"{file}:1: unjudged: {escape_line(verdict.reason or '')}"
