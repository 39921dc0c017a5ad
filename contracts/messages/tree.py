"""The bytes of an envelope -> its tree, by a hardened parser: no DTD, no entities, no network, bounded depth."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from lxml import etree

from ..files.limits import current_limits, hint_raise
from ..files.prolog import has_doctype

FlawKind = Literal["not-wellformed", "doctype", "charset", "charset-mismatch"]

_GZIP = b"\x1f\x8b"
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_PLAIN_START = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml version=[\"']1\.0[\"'](?: encoding=[\"'](?i:utf-8)[\"'])?\s*\?>\s*)?<[A-Za-z]"
)
"""How nearly every message begins: XML 1.0 in UTF-8, with nothing before the root but its declaration."""
_BOM = b"\xef\xbb\xbf"
_CONTROL = re.compile(r"invalid (?:xmlChar|Char) value (\d{1,7})")
_LINE = re.compile(r", line \d+(?=, column \d+$)")
"""In libxml2's words the document's line, which need not be the file's."""
_PARAMETER = re.compile(
    r";\s*(?:charset(?:=\s*(\"[^\"]*\"|[^;]*[^;\s]|)|([^;]*))|[^;\"]*(?:\"[^\"]*\")?)", re.IGNORECASE
)
"""A parameter of a Content-Type; if it is the charset, its value, or what stands there instead of ``=`` and a value.

A semicolon in quotes begins none.
"""
ALLOWED_CHARSETS = ("utf-8", "utf-16")
"""By the names that WCF knows them by, and WS-I R1012."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with the bytes of a message. ``line`` is the document's own; None where the whole is meant."""

    kind: FlawKind
    expected: str
    found: str
    line: int | None = 1
    hint: str = ""


_DOCTYPE = Flaw("doctype", "no document type declaration", "<!DOCTYPE")
_SHORTEST_ELEMENT = 4
"""Bytes of ``<a/>``."""
_SAME_CODEC = {"utf-16-le": "utf-16", "utf-16-be": "utf-16", "utf-8-sig": "utf-8", "ascii": "utf-8"}
"""Codec -> the charset that findings speak of in its place."""


class Parsed(NamedTuple):
    """``root`` where there is a tree; a ``flaw`` is then one beside it: read, though in a charset that is not allowed.

    ``beyond``: why the bytes are beyond what is read; then nothing can be said of the message. ``plain``: there is no
    processing instruction, and nothing about charsets to be said.
    """

    root: etree._Element | None = None
    flaw: Flaw | None = None
    beyond: str | None = None
    plain: bool = False


@lru_cache(maxsize=256)
def charsets_of(content_type: str | None) -> tuple[str, ...]:
    """The charset parameters of a Content-Type, in lower case, without double quotes: one, if all is right.

    Single quotes and what else stands in a value belong to it, as .NET reads it, which takes no blank before ``=``.
    """
    found = (match[2] if match[1] is None else match[1] for match in _PARAMETER.finditer(content_type or ""))
    values = [value.lower() for value in found if value is not None]  # None: another parameter than the charset
    return tuple(value[1:-1] if value[:1] == value[-1:] == '"' != value else value for value in values)


def charset_of(content_type: str | None) -> str | None:
    """The first of them; None where there is none."""
    return next(iter(charsets_of(content_type)), None)


def new_parser(encoding: str | None = None, huge: bool = False) -> etree.XMLParser:
    """A hardened one that reads ``encoding``, or goes by the document where libxml2 does not know that."""
    try:
        return etree.XMLParser(
            encoding=encoding,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            collect_ids=False,
            huge_tree=huge,
        )
    except LookupError:
        return new_parser(huge=huge)


_PARSER = new_parser()
_LONGEST_TAG = 500_000
"""Bytes of a tag that is not looked into."""
_LONG_TAG = re.compile(rb"<[^<>!?][^<>]{%d}[^<>]*+" % _LONGEST_TAG)
_SPACED_VALUE = re.compile(rb"=\s++[\"']")


def _count_nodes(data: bytes) -> int:
    """At least as many as there are elements and attributes, whatever the charset."""
    attributes = data.count(b'="') + data.count(b"='") + sum(1 for _ in _SPACED_VALUE.finditer(data))
    return data.count(b"<") - data.count(b"</") + attributes


