"""Any result as JSON: its own ``as_dict``, the shapes of which are promised in the README."""

from __future__ import annotations

import re
from collections.abc import Iterator
from json import JSONEncoder, dumps
from typing import Any, Protocol, TextIO

from .lines import join_lines

_BEYOND_ASCII = re.compile("[^\x00-\x7f]+")


class Result(Protocol):
    """What has a shape of its own."""

    def as_dict(self) -> Any: ...


def render_json(result: Result, stream: TextIO) -> Iterator[str]:
    """One object, or a list of them."""
    return map(_escape_unseen, join_lines(JSONEncoder(indent=1, ensure_ascii=False).iterencode(result.as_dict())))


def _escape_unseen(text: str) -> str:
    """The text with what nobody sees written by its number."""
    return _BEYOND_ASCII.sub(lambda found: found[0] if found[0].isprintable() else dumps(found[0])[1:-1], text)
