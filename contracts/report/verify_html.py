"""What the contract suite found, as one page that works from a file."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TextIO

from .html_page import fold_list, wrap_page
from .results import SuiteResult

_HEADS = ("room", "kept", "broken", "unjudged", "skipped", "seconds")


def render_html(result: SuiteResult, stream: TextIO) -> Iterator[str]:
    """The page; every text in it is escaped."""
    yield from wrap_page("services85 verify", result.outcome, result.title, _show_rooms(result))


def _show_rooms(result: SuiteResult) -> Iterator[str]:
    facts = "".join(f"<dt>{name}</dt><dd>{escape(fact)}</dd>" for name, fact in result.facts.items())
    yield f"<dl>{facts}</dl>"
    yield f'<div class="table"><table><tr>{"".join(f"<th>{head}</th>" for head in _HEADS)}</tr>'
    for room in result.as_dict()["rooms"]:
        yield f"<tr>{''.join(f'<td>{escape(str(room[head]))}</td>' for head in _HEADS)}</tr>"
    yield "</table></div>"
    for (outcome, text), tests in result.group_tests("broken", "unjudged", "skipped").items():
        names = [f"{test.room}: {test.name}" for test in tests]
        yield f"<section><h2>{outcome}</h2><pre>{escape(text)}</pre>{fold_list('test', names)}</section>"
    if said := [*dict.fromkeys(result.errors), *result.recordings]:
        yield f"<section><h2>Recordings</h2><ul>{''.join(f'<li>{escape(line)}</li>' for line in said)}</ul></section>"
