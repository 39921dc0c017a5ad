"""Undoes HTTP's transfer and content codings, never past a limit."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import replace
from importlib import import_module
from typing import Any

from ..files.limits import Unreadable, current_limits, hint_raise, show_size
from ..model import Message

_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?(?:\r?\n|\Z)")
_LINE_END = re.compile(rb"\r?\n")
_MAX_MEMBERS = 100  # of one gzip stream; every further member copies what remains, so their number is bounded


def join_chunks(data: bytes) -> tuple[bytes, int]:
    """The body of a chunked message, and the number of chunks it came in (RFC 9112, 7.1); trailers are dropped.

    Raises Unreadable where the chunks do not fit together.
    """
    body, at, chunks = bytearray(), 0, 0
    while True:
        if at >= len(data):
            raise Unreadable(f"truncated: the chunked body ends after {chunks} chunks without a last one")
        if not (head := _CHUNK_SIZE.match(data, at)):
            raise Unreadable(f"the body is said to be chunked, but there is no chunk size at its byte {at}")
        length, start = int(head[1], 16), head.end()
        if length == 0:
            return bytes(body), chunks
        if start + length > len(data):
            raise Unreadable(f"truncated: a chunk of {length} bytes has only {len(data) - start}")
        if not (end := _LINE_END.match(data, start + length)):
            raise Unreadable(f"the chunk at byte {at} of the body does not end where its size says")
        body += data[start : start + length]
        at, chunks = end.end(), chunks + 1


def list_codings(fields: Iterable[str]) -> list[str]:
    """The values of Content-Encoding or Transfer-Encoding fields, in the order they were applied, without identity."""
    names = (name.strip().lower() for field in fields for name in field.split(","))
    return [name for name in names if name and name != "identity"]


def unpack_body(data: bytes, applied: list[str], max_size: int) -> bytes:
    """A body after its content codings are undone, the last applied first. ``max_size``: of the result, in bytes.

    Raises Unreadable for a coding that is not known, for data that is not in it, and for more than ``max_size``.
    """
    for coding in reversed(applied):
        if coding in ("gzip", "x-gzip"):
            data = _inflate_body(data, 16 + zlib.MAX_WBITS, coding, max_size)
        elif coding == "deflate":
            # By RFC 9110 a zlib stream; some servers send the bare deflate data. A zlib stream begins with two bytes
            # that name the method, 8, and are a multiple of 31 (RFC 1950, 2.2).
            zlib_head = len(data) > 1 and data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0
            data = _inflate_body(data, zlib.MAX_WBITS if zlib_head else -zlib.MAX_WBITS, coding, max_size)
        elif coding == "br":
            data = _undo_brotli(data, max_size)
        else:
            raise Unreadable(f"Content-Encoding '{coding[:40]}' is none that can be undone (gzip, deflate and br can)")
    return data


def undo_codings(message: Message, max_size: int | None = None) -> Message:
    """The message as its Content-Encoding had it before, where its body is not text already: many tools undo them.

    A body that cannot be decoded is a ``problem``. ``max_size``: bytes that it unpacks to (None: the limit on sizes).
    """
    data = message.data
    if message.http is None or (data.isascii() and b"\0" not in data):
        return message
    applied = list_codings(message.http.headers.get_all("Content-Encoding"))
    if not applied or is_text(data):
        return message
    try:
        return replace(message, data=unpack_body(data, applied, max_size or current_limits().bytes), line=None)
    except Unreadable as bad:
        return replace(message, data=b"", line=None, problem=str(bad))


def is_text(data: bytes) -> bool:
    """Whether this is text already, whatever a header says: vcrpy keeps Content-Encoding with decoded bodies."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


def _inflate_body(data: bytes, window: int, coding: str, max_size: int) -> bytes:
    """``window``: zlib's ``wbits``, which says what surrounds the data: gzip's head, zlib's, or nothing."""
    if not data:
        return b""
    body = bytearray()
    for _ in range(_MAX_MEMBERS):
        stream = zlib.decompressobj(window)
        try:
            body += stream.decompress(data, max_size - len(body) + 1)  # one byte more tells that it is too large
        except zlib.error as bad:
            raise Unreadable(f"Content-Encoding says {coding}, but the body is not ({bad})") from None
        _require_whole(body, stream.eof, coding, max_size)
        data = stream.unused_data
        if not data.strip():
            return bytes(body)
    raise Unreadable(f"the {coding} body has more than {_MAX_MEMBERS} members")


def _undo_brotli(data: bytes, max_size: int) -> bytes:
    if not data:
        return b""
    try:
        brotli: Any = import_module("brotli")
        stream = brotli.Decompressor()
        stream.can_accept_more_data  # noqa: B018 - those before 1.2 unpack without a limit, and lack it
    except (ImportError, AttributeError):
        why = "is undone where the package brotli is there, 1.2 or newer (pip install 'services85-contracts[brotli]')"
        raise Unreadable(f"Content-Encoding 'br' {why}") from None
    try:
        body: bytes = stream.process(data, output_buffer_limit=max_size + 1)
    except brotli.error as bad:
        raise Unreadable(f"Content-Encoding says br, but the body is not ({bad})") from None
    _require_whole(body, stream.is_finished(), "br", max_size)
    return body


def _require_whole(body: bytes | bytearray, is_ended: bool, coding: str, max_size: int) -> None:
    if len(body) > max_size:
        larger = f"larger, unpacked, than the limit of {show_size(max_size)}{hint_raise('size')}"
        raise Unreadable(f"the {coding} body is {larger}")
    if not is_ended:
        raise Unreadable(f"truncated: the {coding} body ends too early")
