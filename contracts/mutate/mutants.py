"""Mutants: messages and WSDLs with one named fault, or written another way without one.

    from contracts.mutate.mutants import mutants
    from contracts.mutate.originals import original

    first = original(service, service.operations["StopBatchJob"], "request")
    for mutant in mutants(first):
        print(mutant.operator.id, mutant.place, mutant.equivalent)

`OPERATORS` are data: a row each (`drafts.Operator`). A new one is a row in the table of its part of the message.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..model import Headers, Http
from . import (
    answer_operators,
    body_operators,
    envelope_operators,
    head_operators,
    header_operators,
    legal_operators,
    value_operators,
)
from .drafts import Operator, mutations
from .originals import Original, raw

OPERATORS: tuple[Operator[Original], ...] = (
    *head_operators.OPERATORS,
    *envelope_operators.OPERATORS,
    *header_operators.OPERATORS,
    *body_operators.OPERATORS,
    *value_operators.OPERATORS,
    *answer_operators.OPERATORS,
    *legal_operators.OPERATORS,
)
"""Every operator on messages, in the order of the score's table."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A message that an operator made. ``equivalent``: why it is no break of the contract; None where it is one."""

    operator: Operator[Original]
    original: Original
    place: str
    http: Http
    data: bytes
    equivalent: str | None

    @property
    def bytes(self) -> bytes:
        """The raw HTTP message."""
        return raw(self.http, self.data)


def mutants(original: Original, operators: Sequence[Operator[Original]] | None = None) -> Iterator[Mutant]:
    """Every mutant that the operators (default: all) make of a message; those equal to it are left out."""
    for operator in OPERATORS if operators is None else operators:
        if original.direction in operator.targets:
            for mutation in mutations(operator, original):
                data = original.data if mutation.data is None else mutation.data
                http = original.http if mutation.http is None else mutation.http
                if mutation.data is not None:
                    http = _measured(http, data)
                if data != original.data or http != original.http:
                    yield Mutant(operator, original, mutation.place, http, data, mutation.equivalent)


def _measured(http: Http, data: bytes) -> Http:
    """The head with the Content-Length of the body."""
    fields = tuple((k, str(len(data)) if k.lower() == "content-length" else v) for k, v in http.headers)
    return replace(http, headers=Headers(fields))
