"""A contract: the services of one or several versions, and which of their operations a message belongs to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from .model import (
    ContractsError,
    Direction,
    Headers,
    Http,
    Message,
    Operation,
    Problem,
    UnreadableContract,
    Verdict,
    local,
    namespace,
)
from .model.escaping import did_you_mean
from .rules.identify import unjudged
from .rules.judge import judge
from .wsdl.service import Service

if TYPE_CHECKING:
    from .rules.quick import Plan

_T = TypeVar("_T")
Target = tuple[Service, Operation]


class Contract:
    """What `contracts.load` returns. Immutable; safe to share between threads.

    ``services`` are its agents by version; ``problems`` the files of its source that could not be used.
    """

    def __init__(self, services: Sequence[Service], problems: Sequence[Problem] = (), source: str = "") -> None:
        self.services = tuple(services)
        self.problems = tuple(problems)
        self.source = source
        self.plans: dict[tuple[str, Direction], Plan | None] = {}
        """What `rules.quick` recognises messages by; filled as messages come."""

    @cached_property
    def name(self) -> str:
        """The versions it holds: ``Services85``, or ``Services85, Services86``."""
        return ", ".join(sorted(self.by_version))

    @cached_property
    def by_version(self) -> dict[str, list[Service]]:
        return _grouped((s.version, s) for s in self.services)

    @cached_property
    def by_namespace(self) -> dict[str, list[Service]]:
        return _grouped((s.namespace, s) for s in self.services)

    @cached_property
    def by_operation(self) -> dict[str, list[Service]]:
        """The services that have an operation of that name."""
        return _grouped((name, s) for s in self.services for name in s.operations)

    def targets(self) -> Iterator[Target]:
        """Every operation of every service."""
        for service in self.services:
            for name in service.operations:
                yield service, service.operations[name]

    def _usable(self) -> Iterator[Target]:
        """The same, without those of which the WSDL does not hold all."""
        for service in self.services:
            for name in service.operations:
                with suppress(UnreadableContract):
                    yield service, service.operations[name]

    def find(self, label: str) -> list[Target]:
        """The operations of that name: ``Batch.StopBatchJob``, or with a version ``Services85/Batch.StopBatchJob``."""
        version, _, rest = label.rpartition("/")
        agent, _, name = rest.rpartition(".")
        return [
            (s, s.operations[name])
            for s in self.by_operation.get(name, ())
            if s.agent == agent and version in ("", s.version)
        ]

    def candidates(self, label: str) -> list[Target]:
        """The same, of which there is at least one. Raises ContractsError where there is none."""
        return self.find(label) or [self.operation(label)]

    def operation(self, label: str) -> Target:
        """The one operation of that name. Raises ContractsError where there is none, or several versions have it."""
        found = self.find(label)
        if len(found) == 1:
            return found[0]
        if found:
            versions = {s.version for s, _ in found}
            where = [f"{s.version}/{o.label}" if len(versions) > 1 else s.source for s, o in found]
            way = "name the version" if len(versions) > 1 else "they differ: name one with --contract"
            raise ContractsError(f"{label}: {', '.join(where)} have it: {way}")
        hint = did_you_mean(label, [f"{s.agent}.{n}" for s in self.services for n in s.operations])
        raise ContractsError(f"{label}: no such operation in {self.name}{hint}")

    def by_action(self, action: str) -> list[Target]:
        """The operations whose SOAPAction this is."""
        stem, _, name = action.rpartition("/")
        space, _, agent = stem.rpartition("/")
        quick = [
            (s, o)
            for s in self.by_namespace.get(space, ())
            if s.agent == agent and name in s.operations and (o := s.operations[name]).action == action
        ]
        return quick or self._actions.get(action, [])

    @cached_property
    def _actions(self) -> dict[str, list[Target]]:
        return _grouped((o.action, (s, o)) for s, o in self._usable())

    def by_body(self, element: str, direction: Direction) -> list[Target]:
        """The operations whose request or response element this is."""
        space, name = namespace(element), local(element)
        plain = name.removesuffix("Response") if direction == "response" else name
        quick = [
            (s, o)
            for s in self.by_operation.get(plain, ())
            if s.namespace == space and (part := (o := s.operations[plain]).part(direction)) and part.body == element
        ]
        return quick or self._bodies(direction).get(element, [])

    def _bodies(self, direction: Direction) -> dict[str, list[Target]]:
        return self._request_bodies if direction == "request" else self._response_bodies

    @cached_property
    def _request_bodies(self) -> dict[str, list[Target]]:
        return self._index_bodies("request")

    @cached_property
    def _response_bodies(self) -> dict[str, list[Target]]:
        return self._index_bodies("response")

    def _index_bodies(self, direction: Direction) -> dict[str, list[Target]]:
        parts = ((s, o, o.part(direction)) for s, o in self._usable())
        return _grouped((part.body, (s, o)) for s, o, part in parts if part and part.body)

    # --- judging ------------------------------------------------------------------------------------------------

    def judge(self, message: Message, *, operation: str | None = None, onsite: bool = False) -> Verdict:
        """The verdict on a message that was read from somewhere.

        Unjudged where, of several, the WSDL that it belongs to turns out to be unusable: what a message needs is read
        only then. Raises UnreadableContract where it is the only one.
        """
        try:
            return judge(self, message, operation=operation, onsite=onsite)
        except UnreadableContract as error:
            if len(self.services) == 1:
                raise
            return unjudged(message, message.direction, str(error))

    def check_request(
        self,
        data: bytes | str,
        headers: Mapping[str, str] | None = None,
        operation: str | None = None,
        *,
        method: str | None = None,
        target: str | None = None,
        onsite: bool = False,
    ) -> Verdict:
        """Judges a request. Without ``headers`` (and method, target) no HTTP rule speaks.

        ``operation``: ``Batch.StopBatchJob``; None: taken from the message. ``onsite``: no ApplicationToken is wanted.
        """
        http = None
        if headers is not None or method is not None or target is not None:
            http = Http(Headers.of(headers) or Headers(), method=method, target=target)
        return self.judge(Message(_bytes(data), direction="request", http=http), operation=operation, onsite=onsite)

    def check_response(
        self,
        data: bytes | str,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        operation: str | None = None,
    ) -> Verdict:
        """Judges a response. Without ``status`` and ``headers`` no HTTP rule speaks."""
        http = None
        if headers is not None or status is not None:
            http = Http(Headers.of(headers) or Headers(), status=status)
        return self.judge(Message(_bytes(data), direction="response", http=http), operation=operation)


def load(source: str | os.PathLike[str] | None = None) -> Contract:
    """A contract: Services85 as shipped, or from a WSDL file, a folder searched for them, a .zip, a URL.

    Raises UnreadableContract, with one line that names the file and the place. Files of a folder or .zip that cannot
    be used are in `Contract.problems`.
    """
    from .wsdl.load import load_services

    name = "Services85" if source is None else os.fspath(source)
    services, problems = load_services(name)
    return Contract(services, problems, name)


def _bytes(data: bytes | str) -> bytes:
    """A text has no charset of its own: what its XML declaration says of one is left out."""
    if isinstance(data, bytes):
        return data
    text = data.lstrip("\ufeff")
    if text.startswith("<?xml") and (end := text.find("?>")) > 0 and "encoding" in text[:end]:
        text = '<?xml version="1.0"?>' + text[end + 2 :]
    return text.encode("utf-8", "surrogatepass")


def _grouped(pairs: Iterable[tuple[str, _T]]) -> dict[str, list[_T]]:
    table: dict[str, list[_T]] = {}
    for key, value in pairs:
        table.setdefault(key, []).append(value)
    return table
