"""The envelope as a WCF service with BasicHttpBinding reads and writes it: SOAP 1.1, document/literal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from ..model import Element, Operation, local, namespace
from ..model.names import ENVELOPE, XML_SPACE, XSI
from ..wsdl.service import Service
from ..xsd.values import Unreadable
from .wcf import children, read, write, zero

ADDRESSING_NONE = "http://schemas.microsoft.com/ws/2005/05/addressing/none"
DISPATCHER = "http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher"
_S = f"{{{ENVELOPE}}}"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class Refused(Exception):
    """No envelope that the service could read: HTTP 400, without a body."""


class SoapFault(Exception):
    """HTTP 500 with a Fault. ``space`` is the namespace of the code."""

    def __init__(self, code: str, text: str, space: str = DISPATCHER) -> None:
        super().__init__(text)
        self.code, self.text, self.space = code, text, space

    def data(self) -> bytes:
        """The envelope of the Fault."""
        root, body = _envelope(headers=False)
        fault = etree.SubElement(body, f"{_S}Fault")
        prefix = "s" if self.space == ENVELOPE else "a"
        code = etree.SubElement(fault, "faultcode", nsmap={prefix: self.space})
        code.text = f"{prefix}:{self.code}"
        etree.SubElement(fault, "faultstring", {_XML_LANG: "en-US"}).text = self.text
        return _bytes(root)


@dataclass(frozen=True, slots=True)
class Call:
    """A request as the service sees it: what it is asked, by whom."""

    operation: Operation
    headers: Mapping[str, Any]
    parameters: Mapping[str, Any]


def read_call(data: bytes, operation: Operation, service: Service) -> Call:
    """The envelope of a request. Raises Refused where it is none, SoapFault where its content cannot be read."""
    head, body = _parts(_parse(data))
    try:
        headers = _headers(head, operation, service)
        return Call(operation, headers, _parameters(body, operation, service))
    except Unreadable as error:
        raise SoapFault(
            "DeserializationFailed",
            f"The formatter threw an exception while trying to deserialize the message: {error}",
        ) from None


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Refused("not well-formed XML") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused("a DTD")
    if root.tag != f"{_S}Envelope":
        raise Refused("not a SOAP 1.1 envelope")
    return root


def _parts(root: etree._Element) -> tuple[etree._Element | None, etree._Element]:
    """Header, if it comes first, and Body. What stands after the Body is never looked at."""
    blocks = list(root.iterchildren(tag=etree.Element))
    head = blocks.pop(0) if blocks and blocks[0].tag == f"{_S}Header" else None
    if not blocks or blocks[0].tag != f"{_S}Body":
        raise Refused("no Body where it has to be")
    return head, blocks[0]


def _headers(head: etree._Element | None, operation: Operation, service: Service) -> dict[str, Any]:
    declared = {name: _element(service, name) for name in operation.request.headers}
    values: dict[str, Any] = {local(name): None for name in declared}
    for block in () if head is None else head.iterchildren(tag=etree.Element):
        name = str(block.tag)
        if name in declared:  # of two the last one counts
            values[local(name)] = read(block, declared[name], service.schema)
        elif block.get(f"{_S}mustUnderstand") in ("1", "true") and namespace(name) != ADDRESSING_NONE:
            text = f"The header '{local(name)}' from the namespace '{namespace(name)}' was not understood."
            raise SoapFault("MustUnderstand", text, ENVELOPE)
    return values


def _parameters(body: etree._Element, operation: Operation, service: Service) -> dict[str, Any]:
    """The parameters by name: in any order, of two the last one counts, unknown ones are skipped."""
    wrapper = next(children(body), None)
    if wrapper is None or wrapper.tag != operation.request.body:
        found = "nothing" if wrapper is None else local(str(wrapper.tag))
        raise Unreadable(f"the Body has to hold '{local(operation.request.body or '')}', and holds {found}.")
    parts = _wrapped(service, operation.request.body)
    values = {name: zero(part, service.schema) for name, part in parts.items()}
    by_tag = {part.name: part for part in parts.values()}
    for child in children(wrapper):
        if part := by_tag.get(str(child.tag)):
            values[part.local] = read(child, part, service.schema)
    return values


# --- writing --------------------------------------------------------------------------------------------------------


def write_answer(
    operation: Operation, headers: Mapping[str, Any], values: Mapping[str, Any], service: Service
) -> bytes:
    """The envelope of a response; headers and members that are not given are nil or their type's zero."""
    assert operation.response is not None and operation.response.body is not None  # no operation here is one-way
    root, body = _envelope()
    for name in operation.response.headers:
        write(root[0], _element(service, name), headers.get(local(name)), service.schema)
    space = namespace(operation.response.body)
    prefixes: dict[Any, str] = {None: space, "i": XSI}
    wrapper = etree.SubElement(body, operation.response.body, nsmap=prefixes)
    for name, part in _wrapped(service, operation.response.body).items():
        write(wrapper, part, values[name] if name in values else zero(part, service.schema), service.schema)
    return _bytes(root)


def _envelope(headers: bool = True) -> tuple[etree._Element, etree._Element]:
    root = etree.Element(f"{_S}Envelope", nsmap={"s": ENVELOPE, "i": XSI} if headers else {"s": ENVELOPE})
    if headers:
        etree.SubElement(root, f"{_S}Header")
    return root, etree.SubElement(root, f"{_S}Body")


def _bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=False, encoding="utf-8")


def _element(service: Service, name: str) -> Element:
    found = service.schema.element(name)
    if found is None:
        raise LookupError(f"the contract has no element {name}")
    return found


def _wrapped(service: Service, name: str | None) -> dict[str, Element]:
    return {part.local: part for part in service.schema.members(_element(service, name or "").type)}


def action_of(given: str) -> str:
    """The SOAPAction without its quotes, of either kind."""
    plain = given.strip(XML_SPACE)
    return plain[1:-1] if len(plain) > 1 and plain[0] in "\"'" and plain[0] == plain[-1] else plain
