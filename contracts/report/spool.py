"""What a long run found, packed in a temporary file: each report reads it from the start, and memory stays flat."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO, Generic, TypeVar

_TOGETHER = 1_000
"""Items that are packed at once: what they share, such as a rule's texts, is written once."""
_T = TypeVar("_T")


class Spool(Generic[_T]):
    """Items in the order in which they were added. A context manager, at the end of which they are gone."""

    def __init__(self) -> None:
        self._last: list[_T] = []
        self._lengths: list[int] = []
        self._file: IO[bytes] | None = None
        self._open = ExitStack()

    def __enter__(self) -> Spool[_T]:
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def append(self, item: _T) -> None:
        self._last.append(item)
        if len(self._last) == _TOGETHER:
            self._pack_results()

    def _pack_results(self) -> None:
        import pickle  # few runs come here
        import tempfile
        import zlib

        self._file = self._file or self._open.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        data = zlib.compress(pickle.dumps(self._last), 1)
        self._file.seek(sum(self._lengths))
        self._file.write(data)
        self._lengths.append(len(data))
        self._last.clear()

    def __len__(self) -> int:
        return len(self._lengths) * _TOGETHER + len(self._last)

    def __iter__(self) -> Iterator[_T]:
        if self._file is not None:
            yield from self._unpack_results(self._file)
        yield from self._last

    def _unpack_results(self, file: IO[bytes]) -> Iterator[_T]:
        import pickle
        import zlib

        at = 0
        for length in self._lengths:
            file.seek(at)
            yield from pickle.loads(zlib.decompress(file.read(length)))
            at += length
