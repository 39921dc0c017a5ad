"""Operators that change how a message is written, not what it says: all that they make has to be kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from lxml import etree

from ...generate.building import NIL, derived_types
from ...generate.forms import good, kind
from ...model import Headers, is_anonymous, local
from ..originals import Node, Original, with_headers
from .base import BOTH, CLIENTS, LEGAL, Apply, Change, Operator, mark_type

_SAME = "the same message by XML"


def _data(reason: str, change: Callable[[bytes], bytes | None]) -> Apply:
    def apply(original: Original) -> Iterator[Change]:
        data = change(original.data)
        if data is not None and data != original.data:
            yield Change("/", data, equivalent=reason)

    return apply


def _tree(reason: str, change: Callable[[Original, list[Any]], object]) -> Apply:
    def apply(original: Original) -> Iterator[Change]:
        data = original.edit(lambda elements: change(original, elements))
        if data != original.data:
            yield Change("/Envelope", data, equivalent=reason)

    return apply


def _head(reason: str, place: str, **fields: str) -> Apply:
    def apply(original: Original) -> Iterator[Change]:
        yield Change(place, http=with_headers(original.http, **fields), equivalent=reason)

    return apply


def _renamed_prefixes(data: bytes) -> bytes:
    """Every prefix declared on the root gets another name, in names and in xsi:type."""
    head = data[: data.index(b">", data.index(b"Envelope")) + 1]
    for prefix in set(re.findall(rb"xmlns:([\w.-]+)=", head)):
        used = re.compile(rb"(</?|xmlns:|\s|[\"'])" + re.escape(prefix) + rb"(?=[:=])")
        data = used.sub(rb"\1z" + prefix, data)
    return data


def _default_namespace(original: Original) -> Iterator[Change]:
    """The contract's own namespace as the default one; its prefix stays declared for xsi:type."""
    space = original.service.namespace
    prefix = next((p for p, s in original.root.nsmap.items() if s == space and p), None)
    if prefix is not None and None not in original.root.nsmap:
        own = prefix.encode()
        data = re.sub(rb"(</?)" + re.escape(own) + rb":", rb"\1", original.data)
        declared = f'xmlns:{prefix}="{space}"'.encode()
        data = data.replace(declared, declared + f' xmlns="{space}"'.encode(), 1)
        yield Change("/Envelope", data, equivalent=_SAME)


def _comments(original: Original, elements: list[Any]) -> None:
    for node in elements:
        if len(node):
            node.insert(0, etree.Comment(" between "))


def _compact(data: bytes) -> bytes:
    return re.sub(rb">\s+<", b"><", data)


def _spread(original: Original, elements: list[Any]) -> None:
    for node in elements:
        if len(node):
            node.text = "\r\n\t  \n"


def _written(reason: str, write: Callable[[str], str]) -> Apply:
    """The text of one value, written another way."""

    def apply(original: Original) -> Iterator[Change]:
        for node in original.values()[:4]:
            text = original.element(node).text or ""
            if not text:
                continue
            data = original.edit(lambda e, i=node.index: setattr(e[i], "text", "services85-mark"))  # type: ignore[misc]  # a lambda with defaults
            yield Change(node.path, data.replace(b"services85-mark", write(text).encode()), equivalent=reason)

    return apply


def _split(middle: str) -> Callable[[str], str]:
    def write(text: str) -> str:
        half = len(text) // 2
        return _escaped(text[:half]) + middle + _escaped(text[half:])

    return write


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _forms(original: Original) -> Iterator[Change]:
    for node in original.values():
        for text in good(kind(original.service.schema, node.type.name)):

            def edit(elements: list[Any], index: int = node.index, text: str = text) -> None:
                elements[index].text = text

            if not (node.header and node.element.local in ("Succeeded", "Ticket", "ApplicationToken")):
                yield Change(node.path, original.edit(edit), equivalent=f"{text!r} is a value of its type")


def _succeeded_forms(original: Original) -> Iterator[Change]:
    for node in original.nodes:
        if node.role == "header" and node.element.local == "Succeeded":
            for text in ("1", " true "):
                data = original.edit(lambda e, i=node.index, t=text: setattr(e[i], "text", t))  # type: ignore[misc]  # a lambda with defaults
                yield Change(node.path, data, equivalent=f"{text!r} is an xs:boolean that is true")


