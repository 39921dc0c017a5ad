"""The messages that mutants are made of: one envelope with its HTTP head, and what the schema says of each element."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from time import process_time

from lxml import etree

from ..generate.builder import MessageBuilder, Place, fixed_value, serialize
from ..generate.forms import INTEGER_FAMILIES, is_simple, value_space
from ..generate.rendering import http_head
from ..generate.sample import FixedChoices, Form, SampleTooLarge
from ..model import ContractsError, Direction, Element, Headers, Http, Operation, Type, namespace
from ..model.names import xsi_type
from ..wsdl.service import Service
from .drafts import Document, Node

_MOST_ELEMENTS, _MOST_BYTES = 2_000, 200_000
"""Of an original: some hundred mutants of each are made and judged."""
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

    def child(self, name: str) -> int | None:
        """The index of Header or Body."""
        node = self.root.find(f"{self.soap}{name}")
        return None if node is None else self.elements.index(node)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """All elements that the schema declares: header blocks, the operation's element, all in them."""
        index = {element: i for i, element in enumerate(self.elements)}
        found: list[Node] = []
        for name, role in (("Header", "header"), ("Body", "operation")):
            holder = self.root.find(f"{self.soap}{name}")
            for block in () if holder is None else holder.iterchildren(tag=etree.Element):
                if (declared := self.service.schema.element(str(block.tag))) is not None:
                    found += self._typed(block, declared, None, role, f"/Envelope/{name}/{declared.local}", index)
        return tuple(found)

    def _typed(
        self,
        element: etree._Element,
        declared: Element,
        owner: Type | None,
        role: str,
        path: str,
        index: dict[etree._Element, int],
    ) -> Iterator[Node]:
        """The node of an element, and those of all that its type declares in it."""
        schema = self.service.schema
        found = schema.type(xsi_type(element) or declared.type)
        if found is None:
            return
        simple = is_simple(found)
        yield Node(index[element], path, declared, found, owner, role, path.startswith("/Envelope/Header/"), simple)
        if simple:
            return
        members = {m.name: m for m in schema.members(found.name)}
        seen: dict[str, int] = {}
        for child in element.iterchildren(tag=etree.Element):
            if (member := members.get(str(child.tag))) is not None:
                seen[member.name] = number = seen.get(member.name, 0) + 1
                below = f"{path}/{member.local}" + (f"[{number}]" if number > 1 else "")
                inner = "parameter" if role == "operation" else "member"
                yield from self._typed(child, member, found, inner, below, index)

    def distinct(self, wanted: Callable[[Node], bool], alike: Callable[[Node], object]) -> list[Node]:
        """The nodes to try an operator on: the first of those that are alike, parameters before the rest."""
        first: dict[object, Node] = {}
        for node in sorted(filter(wanted, self.nodes), key=lambda n: n.role == "member"):
            first.setdefault(alike(node), node)
        return list(first.values())[:_MOST_ALIKE]

    @cached_property
    def values(self) -> list[Node]:
        """Simple nodes: each parameter, and one of each other type. What is fixed has no other value to take."""
        return self.distinct(
            lambda n: n.simple and fixed_value(n.element) is None,
            lambda n: (n.element.name if n.role == "parameter" else None, n.type.name),
        )

    @property
    def body(self) -> str | None:
        """The element that Body holds, by the contract."""
        part = self.operation.part(self.direction)
        return part.body if part else None

    def leaf(self) -> Node | None:
        """A simple node with text: one of the body's, where it has any; else a header's."""
        leaves = [n for n in self.nodes if n.simple and (self.elements[n.index].text or "").strip()]
        return next((n for n in leaves if not n.header), leaves[0] if leaves else None)


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


class _KeysThatDiffer(FixedChoices):
    """The choices of a full sample: dictionaries have two pairs, so their keys may not be the same."""

    last_key = 0

    def pick_text(self, type_name: str, place: Place) -> str:
        plain = super().pick_text(type_name, place)
        if place.member is None or place.member.local != "Key":
            return plain
        self.last_key += 1
        family = value_space(self.service.schema, type_name).family
        if family in INTEGER_FAMILIES:
            return str(self.last_key)
        return f"key{self.last_key}" if family == "string" else plain


def original(service: Service, operation: Operation, direction: Direction, *, minimal: bool = False) -> Original | None:
    """The message that mutants of an operation are made of: full, or with required parts only.

    None where the WSDL declares no such message. Raises ContractsError where there is none of a size that can be
    judged a few hundred times.
    """
    if operation.part(direction) is None:
        return None
    started, problem = process_time(), ""
    form: Form = "minimal" if minimal else "full"
    # As deep as 150 elements reach; what is larger at depth 0 already is taken as it is.
    for depth in (0,) if minimal else (5, 4, 3, 2, 1, 0):
        limit = 150 if depth else _MOST_ELEMENTS
        choices = _KeysThatDiffer(service, form, depth, items=2, limit=limit, started=started)
        try:
            root = MessageBuilder(service, choices).build_envelope(operation, direction)
        except SampleTooLarge as error:
            problem = str(error)
            continue
        except ValueError:  # lxml's: a name, in a schema that was not compiled yet, that no element can have
            _ = service.schema.validator
            raise
        etree.indent(root, "  ")
        data = serialize(root)
        if sum(1 for _ in root.iter()) <= _MOST_ELEMENTS and len(data) <= _MOST_BYTES:
            return Original(service, operation, direction, head_for(service, operation, direction, data), data)
        problem = f"has more than {_MOST_ELEMENTS} elements, or {_MOST_BYTES} bytes"
    raise ContractsError(f"{operation.label} {direction}: not made: a {form} one {problem}")
