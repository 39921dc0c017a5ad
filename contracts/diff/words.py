"""What a declaration is called and said to be where it changed: keys, and words a person understands."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Element, Type, is_anonymous, local


def keyed(members: Iterable[Element]) -> dict[str, Element]:
    """By local name; the second of several of one name as ``Name[2]``."""
    table: dict[str, Element] = {}
    for member in members:
        key, n = member.local, 1
        while key in table:
            n += 1
            key = f"{member.local}[{n}]"
        table[key] = member
    return table


def numbered(found: Type) -> dict[str, tuple[int, bool]]:
    """The number of each value, and whether the schema says it: else it follows from the place, in a list as a bit."""
    flags = found.name.endswith("/item")
    return {
        v.name: ((1 << i if flags else i) if v.number is None else v.number, v.number is not None)
        for i, v in enumerate(found.values)
    }


def facts(element: Element) -> tuple[object, ...]:
    return element.local, element.min_occurs, element.max_occurs, element.nillable, element.preset


def plain(name: str) -> str:
    """A type as a person names it."""
    plain = local(name)
    return "a type of its own" if is_anonymous(name) else plain


def abstract(found: Type) -> str:
    return "abstract" if found.abstract else "concrete"


def maximum(element: Element) -> str:
    return f"maxOccurs={'unbounded' if element.max_occurs is None else element.max_occurs}"


def restriction(found: Type) -> str:
    said = ", ".join(f"{name} {value}" for name, value in found.facets)
    return local(found.base or "anySimpleType") + (f" ({said})" if said else "")


def window(old: list[str], new: list[str]) -> tuple[str, str]:
    """The part of two orders of the same names in which they differ."""
    start = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), 0)
    end = next((i for i, (a, b) in enumerate(zip(reversed(old), reversed(new), strict=False)) if a != b), 0)
    return ", ".join(old[start : len(old) - end]), ", ".join(new[start : len(new) - end])
