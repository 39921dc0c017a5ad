"""What a file seems to be that no reader takes, and whether it may hold messages all the same."""

from __future__ import annotations

import re

from ..files.prolog import skip_lead
from .formats.envelope import describe_root, find_root

_MAGIC = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip archive; one of WSDLs is named with --contract"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"7z\xbc\xaf", "a 7z archive: unpack it"),
    (b"Rar!", "a RAR archive: unpack it"),
    (b"BZh", "a bz2 file: unpack it"),
    (b"\xfd7zXZ", "an xz file: unpack it"),
    (b"(\xb5/\xfd", "a zstd file: unpack it"),
)
_HOLDERS = (
    (0, b"\xd4\xc3\xb2\xa1", "a packet capture"),
    (0, b"\xa1\xb2\xc3\xd4", "a packet capture"),
    (0, b"\n\r\r\n", "a packet capture"),
    (0, b"SQLite format 3", "a database"),
    (257, b"ustar", "a tar archive: unpack it"),
)
"""Binary files in which messages stand as they are: where which mark is."""
_ENVELOPES = re.compile(
    rb"(?:<|&lt;|\\u003[cC]|%3[cC])(?:[\w.-]{1,40}(?::|%3[aA]))?Envelope\b|E\0n\0v\0e\0l\0o\0p\0e\0"
    rb"|RW52ZWxvcG|VudmVsb3Bl|FbnZlbG9wZ",
    re.ASCII,
)
"""An envelope, plain or as text in something else; at last in base64, from each of three bytes on."""
_OF_ENVELOPES = (b"Envelope", b"E\0n\0v\0", b"RW52ZWxvcG", b"VudmVsb3Bl", b"FbnZlbG9wZ")
"""One of these is in each: to look for them first is thirty times as fast."""
NAMESPACES = re.compile(rb"/NetServer/Services\d")
"""The namespace of a contract."""
SESSION_FILE = re.compile(r"((?:.*/)?raw/(\d+))_([cs])\.txt", re.DOTALL | re.IGNORECASE)
"""A file of Fiddler's sessions, in a .saz or unpacked: where it is with its number, the number, client or server."""
SPEAKS_OF_ONE = "speaks of an envelope or of a contract's namespace"
_SOURCE_CODE = frozenset(
    "c cc cpp cs css dpr fs go h java js jsx kt less pas php pl pm ps1 py rb rs scala swift ts tsx vb".split()  # noqa: SIM905
)


def describe_data(data: bytes) -> str:
    """What it seems to be, in a few words."""
    for mark, name in _MAGIC:
        if data.startswith(mark):
            return name
    if held := _find_holder(data):
        return held
    if root := find_root(data):
        return describe_root(root[1])
    if skip_lead(data)[:1] in (b"{", b"["):
        return "JSON, but of no form that is read"
    return "binary data" if is_binary(data) else "text, but of no form that is read"


def _find_holder(head: bytes) -> str | None:
    return next((name for at, mark, name in _HOLDERS if head.startswith(mark, at)), None)


def is_opaque(head: bytes) -> bool:
    """Whether this is binary, and of no kind in which messages stand as they are."""
    return is_binary(head) and _find_holder(head) is None


def is_binary(head: bytes) -> bool:
    """Whether this is no text: it has zero bytes, and not as UTF-16 has them."""
    return b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")) and head[:2].count(b"\x00") != 1


def speaks_of_envelope(data: bytes) -> bool:
    """Whether there is an envelope somewhere in it."""
    return any(mark in data for mark in _OF_ENVELOPES) and bool(_ENVELOPES.search(data))


def may_hold_messages(data: bytes, path: str) -> bool:
    """Whether something in it speaks of an envelope, or of a contract's namespace, so that it must not be passed over.

    Source code is not meant by that, nor is XML that uses the namespace for its own ends: a WSDL, a configuration.
    """
    if path.rpartition(".")[2].lower() in _SOURCE_CODE:
        return False
    return speaks_of_envelope(data) or (not find_root(data) and bool(NAMESPACES.search(data)))
