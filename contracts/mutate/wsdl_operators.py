"""Operators on a WSDL: what its next edition might change, one thing at a time, and what is no change at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from . import wsdl_editor as edit
from .drafts import SIBLINI, VENDOR, Draft, Operator, Spot
from .wsdl_editor import SOAP, WSDL, XS, Pick, WsdlDocument, WsdlDraft

Row = Operator[WsdlDocument]
Change = Callable[[WsdlDraft], object]

_SAME = "no message changes"


def _row(id_: str, description: str, source: str, pick: Pick, change: Change, harmless: str | None = None) -> Row:
    """A row that changes some of the elements picked."""
    return Operator(id_, description, source, edit.spread(pick), change, ("wsdl",), harmless, most=edit.MOST)


def _whole(id_: str, description: str, source: str, change: Callable[[WsdlDocument], bytes], **more: Any) -> Row:
    """A row that changes the bytes of the document."""

    def rewrite(draft: WsdlDraft) -> None:
        draft.data = change(draft.original)

    return Operator(id_, description, source, lambda wsdl: [Spot("definitions")], rewrite, ("wsdl",), **more)


# --- where ------------------------------------------------------------------------------------------------------------


def _find(path: str) -> Pick:
    """What an XPath finds; ``$agent`` and ``$binding`` are the names of the service's port type and binding."""
    spaces = {"w": WSDL.strip("{}"), "s": SOAP.strip("{}")}
    find: Any = etree.XPath(path, namespaces=spaces)
    return lambda wsdl: iter(find(wsdl.root, agent=wsdl.service.agent, binding=wsdl.service.binding.name))


def _enum_values(wsdl: WsdlDocument) -> Iterator[etree._Element]:
    for node in wsdl.types():
        yield from node.iterdescendants(f"{XS}enumeration")


def _undocumented_types(wsdl: WsdlDocument) -> Iterator[etree._Element]:
    return (n for n in wsdl.types() if n.find(f"{XS}annotation") is None)


_PORTS = _find("w:portType[@name=$agent]/w:operation")
_BOUND = "w:binding[@name=$binding]/w:operation"

# --- edits that only one row makes ------------------------------------------------------------------------------------


def _swap_messages(draft: WsdlDraft) -> None:
    """The input and the output of an operation change places."""
    sides = [draft.element.find(f"{WSDL}{side}") for side in ("input", "output")]
    draft.need(None not in sides)
    messages = [side.get("message") for side in sides]
    for side, message in zip(sides, reversed(messages), strict=True):
        side.set("message", message)


def _take_next_message(draft: WsdlDraft) -> None:
    """An operation takes the input message of the next one."""
    other = draft.element.getnext()
    draft.need(other is not None and other.tag == draft.element.tag)
    mine, theirs = draft.element.find(f"{WSDL}input"), other.find(f"{WSDL}input")
    mine.set("message", theirs.get("message"))


def _add_documentation(draft: WsdlDraft) -> None:
    annotation = etree.Element(f"{XS}annotation")
    etree.SubElement(annotation, f"{XS}documentation").text = "a text"
    draft.insert(annotation, first=True)


def _reverse_operations(draft: WsdlDraft) -> None:
    for child in draft.element.findall(f"{WSDL}operation"):
        draft.insert(child, first=True)


def _other_namespace(wsdl: WsdlDocument) -> bytes:
    return wsdl.data.replace(wsdl.service.namespace.encode(), b"http://example.com/other")


_MEMBERS = WsdlDocument.members

