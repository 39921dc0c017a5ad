"""One value against its type: by libxml2's compiled schema, and where that is too lenient, by a form of ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from lxml import etree

from ..model import NIL, SERIALIZATION, XML_SPACE, XSD, XSI_TYPE, Element, Type, is_nil, local, namespace, resolve_qname
from ..xsd.builtins import BUILTINS, FORMS, MAX_DECIMAL, Builtin
from ..xsd.probe import accepts
from ..xsd.schema import Schema
from .case import REFUSES, XML_SCHEMA, Case, Rule, shown, tag, text_of

BOOLEANS = ("true", "false", "1", "0")
"""What an xs:boolean is written as."""

_XS = f"{{{XSD}}}"
_SPACES = re.compile(f"[{XML_SPACE}]+")
_YEAR = re.compile(r"-?[0-9]{4,}")
_PRESERVING = ("string", "normalizedString")
"""The builtins that keep space around a value; the others drop it (libxml2 forgets to for dates)."""

_MOMENT = re.compile(r"\s*(?!0000)[0-9]{4}-[0-9T:.Z+-]+\s*")
_CERTAIN = {
    "dateTime": _MOMENT,
    "date": _MOMENT,
    "double": re.compile(r"\s*-?[0-9]+(\.[0-9]+)?\s*"),
    "decimal": re.compile(r"\s*-?[0-9]{1,28}(\.[0-9]*)?\s*"),
    "base64": re.compile(r"([A-Za-z0-9+/]{4})*"),
    "any": re.compile(r"[A-Za-z -]*|-?[0-9]+"),
    "guid": re.compile(r"[0-9a-fA-F-]*"),
    "duration": re.compile(r"-?P[0-9YMDTH]*([0-9](\.[0-9]+)?S)?"),
}
"""By family, where libxml2 lets through what XML Schema or .NET does not: what is right nevertheless if it is valid."""


def strict_members(schema: Schema, types: set[str]) -> dict[str, tuple[Callable[[str], object], ...]]:
    """The members of these types whose values are worth a second look: by name, what is right at one glance."""
    found: dict[str, list[Callable[[str], object]]] = {}
    for name in types:
        kind = schema.type(name)
        for member in kind.members if kind is not None and kind.kind == "complex" else ():
            row = schema.builtin(member.type)
            if row is not None and row.family in _CERTAIN:
                found.setdefault(member.name, []).append(_CERTAIN[row.family].fullmatch)
    return {name: tuple(patterns) for name, patterns in found.items()}


XSI_TYPE_RULE = Rule(
    "value-xsi-type", "xsd", "XML Schema 1.0 part 1, section 3.3.4",
    "xsi:type names the declared type or one that derives from it", "leave xsi:type out: nothing here needs it",
    "ignores it on a simple value and reads the value"
)  # fmt: skip


def check_type(case: Case, schema: Schema, node: etree._Element, declared: Element) -> Type | None:
    """The type that an element says it has; None where its content cannot be judged by any."""
    kind = schema.type(declared.type)
    given = node.get(XSI_TYPE)
    if given is None:
        if kind is not None and kind.abstract:
            case.add(
                XSI_TYPE_RULE, node, expected=f"xsi:type with a type derived from {local(kind.name)}", found="none"
            )
        return kind
    wanted = f"{local(declared.type)}, or a type derived from it"
    actual = resolve_qname(node, given)
    if actual is None:
        hint = "declare the prefix with xmlns, or leave xsi:type out"
        found = f"{shown(given)}: its prefix is not declared"
        case.add(XSI_TYPE_RULE, node, expected=wanted, found=found, hint=hint)
        return kind
    known = schema.type(actual)
    if known is None or not schema.derives(actual, declared.type):
        case.add(XSI_TYPE_RULE, node, expected=wanted, found=shown(given))
        # By what it says its content may be right: that is not judged by the declared type as well.
        return None if len(node) and kind and kind.kind != "complex" else kind
    return known


NIL_RULE = Rule(
    "value-nil", "xsd", f"{XML_SCHEMA}: nillable", "nil stands only where the schema allows it", "send a value",
    REFUSES
)  # fmt: skip
NIL_CONTENT = Rule(
    "value-nil-content", "xsd", "XML Schema 1.0 part 1, section 3.3.4", "a nil element is empty",
    "leave out xsi:nil, or the content", "reads null"
)  # fmt: skip


def check_nil(case: Case, node: etree._Element, declared: Element) -> bool:
    """Whether an element that has xsi:nil is nil, and so has no content to be judged."""
    given = node.get(NIL, "")
    if given.strip(XML_SPACE) not in BOOLEANS:
        case.add(LEXICAL, node, expected="xsi:nil: true, false, 1 or 0", found=shown(given))
        return False
    if not declared.nillable:
        # libxml2 takes even xsi:nil="false" for an error where the declaration is not nillable.
        expected = f"{tag(declared.name)} with a value: it is not nillable"
        case.add(NIL_RULE, node, expected=expected, found=f"xsi:nil={shown(given)}")
        return is_nil(node)
    if not is_nil(node):
        return False
    if len(node) or (node.text or "").strip(XML_SPACE):
        case.add(NIL_CONTENT, node, expected="no content beside xsi:nil", found="content")
    elif node.text:
        case.add(NIL_SPACE, node, expected="nothing beside xsi:nil, not even white space", found="white space")
    return True


NIL_SPACE = Rule(
    "value-nil-space", "xsd", "XML Schema 1.0 part 1, section 3.3.4", "a nil element is empty",
    "leave the white space out", "reads null"
)  # fmt: skip
NESTED = Rule(
    "value-nested", "xsd", XML_SCHEMA, "a simple value holds no elements", "send the value alone", REFUSES
)  # fmt: skip


def check_value(case: Case, schema: Schema, node: etree._Element, kind: Type) -> None:
    """The text of an element of a simple type."""
    child = next(node.iterchildren(tag=etree.Element), None)
    if child is not None:
        case.add(NESTED, node, expected="a value", found=tag(str(child.tag)))
        return
    text = text_of(node)
    if fault := find_fault(schema, kind, text, node.nsmap):
        rule, expected = fault
        case.add(rule, node, expected=expected, found=shown(text, node) if text else "nothing")


LEXICAL = Rule(
    "value-lexical", "xsd", "XML Schema 1.0 part 2, section 3", "a value is written in its type's form",
    "write the value as XML Schema does", REFUSES
)  # fmt: skip
RANGE = Rule(
    "value-range", "xsd", "XML Schema 1.0 part 2, section 3", "a number is in the range of its type",
    "use a value that fits the type", REFUSES
)  # fmt: skip
ENUM = Rule(
    "value-enum", "xsd", f"{XML_SCHEMA}: xs:enumeration", "a value is one of the enumeration's names",
    "use the name, not the number, spelled as the contract spells it", REFUSES
)  # fmt: skip
NET_RANGE = Rule(
    "value-net-range", "wire", "the ranges of .NET's DateTime and Decimal",
    "a value fits the .NET type that reads it",
    "years run from 0001 to 9999, decimals to 79228162514264337593543950335", REFUSES
)  # fmt: skip


def find_fault(
    schema: Schema, kind: Type, text: str, prefixes: Mapping[str | None, str] | None = None
) -> tuple[Rule, str] | None:
    """``(rule, what was expected)`` of a value that its type does not take, or None. ``prefixes``: those in scope."""
    if kind.kind == "enum":
        names = [v.name for v in kind.values]
        return None if text in names else (ENUM, _listed(names))
    if kind.kind == "list" and kind.item and (item := schema.type(kind.item)) and item.kind == "enum":
        names = [v.name for v in item.values]
        return (
            None
            if all(t in names for t in _SPACES.split(text.strip(XML_SPACE)) if t)
            else (ENUM, f"a list of {_listed(names)}")
        )
    collapsed = text.strip(XML_SPACE)
    own = schema.builtin(kind.name)
    row = own if own is None or own.space == XSD else BUILTINS[f"{_XS}{own.base}"]
    if row is not None and row.low is not None and row.high is not None:
        expected = f"xs:{row.name}: {row.low} to {row.high}"
        if not FORMS["integer"].fullmatch(collapsed):
            return LEXICAL, expected
        number = collapsed.lstrip("+-").lstrip("0")  # a number of a million digits is not one for int()
        value = int(("-" if collapsed[0] == "-" else "") + (number[:21] or "0"))
        if not row.low <= value <= row.high:
            return RANGE, expected
        if not any(t.facets for t in schema.lineage(kind.name)):
            return None
    preserved = row is not None and row.name in _PRESERVING
    if not accepts(schema, kind.name, text if preserved else collapsed, prefixes):
        return LEXICAL, _wanted(local(kind.name) if own is None else own.name) + _limits(schema, kind)
    return None if own is None else _find_stricter(own, collapsed)


def _find_stricter(row: Builtin, text: str) -> tuple[Rule, str] | None:
    """What libxml2 lets through."""
    plain = _SPACES.sub("", text) if row.family == "base64" else text
    if row.family in FORMS and not FORMS[row.family].fullmatch(plain):
        return LEXICAL, _wanted(row.name)
    if row.family in ("dateTime", "date"):
        year = _YEAR.match(text)
        if year and int(year[0]) == 0:
            return LEXICAL, f"xs:{row.name}: there is no year 0000"
        if year and (text[0] == "-" or len(year[0].lstrip("0")) > 4):
            return NET_RANGE, f"xs:{row.name} within the years 0001 to 9999"
    if row.family == "decimal" and Decimal(text).copy_abs() > MAX_DECIMAL:
        return NET_RANGE, f"xs:decimal within ±{MAX_DECIMAL}"
    return None


def _wanted(name: str) -> str:
    examples = {
        "boolean": "xs:boolean: true, false, 1 or 0",
        "dateTime": "xs:dateTime, as 2026-11-23T10:00:00",
        "duration": "a duration of days to seconds, as P1DT2H3M4.5S",
        "guid": "a guid, as 00000000-0000-0000-0000-000000000000",
    }
    return examples.get(name, f"xs:{name}")


def _limits(schema: Schema, kind: Type) -> str:
    """The facets of a type of the contract's own; those of Microsoft's types are in their names."""
    facets = () if namespace(kind.name) == SERIALIZATION else (f for t in schema.lineage(kind.name) for f in t.facets)
    return "".join(f", {name} {value}" for name, value in facets)


def _listed(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= 8 else f"{', '.join(names[:8])} … ({len(names)} names)"
