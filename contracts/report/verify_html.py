"""What the contract suite found, as one page that works from a file."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TextIO

from .html_page import fold_list, show_finding, wrap_page
from .results import SuiteCause, SuiteResult

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
    yield from map(_show_cause, result.list_causes())
    for heading, lines in (
        ("Not run to its end", list(dict.fromkeys(result.errors))),
        ("Skipped", result.list_skips()),
        ("Recordings", result.recordings),
    ):
        if lines:
            rows = "".join(f"<li>{escape(line)}</li>" for line in lines)
            yield f"<section><h2>{heading}</h2><ul>{rows}</ul></section>"


def _show_cause(cause: SuiteCause) -> str:
    first = cause.tests[0]
    kind = cause.outcome.removeprefix("un")
    shown = "".join(show_finding(finding) for finding in first.findings)
    folded = fold_list("call", cause.members) if len(cause.tests) > 1 else ""
    quoted = f"<pre>{escape(cause.quoted)}</pre>" if cause.quoted else ""
    if cause.quoted.startswith("<"):  # an envelope is for who wants to look closer
        quoted = f"<details><summary>the message</summary>{quoted}</details>"
    return (
        f'<section><h2><span class="{kind}">{cause.outcome}</span> {escape(cause.heading)}</h2>'
        f"<p>{escape(first.asks)}</p>{shown}{quoted}{folded}</section>"
    )
