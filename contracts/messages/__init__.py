"""Bytes -> `Message`, by one reader a format (`formats.READERS`)."""

from .reader import Skipped
from .reading import list_paths, read, read_all
from .traffic import belongs_to

__all__ = ["Skipped", "belongs_to", "list_paths", "read", "read_all"]
