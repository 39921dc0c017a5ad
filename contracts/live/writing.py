"""Requests: written from parameters, or with the tenant's own credentials put into an envelope that is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from ..files.prolog import has_doctype
from ..model import ContractsError, Element, Operation, local
from ..wsdl.service import Service
from ..xsd.schema import XSI, Schema

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


def write_request(
    service: Service, operation: Operation, parameters: Mapping[str, Any], headers: Mapping[str, Any]
) -> bytes:
    """The envelope of a request, with the parameters and members that are given, in the schema's order.

    A complex value is a mapping, a dictionary too; an array or a list of flags a sequence; None is nil. Nothing else is
    checked here: that is the judge's. Raises ContractsError for a name that the contract does not have.
    """
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"s": SOAP, "i": XSI, "b": service.namespace})
    head, body = etree.SubElement(root, f"{{{SOAP}}}Header"), etree.SubElement(root, f"{{{SOAP}}}Body")
    for name in operation.request.headers:
        declared = service.schema.element(name)
        if declared is not None and local(name) in headers:
            _write(head, declared, headers[local(name)], service.schema)
    wrapper = service.schema.element(operation.request.body or "")
    if wrapper is None:
        raise ContractsError(f"{operation.label}: the contract has no element for its request")
    node = etree.SubElement(body, wrapper.name)
    _members(node, wrapper.type, parameters, service.schema)
    return etree.tostring(root, encoding="utf-8")


def _write(parent: etree._Element, declared: Element, value: Any, schema: Schema) -> None:
    node = etree.SubElement(parent, declared.name)
    kind = schema.type(declared.type)
    if value is None:
        node.set(f"{{{XSI}}}nil", "true")
    elif kind is not None and kind.kind == "complex":
        members = schema.members(kind.name)
        if kind.dictionary:
            for key, item in value.items():
                _write(node, members[0], {"Key": key, "Value": item}, schema)
        elif len(members) == 1 and members[0].max_occurs is None:
            for item in value:
                _write(node, members[0], item, schema)
        else:
            _members(node, kind.name, value, schema)
    else:
        node.text = _text(value)


def _members(node: etree._Element, kind: str, values: Mapping[str, Any], schema: Schema) -> None:
    members = schema.members(kind)
    if unknown := set(values) - {member.local for member in members}:
        raise ContractsError(f"{local(str(node.tag))} has no {', '.join(sorted(unknown))}")
    for member in members:
        if member.local in values:
            _write(node, member, values[member.local], schema)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def with_credentials(data: bytes, headers: Mapping[str, str]) -> bytes:
    """An envelope with other values in its header blocks: ``Ticket``, ``ApplicationToken`` (those that it has).

    What cannot be parsed is returned as it is.
    """
    if has_doctype(data):
        return data
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, strip_cdata=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return data
    for block in root.iterfind(f"{{{SOAP}}}Header/*"):
        for node in block.iter(etree.Element):
            value = headers.get(local(str(node.tag)))
            if value is not None and len(node) == 0 and (node.text or "").strip():
                node.text = value
    return etree.tostring(root, encoding="utf-8")
