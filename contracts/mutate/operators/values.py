"""Operators on values: everything that is outside a type's lexical or value space, one operator for each kind of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...generate.forms import BAD, Kind, bad, kind
from ..originals import Original
from .base import BOTH, OFFUTT, Apply, Change, Operator

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


def _described(operator: str) -> str:
    return _DESCRIPTIONS.get(operator) or operator.removeprefix("value-").replace("-", " ")


def _fault(operator: str) -> Apply:
    def apply(original: Original) -> Iterator[Change]:
        for node in original.values():
            what = kind(original.service.schema, node.type.name)
            text = dict(bad(what)).get(operator)
            if text is None:
                continue

            def edit(elements: list[Any], index: int = node.index, text: str = text) -> None:
                for child in list(elements[index]):
                    elements[index].remove(child)
                elements[index].text = text

            yield Change(node.path, original.edit(edit))

    return apply


def _ids() -> list[str]:
    """Every operator that `bad` can name."""
    names = ("Alpha", "Beta")
    computed = [Kind("integer", 0, 9), Kind("enum", values=names), Kind("list", values=names)]
    ids = [operator for what in computed for operator, _ in bad(what)]
    return list(dict.fromkeys([*ids, *(operator for table in BAD.values() for operator in table)]))


OPERATORS = tuple(Operator(id_, BOTH, _described(id_), OFFUTT, _fault(id_)) for id_ in _ids())
