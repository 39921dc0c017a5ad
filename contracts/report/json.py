"""Any result as JSON: its own ``as_dict``, the shapes of which are promised in the README."""

from __future__ import annotations

import re
from collections.abc import Iterator
from json import dumps
from typing import Any, Protocol, TextIO

_BEYOND_ASCII = re.compile("[^\x00-\x7f]+")


class Result(Protocol):
    """What has a shape of its own."""

    def as_dict(self) -> Any: ...


def render_json(result: Result, stream: TextIO) -> Iterator[str]:
    """One object, or a list of them."""
    text = dumps(result.as_dict(), indent=1, ensure_ascii=False)
    yield _BEYOND_ASCII.sub(lambda found: found[0] if found[0].isprintable() else dumps(found[0])[1:-1], text)
