"""Elements as WCF reads them: lenient where its DataContractSerializer is, and strict where it is.

It reads with a cursor that only moves forward: members out of order are lost, unknown ones are skipped, of two the
first counts; values are checked one by one. Measured on .NET's serializers, and on Mono's WCF, which has Microsoft's.

A value is ``None`` (nil), what `xsd.values` reads of a simple one, an array as ``list``, a type marked IsDictionary as
``dict``, any other complex type as a ``dict`` with all its members.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from ..model import Element, Type, local
from ..model.names import XML_SPACE, XSI_TYPE, is_nil, xsi_type
from ..xsd.schema import Schema
from ..xsd.values import Unreadable, default_value, read_value


def read_element(node: etree._Element, declared: Element, schema: Schema) -> Any:
    """The value of one element, as declared. Raises Unreadable."""
    kind = schema.type(declared.type)
    if is_nil(node):
        if not declared.nillable:
            raise Unreadable(f"ValueType '{local(declared.type)}' cannot be null.")
        return None
    if kind is None or kind.kind != "complex":
        return read_value(schema, declared.type, _text_of(node))
    kind = _named_type(node, kind, schema)
    members = schema.members(kind.name)
    if kind.dictionary:
        return _read_dictionary(node, members[0], schema)
    if len(members) == 1 and members[0].max_occurs is None:
        return [read_element(child, members[0], schema) for child in children_of(node) if child.tag == members[0].name]
    return read_members(node, members, schema)


def read_members(node: etree._Element, members: tuple[Element, ...], schema: Schema) -> dict[str, Any]:
    """The members of a data contract: a cursor moves forward only, a required one must not be passed over."""
    value = {member.local: default_of(member, schema) for member in members}
    at = 0
    for child in children_of(node):
        found = next((i for i in range(at, len(members)) if members[i].name == child.tag), None)
        if found is None:
            continue
        _check_passed(members[at:found], child)
        value[members[found].local] = read_element(child, members[found], schema)
        at = found + 1
    _check_passed(members[at:], node)
    return value


def _check_passed(passed: tuple[Element, ...], instead: etree._Element) -> None:
    for member in passed:
        if member.min_occurs:
            raise Unreadable(f"'{local(str(instead.tag))}' is not expected. Expecting element '{member.local}'.")


def _read_dictionary(node: etree._Element, item: Element, schema: Schema) -> dict[Any, Any]:
    pairs: dict[Any, Any] = {}
    for child in children_of(node):
        if child.tag != item.name:
            continue
        pair = read_members(child, schema.members(item.type), schema)
        if pair["Key"] is None:
            raise Unreadable("Value cannot be null. Parameter name: key")
        if pair["Key"] in pairs:
            raise Unreadable("An item with the same key has already been added.")
        pairs[pair["Key"]] = pair["Value"]
    return pairs


def children_of(node: etree._Element) -> Iterator[etree._Element]:
    """The child elements; text between them is more than the serializer can skip."""
    if any(text and text.strip(XML_SPACE) for text in (node.text, *(child.tail for child in node))):
        raise Unreadable("Expecting state 'Element'. Encountered 'Text'.")
    return node.iterchildren(tag=etree.Element)


def _text_of(node: etree._Element) -> str:
    """The text of an element, whatever comments stand in it."""
    child = next(node.iterchildren(tag=etree.Element), None)
    if child is not None:
        raise Unreadable(f"Element '{local(str(child.tag))}' stands where a value is expected.")
    return "".join(text for text in (node.text, *(child.tail for child in node)) if text)


def _named_type(node: etree._Element, declared: Type, schema: Schema) -> Type:
    given = node.get(XSI_TYPE)
    if given is None:
        return declared
    actual = schema.type(xsi_type(node) or "")
    if actual is None or not schema.derives(actual.name, declared.name):
        raise Unreadable(f"The deserializer has no knowledge of any type that maps to the name '{given}'.")
    return actual


def default_of(declared: Element, schema: Schema) -> Any:
    """What .NET has in a member that nobody set, in a form that can be written where null cannot."""
    value = default_value(schema, declared)
    kind = schema.type(declared.type)
    if kind is None or declared.nillable:
        return value
    if kind.kind == "enum":
        names = [known.name for known in kind.values]
        return value if value in names else names[0]
    if kind.kind == "complex":
        return {member.local: default_of(member, schema) for member in schema.members(kind.name)}
    return "" if value is None else value
