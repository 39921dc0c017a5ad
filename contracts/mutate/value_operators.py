"""Operators on values: all that is outside a type's lexical or value space, one operator for each kind of bad form."""

from __future__ import annotations

from ..generate.forms import INVALID_FORMS, ValueSpace, invalid_forms
from . import places as at
from .drafts import OFFUTT, Draft, Operator
from .originals import Original

_DESCRIPTIONS = {
    "value-over": "one above the type's largest value",
    "value-under": "one below the type's smallest value",
    "value-far-over": "a number of thirty digits",
    "value-far-under": "a negative number of thirty digits",
    "value-net-over": "beyond .NET's range, within XSD's",
    "value-net-under": "below .NET's range, within XSD's",
    "value-word": "a word",
    "value-empty": "nothing",
    "value-blank": "white space only",
    "value-null": "the word null",
    "value-hex": "a hexadecimal number",
    "value-underscore": "an underscore between digits, as Python takes it",
    "value-nbsp": "a no-break space before it",
    "value-em-space": "an em space before it",
    "value-zero-width": "a zero-width space after it",
    "value-arabic-digits": "Arabic-Indic digits",
    "value-fullwidth-digits": "fullwidth digits",
    "value-unicode-minus": "a minus sign that is no hyphen",
    "value-not-a-number": "NaN",
    "value-enum-unknown": "a name that the enumeration does not have",
    "value-enum-number": "the number of an enumeration's value",
    "value-enum-lower": "an enumeration's value in lower case",
    "value-enum-upper": "an enumeration's value in upper case",
    "value-enum-misspelt": "an enumeration's value with a letter too many",
    "value-enum-quoted": "an enumeration's value in quotes",
    "value-enum-empty": "nothing for an enumeration's value",
    "value-enum-space": "an enumeration's value with white space around it",
    "value-enum-two": "two values of an enumeration that is no list",
    "value-list-comma": "commas between the values of a list",
    "value-list-bar": "bars between the values of a list",
    "value-list-one-unknown": "a list with one value that it does not have",
}
"""Where the words of an operator's id do not say enough."""


def _operators() -> list[str]:
    """Every operator that `bad` can name: those of the table of bad forms, and those that follow from a type."""
    names = ("Alpha", "Beta")
    computed = [ValueSpace("integer", 0, 9), ValueSpace("enum", values=names), ValueSpace("list", values=names)]
    ids = [operator for what in computed for operator, _ in invalid_forms(what)]
    return list(dict.fromkeys([*ids, *(operator for table in INVALID_FORMS.values() for operator in table)]))


def _describe(operator: str) -> str:
    return _DESCRIPTIONS.get(operator) or operator.removeprefix("value-").replace("-", " ")


OPERATORS: tuple[Operator[Original], ...] = tuple(
    Operator(id_, _describe(id_), OFFUTT, at.bad_values(id_), Draft.set_spots_text) for id_ in _operators()
)
