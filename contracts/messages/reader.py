"""What a reader of messages is, and what reading ends in beside messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from ..files.limits import current_limits
from ..model import ContractsError, Direction, Message
from ..model.wording import cut_words


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, or a part of one (an interaction, an entry), that holds no SOAP message; ``why`` in a few words."""

    file: str
    part: str = ""
    why: str = ""


Item = Message | Skipped
"""What reading gives, one after the other."""


class NoMessage(ContractsError):
    """What was read is something else than a SOAP message; the line says what it seems to be.

    ``certain``: it was understood, so that whatever it speaks of is no message that was overlooked.
    """

    def __init__(self, why: str, *, certain: bool = False) -> None:
        super().__init__(why)
        self.certain = certain


def shift_line(found: Item, lines: int) -> Item:
    """A message that begins so many lines further down, as what was read is a part of a file."""
    if isinstance(found, Skipped) or found.line is None:
        return found
    return replace(found, line=found.line + lines)


@dataclass(frozen=True, slots=True)
class Source:
    """Where bytes came from. ``named``: by a person; else the file lay in a folder, and may be anything.

    ``max_size`` bounds, in bytes, what a compressed body unpacks to, and what is held of a file read in pieces.
    """

    file: str = ""
    named: bool = True
    max_size: int = field(default_factory=lambda: current_limits().bytes)

    def refuse_part(
        self, part: str, why: str, side: Direction | None = None, answers: Message | None = None, *, mixed: bool = False
    ) -> Message:
        """A message that is there, and of which nothing can be read."""
        return Message(b"", self.file, part, side, line=None, answers=answers, problem=cut_words(why), mixed=mixed)

    def skip_part(self, part: str, why: str) -> Skipped:
        """What is no SOAP message."""
        return Skipped(self.file, part, cut_words(why))


@dataclass(frozen=True, slots=True)
class Reader:
    """A format that holds messages.

    ``looks_like`` is asked first, for the first `SNIFFED` bytes of a file, and is true for no other format's (the
    ``match`` of a pattern will do); then come the ``suffixes`` (in lower case, without a dot). ``parse`` is given the
    whole. It yields messages in order, with a ``problem`` for each that cannot be read; raises NoMessage where the file
    is something else after all, and Unreadable where it cannot be taken apart. ``parse_pieces`` does the same to the
    pieces that the file is read in, one after the other: a file may then be larger than any that is held in memory.
    """

    name: str
    suffixes: tuple[str, ...]
    looks_like: Callable[[bytes], object]
    parse: Callable[[bytes, Source], Iterable[Item]]
    parse_pieces: Callable[[Iterable[bytes], Source], Iterable[Item]] | None = None


SNIFFED = 4096
"""Bytes of a file's beginning that tell what it is."""
