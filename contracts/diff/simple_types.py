"""What changed in simple types: whether the values of the new one are the same, fewer, more, or others."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from math import inf

from ..model import XSD, Type, local
from ..xsd.builtins import BUILTINS
from ..xsd.schema import Schema
from .change_rule import ChangeRule, Emit, one_sided
from .particles import Relation, union_of

# fmt: off
TYPE_CHANGED = ChangeRule("type-changed", "breaking", "breaking", "present", "sides",
    "a value keeps its type",
    "one side does not understand the values of the other",
    "send and read the new type")
TYPE_NARROWED = ChangeRule("type-narrowed", "breaking", "breaking", "present", "sides",
    "a type allows every value that it allowed",
    "values that were good are refused, or do not come any more",
    "check the values that are sent against the new type")
TYPE_WIDENED = ChangeRule("type-widened", "safe", "breaking", "present", "sides",
    "a response has no values that its old type did not have",
    "the server still takes the old values, but may answer with ones that the caller cannot hold",
    "read the wider type")
ENUM_VALUE_REMOVED = ChangeRule("enum-value-removed", "breaking", "safe", "present", "path",
    "every value of an enumeration stays, under its name",
    "the server answers a name it does not know with a Fault",
    "send another value")
ENUM_VALUE_ADDED = ChangeRule("enum-value-added", "safe", "risky", "owner", "path",
    "no value comes into an enumeration that responses hold",
    "WCF's typed readers refuse a name they do not know; zeep passes it on",
    "be ready for a value that is not known")
ENUM_NUMBER_CHANGED = ChangeRule("enum-number-changed", "safe", "safe", "present", "sides",
    "the number of a value is no part of the message",
    "names are on the wire, numbers are not",
    "change it where it is stored as a number")
# fmt: on

RETYPED: dict[Relation, ChangeRule] = {"narrowed": TYPE_NARROWED, "widened": TYPE_WIDENED, "changed": TYPE_CHANGED}

_XS = f"{{{XSD}}}"
_EXACT = {"float": 2**24, "double": 2**53}
"""The whole numbers up to which a floating-point type holds each."""

_MOST_BITS = 64
"""Of flags: .NET has no more."""
_LOWER = {"minInclusive", "minExclusive", "minLength"}
_UPPER = {"maxInclusive", "maxExclusive", "maxLength", "totalDigits", "fractionDigits"}


@dataclass(frozen=True, slots=True)
class _ValueSpace:
    """What a simple type allows: values of ``builtin``, of ``values`` where it enumerates, within ``facets``."""

    builtin: str
    values: frozenset[str] | None
    facets: tuple[tuple[str, str], ...]
    items: int
    """How many lists deep: 0 or 1."""


def compare_simple_types(
    schemas: tuple[Schema, Schema], old: Type, new: Type, has_same_base: bool, path: str, emit: Emit
) -> None:
    """A restriction's base and its facets are one change, as together they say what is allowed; values are one each."""
    choices = [union_of(schema, kind.name) for schema, kind in zip(schemas, (old, new), strict=True)]
    if choices[0] != choices[1]:
        shown = (" or ".join(c) or _describe_restriction(t) for c, t in zip(choices, (old, new), strict=True))
        emit(TYPE_CHANGED, path, *shown)
        return
    of_base: Relation = "same"
    if old.base and new.base and not has_same_base:
        of_base = relate_types(schemas[0], old.base, schemas[1], new.base)
    relation = combine_relations(of_base, relate_facets(old.facets, new.facets))
    if relation != "same":
        emit(RETYPED[relation], path, _describe_restriction(old), _describe_restriction(new))
    _compare_enumerations(old, new, path, emit)


def _describe_restriction(found: Type) -> str:
    said = ", ".join(f"{name} {value}" for name, value in found.facets)
    return local(found.base or "anySimpleType") + (f" ({said})" if said else "")


def _compare_enumerations(old: Type, new: Type, path: str, emit: Emit) -> None:
    """The values by name, and by number where either side says it."""
    before, after = _number_values(old), _number_values(new)
    for rule, name, *shown in one_sided(before, after, ENUM_VALUE_REMOVED, ENUM_VALUE_ADDED):
        emit(rule, f"{path}.{name}", *shown)
    for name, (number, is_said) in before.items():
        other, is_said_now = after.get(name, (number, False))
        # A number that only follows from the place is left out: one that an insertion pushes back is no change.
        if number != other and (is_said or is_said_now):
            emit(ENUM_NUMBER_CHANGED, f"{path}.{name}", str(number), str(other))


