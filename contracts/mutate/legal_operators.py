"""Operators that change how a message is written, not what it says: all that they make has to be kept."""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from ..model import is_anonymous, local, namespace
from ..model.names import ADDRESSING, ENVELOPE, NIL, XSI_TYPE
from . import places as at
from .drafts import CLIENTS, LEGAL, Draft, Operator
from .edits import FOREIGN, Edit, MessageDraft, as_utf16, reverse_children, rewrite, set_fields, write_text
from .head_operators import LEGAL_OPERATORS as LEGAL_HEADS
from .originals import Original

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


def _use_default_namespace(draft: MessageDraft) -> None:
    """The contract's own namespace as the default one; its prefix stays declared for xsi:type.

    Not where an element or a type is in no namespace: it would be in the contract's then.
    """
    original, space = draft.original, draft.original.service.namespace
    prefix = next((p for p, s in original.root.nsmap.items() if s == space and p), None)
    draft.need(prefix is not None and None not in original.root.nsmap)
    draft.need(all(namespace(str(e.tag)) and ":" in e.get(XSI_TYPE, ":") for e in original.elements))
    data = re.sub(rf"(</?){prefix}:".encode(), rb"\1", original.data)
    declared = f'xmlns:{prefix}="{space}"'.encode()
    draft.data = data.replace(declared, declared + f' xmlns="{space}"'.encode(), 1)


def _write_utf16(draft: MessageDraft) -> None:
    draft.data = as_utf16(draft.original.data)
    set_fields(draft, Content_Type="text/xml; charset=utf-16")


def _split_with_comment(text: str) -> bytes:
    half = len(text) // 2
    return f"{escape(text[:half])}<!-- x -->{escape(text[half:])}".encode()


# --- the same tree, otherwise -----------------------------------------------------------------------------------------


def _spread_out(draft: MessageDraft) -> None:
    for node in draft.elements:
        if len(node):
            node.text = "\r\n\t  \n"


def _add_comments(draft: MessageDraft) -> None:
    for node in draft.elements:
        if len(node):
            node.insert(0, etree.Comment(" between "))


def _add_header_block(draft: MessageDraft, tag: str) -> None:
    """One that the contract does not have in a namespace of its own: that would be a misplaced one."""
    operations = draft.original.service.operations.values()
    declared = {local(name) for o in operations for message in o.messages for name in message.headers}
    draft.need(local(tag) not in declared)
    etree.SubElement(draft.element, tag).text = draft.original.operation.action


def _mark_blocks(draft: MessageDraft, name: str, value: str) -> None:
    """An attribute of SOAP on every header block."""
    for block in draft.element:
        block.set(f"{draft.original.soap}{name}", value)


def _empty_parameter(draft: MessageDraft) -> None:
    draft.need(not any(m.min_occurs for m in draft.original.service.schema.members(draft.node.type.name)))
    draft.remove_children()


def _mark_type(draft: MessageDraft) -> None:
    """xsi:type with the spot's text, or with the declared type."""
    name = draft.spot.text or draft.node.type.name
    draft.need(not is_anonymous(name) and local(name) not in ("anyType", "anySimpleType"))
    have = {child.tag for child in draft.element}
    needed = {m.name for m in draft.original.service.schema.members(name) if m.min_occurs}
    draft.need(not draft.spot.text or needed <= have)  # a derived type may want more than is there
    draft.mark_type(name)


def _row(
    id_: str, description: str, where: at.Where, edit: Edit, harmless: Any = "the same message by XML"
) -> Operator[Original]:
    return Operator(id_, description, LEGAL, where, edit, harmless=harmless)


_HEADER = at.frame_part("Header", "/Envelope")
_TYPES = at.each_type(lambda n: n.role in ("parameter", "member"))
_STRUCT_PARAMETERS = at.each_member(lambda n: n.role == "parameter" and not n.is_simple)
_IGNORED = "an undeclared header may be ignored: a note"
_UNDERSTOOD = "a declared header is understood"

