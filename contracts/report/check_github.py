"""A check's verdicts as GitHub's workflow commands: an error a violation, a warning for what could not be judged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from .results import CheckResult

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def render_github(result: CheckResult, stream: TextIO) -> Iterator[str]:
    """The commands, a line each; a notice with the counts last."""
    for verdict in result.verdicts:
        file = _escape_property(verdict.file)
        for finding in verdict.violations:
            line = f",line={finding.line}" if finding.line else ""
            text = (
                f"{finding.path}: expected {finding.expected}, found {finding.found}. "
                f"{finding.authority}: {finding.why}. {finding.hint}"
            )
            yield f"::error file={file}{line},title={_escape_property(finding.rule)}::{escape_command(text)}"
        if verdict.outcome == "unjudged":
            yield f"::warning file={file},title=unjudged::{escape_command(verdict.reason or '')}"
    counts = ", ".join(f"{result.counts[outcome]} {outcome}" for outcome in ("kept", "broken", "unjudged"))
    name = escape_command(result.contract)
    yield f"::notice title=services85 check::{counts}, {result.skipped} skipped ({name})"


def escape_command(text: str) -> str:
    """A workflow command's message, which is one line."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(value: str) -> str:
    shown = "".join(c if c.isprintable() or c in "\r\n" else _REPLACEMENT for c in value)
    return escape_command(shown).replace(":", "%3A").replace(",", "%2C")
