"""One readable message of any operation, from the WSDL alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from time import process_time
from typing import Literal

from lxml import etree

from ..files.limits import current_limits, hint_raise
from ..model import ContractsError, Direction, Element, Operation
from ..model.names import EXAMPLE_TICKET, EXAMPLE_TOKEN
from ..wsdl.service import Service
from ..xsd.probe import accepts_text
from .builder import ChoicePoint, MessageBuilder, find_operation, serialize
from .forms import example_text, is_simple

Form = Literal["minimal", "default", "full", "documented"]

_EXAMPLE_NUMBER = "42"
"""No 0: an id that is 0 is what a server reads of one that it did not get."""
_MOST_ELEMENTS = 40_000
"""Elements of one sample: ``full`` goes less deep where it would have more (a type of types of types)."""
_DEEPEST = 100
"""Complex types within each other: a schema may demand a type within itself without end."""


class SampleTooLarge(Exception):
    """A sample has more elements than its limit, is nested too deep, or takes too long; its text says which."""


@dataclass
class FixedChoices:
    """The choices of a sample: always the same.

    ``depth``: complex types nested deeper are left out. ``items``: of each array. ``limit``: of elements. ``elements``
    counts those that were chosen, ``made`` those that were really built, ``started`` is when, in processor seconds.
    """

    service: Service
    form: Form
    depth: int
    items: int = 1
    limit: int = _MOST_ELEMENTS
    elements: int = 0
    made: int = 0
    started: float = field(default_factory=process_time)

    def has_header(self, name: str, direction: Direction) -> bool:
        return self.form == "full"

    def count_members(self, members: Sequence[Element], place: ChoicePoint) -> Sequence[int]:
        self.elements += sum(max(member.min_occurs, 1) for member in members)
        if self.elements > self.limit:
            raise SampleTooLarge(f"has more than {self.limit} elements")
        return [self._count_member(member, place) for member in members]

    def _count_member(self, member: Element, place: ChoicePoint) -> int:
        if self.form == "minimal":
            return 0
        repeated = member.max_occurs != 1
        deep = place.depth >= self.depth + repeated  # an array or a dictionary is shown with what it holds
        if not is_simple(self.service.schema.type(member.type)) and (deep or member.type in place.owners):
            return 0
        return self.items if repeated else 1

    def is_nil(self, place: ChoicePoint) -> bool:
        return False

    def pick_type(self, declared: str, derived: tuple[str, ...], place: ChoicePoint) -> str:
        self.made += 1
        if self.made > 2 * self.limit + 100:  # minOccurs adds elements that no choice was asked for
            raise SampleTooLarge(f"has more than {self.limit} elements")
        if len(place.owners) > _DEEPEST:
            raise SampleTooLarge(f"is nested more than {_DEEPEST} elements deep")
        if process_time() - self.started > current_limits().seconds:
            raise SampleTooLarge(
                f"takes longer than the limit of {current_limits().show('seconds')}{hint_raise('seconds')}"
            )
        found = self.service.schema.type(declared)
        return derived[0] if found is not None and found.abstract and derived else declared

    def pick_text(self, type_name: str, place: ChoicePoint) -> str:
        schema = self.service.schema
        text = example_text(schema, type_name)
        if self.form == "documented":
            return "" if text == "text" else text
        return _EXAMPLE_NUMBER if text == "0" and accepts_text(schema, type_name, _EXAMPLE_NUMBER) else text

    def pick_secret(self, name: str) -> str:
        return EXAMPLE_TOKEN if name == "ApplicationToken" else EXAMPLE_TICKET


# Form -> the depths to try: the first at which the sample is not too large.
_DEPTHS = {"minimal": (0,), "default": (2,), "full": (32, 8, 6, 5, 4, 3, 2), "documented": (32, 8, 6, 5, 4, 3, 2)}


def sample_tree(
    service: Service, operation: str | Operation, direction: Direction, form: Form = "default"
) -> etree._Element:
    """The Envelope of `make_sample`, not yet serialized."""
    found, started = find_operation(service, operation, direction), process_time()
    tries = (FixedChoices(service, form, depth, started=started) for depth in _DEPTHS[form])
    try:
        return build_first(found, direction, tries)
    except SampleTooLarge as error:
        raise ContractsError(f"{found.label}: a {form} {direction} {error}") from None


def build_first(operation: Operation, direction: Direction, tries: Iterable[FixedChoices]) -> etree._Element:
    """An Envelope by the first of the choices that makes none too large. Raises SampleTooLarge, of the last."""
    problem = ""
    for choices in tries:
        is_documented = choices.form == "documented"
        builder = MessageBuilder(choices.service, choices, typed=is_documented)
        try:
            return builder.build_envelope(operation, direction, documented=is_documented)
        except SampleTooLarge as error:
            problem = str(error)
        except ValueError:  # lxml's: a name, in a schema that was not compiled yet, that no element can have
            _ = choices.service.schema.validator
            raise
    raise SampleTooLarge(problem)


def make_sample(
    service: Service, operation: str | Operation, direction: Direction = "request", *, form: Form = "default"
) -> bytes:
    """A message of the operation, the same every time: indented XML with the pages' placeholders.

    ``form``: ``minimal``, only what has to be there; ``default``, the parameters with their members; ``full``, every
    member and header at every depth (a type is not repeated within itself); ``documented``, the full request or
    response as the documented pages print it: SOAP 1.2, header blocks beside Body, xsi:type on every element.
    Raises ContractsError where the operation has no such message.
    """
    root = sample_tree(service, operation, direction, form)
    etree.indent(root, "  ")
    return serialize(root) + b"\n"
