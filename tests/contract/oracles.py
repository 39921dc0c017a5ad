"""What a value of a simple type is, twice: by libxml2 with a plain schema, and by forms and ranges written here.

Written from XML Schema 1.0 part 2 (second edition), and knowing nothing of the rules under test. Where .NET takes less
than XML Schema, `Oracle.fits` says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from contracts.model import local, namespace
from contracts.model.names import SERIALIZATION, XSD
from contracts.xsd.schema import Schema

SPACE = " \t\r\n"
INTEGERS = {
    "byte": (-128, 127),
    "unsignedByte": (0, 255),
    "short": (-32768, 32767),
    "unsignedShort": (0, 65535),
    "int": (-2147483648, 2147483647),
    "unsignedInt": (0, 4294967295),
    "long": (-9223372036854775808, 9223372036854775807),
    "unsignedLong": (0, 18446744073709551615),
}
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LARGEST_DECIMAL = Decimal(2**96 - 1)
_LONGEST = (Decimal("-922337203685.4775808"), Decimal("922337203685.4775807"))

_DATE_TIME = re.compile(
    r"(-?)([1-9]\d{4,}|\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-](\d\d):(\d\d))?", re.ASCII
)
_DURATION = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII)
_BASE64 = re.compile(
    r"((B ?){4})*((B ?){3}B|(B ?){2}[AEIMQUYcgkosw048] ?=|B ?[AQgw] ?= ?=)?".replace("B", "[A-Za-z0-9+/]")
)
_PLAIN = {
    "boolean": re.compile(r"true|false|1|0"),
    "decimal": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"),
    "double": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|-?INF|NaN"),
}
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, eq=False)
class Oracle:
    """The judgement on one simple type. ``family`` is what its values are made like; ``names`` those of an enum or a
    list. ``form`` is the test's own opinion, ``plain`` the type in a schema of its own, ``net`` what .NET holds."""

    family: str
    form: Callable[[str], bool]
    plain: str
    names: tuple[str, ...] = ()
    low: int = 0
    high: int = 0
    net: tuple[float, float] | None = None

    @property
    def meaning(self) -> Callable[[str], object] | None:
        """What a text means to a reader, where the reader knows it as more than a text."""
        return _MEANINGS.get(self.family)

    def accepts(self, text: str) -> bool:
        """Whether XML Schema 1.0 takes the text for a value, in the test's opinion."""
        return self.form(text)

    def fits(self, text: str) -> bool:
        """Whether the .NET type that reads it has such a value. Only asked of what XML Schema accepts."""
        plain = text.strip(SPACE)
        if self.family == "dateTime":
            return bool(re.match(r"\d{4}-", plain)) and "T24" not in plain
        if self.net is not None and re.fullmatch("[-+0-9.eE]+", plain):
            return self.net[0] <= (int(plain) if self.family == "integer" else float(plain)) <= self.net[1]
        if self.family == "list":  # WCF splits at blanks only
            return not re.search(r"[\t\r\n]", text)
        return self.family != "decimal" or Decimal(plain).copy_abs() <= _LARGEST_DECIMAL

    def libxml2(self, markup: str) -> bool:
        """Whether libxml2 accepts an element with that content."""
        return bool(_schema(self.plain).validate(etree.fromstring(f"<v>{markup}</v>".encode())))


_LARGEST = {"float": 3.4028234663852886e38, "double": 1.7976931348623157e308}
_MEANINGS: dict[str, Callable[[str], object]] = {
    "integer": lambda text: int(text.strip(SPACE)),
    "boolean": lambda text: text.strip(SPACE) in ("true", "1"),
    "enum": lambda text: text,
}


def collapsed(text: str) -> str:
    """As whiteSpace="collapse" has it: XML's four spaces only, unlike Python's `split`."""
    return re.sub(f"[{SPACE}]+", " ", text).strip(" ")


@cache
def oracle_of(schema: Schema, type_name: str) -> Oracle | None:
    """The oracle for a simple type, None where there is none (strings with facets of their own, QNames …)."""
    found = schema.type(type_name)
    if found is None:
        return None
    if found.kind == "enum":
        return _named("enum", tuple(v.name for v in found.values))
    if found.kind == "list":
        item = schema.type(found.item or "")
        return _named("list", tuple(v.name for v in item.values)) if item is not None and item.values else None
    if namespace(type_name) == SERIALIZATION and local(type_name) == "guid":
        return Oracle("guid", lambda text: bool(_GUID.fullmatch(text)), _GUID_TYPE)
    if namespace(type_name) == SERIALIZATION and local(type_name) == "duration":
        return Oracle("duration", _is_duration, _DURATION_TYPE)
    if namespace(type_name) == SERIALIZATION and local(type_name) == "char":
        integer = _builtin("int")
        return replace(integer, net=(0, 65535)) if integer is not None else None
    if found.facets or found.content != "sequence":
        return None
    builtin = next((local(t.name) for t in schema.lineage(type_name) if namespace(t.name) == XSD), "")
    return _builtin(builtin)


