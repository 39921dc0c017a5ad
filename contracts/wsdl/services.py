"""The services of a contract, and which of them has an operation, an action, a body."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TypeVar, overload

from ..model import ContractsError, Direction, Operation, UnreadableContract, local, namespace
from ..model.wording import suggest_nearest
from .service import Service

_T = TypeVar("_T")
Target = tuple[Service, Operation]
"""An operation, with the service that has it."""


class Services(Sequence[Service]):
    """The agents of one or several versions, in the order in which they were read. Safe to share between threads."""

    def __init__(self, services: Iterable[Service]) -> None:
        self._services = tuple(services)
        self._owners: dict[tuple[str, Direction], list[Target]] = {}

    @overload
    def __getitem__(self, index: int) -> Service: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Service]: ...
    def __getitem__(self, index: int | slice) -> Service | Sequence[Service]:
        return self._services[index]

    def __iter__(self) -> Iterator[Service]:
        return iter(self._services)

    def __len__(self) -> int:
        return len(self._services)

    @cached_property
    def name(self) -> str:
        """The versions: ``Services85``, or ``Services85, Services86``."""
        return ", ".join(sorted(self.by_version))

    @cached_property
    def by_version(self) -> dict[str, list[Service]]:
        return _group_pairs((s.version, s) for s in self)

    @cached_property
    def by_namespace(self) -> dict[str, list[Service]]:
        return _group_pairs((s.namespace, s) for s in self)

    @cached_property
    def by_operation(self) -> dict[str, list[Service]]:
        """The services that have an operation of that name."""
        return _group_pairs((name, s) for s in self for name in s.operations)

    def of_agent(self, version: str, agent: str) -> list[Service]:
        """The services of that agent: one, but where several WSDLs of it were loaded."""
        return [service for service in self.by_version.get(version, ()) if service.agent == agent]

    def targets(self) -> Iterator[Target]:
        """Every operation of every service. Raises UnreadableContract where a WSDL does not hold all of one."""
        for service in self:
            for name in service.operations:
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

    def require(self, label: str) -> list[Target]:
        """The same, of which there is at least one. Raises ContractsError where there is none."""
        return self.find(label) or [self.require_one(label)]

    def require_one(self, label: str) -> Target:
        """The one operation of that name. Raises ContractsError where there is none, or several versions have it."""
        found = self.find(label)
        if len(found) == 1:
            return found[0]
        if found:
            versions = {s.version for s, _ in found}
            where = [f"{s.version}/{o.label}" if len(versions) > 1 else s.source for s, o in found]
            way = "name the version" if len(versions) > 1 else "they differ: name one with --contract"
            raise ContractsError(f"{label}: {', '.join(where)} have it: {way}")
        known = [operation.label for service in self for operation in service.operations.values()]
        agent, _, name = label.rpartition("/")[2].rpartition(".")
        otherwise = "" if agent in {s.agent for s in self} else "name its WSDL with --contract WSDL.zip"
        if name in {s.agent for s in self}:
            first = next(each for each in known if each.startswith(f"{name}."))
            otherwise = f"{name} is an agent: name an operation of it, such as {first}"
        hint = suggest_nearest(label, known, otherwise)
        raise ContractsError(f"{label}: no such operation in {self.name}{hint}")

    def by_action(self, action: str) -> list[Target]:
        """The operations whose SOAPAction this is."""
        stem, _, name = action.rpartition("/")
        space, _, agent = stem.rpartition("/")
        usual = [
            (s, o)
            for s in self.by_namespace.get(space, ())
            if s.agent == agent and name in s.operations and (o := s.operations[name]).action == action
        ]
        return usual or self._by_action.get(action, [])

    def by_body(self, element: str, direction: Direction) -> list[Target]:
        """The operations whose request or response element this is."""
        known = self._owners.get((element, direction))
        if known is None:
            known = self._owners[element, direction] = self._find_owners(element, direction)
        return known

    def all_owners(self, element: str, direction: Direction) -> list[Target]:
        """The same, those too that are not named after the element: every operation has to be read for that."""
        return (self._by_request if direction == "request" else self._by_response).get(element, [])

    def _find_owners(self, element: str, direction: Direction) -> list[Target]:
        space, name = namespace(element), local(element)
        # An element is nearly always named after its operation: then no other operation has to be read.
        plain = name.removesuffix("Response") if direction == "response" else name
        usual = [
            (s, o)
            for s in self.by_operation.get(plain, ())
            if s.namespace == space
            and (message := (o := s.operations[plain]).message(direction))
            and message.body == element
        ]
        return usual or self.all_owners(element, direction)

    def find_fault_owner(self, element: str) -> Service | None:
        """The first service that declares a fault whose detail holds that element."""
        return next((s for s in self.by_namespace.get(namespace(element), ()) if s.declares_fault(element)), None)

    def _readable_targets(self) -> Iterator[Target]:
        """Every operation but those of which the WSDL does not hold all."""
        for service in self:
            for name in service.operations:
                with suppress(UnreadableContract):
                    yield service, service.operations[name]

    @cached_property
    def _by_action(self) -> dict[str, list[Target]]:
        return _group_pairs((o.action, (s, o)) for s, o in self._readable_targets())

    @cached_property
    def _by_request(self) -> dict[str, list[Target]]:
        return self._index_bodies("request")

    @cached_property
    def _by_response(self) -> dict[str, list[Target]]:
        return self._index_bodies("response")

    def _index_bodies(self, direction: Direction) -> dict[str, list[Target]]:
        messages = ((s, o, o.message(direction)) for s, o in self._readable_targets())
        return _group_pairs((message.body, (s, o)) for s, o, message in messages if message and message.body)


def _group_pairs(pairs: Iterable[tuple[str, _T]]) -> dict[str, list[_T]]:
    table: dict[str, list[_T]] = {}
    for key, value in pairs:
        table.setdefault(key, []).append(value)
    return table
