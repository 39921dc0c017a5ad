"""The one place that opens what a person names, never past a limit: a file, a folder, a zip, standard input, a URL."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from pathlib import Path

from ..model.wording import suggest_nearest
from .archive import Archive, is_archive, split_archive
from .limits import NOT_READ, Unreadable, current_limits, hint_raise, limit_size, show_size
from .sorting import sort_rows

STDIN = "-"
"""The path that means standard input."""
_STREAMS = ("/dev/", "/proc/")
"""Where what a shell pipes into a command is a file: ``check <(curl …)``."""
_FOLDER = "\0"
"""Marks the path of a folder that is listed: no name has it, and it sorts before all that a name can go on with."""
_PIECE = 2**20
"""Bytes that are read at a time."""
_MOST_NAMES = 5000
"""Names of a folder that are looked through for one that was probably meant."""


def list_files(path: str, is_whole: Callable[[str], bool] = lambda archive: False) -> Iterator[str]:
    """The files that a path means, sorted, without hidden ones, joined to it as it was given.

    A .zip is taken for a folder: its files are ``a.zip/page.md``; not one that ``is_whole`` says is a file. Anything
    else is handed on as given (a file, a .zip or folder that cannot be opened, what does not exist), for `read_bytes`
    to say what is wrong with it.
    """
    if is_archive(path):
        yield from [path] if is_whole(path) else list_archive(path)
    elif path and Path(path).is_dir():
        yield from _list_folder(path, is_whole)
    else:
        yield path


def list_archive(path: str) -> Iterator[str]:
    """`list_files` of what is taken for a zip, whatever its suffix."""
    try:
        archive = open_archive(path)
    except Unreadable:
        yield path
        return
    for name in archive:
        yield f"{path}/{name}"


def _list_folder(folder: str, is_whole: Callable[[str], bool]) -> Iterator[str]:
    """One folder at a time, as there may be a million files. A folder that cannot be read is told of."""
    around = [iter([folder + _FOLDER])]  # not os.walk, which goes down by recursion before Python 3.12
    while around:
        path = next(around[-1], None)
        if path is None:
            around.pop()
        elif path.endswith(_FOLDER):
            path = path.removesuffix(_FOLDER)
            if len(around) > 1 and os.path.islink(path):  # noqa: PTH114 - only a link that was named is followed
                continue
            try:
                around.append(_list_entries(path))
            except OSError:
                yield path
        elif is_archive(path):
            yield from [path] if is_whole(path) else list_archive(path)
        else:
            yield path


def _list_entries(folder: str) -> Iterator[str]:
    """The paths of what is in a folder by their names; those of folders have a mark. Raises OSError at once."""
    with os.scandir(folder) as entries:
        seen = (entry for entry in entries if not entry.name.startswith(".") and not _is_special(entry))
        names = sort_rows(entry.name + _FOLDER if _is_folder(entry) else entry.name for entry in seen)
    return (os.path.join(folder, name) for name in names)  # noqa: PTH118 - as given


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # it may not be asked: whoever reads it says why
        return False


def _is_special(entry: os.DirEntry[str]) -> bool:
    """Whether this is a pipe or a device. What may not be asked for its kind, or links to nothing, is told of.

    Of most the folder itself says that they are files: then nobody else is asked.
    """
    try:
        if entry.is_file() or entry.is_dir():
            return False
        entry.stat()
    except OSError:
        return False
    return True


def suggest_path(path: str, besides: Iterable[str] = ()) -> str:
    """What an error says last of a path that leads nowhere: the name that was probably meant, where there is one.

    It is one beside that part of the path which is not there, or one of ``besides``.
    """
    wanted, names = path, list(besides)
    with suppress(OSError, ValueError):
        for folder in filter(Path.is_dir, Path(path).parents):
            wanted = Path(path).relative_to(folder).parts[0]
            with os.scandir(folder) as entries:
                names += [entry.name for entry in islice(entries, _MOST_NAMES)]
            break
    return "" if wanted in names else suggest_nearest(wanted, names)


def read_bytes(path: str, limit: int | None = None, *, may_wait: bool = True) -> bytes:
    """The content of a file, or of a file in a zip (``a.zip/page.md``).

    Raises Unreadable where it cannot be read, or has more than ``limit`` bytes (None: the limit on sizes).
    Without ``may_wait`` a pipe or a device, from which nothing may ever come, is refused too.
    """
    limit = limit or current_limits().bytes
    if not may_wait and os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113 - names that are none too
        raise Unreadable("is no regular file")
    return limit_size(_read_up_to(path, limit, whole=True), limit)


def read_head(path: str, count: int) -> bytes:
    """The first ``count`` bytes of a file, or of a file in a zip. Raises Unreadable."""
    return _read_up_to(path, count, whole=False)


def read_pieces(path: str) -> Iterator[bytes]:
    """The content of a file, one piece after the other. Raises Unreadable."""
    try:
        with Path(path).open("rb") as stream:
            while piece := stream.read(_PIECE):
                yield piece
    except OSError as error:
        raise Unreadable(f"{NOT_READ}: {error.strerror or error}") from None


def read_chunks(path: str) -> Iterator[bytes]:
    """The content of a file in pieces, each with the end of the one before it; of one in a zip as much as is read."""
    if split_archive(path):
        yield _read_up_to(path, current_limits().bytes, whole=False)
        return
    before = b""
    for piece in read_pieces(path):
        yield before + piece
        before = piece[-200:]  # longer than any mark that is looked for, which may lie across two pieces


def _read_up_to(path: str, limit: int, *, whole: bool) -> bytes:
    """The first ``limit`` bytes. With ``whole`` one more, where there is one, to tell that it is too large."""
    try:
        with open(path, "rb", opener=_open_at_once) as stream:
            status = os.fstat(stream.fileno())
            if sys.platform != "win32" and stat.S_ISFIFO(status.st_mode):
                if not path.startswith(_STREAMS):
                    raise Unreadable("is a named pipe, from which nothing may ever come")
                os.set_blocking(stream.fileno(), True)
            if not stat.S_ISREG(status.st_mode) or not status.st_size:  # what says 0 may be a file of the kernel's
                return stream.read(limit + whole)
            if whole and status.st_size > limit:
                raise Unreadable(
                    f"{show_size(status.st_size)}, larger than the limit of {show_size(limit)}{hint_raise('size')}"
                )
            return stream.read(min(status.st_size, limit))
    except ValueError:  # a zero byte, half a character
        raise Unreadable(f"{NOT_READ}: no file has such a name") from None
    except OSError as bad:
        if not (packed := split_archive(path)) or not (is_archive(packed[0]) or begins_as_zip(packed[0])):
            raise Unreadable(f"{NOT_READ}: {bad.strerror or bad}") from None
        return open_archive(packed[0]).read(packed[1], limit + whole)


def _open_at_once(path: str, flags: int) -> int:
    """A named pipe too, which else is waited for until somebody writes to it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def begins_as_zip(path: str) -> bool:
    """Whether a file is a zip by its content."""
    return read_head(path, 4) == b"PK\x03\x04"


def open_archive(path: str) -> Archive:
    """A .zip's files. Raises Unreadable.

    Kept open from one file of it to the next, by each process for itself, as long as it does not change.
    """
    try:
        status = Path(path).stat()
    except OSError as bad:
        raise Unreadable(f"{NOT_READ}: {bad.strerror or bad}") from None
    return _cached_archive(path, os.getpid(), status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=2)
def _cached_archive(path: str, process: int, changed: int, size: int) -> Archive:
    return Archive(path)


def read_stdin(limit: int | None = None) -> bytes:
    """Standard input. Raises Unreadable where there is too much of it."""
    limit = limit or current_limits().bytes
    return limit_size(sys.stdin.buffer.read(limit + 1), limit)


def is_url(place: str) -> bool:
    """Whether a person who named this means a place on the web."""
    return place.startswith(("http://", "https://"))
