"""TOML that somebody wrote: a table, or one line that says why it is none."""

from __future__ import annotations

from typing import Any

from ..model import ContractsError
from .limits import NOT_READ, Unreadable
from .opening import read_bytes, suggest_path


def read_toml(path: str) -> dict[str, Any]:
    """The table that a file holds. Raises ContractsError, whose one line begins with the path."""
    try:
        data = read_bytes(path, may_wait=False)
    except Unreadable as error:
        reason = str(error).removeprefix(f"{NOT_READ}: ")
        raise ContractsError(f"{path}: {reason}{suggest_path(path)}") from None
    return parse_toml(data, path)


def parse_toml(data: bytes, place: str) -> dict[str, Any]:
    """The table. Raises ContractsError, whose one line begins with ``place``."""
    import tomllib

    try:
        return tomllib.loads(data.decode("utf-8"))
    except RecursionError:
        raise ContractsError(f"{place}: not TOML that can be read: nested too deep") from None
    except ValueError as error:  # neither UTF-8 nor TOML, or a number of thousands of digits
        raise ContractsError(f"{place}: not TOML: {error}") from None
