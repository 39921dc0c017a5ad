"""A file packed by gzip: whatever it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...files.limits import Unreadable
from ..coding import unpack_body
from ..reader import Item, Reader, Source


def looks_like(head: bytes) -> bool:
    """Whether this is gzip's mark."""
    return head.startswith(b"\x1f\x8b\x08")


def parse(data: bytes, source: Source) -> Iterator[Item]:
    """What the file without ``.gz`` would give; a gzip in a gzip is not read."""
    from ..reading import read_data  # which knows the readers, and so this one

    try:
        inside = unpack_body(data, ["gzip"], source.max_size)
    except Unreadable as bad:
        raise Unreadable(f"cannot be unpacked: {bad}") from None
    if looks_like(inside):
        raise Unreadable("a gzip in a gzip")
    name = source.file[:-3] if source.file.lower().endswith(".gz") else source.file
    for found in read_data(inside, replace(source, file=name)):
        yield replace(found, file=source.file)


READER = Reader("gzip", (), looks_like, parse)
