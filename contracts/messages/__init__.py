"""Bytes -> `Message`, by one reader a format (`formats.READERS`)."""

from .reader import Skipped
from .reading import list_paths, read, read_all

__all__ = ["Skipped", "list_paths", "read", "read_all"]
