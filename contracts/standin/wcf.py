"""Values as WCF reads and writes them: lenient where its DataContractSerializer is, and strict where it is.

It reads a message with a cursor that only moves forward: members out of order are lost, unknown ones are skipped,
of two the first counts; values are checked one by one. Measured on Mono's WCF (whose serializer is Microsoft's).

A value is ``None`` (nil), ``str``, ``int``, ``bool``, a dateTime or base64Binary as its text, an enum as its name,
a list of flags or an array as ``list``, a type marked IsDictionary as ``dict``, any other complex type as a ``dict``
with all its members.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from ..model import Element, Type, local
from ..model.names import NIL, XML_SPACE, XSI_TYPE, is_nil, xsi_type
from ..xsd.schema import Schema
from ..xsd.values import Unreadable, default_value, read_value, write_value

# --- reading --------------------------------------------------------------------------------------------------------


def read(node: etree._Element, declared: Element, schema: Schema) -> Any:
    """The value of one element, as declared. Raises Unreadable."""
    kind = _known(schema, declared.type)
    if is_nil(node):
        if not declared.nillable:
            raise Unreadable(f"ValueType '{local(declared.type)}' cannot be null.")
        return None
    if kind.kind != "complex":
        return read_value(schema, kind.name, text(node))
    kind = _named_type(node, kind, schema)
    members = schema.members(kind.name)
    if kind.dictionary:
        return _read_dictionary(node, members[0], schema)
    if _is_array(members):
        return [read(child, members[0], schema) for child in children(node) if child.tag == members[0].name]
    return read_members(node, members, schema)


def read_members(node: etree._Element, members: tuple[Element, ...], schema: Schema) -> dict[str, Any]:
    """The members of a data contract: a cursor moves forward only, a required one must not be passed over."""
    value = {member.local: zero(member, schema) for member in members}
    at = 0
    for child in children(node):
        found = next((i for i in range(at, len(members)) if members[i].name == child.tag), None)
        if found is None:
            continue
        _required(members[at:found], local(str(child.tag)))
        value[members[found].local] = read(child, members[found], schema)
        at = found + 1
    _required(members[at:], local(str(node.tag)))
    return value


def _required(passed: tuple[Element, ...], instead: str) -> None:
    for member in passed:
        if member.min_occurs:
            raise Unreadable(f"'{instead}' is not expected. Expecting element '{member.local}'.")


def _read_dictionary(node: etree._Element, item: Element, schema: Schema) -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    for child in children(node):
        if child.tag != item.name:
            continue
        pair = read_members(child, schema.members(item.type), schema)
        if pair["Key"] is None:
            raise Unreadable("Value cannot be null. Parameter name: key")
        if pair["Key"] in pairs:
            raise Unreadable("An item with the same key has already been added.")
        pairs[pair["Key"]] = pair["Value"]
    return pairs


def children(node: etree._Element) -> Iterator[etree._Element]:
    """The child elements; text between them is more than the serializer can skip."""
    if (node.text or "").strip(XML_SPACE):
        raise Unreadable("Expecting state 'Element'. Encountered 'Text'.")
    for child in node:
        if isinstance(child.tag, str):
            yield child
        if (child.tail or "").strip(XML_SPACE):
            raise Unreadable("Expecting state 'Element'. Encountered 'Text'.")


def text(node: etree._Element) -> str:
    """The text of an element, whatever comments and processing instructions stand in it."""
    parts = [node.text or ""]
    for child in node:
        if isinstance(child.tag, str):
            raise Unreadable(f"Element '{local(child.tag)}' stands where a value is expected.")
        parts.append(child.tail or "")
    return "".join(parts)


def _named_type(node: etree._Element, declared: Type, schema: Schema) -> Type:
    given = node.get(XSI_TYPE)
    if given is None:
        return declared
    actual = schema.type(xsi_type(node) or "")
    if actual is None or not schema.derives(actual.name, declared.name):
        raise Unreadable(f"The deserializer has no knowledge of any type that maps to the name '{given}'.")
    return actual


def zero(declared: Element, schema: Schema) -> Any:
    """What .NET has in a member that nobody set, in a form that can be written where null cannot."""
    value = default_value(schema, declared)
    kind = _known(schema, declared.type)
    if kind.kind == "enum" and value not in {known.name for known in kind.values} and not declared.nillable:
        return kind.values[0].name
    if value is not None or declared.nillable:
        return value
    return {m.local: zero(m, schema) for m in schema.members(kind.name)} if kind.kind == "complex" else ""


# --- writing --------------------------------------------------------------------------------------------------------


def write(parent: etree._Element, declared: Element, value: Any, schema: Schema) -> None:
    """Adds the element with its value to ``parent``, as the serializer writes it: every member, in order."""
    node = etree.SubElement(parent, declared.name)
    kind = _known(schema, declared.type)
    if value is None:
        node.set(NIL, "true")
    elif kind.kind != "complex":
        node.text = write_value(value)
    else:
        members = schema.members(kind.name)
        if kind.dictionary:
            for key, item in value.items():
                write(node, members[0], {"Key": key, "Value": item}, schema)
        elif _is_array(members):
            for item in value:
                write(node, members[0], item, schema)
        else:
            for member in members:
                write(node, member, value[member.local] if member.local in value else zero(member, schema), schema)


def _is_array(members: tuple[Element, ...]) -> bool:
    return len(members) == 1 and members[0].max_occurs is None


def _known(schema: Schema, name: str) -> Type:
    kind = schema.type(name)
    if kind is None:
        raise LookupError(f"the contract has no type {name}")
    return kind
