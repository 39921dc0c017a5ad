"""What a value of each simple type may look like: its family, its range, good and bad lexical forms.

Everything that makes values (samples, strategies, mutants) draws on these tables. Good forms are those that XML Schema
1.0 part 2 and .NET's types both allow; bad ones are outside the type's lexical or value space.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..model import Type, namespace
from ..model.names import ANY_TYPE, SERIALIZATION
from ..xsd.builtins import BUILTINS
from ..xsd.probe import accepts_text
from ..xsd.schema import Schema

INTEGER_FAMILIES = ("integer", "char")
"""The families of whole numbers. A ``char`` is an int for the schema, and 0 to 65535 for .NET."""


@dataclass(frozen=True, slots=True)
class ValueSpace:
    """What matters of a simple type. ``low`` and ``high`` bound integers; ``values`` are those of an enum or a list.

    ``family`` is ``integer``, ``char``, ``boolean``, ``dateTime``, ``date``, ``time``, ``double``, ``decimal``,
    ``base64``, ``hex``, ``duration``, ``guid``, ``QName``, ``anyURI``, ``string``, ``enum``, ``list``, ``any``, or
    ``other``: a type with facets of its own.
    """

    family: str
    low: int | None = None
    high: int | None = None
    values: tuple[str, ...] = ()


def value_space(schema: Schema, name: str) -> ValueSpace:
    """The kind of a simple type, by its Clark name. Raises KeyError for a name the schema does not know."""
    found = schema.type(name)
    if found is None:
        raise KeyError(name)
    if found.kind == "enum":
        return ValueSpace("enum", values=tuple(v.name for v in found.values))
    if found.kind == "list":
        item = schema.type(found.item) if found.item else None
        return ValueSpace("list", values=tuple(v.name for v in item.values) if item else ())
    row = schema.builtin(name)
    own = (t for t in schema.lineage(name) if namespace(t.name) != SERIALIZATION)
    if row is None or any(t.facets for t in own):
        return ValueSpace("other")
    return ValueSpace(row.family, row.low, row.high)


def example_text(schema: Schema, name: str) -> str:
    """One plain value of a simple type: the first of an enum, 0, false, ``text``; the same every time."""
    what = value_space(schema, name)
    if what.family in ("enum", "list"):
        return what.values[0] if what.values else ""
    row = schema.builtin(name)
    if row is not None and (what.family != "other" or accepts_text(schema, name, row.example)):
        return row.example
    found = next((text for text in _candidate_texts(schema, name) if accepts_text(schema, name, text)), None)
    return "" if found is None else found


_MOST_DIGITS = 6
"""Of the length of a value that is made up: a schema may ask for gigabytes."""


def _candidate_texts(schema: Schema, name: str) -> Iterator[str]:
    """Values that a type with facets of its own may take: its bounds, then what others of its family take."""
    for step in schema.lineage(name):
        for facet, value in step.facets:
            if facet.startswith(("min", "max")) and not facet.endswith("Length"):
                yield value
            if facet in ("length", "minLength") and value.isdecimal() and len(value) <= _MOST_DIGITS:
                yield "x" * int(value)
                yield "1" * int(value)
    # What a pattern wants cannot be told from it: some plain texts are tried.
    yield from ("1", *(row.example for row in BUILTINS.values()), "", "x", "a@example.com", "A1", "00")


_FORMS = tomllib.loads(Path(__file__).with_name("forms.toml").read_text(encoding="utf-8"))
VALID_FORMS: dict[str, list[str]] = _FORMS["good"]
"""Forms that have to be kept, by family; those of integers, enums and lists follow from the type (`valid_forms`)."""

_NUMBER: dict[str, str] = _FORMS["bad"].pop("number")
INVALID_FORMS: dict[str, dict[str, str]] = {
    family: (_NUMBER if family in ("integer", "double", "decimal") else {}) | forms
    for family, forms in _FORMS["bad"].items()
}
"""Operator -> a form outside the type, by family; those of ranges, enums and lists follow from it (`invalid_forms`)."""


def valid_forms(what: ValueSpace) -> tuple[str, ...]:
    """Lexical forms that are values of the type: its boundaries, signs, leading zeros, XML's whitespace."""
    if what.family in INTEGER_FAMILIES:
        low, high = what.low, what.high
        bounds = [str(b) for b in (low, high) if b is not None]
        inside = max(low or 0, 0) if high is None or high >= 0 else high  # 0, or the number of the type nearest to it
        forms = [str(inside), f" {inside} ", f"\n\t{inside}\r"]
        if inside >= 0:
            forms += [f"+{inside}", f"00{inside}"]
        if inside == 0:
            forms.append("-0")
        return (*bounds, *forms)
    if what.family == "enum":
        return what.values
    if what.family == "list":
        return ("", " ", *what.values, " ".join(what.values))
    return tuple(VALID_FORMS.get(what.family, ()))


def invalid_forms(what: ValueSpace) -> Iterator[tuple[str, str]]:
    """(operator, text) for each form that is no value of the type."""
    yield from INVALID_FORMS.get("integer" if what.family == "char" else what.family, {}).items()
    if what.family == "integer":  # not a char: what is beyond it is an int all the same, for the schema
        if what.high is not None:
            yield "value-over", str(what.high + 1)
        if what.low is not None:
            yield "value-under", str(what.low - 1)
        if what.low is not None and what.high is not None:
            yield "value-far-over", "9" * 30
            yield "value-far-under", "-" + "9" * 30
    elif what.values:
        first, last = what.values[0], what.values[-1]
        texts = {
            "unknown": "Nonesuch",
            "number": str(len(what.values) - 1),
            "lower": first.lower(),
            "upper": first.upper(),
            "misspelt": first + first[-1:],
            "quoted": f'"{first}"',
        }
        if what.family == "enum":
            texts |= {"empty": "", "space": f" {first} ", "two": f"{first} {last}"}
        else:
            texts |= {
                "comma": f"{first},{last}",
                "newline": f"{first}\n{last}",
                "bar": f"{first}|{last}",
                "one-unknown": f"{first} Nonesuch",
            }
        yield from ((f"value-{what.family}-{name}", text) for name, text in texts.items() if text not in what.values)


def is_simple(found: Type | None) -> bool:
    """Whether a value of the type is text; anyType counts as such."""
    return found is not None and (found.kind != "complex" or found.name == ANY_TYPE)
