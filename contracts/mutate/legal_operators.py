"""Operators that change how a message is written, not what it says: all that they make has to be kept."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from ..model import is_anonymous, local
from ..model.names import ADDRESSING, ENVELOPE, NIL
from .drafts import CLIENTS, LEGAL, Operator
from .edits import (
    Edit,
    Message,
    as_utf16,
    escape_text,
    mark_type,
    remove_children,
    rewrite,
    set_attribute,
    set_fields,
    set_spots_text,
    write_text,
)
from .head_operators import LEGAL_OPERATORS as LEGAL_HEADS
from .originals import Original
from .places import (
    ENVELOPE as AT_ENVELOPE,
)
from .places import (
    WHOLE,
    Where,
    derived_spots,
    each,
    each_type,
    first_not_nil,
    good_values,
    part,
    true_values,
    written_values,
)

# --- the same bytes, otherwise ----------------------------------------------------------------------------------------


def _drop_declaration(data: bytes) -> bytes:
    return re.sub(rb"^<\?xml[^>]*\?>\s*", b"", data)


def _rename_prefixes(data: bytes) -> bytes:
    """Every prefix declared on the root gets another name, in names and in xsi:type."""
    head = data[: data.index(b">", data.index(b"Envelope")) + 1]
    for prefix in set(re.findall(rb"xmlns:([\w.-]+)=", head)):
        used = re.compile(rb"(</?|xmlns:|\s|[\"'])" + re.escape(prefix) + rb"(?=[:=])")
        data = used.sub(rb"\1z" + prefix, data)
    return data


def _use_default_namespace(draft: Message) -> object:
    """The contract's own namespace as the default one; its prefix stays declared for xsi:type."""
    original, space = draft.original, draft.original.service.namespace
    prefix = next((p for p, s in original.root.nsmap.items() if s == space and p), None)
    if prefix is None or None in original.root.nsmap:
        return False
    data = re.sub(rb"(</?)" + re.escape(prefix.encode()) + rb":", rb"\1", original.data)
    declared = f'xmlns:{prefix}="{space}"'.encode()
    draft.data = data.replace(declared, declared + f' xmlns="{space}"'.encode(), 1)
    return None


def _write_utf16(draft: Message) -> None:
    draft.data = as_utf16(draft.original.data)
    set_fields(Content_Type="text/xml; charset=utf-16")(draft)


def _split_with_comment(text: str) -> bytes:
    half = len(text) // 2
    return f"{escape_text(text[:half])}<!-- x -->{escape_text(text[half:])}".encode()


# --- the same tree, otherwise -----------------------------------------------------------------------------------------


def _spread(draft: Message) -> None:
    for node in draft.elements:
        if len(node):
            node.text = "\r\n\t  \n"


def _add_comments(draft: Message) -> None:
    for node in draft.elements:
        if len(node):
            node.insert(0, etree.Comment(" between "))


def _reverse(draft: Message) -> None:
    for child in list(draft.element):
        draft.element.insert(0, child)


def _add_block(tag: str) -> Edit:
    def edit(draft: Message) -> None:
        etree.SubElement(draft.element, tag).text = draft.original.operation.action

    return edit


def _mark_blocks(name: str, value: str) -> Edit:
    """An attribute of SOAP on every header block."""

    def edit(draft: Message) -> None:
        for block in draft.element:
            block.set(f"{draft.original.soap}{name}", value)

    return edit


def _empty_if_legal(draft: Message) -> object:
    if any(m.min_occurs for m in draft.original.service.schema.members(draft.node.type.name)):
        return False
    return remove_children(draft.element)


def _mark_type(draft: Message) -> object:
    """xsi:type with the spot's text, or with the declared type."""
    name = draft.spot.text or draft.node.type.name
    if is_anonymous(name) or local(name) in ("anyType", "anySimpleType"):
        return False
    return mark_type(draft.element, name)


def _same(
    id_: str, description: str, where: Where, edit: Edit, harmless: Any = "the same message by XML"
) -> Operator[Original]:
    return Operator(id_, description, LEGAL, where, edit, harmless=harmless)


