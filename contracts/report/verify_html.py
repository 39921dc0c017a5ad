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
    yield f'<div class="table"><table><tr>{"".join(f"<th>{head}</th>" for head in _HEADS)}</tr>'
    for room in result.as_dict()["rooms"]:
        yield f"<tr>{''.join(f'<td>{escape(str(room[head]))}</td>' for head in _HEADS)}</tr>"
    yield "</table></div>"
    for (outcome, text), names in result.group_failed().items():
        yield f"<section><h2>{outcome}: {escape(names[0])}</h2><pre>{escape(text)}</pre>"
        yield f"{fold_list('test', names)}</section>"
    for room in result.rooms.values():
        for reason, count in room.reasons.items() if room.skipped or room.unjudged else ():
            times = f" ({count} times)" if count > 1 else ""
            yield f"<section><h2>{escape(room.name)}</h2><p>{escape(reason)}{times}</p></section>"
    if said := [*dict.fromkeys(result.errors), *result.recordings]:
        yield f"<section><h2>Recordings</h2><ul>{''.join(f'<li>{escape(line)}</li>' for line in said)}</ul></section>"
