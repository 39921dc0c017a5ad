"""HAR, the HTTP archive 1.2 that browsers, Charles, Fiddler, Postman and Insomnia save: the SOAP calls in it.

It is read entry by entry, so that one of any size needs little memory, and one that was cut off gives what it still
holds. Source: http://www.softwareishard.com/blog/har-12-spec/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Any

from ...files.limits import Unreadable, limit_size
from ...model import Headers, Http
from ..exchange import read_exchange
from ..reader import Item, NoMessage, Reader, Source
from ..stored import (
    StoredSide,
    complete_fields,
    decode_base64,
    encode_text,
    keep_head,
    load_json,
    read_beside,
    read_fields,
)

_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{(?:\s*\"\w+\"\s*:\s*\"(?:[^\"\\]|\\.)*+\"\s*,)?\s*\"log\"\s*:\s*\{")
"""A comment may stand before the log."""
_ENTRIES = re.compile(rb"\"entries\"\s*:\s*\[")
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|(?P<cut>\\?\Z))|[{}\]]', re.DOTALL)
_MAX_DEPTH = 500


def parse(data: bytes, source: Source) -> Iterator[Item]:
    """The SOAP calls, ``entry 1 request`` …; every other entry is Skipped."""
    if not _BEGINNING.match(data) or not _ENTRIES.search(data):
        load_json(data)  # says where it is cut off
        raise NoMessage("JSON, but no HAR with entries")
    yield from parse_pieces([data], source)


def parse_pieces(pieces: Iterable[bytes], source: Source) -> Iterator[Item]:
    """`parse` of a HAR that comes in pieces."""
    for number, entry in enumerate(_split_entries(pieces, source.max_size), 1):
        part = f"entry {number}"
        if entry is None:
            where = f"ends within {part}" if number > 1 else "has no whole entry"
            yield source.refuse_part(part, f"truncated: the HAR {where}")
            return
        try:
            found = load_json(entry)
        except Unreadable as bad:
            yield source.refuse_part(part, str(bad))
            continue
        asked, answered = (partial(read, found, source) for read in (_read_request, _read_response))
        yield from read_exchange(source, part, asked, answered)


def _split_entries(pieces: Iterable[bytes], max_size: int) -> Iterator[bytes | None]:
    """The bytes of each object in the array of entries; at last None where the file ends before the array does.

    Only braces and texts are looked for: what is in an object, `load_json` reads. Raises Unreadable where one is larger
    than ``max_size``.
    """
    held, at, depth, begun = b"", 0, 0, False  # what is not yet given, how far it was looked over, open braces
    more: list[bytes] = []
    for piece in chain(pieces, [b""]):
        more.append(piece)
        # A text that was cut off is looked over again from its start. So pieces wait until they double what is held:
        # a text of many pieces would else cost the square of its length.
        if piece and sum(map(len, more)) < min(len(held), max_size):
            continue
        held += b"".join(more)
        more.clear()
        if not begun and (start := _ENTRIES.search(held)):
            held, begun = held[start.end() :], True
        first = 0  # where the object begins that is open
        for token in _TOKEN.finditer(held, at) if begun else ():
            mark = token[0]
            if token["cut"] is not None:  # a text that goes on in the next piece
                at = token.start()
                break
            at = token.end()
            if mark == b"{":
                first = first if depth else token.start()
                depth += 1
                if depth > _MAX_DEPTH:
                    raise Unreadable("JSON nested too deep")
            elif mark == b"}":
                depth -= 1
                if not depth:
                    yield held[first:at]
                    first = at
            elif mark == b"]" and not depth:
                return
        held, at = limit_size(held[first:], max_size, "an entry "), at - first
    yield None


def _read_request(entry: Any, source: Source) -> StoredSide:
    request = entry["request"]
    posted = request.get("postData") or {}
    headers = complete_fields(read_fields(request.get("headers") or ()), posted.get("mimeType"))
    http = Http(headers, method=str(request["method"]), target=str(request["url"]))
    return keep_head(http, lambda: _read_body(posted, request.get("bodySize") or 0, headers, source))


def _read_response(entry: Any, source: Source) -> StoredSide | None:
    response = entry.get("response")
    if not response or not response.get("status"):  # none came
        return None
    content = response.get("content") or {}
    headers = complete_fields(read_fields(response.get("headers") or ()), content.get("mimeType"))
    http = Http(headers, status=int(response["status"]), reason=str(response.get("statusText") or ""))
    return keep_head(http, lambda: _read_body(content, content.get("size", -1) or 0, headers, source))


def _read_body(content: Any, size: int, headers: Headers, source: Source) -> bytes:
    """Its text; a form's fields as JSON; of Playwright's it may lie in a file beside. ``size``: -1 if not known."""
    is_held = any(content.get(key) for key in ("text", "params", "_file"))
    if not is_held and size and (size > 0 or "text" not in content):
        raise Unreadable(f"the HAR does not hold the body{f' of {size} bytes' if size > 0 else ''}")
    if (file := content.get("_file")) and not content.get("text"):
        return read_beside(source, str(file))
    text = content.get("text") or (json.dumps(content["params"]) if content.get("params") else "")
    return decode_base64(text) if content.get("encoding") == "base64" else encode_text(text, headers)


READER = Reader("HAR", ("har",), _BEGINNING.match, parse, parse_pieces)
