"""A binding and the port type that it carries -> a `Service`: operations, headers, actions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import chain

from lxml import etree

from ..model import Binding, Element, Operation, WsdlMessage
from ..model.names import WSDL, WSDL_SOAP11, WSDL_SOAP12, local, namespace
from ..model.wording import cut_middle
from ..xsd.schema import Schema
from .documents import Documents, MessageParts, find_child
from .service import LazyOperations, Service, version_of

# These names become parts of files' names and of URLs: a contract that somebody wrote must not lead elsewhere by them.
_NAME = re.compile(r"\w[\w.-]*")
_UNSAFE = re.compile(r"^\.+|[\\\0]")
_W = f"{{{WSDL}}}"
SOAP = {"1.1": f"{{{WSDL_SOAP11}}}", "1.2": f"{{{WSDL_SOAP12}}}"}
"""How the names of each version's binding elements begin."""
_IS_ENCODED = etree.XPath("boolean(descendant::soap:body[@use='encoded'])", namespaces={"soap": WSDL_SOAP11})
"""libxml2 walks through a binding in a quarter of the time that it takes here."""
_ACTIONS = (
    "{http://www.w3.org/2006/05/addressing/wsdl}Action",
    "{http://www.w3.org/2007/05/addressing/metadata}Action",
)


