"""The envelope as a WCF service with BasicHttpBinding reads and writes it: SOAP 1.1, document/literal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from ..messages.tree import find_excess
from ..model import Element, Operation, local, namespace
from ..model.names import ENVELOPE, XML_SPACE, XSI
from ..wsdl.service import Service
from ..xsd.values import InvalidValue
from ..xsd.write import write_element, write_members
from .wcf import BadKey, children_of, default_of, read_element, read_parameters

ADDRESSING_NONE = "http://schemas.microsoft.com/ws/2005/05/addressing/none"
DISPATCHER = "http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher"
_S = f"{{{ENVELOPE}}}"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class BadRequest(Exception):
    """No envelope that the service could read: HTTP 400, without a body."""


class SoapFault(Exception):
    """HTTP 500 with a Fault. ``space`` is the namespace of the code."""

    def __init__(self, code: str, text: str, space: str = DISPATCHER) -> None:
        super().__init__(text)
        self.code, self.text, self.space = code, text, space

    def data(self) -> bytes:
        """The envelope of the Fault."""
        root, body = _new_envelope(headers=False)
        fault = etree.SubElement(body, f"{_S}Fault")
        prefix = "s" if self.space == ENVELOPE else "a"
        code = etree.SubElement(fault, "faultcode", nsmap={prefix: self.space})
        code.text = f"{prefix}:{self.code}"
        etree.SubElement(fault, "faultstring", {_XML_LANG: "en-US"}).text = self.text
        return _write_bytes(root)


@dataclass(frozen=True, slots=True)
class Call:
    """A request as the service sees it: what it is asked, by whom."""

    operation: Operation
    headers: Mapping[str, Any]
    parameters: Mapping[str, Any]


def read_call(data: bytes, operation: Operation, service: Service) -> Call:
    """The envelope of a request. Raises BadRequest where it is none, SoapFault where its content cannot be read."""
    head, body = _take_apart(_parse_envelope(data))
    try:
        headers = _read_headers(head, operation, service)
        return Call(operation, headers, _read_parameters_of(body, operation, service))
    except InvalidValue as error:
        raise SoapFault(
            "DeserializationFailed",
            f"The formatter threw an exception while trying to deserialize the message: {error}",
        ) from None
    except BadKey as error:
        raise SoapFault("InternalServiceFault", str(error)) from None


def _parse_envelope(data: bytes) -> etree._Element:
    if (beyond := find_excess(data)) is not None:
        raise BadRequest(beyond)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise BadRequest("not well-formed XML") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadRequest("a DTD")
    if any(_is_read_first(node) for node in root.getroottree().iter(etree.ProcessingInstruction)):
        raise BadRequest("a processing instruction")
    if root.tag != f"{_S}Envelope":
        raise BadRequest("not a SOAP 1.1 envelope")
    return root


def _is_read_first(node: etree._Element) -> bool:
    """Whether something stands where WCF reads before it knows the operation: not in Body."""
    return next(node.iterancestors(f"{_S}Body"), None) is None


def _take_apart(root: etree._Element) -> tuple[etree._Element | None, etree._Element]:
    """Header, if it comes first, and Body. WCF never looks at what stands after the Body."""
    blocks = list(root.iterchildren(tag=etree.Element))
    head = blocks.pop(0) if blocks and blocks[0].tag == f"{_S}Header" else None
    if not blocks or blocks[0].tag != f"{_S}Body":
        raise BadRequest("no Body where it has to be")
    return head, blocks[0]


def _read_headers(head: etree._Element | None, operation: Operation, service: Service) -> dict[str, Any]:
    declared = {name: service.schema.declared(name) for name in operation.request.headers}
    values: dict[str, Any] = {local(name): None for name in declared}
    for block in () if head is None else head.iterchildren(tag=etree.Element):
        name = str(block.tag)
        if name in declared:  # of two with one name the last counts
            values[local(name)] = read_element(block, declared[name], service.schema)
        elif block.get(f"{_S}mustUnderstand") in ("1", "true") and namespace(name) != ADDRESSING_NONE:
            text = f"The header '{local(name)}' from the namespace '{namespace(name)}' was not understood."
            raise SoapFault("MustUnderstand", text, ENVELOPE)
    return values


def _read_parameters_of(body: etree._Element, operation: Operation, service: Service) -> dict[str, Any]:
    """The parameters by name."""
    wrapper = next(children_of(body), None)
    if wrapper is None or wrapper.tag != operation.request.body:
        found = "nothing" if wrapper is None else local(str(wrapper.tag))
        raise InvalidValue(f"the Body has to hold '{local(operation.request.body or '')}', and holds {found}.")
    if next(wrapper.iter(etree.ProcessingInstruction), None) is not None:
        raise InvalidValue("Processing instructions (other than the XML declaration) and DTDs are not supported.")
    return read_parameters(wrapper, _members_of(service, operation.request.body), service.schema)


# --- writing --------------------------------------------------------------------------------------------------------


def write_answer(
    operation: Operation, headers: Mapping[str, Any], values: Mapping[str, Any], service: Service
) -> bytes:
    """The envelope of a response; headers and members that are not given are nil or their type's zero."""
    assert operation.response is not None and operation.response.body is not None  # no operation here is one-way
    root, body = _new_envelope()
    for name in operation.response.headers:
        write_element(root[0], service.schema.declared(name), headers.get(local(name)), service.schema, default_of)
    space = namespace(operation.response.body)
    prefixes: dict[Any, str] = {None: space, "i": XSI}
    wrapper = etree.SubElement(body, operation.response.body, nsmap=prefixes)
    declared = service.schema.declared(operation.response.body)
    write_members(wrapper, declared.type, values, service.schema, default_of)
    return _write_bytes(root)


def _new_envelope(headers: bool = True) -> tuple[etree._Element, etree._Element]:
    root = etree.Element(f"{_S}Envelope", nsmap={"s": ENVELOPE, "i": XSI} if headers else {"s": ENVELOPE})
    if headers:
        etree.SubElement(root, f"{_S}Header")
    return root, etree.SubElement(root, f"{_S}Body")


def _write_bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=False, encoding="utf-8")


def _members_of(service: Service, name: str | None) -> tuple[Element, ...]:
    return service.schema.members(service.schema.declared(name or "").type)


def unquote_action(given: str) -> str:
    """The SOAPAction without its quotes, of either kind."""
    plain = given.strip(XML_SPACE)
    return plain[1:-1] if len(plain) > 1 and plain[0] in "\"'" and plain[0] == plain[-1] else plain
