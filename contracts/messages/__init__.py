"""Bytes -> `Message`, by one reader a format (`formats.READERS`)."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .reader import Skipped
    from .reading import list_paths, read, read_all
    from .traffic import belongs_to

__all__ = ["Skipped", "belongs_to", "list_paths", "read", "read_all"]
_HOMES = {"Skipped": "reader", "belongs_to": "traffic"}


def __getattr__(name: str) -> Any:
    """Loads what is asked for: the judge itself needs the parser only, and no reader."""
    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'reading')}"), name)
