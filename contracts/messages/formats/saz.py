"""Fiddler's sessions (.saz): a zip of raw/1_c.txt and raw/1_s.txt, what client and server sent.

Source: https://docs.telerik.com/fiddler/save-and-load-traffic/tasks/sazdetails.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import partial

from ...files.archive import Archive
from ...files.limits import Unreadable, limit_size
from ..exchange import read_exchange
from ..guessing import SESSION_FILE
from ..reader import Item, NoMessage, Reader, Source
from ..stored import StoredSide
from .raw_http import parse_http

_BEGINNING = re.compile(rb"PK\x03\x04.*?raw[/\\]\d+_[csm]\.", re.DOTALL | re.IGNORECASE)
"""A zip whose first names are Fiddler's."""


def parse(data: bytes, source: Source) -> Iterator[Item]:
    """The SOAP calls, ``session 1 request`` …; every other session is Skipped."""
    archive = Archive(io.BytesIO(data))
    sessions: dict[int, dict[str, str]] = {}
    for name in archive:
        if found := SESSION_FILE.fullmatch(name):
            sessions.setdefault(int(found[2]), {})[found[3].lower()] = name
    if not sessions:
        raise NoMessage("a zip without sessions of Fiddler's")
    for number, names in sorted(sessions.items()):
        asked, answered = (partial(_read_side, archive, names.get(side), source) for side in "cs")
        yield from read_exchange(source, f"session {number}", asked, answered)


def _read_side(archive: Archive, name: str | None, source: Source) -> StoredSide | None:
    """What client or server sent; None where it was aborted. Raises Unreadable."""
    held = limit_size(archive.read(name, source.max_size + 1), source.max_size) if name else b""
    if not held.strip():
        return None
    message = parse_http(held, max_size=source.max_size)
    if message.problem or message.http is None:
        raise Unreadable(message.problem or "no HTTP")
    return message.http, message.data, None


READER = Reader("Fiddler sessions", ("saz",), _BEGINNING.match, parse)
