"""How the values of one simple type stand to those of another: the same, fewer, more, or others."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from ..model import Type, local
from ..xsd.builtins import INTEGER_RANGES, OPEN_RANGES
from ..xsd.schema import XSD, Schema

Relation = Literal["same", "narrowed", "widened", "changed"]

_XS = f"{{{XSD}}}"
_RANGES: dict[str, tuple[int | None, int | None]] = {**INTEGER_RANGES, **OPEN_RANGES}
_EXACT = {"float": 2**24, "double": 2**53}
"""The whole numbers up to which a floating-point type holds each."""

_LOWER = {"minInclusive", "minExclusive", "minLength"}
_UPPER = {"maxInclusive", "maxExclusive", "maxLength", "totalDigits", "fractionDigits"}


@dataclass(frozen=True, slots=True)
class _Space:
    """What a simple type allows: values of ``builtin``, of ``values`` where it enumerates, within ``facets``."""

    builtin: str
    values: frozenset[str] | None
    facets: tuple[tuple[str, str], ...]
    items: int
    """How many lists deep: 0 or 1."""


def relation(old: Schema, old_type: str, new: Schema, new_type: str) -> Relation:
    """How ``new_type``'s values stand to ``old_type``'s. What is no simple type has "changed"."""
    first, second = _space(old, old_type), _space(new, new_type)
    if first is None or second is None:
        return "changed"
    return combined(
        _builtins(old, first.builtin, second.builtin),
        _sets(first.values, second.values),
        facets(first.facets, second.facets),
        "same" if first.items == second.items else "widened" if second.items else "narrowed",
    )


def combined(*relations: Relation) -> Relation:
    """The relation of the whole, where each part has its own."""
    found = {r for r in relations if r != "same"}
    if not found:
        return "same"
    return found.pop() if len(found) == 1 else "changed"


def facets(old: tuple[tuple[str, str], ...], new: tuple[tuple[str, str], ...]) -> Relation:
    """How the facets of a restriction changed what it allows."""
    before = {name: {v for n, v in old if n == name} for name, _ in old if name != "whiteSpace"}
    after = {name: {v for n, v in new if n == name} for name, _ in new if name != "whiteSpace"}
    return combined(*(_facet(name, before.get(name), after.get(name)) for name in sorted({*before, *after})))


def _facet(name: str, old: set[str] | None, new: set[str] | None) -> Relation:
    if old == new:
        return "same"
    if old is None:
        return "narrowed"
    if new is None:
        return "widened"
    if name == "pattern":  # several patterns of one restriction are alternatives
        return "widened" if old < new else "narrowed" if new < old else "changed"
    try:
        first, second = Decimal(next(iter(old))), Decimal(next(iter(new)))
    except InvalidOperation:
        return "changed"
    if first == second:
        return "same"
    if name in _LOWER:
        return "narrowed" if second > first else "widened"
    if name in _UPPER:
        return "narrowed" if second < first else "widened"
    return "changed"


def _space(schema: Schema, name: str) -> _Space | None:
    values: frozenset[str] | None = None
    found_facets: list[tuple[str, str]] = []
    seen: set[str] = set()
    items = 0
    at: str | None = name
    while at and at not in seen:
        seen.add(at)
        if at.startswith(_XS):
            return _Space(local(at), values, tuple(found_facets), items)
        found: Type | None = schema.type(at)
        if found is None or found.kind == "complex" or found.content == "union":
            return None
        if found.kind == "list":
            at, items = found.item, items + 1
            continue
        if found.values and values is None:
            values = frozenset(v.name for v in found.values)
        have = {n for n, _ in found_facets}
        found_facets += [f for f in found.facets if f[0] not in have]
        at = found.base
    return None


def _sets(old: frozenset[str] | None, new: frozenset[str] | None) -> Relation:
    if old == new:
        return "same"
    if old is None:
        return "narrowed"
    if new is None:
        return "widened"
    return "widened" if old < new else "narrowed" if new < old else "changed"


def _builtins(schema: Schema, old: str, new: str) -> Relation:
    if old == new:
        return "same"
    if _within(schema, old, new):
        return "widened"
    return "narrowed" if _within(schema, new, old) else "changed"


def _within(schema: Schema, inner: str, outer: str) -> bool:
    """Whether every value of one builtin is one of the other, written the same."""
    if schema.derives(f"{_XS}{inner}", f"{_XS}{outer}") or (inner, outer) == ("float", "double"):
        return True
    if inner not in _RANGES:
        return False
    low, high = _RANGES[inner]
    if outer in _EXACT:
        return low is not None and high is not None and max(-low, high) <= _EXACT[outer]
    if outer not in _RANGES:
        return False
    lowest, highest = _RANGES[outer]
    return (lowest is None or (low is not None and low >= lowest)) and (
        highest is None or (high is not None and high <= highest)
    )
