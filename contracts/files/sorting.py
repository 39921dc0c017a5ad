"""Names of files, sorted in flat memory, however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import islice, pairwise
from typing import IO

_AT_ONCE = 4_000
"""Names that memory holds; more are sorted in parts, which lie in a temporary file until they are merged."""
_BLOCK = 2**12
_END = b"/"
"""After each name in the file: no name has it."""


def sort_names(names: Iterable[str]) -> Iterator[str]:
    """Names of one folder. All are taken before the first is given."""
    # In UTF-8 they sort as they do in Python.
    encoded = (name.encode("utf-8", "surrogatepass") for name in names)
    part = sorted(islice(encoded, _AT_ONCE))
    in_order = iter(part) if len(part) < _AT_ONCE else _merge_parts(part, encoded)
    return (name.decode("utf-8", "surrogatepass") for name in in_order)


def _merge_parts(part: list[bytes], others: Iterator[bytes]) -> Iterator[bytes]:
    import tempfile  # few runs come here

    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever gives the names closes it
    ends = [0]
    while part:
        file.write(b"".join([name + _END for name in part]))
        ends.append(file.tell())
        part = sorted(islice(others, _AT_ONCE))
    return _give_names(file, ends)


def _give_names(file: IO[bytes], ends: list[int]) -> Iterator[bytes]:
    with file:
        yield from merge(*(_read_names(file, start, end) for start, end in pairwise(ends)))


def _read_names(file: IO[bytes], at: int, end: int) -> Iterator[bytes]:
    """Those of a part, one block after the other."""
    begun = b""
    while at < end:
        file.seek(at)
        *names, begun = (begun + file.read(min(_BLOCK, end - at))).split(_END)
        at = min(at + _BLOCK, end)
        yield from names
