"""What many messages have alike, told once, with the places of them all: in flat memory, as either may be many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from typing import IO, Any

from ..files.sorting import sort_rows

_TOGETHER = 1_000
"""Places that memory holds."""
_IN_MEMORY = 2**20
"""Bytes from which on a temporary file takes them."""


@dataclass(frozen=True, slots=True)
class Group:
    """What messages have alike, as the first of them has it; how many they are, and where.

    The places are given once, and no longer than groups are.
    """

    what: Any
    count: int
    places: Iterator[str]


def group_alike(found: Iterable[tuple[tuple[str, ...], Any, str]]) -> Iterator[Group]:
    """The most frequent first, else in the order in which they came.

    ``found``: what has to be alike, what it is of, and where that was found.
    """
    import tempfile

    rows = sort_rows((alike, number, what, place) for number, (alike, what, place) in enumerate(found))
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        for count, _, start in sort_rows(_write_groups(file, rows)):
            what, places = _load(file, start)
            yield Group(what, -count, _read_places(file, places, -count))


def _write_groups(file: IO[bytes], rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[int, int, int]]:
    """Writes each group; gives how many it has (less than zero, to be sorted by), its first, and where it begins."""
    import pickle

    for _, group in groupby(rows, itemgetter(0)):
        _, number, what, first = next(group)
        start, count = file.tell(), 0
        pickle.dump(what, file)
        places = [first]
        while places:
            pickle.dump(places, file)
            count += len(places)
            places = [place for *_, place in islice(group, _TOGETHER)]
        yield -count, number, start


def _read_places(file: IO[bytes], at: int, count: int) -> Iterator[str]:
    while count > 0:
        places, at = _load(file, at)
        count -= len(places)
        yield from places


def _load(file: IO[bytes], at: int) -> tuple[Any, int]:
    """What lies there, and where that ends."""
    import pickle

    file.seek(at)
    return pickle.load(file), file.tell()
