"""Results as GitHub's workflow commands, which annotate a run: an error, a warning or a notice a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, TextIO

from .results import CheckResult, SuiteResult, count_outcomes

Level = Literal["error", "warning", "notice"]
_LEVELS: dict[str, Level] = {"broken": "error", "unjudged": "warning"}


def write_command(level: Level, text: str, **properties: object) -> str:
    """One command, which is one line; what GitHub would take for the end of a part is written otherwise."""
    given = ",".join(f"{name}={_escape_property(str(value))}" for name, value in properties.items() if value)
    return f"::{level} {given}::{_escape_text(text)}"


def _escape_text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(value: str) -> str:
    shown = "".join(c if c.isprintable() or c in "\r\n" else "\N{REPLACEMENT CHARACTER}" for c in value)
    return _escape_text(shown).replace(":", "%3A").replace(",", "%2C")


def render_check(result: CheckResult, stream: TextIO) -> Iterator[str]:
    """An error a violation, a warning for what could not be judged, a notice with the counts last."""
    for verdict in result.verdicts:
        for found in verdict.violations:
            text = f"{found.path}: expected {found.expected}, found {found.found}. {found.authority}: {found.why}."
            title = {"file": verdict.file, "line": found.line, "title": found.rule}
            yield write_command("error", f"{text} {found.hint}", **title)
        if verdict.outcome == "unjudged":
            yield write_command("warning", verdict.reason or "", file=verdict.file, title="unjudged")
    yield write_command("notice", f"{_join_counts(result.summary)} ({result.contract})", title="services85 check")


def render_verify(result: SuiteResult, stream: TextIO) -> Iterator[str]:
    """An error for each cause that broke the contract, a warning for what could not be judged; a notice last."""
    for cause in result.list_causes():
        first = cause.tests[0]
        said = first.text.removesuffix(first.remark).strip()  # an envelope is too long for a margin
        yield write_command(_LEVELS[cause.outcome], said, title=f"{cause.outcome}: {cause.heading}")
    counts = _join_counts(count_outcomes(result.tests))
    yield write_command("notice", f"{result.outcome}: {counts} ({result.title})", title="services85 verify")


def _join_counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
