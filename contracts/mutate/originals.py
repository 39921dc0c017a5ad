"""The messages that mutants are made of: one envelope with its HTTP head, and what the schema says of each element."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from lxml import etree

from ..generate.building import TYPE, Builder, Place, fixed, serialize
from ..generate.forms import INTEGERS, is_simple, kind
from ..generate.rendering import http_head
from ..generate.sample import Fixed, TooLarge
from ..model import Direction, Element, Headers, Http, Operation, Type, namespace
from ..wsdl.service import Service

XML = b'<?xml version="1.0" encoding="utf-8"?>'


@dataclass(frozen=True, slots=True)
class Node:
    """A typed element of an original. ``index`` counts the elements of the document, ``parent`` is its parent's.

    ``role``: ``operation``, ``parameter`` (its child), ``header`` (a block), or ``member`` (anything inside those).
    ``owner`` is the type whose member it is.
    """

    index: int
    parent: int
    path: str
    element: Element
    type: Type
    owner: Type | None
    role: str
    header: bool

    @property
    def simple(self) -> bool:
        return is_simple(self.type)


@dataclass(frozen=True, eq=False)
class Original:
    """A message that the contract keeps, from which mutants are made."""

    service: Service
    operation: Operation
    direction: Direction
    http: Http
    data: bytes

    @cached_property
    def root(self) -> etree._Element:
        return etree.fromstring(self.data)

    @property
    def label(self) -> str:
        return f"{self.operation.label} {self.direction}"

    def edit(self, change: Callable[[list[Any]], object]) -> bytes:
        """The message after ``change``, which gets a copy's elements in document order, the Envelope first."""
        root = copy.deepcopy(self.root)
        change(list(root.iter(etree.Element)))
        return serialize(root)

    @cached_property
    def soap(self) -> str:
        """The namespace of its Envelope, in braces."""
        return f"{{{namespace(str(self.root.tag))}}}"

    def child(self, name: str) -> int | None:
        """The index of Header or Body."""
        elements = list(self.root.iter(etree.Element))
        node = self.root.find(f"{self.soap}{name}")
        return None if node is None else elements.index(node)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """All elements that the schema declares: header blocks, the operation's element, all in them."""
        index = {node: i for i, node in enumerate(self.root.iter(etree.Element))}
        found: list[Node] = []
        for name, role in (("Header", "header"), ("Body", "operation")):
            holder = self.root.find(f"{self.soap}{name}")
            for block in () if holder is None else holder.iterchildren(tag=etree.Element):
                if (declared := self.service.schema.element(str(block.tag))) is not None:
                    path = f"/Envelope/{name}/{declared.local}"
                    found += self._typed(block, declared, None, role, path, index, name == "Header")
        return tuple(found)

    def _typed(
        self,
        node: etree._Element,
        declared: Element,
        owner: Type | None,
        role: str,
        path: str,
        index: dict[etree._Element, int],
        header: bool,
    ) -> Iterator[Node]:
        schema = self.service.schema
        name = declared.type
        if given := node.get(TYPE):
            prefix, colon, plain = given.rpartition(":")
            space = node.nsmap.get(prefix if colon else None)
            name = f"{{{space}}}{plain}" if space else plain
        found = schema.type(name)
        parent = node.getparent()
        if found is None or parent is None:
            return
        yield Node(index[node], index[parent], path, declared, found, owner, role, header)
        if is_simple(found):
            return
        members = {m.name: m for m in schema.members(found.name)}
        seen: dict[str, int] = {}
        for child in node.iterchildren(tag=etree.Element):
            if (member := members.get(str(child.tag))) is not None:
                seen[member.name] = number = seen.get(member.name, 0) + 1
                below = f"{path}/{member.local}" + (f"[{number}]" if number > 1 else "")
                inner = "parameter" if role == "operation" else "member"
                yield from self._typed(child, member, found, inner, below, index, header)

    def sites(self, wanted: Callable[[Node], bool], key: Callable[[Node], object] | None = None) -> list[Node]:
        """The nodes to try an operator on: the first of those that are alike, parameters before the rest."""
        of = key or (lambda n: (n.owner.name if n.owner else None, n.element.name))
        first: dict[object, Node] = {}
        for node in sorted(filter(wanted, self.nodes), key=lambda n: n.role == "member"):
            first.setdefault(of(node), node)
        return list(first.values())[:_SITES]

    def values(self, family: str | None = None) -> list[Node]:
        """Simple nodes: each parameter, and one of each other type. What is fixed has no other value to take."""

        def fits(node: Node) -> bool:
            if fixed(node.element) is not None or not node.simple or not (node.role != "header" or node.header):
                return False
            return family is None or kind(self.service.schema, node.type.name).family == family

        return self.sites(fits, key=lambda n: (n.element.name if n.role == "parameter" else None, n.type.name))

    def leaf(self) -> Node | None:
        """A simple node with text: one of the body's, where it has any; else a header's."""
        leaves = [n for n in self.nodes if n.simple and (self.element(n).text or "").strip()]
        return next((n for n in leaves if not n.header), leaves[0] if leaves else None)

    def element(self, node: Node) -> etree._Element:
        return list(self.root.iter(etree.Element))[node.index]


