"""What a team set in its pyproject.toml: the table ``[tool.services85]`` of the nearest one upwards."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ..model import ContractsError
from .toml import parse_toml

TENANT_KEYS = ("url", "host", "tenant", "version", "application_token", "user", "password", "ticket", "live")
PATH_KEYS = ("contracts", "waivers", "cassettes", "live")
KEYS = frozenset((*TENANT_KEYS, *PATH_KEYS, "waiver", "onsite"))
"""All that the table may hold."""

_SHIPPED = re.compile(r"Services\d+")


def read_settings(folder: Path | None = None) -> dict[str, Any]:
    """``[tool.services85]`` of the nearest pyproject.toml that has one, from a folder (default: the current) upwards.

    Empty where there is none. Paths in it are made relative to where it lies.
    """
    start = folder or Path()
    for place in (start, *start.absolute().parents):
        path = place / "pyproject.toml"
        try:
            data = path.read_bytes()
        except OSError:
            continue
        if b"[tool.services85" in data:  # the TOML parser is imported by those who have settings only
            return {key: _resolve_path(key, value, place) for key, value in _parse_table(path, data).items()}
    return {}


def choose_contract(given: str | None) -> str | None:
    """What was given, else ``contracts`` of the settings, else None: Services85 as shipped."""
    source = given if given is not None else read_settings().get("contracts")
    if source is not None and not isinstance(source, str):
        raise ContractsError("pyproject.toml: contracts in [tool.services85] has to be a path or a URL")
    return source


def choose_onsite(given: bool) -> bool:
    """Whether ``--onsite`` was given, or ``onsite`` of the settings is true."""
    own = read_settings().get("onsite", False)
    if not isinstance(own, bool):
        raise ContractsError("pyproject.toml: onsite in [tool.services85] has to be true or false")
    return given or own


def _resolve_path(key: str, value: Any, folder: Path) -> Any:
    # A URL and the name of a shipped version are no paths, though they stand where a path may stand.
    if key not in PATH_KEYS or not isinstance(value, str) or "://" in value or _SHIPPED.fullmatch(value):
        return value
    return str(folder / value)


def _parse_table(path: Path, data: bytes) -> dict[str, Any]:
    table = parse_toml(data, str(path)).get("tool", {})
    table = table.get("services85", {}) if isinstance(table, dict) else None
    if not isinstance(table, dict):
        raise ContractsError(f"{path}: [tool.services85] has to be a table")
    if unknown := [key for key in table if key not in KEYS]:
        known = ", ".join(sorted(KEYS))
        raise ContractsError(f"{path}: unknown key {unknown[0]!r} in [tool.services85]; known are {known}")
    return table
