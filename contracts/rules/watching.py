"""What a valid message is looked at again for: values that libxml2 takes too easily, keys that are there twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from ..xsd.schema import ANY, XSD, Schema
from .case import text_of
from .values import STRICT, glance


@dataclass(frozen=True, slots=True)
class Watch:
    """The elements of a message that are worth a second look although libxml2 finds them valid."""

    pairs: tuple[str, ...] = ()
    strict: tuple[str, ...] = ()
    glances: dict[str, list[Callable[[str], object]]] = field(default_factory=dict)
    header: bool = False


@lru_cache(maxsize=1024)
def watch(schema: Schema, roots: tuple[str, ...], header: bool = False) -> Watch:
    """Which those are, by name, in what the global elements ``roots`` can hold: a body, or header blocks."""
    declared = [element for root in roots if (element := schema.element(root))]
    pairs: set[str] = set()
    glances: dict[str, list[Callable[[str], object]]] = {}
    reached = schema.reach(*(element.type for element in declared))
    if ANY in reached:  # by xsi:type it can hold anything
        reached |= schema.reach(*schema.type_names())
    for name in reached:
        kind = schema.type(name)
        if kind is None or kind.kind != "complex":
            continue
        if kind.dictionary:
            pairs.update(m.name for m in kind.members)
        for member in kind.members:
            for found in schema.lineage(member.type):
                if found.name in STRICT and (pattern := glance(found.name)):
                    glances.setdefault(member.name, []).append(pattern.fullmatch)
                if found.name in STRICT or found.name.startswith(f"{{{XSD}}}"):
                    break  # an xs:int is an xs:decimal too, and needs no such look
    return Watch(tuple(pairs), tuple(glances), glances, header)


def suspicious(node: etree._Element, watched: Watch) -> bool:
    """Whether a valid element holds something that libxml2 does not look at closely enough."""
    if watched.strict:
        for found in node.iter(*watched.strict):
            text = found.text
            if text and not all(match(text) for match in watched.glances[found.tag]):
                return True
    if watched.pairs:
        seen: set[tuple[int, str | None]] = set()
        for pair in node.iter(*watched.pairs):
            parent = pair.getparent()
            if len(pair) == 0 or parent is None:
                continue
            key = (id(parent), text_of(pair[0]))
            if key in seen:
                return True
            seen.add(key)
    return False