def _number_values(enumeration: Type) -> dict[str, tuple[int, bool]]:
    """The number of each value, and whether the schema says it: else it follows from the place, in a list as a bit."""
    flags = enumeration.name.endswith("/item")
    return {
        v.name: ((1 << min(i, _MOST_BITS) if flags else i) if v.number is None else v.number, v.number is not None)
        for i, v in enumerate(enumeration.values)
    }


def relate_types(old: Schema, old_type: str, new: Schema, new_type: str) -> Relation:
    """How ``new_type``'s values stand to ``old_type``'s. What is no simple type has "changed"."""
    first, second = _value_space(old, old_type), _value_space(new, new_type)
    if first is None or second is None:
        return "changed"
    return combine_relations(
        _relate_builtins(old, first.builtin, second.builtin),
        _relate_sets(first.values, second.values),
        relate_facets(first.facets, second.facets),
        "same" if first.items == second.items else "widened" if second.items else "narrowed",
    )


def combine_relations(*relations: Relation) -> Relation:
    """The relation of the whole, where each part has its own."""
    found = set(relations) - {"same"}
    return "same" if not found else found.pop() if len(found) == 1 else "changed"


def relate_facets(old: tuple[tuple[str, str], ...], new: tuple[tuple[str, str], ...]) -> Relation:
    """How the facets of a restriction changed what it allows."""
    before, after = _group_facets(old), _group_facets(new)
    names = sorted({*before, *after})
    return combine_relations(*(_relate_facet(name, before.get(name), after.get(name)) for name in names))


def _group_facets(facets: tuple[tuple[str, str], ...]) -> dict[str, frozenset[str]]:
    """The values of each that forbids anything."""
    found = defaultdict[str, set[str]](set)
    for name, value in facets:
        if not _is_idle(name, value):
            found[name].add(value)
    return {name: frozenset(values) for name, values in found.items()}


def _is_idle(name: str, value: str) -> bool:
    """Whether a facet forbids nothing."""
    return name == "whiteSpace" or (name == "minLength" and value.strip("0 ") == "")


def _relate_facet(name: str, old: frozenset[str] | None, new: frozenset[str] | None) -> Relation:
    if old is None or new is None or name == "pattern":  # several patterns of one restriction are alternatives
        return _relate_sets(old, new)
    try:
        first, second = Decimal(next(iter(old))), Decimal(next(iter(new)))
    except InvalidOperation:
        return "same" if old == new else "changed"
    if first == second:
        return "same"
    if name in _LOWER:
        return "narrowed" if second > first else "widened"
    if name in _UPPER:
        return "narrowed" if second < first else "widened"
    return "changed"


def _relate_sets(old: frozenset[str] | None, new: frozenset[str] | None) -> Relation:
    """What is allowed before and after; None allows everything."""
    if old == new:
        return "same"
    if old is None or (new is not None and new < old):
        return "narrowed"
    return "widened" if new is None or old < new else "changed"


def _value_space(schema: Schema, name: str) -> _ValueSpace | None:
    values: frozenset[str] | None = None
    facets: list[tuple[str, str]] = []
    seen: set[str] = set()
    items = 0
    at: str | None = name
    while at and at not in seen:
        seen.add(at)
        if at.startswith(_XS):
            return _ValueSpace(local(at), values, tuple(facets), items)
        found = schema.type(at)
        if found is None or found.kind == "complex" or found.content == "union":
            return None
        if found.kind == "list":
            at, items = found.item, items + 1
            continue
        if found.values and values is None:
            values = frozenset(v.name for v in found.values)
        have = {n for n, _ in facets}
        facets += [f for f in found.facets if f[0] not in have]
        at = found.base
    return None


def _relate_builtins(schema: Schema, old: str, new: str) -> Relation:
    if old == new:
        return "same"
    if _is_within(schema, old, new):
        return "widened"
    return "narrowed" if _is_within(schema, new, old) else "changed"


def _is_within(schema: Schema, inner: str, outer: str) -> bool:
    """Whether every value of one builtin is one of the other, written the same."""
    if schema.derives(f"{_XS}{inner}", f"{_XS}{outer}") or (inner, outer) == ("float", "double"):
        return True
    small, large = _whole_numbers(inner), _whole_numbers(outer)
    return inner not in _EXACT and large[0] <= small[0] <= small[1] <= large[1]


def _whole_numbers(name: str) -> tuple[float, float]:
    """From where to where a builtin holds each whole number; for what holds none a range that nothing is in."""
    if exact := _EXACT.get(name):
        return -exact, exact
    found = BUILTINS.get(f"{_XS}{name}")
    if found is None or found.family != "integer":
        return inf, -inf
    return -inf if found.low is None else found.low, inf if found.high is None else found.high
