"""What a value of each simple type may look like: its family, its range, good and bad lexical forms.

Everything that makes values (samples, strategies, mutants) draws on these tables. Good forms are those that XML Schema
1.0 part 2 and .NET's types both allow; bad ones are outside the type's lexical or value space.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..model import Type, namespace
from ..xsd.builtins import BUILTINS, MAX_DECIMAL
from ..xsd.probe import accepts
from ..xsd.schema import ANY, SERIALIZATION, Schema

INTEGERS = ("integer", "char")
"""The families of whole numbers. A ``char`` is an int for the schema, and 0 to 65535 for .NET."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What matters of a simple type. ``low`` and ``high`` bound integers; ``values`` are those of an enum or a list.

    ``family`` is ``integer``, ``char``, ``boolean``, ``dateTime``, ``date``, ``time``, ``double``, ``decimal``,
    ``base64``, ``hex``, ``duration``, ``guid``, ``QName``, ``anyURI``, ``string``, ``enum``, ``list``, ``any``, or
    ``other``: a type with facets of its own.
    """

    family: str
    low: int | None = None
    high: int | None = None
    values: tuple[str, ...] = ()


def kind(schema: Schema, name: str) -> Kind:
    """The kind of a simple type, by its Clark name. Raises KeyError for a name the schema does not know."""
    found = schema.type(name)
    if found is None:
        raise KeyError(name)
    if found.kind == "enum":
        return Kind("enum", values=tuple(v.name for v in found.values))
    if found.kind == "list":
        item = schema.type(found.item) if found.item else None
        return Kind("list", values=tuple(v.name for v in item.values) if item else ())
    row = schema.builtin(name)
    own = (t for t in schema.lineage(name) if namespace(t.name) != SERIALIZATION)
    if row is None or any(t.facets for t in own):
        return Kind("other")
    return Kind(row.family, row.low, row.high)


def example(schema: Schema, name: str) -> str:
    """One plain value of a simple type: the first of an enum, 0, false, ``text``; the same every time."""
    what = kind(schema, name)
    if what.family in ("enum", "list"):
        return what.values[0] if what.values else ""
    row = schema.builtin(name)
    if row is not None and (what.family != "other" or accepts(schema, name, row.example)):
        return row.example
    found = next((text for text in _tries(schema, name) if accepts(schema, name, text)), None)
    return "" if found is None else found


def _tries(schema: Schema, name: str) -> Iterator[str]:
    """Values that a type with facets of its own may take: its bounds, then what others of its family take."""
    for step in schema.lineage(name):
        for facet, value in step.facets:
            if facet.startswith(("min", "max")) and not facet.endswith("Length"):
                yield value
            if facet in ("length", "minLength") and value.isdigit():
                yield "x" * int(value)
                yield "1" * int(value)
    yield from ("1", *(row.example for row in BUILTINS.values()), "", "x", "a@example.com", "A1", "00")


GOOD: dict[str, tuple[str, ...]] = {
    "boolean": ("true", "false", "1", "0", " true ", "\n0\t"),
    "dateTime": (
        "2024-02-29T00:00:00",
        "2026-06-30T23:59:59Z",
        "2026-06-30T12:00:00.1234567+02:00",
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59.9999999",
        " 2026-06-30T12:00:00-05:30 ",
    ),
    "date": ("2024-02-29", "2026-06-30Z"),
    "time": ("00:00:00", "23:59:59.5Z"),
    "double": ("0", "-0", "+1.5", "1e10", "1.5E-3", ".5", "5.", "INF", "-INF", "NaN", " 1.5 "),
    "decimal": ("0", "+1.50", "-.5", "5.", "0007.000", f"{MAX_DECIMAL}", f"-{MAX_DECIMAL}", " 1.5 "),
    "base64": ("", "YQ==", "YWI=", "YWJj", "YW Jj\nYWJj"),
    "hex": ("", "00", "fF"),
    "duration": ("PT0S", "P1D", "-P1DT2H3M4.5S", "PT36H", "P10675199DT2H48M5.4775807S"),
    "guid": ("01234567-89ab-cdef-0123-456789abcdef", "01234567-89AB-CDEF-0123-456789ABCDEF"),
    "anyURI": ("", "https://example.com/a?b=c#d", "urn:x:y", "../a"),
    "string": ("", " ", "text", "Æøå 漢字 \U0001f600", "<&>\"'", "a\nb\tc", "42", "true"),
}
"""Forms that have to be kept, by family; those of integers, enums and lists follow from the type."""


def good(what: Kind) -> tuple[str, ...]:
    """Lexical forms that are values of the type: its boundaries, signs, leading zeros, XML's whitespace."""
    if what.family in INTEGERS:
        low, high = what.low, what.high
        bounds = [str(b) for b in (low, high) if b is not None]
        inside = max(low or 0, 0) if high is None or high >= 0 else high
        forms = [str(inside), f" {inside} ", f"\n\t{inside}\r"]
        if inside >= 0:
            forms += [f"+{inside}", f"00{inside}"]
        if inside == 0:
            forms.append("-0")
        return (*bounds, *forms)
    if what.family == "enum":
        return what.values
    if what.family == "list":
        return ("", " ", *what.values, " ".join(what.values), "\n".join(what.values))
    return GOOD.get(what.family, ())


