"""The types that every contract has, one row each: XML Schema 1.0's own (part 2, section 3), and Microsoft's three.

What .NET makes of each is that of its DataContractSerializer: ``xs:integer`` and its kin are Int64; ``xs:date``,
``xs:time``, ``xs:gYear`` and the like are strings; ``ser:char`` is a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..model.names import SERIALIZATION, XSD

MAX_DECIMAL = 79228162514264337593543950335
"""The largest System.Decimal; XSD's decimal has no limit."""
MAX_DOUBLE = {"double": 1.7976931348623157e308, "float": 3.4028235677973362e38}
"""The largest number that is read as a finite System.Double or System.Single, by the name of XSD's type: the latter is
rounded down to 3.4028235E+38, as .NET writes it."""

BOOLEANS = ("true", "false", "1", "0")
"""What an xs:boolean is written as."""


@dataclass(frozen=True, slots=True)
class Builtin:
    """One builtin type. ``name`` and ``base`` are local names; ``base`` is None where it derives from anySimpleType.

    ``family`` says what its values look like, and which of `FORMS` they have. ``example`` is one plain value, ``zero``
    what .NET has in a member that nobody set (None: null). ``low`` and ``high`` bound numbers, None: no bound.
    """

    name: str
    base: str | None
    family: str
    example: str
    zero: str | None = None
    low: int | None = None
    high: int | None = None
    space: str = XSD


_NO_GUID = "00000000-0000-0000-0000-000000000000"
_ROWS = (
    Builtin("anyType", None, "any", "text"),
    Builtin("anySimpleType", None, "string", "text"),
    Builtin("string", None, "string", "text"),
    Builtin("normalizedString", "string", "string", "text"),
    Builtin("token", "normalizedString", "string", "text"),
    Builtin("language", "token", "other", "text"),
    Builtin("NMTOKEN", "token", "other", "text"),
    Builtin("Name", "token", "other", "text"),
    Builtin("NCName", "Name", "other", "text"),
    Builtin("ID", "NCName", "other", "text"),
    Builtin("IDREF", "NCName", "other", "text"),
    Builtin("ENTITY", "NCName", "other", "text"),
    Builtin("NMTOKENS", None, "other", "text"),
    Builtin("IDREFS", None, "other", "text"),
    Builtin("ENTITIES", None, "other", "text"),
    Builtin("NOTATION", None, "QName", "text"),
    Builtin("anyURI", None, "anyURI", "https://example.com/"),
    Builtin("QName", None, "QName", "text"),
    Builtin("boolean", None, "boolean", "false", "false"),
    Builtin("decimal", None, "decimal", "0", "0"),
    Builtin("float", None, "double", "0", "0"),
    Builtin("double", None, "double", "0", "0"),
    Builtin("integer", "decimal", "integer", "0", "0"),
    Builtin("long", "integer", "integer", "0", "0", -(2**63), 2**63 - 1),
    Builtin("int", "long", "integer", "0", "0", -(2**31), 2**31 - 1),
    Builtin("short", "int", "integer", "0", "0", -(2**15), 2**15 - 1),
    Builtin("byte", "short", "integer", "0", "0", -(2**7), 2**7 - 1),
    Builtin("nonNegativeInteger", "integer", "integer", "0", "0", 0),
    Builtin("positiveInteger", "nonNegativeInteger", "integer", "1", "0", 1),
    Builtin("unsignedLong", "nonNegativeInteger", "integer", "0", "0", 0, 2**64 - 1),
    Builtin("unsignedInt", "unsignedLong", "integer", "0", "0", 0, 2**32 - 1),
    Builtin("unsignedShort", "unsignedInt", "integer", "0", "0", 0, 2**16 - 1),
    Builtin("unsignedByte", "unsignedShort", "integer", "0", "0", 0, 2**8 - 1),
    Builtin("nonPositiveInteger", "integer", "integer", "0", "0", None, 0),
    Builtin("negativeInteger", "nonPositiveInteger", "integer", "-1", "0", None, -1),
    Builtin("dateTime", None, "dateTime", "2026-01-31T12:00:00", "0001-01-01T00:00:00"),
    Builtin("date", None, "date", "2026-01-31"),
    Builtin("time", None, "time", "12:00:00"),
    Builtin("gYear", None, "other", "2026"),
    Builtin("gYearMonth", None, "other", "2026-01"),
    Builtin("gMonth", None, "other", "--01"),
    Builtin("gMonthDay", None, "other", "--01-31"),
    Builtin("gDay", None, "other", "---31"),
    Builtin("duration", None, "duration", "PT0S", "PT0S"),
    Builtin("base64Binary", None, "base64", "AAEC"),
    Builtin("hexBinary", None, "hex", "000102"),
    Builtin("char", "int", "char", "0", "0", 0, 2**16 - 1, SERIALIZATION),
    Builtin("guid", "string", "guid", _NO_GUID, _NO_GUID, space=SERIALIZATION),
    Builtin("duration", "duration", "duration", "PT0S", "PT0S", space=SERIALIZATION),
)
BUILTINS = {f"{{{row.space}}}{row.name}": row for row in _ROWS}
"""By Clark name."""

FORMS = {
    "integer": re.compile("[+-]?[0-9]+"),
    "char": re.compile("[+-]?[0-9]+"),
    "boolean": re.compile("true|false|1|0"),
    "decimal": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"),
    "double": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|-?INF|NaN"),
    "base64": re.compile(r"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"),
    "guid": re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    "duration": re.compile(r"-?P(?=.)([0-9]+Y)?([0-9]+M)?([0-9]+D)?(T(?=.)([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?"),
}
"""Lexical forms by family, without XML's white space: where libxml2 takes more than XML Schema, or .NET less."""