_HEADER = part("Header", "/Envelope")
_TYPES = each_type(lambda n: n.role in ("parameter", "member"))
_STRUCT_PARAMETERS = each(lambda n: n.role == "parameter" and not n.simple)
_IGNORED = "an undeclared header may be ignored: a note"
_UNDERSTOOD = "a declared header is understood"

OPERATORS: tuple[Operator[Original], ...] = (
    _same("legal-bom", "a byte order mark", WHOLE, rewrite(lambda d: b"\xef\xbb\xbf" + d), "XML 1.0 allows it"),
    _same("legal-no-declaration", "no XML declaration", WHOLE, rewrite(_drop_declaration)),
    _same("legal-single-quotes", "single quotes around attributes", WHOLE, rewrite(lambda d: d.replace(b'"', b"'"))),
    _same("legal-tail", "white space and a comment after the root", WHOLE,
          rewrite(lambda d: d + b"\n<!-- end -->\n")),
    _same("legal-compact", "no white space between elements", WHOLE, rewrite(lambda d: re.sub(rb">\s+<", b"><", d))),
    _same("legal-spread", "white space between elements", AT_ENVELOPE, _spread),
    _same("legal-prefixes", "other prefixes", WHOLE, rewrite(_rename_prefixes)),
    _same("legal-default-namespace", "the contract's namespace as the default one", AT_ENVELOPE,
          _use_default_namespace),
    _same("legal-comments", "comments between elements", AT_ENVELOPE, _add_comments),
    _same("legal-utf16", "UTF-16, declared as such", WHOLE, _write_utf16,
          "UTF-16 is SOAP's other encoding, and declared"),
    _same("legal-value-comment", "a comment inside a value", written_values, write_text(_split_with_comment)),
    _same("legal-value-cdata", "a value as CDATA", written_values,
          write_text(lambda text: f"<![CDATA[{text}]]>".encode())),
    _same("legal-value-reference", "a value as character references", written_values,
          write_text(lambda text: "".join(f"&#{ord(c)};" for c in text).encode())),
    _same("legal-value-form", "another lexical form: signs, leading zeros, boundary values", good_values,
          set_spots_text, lambda draft: f"{draft.spot.text!r} is a value of its type"),
    _same("legal-succeeded", "Succeeded 1", true_values,
          set_spots_text, lambda draft: f"{draft.spot.text!r} is an xs:boolean that is true"),
    _same("legal-xsi-type", "xsi:type with the declared type", _TYPES,
          _mark_type, "xsi:type may name the declared type"),
    _same("legal-xsi-type-derived", "xsi:type with a derived type", derived_spots,
          _mark_type, "xsi:type may name a type that derives from the declared one"),
    _same("legal-nil-false", "xsi:nil=false", first_not_nil,
          set_attribute(NIL, "false"), "xsi:nil=false says what is so anyway"),
    _same("legal-empty", "a parameter of a complex type without members", _STRUCT_PARAMETERS,
          _empty_if_legal, "all members of the type may be left out"),
    _same("legal-header-order", "header blocks in another order", _HEADER, _reverse, "header blocks have no order"),
    _same("legal-header-foreign", "a header of another namespace", _HEADER, _add_block("{urn:example}Trace"), _IGNORED),
    Operator("legal-header-addressing", "the addressing headers that zeep adds", CLIENTS, _HEADER,
             _add_block(f"{{{ADDRESSING}}}Action"), harmless=_IGNORED),
    _same("legal-must-understand", "mustUnderstand on declared headers", _HEADER,
          _mark_blocks("mustUnderstand", "1"), _UNDERSTOOD),
    _same("legal-actor", "actor on declared headers", _HEADER,
          _mark_blocks("actor", "http://schemas.xmlsoap.org/soap/actor/next"), _UNDERSTOOD),
    _same("legal-encoding-style", "encodingStyle on Envelope", AT_ENVELOPE,
          set_attribute(f"{{{ENVELOPE}}}encodingStyle", "http://schemas.xmlsoap.org/soap/encoding/"),
          "SOAP allows it there; WS-I does not: a note"),
    _same("legal-envelope-attribute", "an attribute of another namespace on Envelope", AT_ENVELOPE,
          set_attribute("{urn:example}trace", "1"), "SOAP 1.1, section 4 allows it"),
    *LEGAL_HEADS,
)  # fmt: skip
