"""A .zip's files by name, within limits: the vendor's downloads come as zips, with backslashes in their names.

Not by `zipfile`, which holds all that a zip says of its files: of a million they take eight megabytes here.
"""

from __future__ import annotations

import os
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import ExitStack
from heapq import merge
from struct import Struct
from struct import error as StructError
from typing import BinaryIO, NamedTuple

from .limits import Unreadable, current_limits

_PIECE = 2**16
_SORTED_AT_ONCE = 2_000
"""Files whose names memory holds."""
_NUMBERED = 2**40
"""A file is where the directory tells of it, in bytes; and so many times the number, if any, that its name has."""
_END, _END64 = Struct("<4s8xII2x"), Struct("<4s36xQQ")
"""What a zip ends with, where it says how long its directory is and where that begins; and the form for large ones."""
_LOCATOR = b"PK\x06\x07"
"""Begins the 20 bytes between the two."""
_LOCAL = Struct("<4s22xHH")
"""Before the data of a file: the lengths of its name and of extra fields."""
_FIELDS = Struct("<4s4xHH4xIII3H8xI")
"""An entry of the directory: mark, flags, method, checksum, lengths, and the offset of the file."""
_LARGE = 0xFFFFFFFF
"""Stands for a number that needs more than 32 bits: it is in the extra fields then (Zip64)."""
_STORED, _DEFLATED = 0, 8
_DAMAGED = (StructError, ValueError, OverflowError, zlib.error)


class _Entry(NamedTuple):
    """What the directory says of a file: how it is packed, in how many bytes, and where it begins."""

    name: str
    is_encrypted: bool
    method: int
    checksum: int
    packed: int
    offset: int

    @property
    def is_wanted(self) -> bool:
        """Whether it is a file, and none that is hidden, or that macOS adds to its zips."""
        parts = self.name.split("/")
        return parts[-1] != "" and not any(p.startswith((".", "__MACOSX")) and p not in (".", "..") for p in parts)


