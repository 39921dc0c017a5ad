"""Python's search for garbage that refers to itself in a circle, put off while something is built."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pause_collector() -> Iterator[None]:
    """Finds no circles meanwhile; all other garbage goes at once, as ever. Also a decorator.

    Who builds a hundred thousand things that stay would else have them visited over and over, to find nothing: a fifth
    of the time that comparing two versions takes.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
