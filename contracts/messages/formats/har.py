"""HAR, the HTTP archive 1.2 that browsers, Charles, Fiddler, Postman and Insomnia save: the SOAP calls in it.

It is read entry by entry, so that a large one needs little more memory than its bytes, and one that was cut off gives
what it still holds. Source: http://www.softwareishard.com/blog/har-12-spec/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from ...files.limits import Unreadable
from ...model import Headers, Http, Message
from ..exchange import Half, complete_fields, decode_base64, encode_text, load_json, read_exchange, read_fields
from ..reader import NoMessage, Reader, Skipped, Source

_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{(?:\s*\"\w+\"\s*:\s*\"(?:[^\"\\]|\\.)*+\"\s*,)?\s*\"log\"\s*:\s*\{")
"""A comment may stand before the log."""
_ENTRIES = re.compile(rb"\"entries\"\s*:\s*\[")
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\]]', re.DOTALL)


def looks_like(head: bytes) -> bool:
    """Whether this is JSON that begins with the log."""
    return bool(_BEGINNING.match(head))


def parse(data: bytes, source: Source) -> Iterator[Message | Skipped]:
    """The SOAP calls, ``entry 1 request`` …; every other entry is Skipped."""
    start = _ENTRIES.search(data)
    if not _BEGINNING.match(data) or not start:
        load_json(data)  # says where it is cut off
        raise NoMessage("JSON, but no HAR with entries")
    for number, entry in enumerate(_split_objects(data, start.end()), 1):
        part = f"entry {number}"
        if entry is None:
            problem = (
                f"truncated: the HAR ends within {part}" if number > 1 else "truncated: the HAR has no whole entry"
            )
            yield Message(b"", source.file, part, line=None, problem=problem)
            return
        try:
            found = load_json(entry)
        except Unreadable as bad:
            yield Message(b"", source.file, part, line=None, problem=str(bad))
            continue
        yield from read_exchange(source, part, partial(_read_request, found), partial(_read_response, found))


def _split_objects(data: bytes, at: int) -> Iterator[bytes | None]:
    """The objects of a JSON array whose content begins there; None at the end where the array has none."""
    depth = start = 0
    for token in _TOKEN.finditer(data, at):
        mark = token[0]
        if mark == b"{":
            if not depth:
                start = token.start()
            depth += 1
        elif mark == b"}":
            depth -= 1
            if not depth:
                yield data[start : token.end()]
        elif mark == b"]" and not depth:
            return
    yield None


def _read_request(entry: Any) -> Half:
    request = entry["request"]
    posted = request.get("postData") or {}
    headers = complete_fields(read_fields(request.get("headers") or ()), posted.get("mimeType"))
    http = Http(headers, method=str(request["method"]), target=str(request["url"]))
    if not posted.get("text") and not posted.get("params") and (request.get("bodySize") or 0) > 0:
        return http, Unreadable(f"the HAR does not hold the body of {request['bodySize']} bytes"), None
    return http, _read_body(posted, http.headers), None


def _read_response(entry: Any) -> Half | None:
    response = entry.get("response")
    if not response or not response.get("status"):  # none came
        return None
    content = response.get("content") or {}
    headers = complete_fields(read_fields(response.get("headers") or ()), content.get("mimeType"))
    http = Http(headers, status=int(response["status"]), reason=str(response.get("statusText") or ""))
    if not content.get("text") and (content.get("size") or 0) > 0:
        return http, Unreadable(f"the HAR does not hold the body of {content['size']} bytes"), None
    return http, _read_body(content, http.headers), None


def _read_body(content: Any, headers: Headers) -> bytes:
    text = content.get("text") or ""
    return decode_base64(text) if content.get("encoding") == "base64" else encode_text(text, headers)


READER = Reader("HAR", ("har",), looks_like, parse)
