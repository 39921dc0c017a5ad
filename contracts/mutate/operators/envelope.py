"""Operators on the bytes of a message, on its Envelope, Header and Body."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from ..originals import XML as DECLARATION
from ..originals import Original, with_headers
from .base import BOTH, CLIENTS, LENIENT, REFUSED, RPC, SOAP, WSI, XML, Apply, Change, Operator, remove

_SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
_MARK = "services85-mark"


def _data(change: Callable[[bytes], bytes | None]) -> Apply:
    def apply(original: Original) -> Iterator[Change]:
        data = change(original.data)
        if data is not None and data != original.data:
            yield Change("/", data)

    return apply


def _after_declaration(text: bytes) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        end = data.index(b"?>") + 2 if data.startswith(b"<?xml") else 0
        return data[:end] + text + data[end:]

    return change


def _truncated(original: Original) -> Iterator[Change]:
    data = original.data.rstrip()
    for place, length in (("half", len(data) // 2), ("end tag", data.rindex(b"</")), ("last byte", len(data) - 1)):
        yield Change(place, data[:length])


def _in_leaf(content: bytes, *, before: bytes = b"") -> Apply:
    """Puts bytes that no serializer would write into a value."""

    def apply(original: Original) -> Iterator[Change]:
        node = original.leaf()
        if node is None:
            return

        def mark(elements: list[Any]) -> None:
            elements[node.index].text = _MARK

        data = original.edit(mark)
        was = (original.element(node).text or "").replace("&", "&amp;").replace("<", "&lt;").encode()
        if before:
            data = _after_declaration(before)(data)
        yield Change(node.path, data.replace(_MARK.encode(), was + content))

    return apply


def _edit(change: Callable[[Original, list[Any]], bool | None], place: str = "/Envelope") -> Apply:
    """``change`` works on a copy's elements; False: there is nothing that it could do."""

    def apply(original: Original) -> Iterator[Change]:
        done: list[bool | None] = []
        data = original.edit(lambda elements: done.append(change(original, elements)))
        if done != [False]:
            yield Change(place, data)

    return apply


def _part(original: Original, elements: list[Any], name: str) -> Any:
    index = original.child(name)
    return None if index is None else elements[index]


def _on(name: str, change: Callable[[Original, Any], bool | None]) -> Apply:
    """``change`` works on the copy's Envelope, Header or Body."""

    def inner(original: Original, elements: list[Any]) -> bool | None:
        node = elements[0] if name == "Envelope" else _part(original, elements, name)
        return False if node is None else change(original, node)

    return _edit(inner, "/Envelope" if name == "Envelope" else f"/Envelope/{name}")


def _moved(original: Original, root: Any, space: str) -> None:
    """Envelope, Header and Body in another namespace."""
    for node in [root, *root]:
        if str(node.tag).startswith(original.soap):
            node.tag = node.tag.replace(original.soap, space)


def _unused_end(data: bytes) -> bytes | None:
    """The end tag of Body says something else than its start tag."""
    at = data.rfind(b"Body>")
    return data[:at] + b"Bodies>" + data[at + 5 :] if at > 0 else None


def _unbound(data: bytes) -> bytes | None:
    """The first declaration of the SOAP prefix is gone."""
    start = data.find(b' xmlns:soap="')
    return data[:start] + data[data.index(b'"', start + 13) + 1 :] if start > 0 else None


def _utf16(original: Original) -> bytes:
    text = original.data.decode().replace(DECLARATION.decode(), "")
    return ('<?xml version="1.0" encoding="utf-16"?>' + text).encode("utf-16")


def _utf16_mismatch(original: Original) -> Iterator[Change]:
    yield Change("Content-Type", _utf16(original))


def _latin1(original: Original) -> Iterator[Change]:
    text = original.data.decode().replace('encoding="utf-8"', 'encoding="iso-8859-1"')
    head = with_headers(original.http, Content_Type="text/xml; charset=iso-8859-1")
    yield Change("Content-Type", text.encode("iso-8859-1", "xmlcharrefreplace"), head)


