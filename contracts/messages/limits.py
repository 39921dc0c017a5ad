"""What reading a file can end in beside messages, and the limit on sizes."""

from __future__ import annotations

from dataclasses import dataclass

from ..model import ContractsError

MAX_SIZE = 64 * 2**20
"""The default limit, in bytes: on a file, and on what a compressed body unpacks to."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, or an interaction of a cassette (``part``), that holds no SOAP message; ``why`` in a few words."""

    file: str
    part: str = ""
    why: str = ""


class Unreadable(ContractsError):
    """A message is meant to be here, but cannot be read: one line that says why."""


class NoMessage(ContractsError):
    """What was read is something else than a SOAP message; the line says what was looked for."""


def size(count: int) -> str:
    """``67108864`` -> ``64.0 MiB``."""
    return f"{count / 2**20:.1f} MiB" if count >= 2**20 else f"{count} bytes"


def limited(data: bytes, max_size: int, what: str = "") -> bytes:
    """The data. Raises Unreadable where there is more of it; ``what`` begins the line."""
    if len(data) > max_size:
        raise Unreadable(f"{what}more than the limit of {size(max_size)}")
    return data
