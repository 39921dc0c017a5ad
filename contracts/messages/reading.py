"""Files, folders and standard input -> messages."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from ..files.archive import Archive, BadArchive, is_archive, split
from ..model import Message
from .limits import MAX_SIZE, NoMessage, Skipped, Unreadable, limited, size

STDIN = "-"

_KINDS = {"xml": "envelope", "http": "http", "yaml": "yaml", "yml": "yaml", "json": "json", "md": "page"}
_SNIFF = 4096
_ENVELOPE = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?<(?:[\w.-]+:)?Envelope\b")
_ROOT = re.compile(  # atomic, as what comes before a root could be split up in countless ways
    r"\s*(?>(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*>)\s*)*+<(?:([\w.-]+):)?([\w.-]+)([^>]*)", re.DOTALL
)
_OURS = re.compile(r"/soap-?(?:envelope)?/?(?:envelope/?)?$|/NetServer/Services\d+")
_DESCRIPTIONS = ("definitions", "schema")
_CASSETTE = re.compile(rb"^(?:interactions|version|recorded):", re.MULTILINE)


def files(paths: Sequence[str]) -> Iterator[str]:
    """The files that the paths mean, in order: a folder's sorted, without hidden ones, joined to it as it was given.

    A .zip is taken for a folder: its files are ``a.zip/page.md`` for `read`. Anything else is handed on as given
    (``-``, a file, a .zip that cannot be opened, what does not exist), for `read` to say what is wrong with it.
    """
    once = [path for i, path in enumerate(paths) if path != STDIN or STDIN not in paths[:i]]  # it is read but once
    for path in once:
        if path and path != STDIN and Path(path).is_dir():
            yield from _inside(path)
        elif is_archive(path):
            yield from _packed(path)
        else:
            yield path


def _inside(folder: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as found:
            entries = sorted((entry for entry in found if not entry.name.startswith(".")), key=lambda entry: entry.name)
    except OSError:
        yield folder
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _inside(entry.path)
        elif is_archive(entry.path):
            yield from _packed(entry.path)
        elif _may_be_read(entry):
            yield entry.path


def _packed(path: str) -> Iterator[str]:
    try:
        names = list(Archive(path))
    except BadArchive:
        yield path
        return
    for name in names:
        yield f"{path}/{name}"


def _may_be_read(entry: os.DirEntry[str]) -> bool:
    """Whether `read` has something to say of it: a file, or a link to nothing or to where one may not look."""
    try:
        return entry.is_file() or (entry.is_symlink() and not entry.is_dir())
    except OSError:
        return True


def read_all(
    paths: Sequence[str], *, stdin: bytes | None = None, max_size: int = MAX_SIZE
) -> Iterator[Message | Skipped]:
    """`files`, then `read` for each."""
    given = frozenset(paths)
    for path in files(paths):
        yield from read(path, stdin=stdin, max_size=max_size, named=path in given)


def read(
    path: str, *, stdin: bytes | None = None, max_size: int = MAX_SIZE, named: bool = True
) -> Iterator[Message | Skipped]:
    """The messages of one file, lazily; ``-`` is standard input (``stdin`` in its place, where given).

    The suffix says what a file is, else its beginning does. Nothing is raised: what cannot be read is a message with
    a ``problem``. A file that was not ``named`` but found in a folder is Skipped where it is something else.
    """
    kind = _KINDS.get(path.rpartition(".")[2].lower())
    try:
        if is_archive(path):
            Archive(path)  # says why it was not opened
            raise NoMessage("a zip; `files` gives those in it")
        data = _stdin(stdin, max_size) if path == STDIN else _bytes(path, max_size, sniff=kind is None and not named)
        if data is None:
            raise NoMessage("no message")
        yield from _messages(kind or _kind(data), data, path, max_size, named)
    except NoMessage as other:
        if named:
            yield Message(b"", path, line=None, problem=f"holds no SOAP message ({other})")
        else:
            yield Skipped(path, why=str(other))
    except (Unreadable, BadArchive) as bad:
        yield Message(b"", path, line=None, problem=str(bad))


def _messages(kind: str, data: bytes, path: str, max_size: int, named: bool) -> Iterable[Message | Skipped]:
    if data.startswith(b"PK\x03\x04"):
        raise NoMessage("a zip archive; one of WSDLs is named with --contract")
    if kind == "envelope":
        if not named and not _is_envelope(data):
            raise NoMessage("XML, but no envelope")
        return (Message(data, path),)
    if not data.strip():
        raise Unreadable("empty")
    if kind == "http":
        return (_http(data, path, max_size, named),)
    if kind == "page":
        from . import page

        return page.parse(data, file=path)
    from . import cassette

    return cassette.parse(data, file=path, max_size=max_size, as_json=kind == "json")


def _http(data: bytes, path: str, max_size: int, named: bool) -> Message | Skipped:
    from . import raw_http as http

    message = http.parse(data, file=path, max_size=max_size)
    if message.http is None:
        return message
    if message.http.method in ("GET", "HEAD", "OPTIONS") and not message.data.strip():
        return Skipped(path, why=f"{message.http.method} carries no SOAP message")
    if http.is_tunnel(message.http):
        return Skipped(path, why="a proxy's tunnel, no SOAP message")
    if not named and message.direction == "response" and (_root(message.data) or ("", ""))[1] in _DESCRIPTIONS:
        return Skipped(path, why="a description of a service, no SOAP message")
    return message


# --- bytes ----------------------------------------------------------------------------------------------------------


def _bytes(path: str, max_size: int, *, sniff: bool) -> bytes | None:
    """The file's content; None where ``sniff`` is wanted and its beginning is that of no message."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except OSError as bad:
        if (packed := split(path)) and is_archive(packed[0]):
            return _unpacked(*packed, max_size, sniff=sniff)
        raise Unreadable(f"cannot be read: {bad.strerror or bad}") from None
    except ValueError:  # a zero byte, half a character
        raise Unreadable("cannot be read: no file has such a name") from None
    try:
        status = os.fstat(handle)
        if stat.S_ISDIR(status.st_mode):
            raise Unreadable("a folder that cannot be read")
        if sniff:
            if not _may_be_message(os.read(handle, _SNIFF)):
                return None
            os.lseek(handle, 0, os.SEEK_SET)
        if status.st_size > max_size:
            raise Unreadable(f"{size(status.st_size)}, more than the limit of {size(max_size)}")
        if stat.S_ISREG(status.st_mode):
            data = os.read(handle, status.st_size)
            if len(data) == status.st_size:
                return data
            os.lseek(handle, 0, os.SEEK_SET)
        with os.fdopen(os.dup(handle), "rb") as stream:
            return limited(stream.read(max_size + 1), max_size)
    except OSError as bad:
        raise Unreadable(f"cannot be read: {bad.strerror or bad}") from None
    finally:
        os.close(handle)


