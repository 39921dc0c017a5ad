"""A list of operations that a team uses, as a text file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..files.opening import read_bytes
from ..files.prolog import text_of
from ..model import ContractsError
from ..model.wording import suggest_nearest
from ..wsdl.service import Service
from .comparison import Naming


def read_list(file: str, services: Sequence[Service]) -> Iterator[Naming]:
    """The operations in a text file: ``Agent.Operation``, one a line; ``#`` begins a comment.

    Raises ContractsError for one that ``services`` lack, and where there is none.
    """
    known = {operation.label for service in services for operation in service.operations.values()}
    data = read_bytes(file)
    count = 0
    for number, line in enumerate(text_of(data, len(data)).splitlines(), 1):
        if label := line.partition("#")[0].strip().lstrip("\ufeff"):
            if label not in known:
                hint = suggest_nearest(label, known, "a line is Agent.Operation")
                raise ContractsError(f"{file}:{number}: {label[:80]}: no operation of the old side{hint}")
            count += 1
            yield Naming(label, file, number, "list")
    if not count:
        raise ContractsError(f"{file}: no operation in it")