def _charset_foreign(original: Original) -> Iterator[Change]:
    yield Change("Content-Type", http=with_headers(original.http, Content_Type="text/xml; charset=utf-16"))


def _twice(name: str, *, empty: bool) -> Apply:
    def change(original: Original, node: Any) -> None:
        second = copy.deepcopy(node)
        if empty:
            for child in list(second):
                second.remove(child)
            second.text = None
        node.addnext(second)

    return _on(name, change)


def _header_last(original: Original, elements: list[Any]) -> bool | None:
    header, body = _part(original, elements, "Header"), _part(original, elements, "Body")
    if header is None or body is None:
        return False
    body.addnext(remove(header))
    return None


def _header_block_outside(original: Original, elements: list[Any]) -> bool | None:
    header = _part(original, elements, "Header")
    if header is None or not len(header):
        return False
    header.addnext(remove(header[0]))
    return None


def _emptied(original: Original, node: Any) -> None:
    for child in list(node):
        node.remove(child)


def _removed(original: Original, node: Any) -> None:
    remove(node)


def _renamed(tag: Callable[[Original, Any], str]) -> Callable[[Original, Any], None]:
    return lambda original, node: setattr(node, "tag", tag(original, node))


def _foreign(where: str) -> Callable[[Original, Any], None]:
    def change(original: Original, node: Any) -> None:
        new = etree.Element("{urn:example}Foreign", nsmap={"e": "urn:example"})
        node.append(new) if where == "last" else node.insert(0, new)

    return change


def _marked(original: Original, node: Any) -> None:
    node.set("version", "1")


def _text(original: Original, node: Any) -> None:
    node.text = "stray" + (node.text or "")


def _bare(original: Original) -> Iterator[Change]:
    index = original.child("Body")
    if index is not None and len(node := list(original.root.iter(etree.Element))[index]):
        yield Change("/", DECLARATION + etree.tostring(node[0], with_tail=False, encoding="utf-8"))


def _op(id_: str, description: str, source: str, apply: Apply) -> Operator:
    return Operator(id_, BOTH, description, source, apply)


