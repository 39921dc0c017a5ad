"""Files, folders and standard input -> messages."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import NoReturn

from ..files.archive import Archive, is_archive
from ..files.limits import Unreadable, current_limits, limit_size
from ..files.opening import (
    STDIN,
    is_url,
    list_files,
    open_archive,
    read_bytes,
    read_chunks,
    read_head,
    read_pieces,
    read_stdin,
)
from ..files.prolog import skip_lead
from ..model import Message
from ..model.urls import show_url
from . import formats
from .formats.envelope import READER as ENVELOPE
from .formats.envelope import is_xml, may_be_envelope
from .guessing import SESSION_FILE, SPEAKS_OF_ONE, describe_data, is_opaque, may_hold_messages, speaks_of_envelope
from .reader import SNIFFED, Item, NoMessage, Reader, Skipped, Source

_MOST_INSIDE = 1000
"""Files of a zip in a zip."""


def list_paths(paths: Sequence[str]) -> Iterator[str]:
    """The files that the paths mean (see `list_files`), in order; standard input once."""
    for number, path in enumerate(paths):
        if path != STDIN:
            yield from list_files(path, lambda archive: _find_container(archive) is not None)
        elif STDIN not in paths[:number]:
            yield path


def read_all(paths: Sequence[str]) -> Iterator[Item]:
    """`list_paths`, then `read` for each."""
    given = frozenset(paths)
    for path in list_paths(paths):
        yield from read(path, named=path in given)


def name_format(path: str) -> str:
    """What a file is taken for, in a word or two: ``HAR``, ``Fiddler sessions``."""
    if path == STDIN:
        return "standard input"
    try:
        held = _find_container(path) if is_archive(path) else None
        reader = held or _choose_reader(path, _narrow_text(read_head(path, SNIFFED)))
    except Unreadable:
        reader = None
    return reader.name if reader else "traffic"


def read(path: str, *, stdin: bytes | None = None, max_size: int | None = None, named: bool = True) -> Iterator[Item]:
    """The messages of one file, lazily; an answer has the request that lies in a file beside it.

    ``-`` is standard input (``stdin`` in its place, where given). Nothing is raised: what cannot be read is a message
    with a ``problem``. A file that was not ``named`` but found in a folder is Skipped where it is something else,
    unless it speaks of an envelope: nothing is passed over in silence.
    ``max_size``: bytes of the file, and of what its parts unpack to (None: the limit on sizes).
    """
    max_size = max_size or current_limits().bytes
    is_session, request = SESSION_FILE.fullmatch(path) is not None, _request_beside(path, max_size)
    for found in _read_file(path, stdin=stdin, max_size=max_size, named=named):
        # All that a machine sent, whoever it was meant for; or what lies about and need not be SOAP.
        if isinstance(found, Message) and (is_session or (not named and _holds_no_envelope(found))):
            found = replace(found, mixed=True)
        if request is None or isinstance(found, Skipped) or found.direction == "request" or found.answers:
            yield found
        elif isinstance(request, Skipped):
            yield Skipped(path, found.part, request.why)
        else:
            yield replace(found, answers=request)


def _holds_no_envelope(message: Message) -> bool:
    """Whether it is a request with an HTTP head, alone in its file, and of another kind than SOAP."""
    is_request = message.direction == "request" and message.http is not None and not message.part
    return is_request and not message.problem and not speaks_of_envelope(message.data)


def _find_request_file(path: str) -> str | None:
    """The file beside an answer's with its request, as tools save a call in two files; None where there is no such."""
    if session := SESSION_FILE.fullmatch(path):
        return f"{session[1]}_c.txt" if session[3] in "sS" else None
    stem, mark, suffix = path.rpartition(".response.")
    return f"{stem}.request.{suffix}" if mark and "/" not in suffix else None


def _request_beside(path: str, max_size: int) -> Item | None:
    """What an answer's neighbour holds, where that is one thing that can be read."""
    beside = _find_request_file(path)
    found = list(_read_file(beside, max_size=max_size)) if beside else []
    if len(found) != 1 or (isinstance(found[0], Message) and (found[0].problem or found[0].direction == "response")):
        return None
    return found[0]


def _read_file(path: str, *, stdin: bytes | None = None, max_size: int, named: bool = True) -> Iterator[Item]:
    """`read`, without a look at the files beside."""
    if is_url(path):
        refused = Source(show_url(path), named, max_size)
        yield refused.refuse_part("", "cannot be read: messages are in files; --contract takes a URL")
        return
    source = Source(path, named, max_size)
    try:
        yield from _open_file(source, stdin)
    except NoMessage as other:
        if named:
            yield source.refuse_part("", f"holds no SOAP message ({other})")
        else:
            yield source.skip_part("", str(other))
    except Unreadable as bad:
        yield source.refuse_part("", str(bad))


