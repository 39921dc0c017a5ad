"""A contract: what `load` returns, and what judges messages."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from .files.limits import TooLarge
from .messages.coding import undo_codings
from .model import ContractsError, Direction, Headers, Http, Message, UnreadableContract, UnusableFile, Verdict
from .rules.judge import judge, unjudged
from .wsdl.service import Service
from .wsdl.services import Services, Target

_DECLARED_ENCODING = re.compile(r"""^(<\?xml\s[^>]*?)\s*encoding\s*=\s*(?:"[^"<>]*"|'[^'<>]*')""")

_MAX_STATUS = 999_999_999


class Contract:
    """The services of one or several versions. Immutable; safe to share between threads.

    ``problems`` are the files of its source that could not be used.
    """

    def __init__(self, services: Iterable[Service], problems: Sequence[UnusableFile] = (), source: str = "") -> None:
        self.services = Services(services)
        self.problems = tuple(problems)
        self.source = source

    def __repr__(self) -> str:
        """``<Contract Services85: Batch, SoPrincipal>``; not where it is from: a URL may hold a password."""
        agents = sorted({service.agent for service in self.services})
        shown = agents if len(agents) <= 4 else [*agents[:3], f"{len(agents) - 3} more"]
        return f"<Contract {self.name}: {', '.join(shown)}>"

    def __reduce__(self) -> tuple[Any, ...]:
        """Where it was loaded from, and what it said: another process loads it anew, once."""
        if not self.source:
            raise TypeError("a Contract that was not loaded from anywhere cannot be pickled")
        source = os.path.abspath(self.source) if Path(self.source).exists() else self.source  # noqa: PTH100
        return _load_again, (source, self._digests)

    @property
    def _digests(self) -> tuple[str, ...]:
        return tuple(service.digest for service in self.services)

    @property
    def name(self) -> str:
        """The versions it holds: ``Services85``, or ``Services85, Services86``."""
        return self.services.name

    def targets(self) -> Iterator[Target]:
        """Every operation, with the service that has it."""
        return self.services.targets()

    def operation(self, label: str) -> Target:
        """The one operation of that name. Raises ContractsError where there is none, or several versions have it."""
        return self.services.require_one(label)

    def judge(self, message: Message, *, operation: str | None = None, onsite: bool = False) -> Verdict:
        """The verdict on a message that was read from somewhere.

        Unjudged where, of several, the WSDL that it belongs to turns out to be unusable: what a message needs is read
        only then. Raises UnreadableContract where it is the only one.
        """
        if not isinstance(operation, str | None):
            raise TypeError(f"operation has to be a text such as Batch.StopBatchJob, not {operation!r}")
        try:
            return judge(self.services, message, operation, onsite)
        except TooLarge as error:
            return unjudged(message, message.direction, str(error))
        except UnreadableContract as error:
            if len(self.services) == 1:
                raise
            return unjudged(message, message.direction, str(error))

    def check_request(
        self,
        data: bytes | str | os.PathLike[str],
        headers: Mapping[str, str] | None = None,
        operation: str | None = None,
        *,
        method: str | None = None,
        target: str | None = None,
        onsite: bool = False,
    ) -> Verdict:
        """Judges a request. Without ``headers`` (and method, target) no HTTP rule speaks, unless a file has a head.

        ``data``: an envelope, or the path of a file with one request in it, of any form that `check` reads.
        ``operation``: ``Batch.StopBatchJob``; None: taken from the message. ``onsite``: no ApplicationToken is wanted.
        """
        http = None
        if headers is not None or method is not None or target is not None:
            http = Http(Headers.of(headers), method, target)
        return self.judge(_find_message(data, "request", http), operation=operation, onsite=onsite)

    def check_response(
        self,
        data: bytes | str | os.PathLike[str],
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        operation: str | None = None,
    ) -> Verdict:
        """Judges a response. Without ``status`` and ``headers`` no HTTP rule speaks, unless a file has a head.

        ``data``: an envelope, or the path of a file with one response in it.
        """
        if not isinstance(status, int | None):
            raise TypeError(f"status has to be a number, not {status!r}")
        if status is not None and abs(status) > _MAX_STATUS:
            raise ContractsError("status has to be a number such as 200, not one of ten digits or more")
        http = None
        if headers is not None or status is not None:
            http = Http(Headers.of(headers), None, None, status)
        return self.judge(_find_message(data, "response", http), operation=operation)


def load(source: str | os.PathLike[str] | None = None) -> Contract:
    """A contract: Services85 as shipped, or from a WSDL file, a folder searched for them, a .zip, a URL.

    Raises UnreadableContract, with one line that names the file and the place. Files of a folder or .zip that cannot
    be used are in `Contract.problems`.
    """
    from .wsdl.load import load_services

    name = "Services85" if source is None else os.fspath(source)
    services, problems = load_services(name)
    return Contract(services, problems, name)


_load_once = lru_cache(maxsize=8)(load)


def _load_again(source: str, digests: tuple[str, ...]) -> Contract:
    """What was pickled, compiled once in this process. Raises UnreadableContract where it is no longer the same."""
    found = _load_once(source)
    if found._digests != digests:
        _load_once.cache_clear()
        found = _load_once(source)
    if found._digests != digests:
        raise UnreadableContract(f"{source}: is no longer what it was when the contract was sent here")
    return found


def _find_message(data: bytes | str | os.PathLike[str], direction: Direction, http: Http | None) -> Message:
    """The message given, or the one of that direction in a file. Raises ContractsError where there are several."""
    if isinstance(data, str) and "<" not in data and os.path.isfile(data):  # noqa: PTH113 - a text may be no name at all
        raise ContractsError(f"{data}: text is judged as an envelope; a file is named as a Path")
    if isinstance(data, (bytes, str)):
        data = data if isinstance(data, bytes) else _to_bytes(data)
        return undo_codings(Message(data, "", "", direction, http))
    from .messages import read

    path = os.fspath(data)
    found = [m for m in read(path) if isinstance(m, Message) and m.direction in (None, direction)]
    if len(found) != 1:
        raise ContractsError(f"{path}: {len(found) or 'no'} {direction}s in it; one is wanted")
    return replace(found[0], direction=direction, http=http or found[0].http)


def _to_bytes(text: str) -> bytes:
    """A text has no charset of its own: what its XML declaration says of one is left out."""
    return _DECLARED_ENCODING.sub(r"\1", text.lstrip("\ufeff"), count=1).encode("utf-8", "surrogatepass")