_SITES = 10


def with_headers(http: Http, *, drop: Iterable[str] = (), **fields: str) -> Http:
    """The head with fields replaced or added (``SOAP_Action`` is not one: names have - for _), or dropped."""
    new = {k.replace("_", "-").lower(): (k.replace("_", "-"), v) for k, v in fields.items()}
    gone = {d.lower() for d in drop}
    kept = [new.pop(k.lower(), (k, v)) for k, v in http.headers if k.lower() not in gone]
    return replace(http, headers=Headers((*kept, *new.values())))


def head_for(service: Service, operation: Operation, direction: Direction, data: bytes) -> Http:
    """The HTTP head that the contract wants for the message."""
    line, fields = http_head(service, operation, direction, data)
    headers = Headers(tuple(fields))
    if direction == "request":
        return Http(headers, method="POST", target=line.split()[1])
    return Http(headers, status=200, reason="OK")


def raw(http: Http, data: bytes) -> bytes:
    """A raw HTTP message; Content-Length is that of ``data``."""
    if http.status is None:
        line = f"{http.method or 'POST'} {http.target or '/'} HTTP/1.1"
    else:
        line = f"HTTP/1.1 {http.status} {http.reason}".rstrip()
    fields = [(k, v) for k, v in http.headers if k.lower() != "content-length"]
    head = [line, *(f"{k}: {v}" for k, v in fields), f"Content-Length: {len(data)}", "", ""]
    return "\r\n".join(head).encode("latin-1", "replace") + data


class _Rich(Fixed):
    """A full sample with two items in arrays and dictionaries, whose keys differ."""

    def text(self, type_name: str, place: Place) -> str:
        plain = super().text(type_name, place)
        if place.member is None or place.member.local != "Key":
            return plain
        self.keys += 1
        what = kind(self.service.schema, type_name)
        if what.family in INTEGERS:
            return str(self.keys)
        return f"key{self.keys}" if what.family == "string" else plain

    keys = 0


def original(service: Service, operation: Operation, direction: Direction, *, minimal: bool = False) -> Original | None:
    """The message that mutants of an operation are made of: full, or with required parts only.

    None where the WSDL declares no such message.
    """
    if operation.part(direction) is None:
        return None
    root = None
    for depth in (0,) if minimal else (5, 4, 3, 2, 1, 0):
        choices = _Rich(service, "minimal" if minimal else "full", depth, items=2, limit=150 if depth else 40_000)
        try:
            root = Builder(service, choices).envelope(operation, direction)
            break
        except TooLarge:
            continue
    if root is None:
        return None
    etree.indent(root, "  ")
    data = serialize(root)
    return Original(service, operation, direction, head_for(service, operation, direction, data), data)