def _open_file(source: Source, stdin: bytes | None) -> Iterable[Item]:
    """The messages of a file in the way that its kind wants. Raises NoMessage and Unreadable."""
    path = source.file
    if path == STDIN:
        return read_data(_read_input(stdin, source.max_size), source)
    if is_archive(path):
        if reader := _find_container(path):
            return read_data(read_bytes(path, source.max_size), source, reader)
        open_archive(path)  # says why it was not opened
        raise NoMessage("a zip; `list_paths` gives those in it")
    if not source.named and not _find_by_suffix(path):
        head = _narrow_text(read_head(path, SNIFFED))
        if not _choose_reader(path, head):
            _refuse_unclaimed(path, head)
    if _is_too_large(path, source.max_size):
        reader = _choose_reader(path, _narrow_text(read_head(path, SNIFFED)))
        if reader and reader.parse_pieces:
            return reader.parse_pieces(read_pieces(path), source)
    return read_data(read_bytes(path, source.max_size), source)


def _is_too_large(path: str, max_size: int) -> bool:
    """Whether a file cannot be held as a whole."""
    try:
        return os.stat(path).st_size > max_size  # noqa: PTH116 - a Path takes longer than the question
    except (OSError, ValueError):  # whoever reads it says why
        return False


def _find_container(archive: str) -> Reader | None:
    """That of a zip which is a tool's own, whatever its suffix: one file of messages, and no folder."""
    from .formats.saz import READER

    try:
        return READER if any(map(SESSION_FILE.fullmatch, open_archive(archive))) else None
    except Unreadable:
        return None


def read_data(data: bytes, source: Source, reader: Reader | None = None) -> Iterator[Item]:
    """The messages of a file's content, by the reader that it is known to need, or one that it looks like.

    Raises NoMessage and Unreadable.
    """
    data = _narrow_text(data)
    is_json = skip_lead(data[:SNIFFED]).startswith(b"{")  # what JSON is, may be said at its end
    reader = reader or _choose_reader(source.file, data if is_json else data[:SNIFFED])
    if not data.strip():
        raise Unreadable("empty")
    empty = True
    try:
        if reader is None:
            raise NoMessage(describe_data(data))
        for found in reader.parse(data, source):
            empty = False
            yield found
        if empty:
            raise NoMessage(f"{reader.name} without a message")
    except NoMessage as other:
        if not other.certain and may_hold_messages(data, source.file):
            raise Unreadable(f"{SPEAKS_OF_ONE}, and cannot be read: {other}") from None
        raise


def _narrow_text(data: bytes) -> bytes:
    """Text in UTF-16, as PowerShell writes what a command prints, in UTF-8; not XML, whose encoding is judged."""
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")) or is_xml(data[:SNIFFED]):
        return data
    return data.decode("utf-16", "replace").encode()


def _refuse_unclaimed(path: str, head: bytes) -> NoReturn:
    """Raises NoMessage for what no reader takes, or Unreadable where it may hold messages all the same.

    So no picture or video of a folder is read to its end, and no log is held in memory.
    """
    if path[-4:].lower() == ".zip" and any(may_hold_messages(held, name) for name, held in _look_inside(path)):
        raise Unreadable("a zip in a zip, with messages in it: it is not opened; unpack it")
    if not is_opaque(head) and any(may_hold_messages(chunk, path) for chunk in read_chunks(path)):
        raise Unreadable(f"{SPEAKS_OF_ONE}, and is {describe_data(head)}")
    raise NoMessage(describe_data(head))


def _look_inside(path: str) -> Iterator[tuple[str, bytes]]:
    """The beginnings of the files of a zip that lies in a zip."""
    try:
        archive = Archive(io.BytesIO(read_bytes(path)))
        for name in islice(archive, _MOST_INSIDE):
            yield name, archive.read(name, 2**20)
    except Unreadable:
        return


def _choose_reader(path: str, head: bytes) -> Reader | None:
    """By the content, else by the suffix; XML that is neither may have its root further down."""
    if ENVELOPE.looks_like(head):
        return ENVELOPE  # as most files are: the others need not be loaded
    named = _find_by_suffix(path)
    likely = formats.READERS if named is None else (named, *formats.READERS)
    found = next((reader for reader in likely if reader.looks_like(head)), named)
    return found or (ENVELOPE if may_be_envelope(head) else None)


def _find_by_suffix(path: str) -> Reader | None:
    suffix = path.rpartition(".")[2].lower()
    if suffix in ENVELOPE.suffixes:
        return ENVELOPE
    return next((reader for reader in formats.READERS if suffix in reader.suffixes), None)


def _read_input(given: bytes | None, max_size: int) -> bytes:
    data = read_stdin(max_size) if given is None else limit_size(given, max_size)
    if not data.strip():
        raise Unreadable("standard input is empty")
    return data