OPERATORS = (
    _op("xml-truncated", "cut off in the middle, before the last end tag, before the last byte", LENIENT, _truncated),
    _op("xml-empty", "no bytes at all", REFUSED, _data(lambda d: b"")),
    _op("xml-tail-text", "text after the root", LENIENT, _data(lambda d: d + b"tail")),
    _op("xml-tail-element", "a second root", XML, _data(lambda d: d + b"<tail/>")),
    _op(
        "xml-space-before-declaration",
        "white space before the XML declaration",
        XML,
        _data(lambda d: b" " + d if d.startswith(b"<?xml") else None),
    ),
    _op("xml-end-tag", "an end tag with another name", XML, _data(_unused_end)),
    _op("xml-version", "XML 1.1", XML, _data(lambda d: d.replace(b'version="1.0"', b'version="1.1"', 1))),
    _op("xml-unbound-prefix", "a prefix that is not declared", "Namespaces in XML 1.0", _data(_unbound)),
    _op("xml-dtd", "a document type declaration", SOAP, _data(_after_declaration(b"<!DOCTYPE Envelope>"))),
    _op(
        "xml-entity",
        "an entity declared and used",
        SOAP,
        _in_leaf(b"&e;", before=b'<!DOCTYPE Envelope [<!ENTITY e "0">]>'),
    ),
    _op("xml-instruction", "a processing instruction before the root", SOAP, _data(_after_declaration(b"<?php x?>"))),
    _op(
        "xml-stylesheet",
        "a stylesheet instruction before the root",
        SOAP,
        _data(_after_declaration(b'<?xml-stylesheet href="a.xsl"?>')),
    ),
    _op("xml-instruction-in-value", "a processing instruction inside a value", LENIENT, _in_leaf(b"<?x y?>")),
    _op("xml-control", "a control character", REFUSED, _in_leaf(b"\x01")),
    _op("xml-control-reference", "a reference to a control character", XML, _in_leaf(b"&#1;")),
    _op("xml-surrogate-reference", "a reference to half a surrogate pair", XML, _in_leaf(b"&#xD800;")),
    _op("xml-ampersand", "an ampersand that is not escaped", XML, _in_leaf(b"a&b")),
    _op("xml-less-than", "a less-than sign that is not escaped", XML, _in_leaf(b"a<1")),
    _op("xml-undeclared-entity", "an HTML entity", XML, _in_leaf(b"&nbsp;")),
    _op("xml-cdata-end", "]]> in text", XML, _in_leaf(b"a]]>b")),
    _op("xml-bad-utf8", "a byte that is not UTF-8", LENIENT, _in_leaf(b"\xff")),
    _op("xml-latin1-byte", "a Latin-1 byte in a message declared as UTF-8", CLIENTS, _in_leaf(b"\xe9")),
    _op("xml-utf16-mismatch", "UTF-16 bytes, UTF-8 in Content-Type", LENIENT, _utf16_mismatch),
    _op("xml-charset-mismatch", "UTF-8 bytes, UTF-16 in Content-Type", REFUSED, _charset_foreign),
    _op("xml-latin1", "ISO-8859-1, declared as such", WSI, _latin1),
    # --- Envelope -----------------------------------------------------------------------------------------------
    _op(
        "envelope-soap12",
        "Envelope, Header and Body of SOAP 1.2",
        REFUSED,
        _on("Envelope", lambda o, root: _moved(o, root, f"{{{_SOAP12}}}")),
    ),
    _op(
        "envelope-no-namespace",
        "Envelope, Header and Body in no namespace",
        REFUSED,
        _on("Envelope", lambda o, root: _moved(o, root, "")),
    ),
    _op(
        "envelope-other-namespace",
        "Envelope, Header and Body of a namespace that is not SOAP's",
        SOAP,
        _on("Envelope", lambda o, root: _moved(o, root, "{urn:example}")),
    ),
    _op(
        "envelope-lower-case",
        "<envelope>",
        SOAP,
        _on("Envelope", _renamed(lambda o, n: f"{o.soap}envelope")),
    ),
    _op(
        "envelope-bare",
        "the operation's element without an Envelope",
        SOAP,
        _bare,
    ),
    _op("envelope-element-after", "an element after Body", LENIENT, _on("Envelope", _foreign("last"))),
    _op("envelope-element-before", "an element before Header", SOAP, _on("Envelope", _foreign("first"))),
    _op("envelope-text", "text in Envelope", SOAP, _on("Envelope", _text)),
    _op("envelope-attribute", "an attribute in no namespace on Envelope", SOAP, _on("Envelope", _marked)),
    _op("envelope-header-attribute", "an attribute in no namespace on Header", SOAP, _on("Header", _marked)),
    _op("envelope-header-after-body", "Header after Body", LENIENT, _edit(_header_last)),
    _op("envelope-header-twice", "a second, empty Header", SOAP, _twice("Header", empty=True)),
    _op("envelope-header-text", "text in Header", SOAP, _on("Header", _text)),
    _op("envelope-block-outside", "a header block beside Header", "the documented page", _edit(_header_block_outside)),
    _op("envelope-body-missing", "no Body", SOAP, _on("Body", _removed)),
    _op("envelope-body-twice", "the Body twice", LENIENT, _twice("Body", empty=False)),
    _op("envelope-body-empty-second", "a second, empty Body", SOAP, _twice("Body", empty=True)),
    _op("envelope-body-lower-case", "<body>", SOAP, _on("Body", _renamed(lambda o, n: f"{o.soap}body"))),
    _op("envelope-body-no-namespace", "Body in no namespace", SOAP, _on("Body", _renamed(lambda o, n: "Body"))),
    _op("envelope-body-text", "text in Body", SOAP, _on("Body", _text)),
    _op("body-empty", "an empty Body", RPC, _on("Body", _emptied)),
)
