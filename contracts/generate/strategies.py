"""Hypothesis strategies from a contract, for a test-suite of your own.

    import contracts
    from contracts.generate import messages
    from hypothesis import given

    contract = contracts.load()
    service, operation = contract.operation("Batch.StopBatchJob")

    @given(messages(service, operation))
    def test_my_gateway_passes_every_valid_request(request):
        ...

Needs Hypothesis, which nothing else of the package imports unless it has to.
"""

from __future__ import annotations

import base64
import datetime
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from ..model import Direction, Element, Operation
from ..model.names import XML_SPACE, XSD
from ..wsdl.service import Service
from ..xsd.builtins import MAX_DECIMAL
from ..xsd.probe import accepts_text
from ..xsd.schema import Schema
from .builder import ChoicePoint, MessageBuilder, find_operation, serialize
from .forms import INTEGER_FAMILIES, ValueSpace, example_text, is_simple, valid_forms, value_space
from .rendering import render_message

_MOST_ELEMENTS = 40
"""Elements of one message after which what may be left out is."""
_MOST_DEPTH = 4
"""Complex types within each other after which what may be left out is."""


def values(service: Service, type_name: str) -> st.SearchStrategy[str]:
    """Lexical forms of the values of a simple type: boundaries, signs, leading zeros, white space and all.

    ``type_name`` is a Clark name (``{namespace}local``), or the plain name of a type of XSD (``int``). Each form is a
    value for XML Schema 1.0, for libxml2, and for .NET: years 0001 to 9999, decimals as System.Decimal holds them.
    Raises KeyError for a type that the service's schema does not know, ValueError for one that is not simple.
    """
    schema = service.schema
    name = type_name if type_name.startswith("{") else f"{{{XSD}}}{type_name}"
    found = schema.type(name)
    if found is None:
        raise KeyError(type_name)
    if not is_simple(found):
        raise ValueError(f"{type_name} is not a simple type")
    return _texts_of(schema, name, value_space(schema, name))


def _texts_of(schema: Schema, name: str, what: ValueSpace) -> st.SearchStrategy[str]:
    if what.family == "other":
        return _faceted_texts(schema, name)
    if what.family in INTEGER_FAMILIES:
        return _write_integers(what)
    if what.family == "enum":
        return st.sampled_from(what.values)
    if what.family == "list":
        return st.lists(st.sampled_from(what.values), max_size=4).map(" ".join) if what.values else st.just("")
    made = _STRATEGIES.get(what.family)
    forms = [f for f in valid_forms(what) if accepts_text(schema, name, f)]
    return st.one_of(st.sampled_from(forms), made()) if made and forms else (made or _any_text)()


