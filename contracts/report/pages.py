"""Results as pages, HTML and Markdown: templates lie in ``templates/``, and whatever is put into one is escaped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from .check_text import summarize_counts
from .lines import join_lines
from .results import CheckResult, SuiteResult, count_outcomes

_MOST_LINES, _LONGEST = 25, 2000
_FENCE = "````"


def fill_page(name: str, **given: Any) -> Iterator[str]:
    """A page of a template, in parts of some lines. In HTML all that is given is escaped; one of Markdown says of each
    what it is:

    a ``cell`` of a table, ``code`` in one, or ``fenced``.
    """
    folder = FileSystemLoader(Path(__file__).with_name("templates"))
    escaping = select_autoescape(("html",))
    pages = Environment(
        loader=folder, autoescape=escaping, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    pages.filters.update(cell=escape_cell, code=quote_code, fenced=fence_lines)
    return join_lines(map(str, pages.get_template(name).generate(given)))  # text that is escaped escapes what it meets


def escape_cell(text: str) -> str:
    """Text of a Markdown table: one line, without what Markdown or HTML would take for markup."""
    plain = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace("\\", "\\\\")
    for sign in "|*_`[]":
        plain = plain.replace(sign, f"\\{sign}")
    return plain


def quote_code(text: str) -> str:
    """Text of a Markdown table as code, which has no escapes: with a backtick in it, it is plain text."""
    plain = " ".join(text.split())
    return f"`{plain}`".replace("|", "\\|") if plain and "`" not in plain else escape_cell(plain)


def fence_lines(text: str) -> str:
    """A block of Markdown as it stands. A line of it that begins with a fence would end ours."""
    lines = [line.replace("```", "` ` `")[:_LONGEST] for line in text.splitlines()[:_MOST_LINES]]
    return "\n".join([_FENCE, *lines, _FENCE])


def render_check_html(result: CheckResult, stream: TextIO) -> Iterator[str]:
    """Each cause once, with the messages that have it."""
    broken, unjudged = result.counts["broken"], result.counts["unjudged"]
    outcome = "broken" if broken else "not judged" if unjudged or not result.judged else "kept"
    return fill_page("check.html", result=result, outcome=outcome, summary=summarize_counts(result))


def render_check_markdown(result: CheckResult, stream: TextIO) -> Iterator[str]:
    """The counts, a table of what is broken, each cause once, and one of what was not judged."""
    return fill_page("check.md", result=result, summary=summarize_counts(result))


def render_verify_html(result: SuiteResult, stream: TextIO) -> Iterator[str]:
    """The rooms, then each cause of a failure once."""
    return fill_page("verify.html", result=result, outcome=result.outcome, summary=result.title)


def render_verify_markdown(result: SuiteResult, stream: TextIO) -> Iterator[str]:
    """The outcome, a row for each room, then each cause of a failure once, then why tests were skipped."""
    counts = {room: count_outcomes(tests) for room, tests in {**result.rooms, "all": result.tests}.items()}
    return fill_page("verify.md", result=result, causes=result.list_causes(), counts=counts)
