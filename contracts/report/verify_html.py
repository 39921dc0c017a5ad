"""What the contract suite found, as one page that works from a file."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TextIO

from .results import SuiteResult

_HEADS = ("room", "kept", "broken", "unjudged", "skipped", "seconds")
_STYLE = (
    "body{font:16px system-ui;margin:2em auto;max-width:60em;padding:0 1em}table{border-collapse:collapse}"
    "td,th{padding:.3em .8em;border-bottom:1px solid #ccc;text-align:right}td:first-child,th:first-child"
    "{text-align:left}pre{white-space:pre-wrap;background:#f4f4f4;padding:.6em}"
)


def render_html(result: SuiteResult, stream: TextIO) -> Iterator[str]:
    """The page; every text in it is escaped."""
    yield '<!doctype html><html lang="en"><meta charset="utf-8"><title>services85 verify</title>'
    yield f"<style>{_STYLE}</style>"
    yield f"<h1>{result.outcome}</h1><p>{escape(result.title)}</p>"
    yield f"<table><tr>{''.join(f'<th>{head}</th>' for head in _HEADS)}</tr>"
    for room in result.as_dict()["rooms"]:
        yield f"<tr>{''.join(f'<td>{escape(str(room[head]))}</td>' for head in _HEADS)}</tr>"
    yield "</table>"
    for test in result.failed:
        yield f"<details open><summary>{test.outcome}: {escape(test.name)}</summary>"
        yield f"<pre>{escape(test.text)}</pre></details>"
    yield "<h2>Recordings</h2><ul>"
    for line in result.recordings:
        yield f"<li>{escape(line)}</li>"
    yield "</ul></html>"
