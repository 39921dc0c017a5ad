"""The formats that messages are read from: one module each, whose READER is a row of `READERS`.

A new format is a new module here.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..reader import Reader

    READERS: list[Reader]
    """All of them; built when it is first asked for, as most runs meet nothing but envelopes."""


def __getattr__(name: str) -> list[Reader]:
    if name != "READERS":
        raise AttributeError(name)
    found = [import_module(f"{__name__}.{module.name}").READER for module in iter_modules(__path__)]
    return globals().setdefault(name, found)  # type: ignore[no-any-return]  # the list itself
