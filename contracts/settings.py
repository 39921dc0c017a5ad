"""What a team set in its pyproject.toml: the table ``[tool.services85]``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .model import ContractsError

TENANT_KEYS = ("url", "host", "tenant", "version", "application_token", "user", "password", "ticket")
KEYS = frozenset((*TENANT_KEYS, "contracts", "waivers", "waiver", "cassettes"))
"""What the table may hold."""


def read_settings(folder: Path | None = None) -> dict[str, Any]:
    """``[tool.services85]`` of a folder's pyproject.toml (default: the current one); empty where there is none."""
    path = (folder or Path()) / "pyproject.toml"
    try:
        data = path.read_bytes()
    except OSError:
        return {}
    if b"[tool.services85" not in data:
        return {}
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
