"""Operators on a WSDL: what its next edition might change, one thing at a time, and what is no change at all."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lxml import etree

from ...model import local
from ...model.names import XSD
from ...wsdl.service import Service
from .base import SIBLINI, Change, Target

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
_XS = f"{{{XSD}}}"
_SITES = 4
VENDOR = "measured: what the vendor's published versions changed"


@dataclass(frozen=True, eq=False)
class Wsdl:
    """A WSDL document, and the one service of it that is looked at."""

    service: Service
    data: bytes

    @cached_property
    def root(self) -> etree._Element:
        return etree.fromstring(self.data)

    @cached_property
    def _indexes(self) -> dict[etree._Element, int]:
        return {node: i for i, node in enumerate(self.root.iter())}

    @cached_property
    def reached(self) -> set[str]:
        """The types that a message of the service can hold."""
        schema, names = self.service.schema, set[str]()
        for operation in self.service.operations.values():
            for part in (operation.request, operation.response):
                if part is not None:
                    names |= {n for n in (part.body, *part.headers) if n}
        return schema.reach(*(e.type for n in names if (e := schema.element(n))))

    def edit(self, node: etree._Element, change: Callable[[Any], object]) -> bytes | None:
        """The document after ``change`` of a copy's same node; None where it returns False."""
        index = self._indexes[node]
        root = copy.deepcopy(self.root)
        if change(list(root.iter())[index]) is False:
            return None
        return etree.tostring(root, xml_declaration=True, encoding="utf-8")

    def types(self) -> Iterator[etree._Element]:
        """The declarations of the global types that are reached."""
        for schema in self.root.iter(f"{_XS}schema"):
            space = schema.get("targetNamespace")
            for node in schema.iterchildren(f"{_XS}complexType", f"{_XS}simpleType"):
                if f"{{{space}}}{node.get('name')}" in self.reached:
                    yield node

    def members(self) -> Iterator[etree._Element]:
        """The members of those types, and the parameters of the operations."""
        parts = [p for o in self.service.operations.values() for p in (o.request, o.response) if p]
        bodies = {p.body for p in parts}
        for schema in self.root.iter(f"{_XS}schema"):
            space = schema.get("targetNamespace")
            for node in schema.iterchildren(f"{_XS}element"):
                if f"{{{space}}}{node.get('name')}" in bodies:
                    yield from (n for n in node.iterdescendants(f"{_XS}element"))
        for node in self.types():
            yield from node.iterdescendants(f"{_XS}element")

    def operations(self, kind: str) -> Iterator[etree._Element]:
        """The operations of the ``portType`` or the ``binding``."""
        name = self.service.agent if kind == "portType" else self.service.binding.name
        for node in self.root.iterchildren(f"{WSDL}{kind}"):
            if node.get("name") == name:
                yield from node.iterchildren(f"{WSDL}operation")


