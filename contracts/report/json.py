"""Any result as JSON: its own ``as_dict``, the shapes of which are promised in the README."""

from __future__ import annotations

import re
from collections.abc import Iterator
from json import dumps
from typing import Any, Protocol, TextIO

_SURROGATES = re.compile("[\ud800-\udfff]")
"""What stands in a file's name for bytes that are not UTF-8: no encoder takes them but as an escape."""


class Result(Protocol):
    """What has a shape of its own."""

    def as_dict(self) -> Any: ...


def render_json(result: Result, stream: TextIO) -> Iterator[str]:
    """One object, or a list of them."""
    text = dumps(result.as_dict(), indent=1, ensure_ascii=False)
    yield _SURROGATES.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
