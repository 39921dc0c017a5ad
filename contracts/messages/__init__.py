"""Bytes -> `Message`: an envelope, a raw HTTP message, a cassette, a documented page."""

from .limits import MAX_SIZE, Skipped
from .reading import STDIN, files, read, read_all

__all__ = ["MAX_SIZE", "STDIN", "Skipped", "files", "read", "read_all"]