def _is_crowded(data: bytes, most: int) -> bool:
    """Whether one tag has more attributes than that: libxml2 takes a kilobyte to complain of each."""
    return any(tag[0].count(b"=") > most for tag in _LONG_TAG.finditer(data))


def find_excess(data: bytes) -> str | None:
    """Which limit a message goes past, told before there is a tree: that takes fifty times the memory of its text."""
    limits = current_limits()
    if len(data) > limits.bytes:  # a client that unpacked it keeps no limit of ours
        return limits.refuse("size")
    if len(data) > _SHORTEST_ELEMENT * limits.elements and _count_nodes(data) > limits.elements:
        return limits.refuse("elements")
    if len(data) > _LONGEST_TAG and _is_crowded(data, most := limits.elements // 16):
        return f"has an element of more than {most} attributes{hint_raise('elements')}"
    return None


def _is_plain(data: bytes) -> bool:
    """Whether there is neither a DTD nor a processing instruction, nor another charset than UTF-8."""
    start = _PLAIN_START.match(data)
    if start is None:
        return False
    # Single bytes are looked for first: that is ten times as fast, and nearly every message has none of them.
    instruction = data.find(b"?", start.end()) >= 0 and data.find(b"<?", 5) >= 0
    return not instruction and not (b"!" in data and b"<!DOCTYPE" in data)


def parse(data: bytes, charset: str | None = None) -> Parsed:
    """Reads an envelope whose HTTP head names ``charset`` (None: no head, or none named)."""
    if (beyond := find_excess(data)) is not None:
        return Parsed(beyond=beyond)
    if charset in (None, "utf-8") and _is_plain(data):
        try:
            return Parsed(etree.fromstring(data, _PARSER), None, None, True)
        except (etree.XMLSyntaxError, ValueError):
            pass  # what is wrong with it is found out below
    if not data or data.isspace():
        return Parsed(flaw=Flaw("not-wellformed", "an XML document", "no bytes" if not data else "blank"))
    if has_doctype(data):
        return Parsed(flaw=_DOCTYPE)
    named = None if charset is None else _find_codec(charset)
    flaw = _check_charset(named, _seen_charset(data))
    if flaw and named == "utf-16":
        return Parsed(flaw=flaw)  # the other way round, UTF-16 said to be UTF-8 can be read
    encoding = None if named in (None, "?", *ALLOWED_CHARSETS) else named
    if named == "utf-16" and b"\x00" in data[:2]:  # no byte order mark: the head says what it is, as .NET's clients do
        encoding = "UTF-16BE" if data[0] == 0 else "UTF-16LE"
    return _read_tree(data, encoding, flaw, named)


def _check_charset(named: str | None, actual: str) -> Flaw | None:
    """What is wrong about the charset that the bytes show, where the HTTP head names this one (None: none)."""
    if named is None:
        return None if actual in ALLOWED_CHARSETS else Flaw("charset", "UTF-8 or UTF-16", f"encoding {actual}")
    if actual == named or named not in ALLOWED_CHARSETS:  # the latter is a fault of the head, and told there
        return None
    if named == "utf-8" and actual != "utf-16":  # the declaration differs: the head has the last word (RFC 7303)
        return Flaw("charset", "UTF-8 or UTF-16", f"encoding {actual} declared in the document")
    return Flaw("charset-mismatch", f"bytes in {named}, as Content-Type says", f"bytes in {actual}", None)


def _read_tree(data: bytes, encoding: str | None, flaw: Flaw | None, named: str | None) -> Parsed:
    """The tree. ``encoding``: to read by (None: the document's own); ``flaw``: one that was seen already."""
    try:
        root = etree.fromstring(data, _PARSER if encoding is None else new_parser(encoding))
    except etree.XMLSyntaxError as error:
        text = " ".join(str(error.msg or error).split())
        # libxml2 tells these apart by its words only, which differ between its versions.
        if "xcessive depth" in text or ("depth" in text and "maximum" in text):
            return Parsed(beyond="nested deeper than any message of this contract (256 elements)")
        if "huge" in text.lower() or "too long" in text.lower():
            try:
                return Parsed(etree.fromstring(data, new_parser(encoding, huge=True)), flaw)
            except etree.XMLSyntaxError as again:
                error, text = again, " ".join(str(again.msg or again).split())
        return Parsed(flaw=_explain_failure(data, error, text, flaw, named))
    except ValueError as error:
        return Parsed(flaw=Flaw("not-wellformed", "a well-formed XML document", str(error)[:200]))
    document = root.getroottree().docinfo
    if document.internalDTD is not None:  # one in a charset that nobody expected
        return Parsed(flaw=_DOCTYPE)
    if document.xml_version != "1.0":  # libxml2 reads them all
        return Parsed(flaw=Flaw("not-wellformed", "XML 1.0", f"XML {document.xml_version}"))
    return Parsed(root, flaw)


def _explain_failure(data: bytes, error: etree.XMLSyntaxError, text: str, flaw: Flaw | None, named: str | None) -> Flaw:
    """Why there is no tree: a charset that was to be seen before, bytes that are not UTF-8, or libxml2's own words."""
    if flaw:
        return flaw
    bad = _find_bad_utf8(data) if _seen_charset(data) == "utf-8" else None
    if bad is not None:
        found = "gzip, which no Content-Encoding names" if data[:2] == _GZIP else f"byte 0x{data[bad]:02x}"
        line = data.count(b"\n", 0, bad) + 1
        return Flaw("charset-mismatch" if named else "not-wellformed", "bytes in UTF-8", found, line)
    if named is None and b"\x00" in data[:2]:
        hint = "begin with U+FEFF, or with an XML declaration that names utf-16"
        return Flaw("not-wellformed", "a byte order mark", "UTF-16 without one", 1, hint)
    if _seen_charset(data) == "utf-16" and b"\x00" not in data[:64]:
        text = "encoding utf-16 declared, other bytes"  # what libxml2 says of it helps nobody
    found, hint = _name_failure(data, _LINE.sub("", text)[:200])
    return Flaw("not-wellformed", "a well-formed XML document", found, error.lineno or 1, hint)


def _name_failure(data: bytes, text: str) -> tuple[str, str]:
    """What libxml2 says is wrong, and what helps; by name where its words tell only of what it had hoped for."""
    if data.count(_BOM, 0, 64) > data.startswith(_BOM):
        return "a byte order mark (U+FEFF) that is not first", "write the mark once, at the very start, or not at all"
    if "XML declaration allowed only at the start" in text or "declaration not at start" in text:
        return "an XML declaration that is not first", "nothing stands before <?xml, not even a line break"
    if control := _CONTROL.search(text):
        number = int(control[1])
        if 0xD800 <= number <= 0xDFFF:
            return f"half of a pair of surrogates, U+{number:04X}", "write the character itself, or its one number"
        found = f"the control character U+{number:04X}"
        return found, "XML 1.0 has no such character, not even as a reference: leave it out"
    if "EntityRef" in text or "Entity '" in text:
        return text, "an ampersand is written &amp;, and XML knows no entities but amp, lt, gt, quot and apos"
    return text, ""


def _find_bad_utf8(data: bytes) -> int | None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def _find_codec(charset: str) -> str:
    """The name of Python's codec for a charset, ``?`` where it has none."""
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):  # a NUL in it is a ValueError
        return "?"
    return _SAME_CODEC.get(name, name)


def _seen_charset(data: bytes) -> str:
    """The charset that the bytes themselves show: a byte order mark, NULs, or the XML declaration."""
    if data[:4] in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff") or data[:4].count(b"\x00") == 3:
        return "utf-32"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:2]:
        return "utf-16"
    match = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf")[:200])
    if match is None:
        return "utf-8"
    name = match[1].decode("ascii").lower()
    codec = _find_codec(name)
    return name if codec == "utf-8" else codec  # .NET knows UTF-8 by no other name, in a declaration either


def find_instruction(root: etree._Element, data: bytes) -> etree._Element | None:
    """The first processing instruction of the document, inside or beside the root."""
    declared = 1 if data.lstrip(b"\xef\xbb\xbf").startswith(b"<?xml") else 0
    if data.count(b"<?") <= declared and b"\x00" not in data[:4]:
        return None
    beside = (*root.itersiblings(etree.PI, preceding=True), *root.itersiblings(etree.PI))
    return beside[0] if beside else next(root.iter(etree.PI), None)
