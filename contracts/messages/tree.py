"""The bytes of an envelope -> its tree, by a hardened parser: no DTD, no entities, no network, bounded depth."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from lxml import etree

from ..files.prolog import has_doctype

_GZIP = b"\x1f\x8b"
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_LINE = re.compile(r", line \d+(?=, column \d+$)")
"""In libxml2's words the document's line, which need not be the file's."""
_CHARSET = re.compile(r"(?:[^\"]|\"[^\"]*\")*?;\s*charset\s*=\s*(\"[^\"]*\"|'[^']*'|[^;\s]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parsed:
    """``root``, or the rule that the bytes break and how; ``unjudged`` where they are beyond what is read.

    ``charset`` is a finding beside the tree: the bytes could be read, in a charset that they should not be in.
    """

    root: etree._Element | None = None
    rule: str | None = None
    expected: str = ""
    found: str = ""
    line: int | None = None
    unjudged: str | None = None
    charset: tuple[str, str, str] | None = None


def charset_of(content_type: str | None) -> str | None:
    """The charset parameter of a Content-Type, in lower case, without quotes; None where there is none."""
    match = _CHARSET.match(content_type or "")
    return match[1].strip("\"'").lower() if match else None


def _parser(encoding: str | None = None, huge: bool = False) -> etree.XMLParser:
    """One that reads ``encoding``, or goes by the document where libxml2 does not know it (Python knows more)."""
    try:
        return etree.XMLParser(
            encoding=encoding,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            huge_tree=huge,
        )
    except LookupError:
        return _parser(huge=huge)


_PLAIN = _parser()


def fromstring(data: bytes) -> etree._Element:
    """The root of a document that is known to be UTF-8 and to have no DTD; raises XMLSyntaxError."""
    return etree.fromstring(data, _PLAIN)


def parse(data: bytes, charset: str | None = None) -> Parsed:
    """Reads an envelope whose HTTP head names ``charset`` (None: no head, or none named)."""
    if not data or data.isspace():
        return Parsed(
            rule="envelope-not-wellformed",
            expected="an XML document",
            found="no bytes" if not data else "blank",
            line=1,
        )
    if has_doctype(data):
        return Parsed(rule="envelope-dtd", expected="no document type declaration", found="<!DOCTYPE", line=1)
    named = None if charset is None else _canonical(charset)
    actual = _seen(data)
    finding = None
    encoding = None
    if named in (None, "utf-8") and actual == "utf-8":
        pass  # what nearly every message is
    elif named is not None and named not in ("utf-8", "utf-16", "utf-16-le", "utf-16-be"):
        finding = ("envelope-charset", "UTF-8 or UTF-16", f"charset={charset}")
        encoding = named if named != "?" else None
    elif named is None and actual not in ("utf-8", "utf-16"):
        finding = ("envelope-charset", "UTF-8 or UTF-16", f"encoding {actual}")
    elif named is not None and actual[:6] != named[:6]:
        if actual.startswith("utf-16"):
            finding = ("envelope-charset-mismatch", f"bytes in {named}, as Content-Type says", f"bytes in {actual}")
        elif named == "utf-8":  # the declaration differs: the head of the message has the last word (RFC 7303)
            finding = ("envelope-charset", "UTF-8 or UTF-16", f"encoding {actual} declared in the document")
        else:
            return Parsed(
                rule="envelope-charset-mismatch",
                expected=f"bytes in {named}, as Content-Type says",
                found=f"bytes in {actual}",
            )
    return _read(data, encoding, finding, named)


def _read(data: bytes, encoding: str | None, finding: tuple[str, str, str] | None, named: str | None) -> Parsed:
    try:
        root = etree.fromstring(data, _PLAIN if encoding is None else _parser(encoding))
    except etree.XMLSyntaxError as error:
        text = " ".join(str(error.msg or error).split())
        if "xcessive depth" in text or ("depth" in text and "maximum" in text):
            return Parsed(unjudged="nested deeper than any message of this contract (256 elements)")
        if "huge" in text.lower() or "too long" in text.lower():
            try:
                return Parsed(root=etree.fromstring(data, _parser(encoding, huge=True)), charset=finding)
            except etree.XMLSyntaxError as again:
                error, text = again, " ".join(str(again.msg or again).split())
        if finding and finding[0] == "envelope-charset":
            return Parsed(rule=finding[0], expected=finding[1], found=finding[2], line=1)
        bad = _bad_utf8(data) if _seen(data) == "utf-8" else None
        if bad is not None:
            return Parsed(
                rule="envelope-charset-mismatch" if named else "envelope-not-wellformed",
                expected="bytes in UTF-8",
                found="gzip, which no Content-Encoding names" if data[:2] == _GZIP else f"byte 0x{data[bad]:02x}",
                line=data.count(b"\n", 0, bad) + 1,
            )  # fmt: skip
        if _seen(data) == "utf-16" and b"\x00" not in data[:64]:
            text = "encoding utf-16 declared, other bytes"  # what libxml2 says of it helps nobody
        return Parsed(
            rule="envelope-not-wellformed",
            expected="a well-formed XML document",
            found=_LINE.sub("", text)[:200],
            line=error.lineno or 1,
        )
    except ValueError as error:
        return Parsed(
            rule="envelope-not-wellformed", expected="a well-formed XML document", found=str(error)[:200], line=1
        )
    version = root.getroottree().docinfo.xml_version
    if version != "1.0":  # libxml2 reads them all
        return Parsed(rule="envelope-not-wellformed", expected="XML 1.0", found=f"XML {version}", line=1)
    return Parsed(root=root, charset=finding)


def _bad_utf8(data: bytes) -> int | None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def _canonical(charset: str) -> str:
    try:
        return {"utf-16-le": "utf-16", "utf-16-be": "utf-16", "utf-8-sig": "utf-8", "ascii": "utf-8"}.get(
            name := codecs.lookup(charset).name, name
        )
    except (LookupError, ValueError):  # a NUL in it is a ValueError
        return "?"


def _seen(data: bytes) -> str:
    """The charset that the bytes themselves show: a byte order mark, NULs, or the XML declaration."""
    if data[:4] in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff") or data[:4].count(b"\x00") == 3:
        return "utf-32"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:2]:
        return "utf-16"
    match = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf")[:200])
    return _canonical(match[1].decode("ascii")) if match else "utf-8"


def instruction(root: etree._Element, data: bytes) -> etree._Element | None:
    """The first processing instruction of the document, inside or beside the root."""
    declared = 1 if data.lstrip(b"\xef\xbb\xbf").startswith(b"<?xml") else 0
    if data.count(b"<?") <= declared and b"\x00" not in data[:4]:
        return None
    beside = (*root.itersiblings(etree.PI, preceding=True), *root.itersiblings(etree.PI))
    return beside[0] if beside else next(root.iter(etree.PI), None)
