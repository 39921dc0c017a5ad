"""What a team set in its pyproject.toml: the table ``[tool.services85]`` of the nearest one upwards."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ..model import ContractsError

TENANT_KEYS = ("url", "host", "tenant", "version", "application_token", "user", "password", "ticket")
KEYS = frozenset((*TENANT_KEYS, "contracts", "waivers", "waiver", "cassettes"))
"""What the table may hold."""

PATH_KEYS = ("contracts", "waivers", "cassettes")
_SHIPPED = re.compile(r"Services\d+")


def read_settings(folder: Path | None = None) -> dict[str, Any]:
    """``[tool.services85]`` of the nearest pyproject.toml that has one, from a folder (default: the current) upwards.

    Empty where there is none. Paths in it are made relative to where it lies.
    """
    start = folder or Path()
    for at in (start, *start.absolute().parents):
        path = at / "pyproject.toml"
        try:
            data = path.read_bytes()
        except OSError:
            continue
        if b"[tool.services85" in data:
            return {key: _placed(key, value, at) for key, value in _table(path, data).items()}
    return {}


def _placed(key: str, value: Any, folder: Path) -> Any:
    if key not in PATH_KEYS or not isinstance(value, str) or "://" in value or _SHIPPED.fullmatch(value):
        return value
    return str(folder / value)


def _table(path: Path, data: bytes) -> dict[str, Any]:
    import tomllib

    try:
        table = tomllib.loads(data.decode("utf-8")).get("tool", {}).get("services85", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContractsError(f"{path}: not TOML: {error}") from None
    if not isinstance(table, dict):
        raise ContractsError(f"{path}: [tool.services85] has to be a table")
    for key in table:
        if key not in KEYS:
            raise ContractsError(
                f"{path}: unknown key {key!r} in [tool.services85]; known are {', '.join(sorted(KEYS))}"
            )
    return table


def contract_source(given: str | None, settings: dict[str, Any]) -> str | None:
    """``--contract``, else ``contracts`` of the settings, else None: Services85 as shipped."""
    if given is not None:
        return given
    source = settings.get("contracts")
    if source is not None and not isinstance(source, str):
        raise ContractsError("pyproject.toml: contracts in [tool.services85] has to be a path or a URL")
    return source
