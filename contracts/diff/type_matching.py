"""Which types of two services are the same: by their names, by all that they hold, or as one took the other's place."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from ..model import XSD, Element, Type, is_anonymous, local, namespace
from ..xsd.schema import Schema
from . import particles
from .change_rule import ChangeRule
from .folding import NameFolding

# fmt: off
TYPE_RENAMED = ChangeRule("type-renamed", "safe", "safe", "present", "sides",
    "a type may change its name where all that it holds stays",
    "a type's name is on the wire only in xsi:type: the message stays the same",
    "generated classes get another name; nothing else")
TYPE_MOVED = ChangeRule("type-moved", "breaking", "breaking", "present", "sides",
    "a type whose members are in its namespace stays in it",
    "each of its members is another element: the other side silently reads none of them",
    "send and read the new namespace")
TYPE_NAME_MOVED = ChangeRule("type-name-moved", "risky", "safe", "named", "sides",
    "a type without members of its namespace, as an enumeration is, stays in it",
    "its name is on the wire in xsi:type only: who writes that is refused",
    "leave out xsi:type, or write the new namespace in it")
# fmt: on

Children = dict[str, Element]
"""The elements in something, by `keyed` names."""


class TypeMatching:
    """Matches the types of an old and a new schema, each by its Clark name."""

    def __init__(self, old: Schema, new: Schema, names: NameFolding) -> None:
        self._old, self._new, self._names = old, new, names
        self._alike: dict[tuple[str, str], bool] = {}

    def is_same(self, old: str, new: str) -> bool:
        """Whether two types have the same name, or are `alike`."""
        return self.has_same_name(old, new) or self.alike(old, new)

    def has_same_name(self, old: str, new: str) -> bool:
        return self._names.old(old) == self._names.new(new) and not is_anonymous(old)

    def alike(self, old_name: str, new_name: str) -> bool:
        """Whether two types differ in their names only, and in those of what they hold."""
        pair = (old_name, new_name)
        if pair not in self._alike:
            self._alike[pair] = True  # what holds itself is alike unless something else differs
            self._alike[pair] = self._is_alike(self._old.type(old_name), self._new.type(new_name))
        return self._alike[pair]

    def _is_alike(self, old: Type | None, new: Type | None) -> bool:
        if old is None or new is None or XSD in (namespace(old.name), namespace(new.name)):
            return False
        if _beside_types(old) != _beside_types(new):
            return False
        if old.content != "sequence":
            first, second = self.groups(old, new, {m.local for m in old.members})
            if first != second:
                return False
        mentioned = zip(_mentioned_types(old), _mentioned_types(new), strict=True)
        return all(self.is_same(a, b) if a and b else a == b for a, b in mentioned)

    def is_replacement(self, old_name: str, new_name: str) -> bool:
        """Whether a new type took the place of one that is gone: by its name, or half of the members at least."""
        old, new = self._old.type(old_name), self._new.type(new_name)
        if old is None or new is None or old.kind != new.kind:
            return False
        first, second = self._all_names
        if self._names.old(old_name) in second or self._names.new(new_name) in first:
            return False
        if is_anonymous(old_name) or is_anonymous(new_name):
            return False
        if local(old_name) == local(new_name):
            return True
        if old.kind != "complex" or not old.members:
            return False
        return is_mostly_same({m.local for m in old.members}, {m.local for m in new.members})

    @cached_property
    def _all_names(self) -> tuple[set[str], set[str]]:
        return set(map(self._names.old, self._old.type_names())), set(map(self._names.new, self._new.type_names()))

    def describe_renaming(self, old: str, new: str) -> tuple[ChangeRule, str, str]:
        """What it is to a message that a type has another name: (rule, old, new)."""
        if self._names.old(old).rpartition("}")[0] == self._names.new(new).rpartition("}")[0]:
            return TYPE_RENAMED, local(old), local(new)
        spaces = namespace(old), namespace(new)
        before, after = self.members(old, new)
        is_moved = any(self._names.old(before[k].name) != self._names.new(after[k].name) for k in before if k in after)
        shown = [space or "no namespace" for space in spaces] if local(old) == local(new) else [old, new]
        return TYPE_MOVED if is_moved else TYPE_NAME_MOVED, shown[0], shown[1]

    def members(self, old: str | None, new: str | None) -> tuple[Children, Children]:
        """All that an old and a new type have, with what they inherit."""
        return keyed(self._old.members(old) if old else ()), keyed(self._new.members(new) if new else ())

    def groups(self, old: Type, new: Type, keep: set[str]) -> tuple[particles.Group, particles.Group]:
        """How what is in two types nests, as far as it is about the members of these names."""
        return particles.groups_of(self._old, old.name, keep), particles.groups_of(self._new, new.name, keep)


def keyed(members: Iterable[Element]) -> Children:
    """By local name; the second of several of one name as ``Name[2]``."""
    table: Children = {}
    for member in members:
        key, n = member.local, 1
        while key in table:
            n += 1
            key = f"{member.local}[{n}]"
        table[key] = member
    return table


def is_mostly_same(old: set[str], new: set[str]) -> bool:
    """Whether two sets of names have half of the larger one in common: what has them got another name then."""
    return 2 * len(old & new) >= max(len(old), len(new))


def _mentioned_types(found: Type) -> list[str | None]:
    return [found.base, found.item, *(m.type for m in found.members), *(a.type for a in found.attributes)]


def _beside_types(found: Type) -> tuple[object, ...]:
    """All that a type says beside its own name and those of other types."""
    members = [(m.local, m.min_occurs, m.max_occurs, m.nillable, m.preset) for m in found.members]
    attributes = [(local(a.name), a.use, a.preset) for a in found.attributes]
    values = {v.name for v in found.values}
    return found.kind, found.content, found.facets, values, found.abstract, found.dictionary, members, attributes