_NUMERIC = {
    "value-word": "abc",
    "value-hex": "0x2A",
    "value-underscore": "4_2",
    "value-nbsp": "\u00a042",
    "value-em-space": "\u200342",
    "value-zero-width": "42\u200b",
    "value-arabic-digits": "\u0664\u0662",
    "value-fullwidth-digits": "\uff14\uff12",
    "value-inner-space": "4 2",
    "value-two-signs": "+-42",
    "value-unicode-minus": "\u221242",
    "value-separator": "1,000",
    "value-boolean": "true",
    "value-sign-only": "-",
    "value-empty": "",
    "value-blank": " ",
    "value-currency": "$42",
    "value-null": "null",
}
BAD: dict[str, dict[str, str]] = {
    "integer": _NUMERIC
    | {"value-decimal": "1.5", "value-decimal-point": "42.0", "value-exponent": "1e3", "value-not-a-number": "NaN"},
    "boolean": {
        "value-boolean-capital": "True",
        "value-boolean-upper": "FALSE",
        "value-boolean-word": "yes",
        "value-boolean-number": "2",
        "value-boolean-minus": "-1",
        "value-boolean-letter": "t",
        "value-word": "abc",
        "value-nbsp": "\u00a0true",
        "value-arabic-digits": "\u0661",
        "value-fullwidth-digits": "\uff11",
        "value-decimal": "1.0",
        "value-leading-zero": "01",
        "value-empty": "",
        "value-blank": " ",
        "value-null": "null",
    },
    "dateTime": {
        "value-date-february-30": "2026-02-30T12:00:00",
        "value-date-leap": "2026-02-29T12:00:00",
        "value-date-month-13": "2026-13-01T12:00:00",
        "value-date-month-0": "2026-00-10T12:00:00",
        "value-date-day-0": "2026-01-00T12:00:00",
        "value-date-hour-25": "2026-01-31T25:00:00",
        "value-date-minute-60": "2026-01-31T12:60:00",
        "value-date-second-60": "2026-01-31T12:00:60",
        "value-date-only": "2026-01-31",
        "value-date-space": "2026-01-31 12:00:00",
        "value-date-local": "31.01.2026 12:00:00",
        "value-date-slashes": "01/31/2026",
        "value-date-one-digit": "2026-1-31T12:00:00",
        "value-date-no-seconds": "2026-01-31T12:00",
        "value-date-zone-15": "2026-01-31T12:00:00+15:00",
        "value-date-zone-no-colon": "2026-01-31T12:00:00+0200",
        "value-date-zone-lower": "2026-01-31T12:00:00z",
        "value-date-ticks": "/Date(1769860800000)/",
        "value-date-number": "1769860800",
        "value-date-short-year": "26-01-31T12:00:00",
        "value-net-over": "10000-01-01T00:00:00",
        "value-net-under": "-0001-01-01T00:00:00",
        "value-date-year-0": "0000-01-01T00:00:00",
        "value-date-comma": "2026-01-31T12:00:00,5",
        "value-arabic-digits": "\u0662\u0660\u0662\u0666-01-31T12:00:00",
        "value-word": "yesterday",
        "value-empty": "",
        "value-blank": " ",
    },
    "date": {"value-date-february-30": "2026-02-30", "value-word": "yesterday", "value-empty": ""},
    "time": {"value-date-hour-25": "25:00:00", "value-word": "noon", "value-empty": ""},
    "double": {k: v for k, v in _NUMERIC.items() if k != "value-not-a-number"}
    | {
        "value-comma": "1,5",
        "value-suffix": "1.5f",
        "value-exponent-bare": "1e",
        "value-exponent-decimal": "1e1.5",
        "value-infinity-word": "Infinity",
        "value-infinity-lower": "inf",
        "value-nan-lower": "nan",
        "value-percent": "50%",
        "value-two-points": "1.2.3",
        "value-point-only": ".",
    },
    "decimal": _NUMERIC
    | {
        "value-comma": "1,5",
        "value-suffix": "1.5m",
        "value-exponent": "1e3",
        "value-infinity": "INF",
        "value-not-a-number": "NaN",
        "value-two-points": "1.2.3",
        "value-point-only": ".",
        "value-net-over": str(MAX_DECIMAL + 1),
        "value-net-under": str(-MAX_DECIMAL - 1),
    },
    "base64": {
        "value-base64-alphabet": "!!!!",
        "value-base64-length": "YWJjZ",
        "value-base64-padding": "YQ=",
        "value-base64-url": "-_-_",
        "value-base64-padding-inside": "YQ==YQ==",
        "value-nbsp": "YWJj\u00a0",
    },
    "hex": {"value-hex-odd": "abc", "value-hex-alphabet": "zz", "value-hex": "0x00"},
    "duration": {
        "value-duration-words": "1 day",
        "value-duration-clock": "01:00:00",
        "value-duration-bare": "P",
        "value-duration-time-bare": "PT",
        "value-duration-lower": "pt1h",
        "value-duration-point": "PT1.S",
        "value-duration-no-t": "P1H",
        "value-duration-order": "PT1S1H",
        "value-duration-week": "P1W",
        "value-duration-sign-inside": "P-1D",
        "value-word": "abc",
        "value-empty": "",
    },
    "guid": {
        "value-guid-braces": "{01234567-89ab-cdef-0123-456789abcdef}",
        "value-guid-no-dashes": "0123456789abcdef0123456789abcdef",
        "value-guid-short": "01234567-89ab-cdef-0123-456789abcde",
        "value-guid-long": "01234567-89ab-cdef-0123-456789abcdef0",
        "value-arabic-digits": "\u0660" * 8 + "-0000-0000-0000-000000000000",
        "value-guid-alphabet": "0123456g-89ab-cdef-0123-456789abcdef",
        "value-word": "abc",
        "value-empty": "",
    },
    "QName": {"value-qname-unbound": "nowhere:name", "value-qname-colons": "a:b:c", "value-empty": ""},
}
"""Operator -> a form outside the type, by family; those of ranges, enums and lists follow from the type (`bad`)."""


