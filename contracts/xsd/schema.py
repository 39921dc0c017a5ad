"""A WSDL's types: facts read when first asked for, and the compiled libxml2 schema.

Nothing is read or compiled before it is needed: of a version's sixty agents a message needs one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import cast

from lxml import etree

from ..files.limits import TooLarge
from ..model import Element, Type, UnreadableContract, local, namespace
from ..model.names import ANY_TYPE, XSD
from .builtins import BUILTINS, Builtin
from .compiler import compile_schemas, explain_cost
from .declarations import Declarations
from .pieces import GIVES_UP, find_error, has_hard_values
from .reader import DeclarationReader

_XS = f"{{{XSD}}}"
_MANY_ELEMENTS = 10_000
"""Elements of a message from which on it is validated piece by piece, which takes three times as long."""
_MANY_BYTES = 4 * _MANY_ELEMENTS
"""Bytes that so many elements take at least (``<a/>``): a shorter message need not be counted."""


class Schema:
    """The schemas of one WSDL, each a ``xs:schema`` element of a tree of its own or of the WSDL's.

    ``read`` gives the elements; it is called once, when the first fact is asked for. ``source`` names the file in
    errors. Safe to share between threads: what two of them work out at once is equal.
    """

    def __init__(self, read: Callable[[], list[etree._Element]], source: str) -> None:
        self.read = read
        self.source = source
        self._elements: dict[str, Element] = {}
        self._types: dict[str, Type | None] = {}
        self._members: dict[str, tuple[Element, ...]] = {}
        self._lineages: dict[str, tuple[Type, ...]] = {}
        self._builtins: dict[str, Builtin | None] = {}
        self._neighbours: dict[str, tuple[str, ...]] = {}
        self._lock = threading.Lock()

    @cached_property
    def roots(self) -> list[etree._Element]:
        """The ``xs:schema`` elements; not to be changed. Raises UnreadableContract where they are too much."""
        roots, why = self._roots_and_cost
        if why:
            raise UnreadableContract(f"{self.source}: {why}")
        return roots

    @cached_property
    def _roots_and_cost(self) -> tuple[list[etree._Element], str]:
        """The elements, and why they are too much (empty: they are not): that may take seconds, and is asked once."""
        roots = self.read()
        return roots, explain_cost(roots)

    @cached_property
    def declarations(self) -> Declarations:
        """The nodes behind the facts, for what these leave out."""
        return Declarations(self.roots)

    @cached_property
    def _declaration_reader(self) -> DeclarationReader:
        return DeclarationReader(self.declarations, self._elements)

    @cached_property
    def validator(self) -> etree.XMLSchema:
        """libxml2's compiled form; any global element can be its root. Raises UnreadableContract."""
        with self._lock:
            return compile_schemas(self.roots, self.source)

    def accepts(self, node: etree._Element, data: bytes, heed_limits: Callable[[], None]) -> bool:
        """Whether libxml2 calls a global element of the message ``data`` valid.

        Raises UnreadableContract, TooLarge where libxml2 gives up, and what ``heed_limits`` raises, which is called
        now and then while it takes long.
        """
        if self._has_hard_values or (len(data) > _MANY_BYTES and self._is_hard(data)):
            return self.find_error(node, heed_limits) is None
        try:
            return self.validator.validate(node)
        except etree.XMLSchemaValidateError:
            raise TooLarge(GIVES_UP) from None

    def find_complaints(
        self, node: etree._Element, data: bytes, heed_limits: Callable[[], None]
    ) -> Sequence[etree._LogEntry] | None:
        """The errors of a global element; None where it is valid.

        Of more than 100 libxml2 keeps the last. An empty sequence where it was validated piece by piece: then
        `find_error` tells the first. Raises what `accepts` does.
        """
        etree.clear_error_log()  # this thread's own: the validator's log is shared by all threads
        if self.accepts(node, data, heed_limits):
            return None
        return () if self._is_hard(data) else list(cast("Iterable[etree._LogEntry]", etree.LxmlError("").error_log))

    def _is_hard(self, data: bytes) -> bool:
        """Whether libxml2 may take long."""
        return self._has_hard_values or data.count(b"<") > _MANY_ELEMENTS

    def find_error(self, node: etree._Element, heed_limits: Callable[[], None]) -> str | None:
        """The first error of a global element, in libxml2's words. Raises what `accepts` does."""
        return find_error(self.validator, node, heed_limits, by_value=self._has_hard_values)

    @cached_property
    def _has_hard_values(self) -> bool:
        return has_hard_values(self.roots)

    def element_names(self) -> Iterable[str]:
        """All global elements."""
        return self.declarations.elements.keys()

    def type_names(self) -> Iterable[str]:
        """All global types (not the builtins of XSD)."""
        return self.declarations.types.keys()

    def element(self, name: str) -> Element | None:
        """The global element of that Clark name."""
        return self._elements.get(name) or self._declaration_reader.read_global(name)

    def declared(self, name: str) -> Element:
        """The global element that a message is made of. Raises UnreadableContract where no schema declares it."""
        found = self.element(name)
        if found is None:
            where = namespace(name) or "no namespace"
            raise UnreadableContract(
                f"{self.source}: no schema declares <{local(name)}> of {where}, which a message names"
            )
        return found

    def type(self, name: str) -> Type | None:
        """The type of that Clark name: global, anonymous (as named by `Element.type`), or a builtin of XSD."""
        if name not in self._types:
            node = self.node(name)
            try:
                self._types[name] = (
                    _find_builtin(name) if node is None else self._declaration_reader.read_type(node, name)
                )
            except RecursionError:
                raise UnreadableContract(f"{self.source}: the type {local(name)} is nested too deep") from None
        return self._types[name]

    def node(self, name: str) -> etree._Element | None:
        """A type's declaration, for what `Type` does not say (how choices and wildcards nest); not to be changed.

        A type without a name is known once the declaration around it was read.
        """
        found = self.declarations.types.get(name)
        if found is None and "}#" in name and name not in self._declaration_reader.anonymous:
            self.element(name.replace("}#", "}", 1))
        return self._declaration_reader.anonymous.get(name) if found is None else found

    def members(self, name: str) -> tuple[Element, ...]:
        """All members of a complex type in document order: those of its bases first."""
        if name not in self._members:
            chain: list[Type] = []
            for found in self.lineage(name):
                chain.insert(0, found)
                if found.content == "restriction":  # restates what it keeps of its base
                    break
            self._members[name] = tuple(member for found in chain for member in found.members)
        return self._members[name]

    def lineage(self, name: str) -> tuple[Type, ...]:
        """The type and its bases, nearest first."""
        chain = self._lineages.get(name)
        if chain is None:
            found, at = dict[str, Type](), self.type(name)
            while at is not None and at.name not in found:
                found[at.name] = at
                at = self.type(at.base) if at.base else None
            chain = self._lineages[name] = tuple(found.values())
        return chain

    def builtin(self, name: str) -> Builtin | None:
        """The builtin that a simple type is or restricts; None of a list, a union, a type that is not there."""
        if name not in self._builtins:
            rows = (BUILTINS.get(found.name) for found in self.lineage(name))
            self._builtins[name] = next((row for row in rows if row is not None), None)
        return self._builtins[name]

    def has_qnames(self, name: str) -> bool:
        """Whether the values of a simple type are QNames, which mean what the prefixes in scope say."""
        row = self.builtin(name)
        return row is not None and row.family == "QName"

    def derives(self, name: str, base: str) -> bool:
        """Whether a value of type ``name`` may stand where ``base`` is declared."""
        return base in (ANY_TYPE, f"{_XS}anySimpleType") or any(found.name == base for found in self.lineage(name))

    def derived(self, base: str) -> tuple[str, ...]:
        """The global types that derive from ``base``, without itself."""
        others = (name for name in self.declarations.types if name != base)
        return tuple(name for name in others if any(t.name == base for t in self.lineage(name)))

    def reach(self, *types: str) -> set[str]:
        """These types and all that a value of them can hold: members, bases, list items, derived types."""
        todo, seen = list(types), set[str]()
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += self.next_to(name)
        return seen

    def next_to(self, name: str) -> tuple[str, ...]:
        """What a value of a type can hold directly: `reach` is all that follows from it."""
        known = self._neighbours.get(name)
        if known is None:
            found = self.type(name)
            held = () if found is None else (*(m.type for m in found.members), found.base, found.item)
            known = (*dict.fromkeys(t for t in held if t), *(self._derived_types.get(name, ()) if found else ()))
            self._neighbours[name] = known
        return known

    @cached_property
    def _derived_types(self) -> dict[str, list[str]]:
        """Base -> the global types with an extension of it in them, at whatever depth."""
        table: dict[str, list[str]] = {}
        names = {node: name for name, node in self.declarations.types.items()}
        for root in self.roots:
            for extension in root.iter(f"{_XS}extension"):
                owner = next((names[node] for node in extension.iterancestors() if node in names), None)
                if owner is not None:
                    base = self.declarations.resolve(extension, extension.get("base", ""))
                    table.setdefault(base, []).append(owner)
        return table


def _find_builtin(name: str) -> Type | None:
    row = BUILTINS.get(name)
    if row is None or row.space != XSD:  # Microsoft's are there where the contract brings their schema
        return None
    return Type(name, "simple", base=f"{_XS}{row.base}" if row.base else None)
