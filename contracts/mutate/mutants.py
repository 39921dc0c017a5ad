"""Mutants: messages and WSDLs with one named fault, or written another way without one.

    from contracts.generate.mutants import mutants
    from contracts.generate.originals import original

    first = original(service, service.operations["StopBatchJob"], "request")
    for mutant in mutants(first):
        print(mutant.operator.id, mutant.place, mutant.equivalent)

`OPERATORS` are data: each has an id, what it is for, where it comes from, and the function that applies it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..model import Headers, Http
from .operators import answers, body, envelope, headers, http, legal, types, values
from .operators.base import Change, Operator
from .originals import Original, raw

OPERATORS: tuple[Operator, ...] = (
    *http.OPERATORS,
    *envelope.OPERATORS,
    *headers.OPERATORS,
    *body.OPERATORS,
    *types.OPERATORS,
    *values.OPERATORS,
    *answers.OPERATORS,
    *legal.OPERATORS,
)
"""Every operator on messages, in the order of the score's table."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A message that an operator made. ``equivalent``: why it is no break of the contract; None where it is one."""

    operator: Operator
    original: Original
    place: str
    http: Http
    data: bytes
    equivalent: str | None

    @property
    def bytes(self) -> bytes:
        """The raw HTTP message."""
        return raw(self.http, self.data)


def mutants(original: Original, operators: Sequence[Operator] | None = None) -> Iterator[Mutant]:
    """Every mutant that the operators (default: all) make of a message; those equal to it are left out."""
    for operator in OPERATORS if operators is None else operators:
        if original.direction in operator.targets:
            for change in operator.apply(original):
                mutant = _mutant(operator, original, change)
                if mutant.data != original.data or mutant.http != original.http:
                    yield mutant


def _mutant(operator: Operator, original: Original, change: Change) -> Mutant:
    data = original.data if change.data is None else change.data
    http = original.http if change.http is None else change.http
    if change.data is not None:
        http = _measured(http, data)
    return Mutant(operator, original, change.place, http, data, change.equivalent)


def _measured(http: Http, data: bytes) -> Http:
    """The head with the Content-Length of the body."""
    fields = tuple((k, str(len(data)) if k.lower() == "content-length" else v) for k, v in http.headers)
    return replace(http, headers=Headers(fields))
