"""What any one input may cost, told once; and what reading past it, or past anything else that bars the way, ends in.

Past a limit nothing is judged in part: the message or the contract is unjudged, and the reason names the limit and the
option that raises it (``--limit NAME=NUMBER``; ``limits`` in ``[tool.services85]``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from time import thread_time
from typing import AnyStr

from ..model import ContractsError
from ..model.wording import suggest_nearest

_MEGABYTE = 2**20


def _bound(default: int, what: str) -> int:
    return field(default=default, metadata={"what": what})


@dataclass(frozen=True, slots=True)
class Limits:
    """The budget of one input. The defaults hold what the vendor's five versions and a day's traffic need."""

    size: int = _bound(64, "MB of a file, of one in a zip, of a body (unpacked), of an answer")
    unpacked: int = _bound(1024, "MB that the files of one zip unpack to")
    files: int = _bound(100_000, "files of one zip")
    elements: int = _bound(2_000_000, "elements and attributes of a message")
    findings: int = _bound(20_000, "findings on a message")
    imports: int = _bound(5_000, "documents that the WSDLs of one source import")
    fetching: int = _bound(60, "seconds in which all that a URL imports has to be fetched")
    seconds: int = _bound(5, "seconds of the processor for a message, for compiling a WSDL's schemas, for a sample")
    memory: int = _bound(1024, "MB that compiling a WSDL's schemas takes")

    @property
    def bytes(self) -> int:
        """``size``, in bytes."""
        return self.size * _MEGABYTE

    def refuse(self, name: str) -> str:
        """``larger than the limit of 2000000 elements (--limit elements=N raises it)``."""
        return f"larger than the limit of {self.show(name)}{hint_raise(name)}"

    def show(self, name: str) -> str:
        """``64 MB``; ``20 seconds``."""
        return f"{getattr(self, name)} {_UNITS.get(name, name)}"


_UNITS = {
    "size": "MB",
    "unpacked": "MB unpacked",
    "memory": "MB of memory",
    "elements": "elements and attributes",
    "imports": "imported documents",
    "fetching": "seconds",
}
NAMES = {each.name: str(each.metadata["what"]) for each in fields(Limits)}
"""Each limit, and what it is on."""
_current = [Limits()]
"""A stack: the last holds."""


NOT_READ = "cannot be read"
"""How the reason begins where the system gave not one byte of a file."""


class Unreadable(ContractsError):
    """Something is meant to be here, but cannot be read: why, on one line, without its name."""


class TooLarge(ContractsError):
    """A message goes past a limit: which, on one line, with the option that raises it."""


def current_limits() -> Limits:
    """Those that hold in this process."""
    return _current[-1]


@contextmanager
def use_limits(given: Mapping[str, object]) -> Iterator[Limits]:
    """Changes some of them, by name, as long as the block runs. Raises ContractsError for what is no limit."""
    for name, value in given.items():
        if name not in NAMES:
            known = suggest_nearest(name, NAMES, f"known are {', '.join(NAMES)}")
            raise ContractsError(f"limit {name!r}: there is none of that name{known}")
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 10**12:
            raise ContractsError(f"limit {name}: has to be a whole number above 0 ({NAMES[name]})")
    changed = replace(current_limits(), **given)  # type: ignore[arg-type]  # looked at above
    _current.append(changed)
    try:
        yield changed
    finally:
        _current.remove(changed)  # not pop(): blocks of two threads may end in any order


def hint_raise(name: str) -> str:
    """What an error adds."""
    return f" (--limit {name}=N raises it)"


def heed_time(started: float) -> None:
    """Raises TooLarge where something has taken longer than it may since ``started``, by the clock `thread_time`."""
    if thread_time() - started > current_limits().seconds:
        raise TooLarge(f"takes longer than the limit of {current_limits().show('seconds')}{hint_raise('seconds')}")


def show_size(count: int) -> str:
    """``67108864`` -> ``64.0 MiB``."""
    return f"{count / _MEGABYTE:.1f} MiB" if count >= _MEGABYTE else f"{count} bytes"


def limit_size(data: AnyStr, limit: int, what: str = "") -> AnyStr:
    """The data. Raises Unreadable where there is more of it; ``what`` begins the line."""
    if len(data) > limit:
        raise Unreadable(f"{what}larger than the limit of {show_size(limit)}{hint_raise('size')}")
    return data
