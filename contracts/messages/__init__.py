"""Bytes -> `Message`: an envelope, a raw HTTP message, a cassette, a documented page."""

from .reading import STDIN, files, read, read_all
from .shapes import MAX_SIZE, Skipped

__all__ = ["MAX_SIZE", "STDIN", "Skipped", "files", "read", "read_all"]
