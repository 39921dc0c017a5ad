"""What containers of requests and answers have in common: JSON, bodies given as text, pairs, placeholders."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from ..files.limits import Unreadable
from ..files.opening import read_bytes
from ..model import Direction, Headers, Http, Message
from ..model.urls import split_url
from .coding import undo_codings
from .guessing import ENVELOPES
from .reader import Reader, Skipped, Source
from .tree import charset_of

_MAX_NODES = 400_000
_LONGEST_NAME = 200
_MOST_FILLED = 2**20
_MAX_ENVIRONMENT = 2**20
_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_WITHOUT_BODY = ("GET", "HEAD", "OPTIONS")
_LEAD = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
_DECLARED = re.compile(r"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"']")
_PLACEHOLDER = re.compile(r"\{\{\s*(?:_\.)?([\w.-]+)\s*\}\}")

Half = tuple[Http | None, bytes | Unreadable, "int | None"]
"""A request or an answer as it was stored: its head, if that was kept; its body, or why it is not there; the line of
the file on which the body begins."""


def load_json(data: bytes) -> Any:
    """The document. Raises Unreadable for one that is not well-formed, or far more than its size lets expect."""
    if _count_nodes(data) > _MAX_NODES and _count_nodes(_STRINGS.sub(b"", data)) > _MAX_NODES:
        raise Unreadable("more JSON values than are read")
    try:
        return json.loads(data)
    except RecursionError:
        raise Unreadable("JSON nested too deep") from None
    except ValueError as bad:
        raise Unreadable(f"not well-formed JSON: {bad}") from None


def _count_nodes(data: bytes) -> int:
    return data.count(b",") + data.count(b"[") + data.count(b"{")


def decode_message(
    source: Source, part: str, side: Direction, half: Half, answers: Message | None = None, *, mixed: bool = False
) -> Message:
    """A message whose content codings are undone; one that cannot be decoded has that as its ``problem``."""
    http, stored, line = half
    if isinstance(stored, Unreadable):
        why = str(stored)
        return Message(b"", source.file, part, side, http, None, answers=answers, problem=why, mixed=mixed)
    message = Message(stored, source.file, part, side, http, line, answers=answers, mixed=mixed)
    return undo_codings(message, source.max_size)


def read_exchange(
    source: Source, part: str, request: Callable[[], Half | None], response: Callable[[], Half | None]
) -> Iterator[Message | Skipped]:
    """A request and its answer, out of traffic of all kinds; Skipped where the request was never meant as SOAP.

    What ``request`` and ``response`` raise for what is not as the format has it becomes the message's ``problem``.
    """
    asked = read_half(source, f"{part} request", "request", request, None)
    if asked is None:
        yield Skipped(source.file, part, "its request was not kept")
        return
    if not carries_soap(asked) and ENVELOPES.search(asked.data):
        problem = "speaks of an envelope, and is of no form that is read"
        yield replace(asked, problem=problem)  # whose it is, its text tells
        return
    if not carries_soap(asked):
        method = asked.http.method if asked.http else "it"
        yield Skipped(source.file, part, f"{method} carries no SOAP message")
        return
    yield asked
    if answered := read_half(source, f"{part} response", "response", response, asked):
        yield answered


def read_half(
    source: Source, part: str, side: Direction, half: Callable[[], Half | None], answers: Message | None
) -> Message | None:
    """One side of them; None where there is none."""
    try:
        found = half()
    except Unreadable as bad:
        problem = str(bad)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as bad:
        problem = f"not as the format has it: {type(bad).__name__} {str(bad)[:60]}"
    else:
        return found and decode_message(source, part, side, found, answers, mixed=True)
    return Message(b"", source.file, part, side, line=None, answers=answers, problem=problem, mixed=True)


def name_part(*names: str) -> str:
    """A part by names that people gave, the outermost first; on one line, of printable characters, not too long."""
    plain = ("".join(c if c.isprintable() else " " for c in name[:_LONGEST_NAME]) for name in names)
    return " / ".join(" ".join(name.split()) for name in plain)


def read_inside(reader: Reader, text: str, source: Source, part: str, line: int) -> Iterator[Message | Skipped]:
    """What a part of a file holds that is in another format. ``line``: that of the file on which it begins."""
    for found in reader.parse(text.encode("utf-8", "surrogateescape"), source):
        if isinstance(found, Message) and found.line is not None:
            found = replace(found, line=found.line + line - 1)
        yield replace(found, part=f"{part} / {found.part}" if part else found.part)


def carries_soap(request: Message) -> bool:
    """Whether this is meant as SOAP; what cannot be read is taken to be, so that its problem is told."""
    if request.http is None:
        return True
    if is_bare(request):
        return False
    address = split_url(request.http.target or "").path
    if request.problem and not request.mixed:
        return True
    looks_like_xml = request.data.lstrip(_LEAD).startswith(b"<")
    return looks_like_xml or address.endswith(".svc") or request.http.headers.get("SOAPAction") is not None


def is_bare(request: Message) -> bool:
    """Whether a request of a method that needs no body has none: ``GET ?wsdl``."""
    return request.http is not None and request.http.method in _WITHOUT_BODY and not request.data.strip()


def read_fields(fields: Iterable[Any], name: str = "name") -> Headers:
    """Header fields given as ``{"name": …, "value": …}``; those switched off, and HTTP/2's own, left out."""
    kept = [f for f in fields if not f.get("disabled") and f[name] and not f[name].startswith(":")]
    return Headers(tuple([(str(f[name]), str(f.get("value") or "")) for f in kept]))


