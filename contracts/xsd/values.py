"""Values of simple types, as .NET's DataContractSerializer reads and writes them.

A value is a ``bool``, an ``int``, a ``float``, a ``Decimal``, a ``list`` of an item type's values, or else a ``str``:
the name of an enum's value; the text of a dateTime, a duration, a guid, base64: .NET knows more of them than Python.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ..model import Element, local
from ..model.names import XML_SPACE
from .builtins import FORMS, MAX_DECIMAL, MAX_DOUBLE, Builtin
from .schema import Schema


class InvalidValue(ValueError):
    """The serializer cannot make a value of a text: a WCF service answers with a Fault."""


def read_value(schema: Schema, type_name: str, text: str) -> Any:
    """The value that .NET makes of a text; it looks at no facets. Raises InvalidValue, with .NET's words.

    ``type_name``: the Clark name of a simple type. A text of a type that is not known is its own value.
    """
    found = schema.type(type_name)
    if found is not None and found.kind == "enum" and not schema.has_qnames(type_name):
        if text not in {value.name for value in found.values}:
            raise InvalidValue(f"Invalid enum value '{text}' cannot be deserialized into type '{local(type_name)}'.")
        return text
    if found is not None and found.kind == "list" and found.item:
        # .NET splits flags at blanks alone; XML Schema at tabs and line ends too.
        return [read_value(schema, found.item, flag) for flag in text.split(" ") if flag]
    row = schema.builtin(type_name)
    if row is None or row.family not in _READERS:
        return text
    # Base64 may be broken into lines.
    plain = text.strip(XML_SPACE) if row.family != "base64" else re.sub(f"[{XML_SPACE}]", "", text)
    if row.family in FORMS and not FORMS[row.family].fullmatch(plain):
        raise InvalidValue(f"The value '{plain[:80]}' cannot be parsed as the type '{row.name}'.")
    return _READERS[row.family](plain, row)


def write_value(value: Any) -> str:
    """The text that .NET writes for a value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return " ".join(write_value(item) for item in value)
    if isinstance(value, float):
        return {"inf": "INF", "-inf": "-INF", "nan": "NaN"}.get(text := repr(value), text.removesuffix(".0").upper())
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def default_value(schema: Schema, declared: Element) -> Any:
    """What .NET has in a member that nobody set: None for null, the name of an enum's 0 (``"0"`` where none is)."""
    found = schema.type(declared.type)
    if declared.nillable or found is None or found.kind == "complex":
        return None
    if found.kind == "enum":
        return next((value.name for value in found.values if value.number in (0, None)), "0")
    if found.kind == "list":
        return []
    row = schema.builtin(found.name)
    if row is None or row.zero is None:
        return None
    return 0 if row.family in ("integer", "char") else read_value(schema, found.name, row.zero)


# --- readers by family ------------------------------------------------------------------------------------------------


def _read_integer(text: str, row: Builtin) -> int:
    digits = text.lstrip("+-").lstrip("0")
    # Its length already says that a long one is out of range; int() of a million digits is not cheap.
    value = 10**25 if len(digits) > 25 else int(digits or "0")
    value = -value if text.startswith("-") else value
    if (row.low is not None and value < row.low) or (row.high is not None and value > row.high):
        raise InvalidValue(f"Value was either too large or too small for the type '{row.name}'.")
    return value


def _read_double(text: str, row: Builtin) -> float:
    value = float(text.replace("INF", "inf"))
    # .NET Framework refuses what .NET Core reads as Infinity.
    if "INF" not in text and abs(value) > MAX_DOUBLE[row.name]:
        raise InvalidValue(f"Value was either too large or too small for the type '{row.name}'.")
    return value


def _read_decimal(text: str, row: Builtin) -> Decimal:
    value = Decimal(text)
    if value.copy_abs() > MAX_DECIMAL:  # abs() would round
        raise InvalidValue("Value was either too large or too small for a Decimal.")
    return value


_MOMENTS = [
    re.compile(form + r"(?P<zone>[Zz]|[+-]\d\d:\d\d)?", re.ASCII)
    for form in (
        r"((?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)T)?(?P<time>\d\d:\d\d:\d\d)(?P<fraction>\.\d+)?",
        r"(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d))?)?",
        r"--(?P<month>\d\d)(-(?P<day>\d\d))?",
        r"---(?P<day>\d\d)",
    )
]
"""The forms that .NET reads a DateTime from: XML Schema's dateTime, and those of its other types of dates and times."""


def _read_moment(text: str, row: Builtin) -> str:
    """A moment as XML writes a DateTime. What a form does not say is filled as .NET fills it: today for a time alone,
    this year and the first of January for a year, month or day."""
    said = next((match.groupdict() for form in _MOMENTS if (match := form.fullmatch(text))), {})
    year, month, day = said.get("year"), said.get("month"), said.get("day")
    today = dt.date.today()
    date = (int(year or today.year), int(month or 1), int(day or 1))
    if not (year or month or day):
        date = (today.year, today.month, today.day)
    elif month and day and not year:
        date = (1904, int(month), int(day))  # a leap year: --02-29 is a day
    clock = said.get("time") or "00:00:00"
    try:
        if not said:  # no form fits
            raise ValueError
        dt.datetime(*date, *map(int, clock.split(":")))  # type: ignore[arg-type]  # no tzinfo in it
    except ValueError:
        raise InvalidValue(f"The string '{text[:80]}' is not a valid AllXsd value.") from None
    fraction = (said.get("fraction") or "")[:8].rstrip("0").rstrip(".")  # seven digits: a tick of .NET is 100 ns
    return f"{date[0]:04d}-{date[1]:02d}-{date[2]:02d}T{clock}{fraction}{(said.get('zone') or '').upper()}"


_SPAN = re.compile(r"-?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?", re.ASCII)
_SECONDS = (365 * 86400, 30 * 86400, 86400, 3600, 60, 1)
"""Of a year, a month, a day, an hour, a minute, a second, as .NET makes a TimeSpan of them."""


def _read_duration(text: str, row: Builtin) -> str:
    parts = match.groups() if (match := _SPAN.fullmatch(text)) else ()
    seconds = sum(Decimal(part or 0) * unit for part, unit in zip(parts, _SECONDS, strict=False))
    # A TimeSpan counts ticks of 100 ns in 64 bits, which reach one further below zero than above.
    if seconds * 10**7 > 2**63 - (not text.startswith("-")):
        raise InvalidValue("TimeSpan overflowed because the duration is too long.")
    return text


_READERS: dict[str, Callable[[str, Builtin], Any]] = {
    "integer": _read_integer,
    "char": _read_integer,
    "boolean": lambda text, row: text in ("true", "1"),
    "double": _read_double,
    "decimal": _read_decimal,
    "dateTime": _read_moment,
    "date": lambda text, row: _read_moment(text, row) and text,
    "duration": _read_duration,
    "base64": lambda text, row: text,
    "guid": lambda text, row: text.lower(),
}