def _own_type(original: Original) -> Iterator[Change]:
    """xsi:type with the declared type, on one element of each type."""
    for node in original.sites(lambda n: n.role in ("parameter", "member"), lambda n: n.type.name):
        yield from _marked(original, node, node.type.name, "xsi:type may name the declared type")


def _derived_type(original: Original) -> Iterator[Change]:
    for node in original.sites(lambda n: n.role in ("parameter", "member") and not n.simple, lambda n: n.type.name):
        for name in derived_types(original.service, node.element.type)[:2]:
            yield from _marked(original, node, name, "xsi:type may name a type that derives from the declared one")


def _marked(original: Original, node: Node, name: str, reason: str) -> Iterator[Change]:
    if is_anonymous(name) or local(name) in ("anyType", "anySimpleType"):
        return

    def edit(elements: list[Any]) -> None:
        mark_type(elements[node.index], name)

    yield Change(node.path, original.edit(edit), equivalent=reason)


def _not_nil(original: Original) -> Iterator[Change]:
    wanted = (n for n in original.nodes if n.element.nillable and n.role in ("parameter", "member") and not n.header)
    node = next((n for n in wanted if NIL not in original.element(n).attrib), None)
    if node is not None:
        data = original.edit(lambda elements: elements[node.index].set(NIL, "false"))
        yield Change(node.path, data, equivalent="xsi:nil=false says what is so anyway")


def _empty_complex(original: Original) -> Iterator[Change]:
    for node in original.sites(lambda n: n.role == "parameter" and not n.simple):
        if any(m.min_occurs for m in original.service.schema.members(node.type.name)):
            continue

        def edit(elements: list[Any], index: int = node.index) -> None:
            for child in list(elements[index]):
                elements[index].remove(child)

        yield Change(node.path, original.edit(edit), equivalent="all members of the type may be left out")


def _reordered(original: Original, elements: list[Any]) -> None:
    index = original.child("Header")
    if index is not None:
        for child in list(elements[index]):
            elements[index].insert(0, child)


def _block(tag: str, **attributes: str) -> Callable[[Original, list[Any]], object]:
    def change(original: Original, elements: list[Any]) -> None:
        index = original.child("Header")
        if index is not None:
            new = etree.SubElement(elements[index], tag)
            new.text = original.operation.action
            for name, value in attributes.items():
                new.set(f"{original.soap}{name}", value)

    return change


def _on_blocks(name: str, value: str) -> Callable[[Original, list[Any]], object]:
    def change(original: Original, elements: list[Any]) -> None:
        index = original.child("Header")
        for block in () if index is None else list(elements[index]):
            block.set(f"{original.soap}{name}", value)

    return change


def _on_envelope(name: str, value: str) -> Callable[[Original, list[Any]], object]:
    return lambda original, elements: elements[0].set(name, value)


def _absolute(original: Original) -> Iterator[Change]:
    if original.http.target:
        head = replace(original.http, target=f"https://online.superoffice.com{original.http.target}")
        yield Change("path", http=head, equivalent="a target may be an absolute URL")


def _utf16(original: Original) -> Iterator[Change]:
    text = re.sub(r"^<\?xml[^>]*\?>", '<?xml version="1.0" encoding="utf-16"?>', original.data.decode())
    head = with_headers(original.http, Content_Type="text/xml; charset=utf-16")
    yield Change("/", text.encode("utf-16"), head, "UTF-16 is SOAP's other encoding, and declared")


def _field_names(original: Original) -> Iterator[Change]:
    fields = tuple((k.lower(), v) for k, v in original.http.headers)
    yield Change("head", http=replace(original.http, headers=Headers(fields)), equivalent="field names have no case")


def _op(id_: str, description: str, apply: Apply, source: str = LEGAL) -> Operator:
    return Operator(id_, BOTH, description, source, apply)


_WSA = "{http://www.w3.org/2005/08/addressing}Action"
_IGNORED = "an undeclared header may be ignored: a note"
_DECLARED = "a declared header is understood"

