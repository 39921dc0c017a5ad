"""What a valid element is looked at again for: values that libxml2 takes too easily, keys, references."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from ..model import (
    ANY_TYPE,
    SERIALIZATION,
    is_nil,
)
from ..xsd.schema import Schema
from ..xsd.values import InvalidValue, read_value
from .case import (
    text_of,
)
from .values import strict_members

ID, REF = f"{{{SERIALIZATION}}}Id", f"{{{SERIALIZATION}}}Ref"
"""Microsoft's z:Id and z:Ref, by which one object is sent once and meant twice."""


@dataclass(frozen=True, slots=True)
class Watch:
    """The elements that are worth a second look although libxml2 finds them valid, by name.

    ``pairs`` are those of dictionaries, each with the type of its key, empty where that is a text; of ``values``
    libxml2 takes some too easily; ``references``: whether z:Id and z:Ref are declared. ``header``: of header blocks.
    """

    pairs: dict[str, str] = field(default_factory=dict)
    values: dict[str, Callable[[str], object]] = field(default_factory=dict)
    references: bool = False
    header: bool = False


@lru_cache(maxsize=1024)
def watch_elements(schema: Schema, roots: tuple[str, ...], header: bool = False) -> Watch:
    """Those in what the global elements ``roots`` can hold: a body, or header blocks."""
    reached = schema.reach(*(element.type for root in roots if (element := schema.element(root))))
    if ANY_TYPE in reached:  # by xsi:type it can hold anything
        reached |= schema.reach(*schema.type_names())
    dictionaries = [kind for name in reached if (kind := schema.type(name)) and kind.dictionary]
    pairs = {member.name: key_type_of(schema, member.type) for kind in dictionaries for member in kind.members}
    kinds = [kind for name in reached if (kind := schema.type(name))]
    references = any(attribute.name in (ID, REF) for kind in kinds for attribute in kind.attributes)
    return Watch(pairs, strict_members(schema, reached), references, header)


def is_suspicious(schema: Schema, node: etree._Element, watch: Watch) -> bool:
    """Whether a valid element holds something that libxml2 does not look at closely enough."""
    for found in node.iter(*watch.values) if watch.values else ():
        text = found.text  # with a comment in it, it has more
        if len(found) or (text and not watch.values[found.tag](text)):
            return True
    seen: set[tuple[int, object]] = set()
    for pair in node.iter(*watch.pairs) if watch.pairs else ():
        parent = pair.getparent()
        if len(pair) == 0 or parent is None:
            continue
        entry = pair[0]
        key = (id(parent), key_value(schema, watch.pairs[pair.tag], entry))
        if key in seen or (entry.attrib and is_nil(entry)):
            return True
        seen.add(key)
    return watch.references and bool(find_bad_references(node))


def key_type_of(schema: Schema, pair_type: str) -> str:
    """The type of the key of a dictionary's pair; empty where it is a text, or there is none."""
    key = next((m.type for m in schema.members(pair_type) if m.local.lower() == "key"), "")
    row = schema.builtin(key) if key else None
    return "" if row is None or row.family == "string" else key


def key_value(schema: Schema, key_type: str, entry: etree._Element) -> object:
    """What .NET reads of a key; its text where it can read none."""
    try:
        return read_value(schema, key_type, text_of(entry)) if key_type else text_of(entry)
    except InvalidValue:
        return text_of(entry)


def find_bad_references(node: etree._Element) -> list[tuple[etree._Element, str, str]]:
    """Elements with a z:Ref to no z:Id, or a z:Id that is there already: the attribute, and what is wrong with it."""
    first: dict[str, etree._Element] = {}
    bad = []
    for at in node.iter(etree.Element):
        given = at.get(ID)
        if given is not None and first.setdefault(given, at) is not at:
            bad.append((at, ID, "is there twice"))
    for at in node.iter(etree.Element):
        if (given := at.get(REF)) is not None and given not in first:
            bad.append((at, REF, "is no z:Id of this message"))
    return bad
