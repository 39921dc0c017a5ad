"""A check's verdicts as GitHub's workflow commands: an error a violation, a warning for what could not be judged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from .escaping import escape_command, escape_property
from .results import CheckResult


def render_github(result: CheckResult, stream: TextIO) -> Iterator[str]:
    """The commands, a line each; a notice with the counts last."""
    for verdict in result.verdicts:
        file = escape_property(verdict.file)
        for finding in verdict.violations:
            line = f",line={finding.line}" if finding.line else ""
            text = (
                f"{finding.path}: expected {finding.expected}, found {finding.found}. "
                f"{finding.authority}: {finding.why}. {finding.hint}"
            )
            yield f"::error file={file}{line},title={escape_property(finding.rule)}::{escape_command(text)}"
        if verdict.outcome == "unjudged":
            yield f"::warning file={file},title=unjudged::{escape_command(verdict.reason or '')}"
    counts = ", ".join(f"{result.counts[outcome]} {outcome}" for outcome in ("kept", "broken", "unjudged"))
    name = escape_command(result.contract)
    yield f"::notice title=services85 check::{counts}, {result.counts['skipped']} skipped ({name})"
