"""An envelope as it is, and what tells it from other XML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...files.prolog import skip_lead
from ...model import Message
from ..reader import SNIFFED, NoMessage, Reader, Source

_ENVELOPE = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?<(?:[\w.-]+:)?Envelope\b")
_ROOT = re.compile(  # atomic, as what comes before a root could be split up in countless ways
    r"\s*(?>(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*>)\s*)*+<(?:([\w.-]+):)?([\w.-]+)([^>]*)", re.DOTALL
)
DESCRIPTIONS = ("definitions", "schema")
"""Roots of XML that describes a service, and is no message of it."""
_OURS = re.compile(r"/soap-?(?:envelope)?/?(?:envelope/?)?$|/NetServer/Services\d+")


def looks_like(head: bytes) -> bool:
    """Whether the root is one of SOAP's or of a contract's: XML that is meant as a message, right or wrong."""
    root = find_root(head)
    return bool(_ENVELOPE.match(head)) or (root is not None and _is_meant(*root))


def may_be_envelope(head: bytes) -> bool:
    """Whether this is XML that is not certainly of another kind (a WSDL, a build file)."""
    root = find_root(head)
    return is_xml(head) and (root is None or _is_meant(*root))


def is_xml(head: bytes) -> bool:
    """Whether the first character is that of a tag."""
    return skip_lead(head).startswith(b"<")


def _is_meant(namespace: str, local: str) -> bool:
    return local.lower() == "envelope" or bool(_OURS.search(namespace))


def find_root(data: bytes) -> tuple[str, str] | None:
    """(namespace, local name) of the root, as far as the beginning of the file tells them."""
    head = data[:SNIFFED]
    if not is_xml(head):
        return None
    utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in head[:4]
    text = head.decode("utf-16" if utf16 else "utf-8-sig", "replace")
    if not (found := _ROOT.match(text)):
        return None
    prefix, local, rest = found.groups()
    name = re.escape(f"xmlns:{prefix}" if prefix else "xmlns")
    declared = re.search(rf"\b{name}\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", rest)
    return (declared[1] or declared[2] or "") if declared else "", local


def describe_root(name: str) -> str:
    """What XML is that has another root than an envelope's."""
    if name.lower() == "html":
        return "HTML"
    hint = "; a WSDL is named with --contract" if name == "definitions" else ""
    return f"XML, but no envelope: its root is <{name}>{hint}"


def parse(data: bytes, source: Source) -> Iterator[Message]:
    """The bytes themselves, where an envelope is in them, well-formed or not, or may be."""
    if not looks_like(data) and not may_be_envelope(data) and (find_root(data) or b"Envelope" not in data):
        root = find_root(data)
        certain = root is not None and root[1] in DESCRIPTIONS
        raise NoMessage(describe_root(root[1]) if root else "no XML", certain=certain)
    yield Message(data, source.file)


READER = Reader("envelope", ("xml",), looks_like, parse)
