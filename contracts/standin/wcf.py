"""Elements as WCF reads them: lenient where its DataContractSerializer is, and strict where it is.

It reads with a cursor that only moves forward: members out of order are lost, unknown ones are skipped, of two the
first counts; values are checked one by one. Measured on .NET's serializers, and on Mono's WCF, which has Microsoft's.

A value is ``None`` (nil), what `xsd.values` reads of a simple one, an array as ``list``, a type marked IsDictionary as
``dict``, any other complex type as a ``dict`` with all its members.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from lxml import etree

from ..generate.forms import example_text
from ..model import Element, Type, local
from ..model.names import NIL, SERIALIZATION, XML_SPACE, XSI_TYPE, is_nil, xsi_type
from ..xsd.probe import accepts_text
from ..xsd.schema import Schema
from ..xsd.values import InvalidValue, default_value, read_value, write_value

_ID = f"{{{SERIALIZATION}}}Id"
_ARRAYS_READ_WHOLE = ("boolean", "dateTime", "decimal", "double", "float", "int", "long")
"""The serializer reads an array of these at a stretch, and then wants its end: it skips no other element there."""


class BadKey(Exception):
    """A dictionary does not take the key: no fault of the serializer's, so WCF calls it an internal one."""


def read_element(node: etree._Element, declared: Element, schema: Schema) -> Any:
    """The value of one element, as declared. Raises InvalidValue, BadKey."""
    kind = schema.type(declared.type)
    if is_nil(node):
        if not declared.nillable:
            raise InvalidValue(f"ValueType '{local(declared.type)}' cannot be null.")
        return None
    if kind is None or kind.kind != "complex":
        return read_value(schema, declared.type, _text_of(node))
    kind = _named_type(node, kind, schema)
    if node.get(_ID) == "":
        raise InvalidValue("Invalid Id ''. Must not be null or empty.")
    members = schema.members(kind.name)
    if kind.dictionary:
        return _read_dictionary(node, members[0], schema)
    if len(members) == 1 and members[0].max_occurs is None:
        return _read_array(node, members[0], schema)
    return read_members(node, members, schema)


def read_parameters(node: etree._Element, members: tuple[Element, ...], schema: Schema) -> dict[str, Any]:
    """The parameters in an operation's element: as `read_members`, but for xsi:nil on one that has no null.

    A primitive is then read by its text, as if nothing were said; an enum has its default.
    """
    for child in list(children_of(node)):
        declared = next((member for member in members if member.name == child.tag), None)
        kind = schema.type(declared.type) if declared is not None and not declared.nillable else None
        if kind is not None and kind.kind == "simple":
            child.attrib.pop(NIL, "")
        elif kind is not None and kind.kind != "complex" and is_nil(child):
            node.remove(child)
    return read_members(node, members, schema)


def read_members(node: etree._Element, members: tuple[Element, ...], schema: Schema) -> dict[str, Any]:
    """The members of a data contract: a cursor moves forward only, a required one must not be passed over."""
    value = {member.local: default_of(member, schema) for member in members}
    at = 0  # the cursor: members before it cannot be read any more
    for child in children_of(node):
        found = next((i for i in range(at, len(members)) if members[i].name == child.tag), None)
        if found is None:  # unknown, or out of order: lost in silence
            continue
        _check_passed(members[at:found], child)
        value[members[found].local] = read_element(child, members[found], schema)
        at = found + 1
    _check_passed(members[at:], node)
    return value


def _check_passed(passed: tuple[Element, ...], instead: etree._Element) -> None:
    """Raises InvalidValue where a required member is among those that the cursor passed over."""
    for member in passed:
        if member.min_occurs:
            raise InvalidValue(f"'{local(str(instead.tag))}' is not expected. Expecting element '{member.local}'.")


def _read_array(node: etree._Element, item: Element, schema: Schema) -> list[Any]:
    row = schema.builtin(item.type)
    items = list(children_of(node))
    for child in items:
        if child.tag != item.name and row is not None and row.name in _ARRAYS_READ_WHOLE:
            raise InvalidValue(f"End element '{local(str(node.tag))}' expected. Found '{local(str(child.tag))}'.")
    return [read_element(child, item, schema) for child in items if child.tag == item.name]


def _read_dictionary(node: etree._Element, item: Element, schema: Schema) -> dict[Any, Any]:
    pairs: dict[Any, Any] = {}
    for child in children_of(node):
        if child.tag != item.name:  # skipped, as any element that is not expected
            continue
        pair = read_members(child, schema.members(item.type), schema)
        if pair["Key"] is None:
            raise BadKey("Value cannot be null. Parameter name: key")
        if pair["Key"] in pairs:
            raise BadKey("An item with the same key has already been added.")
        pairs[pair["Key"]] = pair["Value"]
    return pairs


def children_of(node: etree._Element) -> Iterator[etree._Element]:
    """The child elements; text between them is more than the serializer can skip."""
    if any(text and text.strip(XML_SPACE) for text in (node.text, *(child.tail for child in node))):
        raise InvalidValue("Expecting state 'Element'. Encountered 'Text'.")
    return node.iterchildren(tag=etree.Element)


def _text_of(node: etree._Element) -> str:
    """The text of an element, whatever comments stand in it."""
    child = next(node.iterchildren(tag=etree.Element), None)
    if child is not None:
        raise InvalidValue(f"Element '{local(str(child.tag))}' stands where a value is expected.")
    return "".join(text for text in (node.text, *(child.tail for child in node)) if text)


def _named_type(node: etree._Element, declared: Type, schema: Schema) -> Type:
    given = node.get(XSI_TYPE)
    if given is None:
        return declared
    actual = schema.type(xsi_type(node) or "")
    if actual is None or not schema.derives(actual.name, declared.name):
        raise InvalidValue(f"The deserializer has no knowledge of any type that maps to the name '{given}'.")
    return actual


def default_of(declared: Element, schema: Schema) -> Any:
    """What .NET has in a member that nobody set; where the schema does not take that, a value that it takes."""
    kind = schema.type(declared.type)
    if kind is None or declared.nillable:
        return default_value(schema, declared)
    if kind.kind == "complex":
        return {member.local: default_of(member, schema) for member in schema.members(kind.name)}
    return _writable_default(declared, schema)


@lru_cache(maxsize=4096)
def _writable_default(declared: Element, schema: Schema) -> Any:
    value = default_value(schema, declared)
    if value is not None and accepts_text(schema, declared.type, write_value(value)):
        return value
    text = "" if value is None and accepts_text(schema, declared.type, "") else example_text(schema, declared.type)
    return read_value(schema, declared.type, text)