OPERATORS: tuple[Row, ...] = (
    _row("wsdl-type-switched", "int for string", SIBLINI, _MEMBERS, lambda d: edit.set_type(d, "string", "int")),
    _row("wsdl-type-switched-back", "string for int", SIBLINI, _MEMBERS, lambda d: edit.set_type(d, "int", "string")),
    _row("wsdl-type-narrowed", "short for int", SIBLINI, _MEMBERS, lambda d: edit.set_type(d, "int", "short")),
    _row("wsdl-type-widened", "long for int", SIBLINI, _MEMBERS, lambda d: edit.set_type(d, "int", "long")),
    _row("wsdl-type-boolean", "string for boolean", SIBLINI, _MEMBERS, lambda d: edit.set_type(d, "boolean", "string")),
    _row("wsdl-type-date", "date for dateTime", SIBLINI, _MEMBERS, lambda d: edit.set_type(d, "dateTime", "date")),
    _row("wsdl-required", "minOccurs 1 for 0", SIBLINI, _MEMBERS,
         lambda d: edit.replace_attribute(d, "minOccurs", ("0",), "1")),
    _row("wsdl-optional", "minOccurs 0 for 1", SIBLINI, _MEMBERS,
         lambda d: edit.replace_attribute(d, "minOccurs", (None, "1"), "0")),
    _row("wsdl-repeated", "maxOccurs unbounded for 1", SIBLINI, _MEMBERS,
         lambda d: edit.replace_attribute(d, "maxOccurs", (None, "1"), "unbounded")),
    _row("wsdl-once", "maxOccurs 1 for unbounded", SIBLINI, _MEMBERS,
         lambda d: edit.replace_attribute(d, "maxOccurs", ("unbounded",), "1")),
    _row("wsdl-not-nillable", "not nillable any more", SIBLINI, _MEMBERS,
         lambda d: edit.replace_attribute(d, "nillable", ("true", "1"), "false")),
    _row("wsdl-nillable", "nillable", SIBLINI, _MEMBERS,
         lambda d: edit.replace_attribute(d, "nillable", (None, "false", "0"), "true")),
    _row("wsdl-member-removed", "a parameter or member is gone", VENDOR, _MEMBERS, Draft.remove),
    _row("wsdl-member-renamed", "a parameter or member has another name", SIBLINI, _MEMBERS,
         lambda d: edit.append_to_attribute(d, "name")),
    _row("wsdl-member-added", "a parameter or member in the middle", VENDOR, _MEMBERS, edit.add_member_before),
    _row("wsdl-members-swapped", "two neighbouring members in the other order", SIBLINI, _MEMBERS, edit.swap_with_next),
    _row("wsdl-enum-removed", "a value of an enumeration is gone", VENDOR, _enum_values, Draft.remove),
    _row("wsdl-enum-renamed", "a value of an enumeration has another name", SIBLINI, _enum_values,
         lambda d: edit.append_to_attribute(d, "value")),
    _row("wsdl-enum-added", "a value of an enumeration in the middle", VENDOR, _enum_values, edit.add_value_before),
    _row("wsdl-messages-swapped", "input and output of an operation change places", SIBLINI, _PORTS, _swap_messages),
    _row("wsdl-message-other", "an operation takes another's input message", SIBLINI, _PORTS, _take_next_message),
    _row("wsdl-operation-removed", "an operation is gone", VENDOR, _find(_BOUND), edit.remove_operation),
    _row("wsdl-header-removed", "a request header is gone", SIBLINI, _find(f"{_BOUND}/w:input/s:header"), Draft.remove),
    _row("wsdl-response-header-removed", "a response header is gone", SIBLINI, _find(f"{_BOUND}/w:output/s:header"),
         Draft.remove),
    _row("wsdl-action-changed", "another soapAction", SIBLINI, _find(f"{_BOUND}//s:operation"),
         lambda d: d.set("soapAction", d.element.get("soapAction", "") + "2")),
    _row("wsdl-action-empty", "an empty soapAction", SIBLINI, _find(f"{_BOUND}//s:operation"),
         lambda d: d.set("soapAction", "")),
    _row("wsdl-style-rpc", "style rpc", SIBLINI, _find("//s:binding"),
         lambda d: edit.replace_attribute(d, "style", (None, "document"), "rpc")),
    _row("wsdl-transport", "another transport", SIBLINI, _find("//s:binding"),
         lambda d: d.set("transport", "http://schemas.xmlsoap.org/soap/smtp")),
    _row("wsdl-encoded", "use encoded", SIBLINI, _find(f"{_BOUND}//s:body"),
         lambda d: edit.replace_attribute(d, "use", ("literal",), "encoded")),
    _whole("wsdl-namespace", "another namespace", SIBLINI, _other_namespace),
    # --- no change ----------------------------------------------------------------------------------------------
    _whole("wsdl-same-order", "types and elements declared in another order", VENDOR,
           lambda wsdl: edit.reverse_schemas(wsdl.data), harmless=_SAME),
    _row("wsdl-same-operations", "operations in another order", VENDOR, _find("w:binding | w:portType"),
         _reverse_operations, _SAME),
    _row("wsdl-same-documentation", "documentation on a type", VENDOR, _undocumented_types, _add_documentation, _SAME),
    _row("wsdl-same-address", "another address", VENDOR, _find("//s:address"),
         lambda d: d.set("location", "https://example.com/x.svc"), "the address is the tenant's"),
    _row("wsdl-same-comment", "a comment", VENDOR, _find("."), lambda d: d.insert(etree.Comment(" x "), first=True),
         _SAME),
)  # fmt: skip