def _pad_values(plain: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """White space around values, which XML Schema ignores."""
    space = st.text(XML_SPACE, max_size=2)
    return st.one_of(plain, st.builds(lambda before, text, after: before + text + after, space, plain, space))


def _write_integers(what: ValueSpace) -> st.SearchStrategy[str]:
    def write(number: int, plus: bool, zeros: int) -> str:
        return f"{'-' if number < 0 else '+' if plus else ''}{'0' * zeros}{abs(number)}"

    bounds = [b for b in (what.low, what.high) if b is not None]
    numbers = st.integers(what.low, what.high)
    numbers = st.one_of(numbers, st.sampled_from(bounds)) if bounds else numbers
    forms = st.builds(write, numbers, st.booleans(), st.integers(0, 3))
    has_zero = (what.low or 0) <= 0 <= (what.high or 0)
    return _pad_values(st.one_of(forms, st.just("-0")) if has_zero else forms)


def _write_moments() -> st.SearchStrategy[str]:
    def write(moment: datetime.datetime, digits: int, zone: str) -> str:
        fraction = f".{moment.microsecond:06d}0"[: digits + 1] if digits else ""
        # A zone at the very ends would take the moment beyond what .NET holds.
        inside = 1 < moment.year < 9999
        return f"{moment.isoformat(timespec='seconds')[:19]}{fraction}{zone if inside else ''}"

    zones = st.sampled_from(["", "Z", "+00:00", "-05:00", "+05:30", "+14:00", "-14:00"])
    return st.builds(write, st.datetimes(), st.integers(0, 7), zones)


def _write_doubles() -> st.SearchStrategy[str]:
    """libxml2 takes no white space around INF and NaN, which XSD allows: there is none."""
    numbers = st.floats(allow_nan=False, allow_infinity=False).map(repr)
    return st.one_of(_pad_values(st.one_of(numbers, numbers.map(str.upper))), st.sampled_from(["INF", "-INF", "NaN"]))


def _write_decimals() -> st.SearchStrategy[str]:
    def written(number: int, scale: int, plus: bool) -> str:
        digits = str(abs(number)).rjust(scale + 1, "0")
        whole, fraction = (digits[:-scale], digits[-scale:]) if scale else (digits, "")
        return f"{'-' if number < 0 else '+' if plus else ''}{whole}{'.' if fraction else ''}{fraction}"

    return _pad_values(st.builds(written, st.integers(-MAX_DECIMAL, MAX_DECIMAL), st.integers(0, 28), st.booleans()))


def _write_durations() -> st.SearchStrategy[str]:
    """Days to seconds within .NET's TimeSpan; Microsoft's type has no years and months."""

    def written(negative: bool, days: int, hours: int, minutes: int, seconds: int, ticks: int) -> str:
        second = f"{seconds}.{ticks:07d}S" if ticks else f"{seconds}S"
        return f"{'-' if negative else ''}P{days}DT{hours}H{minutes}M{second}"

    small = (st.integers(0, 23), st.integers(0, 59), st.integers(0, 59), st.integers(0, 9_999_999))
    return st.builds(written, st.booleans(), st.integers(0, 10_675_198), *small)


_CHARACTERS = st.characters(min_codepoint=0x20, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")


def _any_text() -> st.SearchStrategy[str]:
    """Any text that XML can hold, the line ends and tabs among it."""
    return st.text(st.one_of(_CHARACTERS, st.sampled_from("\t\n")), max_size=20)


def _xml_names() -> st.SearchStrategy[str]:
    return st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,10}", fullmatch=True)


_STRATEGIES: dict[str, Callable[[], st.SearchStrategy[str]]] = {
    "boolean": lambda: _pad_values(st.sampled_from(["true", "false", "1", "0"])),
    "dateTime": _write_moments,
    "date": lambda: st.dates().map(str),
    "time": lambda: st.times().map(lambda time: time.isoformat("seconds")),
    "double": _write_doubles,
    "decimal": _write_decimals,
    "base64": lambda: st.binary(max_size=24).map(lambda data: base64.b64encode(data).decode()),
    "hex": lambda: st.binary(max_size=12).map(bytes.hex),
    "duration": _write_durations,
    "guid": lambda: st.integers(0, 2**128 - 1).map(lambda number: str(uuid.UUID(int=number))),
    "QName": _xml_names,
    "anyURI": lambda: _xml_names().map(lambda name: f"https://example.com/{name}"),
    "string": _any_text,
    "any": _any_text,
}


def _faceted_texts(schema: Schema, name: str) -> st.SearchStrategy[str]:
    """A type with facets of its own: values of its base, and such as its pattern describes, that the schema takes."""
    tries = [st.just(example_text(schema, name))]
    for step in schema.lineage(name):
        for facet, value in step.facets:
            if facet == "pattern":
                tries.append(st.from_regex(_as_python_pattern(value), fullmatch=True))
    return st.one_of(tries).filter(lambda text: accepts_text(schema, name, text))


def _as_python_pattern(pattern: str) -> str:
    """XSD's regular expressions in Python's words, as far as their forms differ in what this family of schemas uses."""
    return pattern.replace(r"\d", "[0-9]").replace(r"\i", "[A-Za-z_:]").replace(r"\c", "[A-Za-z0-9_:.-]")


# --- messages ---------------------------------------------------------------------------------------------------------


class _DrawnChoices:
    """The choices of a message, drawn by Hypothesis."""

    def __init__(self, service: Service, draw: Any) -> None:
        self.service = service
        self.draw = draw
        self.left = _MOST_ELEMENTS

    def has_header(self, name: str, direction: Direction) -> bool:
        return bool(self.draw(st.booleans()))

    def count_members(self, members: Sequence[Element], place: ChoicePoint) -> Sequence[int]:
        """All parameters mostly, a few members of each type; only what is required when the budget is used up."""
        if not members:
            return ()
        if self.left <= 0 or place.depth > _MOST_DEPTH:
            return [0] * len(members)
        if place.depth == 0 and self.draw(st.integers(0, 3)):  # three times of four
            chosen = set(range(len(members)))
        else:
            chosen = self.draw(st.sets(st.integers(0, len(members) - 1), max_size=8))
        self.left -= len(chosen)
        counts = []
        for index, member in enumerate(members):
            several = index in chosen and member.max_occurs != 1
            counts.append(self.draw(st.integers(1, 3)) if several else int(index in chosen))
        return counts

    def is_nil(self, place: ChoicePoint) -> bool:
        if place.member is not None and place.member.local == "Key":
            return False  # the schema allows it; no dictionary of .NET takes null for a key
        if place.depth > _MOST_DEPTH or self.left <= 0:
            return True
        return not self.draw(st.integers(0, 5))  # once in six times

    def pick_type(self, declared: str, derived: tuple[str, ...], place: ChoicePoint) -> str:
        found = self.service.schema.type(declared)
        abstract = found is not None and found.abstract
        if derived and (abstract or not self.draw(st.integers(0, 3))):  # an abstract type may not stand itself
            return str(self.draw(st.sampled_from(derived)))
        return declared

    def pick_text(self, type_name: str, place: ChoicePoint) -> str:
        return str(self.draw(values(self.service, type_name)))

    def pick_secret(self, name: str) -> str:
        letters = st.text("ABCDEFabcdef0123456789+/-", min_size=1, max_size=12)
        return ("7T:" if name == "Ticket" else "") + str(self.draw(letters)) + ("==" if name == "Ticket" else "")


@st.composite
def _draw_messages(draw: Any, service: Service, operation: Operation, direction: Direction) -> bytes:
    root = MessageBuilder(service, _DrawnChoices(service, draw)).build_envelope(operation, direction)
    return serialize(root)


def messages(
    service: Service, operation: str | Operation, direction: Direction = "request", *, http: bool = False
) -> st.SearchStrategy[bytes]:
    """Valid messages of an operation: kept by the judge, accepted by libxml2.

    Nested and recursive types (bounded), arrays, dictionaries with keys that differ, lists of enums, nil where the
    schema allows it, derived types by xsi:type; requests with ApplicationToken and, where declared, Credentials,
    responses with Succeeded true. ``http``: raw HTTP messages, with the head that the contract wants. Raises
    ContractsError where the operation has no such message.
    """
    found = find_operation(service, operation, direction)
    made = _draw_messages(service, found, direction)
    return made.map(lambda data: render_message(service, found, data, direction, as_="http")) if http else made
