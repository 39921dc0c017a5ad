"""The one limit on sizes, and what reading past it, or past anything else that bars the way, ends in."""

from __future__ import annotations

from ..model import ContractsError

MAX_SIZE = 64 * 2**20
"""The default limit, in bytes: on a file, on a member of a zip, on what a compressed body unpacks to."""


class Unreadable(ContractsError):
    """Something is meant to be here, but cannot be read: why, on one line, without its name."""


def show_size(count: int) -> str:
    """``67108864`` -> ``64.0 MiB``."""
    return f"{count / 2**20:.1f} MiB" if count >= 2**20 else f"{count} bytes"


def limit_size(data: bytes, limit: int, what: str = "") -> bytes:
    """The data. Raises Unreadable where there is more of it; ``what`` begins the line."""
    if len(data) > limit:
        raise Unreadable(f"{what}more than the limit of {show_size(limit)}")
    return data
