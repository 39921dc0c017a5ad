"""Values as elements, in the schema's order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree

from ..model import ContractsError, Element, local
from ..model.names import NIL
from .schema import Schema
from .values import write_value

Fill = Callable[[Element, Schema], Any]


def write_element(
    parent: etree._Element, declared: Element, value: Any, schema: Schema, fill: Fill | None = None
) -> None:
    """Adds the element with its value to ``parent``.

    A complex value is a mapping of its members, a dictionary a mapping too, an array a sequence; None is nil. A member
    that a mapping does not have gets the value that ``fill`` gives, or is left out. Raises ContractsError where the
    value is not of the type's kind.
    """
    node = etree.SubElement(parent, declared.name)
    kind = schema.type(declared.type)
    if value is None:
        node.set(NIL, "true")
    elif kind is None or kind.kind != "complex":
        node.text = write_value(value)
    elif kind.dictionary and isinstance(value, Mapping):
        for key, item in value.items():
            write_element(node, schema.members(kind.name)[0], {"Key": key, "Value": item}, schema, fill)
    elif isinstance(value, Mapping):
        write_members(node, kind.name, value, schema, fill)
    elif isinstance(value, list | tuple) and not kind.dictionary:
        for item in value:
            write_element(node, schema.members(kind.name)[0], item, schema, fill)
    else:
        raise ContractsError(f"{local(declared.name)} is a {local(kind.name)}, and was given {value!r:.60}")


def write_members(
    node: etree._Element, type_name: str, values: Mapping[str, Any], schema: Schema, fill: Fill | None = None
) -> None:
    """Adds the members of a complex type. Raises ContractsError for a name that it does not have."""
    members = schema.members(type_name)
    if unknown := values.keys() - {member.local for member in members}:
        raise ContractsError(f"{local(str(node.tag))} has no {', '.join(sorted(unknown))}")
    for member in members:
        if member.local in values:
            write_element(node, member, values[member.local], schema, fill)
        elif fill is not None:
            write_element(node, member, fill(member, schema), schema, fill)
