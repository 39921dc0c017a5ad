"""One simple value against its type: by libxml2's compiled schema, and where that is too lenient, by a form of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from ..model import Type, local, namespace
from ..xsd.builtins import INTEGER_RANGES, MAX_DECIMAL
from ..xsd.probe import accepts
from ..xsd.schema import SERIALIZATION, XSD, Schema
from .case import XML_SPACE

_XS = f"{{{XSD}}}"
_INTEGER = re.compile(r"[+-]?[0-9]+")
_DOUBLE = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|-?INF|NaN")
_SPACES = re.compile(f"[{XML_SPACE}]+")
_YEAR = re.compile(r"-?[0-9]{4,}")
_BASE64 = re.compile(r"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_ASCII_DIGITS = re.compile(r"[\x00-\x7f]*")
_DECIMAL_LIMIT = Decimal(MAX_DECIMAL)
_PRESERVING = ("string", "normalizedString")
"""The builtins that keep space around a value; the others drop it (libxml2 forgets to for dates)."""

STRICT = {
    f"{_XS}double", f"{_XS}float", f"{_XS}dateTime", f"{_XS}date", f"{_XS}decimal", f"{_XS}base64Binary",
    f"{_XS}duration", f"{_XS}anyType", f"{{{SERIALIZATION}}}guid",
}  # fmt: skip
"""The types in which libxml2 lets through what XML Schema or .NET does not."""

PLAIN = {
    "dateTime": re.compile(r"\s*(?!0000)[0-9]{4}-[0-9T:.Z+-]+\s*"),
    "double": re.compile(r"\s*-?[0-9]+(\.[0-9]+)?\s*"),
    "decimal": re.compile(r"\s*-?[0-9]{1,28}(\.[0-9]*)?\s*"),
    "base64Binary": re.compile(r"([A-Za-z0-9+/]{4})*"),
    "anyType": re.compile(r"[A-Za-z -]*|-?[0-9]+"),
    "guid": re.compile(r"[0-9a-fA-F-]*"),
    "duration": re.compile(r"-?P[0-9YMDTH]*([0-9](\.[0-9]+)?S)?"),
}
"""What is right at one glance; anything else gets a second look."""


def glance(type_name: str) -> re.Pattern[str] | None:
    return PLAIN.get({"float": "double", "date": "dateTime"}.get(local(type_name), local(type_name)))


def fault_of(
    schema: Schema, kind: Type, text: str, prefixes: Mapping[str | None, str] | None = None
) -> tuple[str, str] | None:
    """``(rule, what was expected)`` of a value that its type does not take, or None. ``prefixes``: those in scope."""
    name = local(kind.name)
    if kind.kind == "enum":
        names = [v.name for v in kind.values]
        return None if text in names else ("value-enum", _listed(names))
    if kind.kind == "list" and kind.item and (item := schema.type(kind.item)) and item.kind == "enum":
        names = [v.name for v in item.values]
        return (
            None
            if all(t in names for t in _SPACES.split(text.strip(XML_SPACE)) if t)
            else ("value-enum", f"a list of {_listed(names)}")
        )
    collapsed = text.strip(XML_SPACE)
    builtin = next((local(t.name) for t in schema.lineage(kind.name) if t.name.startswith(_XS)), name)
    if builtin in INTEGER_RANGES:
        low, high = INTEGER_RANGES[builtin]
        if not _INTEGER.fullmatch(collapsed):
            return "value-lexical", f"xs:{builtin}: {low} to {high}"
        number = collapsed.lstrip("+-").lstrip("0")  # a number of a million digits is not one for int()
        if len(number) > 20 or not low <= int(("-" if collapsed[0] == "-" else "") + (number or "0")) <= high:
            return "value-range", f"xs:{builtin}: {low} to {high}"
        if not any(t.facets for t in schema.lineage(kind.name)):
            return None
    if not accepts(schema, kind.name, text if builtin in _PRESERVING else collapsed, prefixes):
        return "value-lexical", _wanted(kind, builtin) + _limits(schema, kind)
    return _stricter(kind, builtin, collapsed)


def _stricter(kind: Type, builtin: str, text: str) -> tuple[str, str] | None:
    if builtin in ("double", "float") and not _DOUBLE.fullmatch(text):
        return "value-lexical", f"xs:{builtin}"
    if builtin in ("dateTime", "date"):
        year = _YEAR.match(text)
        if year and int(year[0]) == 0:
            return "value-lexical", f"xs:{builtin}: there is no year 0000"
        if year and (text[0] == "-" or len(year[0].lstrip("0")) > 4):
            return "value-net-range", f"xs:{builtin} within the years 0001 to 9999"
    if builtin == "decimal" and not _DECIMAL_LIMIT.copy_negate() <= Decimal(text) <= _DECIMAL_LIMIT:
        return "value-net-range", f"xs:decimal within ±{_DECIMAL_LIMIT}"
    if builtin == "base64Binary" and not _BASE64.fullmatch(_SPACES.sub("", text)):
        return "value-lexical", _wanted(kind, builtin)
    if builtin == "duration" and not PLAIN["duration"].fullmatch(text):
        return "value-lexical", _wanted(kind, builtin)
    if local(kind.name) == "guid" and not _ASCII_DIGITS.fullmatch(text):
        return "value-lexical", _wanted(kind, builtin)
    return None


def _wanted(kind: Type, builtin: str) -> str:
    name = local(kind.name)
    examples = {
        "boolean": "xs:boolean: true, false, 1 or 0",
        "dateTime": "xs:dateTime, as 2026-11-23T10:00:00",
        "duration": "a duration of days to seconds, as P1DT2H3M4.5S",
        "guid": "a guid, as 00000000-0000-0000-0000-000000000000",
        "base64Binary": "xs:base64Binary",
    }
    return examples.get(name) or examples.get(builtin) or f"xs:{builtin}"


def _limits(schema: Schema, kind: Type) -> str:
    """The facets of a type of the contract's own; those of Microsoft's types are in their names."""
    facets = () if namespace(kind.name) == SERIALIZATION else (f for t in schema.lineage(kind.name) for f in t.facets)
    return "".join(f", {name} {value}" for name, value in facets)


def _listed(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= 8 else f"{', '.join(names[:8])} … ({len(names)} names)"