def _unpacked(archive: str, name: str, max_size: int, *, sniff: bool) -> bytes | None:
    """`_bytes` of a file in a .zip."""
    try:
        status = Path(archive).stat()
        opened = _archive(archive, os.getpid(), status.st_mtime_ns, status.st_size)
        if name not in opened:
            raise Unreadable("cannot be read: not in the zip")
        if sniff and not _may_be_message(opened.read(name, _SNIFF)):
            return None
        return limited(opened.read(name, max_size + 1), max_size)
    except OSError as bad:
        raise Unreadable(f"cannot be read: {bad.strerror or bad}") from None
    except BadArchive as bad:
        raise Unreadable(str(bad)) from None


@lru_cache(maxsize=2)
def _archive(path: str, process: int, changed: int, size: int) -> Archive:
    """Kept open from one file of it to the next, by each process for itself."""
    return Archive(path)


def _may_be_message(head: bytes) -> bool:
    kind = _kind(head, default="")
    return kind != "" and (kind != "envelope" or _is_envelope(head))


def _stdin(given: bytes | None, max_size: int) -> bytes:
    data = limited(sys.stdin.buffer.read(max_size + 1) if given is None else given, max_size)
    if not data.strip():
        raise Unreadable("standard input is empty")
    return data


def _kind(data: bytes, default: str = "envelope") -> str:
    """What the beginning of a file without a telling suffix says it is."""
    from . import raw_http as http

    head = data[:_SNIFF]
    bare = head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    if bare.startswith(b"<"):
        return "envelope"
    if http.looks_like(head):
        return "http"
    if bare.startswith(b"{") and (default or b'"interactions"' in data):
        return "json"
    if _CASSETTE.search(head) and b"interactions" in data:
        return "yaml"
    if bare.startswith((b"---", b"# ")) and b"```" in data:
        return "page"
    return default


def _is_envelope(data: bytes) -> bool:
    """False for XML that was never meant as a SOAP message (a WSDL, a build file); True where that is not certain."""
    if _ENVELOPE.match(data):
        return True
    root = _root(data)
    if root is None:
        return True
    namespace, local = root
    return local.lower() == "envelope" or bool(_OURS.search(namespace))


def _root(data: bytes) -> tuple[str, str] | None:
    """(namespace, local name) of the root, as far as the beginning of the file tells them."""
    head = data[:_SNIFF]
    utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in head[:4]
    text = head.decode("utf-16" if utf16 else "utf-8-sig", "replace")
    if not (found := _ROOT.match(text)):
        return None
    prefix, local, rest = found.groups()
    name = re.escape(f"xmlns:{prefix}" if prefix else "xmlns")
    declared = re.search(rf"\b{name}\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", rest)
    return (declared[1] or declared[2] or "") if declared else "", local
