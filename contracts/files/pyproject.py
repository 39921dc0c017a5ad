"""What a team set in its pyproject.toml: the table ``[tool.services85]`` of the nearest one upwards."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..model import ContractsError
from ..model.wording import suggest_nearest
from .limits import Unreadable, show_size
from .opening import read_head
from .toml import parse_toml

TENANT_KEYS = ("url", "host", "tenant", "version", "application_token", "user", "password", "ticket", "live")
PATH_KEYS = ("contracts", "waivers", "cassettes", "live")
KEYS: dict[str, type] = {
    **dict.fromkeys((*TENANT_KEYS, *PATH_KEYS), str),
    **{"waiver": list, "limits": dict, "onsite": bool},
}
"""All that the table may hold, and of what kind it is."""
_KINDS = {
    str: "a text, and not an empty one",
    list: "an array of tables: [[tool.services85.waiver]]",
    dict: "a table of numbers",
    bool: "true or false",
}

_MOST = 2**22
"""Bytes of a pyproject.toml: to parse more takes minutes."""
_SHIPPED = re.compile(r"Services\d+")
_MENTION = re.compile(rb'tool[ \t]*\.[ \t]*"?services85\b|(?:^|\{)[ \t]*"?services85"?[ \t]*[.=]', re.MULTILINE)
"""What a file with the table has in it, however it is written: the TOML parser is imported by those alone."""


def read_settings(folder: Path | None = None) -> dict[str, Any]:
    """``[tool.services85]`` of the nearest pyproject.toml that has one, from a folder (default: the current) upwards.

    Empty where there is none. Paths in it are made relative to where it lies.
    """
    start = folder or Path()
    for place in (start, *start.absolute().parents):
        path = place / "pyproject.toml"
        try:
            data = read_head(str(path), _MOST + 1) if path.is_file() else b""  # from a pipe nothing may ever come
        except (OSError, Unreadable):
            continue
        if len(data) > _MOST:
            raise ContractsError(f"{path}: larger than {show_size(_MOST)}, as no settings are")
        if _MENTION.search(data) and (table := _parse_table(path, data)) is not None:
            return {key: _resolve_path(key, value, place) for key, value in table.items()}
    return {}


def choose_contract(given: str | None) -> str | None:
    """What was given, else ``contracts`` of the settings, else None: Services85 as shipped."""
    return given if given is not None else read_settings().get("contracts")


def choose_onsite(given: bool) -> bool:
    """Whether ``--onsite`` was given, or ``onsite`` of the settings is true."""
    return given or bool(read_settings().get("onsite"))


def choose_limits(given: Mapping[str, object]) -> dict[str, object]:
    """``limits`` of the settings, by name, and over them those that were given."""
    return {**read_settings().get("limits", {}), **given}


def _resolve_path(key: str, value: Any, folder: Path) -> Any:
    # A URL and the name of a shipped version are no paths, though they stand where a path may stand.
    if key not in PATH_KEYS or not isinstance(value, str) or "://" in value or _SHIPPED.fullmatch(value):
        return value
    return str(folder / value)


def _parse_table(path: Path, data: bytes) -> dict[str, Any] | None:
    """The table; None where there is none. Raises ContractsError where it holds what it should not."""
    tools = parse_toml(data, str(path)).get("tool", {})
    table = tools.get("services85") if isinstance(tools, dict) else tools
    if table is None:
        return None
    if not isinstance(table, dict):
        raise ContractsError(f"{path}: [tool.services85] has to be a table")
    if unknown := [key for key in table if key not in KEYS]:
        hint = suggest_nearest(unknown[0], KEYS, f"known are {', '.join(sorted(KEYS))}")
        raise ContractsError(f"{path}: unknown key {unknown[0]!r} in [tool.services85]{hint}")
    for key, value in table.items():
        is_empty = isinstance(value, str) and (not value.strip() or "\0" in value)
        if not isinstance(value, KEYS[key]) or is_empty:
            raise ContractsError(f"{path}: {key} in [tool.services85] has to be {_KINDS[KEYS[key]]}")
    return table
