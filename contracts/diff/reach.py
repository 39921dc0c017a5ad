"""Which operations a type is in a message of, through members, arrays, bases, headers and derived types."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from ..model import DIRECTIONS, WSDL, XSD, is_anonymous, local
from ..wsdl.service import Service

MessageId = tuple[str, str]
"""(operation, direction)"""

_Place = tuple[str, str]
"""What can hold something, with its Clark name: what is declared globally (``element``, ``group`` …), whatever is
declared to be ``of`` a type, the content ``in`` a type and in its heirs."""

_XS = f"{{{XSD}}}"
_DECLARED = {
    f"{_XS}element": "element",
    f"{_XS}complexType": "in",
    f"{_XS}simpleType": "in",
    f"{_XS}group": "group",
    f"{_XS}attributeGroup": "attributeGroup",
    f"{_XS}attribute": "attribute",
}
_REFERRING = {
    f"{_XS}element": {"type": "of", "ref": "element"},
    f"{_XS}attribute": {"type": "of", "ref": "attribute", f"{{{WSDL}}}arrayType": "of"},
    f"{_XS}list": {"itemType": "of"},
    f"{_XS}union": {"memberTypes": "of"},
    f"{_XS}extension": {"base": "in"},
    f"{_XS}restriction": {"base": "in"},
    f"{_XS}group": {"ref": "group"},
    f"{_XS}attributeGroup": {"ref": "attributeGroup"},
}
"""Which attributes refer to what."""


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
        return self._find_messages(("in", name), without)

    def messages_declaring(self, name: str) -> frozenset[MessageId]:
        """The messages in which an element is declared to be of the type: there its derived types can stand too."""
        return self._find_messages(("of", name))

    def is_named(self, name: str) -> bool:
        """Whether anything (an element, a member) is declared to be of the type."""
        return ("of", name) in self._holders

    def is_inner(self, name: str) -> bool:
        """Whether something in a type is declared to be of the type, itself or by reference to an element."""
        if is_anonymous(name):
            return ("element", name.replace("}#", "}", 1)) in self._holders
        elements = self._schema.declarations.elements
        return any(
            kind != "element" or elements[holder].get("type") is None or (kind, holder) in self._holders
            for kind, holder in self._holders.get(("of", name), ())
        )

    def _find_messages(self, start: _Place, without: frozenset[str] = frozenset()) -> frozenset[MessageId]:
        """From a type up to the messages: whoever holds it, inherits it, or may have it in the place of its base."""
        found, seen, todo = set[MessageId](), {start}, [start]
        while todo:
            kind, name = place = todo.pop()
            above = self._holders.get(place, [])
            if kind == "in":
                above = [("of", name), *(heir for heir in above if heir[0] != "in" or heir[1] not in without)]
            else:
                found.update(self._messages_with(place))
            if kind == "of":
                declared = self._schema.type(name)
                if declared is not None and declared.kind == "complex" and declared.base:
                    above = [*above, ("of", declared.base)]
            new = [one for one in above if one not in seen]
            seen.update(new)
            todo += new
        return frozenset(found)

    @cached_property
    def _holders(self) -> dict[_Place, list[_Place]]:
        """What holds whatever is at a place; of the content of a type, its heirs too."""
        found = defaultdict[_Place, list[_Place]](list)
        resolve = self._schema.declarations.resolve
        for schema in self._schema.roots:
            target = schema.get("targetNamespace")
            prefix = f"{{{target}}}" if target else ""
            children, owner = set(schema), ("", "")
            for node in schema.iter(*_DECLARED, *_REFERRING):
                tag = str(node.tag)
                if node in children:
                    owner = _DECLARED.get(tag, ""), prefix + node.get("name", "")
                for attribute, kind in _REFERRING.get(tag, {}).items():
                    if said := node.get(attribute):
                        for mentioned in said.split():
                            found[kind, resolve(node, mentioned.rstrip("[]"), schema)].append(owner)
        return dict(found)

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
                message = operation.message(direction)
                elements = [element for _, element in operation.faults] if direction == "response" else []
                typed: list[str] = []
                if message is not None:
                    elements += [
                        *message.headers,
                        *filter(None, [message.body]),
                        *(p.name for p in message.parts if not p.type),
                    ]
                    typed = [p.type for p in message.parts if p.type]
                held: set[_Place] = {*(("element", e) for e in elements), *(("of", t) for t in typed)}
                found.append(((name, direction), held))
        return self._held[name]
