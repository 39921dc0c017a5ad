"""Where in the messages of a contract a simple value stands, and a message with any markup in that place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from lxml import etree

from contracts import Operation, Service
from contracts.generate.builder import serialize
from contracts.generate.forms import example_text, is_simple
from contracts.generate.sample import sample_tree
from contracts.model import Direction, Element, local

XSI = "http://www.w3.org/2001/XMLSchema-instance"
DIRECTIONS: tuple[Direction, ...] = ("request", "response")
_MARK = b"VALUE-OF-THE-SPOT"


@dataclass(frozen=True, eq=False)
class Spot:
    """A parameter, or a member of a type, with a simple value: ``elements`` lead to it from the operation's element.

    ``first``: no spot of the service before it has a value of its type.
    """

    service: Service
    operation: Operation
    direction: Direction
    elements: tuple[Element, ...]
    first: bool = True

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """How Hypothesis shows it in a falsifying example."""
        printer.text(f"<{self.label} {self.path}>")

    @property
    def element(self) -> Element:
        return self.elements[-1]

    @property
    def is_key(self) -> bool:
        """Whether it is the key in a pair of a dictionary."""
        holder = self.service.schema.type(self.elements[-3].type) if len(self.elements) > 2 else None
        return holder is not None and holder.dictionary and self.element.local.lower() == "key"

    @property
    def label(self) -> str:
        """``Services85/Batch.StopBatchJob``, for the judge."""
        return f"{self.service.version}/{self.operation.label}"

    @property
    def path(self) -> str:
        """Where a finding about the value is laid."""
        message = self.operation.message(self.direction)
        assert message is not None and message.body is not None
        return "/".join(["/Envelope/Body", local(message.body), *(e.local for e in self.elements)])

    def message(self, markup: str, attributes: str = "") -> bytes:
        """The smallest message that has the spot, with ``markup`` (escaped already) as its content."""
        head, tail = self._around
        return head[:-1] + attributes.encode() + b">" + markup.encode() + tail

    @cached_property
    def _around(self) -> tuple[bytes, bytes]:
        root = sample_tree(self.service, self.operation, self.direction, "minimal")
        body = next(node for node in root if local(str(node.tag)) == "Body")
        node = body[0]
        declared = self.service.schema.element(str(node.tag))
        assert declared is not None
        for element in self.elements:
            node = self._descend(node, declared, element)
            declared = element
        node.text = _MARK.decode()
        head, tail = serialize(root).split(_MARK)
        return head, tail

    def _descend(self, node: etree._Element, owner: Element, wanted: Element) -> etree._Element:
        """The child that is wanted: made in its place, with the members that have to stand beside it."""
        order = self.service.schema.members(owner.type)
        for member in order:
            if member != wanted and not member.min_occurs:
                continue
            if node.find(member.name) is None:
                self._insert(node, [m.name for m in order], member)
        found = node.find(wanted.name)
        assert found is not None
        return found

    def _insert(self, node: etree._Element, order: list[str], member: Element) -> None:
        made = etree.Element(member.name)
        kind = self.service.schema.type(member.type)
        if kind is not None and is_simple(kind):
            made.text = example_text(self.service.schema, member.type)
        at = sum(1 for child in node if order.index(str(child.tag)) < order.index(member.name))
        node.insert(at, made)


@cache
def spots_of(service: Service) -> dict[str, tuple[Spot, ...]]:
    """Every spot of every operation, by its name. A member of a type is there once a direction, however many
    operations have it: the first one does for all."""
    found: dict[str, tuple[Spot, ...]] = {}
    seen: set[tuple[Direction, str, str]] = set()
    types: set[str] = set()
    for name, operation in service.operations.items():
        found[name] = tuple(
            spot for direction in DIRECTIONS for spot in _walk(service, operation, direction, seen, types)
        )
    return found


def _walk(
    service: Service, operation: Operation, direction: Direction, seen: set[tuple[Direction, str, str]], types: set[str]
) -> Iterator[Spot]:
    message = operation.message(direction)
    root = service.schema.element(message.body) if message is not None and message.body else None
    todo: list[tuple[str, tuple[Element, ...]]] = [(root.type, ())] if root else []
    while todo:
        owner, above = todo.pop(0)
        found = service.schema.type(owner)
        if found is None or found.content != "sequence" or found.abstract:
            continue
        for member in service.schema.members(owner):
            if (direction, owner, member.name) in seen:
                continue
            seen.add((direction, owner, member.name))
            elements = (*above, member)
            if member.preset is not None:
                continue  # an empty element has that value too
            if is_simple(service.schema.type(member.type)):
                yield Spot(service, operation, direction, elements, member.type not in types)
                types.add(member.type)
            else:
                todo.append((member.type, elements))


def parameter(service: Service, operation: Operation, element: Element) -> Spot:
    """The spot of a parameter of a request."""
    return Spot(service, operation, "request", (element,))
