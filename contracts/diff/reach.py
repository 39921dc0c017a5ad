"""Which operations a type is in a message of, through members, arrays, bases, headers and derived types."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from ..model import ANY_TYPE, DIRECTIONS, XSD, Part
from ..wsdl.service import Service
from .declarations import Declarations

MessageId = tuple[str, str]
"""(operation, direction)"""

_Occurrence = tuple[str, bool]
"""A type, and how it is there: something is declared to be of it, or its content is in a value of an heir."""

_NAMED, _HELD = True, False


class Reach:
    """Answers for the types of one service; works out all when first asked."""

    def __init__(self, service: Service, declarations: Declarations) -> None:
        self._service = service
        self._schema = service.schema
        self._declarations = declarations
        self._edges: dict[str, tuple[str | None, tuple[str, ...]]] = {}

    def messages_with(self, name: str, without: frozenset[str] = frozenset()) -> frozenset[MessageId]:
        """The messages in which a value of the type, or of one that inherits from it (but for these), can be."""
        return self._upwards((name, _HELD), without)

    def messages_declaring(self, name: str) -> frozenset[MessageId]:
        """The messages in which an element is declared to be of the type: there its derived types can stand too."""
        return self._upwards((name, _NAMED))

    def _upwards(self, start: _Occurrence, without: frozenset[str] = frozenset()) -> frozenset[MessageId]:
        """From a type up to the messages: whoever holds it, inherits it, or may have it in the place of its base."""
        found, seen, todo = set[MessageId](), {start}, [start]
        holders, heirs = self._above
        while todo:
            name, occurrence = todo.pop()
            above: list[_Occurrence] = []
            if occurrence == _HELD:
                above = [(name, _NAMED), *((heir, _HELD) for heir in heirs.get(name, ()) if heir not in without)]
            else:
                found.update(self._roots.get(name, ()))
                above = [(holder, _HELD) for holder in holders.get(name, ())]
                base = self._inside(name)[0]
                if base is not None and base != ANY_TYPE and self._is_complex(name):
                    above.append((base, _NAMED))
            new = [one for one in above if one not in seen]
            seen.update(new)
            todo += new
        return frozenset(found)

    @cached_property
    def _above(self) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        """Which types hold something of a type, and which inherit from it; of all that can be in a message."""
        holders, heirs = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
        todo, seen = [*self._roots, *self._schema.type_names()], set[str]()
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            base, inside = self._inside(name)
            for held in inside:
                holders[held].append(name)
            if base is not None:
                heirs[base].append(name)
            todo += inside if base is None else (*inside, base)
        return holders, heirs

    @cached_property
    def _roots(self) -> dict[str, list[MessageId]]:
        """Types that messages are declared to be of: their elements', their headers', their faults', their parts'."""
        table = defaultdict[str, list[MessageId]](list)
        for operation in self._service.operations.values():
            faults = [element for _, element in operation.faults]
            for direction, beside in zip(DIRECTIONS, ([], faults), strict=True):
                for name in self._types_of(operation.part(direction), beside):
                    table[name].append((operation.name, direction))
        return table

    def _types_of(self, part: Part | None, elements: list[str]) -> Iterator[str]:
        if part is not None:
            yield from (p.type for p in part.parts if p.type)
            held = (p.name for p in part.parts if not p.type)
            elements = [*elements, *part.headers, *held, *([part.body] if part.body else ())]
        for name in elements:
            if (found := self._schema.element(name)) and found.type:
                yield found.type

    def is_named(self, name: str) -> bool:
        """Whether anything (an element, a member) is declared to be of the type."""
        return name in self._named[0] or name in self._named[1]

    def is_inner(self, name: str) -> bool:
        """Whether something in a type is declared to be of the type."""
        return name in self._named[1]

    def _inside(self, name: str) -> tuple[str | None, tuple[str, ...]]:
        """The type's base, and the types of what it holds itself."""
        if (known := self._edges.get(name)) is not None:
            return known
        known = self._declarations.references(name)
        if known is None:
            found = self._schema.type(name)
            inside = [m.type for m in found.members] + [a.type.rstrip("[]") for a in found.attributes] if found else []
            known = (found.base if found else None), (*inside, *([found.item] if found and found.item else ()))
        self._edges[name] = known
        return known

    def _is_complex(self, name: str) -> bool:
        node = self._schema.declarations.types.get(name)
        return node is not None and node.tag == f"{{{XSD}}}complexType"

    @cached_property
    def _named(self) -> tuple[set[str], set[str]]:
        """The types of global elements, and those of what types hold."""
        outer = {found.type for name in self._schema.element_names() if (found := self._schema.element(name))}
        inner = {held for name in (*outer, *self._schema.type_names()) for held in self._inside(name)[1]}
        return outer, inner
