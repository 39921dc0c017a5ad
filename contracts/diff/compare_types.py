"""What changed in the types of one service, each type once: members, attributes, bases, and what refers to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard

from ..model import ANY_TYPE, Element, Type, is_anonymous, local, namespace
from . import particles
from .change_rule import ChangeRule, Emit
from .occurrence import compare_occurrence, compare_preset
from .sides import Sides
from .simple_types import RETYPED, compare_simple_types, relate_types
from .type_matching import Children, keyed

# fmt: off
NAMESPACE_CHANGED = ChangeRule("namespace-changed", "breaking", "breaking", "operation", "sides",
    "names keep their namespace, the version in it apart",
    "an element of another namespace is another element: the server silently reads none",
    "send the new namespace")
PARAMETER_REMOVED = ChangeRule("parameter-removed", "breaking", "breaking", "present", "sides",
    "every child of the message's element stays, under its name",
    "the server silently ignores what it does not know; a caller finds nothing where the result was",
    "leave it out; do without the result")
PARAMETER_ADDED = ChangeRule("parameter-added", "risky", "risky", "owner", "sides",
    "a child of the message's element that may be left out can come",
    "the server will use a default for it; a strict reader refuses an element it does not know",
    "check what the server does without it; let readers skip it (zeep: strict=False)")
REQUIRED_PARAMETER_ADDED = ChangeRule("required-parameter-added", "breaking", "risky", "owner", "sides",
    "no child that has to be there comes into a message",
    "a caller that does not know it sends an incomplete message",
    "send it")
PARAMETER_ORDER_CHANGED = ChangeRule("parameter-order-changed", "breaking", "breaking", "present", "moves",
    "the children of a message's element keep their relative order",
    "the server silently loses an element that comes too late",
    "send and read the new order")
MEMBER_REMOVED = ChangeRule("member-removed", "breaking", "breaking", "present", "sides",
    "every member of a type stays, under its name",
    "the server silently ignores what it does not know; a caller finds nothing where the value was",
    "leave it out; do without the value")
MEMBER_ADDED = ChangeRule("member-added", "safe", "risky", "owner", "sides",
    "a member that may be left out can come, wherever in the sequence",
    "the server uses a default where it is left out; zeep refuses a member it does not know, WCF skips it",
    "let the reader skip what it does not know (zeep: strict=False)")
REQUIRED_MEMBER_ADDED = ChangeRule("required-member-added", "breaking", "risky", "owner", "sides",
    "no member that has to be there comes into a type",
    "a caller that does not know it sends an incomplete value; zeep refuses a member it does not know",
    "send it; let the reader skip what it does not know (zeep: strict=False)")
MEMBER_ORDER_CHANGED = ChangeRule("member-order-changed", "breaking", "breaking", "present", "moves",
    "the members of a type keep their relative order",
    "WCF silently loses a member that comes too late, and so does a generated reader",
    "send and read the new order")
BASE_CHANGED = ChangeRule("base-changed", "breaking", "breaking", "present", "sides",
    "a type inherits what it inherited",
    "members that it had from its base are gone or others",
    "send and read the members it has now")
BASE_EXTENDED = ChangeRule("base-extended", "safe", "risky", "present", "sides",
    "a type may inherit more",
    "its new base brings members that may be left out; a strict reader refuses what it does not know",
    "let the reader skip what it does not know (zeep: strict=False)")
BASE_REARRANGED = ChangeRule("base-rearranged", "safe", "safe", "present", "sides",
    "a type may get the same members by another base",
    "the message stays the same",
    "generated classes inherit otherwise; nothing else")
ABSTRACT_ADDED = ChangeRule("abstract-added", "breaking", "safe", "present", "sides",
    "a type that can stand for itself still can",
    "a value has to say by xsi:type which derived type it is",
    "send a derived type")
ABSTRACT_REMOVED = ChangeRule("abstract-removed", "safe", "risky", "present", "sides",
    "a type may become usable itself",
    "the server may answer with the base type, of which the caller has no values yet",
    "be ready for the base type")
DICTIONARY_CHANGED = ChangeRule("dictionary-changed", "risky", "risky", "present", "sides",
    "a type stays the dictionary, or the array, that it was",
    "a dictionary refuses a key that comes twice; generated classes differ, the message does not",
    "send each key once")
ATTRIBUTE_REMOVED = ChangeRule("attribute-removed", "breaking", "breaking", "present", "sides",
    "every attribute of a type stays",
    "it is refused where it is sent, and missing where it is read",
    "do without it")
ATTRIBUTE_ADDED = ChangeRule("attribute-added", "safe", "risky", "owner", "sides",
    "an attribute that may be left out can come",
    "a strict reader refuses what it does not know",
    "be ready for an attribute that is not known")
ATTRIBUTE_REQUIRED = ChangeRule("attribute-required", "breaking", "safe", "owner", "sides",
    "no attribute has to be there that had not",
    "a caller that leaves it out breaks the new contract",
    "send it always")
ATTRIBUTE_OPTIONAL = ChangeRule("attribute-optional", "safe", "risky", "present", "sides",
    "an attribute that is always there in a response stays so",
    "the answer may lack it from now on",
    "be ready for its absence")
# fmt: on

Pair = tuple[str, str]
"""The Clark names of an old and a new type."""


@dataclass(frozen=True, slots=True)
class _ChildRules:
    """The rules of the elements in something: of a type's members, or of a message's parameters."""

    removed: ChangeRule
    added: ChangeRule
    required_added: ChangeRule
    reordered: ChangeRule


_MEMBERS = _ChildRules(MEMBER_REMOVED, MEMBER_ADDED, REQUIRED_MEMBER_ADDED, MEMBER_ORDER_CHANGED)
_PARAMETERS = _ChildRules(PARAMETER_REMOVED, PARAMETER_ADDED, REQUIRED_PARAMETER_ADDED, PARAMETER_ORDER_CHANGED)


class TypeComparison:
    """Compares types of an old and a new service. ``renamed`` are the pairs it met that differ in their name.

    They differ in nothing else where they are `alike`; else the new one took the place of the old one, and the two
    are still to be compared. ``lifted`` are members by path that a base won or lost: the base, and the heirs that have
    them before and after.
    """

    def __init__(self, sides: Sides) -> None:
        self._old, self._new = sides.schemas
        self._names = sides.names
        self._matching = sides.matching
        self._entered: set[Pair] = set()
        self._moved_with: tuple[str, str] = ("", "")
        """The old and the new namespace of what is compared."""
        self.renamed: dict[Pair, None] = {}
        self.lifted: dict[str, tuple[Pair, list[Pair]]] = {}

    # --- one type, one element ----------------------------------------------------------------------------------

    def compare_types(self, old_name: str, new_name: str, path: str, emit: Emit) -> None:
        """The changes of one type; ``path`` is its own."""
        old, new = self._old.type(old_name), self._new.type(new_name)
        if old is None or new is None:
            return
        self._moved_with = namespace(old_name), namespace(new_name)
        if old.kind != new.kind:
            self._compare_kinds(old_name, new_name, path, emit, [_kind_of(old), _kind_of(new)])
        elif old.kind == "complex":
            self._compare_complex(old, new, path, emit)
        elif old.kind == "list":
            self._compare_references(old.item or "", new.item or "", path, emit)
        else:
            has_same_base = self._names.old(old.base or "") == self._names.new(new.base or "")
            compare_simple_types((self._old, self._new), old, new, has_same_base, path, emit)

    def compare_elements(self, old: Element, new: Element, path: str, emit: Emit) -> None:
        """Occurrence, nillability and type of one element, a member or a global one."""
        compare_occurrence(old, new, path, emit)
        self._compare_references(old.type, new.type, path, emit)

    def compare_bodies(self, old: Element, new: Element, path: str, emit: Emit) -> None:
        """A message's own element: what is in its type are the message's parameters."""
        compare_occurrence(old, new, path, emit)
        first, second = self._old.type(old.type), self._new.type(new.type)
        if not _has_children(first) or not _has_children(second):
            self._compare_references(old.type, new.type, path, emit)
            return
        children = keyed(self._old.members(old.type)), keyed(self._new.members(new.type))
        self._moved_with = namespace(old.name), namespace(new.name)
        self._compare_children(*children, set(), f"{path}/", _PARAMETERS, emit)
        self._compare_content(first, second, path, _PARAMETERS, emit)
        self._compare_attributes(first, second, path, emit)

    def compare_parts(self, old: Sequence[Element], new: Sequence[Element], path: str, emit: Emit) -> None:
        """The parts of a message beside its element: rpc's parameters."""
        self._compare_children(keyed(old), keyed(new), set(), f"{path}/", _PARAMETERS, emit)
        names = [e.local for e in new]
        common = set(names)
        _compare_orders([e.local for e in old if e.local in common], names, path, _PARAMETERS, emit)

    def _compare_namespaces(self, old: Element, new: Element, emit: Emit) -> None:
        """Reports a member in another namespace, unless all that it is in moved the same way: that is told then."""
        spaces = namespace(old.name), namespace(new.name)
        if self._names.old(old.name) != self._names.new(new.name) and spaces != self._moved_with:
            emit(NAMESPACE_CHANGED, "/namespace", *(space or "no namespace" for space in spaces))

    # --- what is in a complex type ------------------------------------------------------------------------------

    def _compare_complex(self, old: Type, new: Type, path: str, emit: Emit) -> None:
        inherited = self._compare_bases(old, new, path, emit)
        self._compare_children(keyed(old.members), keyed(new.members), inherited, f"{path}.", _MEMBERS, emit)
        self._compare_content(old, new, path, _MEMBERS, emit)
        self._compare_attributes(old, new, path, emit)
        if old.dictionary != new.dictionary:
            emit(DICTIONARY_CHANGED, path, *("dictionary" if t.dictionary else "array" for t in (old, new)))
        if old.abstract != new.abstract:
            rule = ABSTRACT_ADDED if new.abstract else ABSTRACT_REMOVED
            emit(rule, path, *("abstract" if t.abstract else "concrete" for t in (old, new)))

    def _compare_children(
        self, before: Children, after: Children, inherited: set[str], prefix: str, rules: _ChildRules, emit: Emit
    ) -> None:
        """What went, what came, what stayed; of the ``inherited`` ones another tells that they went or came."""
        for key, child in before.items():
            if key in after:
                self._compare_namespaces(child, after[key], emit)
                self.compare_elements(child, after[key], prefix + key, emit)
            elif key not in inherited:
                emit(rules.removed, prefix + key, _describe_child(child), None)
        for key, child in after.items():
            if key not in before and key not in inherited:
                rule = rules.required_added if child.min_occurs else rules.added
                emit(rule, prefix + key, None, _describe_child(child))

    def _compare_content(self, old: Type, new: Type, path: str, rules: _ChildRules, emit: Emit) -> None:
        """How the members that both have are arranged: their order, else the groups they are in."""
        common = {m.local for m in old.members} & {m.local for m in new.members}
        if old.content == new.content == "sequence":
            first_order, second_order = ([m.local for m in t.members if m.local in common] for t in (old, new))
        else:
            first, second = self._matching.groups(old, new, common)
            if (relation := particles.relate_groups(first, second)) != "same":
                emit(RETYPED[relation], path, str(first), str(second))
                return
            first_order, second_order = particles.fixed_order(first), particles.fixed_order(second)
        _compare_orders(first_order, second_order, path, rules, emit)

    def _compare_attributes(self, old: Type, new: Type, path: str, emit: Emit) -> None:
        before, after = ({local(a.name): a for a in t.attributes if a.use != "prohibited"} for t in (old, new))
        for name, was in before.items():
            at, now = f"{path}.@{name}", after.get(name)
            if now is None:
                emit(ATTRIBUTE_REMOVED, at, plain_type(was.type), None)
                continue
            if was.use != now.use:
                emit(ATTRIBUTE_REQUIRED if now.use == "required" else ATTRIBUTE_OPTIONAL, at, was.use, now.use)
            self._compare_references(was.type, now.type, at, emit)
            compare_preset(was, now, at, emit)
        for name, now in after.items():
            if name not in before:
                rule = ATTRIBUTE_REQUIRED if now.use == "required" else ATTRIBUTE_ADDED
                emit(rule, f"{path}.@{name}", None, plain_type(now.type))

    # --- bases --------------------------------------------------------------------------------------------------

    def _compare_bases(self, old: Type, new: Type, path: str, emit: Emit) -> set[str]:
        """Reports another base; gives the members that only came from, or went to, the bases."""
        if old.base is None and new.base is None:
            return set()
        if "simple" in (old.content, new.content):
            self._compare_references(old.base or ANY_TYPE, new.base or ANY_TYPE, path, emit)
            return set()
        if old.base and new.base and self._matching.is_same(old.base, new.base):
            if not self._matching.has_same_name(old.base, new.base):
                self.renamed[old.base, new.base] = None
            return self._compare_lifted(old, new, path, emit)
        above, below = self._matching.members(old.base, new.base)
        before, after = self._matching.members(old.name, new.name)
        lost, gained = [k for k in above if k not in after], [k for k in below if k not in before]
        common = [k for k in before if k in after]
        kept = common == [k for k in after if k in before] and all(
            self._matching.is_same(before[k].type, after[k].type) for k in common if k in above or k in below
        )
        if lost or not kept or any(below[k].min_occurs for k in gained):
            rule = BASE_CHANGED
        else:
            rule = BASE_EXTENDED if gained else BASE_REARRANGED
        emit(rule, path, *told_apart(old.base or "no base", new.base or "no base"))
        return set(above) | set(below)

    def _compare_lifted(self, old: Type, new: Type, path: str, emit: Emit) -> set[str]:
        """Reports, and gives, the members that went up into the same base, or came down from it.

        A message has them still, so that their order is all that can have changed for it.
        """
        mine = keyed(old.members).keys(), keyed(new.members).keys()
        if mine[0] == mine[1]:
            return set()
        above, below = self._matching.members(old.base, new.base)
        up = {key for key in mine[0] - mine[1] if key in below and key not in above}
        down = {key for key in mine[1] - mine[0] if key in above and key not in below}
        if not up | down:
            return set()
        before, after = self._matching.members(old.name, new.name)
        for key in sorted(up | down):
            self.compare_elements(before[key], after[key], f"{path}.{key}", emit)
            self._note_heir(key, old, new)
        orders = [k for k in before if k in after], [k for k in after if k in before]
        _compare_orders(*orders, path, _MEMBERS, emit)
        for names, ends in ((up, (old.name, new.base)), (down, (old.base, new.name))):
            if names and orders[0] == orders[1]:
                emit(BASE_REARRANGED, path, *(f"{', '.join(sorted(names))} of {local(end or '')}" for end in ends))
        return up | down

    def _note_heir(self, key: str, old: Type, new: Type) -> None:
        """Remembers that the heir has the member all the same, whatever is told of the base that won or lost it."""
        bases = {self._names.new(t.name): t for t in self._new.lineage(new.base or "")}
        for first in self._old.lineage(old.base or ""):
            second = bases.get(self._names.old(first.name))
            if second is not None and (key in keyed(first.members)) != (key in keyed(second.members)):
                heirs = self.lifted.setdefault(f"{local(first.name)}.{key}", ((first.name, second.name), []))[1]
                heirs.append((old.name, new.name))

    # --- references to types ------------------------------------------------------------------------------------

    def _compare_references(self, old: str, new: str, path: str, emit: Emit) -> None:
        """Another type at the same place: one change there, unless only the name is another."""
        if is_anonymous(old) and is_anonymous(new):
            if (old, new) not in self._entered:  # a type that holds itself
                self._entered.add((old, new))
                self.compare_types(old, new, path, emit)
                self._entered.discard((old, new))
        elif self._names.old(old) != self._names.new(new):
            if not self._matching.alike(old, new):
                self._compare_kinds(old, new, path, emit, told_apart(old, new))
            elif not is_anonymous(old) and not is_anonymous(new):
                self.renamed[old, new] = None

    def _compare_kinds(self, old: str, new: str, path: str, emit: Emit, shown: list[str]) -> None:
        """Reports how the values of one type stand to those of another, which differs in more than its name."""
        if self._matching.is_replacement(old, new):
            self.renamed[old, new] = None
            return
        relation = relate_types(self._old, old, self._new, new)
        if relation == "changed" and ANY_TYPE in (old, new):
            relation = "widened" if new == ANY_TYPE else "narrowed"
        if relation != "same":  # the same: a builtin, or a restriction of it that restricts nothing
            emit(RETYPED[relation], path, *shown)


