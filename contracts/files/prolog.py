"""What stands before the root element, read without a parser: a DTD must not reach one."""

from __future__ import annotations

import re

_SKIP = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->)", re.DOTALL)
_LEAD = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def text_of(data: bytes, limit: int = 1 << 20) -> str:
    """The beginning of an XML document as text, whatever of UTF-8 and UTF-16 it is in; enough to see the prolog."""
    head = data[:limit]
    for bom, charset in _BOMS:
        if head.startswith(bom):
            return head[len(bom) :].decode(charset, "replace")
    if head[:2] == b"\x00<":
        return head.decode("utf-16-be", "replace")
    if head[1:2] == b"\x00":
        return head.decode("utf-16-le", "replace")
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