class BoundPort:
    """A binding (its name, its node) and the port type that it carries; or a port type alone, which nothing carries."""

    def __init__(self, documents: Documents, name: str, node: etree._Element, port_type: str) -> None:
        self.port_type = port_type
        self._documents, self._node = documents, node
        self._ports = documents.ports.get(name, ())
        services = {port.getparent() for port in self._ports}
        policies = documents.policies(node, documents.port_types.get(port_type), *self._ports, *services)
        self.binding = replace(_read_binding(node), policies=policies)
        self._space = SOAP.get(self.binding.soap, "{}")

    def is_encoded(self) -> bool:
        return bool(_IS_ENCODED(self._node))

    def is_usable(self, any_binding: bool) -> bool:
        """Whether it is SOAP 1.1 document/literal, or, where any will do, SOAP."""
        if any_binding:
            return self.binding.soap in SOAP
        return self.binding.soap == "1.1" and self.binding.style == "document" and not self.is_encoded()

    def service(self, digest_text: Callable[[], str], schema: Schema) -> Service:
        documents, agent = self._documents, local(self.port_type)
        # A WSDL that imports the port type may have a namespace of its own.
        target = namespace(self.port_type) or documents.target
        version = version_of(target) or _UNSAFE.sub("", target.rstrip("/").rpartition("/")[2])
        bound = _operations_by_name(self._node)
        for name in (agent, *bound):
            if not _NAME.fullmatch(name):
                raise documents.error(self._node, f"{cut_middle(name)!r} is no name of an agent or an operation")
        return Service(
            version=version,
            agent=agent,
            namespace=target,
            binding=self.binding,
            address=self._find_address(),
            operations=LazyOperations(bound, lambda name: self._read_operation(version, agent, bound[name])),
            schema=schema,
            source=documents.source,
            home=documents.places[self._node.getroottree().getroot()],
            digest_text=digest_text,
            read_texts=lambda: documents.texts,
            imports=documents.imports,
        )

    def _find_address(self) -> str:
        found = (child.get("location") for port in self._ports[:1] for child in port.iterchildren(tag=etree.Element))
        return next(filter(None, found), "")

    @cached_property
    def _declared_operations(self) -> Mapping[str, etree._Element]:
        """The port type's operations."""
        port_type = self._documents.port_types.get(self.port_type)
        return {} if port_type is None else _operations_by_name(port_type)

    def _read_operation(self, version: str, agent: str, bound: etree._Element) -> Operation:
        name = bound.get("name", "")
        declared = self._declared_operations.get(name)
        request = self._read_message(bound, declared, "input")
        if request is None:
            raise self._documents.error(bound, f"operation {name} has no input message")
        soap = find_child(bound, f"{self._space}operation")
        return Operation(
            version=version,
            agent=agent,
            name=name,
            action="" if soap is None else soap.get("soapAction", ""),
            request=request,
            response=self._read_message(bound, declared, "output"),
            style=self.binding.style if soap is None else soap.get("style", self.binding.style),
            faults=() if declared is None else tuple(self._read_faults(declared)),
            policies=self._documents.policies(bound, *bound, declared) if self._documents.may_ask else (),
        )

    def _read_message(self, bound: etree._Element, declared: etree._Element | None, side: str) -> WsdlMessage | None:
        """What one direction carries: the binding says how, the port type's message says what."""
        documents = self._documents
        carried = find_child(bound, f"{_W}{side}")
        abstract = None if declared is None else find_child(declared, f"{_W}{side}")
        if carried is None or abstract is None:
            return None
        held = documents.parts(abstract)
        if held is None:
            raise documents.error(abstract, f"message {abstract.get('message', '')!r} is not there")
        body = find_child(carried, f"{self._space}body")
        headers = [(node, documents.parts(node)) for node in carried.iterchildren(f"{self._space}header")]
        parts = list(held.values())
        if body is not None and (said := body.get("parts")) is not None:
            wanted = set(said.split())
            parts = [part for name, part in held.items() if name in wanted]
        else:  # what a header carries of the same message is not in the body as well
            apart = {node.get("part") for node, beside in headers if beside is held}
            parts = [part for name, part in held.items() if name not in apart]
        element = parts[0] if parts and isinstance(parts[0], str) else None
        uses = [node.get("use", "literal") for node, _ in headers]
        return WsdlMessage(
            body=element,
            headers=tuple([self._read_header(*header) for header in headers]),
            action=abstract.get(_ACTIONS[0]) or abstract.get(_ACTIONS[1]) or "",
            body_use="literal" if body is None else body.get("use", "literal"),
            header_use=next((use for use in uses if use != "literal"), "literal"),
            parts=tuple([Element(p, "") if isinstance(p, str) else p for p in parts[element is not None :]]),
        )

    def _read_header(self, node: etree._Element, parts: MessageParts | None) -> str:
        """The element of a header block. Raises UnreadableContract where its message has no such part."""
        name = node.get("part", "")
        element = (parts or {}).get(name)
        if not isinstance(element, str):
            message = node.get("message", "")
            raise self._documents.error(node, f"header part {name!r} of message {message!r} is not there")
        return element

    def _read_faults(self, declared: etree._Element) -> Iterator[tuple[str, str]]:
        for fault in declared.iterchildren(f"{_W}fault"):
            parts = (self._documents.parts(fault) or {}).values()
            element = next(iter(parts), "")
            yield fault.get("name", ""), element if isinstance(element, str) else ""


def read_bindings(documents: Documents) -> list[BoundPort]:
    found = documents.by_qname("binding").items()
    return [BoundPort(documents, name, node, documents.qname(node, node.get("type", ""))) for name, node in found]


def read_port_types(documents: Documents) -> list[BoundPort]:
    """Each port type as if nothing carried it."""
    return [BoundPort(documents, name, node, name) for name, node in documents.port_types.items()]


def _operations_by_name(node: etree._Element) -> dict[str, etree._Element]:
    return {operation.get("name", ""): operation for operation in node.iterchildren(f"{_W}operation")}


def _read_binding(node: etree._Element) -> Binding:
    name = node.get("name", "")
    for soap, space in SOAP.items():
        if (found := find_child(node, f"{space}binding")) is not None:
            styles = (said.get("style") for said in chain([found], node.iter(f"{space}operation")))
            return Binding(name, soap, next(filter(None, styles), "document"), found.get("transport", ""))
    other = next((c.tag for c in node.iterchildren(tag=etree.Element) if not c.tag.startswith(_W)), "")
    return Binding(name, namespace(other) or "none", "", "")
