"""Files of ours that somebody reads later, or never."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, text: str, *, lasting: bool = False) -> None:
    """Writes the file as a whole or not at all: beside, then renamed.

    ``lasting``: it is on the disk when this returns, and survives a power cut; that takes some milliseconds.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with half.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    if lasting and os.name == "posix":  # Windows opens no folder, and keeps its table of names by a journal
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