# --- what a type holds, and words for it ----------------------------------------------------------------------------


def plain_type(name: str) -> str:
    """A type as a person names it."""
    return "a type of its own" if is_anonymous(name) else local(name)


def told_apart(old: str, new: str) -> list[str]:
    """Two types as a person names them; where that is the same, each with its namespace."""
    if plain_type(old) != plain_type(new):
        return [plain_type(old), plain_type(new)]
    return [f"{plain_type(name)} ({namespace(name) or 'no namespace'})" for name in (old, new)]


def _has_children(found: Type | None) -> TypeGuard[Type]:
    return found is not None and found.kind == "complex" and found.content != "simple"


def _compare_orders(old: list[str], new: list[str], path: str, rules: _ChildRules, emit: Emit) -> None:
    """Reports another order of the names that both have: the part in which they differ."""
    known = set(old)
    kept = [name for name in new if name in known]
    if old == kept:
        return
    start = next((i for i, (a, b) in enumerate(zip(old, kept, strict=False)) if a != b), 0)
    end = next((i for i, (a, b) in enumerate(zip(reversed(old), reversed(kept), strict=False)) if a != b), 0)
    emit(rules.reordered, path, *(", ".join(names[start : len(names) - end]) for names in (old, kept)))


def _describe_child(child: Element) -> str:
    return plain_type(child.type) + ("" if child.max_occurs == 1 else "[]")


def _kind_of(found: Type) -> str:
    return {"enum": "enumeration", "simple": f"simple ({local(found.base or '')})"}.get(found.kind, found.kind)
