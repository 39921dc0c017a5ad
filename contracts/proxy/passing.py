"""What is passed on: a request, its answer, and of either only what is for the other end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

from ..model import ContractsError


class NotPassedOn(ContractsError):
    """A request, or its answer, is not passed on; ``status`` is what the client is answered with."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


Fields = list[tuple[bytes, bytes]]
"""Header fields in order, names in the case in which they came."""

_HOP_BY_HOP = frozenset(
    b"connection keep-alive proxy-connection proxy-authorization te transfer-encoding upgrade".split()
)


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of a body that are held, and the pieces that follow them: None where that is all. ``trailers``: the
    fields after it, once it has been read."""

    held: bytes = b""
    rest: AsyncIterator[bytes] | None = None
    trailers: Fields = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it is passed on. ``host``: what the client calls us. ``chunked``: how its body was framed."""

    method: str
    target: str
    host: str
    fields: Fields
    body: Body
    chunked: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it is passed on."""

    status: int
    reason: bytes
    fields: Fields
    body: Body


def end_to_end(fields: Iterable[tuple[bytes, bytes]]) -> Fields:
    """The fields that are for the other end: without Host, hop-by-hop ones, and those that Connection names.

    Content-Length is kept where it is what frames the body.
    """
    given = list(fields)
    named = [value for name, value in given if name.lower() == b"connection"]
    options = {option.strip().lower() for value in named for option in value.split(b",")}
    dropped = (_HOP_BY_HOP | options | {b"host"}) - {b"content-length"}
    if is_chunked(given):
        dropped |= {b"content-length"}
    return [(name, value) for name, value in given if name.lower() not in dropped]


def is_chunked(fields: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(name.lower() == b"transfer-encoding" for name, _ in fields)
