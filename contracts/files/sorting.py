"""Rows sorted in flat memory, however many there are: the names of a folder's files, what a long run found."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import islice, pairwise
from typing import IO, Any, TypeVar

_AT_ONCE = 2_000
"""Rows that memory holds; more are sorted in parts, which lie in a temporary file until they are merged."""
_TOGETHER = 10
"""Rows of each part that memory holds then."""
_Row = TypeVar("_Row", bound="str | tuple[Any, ...]")


def sort_rows(rows: Iterable[_Row]) -> Iterator[_Row]:
    """What can be compared and pickled. All are taken before the first is given."""
    others = iter(rows)
    part = sorted(islice(others, _AT_ONCE))
    return iter(part) if len(part) < _AT_ONCE else _merge_parts(part, others)


def _merge_parts(part: list[_Row], others: Iterator[_Row]) -> Iterator[_Row]:
    import pickle  # few runs come here
    import tempfile

    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever gives the rows closes it
    parts = []
    while part:
        places = array("Q", [file.tell()])
        for at in range(0, len(part), _TOGETHER):
            pickle.dump(part[at : at + _TOGETHER], file)
            places.append(file.tell())
        parts.append(places)
        part = sorted(islice(others, _AT_ONCE))
    return _give_rows(file, parts)


def _give_rows(file: IO[bytes], parts: list[array[int]]) -> Iterator[Any]:
    with file:
        yield from merge(*(_read_part(file, places) for places in parts))


def _read_part(file: IO[bytes], places: array[int]) -> Iterator[Any]:
    import pickle

    for start, end in pairwise(places):
        file.seek(start)
        yield from pickle.loads(file.read(end - start))
