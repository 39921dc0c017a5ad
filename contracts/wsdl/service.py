"""One agent of one version, as one WSDL says it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from ..model import Binding, Direction, Operation
from ..xsd.schema import Schema

_VERSION = re.compile(r"/(Services\d+)/?$")


@dataclass(frozen=True, eq=False, repr=False)
class Service:
    """One agent of one version, as one WSDL says it. ``source`` is the file it came from, as the user named it.

    ``home`` is the WSDL that its binding stands in (its port type, where none carries that): this one, or an imported
    one. ``digest_text`` works out its ``digest``, ``read_texts`` gives `Documents.texts`, ``imports`` are the WSDLs it
    imports, ``also_in`` are other files that say the same. ``other_bindings``: the same agent as further bindings of
    its port type carry it.
    """

    version: str
    agent: str
    namespace: str
    binding: Binding
    address: str
    operations: Mapping[str, Operation]
    schema: Schema
    source: str
    home: str
    digest_text: Callable[[], str]
    read_texts: Callable[[], list[tuple[etree._Element, bytes]]]
    examples: Mapping[tuple[str, Direction], bytes] = field(default_factory=dict)
    imports: frozenset[str] = frozenset()
    also_in: tuple[str, ...] = ()
    other_bindings: tuple[Service, ...] = ()

    def __repr__(self) -> str:
        """Without where it came from: a URL may have a password in it."""
        return f"<Service {self.version} {self.agent}>"

    @cached_property
    def digest(self) -> str:
        """Of its text, the version folded (`fingerprint.digest_service` is of what it means)."""
        return self.digest_text()

    def declares_fault(self, element: str) -> bool:
        """Whether any of its operations declares a fault whose detail holds that element."""
        return element in self._fault_elements

    @cached_property
    def _fault_elements(self) -> frozenset[str]:
        return frozenset(e for o in self.operations.values() for _, e in o.faults)

    @property
    def path(self) -> str:
        """What the endpoint's URL path ends with: ``/Services85/Batch.svc``."""
        return f"/{self.version}/{self.agent}.svc"


class LazyOperations(Mapping[str, Operation]):
    """Operations by name, each resolved when first asked for: of List's 239 a message needs one."""

    def __init__(self, names: Iterable[str], resolve: Callable[[str], Operation]) -> None:
        self._known: dict[str, Operation | None] = dict.fromkeys(names)
        self._resolve = resolve

    def __getitem__(self, name: str) -> Operation:
        found = self._known[name]
        if found is None:
            found = self._known[name] = self._resolve(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, name: object) -> bool:
        return name in self._known


def version_of(namespace: str) -> str:
    """The version that a namespace ends with, ``Services85``; empty where it ends with none."""
    found = _VERSION.search(namespace)
    return found[1] if found else ""