@dataclass(frozen=True, slots=True)
class WsdlOperator:
    """A named way of changing a WSDL: ``change`` works on each picked node, or ``rewrite`` on the bytes.

    ``equivalent`` is why the change is none, None where it is one.
    """

    id: str
    description: str
    source: str
    pick: Callable[[Wsdl], Iterator[etree._Element]]
    change: Callable[[Any], object]
    equivalent: str | None = None
    rewrite: Callable[[Service, bytes], bytes] | None = None
    targets: tuple[Target, ...] = ("wsdl",)

    def apply(self, wsdl: Wsdl) -> Iterator[Change]:
        """At most a few mutants: on nodes spread over the document."""
        if self.rewrite is not None:
            yield Change("definitions", self.rewrite(wsdl.service, wsdl.data), equivalent=self.equivalent)
            return
        made = 0
        nodes = list(self.pick(wsdl))
        for node in dict.fromkeys([*nodes[:: max(1, len(nodes) // _SITES)], *nodes]):
            data = wsdl.edit(node, self.change)
            if data is not None:
                yield Change(_place(node), data, equivalent=self.equivalent)
                made += 1
            if made == _SITES:
                return


def _place(node: etree._Element) -> str:
    names = [n.get("name") for n in (node, *node.iterancestors()) if n.get("name")]
    return ".".join(str(n) for n in reversed(names[:2])) or local(str(node.tag))


def _xs_type(node: Any, wanted: str) -> bool:
    prefix, _, name = (node.get("type") or "").rpartition(":")
    return bool(name == wanted and node.nsmap.get(prefix or None) == XSD)


def _retyped(old: str, new: str) -> Callable[[Any], object]:
    def change(node: Any) -> object:
        if not _xs_type(node, old):
            return False
        prefix = node.get("type").rpartition(":")[0]
        node.set("type", f"{prefix}:{new}" if prefix else new)
        return None

    return change


def _attribute(name: str, old: tuple[str | None, ...], new: str) -> Callable[[Any], object]:
    def change(node: Any) -> object:
        if node.get(name) not in old:
            return False
        node.set(name, new)
        return None

    return change


def _required(node: Any) -> object:
    if node.get("minOccurs", "1") != "0":
        return False
    node.set("minOccurs", "1")
    return None


def _removed(node: Any) -> None:
    node.getparent().remove(node)


def _renamed(node: Any) -> object:
    if node.get("name") is None:
        return False
    node.set("name", node.get("name") + "2")
    return None


def _swapped(node: Any) -> object:
    after = node.getnext()
    if after is None or local(str(node.getparent().tag)) != "sequence" or node.nsmap != node.getparent().nsmap:
        return False  # an element that moves loses prefixes that it declares
    after.addnext(node)
    return None


def _added(node: Any) -> None:
    new = etree.Element(f"{_XS}element", nsmap={"x": XSD}, name="AddedLately", type="x:string")
    new.set("minOccurs", "0")
    new.set("nillable", "true")
    node.addprevious(new)


def _enum_values(wsdl: Wsdl) -> Iterator[etree._Element]:
    for node in wsdl.types():
        yield from node.iterdescendants(f"{_XS}enumeration")


def _enum_renamed(node: Any) -> None:
    node.set("value", node.get("value") + "2")


def _enum_added(node: Any) -> None:
    node.addprevious(etree.Element(f"{_XS}enumeration", value="AddedLately"))


def _headers(side: str) -> Callable[[Wsdl], Iterator[etree._Element]]:
    def pick(wsdl: Wsdl) -> Iterator[etree._Element]:
        for operation in wsdl.operations("binding"):
            for node in operation.iterchildren(f"{WSDL}{side}"):
                yield from node.iterchildren(f"{SOAP}header")

    return pick


def _within(kind: str, tag: str) -> Callable[[Wsdl], Iterator[etree._Element]]:
    def pick(wsdl: Wsdl) -> Iterator[etree._Element]:
        for operation in wsdl.operations(kind):
            yield from operation.iterdescendants(tag)

    return pick


def _messages_swapped(operation: Any) -> object:
    """The input and the output of an operation change places."""
    sides = [operation.find(f"{WSDL}{side}") for side in ("input", "output")]
    if None in sides:
        return False
    first, second = (side.get("message") for side in sides)
    sides[0].set("message", second)
    sides[1].set("message", first)
    return None


def _next_message(operation: Any) -> object:
    """An operation takes the input message of the next one."""
    other = operation.getnext()
    if other is None or other.tag != operation.tag:
        return False
    mine, theirs = operation.find(f"{WSDL}input"), other.find(f"{WSDL}input")
    mine.set("message", theirs.get("message"))
    return None


def _operation_removed(node: Any) -> None:
    """From the binding and from the port type."""
    name, root = node.get("name"), node.getroottree().getroot()
    for holder in root.iterchildren(f"{WSDL}portType", f"{WSDL}binding"):
        for operation in holder.findall(f"{WSDL}operation[@name='{name}']"):
            holder.remove(operation)


def _root(wsdl: Wsdl) -> Iterator[etree._Element]:
    yield wsdl.root


def _each(tag: str) -> Callable[[Wsdl], Iterator[etree._Element]]:
    return lambda wsdl: wsdl.root.iter(tag)


def _other_namespace(service: Service, data: bytes) -> bytes:
    return data.replace(service.namespace.encode(), b"http://example.com/other")


def _reversed(service: Service, data: bytes) -> bytes:
    """What each schema declares, the other way round. Moved as text: elements that move lose prefixes they declare."""
    root = etree.fromstring(data)
    texts: dict[bytes, bytes] = {}
    for number, schema in enumerate(list(root.iter(f"{_XS}schema"))):
        children = list(schema)
        first = [c for c in children if c.tag in (f"{_XS}import", f"{_XS}include")]
        rest = [c for c in reversed(children) if c not in first]
        mark = f"services85-schema-{number};"
        texts[mark.encode()] = b"".join(etree.tostring(c, with_tail=False) for c in [*first, *rest])
        for child in children:
            schema.remove(child)
        schema.text = mark
    document = etree.tostring(root)
    for found, text in texts.items():
        document = document.replace(found, text)
    return document


def _documented(node: Any) -> None:
    annotation = etree.Element(f"{_XS}annotation")
    etree.SubElement(annotation, f"{_XS}documentation").text = "a text"
    node.insert(0, annotation)


def _schema_types(wsdl: Wsdl) -> Iterator[etree._Element]:
    return (n for n in wsdl.types() if n.find(f"{_XS}annotation") is None)


def _operations_reversed(node: Any) -> None:
    for child in node.findall(f"{WSDL}operation"):
        node.insert(0, child)


def _op(
    id_: str,
    description: str,
    source: str,
    pick: Callable[[Wsdl], Iterator[etree._Element]],
    change: Callable[[Any], object],
    equivalent: str | None = None,
) -> WsdlOperator:
    return WsdlOperator(id_, description, source, pick, change, equivalent)


_PORTS, _BINDINGS = (lambda w: w.operations("portType")), (lambda w: w.operations("binding"))
_SOAP_OPERATION = f"{SOAP}operation"
_SAME = "no message changes"

OPERATORS = (
    _op("wsdl-type-switched", "int for string", SIBLINI, Wsdl.members, _retyped("string", "int")),
    _op("wsdl-type-switched-back", "string for int", SIBLINI, Wsdl.members, _retyped("int", "string")),
    _op("wsdl-type-narrowed", "short for int", SIBLINI, Wsdl.members, _retyped("int", "short")),
    _op("wsdl-type-widened", "long for int", SIBLINI, Wsdl.members, _retyped("int", "long")),
    _op("wsdl-type-boolean", "string for boolean", SIBLINI, Wsdl.members, _retyped("boolean", "string")),
    _op("wsdl-type-date", "date for dateTime", SIBLINI, Wsdl.members, _retyped("dateTime", "date")),
    _op("wsdl-required", "minOccurs 1 for 0", SIBLINI, Wsdl.members, _required),
    _op("wsdl-optional", "minOccurs 0 for 1", SIBLINI, Wsdl.members, _attribute("minOccurs", (None, "1"), "0")),
    _op(
        "wsdl-repeated",
        "maxOccurs unbounded for 1",
        SIBLINI,
        Wsdl.members,
        _attribute("maxOccurs", (None, "1"), "unbounded"),
    ),
    _op("wsdl-once", "maxOccurs 1 for unbounded", SIBLINI, Wsdl.members, _attribute("maxOccurs", ("unbounded",), "1")),
    _op(
        "wsdl-not-nillable",
        "not nillable any more",
        SIBLINI,
        Wsdl.members,
        _attribute("nillable", ("true", "1"), "false"),
    ),
    _op("wsdl-nillable", "nillable", SIBLINI, Wsdl.members, _attribute("nillable", (None, "false", "0"), "true")),
    _op("wsdl-member-removed", "a parameter or member is gone", VENDOR, Wsdl.members, _removed),
    _op("wsdl-member-renamed", "a parameter or member has another name", SIBLINI, Wsdl.members, _renamed),
    _op("wsdl-member-added", "a parameter or member in the middle", VENDOR, Wsdl.members, _added),
    _op("wsdl-members-swapped", "two neighbouring members in the other order", SIBLINI, Wsdl.members, _swapped),
    _op("wsdl-enum-removed", "a value of an enumeration is gone", VENDOR, _enum_values, _removed),
    _op("wsdl-enum-renamed", "a value of an enumeration has another name", SIBLINI, _enum_values, _enum_renamed),
    _op("wsdl-enum-added", "a value of an enumeration in the middle", VENDOR, _enum_values, _enum_added),
    _op("wsdl-messages-swapped", "input and output of an operation change places", SIBLINI, _PORTS, _messages_swapped),
    _op("wsdl-message-other", "an operation takes another's input message", SIBLINI, _PORTS, _next_message),
    _op("wsdl-operation-removed", "an operation is gone", VENDOR, _BINDINGS, _operation_removed),
    _op("wsdl-header-removed", "a request header is gone", SIBLINI, _headers("input"), _removed),
    _op("wsdl-response-header-removed", "a response header is gone", SIBLINI, _headers("output"), _removed),
    _op(
        "wsdl-action-changed",
        "another soapAction",
        SIBLINI,
        _within("binding", _SOAP_OPERATION),
        lambda n: n.set("soapAction", n.get("soapAction", "") + "2"),
    ),
    _op(
        "wsdl-action-empty",
        "an empty soapAction",
        SIBLINI,
        _within("binding", _SOAP_OPERATION),
        lambda n: n.set("soapAction", ""),
    ),
    _op(
        "wsdl-style-rpc", "style rpc", SIBLINI, _each(f"{SOAP}binding"), _attribute("style", (None, "document"), "rpc")
    ),
    _op(
        "wsdl-transport",
        "another transport",
        SIBLINI,
        _each(f"{SOAP}binding"),
        lambda n: n.set("transport", "http://schemas.xmlsoap.org/soap/smtp"),
    ),
    _op(
        "wsdl-encoded",
        "use encoded",
        SIBLINI,
        _within("binding", f"{SOAP}body"),
        _attribute("use", ("literal",), "encoded"),
    ),
    WsdlOperator("wsdl-namespace", "another namespace", SIBLINI, _root, lambda n: False, rewrite=_other_namespace),
    # --- no change ------------------------------------------------------------------------------------------------
    WsdlOperator(
        "wsdl-same-order",
        "types and elements declared in another order",
        VENDOR,
        _root,
        lambda n: False,
        _SAME,
        rewrite=_reversed,
    ),
    _op(
        "wsdl-same-operations",
        "operations in another order",
        VENDOR,
        lambda w: w.root.iterchildren(f"{WSDL}binding", f"{WSDL}portType"),
        _operations_reversed,
        _SAME,
    ),
    _op("wsdl-same-documentation", "documentation on a type", VENDOR, _schema_types, _documented, _SAME),
    _op(
        "wsdl-same-address",
        "another address",
        VENDOR,
        _each(f"{SOAP}address"),
        lambda n: n.set("location", "https://example.com/x.svc"),
        "the address is the tenant's",
    ),
    _op("wsdl-same-comment", "a comment", VENDOR, _root, lambda n: n.insert(0, etree.Comment(" x ")), _SAME),
)
"""Every operator on WSDLs."""
