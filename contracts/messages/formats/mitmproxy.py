"""mitmproxy's flows (``mitmdump -w``): typed netstrings, one dictionary a flow.

Sources: https://tnetstrings.info and mitmproxy/io/tnetstring.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from ...files.limits import Unreadable, limit_size
from ...model import Http
from ..exchange import read_exchange
from ..reader import Item, Reader, Source
from ..stored import StoredSide, keep_head, plain_text, read_pairs

_BEGINNING = re.compile(rb"\d{1,9}:\d{1,4}:\w{2,40}[;,]\d{1,9}:")
"""A dictionary whose first key is a word."""
_LENGTH = re.compile(rb"(\d{1,12}):")
_LENGTH_BYTES = 13  # twelve digits and the colon
_MAX_DEPTH = 32
_MAX_NODES = 100_000


def parse(data: bytes, source: Source) -> Iterator[Item]:
    """The SOAP calls, ``flow 1 request`` …; every other flow is Skipped."""
    yield from parse_pieces([data], source)


def parse_pieces(pieces: Iterable[bytes], source: Source) -> Iterator[Item]:
    """`parse` of flows that come in pieces."""
    for number, held in enumerate(_split_flows(pieces, source.max_size), 1):
        part = f"flow {number}"
        try:
            flow, _ = _read_value(held, 0, len(held), _MAX_DEPTH, [_MAX_NODES])
        except (Unreadable, ValueError) as bad:
            yield source.refuse_part(part, f"{part} cannot be read: {bad}")
            return
        if not isinstance(flow, dict) or not isinstance(flow.get("request"), dict):
            yield source.skip_part(part, "no HTTP")
            continue
        yield from read_exchange(source, part, partial(_read_request, flow), partial(_read_response, flow))


def _split_flows(pieces: Iterable[bytes], max_size: int) -> Iterator[bytes]:
    """The bytes of each value, then of one cut off. Raises Unreadable where one is larger than ``max_size``."""
    held = b""
    for piece in pieces:
        held, at = held + piece, 0
        while (head := _LENGTH.match(held, at)) and (end := head.end() + int(head[1]) + 1) <= len(held):
            yield held[at:end]
            at = end
        held = limit_size(held[at:], max_size, "a flow ")
    if held:
        yield held


def _read_value(data: bytes, at: int, end: int, depth: int, left: list[int]) -> tuple[Any, int]:
    """The value that begins at ``at``, and where the next one does.

    A value is its length, a colon, the payload, and a letter for its type: ``5:hello,``. ``left`` holds one number,
    that of the values that may still come; each call takes one off.
    """
    head = _LENGTH.match(data, at, min(end, at + _LENGTH_BYTES))
    if not head:
        raise Unreadable(f"no length at byte {at}")
    start, stop = head.end(), head.end() + int(head[1])
    left[0] -= 1
    if stop >= end:
        raise Unreadable("truncated")
    if not depth or left[0] < 0:
        raise Unreadable("more values, or deeper ones, than a flow has")
    kind, payload = data[stop : stop + 1], data[start:stop]
    if kind in b"]}":  # a list, or a dictionary: keys and values in turn
        items: list[Any] = []
        while start < stop:
            item, start = _read_value(data, start, stop, depth - 1, left)
            items.append(item)
        if kind == b"]":
            return items, stop + 1
        keys = (key.decode("utf-8", "replace") if isinstance(key, bytes) else str(key) for key in items[::2])
        return dict(zip(keys, items[1::2], strict=False)), stop + 1
    if kind == b",":
        return payload, stop + 1
    if kind == b";":
        return payload.decode("utf-8", "replace"), stop + 1
    if kind == b"#":
        return int(payload), stop + 1
    if kind in (b"^", b"!", b"~"):  # a float, a boolean, null: of them only the booleans matter here
        return {b"true": True, b"false": False}.get(payload), stop + 1
    raise Unreadable(f"a value of no known kind at byte {at}")


def _read_request(flow: Any) -> StoredSide:
    request = flow["request"]
    scheme, host, path = (plain_text(request[key]) for key in ("scheme", "host", "path"))
    headers, method = read_pairs(request["headers"]), plain_text(request["method"])
    return keep_head(Http(headers, method=method, target=f"{scheme}://{host}{path}"), lambda: _read_body(request))


def _read_response(flow: Any) -> StoredSide | None:
    response = flow.get("response")
    if not response:
        return None
    headers, reason = read_pairs(response["headers"]), plain_text(response["reason"])
    return keep_head(Http(headers, status=int(response["status_code"]), reason=reason), lambda: _read_body(response))


def _read_body(side: Any) -> bytes:
    content = side.get("content")
    if content is None:
        raise Unreadable("the flow does not hold the body: it was streamed")
    return content.encode() if isinstance(content, str) else bytes(content)


READER = Reader("mitmproxy flows", ("mitm", "flow", "flows"), _BEGINNING.match, parse, parse_pieces)
