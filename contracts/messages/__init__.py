"""Bytes -> `Message`, by one reader a format (`formats.READERS`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.lazy import load_lazily

if TYPE_CHECKING:
    from .reader import Skipped
    from .reading import list_paths, name_format, read, read_all
    from .traffic import belongs_to

__all__ = ["Skipped", "belongs_to", "list_paths", "name_format", "read", "read_all"]
__getattr__ = load_lazily(
    __name__,
    {"Skipped": "reader", "belongs_to": "traffic"}
    | dict.fromkeys(("list_paths", "name_format", "read", "read_all"), "reading"),
)
"""The judge itself needs the parser only, and no reader."""
