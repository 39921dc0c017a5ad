"""Requests: built from parameters, or an envelope that is there with the tenant's own credentials put into it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from ..files.prolog import has_doctype
from ..model import ENVELOPE, XSI, ContractsError, Headers, Http, Message, Operation, local
from ..wsdl.service import Service
from ..xsd.write import write_element, write_members


def build_request(
    service: Service, operation: Operation, parameters: Mapping[str, Any], headers: Mapping[str, Any]
) -> bytes:
    """The envelope of a request, with the parameters and members that are given, in the schema's order.

    A complex value is a mapping, a dictionary too; an array or a list of flags a sequence; None is nil. Nothing else is
    checked here: that is the judge's. Raises ContractsError for a name that the contract does not have.
    """
    root = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"s": ENVELOPE, "i": XSI, "b": service.namespace})
    head, body = etree.SubElement(root, f"{{{ENVELOPE}}}Header"), etree.SubElement(root, f"{{{ENVELOPE}}}Body")
    for name in operation.request.headers:
        declared = service.schema.element(name)
        if declared is not None and local(name) in headers:
            write_element(head, declared, headers[local(name)], service.schema)
    wrapper = service.schema.element(operation.request.body or "")
    if wrapper is None:
        raise ContractsError(f"{operation.label}: the contract has no element for its request")
    write_members(etree.SubElement(body, wrapper.name), wrapper.type, parameters, service.schema)
    return etree.tostring(root, encoding="utf-8")


def post_message(url: str, data: bytes, action: str, media_type: str = "text/xml") -> Message:
    """The HTTP request that brings an envelope in UTF-8 to the endpoint at ``url``."""
    head = (("Content-Type", f"{media_type}; charset=utf-8"), ("SOAPAction", f'"{action}"'))
    return Message(data, direction="request", http=Http(Headers(head), method="POST", target=url))


def insert_credentials(data: bytes, credentials: Mapping[str, str]) -> bytes:
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
    for node in root.iterfind(f"{{{ENVELOPE}}}Header//*"):
        value = credentials.get(local(str(node.tag)))
        if value is not None and len(node) == 0 and (node.text or "").strip():
            node.text = value
    return etree.tostring(root, encoding="utf-8")