OPERATORS: tuple[Operator[Original], ...] = (
    _row("legal-bom", "a byte order mark", at.WHOLE, rewrite(lambda d: b"\xef\xbb\xbf" + d), "XML 1.0 allows it"),
    _row("legal-no-declaration", "no XML declaration", at.WHOLE, rewrite(_drop_declaration)),
    _row("legal-single-quotes", "single quotes around attributes", at.WHOLE, rewrite(lambda d: d.replace(b'"', b"'"))),
    _row("legal-tail", "white space and a comment after the root", at.WHOLE,
         rewrite(lambda d: d + b"\n<!-- end -->\n")),
    _row("legal-compact", "no white space between elements", at.WHOLE, rewrite(lambda d: re.sub(rb">\s+<", b"><", d))),
    _row("legal-spread", "white space between elements", at.ENVELOPE, _spread_out),
    _row("legal-prefixes", "other prefixes", at.WHOLE, rewrite(_rename_prefixes)),
    _row("legal-default-namespace", "the contract's namespace as the default one", at.ENVELOPE, _use_default_namespace),
    _row("legal-comments", "comments between elements", at.ENVELOPE, _add_comments),
    _row("legal-utf16", "UTF-16, declared as such", at.WHOLE, _write_utf16,
         "UTF-16 is SOAP's other encoding, and declared"),
    _row("legal-value-comment", "a comment inside a value", at.written_values, write_text(_split_with_comment)),
    _row("legal-value-cdata", "a value as CDATA", at.written_values,
         write_text(lambda text: f"<![CDATA[{text}]]>".encode())),
    _row("legal-value-reference", "a value as character references", at.written_values,
         write_text(lambda text: "".join(f"&#{ord(c)};" for c in text).encode())),
    _row("legal-value-form", "another lexical form: signs, leading zeros, boundary values", at.good_values,
         Draft.set_spots_text, lambda draft: f"{draft.spot.text!r} is a value of its type"),
    _row("legal-succeeded", "Succeeded 1", at.true_values, Draft.set_spots_text,
         lambda draft: f"{draft.spot.text!r} is an xs:boolean that is true"),
    _row("legal-xsi-type", "xsi:type with the declared type", _TYPES, _mark_type,
         "xsi:type may name the declared type"),
    _row("legal-xsi-type-derived", "xsi:type with a derived type", at.derived_spots, _mark_type,
         "xsi:type may name a type that derives from the declared one"),
    _row("legal-nil-false", "xsi:nil=false", at.first_not_nil, lambda d: d.set(NIL, "false"),
         "xsi:nil=false says what is so anyway"),
    _row("legal-empty", "a parameter of a complex type without members", _STRUCT_PARAMETERS, _empty_parameter,
         "all members of the type may be left out"),
    _row("legal-header-order", "header blocks in another order", _HEADER, reverse_children,
         "header blocks have no order"),
    _row("legal-header-foreign", "a header of another namespace", _HEADER,
         lambda d: _add_header_block(d, f"{{{FOREIGN}}}Trace"), _IGNORED),
    Operator("legal-header-addressing", "the addressing headers that zeep adds", CLIENTS, _HEADER,
             lambda d: _add_header_block(d, f"{{{ADDRESSING}}}Action"), harmless=_IGNORED),
    _row("legal-must-understand", "mustUnderstand on declared headers", _HEADER,
         lambda d: _mark_blocks(d, "mustUnderstand", "1"), _UNDERSTOOD),
    _row("legal-actor", "actor on declared headers", _HEADER,
         lambda d: _mark_blocks(d, "actor", "http://schemas.xmlsoap.org/soap/actor/next"), _UNDERSTOOD),
    _row("legal-encoding-style", "encodingStyle on Envelope", at.ENVELOPE,
         lambda d: d.set(f"{{{ENVELOPE}}}encodingStyle", "http://schemas.xmlsoap.org/soap/encoding/"),
         "SOAP allows it there; WS-I does not: a note"),
    _row("legal-envelope-attribute", "an attribute of another namespace on Envelope", at.ENVELOPE,
         lambda d: d.set(f"{{{FOREIGN}}}trace", "1"), "SOAP 1.1, section 4 allows it"),
    *LEGAL_HEADS,
)  # fmt: skip
