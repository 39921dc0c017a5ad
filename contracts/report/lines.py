"""Text that comes in pieces, in lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_TOGETHER = 2**16


def join_lines(pieces: Iterable[str]) -> Iterator[str]:
    """The text in parts of some lines each, without the end of the last: however much it is, none of it is kept."""
    lines = ""
    for piece in pieces:
        lines += piece
        if len(lines) > _TOGETHER and "\n" in piece:
            whole, _, lines = lines.rpartition("\n")
            yield whole
    yield lines.rstrip("\n")
