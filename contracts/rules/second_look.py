"""What a valid element is looked at again for: values that libxml2 takes too easily, keys, references."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import NamedTuple

from lxml import etree

from ..model import ANY_TYPE, NIL, SERIALIZATION, text_of
from ..xsd.schema import Schema
from ..xsd.values import InvalidValue, read_value

ID, REF = f"{{{SERIALIZATION}}}Id", f"{{{SERIALIZATION}}}Ref"
"""Microsoft's z:Id and z:Ref, by which one object is sent once and meant twice."""

_MOMENT = re.compile(r"\s*(?!0000)[0-9]{4}-[0-9:.Z+-]+(T(?!24)[0-9:.Z+-]+)?\s*")
_CERTAIN = {
    "dateTime": _MOMENT,
    "date": _MOMENT,
    "double": re.compile(r"\s*-?[0-9]{1,30}(\.[0-9]+)?\s*"),
    "decimal": re.compile(r"\s*-?[0-9]{1,28}(\.[0-9]*)?\s*"),
    "char": re.compile(r"[0-9]{1,4}"),
    "base64": re.compile(r"([A-Za-z0-9+/]{4})*"),
    "any": re.compile(r"[A-Za-z -]*|-?[0-9]+"),
    "guid": re.compile(r"[0-9a-fA-F-]*"),
    "duration": re.compile(r"-?P(?!.*[0-9]{5})[0-9YMDTH]*([0-9](\.[0-9]+)?S)?"),
    "list": re.compile(r"[^\t\r\n]*"),  # .NET splits it at blanks alone
}
"""By family, where libxml2 lets through what XML Schema or .NET does not: what is right nevertheless if it is valid."""


@dataclass(frozen=True, slots=True)
class Watch:
    """The elements that are worth a second look although libxml2 finds them valid, by name.

    Of ``values`` libxml2 takes some too easily: what is right at one glance. ``keys`` are the pairs of dictionaries:
    what reads the key of one. ``names``: both. ``references``: whether z:Id and z:Ref are declared.
    """

    values: dict[str, Callable[[str], object]]
    keys: dict[str, Callable[[etree._Element], object]]
    names: tuple[str, ...]
    references: bool


@lru_cache(maxsize=4096)
def watch_elements(schema: Schema, *roots: str) -> Watch:
    """Those in what these global elements can hold: bodies, header blocks."""
    types = [element.type for root in roots if (element := schema.element(root))]
    # Operations differ in their own elements, and share the types of what these hold.
    inside = [_look_below(schema, held) for name in types for held in schema.next_to(name) or (name,)]
    looks = dict.fromkeys([*(_look_at(schema, name) for name in types), *inside])
    return _make_watch(schema, tuple(look for look in looks if look != _NOTHING))


@lru_cache(maxsize=4096)
def _make_watch(schema: Schema, looks: tuple[_SecondLook, ...]) -> Watch:
    """One for all operations whose messages hold what is looked at so."""
    look = _join_looks(looks)
    families: dict[str, list[str]] = {}
    for name, family in look.values:
        families.setdefault(name, []).append(family)
    values = {name: _match_all([_CERTAIN[family] for family in found]) for name, found in families.items()}
    keys = {name: key_reader(schema, kind) for name, kind in look.pairs}
    return Watch(values, keys, tuple({**values, **keys}), look.references)


class _SecondLook(NamedTuple):
    """What is worth a second look in types: members with the family of their values, a dictionary's pairs, z:Id."""

    values: frozenset[tuple[str, str]]
    pairs: frozenset[tuple[str, str]]
    references: bool


_NOTHING = _SecondLook(frozenset(), frozenset(), False)


def _join_looks(looks: Iterable[_SecondLook]) -> _SecondLook:
    values, pairs, references = set[tuple[str, str]](), set[tuple[str, str]](), False
    for look in looks:
        values |= look.values
        pairs |= look.pairs
        references |= look.references
    return _SecondLook(frozenset(values), frozenset(pairs), references)


@lru_cache(maxsize=4096)
def _look_below(schema: Schema, type_name: str) -> _SecondLook:
    """In all that a value of the type can hold."""
    reached = schema.reach(type_name)
    if ANY_TYPE in reached:  # by xsi:type it can hold anything
        reached |= schema.reach(*schema.type_names())
    return _join_looks(_look_at(schema, name) for name in reached)


@lru_cache(maxsize=4096)
def _look_at(schema: Schema, type_name: str) -> _SecondLook:
    """In its own members."""
    kind = schema.type(type_name)
    members = kind.members if kind else ()
    values = {(m.name, family) for m in members if (family := _find_family(schema, m.type))}
    pairs = {(m.name, m.type) for m in members} if kind and kind.dictionary else ()
    references = kind is not None and any(attribute.name in (ID, REF) for attribute in kind.attributes)
    return _SecondLook(frozenset(values), frozenset(pairs), references)


@lru_cache(maxsize=4096)
def _find_family(schema: Schema, type_name: str) -> str | None:
    """The family of a type's values, where they are worth a second look."""
    row, kind = schema.builtin(type_name), schema.type(type_name)
    family = row.family if row else kind.kind if kind else ""
    return family if family in _CERTAIN else None


def _match_all(patterns: list[re.Pattern[str]]) -> Callable[[str], object]:
    if len(patterns) == 1:
        return patterns[0].fullmatch
    return lambda text: all(pattern.fullmatch(text) for pattern in patterns)


def find_suspicious(node: etree._Element, watch: Watch) -> list[etree._Element]:
    """What a valid element holds that libxml2 does not look at closely enough, and that is not right at one glance."""
    suspicious = []
    values, keys = watch.values, watch.keys
    seen: set[tuple[etree._Element | None, object]] = set()
    for found in node.iter(*watch.names) if watch.names else ():
        name = found.tag
        if name in values:
            text = found.text  # with a comment in it, it has more
            if len(found) or (text and not values[name](text)):
                suspicious.append(found)
        if name not in keys or not len(found):
            continue
        entry = found[0]
        if entry.get(NIL) is None and found.getnext() is None and found.getprevious() is None:
            continue  # the key of the only pair is there once
        holder = found.getparent()
        key = (holder, keys[name](entry))
        if holder is not None and (key in seen or entry.get(NIL) is not None):
            suspicious.append(holder)
        seen.add(key)
    if watch.references:
        suspicious += [at for at, _, _ in find_bad_references(node)]
    return suspicious


def key_reader(schema: Schema, pair_type: str) -> Callable[[etree._Element], object]:
    """What reads the key of a dictionary's pair of that type."""
    key = next((m.type for m in schema.members(pair_type) if m.local.lower() == "key"), "")
    row = schema.builtin(key) if key else None
    return text_of if row is None or row.family == "string" else partial(_read_key, schema, key)


def _read_key(schema: Schema, key_type: str, entry: etree._Element) -> object:
    """What .NET reads of a key; its text where it can read none."""
    text = text_of(entry)
    try:
        return read_value(schema, key_type, text)
    except InvalidValue:
        return text


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
