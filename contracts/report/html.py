"""Results as one page that works from a file: it reads on a telephone and on a wide screen, and fetches nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .check_text import summarize_counts
from .results import CheckResult, SuiteResult


def fill_page(name: str, **given: Any) -> str:
    """A page of ``pages/``; whatever is given is escaped in it."""
    folder = FileSystemLoader(Path(__file__).with_name("pages"))
    pages = Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return pages.get_template(name).render(given)


def render_check(result: CheckResult, stream: TextIO) -> Iterator[str]:
    """Each cause once, with the messages that have it."""
    broken, unjudged = result.counts["broken"], result.counts["unjudged"]
    outcome = "broken" if broken else "not judged" if unjudged or not result.judged else "kept"
    yield fill_page("check.html", result=result, outcome=outcome, summary=summarize_counts(result))


def render_verify(result: SuiteResult, stream: TextIO) -> Iterator[str]:
    """The rooms, then each cause of a failure once."""
    yield fill_page("verify.html", result=result, outcome=result.outcome, summary=result.title)
