"""The formats that messages are read from: one module each, whose READER is a row of `READERS`.

A new format is a new module here.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from ..reader import Reader

READERS: list[Reader] = [import_module(f"{__name__}.{module.name}").READER for module in iter_modules(__path__)]
