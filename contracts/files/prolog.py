"""What stands before the root element, read without a parser: a DTD must not reach one."""

from __future__ import annotations

import re

_SKIP = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->)", re.DOTALL)
_DOCTYPE = re.compile(r"\s*<!DOCTYPE")
_LEAD = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
_WIDE = {b"\xff\xfe": "utf-16-le", b"<\x00": "utf-16-le", b"\xfe\xff": "utf-16-be", b"\x00<": "utf-16-be"}


def find_wide_charset(data: bytes) -> str | None:
    """Which UTF-16 it is that begins with a byte order mark, or with a tag; None for what is neither."""
    return _WIDE.get(data[:2])


def decode_beginning(data: bytes, limit: int = 1 << 20) -> str:
    """The first ``limit`` bytes as text, by what they seem to be: UTF-16, UTF-8 with its mark, else Latin-1.

    Never fails: ASCII, which markup is written in, comes out right whatever the rest is.
    """
    head = data[:limit]
    # A blank before the root hides the "<" that tells UTF-16 without a byte order mark: then its zero byte does.
    if charset := find_wide_charset(head) or ("utf-16-le" if head[1:2] == b"\x00" else None):
        return head.decode(charset, "replace").removeprefix("\ufeff")
    if head.startswith(b"\xef\xbb\xbf"):
        return head[3:].decode("utf-8", "replace")
    return head.decode("latin-1")


def skip_lead(data: bytes) -> bytes:
    """The data from its first character on, without byte order mark and white space."""
    return data.lstrip(_LEAD)


def has_doctype(data: bytes) -> bool:
    """Whether the document begins with a document type declaration."""
    text, at = decode_beginning(data), 0
    while match := _SKIP.match(text, at):
        at = match.end()
    return _DOCTYPE.match(text, at) is not None
