"""One recorded envelope -> the facts that a change can meet, by the paths that changes have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from ..model import Direction, Element, Operation, Type, is_anonymous, local
from ..wsdl.service import Service
from ..xsd.schema import XSI

_NIL = f"{{{XSI}}}nil"
_TYPE = f"{{{XSI}}}type"


@dataclass(frozen=True, slots=True)
class Fact:
    """``kind`` is ``has``, ``lacks`` or ``nil``; ``path`` is a place as a change names it."""

    kind: str
    path: str


class Walk:
    """Walks an envelope along the types that the contract gives its elements; skips what it does not know."""

    def __init__(self, service: Service, operation: Operation, direction: Direction) -> None:
        self._schema = service.schema
        self._part = operation.part(direction)
        self._at = f"{operation.label}/{direction}"

    def envelope(self, root: etree._Element) -> Iterator[Fact]:
        """The facts of the headers and of the body's element."""
        if self._part is None:
            return
        headers = {local(name): name for name in self._part.headers}
        for block in root.iterchildren(tag=etree.Element):
            for node in block.iterchildren(tag=etree.Element):
                name = local(node.tag)
                if local(block.tag) == "Body" and self._part.body:
                    yield from self._message(node, self._part.body)
                elif local(block.tag) == "Body":
                    yield from self._children(node, {p.local: (p, self._at + "/") for p in self._part.parts})
                elif name in headers or local(block.tag) in headers:  # a documented page has them beside the Body
                    yield from self._header(node if name in headers else block, headers)

    def _header(self, node: etree._Element, headers: dict[str, str]) -> Iterator[Fact]:
        name = headers[local(node.tag)]
        path = f"{self._at}/header/{local(name)}"
        element = self._schema.element(name)
        yield from self._element(node, path, element.type if element else "")

    def _message(self, node: etree._Element, name: str) -> Iterator[Fact]:
        yield Fact("has", self._at)
        element = self._schema.element(name)
        if element is None or local(node.tag) != element.local:
            return
        found = self._schema.type(element.type)
        if found is not None and found.kind == "complex":
            members = self._schema.members(element.type)
            yield from self._children(node, {m.local: (m, self._at + "/") for m in members})
        if not is_anonymous(element.type):  # a type with a name: what changes in it may be told by its name
            yield from self._value(node, element.type, local(element.type))

    def _children(self, node: etree._Element, members: dict[str, tuple[Element, str]]) -> Iterator[Fact]:
        seen = set[str]()
        for child in node.iterchildren(tag=etree.Element):
            name = local(child.tag)
            if name in members:
                seen.add(name)
                member, prefix = members[name]
                yield from self._element(child, prefix + name, member.type)
        for name, (_, prefix) in members.items():
            if name not in seen:
                yield Fact("lacks", prefix + name)

    def _element(self, node: etree._Element, path: str, type_name: str) -> Iterator[Fact]:
        yield Fact("has", path)
        if node.get(_NIL, "").strip() in ("true", "1"):
            yield Fact("nil", path)
            return
        if said := node.get(_TYPE):
            prefix, _, name = said.strip().rpartition(":")
            given = f"{{{node.nsmap.get(prefix or None)}}}{name}"
            type_name = given if self._schema.type(given) is not None else type_name
        yield from self._value(node, type_name, path if is_anonymous(type_name) else local(type_name))

    def _value(self, node: etree._Element, type_name: str, path: str) -> Iterator[Fact]:
        found = self._schema.type(type_name)
        if found is None:
            return
        if found.kind == "complex":
            members: dict[str, tuple[Element, str]] = {}
            for kind in self._schema.lineage(type_name):
                owner = path if kind.name == type_name else local(kind.name)
                yield Fact("has", owner)
                members |= {m.local: (m, f"{owner}.") for m in kind.members}
                for attribute in kind.attributes:
                    if node.get(attribute.name) is not None:
                        yield Fact("has", f"{owner}.@{local(attribute.name)}")
            yield from self._children(node, members)
        else:
            yield from self._simple(node.text or "", found, path)

    def _simple(self, text: str, found: Type, path: str) -> Iterator[Fact]:
        yield Fact("has", path)
        for value in text.split() if found.kind == "list" else (text.strip(),):
            yield Fact("has", f"{path}.{value}")
        inner = found.item if found.kind == "list" else found.base
        if inner and not is_anonymous(inner) and (named := self._schema.type(inner)) is not None:
            yield from self._simple(text, named, local(inner))