class Archive:
    """The files of a .zip that are not hidden. Raises Unreadable for what is no zip, or an encrypted one.

    One process reads one: what is forked shares the place in the file.
    """

    def __init__(self, path: str | BinaryIO) -> None:
        self._close = ExitStack()
        # The files by name (see _NUMBERED), and which of them is probably read next.
        self._files, self._next = array("Q"), 0
        self._unpacked = 0
        try:
            self._stream = self._close.enter_context(open(path, "rb")) if isinstance(path, str) else path  # noqa: PTH123, SIM115
            self._read_directory()
        except OSError as problem:
            raise Unreadable(str(problem.strerror or problem)) from None
        except _DAMAGED:
            raise Unreadable("not a zip, or a damaged one") from None

    def __del__(self) -> None:
        self._close.close()

    def __iter__(self) -> Iterator[str]:
        """The names, sorted, with slashes."""
        return map(self._read_name, self._files)

    def read(self, name: str, limit: int) -> bytes:
        """At most the first ``limit`` bytes of a file. Raises Unreadable."""
        file = self._find_file(name)
        if file is None:
            raise Unreadable("cannot be read: not in the zip")
        if self._unpacked > current_limits().unpacked * 2**20:
            raise Unreadable(f"not read: the zip is {current_limits().refuse('unpacked')}")
        entry, _ = self._read_entry(file % _NUMBERED)
        if entry.method not in (_STORED, _DEFLATED):
            raise Unreadable("cannot be unpacked: packed in another way than by deflate")
        try:
            data, is_whole = self._unpack_entry(entry, limit)
        except (*_DAMAGED, OSError):
            raise Unreadable("cannot be unpacked: it is damaged") from None
        if is_whole and zlib.crc32(data) != entry.checksum:
            raise Unreadable("cannot be unpacked: it is damaged, as its checksum says")
        self._unpacked += len(data)
        return data

    # --- the directory ----------------------------------------------------------------------------------------

    def _read_directory(self) -> None:
        """Notes where each file is told of, by the order of their names. Raises ValueError, struct.error, OSError."""
        at, end, self._shift = self._find_directory()
        last, is_sorted, count = "", True, 0
        while at < end:
            entry, after = self._read_entry(at)
            count += 1
            if count > current_limits().files:
                raise Unreadable(f"a zip {current_limits().refuse('files')}")
            if entry.is_wanted:
                if entry.is_encrypted:
                    raise Unreadable("an encrypted zip, which is not read")
                self._files.append(at)
                is_sorted = is_sorted and last < entry.name
                last = entry.name
            at = after
        if not is_sorted:
            self._sort_files()

    def _sort_files(self) -> None:
        """By name. Of two files of one name none is passed over: the second has a number."""
        named, self._files = self._sort_by_name(self._files), array("Q")
        again, last, may_clash = array("Q"), None, False
        for name, file in named:
            (again if name == last else self._files).append(file)
            last, may_clash = name, may_clash or " (" in name
        if again:
            numbered = self._files + array("Q", self._number_files(again, may_clash))
            self._files = array("Q", (file for _, file in self._sort_by_name(numbered)))

    def _sort_by_name(self, files: array[int]) -> Iterator[tuple[str, int]]:
        """The files with their names: memory holds those of some, as all of them stand in the directory."""
        starts = range(0, len(files), _SORTED_AT_ONCE)
        parts = [array("Q", sorted(files[at : at + _SORTED_AT_ONCE], key=self._read_name)) for at in starts]
        return merge(*(zip(map(self._read_name, part), part, strict=True) for part in parts))

    def _number_files(self, again: array[int], may_clash: bool) -> Iterator[int]:
        """Files whose names are taken, by their names, each with the lowest number that makes another one of it.

        ``may_clash``: whether others may have such names.
        """
        last, number = None, 1
        for file in again:
            name = self._read_name(file)
            number = number + 1 if name == last else 2
            while may_clash and self._find_file(_number_name(name, number)) is not None:
                number += 1
            last = name
            yield file + number * _NUMBERED

    def _find_file(self, name: str) -> int | None:
        if not self._is_at(self._next, name):  # mostly they are read in their order
            self._next = bisect_left(self._files, name, key=self._read_name)
        if not self._is_at(self._next, name):
            return None
        self._next += 1
        return self._files[self._next - 1]

    def _is_at(self, index: int, name: str) -> bool:
        return index < len(self._files) and self._read_name(self._files[index]) == name

    def _read_name(self, file: int) -> str:
        number, place = divmod(file, _NUMBERED)
        name = self._read_entry(place)[0].name
        return _number_name(name, number) if number else name

    def _find_directory(self) -> tuple[int, int, int]:
        """Where it begins and ends, and how many bytes stand before the zip, as before one that unpacks itself."""
        size = self._stream.seek(0, os.SEEK_END)
        tail = self._read_at(max(size - _PIECE - _END.size, 0), _PIECE + _END.size)
        found = tail.rfind(b"PK\x05\x06")
        if found < 0:
            raise ValueError
        end = size - len(tail) + found
        _, length, offset = _END.unpack_from(tail, found)
        if tail[max(found - 20, 0) : found].startswith(_LOCATOR):
            end -= 20 + 56  # the locator, and Zip64's own end record before it
            _, length, offset = _END64.unpack(self._read_at(end, _END64.size))
        if length > end:
            raise ValueError
        return end - length, end, end - length - offset

    def _read_entry(self, place: int) -> tuple[_Entry, int]:
        """An entry of the directory, and where the next one begins."""
        mark, flags, method, checksum, packed, unpacked, named, extended, remarked, offset = _FIELDS.unpack(
            self._read_at(place, _FIELDS.size)
        )
        if mark != b"PK\x01\x02":
            raise ValueError
        charset = "utf-8" if flags & 0x800 else "cp437"  # the format knows these two
        name = self._stream.read(named).decode(charset, "replace").partition("\0")[0]
        if _LARGE in (packed, offset):
            packed, offset = _read_large(self._stream.read(extended), unpacked, packed, offset)
        name = name.replace("\\", "/").lstrip("/")
        entry = _Entry(name, bool(flags & 1), method, checksum, packed, offset)
        return entry, place + _FIELDS.size + named + extended + remarked

    def _unpack_entry(self, entry: _Entry, limit: int) -> tuple[bytes, bool]:
        """At most so many bytes of a file, and whether that is all of it."""
        begin = entry.offset + self._shift
        mark, named, extended = _LOCAL.unpack(self._read_at(begin, _LOCAL.size))
        if mark != b"PK\x03\x04":
            raise ValueError
        self._stream.seek(named + extended, os.SEEK_CUR)
        if entry.method == _STORED:
            return self._stream.read(min(entry.packed, limit)), entry.packed <= limit
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        out, left = bytearray(), entry.packed
        while left > 0 and len(out) < limit and not unpacker.eof:
            piece = self._stream.read(min(left, _PIECE))
            left = left - len(piece) if piece else 0
            out += unpacker.decompress(piece, limit - len(out))
        if len(out) < limit and not unpacker.eof:
            raise ValueError
        return bytes(out), unpacker.eof

    def _read_at(self, place: int, count: int) -> bytes:
        if place < 0:
            raise ValueError  # of a file it would be an OSError
        self._stream.seek(place)
        return self._stream.read(count)


def _number_name(name: str, number: int) -> str:
    """``a/page (2).md``"""
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 - a name in a zip, slashes and all
    return f"{stem} ({number}){suffix}"


def _read_large(fields: bytes, unpacked: int, packed: int, offset: int) -> tuple[int, int]:
    """The length packed and the offset of a file that has them in its extra fields, as they need more than 32 bits."""
    at = 0
    while at + 4 <= len(fields):
        kind, length = (int.from_bytes(fields[i : i + 2], "little") for i in (at, at + 2))
        if kind == 1:
            numbers = iter(Struct(f"<{length // 8}Q").unpack_from(fields, at + 4))
            _, packed, offset = (next(numbers) if each == _LARGE else each for each in (unpacked, packed, offset))
        at += 4 + length
    return packed, offset


def is_archive(path: str) -> bool:
    """Whether a file calls itself a zip."""
    return path[-4:].lower() == ".zip" and os.path.isfile(path)  # noqa: PTH113 - asked of thousands of names


def split_archive(path: str) -> tuple[str, str] | None:
    """Of a path that goes into a file, as ``WSDL.zip/86/Batch.wsdl`` does: the file, and the name in it."""
    ends = (i for i, c in enumerate(path) if c == "/" and os.path.isfile(path[:i]))  # noqa: PTH113 - as given
    at = next(ends, None)
    return None if at is None else (path[:at], path[at + 1 :])
