"""One agent of one version, as one WSDL says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..model import Binding, Direction, Operation
from ..xsd.schema import Schema


@dataclass(frozen=True, eq=False)
class Service:
    """One agent of one version, as one WSDL says it. ``source`` is the file it came from, as the user named it.

    ``digest`` is of its text, the version folded (`sources.meaning.digest` is of what it means),
    ``imports`` are the WSDLs it imports, ``also_in`` are other files that say the same.
    """

    version: str
    agent: str
    namespace: str
    binding: Binding
    address: str
    operations: Mapping[str, Operation]
    schema: Schema
    source: str
    digest: str
    examples: Mapping[tuple[str, Direction], bytes] = field(default_factory=dict)
    imports: frozenset[str] = frozenset()
    also_in: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """What the endpoint's URL path ends with: ``/Services85/Batch.svc``."""
        return f"/{self.version}/{self.agent}.svc"