def complete_fields(headers: Headers, media_type: object) -> Headers:
    """With the Content-Type that a tool noted beside the body, where it noted none among the fields."""
    if not isinstance(media_type, str) or not media_type or headers.get("Content-Type") is not None:
        return headers
    return Headers((*headers.fields, ("Content-Type", media_type)))


def encode_text(text: str, headers: Headers) -> bytes:
    """A body that a tool stored as text, in the bytes that its head, or else its declaration, says it came in."""
    declared = _DECLARED.match(text)
    charset = charset_of(headers.get("Content-Type")) or (declared[1] if declared else "utf-8")
    try:
        return text.encode(charset)
    except (LookupError, UnicodeEncodeError, ValueError):
        pass
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise Unreadable("the body has half a character (a lone surrogate)") from None


def decode_base64(text: str) -> bytes:
    """Raises Unreadable for what is none."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("the body is said to be base64, and is not") from None


def fill_placeholders(text: str, values: Mapping[str, str], pattern: re.Pattern[str] = _PLACEHOLDER) -> str:
    """``{{name}}`` replaced by what the file itself says it is, as far as it does; values may hold placeholders."""
    for _ in range(3):
        filled = pattern.sub(lambda found: values.get(found[1], found[0]), text)
        if filled == text or len(filled) > 10 * len(text) + 10_000:
            break
        text = filled
    return text


def fill_bounded(text: str, pattern: re.Pattern[str], find: Callable[[re.Match[str]], str | None]) -> str:
    """What the pattern finds replaced by what ``find`` gives, where it gives something.

    Raises Unreadable where that would add more than a megabyte: values may hold each other.
    """
    added = 0

    def replace(found: re.Match[str]) -> str:
        nonlocal added
        value = find(found)
        added += len(value or "")
        if added > _MOST_FILLED:
            raise Unreadable("variables that hold more than is read")
        return found[0] if value is None else value

    return pattern.sub(replace, text)


def load_beside(source: Source, names: str) -> Iterator[dict[str, Any]]:
    """The JSON objects in files of such names (a glob) beside the source: environments. Others are passed over."""
    folder = Path(source.file).parent
    for file in sorted(folder.glob(names)) if folder.is_dir() else ():
        try:
            held = load_json(read_bytes(str(file), _MAX_ENVIRONMENT, may_wait=False))
        except Unreadable:
            continue
        if isinstance(held, dict):
            yield held


def read_beside(source: Source, name: str) -> bytes:
    """A file that the source names as a body, if it lies beside the source or below. Raises Unreadable."""
    folder, path = Path(source.file).parent, PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in name or "{{" in name:
        raise Unreadable(f"the body lies in another file, {name[:80]}")
    try:
        return read_bytes(str(folder / path), source.max_size, may_wait=False)
    except Unreadable as bad:
        raise Unreadable(f"the body lies in another file, {name[:80]}: {bad}") from None
