"""What the readers of containers share: JSON, header fields, bodies given as text, placeholders, files beside."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

from ..files.limits import Unreadable
from ..files.opening import read_bytes
from ..model import Headers, Http
from ..model.wording import cut_middle
from .reader import Source
from .tree import charset_of

_MAX_NODES = 400_000  # values of one JSON document
_MOST_FILLED = 2**20
_MAX_ENVIRONMENT = 2**20
_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_DECLARED = re.compile(r"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"']")
_PLACEHOLDER = re.compile(r"\{\{\s*(?:_\.)?([\w.-]+)\s*\}\}")
_NOTHING: Mapping[str, str] = MappingProxyType({})

StoredSide = tuple[Http | None, bytes | Unreadable, "int | None"]
"""A request or an answer as it was stored: its head, if that was kept; its body, or why it is not there; the line of
the file on which the body begins."""


# --- a document -------------------------------------------------------------------------------------------------------


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
    """At least as many as there are values: each follows a comma or an opening bracket."""
    return data.count(b",") + data.count(b"[") + data.count(b"{")


def decode_escaped(data: bytes) -> str:
    """UTF-8 as text, without its byte order mark; by `encode_escaped` bytes that are none become what they were."""
    return data.decode("utf-8-sig", "surrogateescape")


def encode_escaped(text: str) -> bytes:
    """The bytes of what `decode_escaped` gave."""
    return text.encode("utf-8", "surrogateescape")


def find_line(text: str, wanted: str) -> int | None:
    """The line of a text in which a part of it begins; None where it has no such part."""
    at = text.find(wanted) if wanted else -1
    return None if at < 0 else text.count("\n", 0, at) + 1


def name_part(*names: str) -> str:
    """A part by names that people gave, the outermost first; on one line, of printable characters, not too long."""
    plain = ("".join(c if c.isprintable() else " " for c in cut_middle(name)) for name in names)
    return " / ".join(" ".join(name.split()) for name in plain)


# --- header fields ----------------------------------------------------------------------------------------------------


def read_fields(fields: Iterable[Any], name: str = "name", known: Mapping[str, str] = _NOTHING) -> Headers:
    """Header fields given as ``{"name": …, "value": …}``; those switched off, and HTTP/2's own, left out."""
    kept = [f for f in fields if not f.get("disabled") and f[name] and not f[name].startswith(":")]
    return Headers(tuple([(str(f[name]), fill_placeholders(str(f.get("value") or ""), known)) for f in kept]))


def read_pairs(pairs: Any) -> Headers:
    """Header fields given as a mapping, or as pairs, of names and values or lists of them; HTTP/2's own left out.

    Raises Unreadable.
    """
    each = pairs.items() if isinstance(pairs, dict) else pairs or ()
    try:
        listed = [(name, held if isinstance(held, list) else [held]) for name, held in each]
    except (TypeError, ValueError):
        raise Unreadable("the headers are no mapping of names to values") from None
    fields = [(plain_text(name), plain_text(value)) for name, values in listed for value in values]
    return Headers(tuple([field for field in fields if not field[0].startswith(":")]))


def plain_text(value: Any) -> str:
    """What may stand in a head. Raises Unreadable for what cannot."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, str | int | float):
        return str(value)
    raise Unreadable(f"a {type(value).__name__} where a header's text is due")


def complete_fields(headers: Headers, media_type: object) -> Headers:
    """With the Content-Type that a tool noted beside the body, where it noted none among the fields."""
    if not isinstance(media_type, str) or not media_type or headers.get("Content-Type") is not None:
        return headers
    return Headers((*headers.fields, ("Content-Type", media_type)))


# --- bodies -----------------------------------------------------------------------------------------------------------


def encode_text(text: str, headers: Headers) -> bytes:
    """A body that a tool stored as text, in the bytes that its head, or else its declaration, says it came in."""
    declared = _DECLARED.match(text)
    charset = charset_of(headers.get("Content-Type")) or (declared[1] if declared else "utf-8")
    try:
        return text.encode(charset)
    except (LookupError, UnicodeEncodeError, ValueError):
        return encode_utf8(text)


def encode_utf8(text: str) -> bytes:
    """Raises Unreadable for what is in no file."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise Unreadable("the body has half a character (a lone surrogate)") from None


def decode_base64(text: str) -> bytes:
    """The bytes; white space in it is nothing. Raises Unreadable for what is none."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("the body is said to be base64, and is not") from None


def keep_head(http: Http | None, read_body: Callable[[], bytes]) -> StoredSide:
    """A request or an answer whose body may be missing: whose it is, its head tells all the same."""
    try:
        return http, read_body(), None
    except Unreadable as bad:
        return http, bad, None


def fill_request(method: object, target: str, headers: Headers, text: str, known: Mapping[str, str]) -> StoredSide:
    """A request that a collection holds, its placeholders filled; a target in which one is left says nothing."""
    target = fill_placeholders(target, known)
    http = Http(headers, method=str(method or "GET"), target=None if "{{" in target else target)
    return keep_head(http, lambda: encode_text(fill_placeholders(text, known), headers))


# --- placeholders -----------------------------------------------------------------------------------------------------


def fill_placeholders(text: str, values: Mapping[str, str], pattern: re.Pattern[str] = _PLACEHOLDER) -> str:
    """``{{name}}`` replaced by what the file itself says it is, as far as it does; values may hold placeholders."""
    for _ in range(3):  # values within values within values; more of them would be a circle
        filled = pattern.sub(lambda found: values.get(found[1], found[0]), text)
        if filled == text or len(filled) > 10 * len(text) + 10_000:  # values that double each other never end
            break
        text = filled
    return text


def fill_bounded(text: str, pattern: re.Pattern[str], find: Callable[[re.Match[str]], str | None]) -> str:
    """What the pattern finds replaced by what ``find`` gives, where it gives something.

    Raises Unreadable where that would add more than a megabyte: values may hold each other.
    """
    added = 0

    def fill_one(found: re.Match[str]) -> str:
        nonlocal added
        value = find(found)
        added += len(value or "")
        if added > _MOST_FILLED:
            raise Unreadable("variables that hold more than is read")
        return found[0] if value is None else value

    return pattern.sub(fill_one, text)


# --- files beside -----------------------------------------------------------------------------------------------------


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
