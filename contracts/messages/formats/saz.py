"""Fiddler's sessions (.saz): a zip of raw/1_c.txt and raw/1_s.txt, what client and server sent.

Source: https://docs.telerik.com/fiddler/save-and-load-traffic/tasks/sazdetails.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ...files.archive import Archive
from ...model import Message
from ..exchange import carries_soap
from ..reader import NoMessage, Reader, Skipped, Source
from .raw_http import is_tunnel, parse_http

_FIRST = re.compile(rb"raw[/\\]\d+_[csm]\.", re.IGNORECASE)
_SESSION = re.compile(r"(.*/)?raw/0*(\d+)_([cs])\.txt", re.IGNORECASE)


def looks_like(head: bytes) -> bool:
    """Whether this is a zip whose first names are Fiddler's."""
    return head.startswith(b"PK\x03\x04") and bool(_FIRST.search(head))


def holds_sessions(names: Iterable[str]) -> bool:
    """Whether the files of a zip are Fiddler's."""
    return any(_SESSION.fullmatch(name) for name in names)


def parse(data: bytes, source: Source) -> Iterator[Message | Skipped]:
    """The SOAP calls, ``session 1 request`` …; every other session is Skipped."""
    archive = Archive(io.BytesIO(data))
    sessions: dict[int, dict[str, str]] = {}
    for name in archive:
        if found := _SESSION.fullmatch(name):
            sessions.setdefault(int(found[2]), {})[found[3].lower()] = name
    if not sessions:
        raise NoMessage("a zip without sessions of Fiddler's")
    for number, names in sorted(sessions.items()):
        request: Message | None = None
        for side, name in sorted(names.items()):
            part = f"session {number} {'request' if side == 'c' else 'response'}"
            held = archive.read(name, source.max_size + 1)
            if not held.strip():  # it was aborted
                continue
            message = parse_http(held, file=source.file, part=part, max_size=source.max_size)
            message = replace(message, line=None, mixed=True, answers=request if side == "s" else None)
            if side == "c":
                request = message
                if not carries_soap(message) or (message.http and is_tunnel(message.http)):
                    method = message.http.method if message.http else "it"
                    yield Skipped(source.file, f"session {number}", f"{method} carries no SOAP message")
                    break
            yield message


READER = Reader("Fiddler sessions", ("saz",), looks_like, parse)
