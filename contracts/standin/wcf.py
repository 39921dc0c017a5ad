"""Values as WCF reads and writes them: lenient where its DataContractSerializer is, and strict where it is.

It reads a message with a cursor that only moves forward: members out of order are lost, unknown ones are skipped,
of two the first counts; values are checked one by one. Measured on Mono's WCF (whose serializer is Microsoft's).

A value is ``None`` (nil), ``str``, ``int``, ``bool``, a dateTime or base64Binary as its text, an enum as its name,
a list of flags or an array as ``list``, a type marked IsDictionary as ``dict``, any other complex type as a ``dict``
with all its members.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from ..model import Element, Type, local
from ..xsd.schema import XSD, XSI, Schema

WHITESPACE = " \t\r\n"
NIL = f"{{{XSI}}}nil"
NEVER = "0001-01-01T00:00:00"
"""What .NET writes for a DateTime that was never set."""

_ZONE = r"(?P<zone>Z|[+-]\d\d:\d\d)?"
_TIMED = re.compile(r"(?:(?P<date>\d{4}-\d\d-\d\d)T)?(?P<time>\d\d:\d\d:\d\d)(?P<part>\.\d+)?" + _ZONE, re.ASCII)
_DATED = re.compile(r"(?P<date>\d{4}(?:-\d\d(?:-\d\d)?)?)" + _ZONE, re.ASCII)


class Unreadable(Exception):
    """The serializer cannot make a value of it: the service answers with a Fault."""


# --- reading --------------------------------------------------------------------------------------------------------


def read(node: etree._Element, declared: Element, schema: Schema) -> Any:
    """The value of one element, as declared. Raises Unreadable."""
    kind = _known(schema, declared.type)
    if node.get(NIL, "").strip(WHITESPACE) in ("true", "1"):
        if not declared.nillable:
            raise Unreadable(f"ValueType '{local(declared.type)}' cannot be null.")
        return None
    if kind.kind != "complex":
        return _read_simple(text(node), kind, schema)
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
    if (node.text or "").strip(WHITESPACE):
        raise Unreadable("Expecting state 'Element'. Encountered 'Text'.")
    for child in node:
        if isinstance(child.tag, str):
            yield child
        if (child.tail or "").strip(WHITESPACE):
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
    name = node.get(f"{{{XSI}}}type")
    if name is None:
        return declared
    prefix, _, plain = name.strip(WHITESPACE).rpartition(":")
    space = node.nsmap.get(prefix or None)
    actual = schema.type(f"{{{space}}}{plain}")
    if actual is None or not schema.derives(actual.name, declared.name):
        raise Unreadable(f"The deserializer has no knowledge of any type that maps to the name '{plain}'.")
    return actual


def _read_simple(found: str, kind: Type, schema: Schema) -> Any:
    if kind.kind == "enum":
        if found not in {value.name for value in kind.values}:
            raise Unreadable(f"Invalid enum value '{found}' cannot be deserialized into type '{local(kind.name)}'.")
        return found
    if kind.kind == "list":
        return [_read_simple(flag, _known(schema, kind.item or ""), schema) for flag in found.split(" ") if flag]
    convert = _READERS.get(kind.name)
    return convert(found) if convert else found


def _integer(bits: int) -> Callable[[str], int]:
    limit = 1 << (bits - 1)

    def convert(found: str) -> int:
        plain = found.strip(WHITESPACE)
        if not re.fullmatch(r"[+-]?[0-9]+", plain):
            raise Unreadable(f"Content cannot be converted to the type Int{bits}.")
        # Its first digits already say that a long one is out of range; int() of a million of them is not cheap.
        value = int(plain) if len(plain.lstrip("+-0")) < 20 else limit
        if not -limit <= value < limit:
            raise Unreadable(f"Value was either too large or too small for an Int{bits}.")
        return value

    return convert


def _boolean(found: str) -> bool:
    plain = found.strip(WHITESPACE)
    if plain not in ("true", "false", "1", "0"):
        raise Unreadable("The string was not recognized as a valid Boolean.")
    return plain in ("true", "1")


def _moment(found: str) -> str:
    """A dateTime; WCF takes a date, a month, a year or a time of today as well."""
    plain = found.strip(WHITESPACE)
    match = _TIMED.fullmatch(plain) or _DATED.fullmatch(plain)
    if match is None:
        raise Unreadable("The string was not recognized as a valid DateTime.")
    groups = match.groupdict()
    date = ((groups["date"] or dt.date.today().isoformat()) + "-01-01")[:10]
    time = groups.get("time") or "00:00:00"
    try:
        dt.datetime(*map(int, date.split("-")), *map(int, time.split(":")))  # type: ignore[arg-type]  # no tzinfo in it
    except ValueError:
        raise Unreadable("The string was not recognized as a valid DateTime.") from None
    fraction = (groups.get("part") or "")[:8].rstrip("0").rstrip(".")  # a tick is 100 ns
    return f"{date}T{time}{fraction}{groups['zone'] or ''}"


def _binary(found: str) -> str:
    try:
        base64.b64decode(found, validate=True)
    except binascii.Error:
        raise Unreadable("The string is not a valid Base64 string.") from None
    return found


_READERS: dict[str, Callable[[str], Any]] = {
    f"{{{XSD}}}int": _integer(32),
    f"{{{XSD}}}short": _integer(16),
    f"{{{XSD}}}boolean": _boolean,
    f"{{{XSD}}}dateTime": _moment,
    f"{{{XSD}}}base64Binary": _binary,
}
_ZEROS: dict[str, Any] = {
    f"{{{XSD}}}int": 0,
    f"{{{XSD}}}short": 0,
    f"{{{XSD}}}boolean": False,
    f"{{{XSD}}}dateTime": NEVER,
}


def zero(declared: Element, schema: Schema) -> Any:
    """What .NET has in a member that nobody set."""
    if declared.nillable:
        return None
    kind = _known(schema, declared.type)
    if kind.kind == "enum":
        return kind.values[0].name
    if kind.kind == "list":
        return []
    if kind.kind == "complex":
        return {member.local: zero(member, schema) for member in schema.members(kind.name)}
    return _ZEROS.get(kind.name, "")


# --- writing --------------------------------------------------------------------------------------------------------


def write(parent: etree._Element, declared: Element, value: Any, schema: Schema) -> None:
    """Adds the element with its value to ``parent``, as the serializer writes it: every member, in order."""
    node = etree.SubElement(parent, declared.name)
    kind = _known(schema, declared.type)
    if value is None:
        node.set(NIL, "true")
    elif kind.kind != "complex":
        node.text = _written(value)
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


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(value) if isinstance(value, list) else str(value)


def _is_array(members: tuple[Element, ...]) -> bool:
    return len(members) == 1 and members[0].max_occurs is None


def _known(schema: Schema, name: str) -> Type:
    kind = schema.type(name)
    if kind is None:
        raise LookupError(f"the contract has no type {name}")
    return kind
