"""A check's verdicts as one page that works from a file: each cause once, with the messages that have it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TextIO

from .check_text import summarize_counts
from .html_page import fold_list, show_finding, wrap_page
from .results import CheckResult


def render_html(result: CheckResult, stream: TextIO) -> Iterator[str]:
    """The page; every text in it is escaped."""
    broken, unjudged = result.counts["broken"], result.counts["unjudged"]
    outcome = "broken" if broken else "not judged" if unjudged or not result.judged else "kept"
    yield from wrap_page("services85 check", outcome, summarize_counts(result), _show_causes(result))


def _show_causes(result: CheckResult) -> Iterator[str]:
    for cause in result.list_causes():
        found = cause.finding
        yield f"<section><h2>{escape(cause.label)} <code>{escape(found.rule)}</code></h2>"
        yield f"{show_finding(found)}{fold_list('message', cause.places)}</section>"
    for reason, places in result.list_reasons().items():
        yield f"<section><h2>not judged</h2><p>{escape(reason)}</p>{fold_list('message', places)}</section>"