OPERATORS = (
    _op("legal-bom", "a byte order mark", _data("XML 1.0 allows it", lambda d: b"\xef\xbb\xbf" + d)),
    _op("legal-no-declaration", "no XML declaration", _data(_SAME, lambda d: re.sub(rb"^<\?xml[^>]*\?>\s*", b"", d))),
    _op("legal-single-quotes", "single quotes around attributes", _data(_SAME, lambda d: d.replace(b'"', b"'"))),
    _op("legal-tail", "white space and a comment after the root", _data(_SAME, lambda d: d + b"\n<!-- end -->\n")),
    _op("legal-compact", "no white space between elements", _data(_SAME, _compact)),
    _op("legal-spread", "white space between elements", _tree(_SAME, _spread)),
    _op("legal-prefixes", "other prefixes", _data(_SAME, _renamed_prefixes)),
    _op("legal-default-namespace", "the contract's namespace as the default one", _default_namespace),
    _op("legal-comments", "comments between elements", _tree(_SAME, _comments)),
    _op("legal-utf16", "UTF-16, declared as such", _utf16),
    _op("legal-value-comment", "a comment inside a value", _written(_SAME, _split("<!-- x -->"))),
    _op("legal-value-cdata", "a value as CDATA", _written(_SAME, lambda t: f"<![CDATA[{t}]]>")),
    _op(
        "legal-value-reference",
        "a value as character references",
        _written(_SAME, lambda t: "".join(f"&#{ord(c)};" for c in t)),
    ),
    _op("legal-value-form", "another lexical form: signs, leading zeros, boundary values", _forms),
    _op("legal-succeeded", "Succeeded 1", _succeeded_forms),
    _op("legal-xsi-type", "xsi:type with the declared type", _own_type),
    _op("legal-xsi-type-derived", "xsi:type with a derived type", _derived_type),
    _op("legal-nil-false", "xsi:nil=false", _not_nil),
    _op("legal-empty", "a parameter of a complex type without members", _empty_complex),
    _op("legal-header-order", "header blocks in another order", _tree("header blocks have no order", _reordered)),
    _op("legal-header-foreign", "a header of another namespace", _tree(_IGNORED, _block("{urn:example}Trace"))),
    _op("legal-header-addressing", "the addressing headers that zeep adds", _tree(_IGNORED, _block(_WSA)), CLIENTS),
    _op(
        "legal-must-understand",
        "mustUnderstand on declared headers",
        _tree(_DECLARED, _on_blocks("mustUnderstand", "1")),
    ),
    _op(
        "legal-actor",
        "actor on declared headers",
        _tree(_DECLARED, _on_blocks("actor", "http://schemas.xmlsoap.org/soap/actor/next")),
    ),
    _op(
        "legal-encoding-style",
        "encodingStyle on Envelope",
        _tree(
            "SOAP allows it there; WS-I does not: a note",
            _on_envelope(
                "{http://schemas.xmlsoap.org/soap/envelope/}encodingStyle", "http://schemas.xmlsoap.org/soap/encoding/"
            ),
        ),
    ),
    _op(
        "legal-envelope-attribute",
        "an attribute of another namespace on Envelope",
        _tree("SOAP 1.1, section 4 allows it", _on_envelope("{urn:example}trace", "1")),
    ),
    _op(
        "legal-charset-upper-case",
        "charset in upper case",
        _head("charset has no case", "Content-Type", Content_Type="text/xml; charset=UTF-8"),
    ),
    _op(
        "legal-charset-quoted",
        "charset in quotes",
        _head("HTTP allows quotes", "Content-Type", Content_Type='text/xml;charset="utf-8"'),
    ),
    _op(
        "legal-charset-missing",
        "no charset",
        _head("charset may be left out: a note", "Content-Type", Content_Type="text/xml"),
    ),
    _op(
        "legal-content-type-case",
        "Content-Type in another case",
        _head("media types have no case", "Content-Type", Content_Type="Text/XML; Charset=utf-8"),
    ),
    _op("legal-field", "one more HTTP field", _head("HTTP allows it", "head", X_Trace="1", Accept_Encoding="gzip")),
    _op("legal-field-case", "HTTP field names in lower case", _field_names),
    Operator("legal-absolute-target", ("request",), "an absolute URL as the target", LEGAL, _absolute),
)
