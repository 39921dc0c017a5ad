"""One recorded envelope -> the facts that a change can meet, by the paths that changes have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from lxml import etree

from ..model import Direction, Element, Operation, Type, is_anonymous, is_nil, local, xsi_type
from ..wsdl.service import Service


class DeclaredMessage(NamedTuple):
    """One direction of an operation."""

    service: Service
    operation: Operation
    direction: Direction


@dataclass(frozen=True, slots=True)
class Fact:
    """What a message has, lacks, has as nil, or names in xsi:type; ``path`` is a place as a change names it."""

    kind: Literal["present", "absent", "nil", "named"]
    path: str


def read_facts(declared: DeclaredMessage, root: etree._Element) -> Iterator[Fact]:
    """The facts of the headers and of the body's element, along the types that the contract gives them.

    What the contract does not know is skipped.
    """
    reader = _FactReader(declared.service)
    wsdl_message = declared.operation.message(declared.direction)
    at = f"{declared.operation.label}/{declared.direction}"
    headers = {local(name): name for name in wsdl_message.headers} if wsdl_message else {}
    for block in root.iterchildren(tag=etree.Element):
        for node in block.iterchildren(tag=etree.Element) if wsdl_message else ():
            if local(block.tag) == "Body" and wsdl_message and wsdl_message.body:
                yield from reader.read_body(node, wsdl_message.body, at)
            elif local(block.tag) == "Body" and wsdl_message:
                yield from reader.read_children(node, {p.local: (p, f"{at}/") for p in wsdl_message.parts})
            elif local(node.tag) in headers:
                yield from reader.read_header(node, headers[local(node.tag)], at)
            elif local(block.tag) in headers:  # a documented page has them beside the Body
                yield from reader.read_header(block, headers[local(block.tag)], at)


class _FactReader:
    def __init__(self, service: Service) -> None:
        self._schema = service.schema

    def read_header(self, node: etree._Element, name: str, at: str) -> Iterator[Fact]:
        element = self._schema.element(name)
        return self._read_element(node, f"{at}/header/{local(name)}", element.type if element else "")

    def read_body(self, node: etree._Element, name: str, at: str) -> Iterator[Fact]:
        yield Fact("present", at)
        element = self._schema.element(name)
        if element is None or local(node.tag) != element.local:
            return
        found = self._schema.type(element.type)
        if found is not None and found.kind == "complex":
            members = self._schema.members(element.type)
            yield from self.read_children(node, {m.local: (m, f"{at}/") for m in members})
        if not is_anonymous(element.type):  # a type with a name: what changes in it may be told by its name
            yield from self._read_value(node, element.type, local(element.type))

    def read_children(self, node: etree._Element, members: dict[str, tuple[Element, str]]) -> Iterator[Fact]:
        """``members``: by local name, each with what its path begins with."""
        seen = set[str]()
        for child in node.iterchildren(tag=etree.Element):
            name = local(child.tag)
            if name in members:
                seen.add(name)
                member, prefix = members[name]
                yield from self._read_element(child, prefix + name, member.type)
        yield from (Fact("absent", prefix + name) for name, (_, prefix) in members.items() if name not in seen)

    def _read_element(self, node: etree._Element, path: str, type_name: str) -> Iterator[Fact]:
        yield Fact("present", path)
        if is_nil(node):
            yield Fact("nil", path)
            return
        given = xsi_type(node)
        if given is not None and self._schema.type(given) is not None:
            type_name = given
            yield Fact("named", local(given))
        yield from self._read_value(node, type_name, path if is_anonymous(type_name) else local(type_name))

    def _read_value(self, node: etree._Element, type_name: str, path: str) -> Iterator[Fact]:
        found = self._schema.type(type_name)
        if found is None:
            return
        if found.kind != "complex":
            yield from self._read_text(node.text or "", found, path)
            return
        members: dict[str, tuple[Element, str]] = {}
        for base in self._schema.lineage(type_name):
            owner = path if base.name == type_name else local(base.name)
            yield Fact("present", owner)
            members |= {m.local: (m, f"{owner}.") for m in base.members}
            given = (a.name for a in base.attributes if node.get(a.name) is not None)
            yield from (Fact("present", f"{owner}.@{local(name)}") for name in given)
        yield from self.read_children(node, members)

    def _read_text(self, text: str, found: Type, path: str) -> Iterator[Fact]:
        yield Fact("present", path)
        for value in text.split() if found.kind == "list" else (text.strip(),):
            yield Fact("present", f"{path}.{value}")
        inner = found.item if found.kind == "list" else found.base
        if inner and not is_anonymous(inner) and (named := self._schema.type(inner)) is not None:
            yield from self._read_text(text, named, local(inner))
