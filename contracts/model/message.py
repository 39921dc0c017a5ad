"""What a message is, as it was read and before it is judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .declared import Direction


@dataclass(frozen=True, slots=True)
class Headers:
    """HTTP header fields in order; names are found in any case. They may be secret, and are in no repr."""

    fields: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, given: Mapping[str, str] | Iterable[tuple[Any, Any]] | None) -> Headers:
        """Header fields as an HTTP library keeps them: a mapping or pairs, of text or bytes; None: there are none."""
        if isinstance(given, Headers):
            return given
        pairs = given.items() if isinstance(given, (dict, Mapping)) else given or ()
        return cls(tuple([(n, v) if type(n) is type(v) is str else (_to_text(n), _to_text(v)) for n, v in pairs]))

    def get(self, name: str) -> str | None:
        """The value of the first field of that name."""
        wanted = name.lower()
        for key, value in self.fields:
            if key.lower() == wanted:
                return value
        return None

    def get_all(self, name: str) -> tuple[str, ...]:
        """The values of all fields of that name."""
        wanted = name.lower()
        return tuple([value for key, value in self.fields if key.lower() == wanted])

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.fields)


def _to_text(given: object) -> str:
    return given.decode("latin-1") if isinstance(given, bytes) else str(given)


@dataclass(slots=True, unsafe_hash=True)
class Http:
    """The head of an HTTP message. A request has ``method`` and ``target``, a response ``status`` and ``reason``.

    Its fields are Final, for a type checker: ``frozen`` would make a head, a message and a verdict four times as slow
    to make, which for a short message is a third of what lxml needs to parse and validate it.
    """

    headers: Final[Headers]
    method: Final[str | None] = None
    target: Final[str | None] = field(default=None, repr=False)
    status: Final[int | None] = None
    reason: Final[str] = field(default="", repr=False)


@dataclass(slots=True, unsafe_hash=True)
class Message:
    """One message as it was read, before it is judged.

    ``data`` is the envelope, with transfer and content encodings undone; it holds secrets, and is in no repr.
    ``line`` is the line of the file on which ``data`` begins (1 for an .xml file), None where lines of the file mean
    nothing. ``part`` tells the messages of one file apart. ``http`` is None where the source has no HTTP head.
    ``documented`` marks a page's example. ``title`` is what a page calls its operation, ``(version, agent,
    operation)``. ``answers`` is the request of a response, where the source has both. ``problem``: why what was read
    holds no message that could be judged. ``expects``: the rules that a recording says it breaks on purpose.
    ``mixed``: it comes from traffic of all kinds, and may belong to another service.
    """

    data: Final[bytes] = field(repr=False)
    file: Final[str] = ""
    part: Final[str] = ""
    direction: Final[Direction | None] = None
    http: Final[Http | None] = None
    line: Final[int | None] = 1
    documented: Final[bool] = False
    title: Final[tuple[str, str, str] | None] = None
    answers: Final[Message | None] = None
    problem: Final[str | None] = None
    expects: Final[tuple[str, ...]] = ()
    mixed: Final[bool] = False
