"""Which operations a type is in a message of, through members, arrays, bases, headers and derived types."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from lxml import etree

from ..model import DIRECTIONS, WSDL, XSD, is_anonymous, local
from ..wsdl.service import Service

MessageId = tuple[str, str]
"""(operation, direction)"""

_Place = tuple[str, str]
"""Where a type can be: in a global ``element``; where something is declared to be ``of`` a type; or ``in`` the content
of a type, or of an heir that holds it too. With the Clark name."""

_XS = f"{{{XSD}}}"
_TYPES: dict[object, tuple[str, ...]] = {
    f"{_XS}element": ("type",),
    f"{_XS}attribute": ("type", f"{{{WSDL}}}arrayType"),
    f"{_XS}list": ("itemType",),
    f"{_XS}union": ("memberTypes",),
}
"""The attributes that name types, one or several."""
_DERIVED = (f"{_XS}extension", f"{_XS}restriction")
_GROUPS = (f"{_XS}group", f"{_XS}attributeGroup", f"{_XS}attribute")


class Reach:
    """Answers for the types of one service; works out all when first asked."""

    def __init__(self, service: Service, users: Callable[[str], Iterable[str]]) -> None:
        """``users``: operations (of other services, too) that may have what has a local name in a message."""
        self._service = service
        self._schema = service.schema
        self._users = users
        self._held: dict[str, list[tuple[MessageId, set[_Place]]]] = {}

    def messages_with(self, name: str, without: frozenset[str] = frozenset()) -> frozenset[MessageId]:
        """The messages in which a value of the type, or of one that inherits from it (but for these), can be."""
        return self._upwards(("in", name), without)

    def messages_declaring(self, name: str) -> frozenset[MessageId]:
        """The messages in which an element is declared to be of the type: there its derived types can stand too."""
        return self._upwards(("of", name))

    def is_named(self, name: str) -> bool:
        """Whether anything (an element, a member) is declared to be of the type."""
        return name in self._elements or self.is_inner(name)

    def is_inner(self, name: str) -> bool:
        """Whether something in a type is declared to be of the type, itself or by reference to an element."""
        elements = [name.replace("}#", "}", 1)] if is_anonymous(name) else self._elements.get(name, [])
        return ("of", name) in self._holders or any(("element", element) in self._holders for element in elements)

    def _upwards(self, start: _Place, without: frozenset[str] = frozenset()) -> frozenset[MessageId]:
        """From a type up to the messages: whoever holds it, inherits it, or may have it in the place of its base."""
        found, seen, todo = set[MessageId](), {start}, [start]
        while todo:
            kind, name = place = todo.pop()
            above = list(self._holders.get(place, ()))
            if kind == "in":
                above = [("of", name), *(heir for heir in above if heir[1] not in without)]
            else:
                found.update(self._messages_with(place))
            if kind == "of":
                above += [("element", element) for element in self._elements.get(name, ())]
                declared = self._schema.type(name)
                if declared is not None and declared.kind == "complex" and declared.base:
                    above.append(("of", declared.base))
            new = [one for one in above if one not in seen]
            seen.update(new)
            todo += new
        return frozenset(found)

    # --- schemas ------------------------------------------------------------------------------------------------

    @cached_property
    def _elements(self) -> dict[str, list[str]]:
        """The global elements of each type that has a name."""
        found: dict[str, list[str]] = {}
        for name, node in self._schema.declarations.elements.items():
            if said := node.get("type"):
                found.setdefault(self._schema.declarations.resolve(node, said), []).append(name)
        return found

    @cached_property
    def _holders(self) -> dict[_Place, list[_Place]]:
        """What holds whatever is at a place; of the content of a type, its heirs too."""
        found = defaultdict[_Place, list[_Place]](list)
        for name, node in self._schema.declarations.types.items():
            for held in self._inside(node):
                found[held].append(("in", name))
        for name, node in self._schema.declarations.elements.items():
            for held in self._inside(node):
                found[held].append(("element", name))
        return dict(found)

    def _inside(self, declaration: etree._Element, entered: tuple[etree._Element, ...] = ()) -> Iterator[_Place]:
        """What a type, an element or a group refers to; ``entered`` are the groups it is in, as one may hold itself."""
        declarations = self._schema.declarations
        for node in declaration.iterdescendants():
            tag, reference = node.tag, node.get("ref")
            for attribute in _TYPES.get(tag, ()):
                if said := node.get(attribute):
                    yield from (("of", declarations.resolve(node, name.rstrip("[]"))) for name in said.split())
            if tag in _DERIVED:
                yield "in", declarations.resolve(node, node.get("base", ""))
            elif reference is not None and tag == f"{_XS}element":
                yield "element", declarations.resolve(node, reference)
            elif reference is not None and tag in _GROUPS:
                shared = declarations.follow(node)
                if shared is not None and shared not in entered:
                    yield from self._inside(shared, (*entered, shared))

    # --- operations ---------------------------------------------------------------------------------------------

    def _messages_with(self, place: _Place) -> Iterator[MessageId]:
        """The messages that hold an element, or a part of a type."""
        for operation in filter(self._service.operations.__contains__, self._users(local(place[1]))):
            for message, held in self._held_by(operation):
                if place in held:
                    yield message

    def _held_by(self, name: str) -> list[tuple[MessageId, set[_Place]]]:
        """What the messages of an operation hold: elements of bodies, headers and faults, and parts of a type."""
        if name not in self._held:
            operation = self._service.operations[name]
            self._held[name] = found = []
            for direction in DIRECTIONS:
                part = operation.part(direction)
                elements = [element for _, element in operation.faults] if direction == "response" else []
                typed: list[str] = []
                if part is not None:
                    elements += [*part.headers, *filter(None, [part.body]), *(p.name for p in part.parts if not p.type)]
                    typed = [p.type for p in part.parts if p.type]
                held: set[_Place] = {*(("element", e) for e in elements), *(("of", t) for t in typed)}
                found.append(((name, direction), held))
        return self._held[name]
