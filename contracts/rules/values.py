"""One value against its type: by libxml2's compiled schema, and where that is too lenient, by a form of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from lxml import etree

from ..model import (
    NIL,
    SERIALIZATION,
    XML_SPACE,
    XSD,
    XSI_TYPE,
    Element,
    Type,
    expand_qname,
    is_nil,
    local,
    namespace,
    text_of,
)
from ..xsd.builtins import BOOLEANS, BUILTINS, FORMS, MAX_DECIMAL, MAX_DOUBLE
from ..xsd.probe import accepts_text
from ..xsd.schema import Schema
from ..xsd.values import InvalidValue, read_value
from .case import REFUSES, XML_SCHEMA, Case, Rule, shown, tag

_XS = f"{{{XSD}}}"
_SPACES = re.compile(f"[{XML_SPACE}]+")
_YEAR = re.compile(r"-?[0-9]{4,}")
_LONGEST = 64
"""Characters of a value that is remembered."""
_PRESERVING = ("string", "normalizedString")
"""The builtins that keep space around a value; the others drop it (libxml2 forgets to for dates)."""

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
        if kind is not None and kind.abstract and node.get("type") is None:  # of one without xsi it is said
            expected, hint = f"xsi:type with a type derived from {local(kind.name)}", "say by xsi:type which one it is"
            case.add(XSI_TYPE_RULE, node, expected=expected, found="none", hint=hint)
        return kind
    wanted = f"{local(declared.type)}, or a type derived from it"
    actual = expand_qname(case.prefixes_at(node), given)
    if kind is not None and actual == kind.name:
        return kind
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
        return not len(node) and not text_of(node)  # it was meant as nil
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


PLACEHOLDER = re.compile(
    r"\?|\{\{[^{}]*\}\}|[$#]?\{[^{}]*\}|<[^<>]*>|\[[^\[\]]*\]|%\w+%|your[ _-][\w -]+", re.IGNORECASE
)
"""What tools and documents have in place of a value."""


def check_value(case: Case, schema: Schema, node: etree._Element, kind: Type) -> None:
    """The text of an element of a simple type."""
    child = next(node.iterchildren(tag=etree.Element), None) if len(node) else None
    if child is not None:
        case.add(NESTED, node, expected="a value", found=tag(str(child.tag)))
        return
    text = text_of(node)
    if fault := find_fault(schema, kind, text, case.prefixes_at(node)):
        rule, expected = fault
        hint = "a blank stands between the names, no comma" if kind.kind == "list" and "," in text else ""
        if PLACEHOLDER.fullmatch(text.strip(XML_SPACE)):  # SoapUI, Postman and request files have them
            hint = "this is a placeholder: put a value in its place, or define it where the request is kept"
        case.add(rule, node, expected=expected, found=shown(text, node) if text else "nothing", hint=hint)


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
    "value-net-range", "wire", "what the serializers of .NET Framework, .NET and Mono read (measured)",
    "a value fits the .NET type that reads it",
    "keep to what .NET holds: years 0001 to 9999, hours to 23, numbers in the range of their type, blanks in flags",
    REFUSES
)  # fmt: skip


_Fault = tuple[Rule, str]
"""The rule that a value breaks, and what was expected."""


def find_fault(schema: Schema, kind: Type, text: str, prefixes: Mapping[str | None, str]) -> _Fault | None:
    """What is wrong with a value, or None. ``prefixes``: those in scope."""
    row = schema.builtin(kind.name)
    alone = kind.kind == "enum" or (row is not None and row.family != "other")
    if alone and not schema.has_qnames(kind.name) and len(text) <= _LONGEST:
        return _find_fault(schema, kind.name, text)
    return _find_schema_fault(schema, kind, text, prefixes) or _find_net_fault(schema, kind, text)


@lru_cache(maxsize=4096)
def _find_fault(schema: Schema, type_name: str, text: str) -> _Fault | None:
    """The same of a short value that means the same wherever it stands: a message has many that are alike."""
    kind = schema.type(type_name)
    assert kind is not None
    return _find_schema_fault(schema, kind, text, {}) or _find_net_fault(schema, kind, text)


def _find_net_fault(schema: Schema, kind: Type, text: str) -> _Fault | None:
    try:
        read_value(schema, kind.name, text)
    except InvalidValue:
        return NET_RANGE, _fit_for_net(schema, kind, text)
    return None


def _find_schema_fault(schema: Schema, kind: Type, text: str, prefixes: Mapping[str | None, str]) -> _Fault | None:
    if kind.kind == "enum":
        names = [v.name for v in kind.values]
        fits = accepts_text(schema, kind.name, text, prefixes) if schema.has_qnames(kind.name) else text in names
        return None if fits else (ENUM, _list_names(names))
    if kind.kind == "list" and kind.item and (item := schema.type(kind.item)) and item.kind == "enum":
        names = [v.name for v in item.values]
        fits = all(name in names for name in _SPACES.split(text) if name)
        return None if fits else (ENUM, f"a list of {_list_names(names)}")
    collapsed = text.strip(XML_SPACE)
    own = schema.builtin(kind.name)
    row = own if own is None or own.space == XSD else BUILTINS[f"{_XS}{own.base}"]
    plain = own is not None and own.family == "string"
    if row is not None and row.low is not None and row.high is not None:
        plain = True
        expected = f"xs:{row.name}: {row.low} to {row.high}"
        if not FORMS["integer"].fullmatch(collapsed):
            return LEXICAL, expected
        number = collapsed.lstrip("+-").lstrip("0")  # a number of a million digits is not one for int()
        value = int(("-" if collapsed[0] == "-" else "") + (number[:21] or "0"))
        if not row.low <= value <= row.high:
            return RANGE, expected
    if plain and not any(t.facets for t in schema.lineage(kind.name)):
        return None
    preserved = row is not None and row.name in _PRESERVING
    if not accepts_text(schema, kind.name, text if preserved else collapsed, prefixes):
        return LEXICAL, _describe_builtin(local(kind.name) if own is None else own.name) + _list_facets(schema, kind)
    if own is None:
        return None
    # libxml2 lets through what is none by XML Schema.
    bare = _SPACES.sub("", text) if own.family == "base64" else collapsed
    if own.family in FORMS and not FORMS[own.family].fullmatch(bare):
        return LEXICAL, _describe_builtin(own.name)
    if own.family in ("dateTime", "date") and (year := _YEAR.match(collapsed)) and int(year[0]) == 0:
        return LEXICAL, f"xs:{own.name}: there is no year 0000"
    return None


def _fit_for_net(schema: Schema, kind: Type, text: str) -> str:
    """What .NET reads in place of a value that is one for XML Schema only."""
    row = schema.builtin(kind.name)
    if row is None:
        return "the same values with a blank between them, not a tab or a line end"
    if row.family in ("dateTime", "date"):
        hour = "with midnight as T00:00:00 of the next day" if "T24" in text else "within the years 0001 to 9999"
        return f"xs:{row.name} {hour}"
    if row.family == "duration":
        return "a duration within ±P10675199DT2H48M5.4775807S"
    limits = {"decimal": MAX_DECIMAL, "double": MAX_DOUBLE["double"], "float": "3.4028235e+38"}
    return f"xs:{row.name} within ±{limits[row.name]}" if row.name in limits else f"{row.name}: {row.low} to {row.high}"


def _describe_builtin(name: str) -> str:
    examples = {
        "boolean": "xs:boolean: true, false, 1 or 0",
        "dateTime": "xs:dateTime, as 2026-11-23T10:00:00",
        "duration": "a duration of days to seconds, as P1DT2H3M4.5S",
        "guid": "a guid, as 00000000-0000-0000-0000-000000000000",
    }
    return examples.get(name, f"xs:{name}")


def _list_facets(schema: Schema, kind: Type) -> str:
    """The facets of a type of the contract's own; those of Microsoft's types are in their names."""
    facets = () if namespace(kind.name) == SERIALIZATION else (f for t in schema.lineage(kind.name) for f in t.facets)
    return "".join(f", {name} {value}" for name, value in facets)


def _list_names(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= 8 else f"{', '.join(names[:8])} … ({len(names)} names)"
