"""Mutants: messages and WSDLs with one named fault, or written another way without one.

    from contracts.mutate.mutants import make_mutants
    from contracts.mutate.originals import make_original

    first = make_original(service, service.operations["StopBatchJob"], "request")
    for mutant in make_mutants(first):
        print(mutant.operator.id, mutant.place, mutant.equivalent)

`OPERATORS` are data: a row each (`drafts.Operator`). A new one is a row in the table of its part of the message.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Generic

from ..generate.rendering import write_http
from ..model import Headers, Http
from . import (
    answer_operators,
    body_operators,
    envelope_operators,
    head_operators,
    header_operators,
    legal_operators,
    value_operators,
    wsdl_operators,
)
from .drafts import D, Draft, NothingToDo, Operator
from .originals import Original
from .wsdl_editor import WsdlDocument

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
WSDL_OPERATORS: tuple[Operator[WsdlDocument], ...] = wsdl_operators.OPERATORS


@dataclass(frozen=True, slots=True)
class Mutant(Generic[D]):
    """What an operator made of a message or a WSDL, and at which place; a WSDL has no ``http``.

    ``equivalent``: why it is no break of the contract; None where it is one.
    """

    operator: Operator[D]
    original: D
    place: str
    http: Http | None
    data: bytes
    equivalent: str | None

    @property
    def bytes(self) -> bytes:
        """The raw HTTP message; the WSDL."""
        return self.data if self.http is None else write_http(self.http, self.data)


def make_mutants(original: Original, operators: Sequence[Operator[Original]] = OPERATORS) -> Iterator[Mutant[Original]]:
    """Every mutant that the operators make of a message; those equal to it are left out."""
    return _apply_operators(original, [o for o in operators if original.direction in o.targets])


def make_wsdl_mutants(
    document: WsdlDocument, operators: Sequence[Operator[WsdlDocument]] = WSDL_OPERATORS
) -> Iterator[Mutant[WsdlDocument]]:
    """Every mutant that the operators make of a WSDL."""
    return _apply_operators(document, operators)


def _apply_operators(original: D, operators: Sequence[Operator[D]]) -> Iterator[Mutant[D]]:
    for operator in operators:
        made = (m for m in _at_each_spot(operator, original) if (m.data, m.http) != (original.data, original.http))
        yield from islice(made, operator.most)


def _at_each_spot(operator: Operator[D], original: D) -> Iterator[Mutant[D]]:
    for spot in operator.where(original):
        draft = Draft(original, spot)
        try:
            operator.edit(draft)
        except NothingToDo:
            continue
        reason = operator.harmless(draft) if callable(operator.harmless) else operator.harmless
        data, http = draft.result(), draft.http or original.http
        if data is not None and http is not None:  # else the length, too, would be a fault, and not the named one
            http = _measure_body(http, data)
        yield Mutant(operator, original, spot.path, http, original.data if data is None else data, reason)


def _measure_body(http: Http, data: bytes) -> Http:
    """The head with the Content-Length of the body."""
    fields = tuple((k, str(len(data)) if k.lower() == "content-length" else v) for k, v in http.headers)
    return replace(http, headers=Headers(fields))
