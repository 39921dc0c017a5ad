"""Which operations a type is in a message of, through members, arrays, bases, headers and derived types."""

from __future__ import annotations

from functools import cached_property

from ..model import Direction, Part, Service
from ..sources.schema import ANY

DIRECTIONS: tuple[Direction, ...] = ("request", "response")

Place = tuple[str, str]
"""(operation, direction)"""


class Reach:
    """Answers for the types of one service; works out all when first asked."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._schema = service.schema

    def places(self, name: str) -> frozenset[Place]:
        """The messages in which a value of the type, or of one that inherits from it, can be."""
        return frozenset(self._content.get(name, ()))

    def declared(self, name: str) -> frozenset[Place]:
        """The messages in which an element is declared to be of the type: there its derived types can stand too."""
        return frozenset(self._declared.get(name, ()))

    def is_named(self, name: str) -> bool:
        """Whether anything (an element, a member) is declared to be of the type."""
        return name in self._named[0] or name in self._named[1]

    def is_inner(self, name: str) -> bool:
        """Whether something in a type is declared to be of the type."""
        return name in self._named[1]

    @cached_property
    def _content(self) -> dict[str, set[Place]]:
        return self._closures[0]

    @cached_property
    def _declared(self) -> dict[str, set[Place]]:
        return self._closures[1]

    @cached_property
    def _closures(self) -> tuple[dict[str, set[Place]], dict[str, set[Place]]]:
        content: dict[str, set[Place]] = {}
        declared: dict[str, set[Place]] = {}
        for operation in self._service.operations.values():
            for direction in DIRECTIONS:
                part = operation.part(direction)
                if part is None:
                    continue
                held, named = self._closure(self._roots(part))
                place = (operation.name, direction)
                for names, table in ((held, content), (named, declared)):
                    for name in names:
                        table.setdefault(name, set()).add(place)
        return content, declared

    def _roots(self, part: Part) -> list[str]:
        elements = [*part.headers, *(p.name for p in part.parts if not p.type), *((part.body,) if part.body else ())]
        found = [e.type for name in elements if (e := self._schema.element(name))]
        return found + [p.type for p in part.parts if p.type]

    def _closure(self, todo: list[str]) -> tuple[set[str], set[str]]:
        """Types whose content a message can hold, and types that something in it is declared to be of."""
        held, named = set[str](), set[str]()
        while todo:
            name = todo.pop()
            if name in named:
                continue
            named.add(name)
            todo += self.subtypes.get(name, ())
            at: str | None = name
            while at and at not in held:
                held.add(at)
                at, inside = self._inside(at)
                todo += inside
        return held, named

    def _inside(self, name: str) -> tuple[str | None, tuple[str, ...]]:
        """The type's base, and the types of what it holds itself."""
        known = self._edges.get(name)
        if known is None:
            found = self._schema.type(name)
            if found is None:
                known = (None, ())
            else:
                inside = [m.type for m in found.members] + [kind.rstrip("[]") for _, kind, _ in found.attributes]
                known = (found.base, (*inside, *((found.item,) if found.item else ())))
            self._edges[name] = known
        return known

    @cached_property
    def _edges(self) -> dict[str, tuple[str | None, tuple[str, ...]]]:
        return {}

    @cached_property
    def subtypes(self) -> dict[str, list[str]]:
        """The complex types that derive from a type directly."""
        table: dict[str, list[str]] = {}
        for name in self._schema.type_names():
            found = self._schema.type(name)
            if found is not None and found.base and found.kind == "complex" and found.base != ANY:
                table.setdefault(found.base, []).append(name)
        return table

    @cached_property
    def _named(self) -> tuple[set[str], set[str]]:
        """The types of global elements, and those of what types hold."""
        outer, inner = set[str](), set[str]()
        for name in self._schema.element_names():
            element = self._schema.element(name)
            if element is not None:
                outer.add(element.type)
        for name in (*outer, *self._schema.type_names()):
            inner.update(self._inside(name)[1])
        return outer, inner
