"""What changed in the types of one service, each type once: members, values, bases, occurrence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from ..model import Attribute, Element, Type, is_anonymous, local, namespace
from ..wsdl.service import Service
from ..xsd.schema import XSD
from . import content
from . import simple_types as values
from .names import Names
from .words import abstract, facts, keyed, maximum, numbered, plain, restriction, window

_XS = f"{{{XSD}}}"

Emit = Callable[[str, str, str | None, str | None], None]
"""(rule, path, old, new): one change, for the place the caller is at."""

Pair = tuple[str, str]
"""The Clark names of an old and a new type."""


class Types:
    """Compares types of an old and a new service. ``renamed`` are the pairs it met that differ in their name.

    They differ in nothing else where they are `alike`; else the new one took the place of the old one, and the two
    are still to be compared.
    """

    def __init__(self, old: Service, new: Service, names: Names) -> None:
        self._agent = old.agent
        self._old, self._new = old.schema, new.schema
        self._names = names
        self._alike: dict[Pair, bool] = {}
        self._inline: set[Pair] = set()
        self.renamed: dict[Pair, None] = {}
        self.moved: dict[str, tuple[Pair, list[Pair]]] = {}
        """Members by path that a base won or lost: the base, and the heirs that have them before and after."""

    # --- one type -----------------------------------------------------------------------------------------------

    def compare(self, old_name: str, new_name: str, path: str, emit: Emit) -> None:
        """The changes of one type; ``path`` is its own."""
        old, new = self._old.type(old_name), self._new.type(new_name)
        if old is None or new is None:
            return
        if (old.kind == "complex") != (new.kind == "complex") or (old.kind != "complex" and old.kind != new.kind):
            self._retyped(old_name, new_name, path, emit, described=True)
        elif old.kind == "complex":
            self._complex(old, new, path, emit)
        elif old.kind == "enum":
            self._base_values(old, new, path, emit)
            self._enum(old, new, path, emit)
        elif old.kind == "list":
            self._reference(old.item or "", new.item or "", path, emit)
        else:
            self._base_values(old, new, path, emit)

    def _base_values(self, old: Type, new: Type, path: str, emit: Emit) -> None:
        """A restriction: its base and its facets are one change, as together they say what is allowed."""
        choices = content.union(self._old, old.name), content.union(self._new, new.name)
        if choices[0] != choices[1]:
            shown = (" or ".join(c) or restriction(t) for c, t in zip(choices, (old, new), strict=True))
            emit("type-changed", path, *shown)
            return
        of_base: values.Relation = "same"
        if old.base and new.base and self._names.old(old.base) != self._names.new(new.base):
            of_base = values.relation(self._old, old.base, self._new, new.base)
        found = values.combined(of_base, values.facets(old.facets, new.facets))
        if found != "same":
            emit(f"type-{found}", path, restriction(old), restriction(new))

    @staticmethod
    def _enum(old: Type, new: Type, path: str, emit: Emit) -> None:
        before, after = numbered(old), numbered(new)
        for name, (number, said) in before.items():
            if name not in after:
                emit("enum-value-removed", f"{path}.{name}", name, None)
            # The number that follows from the place is left out: one that an insertion pushes back is no change.
            elif number != after[name][0] and (said or after[name][1]):
                emit("enum-number-changed", f"{path}.{name}", str(number), str(after[name][0]))
        for name in after:
            if name not in before:
                emit("enum-value-added", f"{path}.{name}", None, name)

    def _complex(self, old: Type, new: Type, path: str, emit: Emit) -> None:
        inherited = self._base(old, new, path, emit)
        before, after = keyed(old.members), keyed(new.members)
        gone = {k: m for k, m in before.items() if k not in after and k not in inherited}
        come = {k: m for k, m in after.items() if k not in before and k not in inherited}
        self._members(before, after, gone, come, f"{path}.", "member", emit)
        self._content(old, new, path, "member", emit)
        self._attributes(old, new, path, emit)
        if old.dictionary != new.dictionary:
            emit("dictionary-changed", path, *("dictionary" if t.dictionary else "array" for t in (old, new)))
        if old.abstract != new.abstract:
            emit(f"abstract-{'added' if new.abstract else 'removed'}", path, *(abstract(t) for t in (old, new)))

    # --- members ------------------------------------------------------------------------------------------------

    def parameters(self, old: Sequence[Element], new: Sequence[Element], path: str, emit: Emit) -> None:
        """The changes of a message's children: as of a type's members, by rules of their own."""
        before, after = keyed(old), keyed(new)
        gone = {k: m for k, m in before.items() if k not in after}
        come = {k: m for k, m in after.items() if k not in before}
        self._members(before, after, gone, come, f"{path}/", "parameter", emit)

    def parts(self, old: Sequence[Element], new: Sequence[Element], path: str, emit: Emit) -> None:
        """The changes of a message of several parts: rpc's parameters."""
        self.parameters(old, new, path, emit)
        names = [e.local for e in new]
        self._order([e.local for e in old if e.local in names], names, path, "parameter", emit)

    def body(self, old: Element, new: Element, path: str, emit: Emit) -> None:
        """The changes of a message's own element."""
        self.occurrence(old, new, path, emit)
        self._wrapper(old.type, new.type, path, emit)

    def _wrapper(self, old_name: str, new_name: str, path: str, emit: Emit) -> None:
        old, new = self._old.type(old_name), self._new.type(new_name)
        if (
            old is None
            or new is None
            or old.kind != "complex"
            or new.kind != "complex"
            or "simple"
            in (
                old.content,
                new.content,
            )
        ):
            self._reference(old_name, new_name, path, emit)
            return
        self.parameters(self._old.members(old_name), self._new.members(new_name), path, emit)
        self._content(old, new, path, "parameter", emit)
        self._attributes(old, new, path, emit)

    def element(self, old: Element, new: Element, path: str, emit: Emit) -> None:
        """Occurrence, nillability, namespace and type of one element, a member or a global one."""
        self.occurrence(old, new, path, emit)
        self._reference(old.type, new.type, path, emit)

    def occurrence(self, old: Element, new: Element, path: str, emit: Emit) -> None:
        """All of `element` but the type."""
        if old.min_occurs != new.min_occurs:
            rule = "element-required" if new.min_occurs > old.min_occurs else "element-optional"
            emit(rule, path, *(f"minOccurs={e.min_occurs}" for e in (old, new)))
        if old.max_occurs != new.max_occurs:
            less = new.max_occurs is not None and (old.max_occurs is None or new.max_occurs < old.max_occurs)
            emit(f"element-{'limited' if less else 'repeatable'}", path, maximum(old), maximum(new))
        if old.nillable != new.nillable:
            rule = "element-nillable" if new.nillable else "element-not-nillable"
            emit(rule, path, *("nillable" if e.nillable else "not nillable" for e in (old, new)))
        if old.preset != new.preset:
            self._preset(old, new, path, emit)
        if self._names.old(old.name) != self._names.new(new.name):
            spaces = (namespace(e.name) or "no namespace" for e in (old, new))
            emit("namespace-changed", f"{self._agent}/namespace", *spaces)

    def _members(
        self,
        before: dict[str, Element],
        after: dict[str, Element],
        gone: dict[str, Element],
        come: dict[str, Element],
        prefix: str,
        kind: str,
        emit: Emit,
    ) -> None:
        for key, member in gone.items():
            emit(f"{kind}-removed", prefix + key, self._shown(member), None)
        for key, member in come.items():
            rule = f"required-{kind}-added" if member.min_occurs else f"{kind}-added"
            emit(rule, prefix + key, None, self._shown(member))
        for key, member in before.items():
            if key in after:
                self.element(member, after[key], prefix + key, emit)

    def _content(self, old: Type, new: Type, path: str, kind: str, emit: Emit) -> None:
        """How the members that both have are arranged: their order, else the groups they are in."""
        common = {m.local for m in old.members} & {m.local for m in new.members}
        if old.content == new.content == "sequence":
            orders = [[m.local for m in t.members if m.local in common] for t in (old, new)]
        else:
            first, second = content.model(self._old, old.name, common), content.model(self._new, new.name, common)
            if content.unordered(first) != content.unordered(second):
                emit("type-changed", path, str(first), str(second))
                return
            orders = [content.order(first), content.order(second)]
        self._order(orders[0], orders[1], path, kind, emit)

    @staticmethod
    def _order(old: list[str], new: list[str], path: str, kind: str, emit: Emit) -> None:
        """Reports another order of the names that both have."""
        kept = [name for name in new if name in old]
        if old != kept:
            emit(f"{kind}-order-changed", path, *window(old, kept))

    def _attributes(self, old: Type, new: Type, path: str, emit: Emit) -> None:
        before, after = ({local(a.name): a for a in t.attributes if a.use != "prohibited"} for t in (old, new))
        for name, was in before.items():
            at, now = f"{path}.@{name}", after.get(name)
            if now is None:
                emit("attribute-removed", at, plain(was.type), None)
                continue
            if was.use != now.use:
                emit(f"attribute-{'required' if now.use == 'required' else 'optional'}", at, was.use, now.use)
            self._attribute_type(was.type, now.type, at, emit)
            self._preset(was, now, at, emit)
        for name, now in after.items():
            if name not in before:
                rule = "attribute-required" if now.use == "required" else "attribute-added"
                emit(rule, f"{path}.@{name}", None, plain(now.type))

    @staticmethod
    def _preset(old: Element | Attribute, new: Element | Attribute, path: str, emit: Emit) -> None:
        """A fixed value is a type that has no other; a default is what is read where nothing is said."""
        for kind in ("fixed", "default"):
            was, now = (p[1].strip() if (p := e.preset) and p[0] == kind else None for e in (old, new))
            if was == now:
                continue
            rule = "default-changed"
            if kind == "fixed":
                rule = "type-changed" if was and now else "type-narrowed" if now else "type-widened"
            emit(rule, path, *(f"no {kind}" if value is None else f"{kind} {value!r}" for value in (was, now)))

    def _attribute_type(self, old: str, new: str, path: str, emit: Emit) -> None:
        if old.endswith("]") or new.endswith("]"):  # SOAP 1.1's own arrays: Item[]
            if self._names.old(old) != self._names.new(new):
                emit("type-changed", path, plain(old), plain(new))
        else:
            self._reference(old, new, path, emit)

    # --- bases --------------------------------------------------------------------------------------------------

    def _base(self, old: Type, new: Type, path: str, emit: Emit) -> set[str]:
        """Reports another base; gives the members that only came from, or went to, the bases."""
        if old.base is None and new.base is None:
            return set()
        if "simple" in (old.content, new.content):
            self._reference(old.base or f"{_XS}anyType", new.base or f"{_XS}anyType", path, emit)
            return set()
        if old.base and new.base and self._same_type(old.base, new.base):
            if self._names.old(old.base) != self._names.new(new.base):
                self.renamed[old.base, new.base] = None
            return self._moved(old, new, path, emit)
        above = keyed(self._old.members(old.base) if old.base else ())
        below = keyed(self._new.members(new.base) if new.base else ())
        before, after = keyed(self._old.members(old.name)), keyed(self._new.members(new.name))
        lost, gained = [k for k in above if k not in after], [k for k in below if k not in before]
        common = [k for k in before if k in after]
        kept = common == [k for k in after if k in before] and all(
            self._same_type(before[k].type, after[k].type) for k in common if k in above or k in below
        )
        if lost or not kept or any(below[k].min_occurs for k in gained):
            rule = "base-changed"
        else:
            rule = "base-extended" if gained else "base-rearranged"
        emit(rule, path, *(local(t.base) if t.base else "no base" for t in (old, new)))
        return set(above) | set(below)

    def _moved(self, old: Type, new: Type, path: str, emit: Emit) -> set[str]:
        """Reports, and gives, the members that went up into the same base, or came down from it.

        A message has them still, so that their order is all that can have changed for it.
        """
        mine = keyed(old.members).keys(), keyed(new.members).keys()
        if mine[0] == mine[1] or not old.base or not new.base:
            return set()
        above, below = keyed(self._old.members(old.base)), keyed(self._new.members(new.base))
        up = {key for key in mine[0] - mine[1] if key in below and key not in above}
        down = {key for key in mine[1] - mine[0] if key in above and key not in below}
        if not up | down:
            return set()
        before, after = keyed(self._old.members(old.name)), keyed(self._new.members(new.name))
        for key in sorted(up | down):
            self.element(before[key], after[key], f"{path}.{key}", emit)
            self._note(key, old, new)
        orders = [k for k in before if k in after], [k for k in after if k in before]
        if orders[0] == orders[1]:
            for names, ends in ((up, (old.name, new.base)), (down, (old.base, new.name))):
                if names:
                    emit("base-rearranged", path, *(f"{', '.join(sorted(names))} of {local(end)}" for end in ends))
        else:
            self._order(*orders, path, "member", emit)
        return up | down

    def _note(self, key: str, old: Type, new: Type) -> None:
        """Remembers that the heir has the member all the same, whatever is told of the base that won or lost it."""
        bases = {self._names.new(t.name): t for t in self._new.lineage(new.base or "")}
        for first in self._old.lineage(old.base or ""):
            second = bases.get(self._names.old(first.name))
            if second is not None and (key in keyed(first.members)) != (key in keyed(second.members)):
                heirs = self.moved.setdefault(f"{local(first.name)}.{key}", ((first.name, second.name), []))[1]
                heirs.append((old.name, new.name))

    # --- references to types ------------------------------------------------------------------------------------

    def _reference(self, old: str, new: str, path: str, emit: Emit) -> None:
        """Another type at the same place: one change there, unless only the name is another."""
        if is_anonymous(old) and is_anonymous(new):
            if (old, new) not in self._inline:  # a type that holds itself
                self._inline.add((old, new))
                self.compare(old, new, path, emit)
                self._inline.discard((old, new))
        elif self._names.old(old) != self._names.new(new):
            self._retyped(old, new, path, emit)

    def _retyped(self, old: str, new: str, path: str, emit: Emit, *, described: bool = False) -> None:
        if self._names.old(old) != self._names.new(new) and self.alike(old, new):
            if not is_anonymous(old) and not is_anonymous(new):
                self.renamed[old, new] = None
            return
        if self._succeeds(old, new):
            self.renamed[old, new] = None
            return
        found = values.relation(self._old, old, self._new, new)
        if found == "changed" and new == f"{_XS}anyType":
            found = "widened"
        elif found == "changed" and old == f"{_XS}anyType":
            found = "narrowed"
        if found == "same":  # a builtin, or a restriction of it that restricts nothing
            return
        shown = (self._kind(self._old.type(old)), self._kind(self._new.type(new))) if described else (old, new)
        emit(f"type-{found}", path, *(plain(s) for s in shown))

    def _succeeds(self, old_name: str, new_name: str) -> bool:
        """Whether a new type took the place of one that is gone: half of the members at least are the same."""
        old, new = self._old.type(old_name), self._new.type(new_name)
        if old is None or new is None or old.kind != "complex" or new.kind != "complex" or not old.members:
            return False
        if is_anonymous(old_name) or is_anonymous(new_name):
            return False
        first, second = self._all_names
        if self._names.old(old_name) in second or self._names.new(new_name) in first:
            return False
        before, after = {m.local for m in old.members}, {m.local for m in new.members}
        return 2 * len(before & after) >= max(len(before), len(after))

    @cached_property
    def _all_names(self) -> tuple[set[str], set[str]]:
        return set(map(self._names.old, self._old.type_names())), set(map(self._names.new, self._new.type_names()))

    def _same_type(self, old: str, new: str) -> bool:
        same_name = self._names.old(old) == self._names.new(new) and not is_anonymous(old)
        return same_name or self.alike(old, new)

    def alike(self, old_name: str, new_name: str) -> bool:
        """Whether two types differ in their names only, and in those of what they hold."""
        pair = (old_name, new_name)
        if pair not in self._alike:
            self._alike[pair] = True  # what holds itself is alike unless something else differs
            self._alike[pair] = self._is_alike(self._old.type(old_name), self._new.type(new_name))
        return self._alike[pair]

    def _is_alike(self, old: Type | None, new: Type | None) -> bool:
        if old is None or new is None or old.name.startswith(_XS) or new.name.startswith(_XS):
            return False
        first = (old.kind, old.facets, {v.name for v in old.values}, old.content, old.abstract, old.dictionary)
        second = (new.kind, new.facets, {v.name for v in new.values}, new.content, new.abstract, new.dictionary)
        if first != second or len(old.members) != len(new.members) or len(old.attributes) != len(new.attributes):
            return False
        pairs = [(old.base, new.base), (old.item, new.item)]
        for mine, other in zip(old.members, new.members, strict=True):
            if facts(mine) != facts(other):
                return False
            pairs.append((mine.type, other.type))
        for a, b in zip(old.attributes, new.attributes, strict=True):
            if (local(a.name), a.use, a.preset) != (local(b.name), b.use, b.preset):
                return False
            pairs.append((a.type, b.type))
        if old.content != "sequence":
            keep = {m.local for m in old.members}
            if content.model(self._old, old.name, keep) != content.model(self._new, new.name, keep):
                return False
        return all(self._same_type(a, b) if a and b else a == b for a, b in pairs)

    # --- words --------------------------------------------------------------------------------------------------

    def _shown(self, member: Element) -> str:
        several = "" if member.max_occurs == 1 else "[]"
        return plain(member.type) + several

    @staticmethod
    def _kind(found: Type | None) -> str:
        if found is None:
            return "nothing"
        return {"enum": "enumeration", "simple": f"simple ({local(found.base or '')})"}.get(found.kind, found.kind)
