"""Operators on the bytes of a message, on its Envelope, Header and Body."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from lxml import etree

from ..model.names import ENVELOPE12
from . import edits as edit
from . import places as at
from .drafts import CLIENTS, LENIENT, REFUSED, RPC, SOAP, WSI, XML, Draft, Operator, take_out
from .edits import FOREIGN, MessageDraft
from .originals import Original

_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>'

_CUTS: dict[str, Callable[[bytes], int]] = {
    "half": lambda data: len(data) // 2,
    "end tag": lambda data: data.rindex(b"</"),
    "last byte": lambda data: len(data) - 1,
}
"""Where a message is cut off -> the bytes that are left."""


def _cut_off(draft: MessageDraft) -> None:
    data = draft.original.data.rstrip()
    draft.data = data[: _CUTS[draft.spot.path](data)]


def _rename_end_tag(data: bytes) -> bytes:
    """The end tag of Body says something else than its start tag."""
    start, tag, end = data.rpartition(b"Body>")
    return start + b"Bodies>" + end if tag else data


def _unbind_prefix(data: bytes) -> bytes:
    """The first declaration of the SOAP prefix is gone."""
    declaration = b' xmlns:soap="'
    start = data.find(declaration)
    return data[:start] + data[data.index(b'"', start + len(declaration)) + 1 :] if start > 0 else data


def _declare_entity(draft: MessageDraft) -> None:
    edit.append_bytes(b"&e;")(draft)
    draft.data = edit.after_declaration(draft.data or b"", b'<!DOCTYPE Envelope [<!ENTITY e "0">]>')


def _write_latin1(draft: MessageDraft) -> None:
    text = draft.original.data.decode().replace('encoding="utf-8"', 'encoding="iso-8859-1"')
    draft.data = text.encode("iso-8859-1", "xmlcharrefreplace")
    edit.set_fields(draft, Content_Type="text/xml; charset=iso-8859-1")


def _move_envelope(draft: MessageDraft, space: str) -> None:
    """Envelope, Header and Body in another namespace (in braces)."""
    for node in (draft.element, *draft.element):
        if str(node.tag).startswith(draft.original.soap):
            node.tag = node.tag.replace(draft.original.soap, space)


def _move_header_last(draft: MessageDraft) -> None:
    header, body = edit.part_of(draft, "Header"), edit.part_of(draft, "Body")
    draft.need(header is not None and body is not None)
    body.addnext(take_out(header))


def _move_block_out(draft: MessageDraft) -> None:
    draft.need(len(draft.element))
    draft.element.addnext(take_out(draft.element[0]))


def _unwrap_body(draft: MessageDraft) -> None:
    draft.need(len(draft.element))
    inner = draft.original.elements[draft.spot.index][0]
    draft.data = _DECLARATION + etree.tostring(inner, with_tail=False, encoding="utf-8")


_row = Operator[Original]


def _bytes(id_: str, description: str, source: str, change: Callable[[bytes], bytes]) -> Operator[Original]:
    """A row that changes the bytes of a message."""
    return _row(id_, description, source, at.WHOLE, edit.rewrite(change))


def _in_value(id_: str, description: str, source: str, content: bytes) -> Operator[Original]:
    """A row that adds bytes to a value."""
    return _row(id_, description, source, at.any_value, edit.append_bytes(content))


OPERATORS: tuple[Operator[Original], ...] = (
    _row("xml-truncated", "cut off in the middle, before the last end tag, before the last byte", LENIENT,
         at.named_places(*_CUTS), _cut_off),
    _bytes("xml-empty", "no bytes at all", REFUSED, lambda d: b""),
    _bytes("xml-tail-text", "text after the root", LENIENT, lambda d: d + b"tail"),
    _bytes("xml-tail-element", "a second root", XML, lambda d: d + b"<tail/>"),
    _bytes("xml-space-before-declaration", "white space before the XML declaration", XML,
           lambda d: b" " + d if d.startswith(b"<?xml") else d),
    _bytes("xml-end-tag", "an end tag with another name", XML, _rename_end_tag),
    _bytes("xml-version", "XML 1.1", XML, lambda d: d.replace(b'version="1.0"', b'version="1.1"', 1)),
    _bytes("xml-unbound-prefix", "a prefix that is not declared", "Namespaces in XML 1.0", _unbind_prefix),
    _bytes("xml-dtd", "a document type declaration", SOAP, lambda d: edit.after_declaration(d, b"<!DOCTYPE Envelope>")),
    _row("xml-entity", "an entity declared and used", SOAP, at.any_value, _declare_entity),
    _bytes("xml-instruction", "a processing instruction before the root", SOAP,
           lambda d: edit.after_declaration(d, b"<?php x?>")),
    _bytes("xml-stylesheet", "a stylesheet instruction before the root", SOAP,
           lambda d: edit.after_declaration(d, b'<?xml-stylesheet href="a.xsl"?>')),
    _in_value("xml-instruction-in-value", "a processing instruction inside a value", LENIENT, b"<?x y?>"),
    _in_value("xml-control", "a control character", REFUSED, b"\x01"),
    _in_value("xml-control-reference", "a reference to a control character", XML, b"&#1;"),
    _in_value("xml-surrogate-reference", "a reference to half a surrogate pair", XML, b"&#xD800;"),
    _in_value("xml-ampersand", "an ampersand that is not escaped", XML, b"a&b"),
    _in_value("xml-less-than", "a less-than sign that is not escaped", XML, b"a<1"),
    _in_value("xml-undeclared-entity", "an HTML entity", XML, b"&nbsp;"),
    _in_value("xml-cdata-end", "]]> in text", XML, b"a]]>b"),
    _in_value("xml-bad-utf8", "a byte that is not UTF-8", LENIENT, b"\xff"),
    _in_value("xml-latin1-byte", "a Latin-1 byte in a message declared as UTF-8", CLIENTS, b"\xe9"),
    _row("xml-utf16-mismatch", "UTF-16 bytes, UTF-8 in Content-Type", LENIENT, at.CONTENT_TYPE,
         edit.rewrite(edit.as_utf16), in_head=True),
    _row("xml-charset-mismatch", "UTF-8 bytes, UTF-16 in Content-Type", REFUSED, at.CONTENT_TYPE,
         lambda d: edit.set_fields(d, Content_Type="text/xml; charset=utf-16"), in_head=True),
    _row("xml-latin1", "ISO-8859-1, declared as such", WSI, at.CONTENT_TYPE, _write_latin1),
    # --- Envelope -----------------------------------------------------------------------------------------------
    _row("envelope-soap12", "Envelope, Header and Body of SOAP 1.2", REFUSED, at.ENVELOPE,
         lambda d: _move_envelope(d, f"{{{ENVELOPE12}}}")),
    _row("envelope-no-namespace", "Envelope, Header and Body in no namespace", REFUSED, at.ENVELOPE,
         lambda d: _move_envelope(d, "")),
    _row("envelope-other-namespace", "Envelope, Header and Body of a namespace that is not SOAP's", SOAP, at.ENVELOPE,
         lambda d: _move_envelope(d, f"{{{FOREIGN}}}")),
    _row("envelope-lower-case", "<envelope>", SOAP, at.ENVELOPE, lambda d: d.rename(f"{d.original.soap}envelope")),
    _row("envelope-bare", "the operation's element without an Envelope", SOAP, at.frame_part("Body", "/"),
         _unwrap_body),
    _row("envelope-element-after", "an element after Body", LENIENT, at.ENVELOPE, edit.insert_foreign),
    _row("envelope-element-before", "an element before Header", SOAP, at.ENVELOPE,
         partial(edit.insert_foreign, first=True)),
    _row("envelope-stray-text", "text in Envelope", SOAP, at.ENVELOPE, Draft.insert_text),
    _row("envelope-bare-attribute", "an attribute in no namespace on Envelope", SOAP, at.ENVELOPE, edit.set_version),
    _row("envelope-header-attribute", "an attribute in no namespace on Header", SOAP, at.HEADER, edit.set_version),
    _row("envelope-header-last", "Header after Body", LENIENT, at.ENVELOPE, _move_header_last),
    _row("envelope-second-header", "a second, empty Header", SOAP, at.HEADER, lambda d: d.duplicate(empty=True)),
    _row("envelope-header-text", "text in Header", SOAP, at.HEADER, Draft.insert_text),
    _row("envelope-block-outside", "a header block beside Header", "the documented page",
         at.frame_part("Header", "/Envelope"), _move_block_out),
    _row("envelope-body-removed", "no Body", SOAP, at.BODY, Draft.remove),
    _row("envelope-body-repeated", "the Body twice", LENIENT, at.BODY, Draft.duplicate),
    _row("envelope-body-empty-second", "a second, empty Body", SOAP, at.BODY, lambda d: d.duplicate(empty=True)),
    _row("envelope-body-lower-case", "<body>", SOAP, at.BODY, lambda d: d.rename(f"{d.original.soap}body")),
    _row("envelope-body-no-namespace", "Body in no namespace", SOAP, at.BODY, lambda d: d.rename("Body")),
    _row("envelope-body-text", "text in Body", SOAP, at.BODY, Draft.insert_text),
    _row("body-emptied", "an empty Body", RPC, at.BODY, Draft.remove_children),
)  # fmt: skip
