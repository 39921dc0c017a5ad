"""A .zip's files by name, within limits: the vendor's downloads come as zips, with backslashes in their names."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING, BinaryIO

from .limits import Unreadable, limits

if TYPE_CHECKING:
    from zipfile import ZipInfo

_USUAL, _END = 200, 2**16 + 100
"""Bytes of an entry of a zip's directory with a long name; those in which its end stands, with the longest comment."""
_READ = (0, 8)
"""How members may be packed: not at all, or by deflate, the one way that unpacks no more than it is asked for."""


class Archive:
    """The files of a .zip that are not hidden. Raises Unreadable for what is no zip, or an encrypted one.

    One process reads one: what is forked shares the place in the file.
    """

    def __init__(self, path: str | BinaryIO) -> None:
        import zipfile  # most runs read none

        try:
            with open(path, "rb") if isinstance(path, str) else nullcontext(path) as stream:  # noqa: PTH123
                if _count_members(stream) > limits().files:
                    raise Unreadable(f"a zip {limits().refuse('files')}")
            self._zip = zipfile.ZipFile(path)
        except Unreadable:
            raise
        except OSError as error:
            raise Unreadable(str(error.strerror or error)) from None
        except Exception as error:  # the headers of a hostile one make zipfile raise whatever its parts do
            raise Unreadable(f"not a zip, or a damaged one ({_one_line(error)})") from None
        self._members: dict[str, ZipInfo] = {}
        numbers: Counter[str] = Counter()
        for info in self._zip.infolist():
            name = info.filename.replace("\\", "/").lstrip("/")
            if name and not name.endswith("/") and not _is_hidden(name):
                stem, suffix = os.path.splitext(name)  # noqa: PTH122 - a name in a zip, slashes and all
                while name in self._members:  # two files of one name: none is passed over
                    numbers[stem] += 1
                    name = f"{stem} ({numbers[stem] + 1}){suffix}"
                self._members[name] = info
        self._unpacked = 0
        if any(info.flag_bits & 1 for info in self._members.values()):
            raise Unreadable("an encrypted zip, which is not read")

    def __iter__(self) -> Iterator[str]:
        """The names, sorted, with slashes."""
        return iter(sorted(self._members))

    def read(self, name: str, limit: int) -> bytes:
        """At most the first ``limit`` bytes of a file. Raises Unreadable."""
        if name not in self._members:
            raise Unreadable("cannot be read: not in the zip")
        if self._unpacked > limits().unpacked * 2**20:
            raise Unreadable(f"not read: the zip is {limits().refuse('unpacked')}")
        if self._members[name].compress_type not in _READ:
            raise Unreadable("cannot be unpacked: packed in another way than by deflate")
        try:
            with self._zip.open(self._members[name]) as stream:
                data = stream.read(limit)
        except Exception as error:  # each way of packing has errors of its own
            raise Unreadable(f"cannot be unpacked: {_one_line(error)}") from None
        self._unpacked += len(data)
        return data


def is_archive(path: str) -> bool:
    """Whether a file calls itself a zip."""
    return path[-4:].lower() == ".zip" and os.path.isfile(path)  # noqa: PTH113 - asked of thousands of names


def split_archive(path: str) -> tuple[str, str] | None:
    """Of a path that goes into a file, as ``WSDL.zip/86/Batch.wsdl`` does: the file, and the name in it."""
    ends = (i for i, c in enumerate(path) if c == "/" and os.path.isfile(path[:i]))  # noqa: PTH113 - as given
    at = next(ends, None)
    return None if at is None else (path[:at], path[at + 1 :])


def _count_members(stream: BinaryIO) -> int:
    """How many files a zip says that it has, or seems to by the size of its directory, all of which zipfile reads."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(size - _END, 0))
    tail = stream.read(_END)
    stream.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 16:
        return 0  # no zip
    said, directory = (int.from_bytes(tail[at + i : at + i + n], "little") for i, n in ((10, 2), (12, 4)))
    if directory == 0xFFFFFFFF or said == 0xFFFF:  # in the form for large zips, which stands before this one
        said = int.from_bytes(tail[at - 44 : at - 36], "little")
        directory = int.from_bytes(tail[at - 36 : at - 28], "little")
    return max(said, min(directory, size) // _USUAL)


def _is_hidden(name: str) -> bool:
    """Hidden files, and what macOS adds to its zips."""
    return any(part.startswith((".", "__MACOSX")) and part not in (".", "..") for part in name.split("/"))


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
