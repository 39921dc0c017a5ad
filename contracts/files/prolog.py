"""What stands before the root element, read without a parser: a DTD must not reach one."""

from __future__ import annotations

import re

_SKIP = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->)", re.DOTALL)
_LEAD = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
_WIDE = {b"\xff\xfe": "utf-16-le", b"<\x00": "utf-16-le", b"\xfe\xff": "utf-16-be", b"\x00<": "utf-16-be"}


def find_wide_charset(data: bytes) -> str | None:
    """Which UTF-16 it is that begins with a byte order mark, or with a tag; None for what is neither."""
    return _WIDE.get(data[:2])


def text_of(data: bytes, limit: int = 1 << 20) -> str:
    """The beginning of an XML document as text, whatever of UTF-8 and UTF-16 it is in; enough to see the prolog."""
    head = data[:limit]
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
    if b"<!DOCTYPE" not in data and b"\x00" not in data[:4]:
        return False
    text, at = text_of(data), 0
    while match := _SKIP.match(text, at):
        at = match.end()
    return text[at:].lstrip().startswith("<!DOCTYPE")
