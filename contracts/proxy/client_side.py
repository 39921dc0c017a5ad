"""The side of the proxy that its clients see: requests, read strictly, and answers."""

from __future__ import annotations

import re
from http import HTTPStatus

import h11

from ..model.urls import split_url
from .passing import Answer, Body, NotPassedOn, Request, end_to_end, is_chunked
from .wire import MOST_HEAD, TooLong, Wire, frame_body, read_body

_LINE = re.compile(rb"[^\r\n\0]*\r\n")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_FRAMING = (b"content-length", b"transfer-encoding", b"host")


async def read_request(connection: h11.Connection, wire: Wire, most: int, hosts: frozenset[str]) -> Request:
    """The next request, of whose body about ``most`` bytes are held.

    ``hosts``: those that a target may name. Raises NotPassedOn for what two readers might understand differently, and
    BrokenOff.
    """
    head = await _read_head(wire)
    _refuse_ambiguous(head)
    try:
        connection.receive_data(b"".join(head))
        asked = connection.next_event()
        assert isinstance(asked, h11.Request)
    except h11.RemoteProtocolError as bad:
        raise NotPassedOn(bad.error_status_hint, "no well-formed HTTP/1.1 request") from None
    if asked.http_version not in (b"1.0", b"1.1"):
        raise NotPassedOn(505, "HTTP/1.1 is spoken here")
    fields = asked.headers.raw_items()
    chunked = is_chunked(fields)
    if chunked and asked.http_version == b"1.0":
        raise NotPassedOn(400, "HTTP/1.0 has no Transfer-Encoding")
    method, host = asked.method.decode(), dict(asked.headers).get(b"host", b"").decode("latin-1")
    target = _origin_form(method, asked.target.decode(), hosts | {host})
    try:
        body = await read_body(connection, wire, most)
    except h11.RemoteProtocolError:
        raise NotPassedOn(400, "no well-formed chunks") from None
    return Request(method, target, host, end_to_end(fields), body, chunked)


async def _read_head(wire: Wire) -> list[bytes]:
    """Its lines, and the empty one that ends it."""
    lines: list[bytes] = []
    left = MOST_HEAD
    while True:
        try:
            line = await wire.read_line(left)
        except TooLong:
            raise NotPassedOn(431 if lines else 414, f"a head of more than {MOST_HEAD >> 10} KB") from None
        left -= len(line)
        if not _LINE.fullmatch(line):
            raise NotPassedOn(400, "a line of the head does not end in CRLF, or has a character that none may have")
        if line != b"\r\n":
            lines.append(line)
        elif lines:  # an empty line before a request is skipped
            return [*lines, line]


def _refuse_ambiguous(head: list[bytes]) -> None:
    """What servers and proxies are known to understand differently, though h11 would take it."""
    fields = [line.lower().partition(b":") for line in head[1:-1]]
    names = [name for name, _, _ in fields]
    lengths = [value.strip() for name, _, value in fields if name == b"content-length"]
    if any(name[:1] in (b" ", b"\t") for name in names):
        raise NotPassedOn(400, "a header field goes on in another line")
    if len(lengths) > 1 or any(not _LENGTH.fullmatch(length) for length in lengths):
        raise NotPassedOn(400, "not one Content-Length, in digits")
    if lengths and b"transfer-encoding" in names:
        raise NotPassedOn(400, "both Content-Length and Transfer-Encoding")
    if any(name not in _FRAMING and name.strip().replace(b"_", b"-") in _FRAMING for name in names):
        raise NotPassedOn(400, "a header field that is nearly one of framing")


def _origin_form(method: str, target: str, hosts: frozenset[str]) -> str:
    """The target as a server gets it; one with a host in it, as for a proxy, has to name us or where we pass it on."""
    if target.startswith("/") or (target, method) == ("*", "OPTIONS"):
        return target
    if method == "CONNECT":
        raise NotPassedOn(501, "no tunnel is made here")
    parts = split_url(target)
    if parts.scheme not in ("http", "https"):
        raise NotPassedOn(400, "neither a path nor a URL is asked for")
    if not parts.netloc or parts.netloc not in hosts:
        raise NotPassedOn(421, "the URL that is asked for is on another host")
    return target[len(parts.scheme) + 3 + len(parts.netloc) :] or "/"


def own_answer(status: int, data: bytes, media_type: str, *, close: bool = False) -> Answer:
    """An answer that is the proxy's own."""
    fields = [(b"Content-Type", f"{media_type}; charset=utf-8".encode()), (b"Content-Length", b"%d" % len(data))]
    if close:
        fields.append((b"Connection", b"close"))
    return Answer(status, HTTPStatus(status).phrase.encode(), fields, Body(data))


def write_answer(connection: h11.Connection, wire: Wire, answer: Answer) -> None:
    """Writes the head, and as much of the body as is held."""
    unread = connection.their_state is h11.SEND_BODY  # of the request, which is of no use any more
    fields = answer.fields + [(b"Connection", b"close")] * unread
    head = h11.Response(status_code=answer.status, reason=answer.reason, headers=fields)
    wire.write(connection.send(head), *frame_body(connection, answer.body))


async def refuse(wire: Wire, answer: Answer) -> None:
    """Answers what was not read to its end, and is done with the connection."""
    write_answer(h11.Connection(h11.SERVER), wire, answer)
    await wire.drop()
