"""Operators on what marks a value: xsi:nil, xsi:type, the keys of a dictionary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml import etree

from ...generate.building import NIL, TYPE
from ...model import is_anonymous, local, namespace
from ...model.names import XSD
from ..originals import Node, Original
from .base import BOTH, LENIENT, MODEL, OFFUTT, REFUSED, RPC, Apply, Operator, mark_type
from .picking import Edit, by_type, in_space, is_any, is_child, sites


def _nil(original: Original, node: Node, element: Any) -> None:
    for child in list(element):
        element.remove(child)
    element.text = None
    element.set(NIL, "true")


def _harmless_nil(original: Original, node: Node) -> str | None:
    return "it is nillable" if node.element.nillable else None


def _nil_with_content(original: Original, node: Node, element: Any) -> bool | None:
    if not (element.text or "").strip() and not len(element):
        return False
    element.set(NIL, "true")
    return None


def _nil_lexical(original: Original, node: Node, element: Any) -> None:
    element.set(NIL, "True")


def _nillable(node: Node) -> bool:
    return is_child(node) and node.element.nillable


# --- xsi:type -------------------------------------------------------------------------------------------------------


def _typed(name: Callable[[Original, Node], str | None]) -> Edit:
    """xsi:type with a type of that Clark name."""

    def change(original: Original, node: Node, element: Any) -> bool | None:
        found = name(original, node)
        if found is None:
            return False
        mark_type(element, found)
        return None

    return change


def _unrelated(original: Original, node: Node) -> str | None:
    schema = original.service.schema
    if node.simple:
        other = f"{{{XSD}}}string"
        return f"{{{XSD}}}int" if schema.derives(node.element.type, other) else other
    types = (t for t in schema.type_names() if (found := schema.type(t)) and found.kind == "complex")
    return next((t for t in types if not schema.derives(t, node.element.type)), None)


def _nonesuch(original: Original, node: Node) -> str:
    return f"{{{original.service.namespace}}}Nonesuch"


def _own_type_elsewhere(original: Original, node: Node) -> str | None:
    name = node.element.type
    return None if is_anonymous(name) else f"{{urn:example}}{local(name)}"


def _wider(original: Original, node: Node) -> str | None:
    """The base of the declared type: what is wider may not stand for it."""
    base = next(iter(original.service.schema.lineage(node.element.type)), None)
    if base is None or base.base is None or base.base in (f"{{{XSD}}}anySimpleType", f"{{{XSD}}}anyType"):
        return None
    return base.base


# --- dictionaries ---------------------------------------------------------------------------------------------------


def _keys(element: Any) -> tuple[Any, Any] | None:
    """The keys of the first and the last pair, where both have a text."""
    pairs = [pair for pair in element if len(pair)]
    keys = (pairs[0][0], pairs[-1][0]) if len(pairs) > 1 else ()
    return (keys[0], keys[1]) if keys and not any(NIL in key.attrib or len(key) for key in keys) else None


def _key_twice(original: Original, node: Node, element: Any) -> bool | None:
    keys = _keys(element)
    if keys is None:
        return False
    keys[1].text = keys[0].text
    return None


def _key_as_cdata(original: Original, node: Node, element: Any) -> bool | None:
    keys = _keys(element)
    if keys is None or not keys[0].text:
        return False
    keys[1].text = etree.CDATA(keys[0].text)
    return None


def _renamed_pair(original: Original, node: Node, element: Any) -> bool | None:
    if not len(element):
        return False
    element[0].tag = in_space("KeyValuePair", namespace(node.type.name))
    return None


def _attribute(name: str, value: str) -> Edit:
    def change(original: Original, node: Node, element: Any) -> None:
        element.set(name, value)

    return change


def _op(id_: str, description: str, source: str, apply: Apply) -> Operator:
    return Operator(id_, BOTH, description, source, apply)


OPERATORS = (
    # --- nil ----------------------------------------------------------------------------------------------------
    _op("member-nil", "xsi:nil on a parameter or member", REFUSED, sites(is_child, _nil, _harmless_nil)),
    _op("member-nil-content", "xsi:nil beside content", MODEL, sites(_nillable, _nil_with_content)),
    _op("member-nil-lexical", "xsi:nil with a value that is no boolean", OFFUTT, sites(_nillable, _nil_lexical)),
    # --- xsi:type -----------------------------------------------------------------------------------------------
    _op(
        "xsi-type-unrelated",
        "xsi:type with a type that does not derive from the declared one",
        LENIENT,
        sites(lambda n: is_child(n) and not is_any(n), _typed(_unrelated), key=by_type),
    ),
    _op(
        "xsi-type-unknown",
        "xsi:type with a type that does not exist",
        MODEL,
        sites(is_child, _typed(_nonesuch), key=by_type),
    ),
    _op(
        "xsi-type-namespace",
        "xsi:type with the right name in another namespace",
        MODEL,
        sites(is_child, _typed(_own_type_elsewhere), key=by_type),
    ),
    _op(
        "xsi-type-wider",
        "xsi:type with the base of the declared type",
        MODEL,
        sites(is_child, _typed(_wider), key=by_type),
    ),
    _op(
        "xsi-type-unbound",
        "xsi:type with a prefix that is not declared",
        MODEL,
        sites(is_child, _attribute(TYPE, "nowhere:int"), key=by_type),
    ),
    _op("xsi-type-empty", "an empty xsi:type", MODEL, sites(is_child, _attribute(TYPE, ""), key=by_type)),
    # --- dictionaries -------------------------------------------------------------------------------------------
    _op(
        "dictionary-key-twice",
        "a key twice in a dictionary",
        REFUSED,
        sites(lambda n: n.type.dictionary, _key_twice, key=by_type),
    ),
    _op(
        "dictionary-key-cdata",
        "a key twice in a dictionary, once as CDATA",
        REFUSED,
        sites(lambda n: n.type.dictionary, _key_as_cdata, key=by_type),
    ),
    _op(
        "dictionary-pair-renamed",
        "a dictionary's pair under another name",
        RPC,
        sites(lambda n: n.type.dictionary, _renamed_pair, key=by_type),
    ),
)
