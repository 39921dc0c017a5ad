"""The messages that mutants are made of: one envelope with its HTTP head, and what the schema says of each element."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from time import process_time

from lxml import etree

from ..generate.builder import ChoicePoint, fixed_value, serialize
from ..generate.forms import INTEGER_FAMILIES, is_simple, value_space
from ..generate.rendering import make_head
from ..generate.sample import FixedChoices, Form, SampleTooLarge, build_first
from ..model import ContractsError, Direction, Element, Http, Operation, Type, local, namespace
from ..model.names import xsi_type
from ..wsdl.service import Service
from ..xsd.probe import accepts_text
from .drafts import Document, Node

_MOST_ELEMENTS, _MOST_BYTES = 2_000, 200_000
"""Of an original: some hundred mutants of each are made and judged."""
_ENOUGH_ELEMENTS = 150
"""Of a full original: it goes as deep as these reach."""
_MOST_ALIKE = 10
"""Nodes of one message that an operator is tried on: more of them find nothing new, and cost time."""


@dataclass(frozen=True, eq=False)
class Original(Document):
    """A message that the contract keeps, from which mutants are made."""

    service: Service
    operation: Operation
    direction: Direction
    http: Http
    data: bytes

    def serialize(self, root: etree._Element) -> bytes:
        return serialize(root)

    @property
    def label(self) -> str:
        return f"{self.operation.label} {self.direction}"

    @cached_property
    def soap(self) -> str:
        """The namespace of its Envelope, in braces."""
        return f"{{{namespace(str(self.root.tag))}}}"

    def find_part(self, name: str) -> int | None:
        """The index of Header or Body."""
        node = self.root.find(f"{self.soap}{name}")
        return None if node is None else self.indexes[node]

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """All elements that the schema declares: header blocks, the operation's element, all in them."""
        found: list[Node] = []
        for name, role in (("Header", "header"), ("Body", "operation")):
            for block in self.root.iterfind(f"{self.soap}{name}/*"):
                if (declared := self.service.schema.element(str(block.tag))) is not None:
                    found += self._find_nodes(block, declared, None, role, f"/Envelope/{name}/{declared.local}")
        return tuple(found)

    def _find_nodes(
        self, element: etree._Element, declared: Element, owner: Type | None, role: str, path: str
    ) -> Iterator[Node]:
        """The node of an element, and those of all that its type declares in it."""
        schema = self.service.schema
        found = schema.type(xsi_type(element) or declared.type)
        if found is None:
            return
        yield Node(self.indexes[element], path, declared, found, owner, role)
        if is_simple(found):
            return
        members = {m.name: m for m in schema.members(found.name)}
        seen: dict[str, int] = {}
        for child in element.iterchildren(tag=etree.Element):
            if (member := members.get(str(child.tag))) is not None:
                seen[member.name] = number = seen.get(member.name, 0) + 1
                below = f"{path}/{member.local}" + (f"[{number}]" if number > 1 else "")
                inner = "parameter" if role == "operation" else "member"
                yield from self._find_nodes(child, member, found, inner, below)

    def pick_distinct(self, wanted: Callable[[Node], bool], alike: Callable[[Node], object]) -> list[Node]:
        """The nodes to try an operator on: the first of those that are alike, parameters before the rest."""
        first: dict[object, Node] = {}
        for node in sorted(filter(wanted, self.nodes), key=lambda n: n.role == "member"):
            first.setdefault(alike(node), node)
        return list(first.values())[:_MOST_ALIKE]

    @cached_property
    def values(self) -> list[Node]:
        """Simple nodes: each parameter, and one of each other type. What is fixed has no other value to take."""
        return self.pick_distinct(
            lambda n: n.is_simple and fixed_value(n.element) is None,
            lambda n: (n.element.name if n.role == "parameter" else None, n.type.name),
        )

    @property
    def body(self) -> str | None:
        """The element that Body holds, by the contract."""
        message = self.operation.message(self.direction)
        return message.body if message else None

    def find_leaf(self) -> Node | None:
        """A simple node with text: one of the body's, where it has any; else a header's."""
        leaves = [n for n in self.nodes if n.is_simple and (self.elements[n.index].text or "").strip()]
        return next((n for n in leaves if not n.in_header), leaves[0] if leaves else None)


class _NoValue(Exception):
    """Of a simple type no value is known: its facets ask for more than can be made up."""


class _KeysThatDiffer(FixedChoices):
    """The choices of a sample, but for the keys of a dictionary: two pairs with one key would break the contract."""

    last_key = 0

    def pick_text(self, type_name: str, place: ChoicePoint) -> str:
        plain = super().pick_text(type_name, place)
        if not plain and not accepts_text(self.service.schema, type_name, plain):
            raise _NoValue(f"has a {local(type_name)}, of which no value is known")
        if place.member is None or place.member.local != "Key":
            return plain
        self.last_key += 1
        family = value_space(self.service.schema, type_name).family
        if family in INTEGER_FAMILIES:
            return str(self.last_key)
        return f"key{self.last_key}" if family == "string" else plain


def make_original(
    service: Service, operation: Operation, direction: Direction, *, minimal: bool = False
) -> Original | None:
    """The message that mutants of an operation are made of: full, or with required parts only.

    None where the WSDL declares no such message. Raises ContractsError where there is none of a size that can be
    judged a few hundred times.
    """
    if operation.message(direction) is None:
        return None
    form: Form = "minimal" if minimal else "full"
    started = process_time()
    depths = [(0, _MOST_ELEMENTS)]  # what has more than enough at depth 0 already is taken as it is
    if not minimal:
        depths = [*((depth, _ENOUGH_ELEMENTS) for depth in (5, 4, 3, 2, 1)), *depths]
    tries = (_KeysThatDiffer(service, form, depth, items=2, limit=most, started=started) for depth, most in depths)
    try:
        root = build_first(operation, direction, tries)
        etree.indent(root, "  ")
        data = serialize(root)
        if sum(1 for _ in root.iter()) > _MOST_ELEMENTS or len(data) > _MOST_BYTES:
            raise SampleTooLarge(f"has more than {_MOST_ELEMENTS} elements, or {_MOST_BYTES} bytes")
    except (SampleTooLarge, _NoValue) as error:
        raise ContractsError(f"{operation.label} {direction}: not made: a {form} one {error}") from None
    return Original(service, operation, direction, make_head(service, operation, direction, data), data)