@cache
def _builtin(name: str) -> Oracle | None:
    plain = f'<xs:restriction base="xs:{name}"/>'
    if name in INTEGERS:
        low, high = INTEGERS[name]
        return Oracle("integer", lambda text: is_integer(text, low, high), plain, low=low, high=high)
    if name in _PLAIN or name == "float":
        family = "double" if name == "float" else name
        net = (-_LARGEST[name], _LARGEST[name]) if name in _LARGEST else None
        return Oracle(family, lambda text: bool(_PLAIN[family].fullmatch(collapsed(text))), plain, net=net)
    if name == "dateTime":
        return Oracle("dateTime", _is_date_time, plain)
    if name == "base64Binary":
        return Oracle("base64", lambda text: bool(_BASE64.fullmatch(collapsed(text))), plain)
    return Oracle("string", lambda text: True, plain) if name == "string" else None


def is_integer(text: str, low: int, high: int) -> bool:
    """Whether it is an integer by XSD's lexical form (sign, ASCII digits, in XML's white space), and in range."""
    plain = text.strip(SPACE)
    return bool(re.fullmatch("[+-]?[0-9]+", plain)) and low <= int(plain) <= high


def _named(family: str, names: tuple[str, ...]) -> Oracle:
    enumeration = "".join(f"<xs:enumeration value={quoteattr(name)}/>" for name in names)
    plain = f'<xs:restriction base="xs:string">{enumeration}</xs:restriction>'
    if family == "enum":
        return Oracle("enum", lambda text: text in names, plain, names)
    plain = f"<xs:list><xs:simpleType>{plain}</xs:simpleType></xs:list>"
    return Oracle("list", lambda text: all(n in names for n in collapsed(text).split(" ") if n), plain, names)


def _is_date_time(text: str) -> bool:
    if not (found := _DATE_TIME.fullmatch(text.strip(SPACE))):
        return False
    year, month, day, hour, minute, second = (int(found[i]) for i in range(2, 8))
    fraction = (found[8] or "").strip(".0")
    zone = (int(found[10]), int(found[11])) if found[10] else (0, 0)
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return (
        year != 0
        and 1 <= month <= 12
        and 1 <= day <= _DAYS[month - 1] - (month == 2 and not leap)
        and (hour < 24 or (hour, minute, second, fraction) == (24, 0, 0, ""))
        and minute < 60
        and second < 60
        and zone[1] < 60
        and zone <= (14, 0)
    )


def _is_duration(text: str) -> bool:
    """Microsoft's: days, hours, minutes, seconds, within what a TimeSpan holds."""
    found = _DURATION.fullmatch(text.strip(SPACE))
    if not found or not any(found.groups()[1:]):
        return False
    days, hours, minutes, seconds = (Decimal(part or 0) for part in found.groups()[1:])
    length = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    return _LONGEST[0] <= (-length if found[1] else length) <= _LONGEST[1]


_GUID_TYPE = (
    r'<xs:restriction base="xs:string"><xs:pattern value="[\da-fA-F]{8}-[\da-fA-F]{4}-[\da-fA-F]{4}-[\da-fA-F]{4}-'
    r'[\da-fA-F]{12}"/></xs:restriction>'
)
_DURATION_TYPE = (
    r'<xs:restriction base="xs:duration"><xs:pattern value="\-?P(\d*D)?(T(\d*H)?(\d*M)?(\d*(\.\d*)?S)?)?"/>'
    '<xs:minInclusive value="-P10675199DT2H48M5.4775808S"/><xs:maxInclusive value="P10675199DT2H48M5.4775807S"/>'
    "</xs:restriction>"
)


@cache
def _schema(plain: str) -> etree.XMLSchema:
    named = f'<xs:element name="v"><xs:simpleType>{plain}</xs:simpleType></xs:element>'
    return etree.XMLSchema(etree.fromstring(f'<xs:schema xmlns:xs="{XSD}">{named}</xs:schema>'))


def plain_markup(text: str) -> str:
    """The text as XML content; a carriage return has to be a reference, or the parser makes a line feed of it."""
    return escape(text, {"\r": "&#13;"})