def bad(what: Kind) -> Iterator[tuple[str, str]]:
    """(operator, text) for each form that is no value of the type."""
    yield from BAD.get(what.family, {}).items()
    if what.family == "char":
        yield from BAD["integer"].items()
    elif what.family == "integer":
        if what.high is not None:
            yield "value-over", str(what.high + 1)
        if what.low is not None:
            yield "value-under", str(what.low - 1)
        if what.low is not None and what.high is not None:
            yield "value-far-over", "9" * 30
            yield "value-far-under", "-" + "9" * 30
    elif what.family == "enum" and what.values:
        yield from _bad_names(what.values, "value-enum")
        yield "value-enum-empty", ""
        yield "value-enum-space", f" {what.values[0]} "
        yield "value-enum-two", f"{what.values[0]} {what.values[-1]}"
    elif what.family == "list" and what.values:
        yield from _bad_names(what.values, "value-list")
        first, last = what.values[0], what.values[-1]
        yield "value-list-comma", f"{first},{last}"
        yield "value-list-bar", f"{first}|{last}"
        yield "value-list-one-unknown", f"{first} Nonesuch"


def _bad_names(values: tuple[str, ...], prefix: str) -> Iterator[tuple[str, str]]:
    first = values[0]
    changed = {
        "unknown": "Nonesuch",
        "number": str(len(values) - 1),
        "lower": first.lower(),
        "upper": first.upper(),
        "misspelt": first + first[-1:],
        "quoted": f'"{first}"',
    }
    yield from ((f"{prefix}-{name}", text) for name, text in changed.items() if text not in values)


def same_key(what: Kind, text: str) -> str:
    """What two dictionary keys have in common when .NET takes them for one: ``+1`` and ``01`` are the same int."""
    plain = text.strip(" \t\r\n")
    if what.family in INTEGERS:
        return str(int(plain))
    return text if what.family == "string" else plain


def is_simple(found: Type | None) -> bool:
    """Whether a value of the type is text; anyType counts as such."""
    return found is not None and (found.kind != "complex" or found.name == ANY)
