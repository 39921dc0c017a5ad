"""Hypothesis strategy of broken messages, each with one named fault; `contracts.generate.strategies` has valid ones.

Needs Hypothesis, which nothing else of the package imports unless it has to.
"""

from __future__ import annotations

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from ..generate.builder import find_operation
from ..generate.rendering import make_head
from ..generate.strategies import messages
from ..model import Direction, Operation
from ..wsdl.service import Service
from .mutants import OPERATORS, make_mutants
from .originals import Original


def broken(
    service: Service, operation: str | Operation, direction: Direction = "request", *, http: bool = False
) -> st.SearchStrategy[tuple[bytes, str]]:
    """A message of an operation with one fault, and the id of the mutation operator that put it there.

    The fault is in the envelope; with ``http``, in a raw HTTP message, it may be in the head too. It may be that the
    message is one of another operation: who judges it by hand says which was meant. Raises ContractsError where the
    operation has no such message.
    """
    return _draw_broken(service, find_operation(service, operation, direction), direction, http)


@st.composite
def _draw_broken(
    draw: Any, service: Service, operation: Operation, direction: Direction, http: bool
) -> tuple[bytes, str]:
    data = draw(messages(service, operation, direction))
    first = Original(service, operation, direction, make_head(service, operation, direction, data), data)
    usable = [o for o in OPERATORS if direction in o.targets and (http or not o.in_head)]
    start = draw(st.integers(0, len(usable) - 1))
    # Not every operator has something to do in every message: the next one that has is taken.
    for operator in (*usable[start:], *usable[:start]):
        made = [m for m in make_mutants(first, [operator]) if m.equivalent is None and (http or m.data != data)]
        if made:
            mutant = draw(st.sampled_from(made))
            return (mutant.bytes if http else mutant.data), operator.id
    assume(False)  # Hypothesis draws another message
    raise AssertionError("unreachable")
