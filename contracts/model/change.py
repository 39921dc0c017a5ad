"""What changed between two contracts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

Severity = Literal["breaking", "risky", "safe"]
SEVERITIES: tuple[Severity, ...] = ("breaking", "risky", "safe")
"""The worst first."""


def find_worst(severities: Iterable[Severity]) -> Severity | None:
    """The worst of them; None of none."""
    return min(severities, key=SEVERITIES.index, default=None)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two contracts, for a caller written against the old one that talks to the new one.

    ``versions`` are the old versions in which it was found, where several were compared.
    """

    rule: str
    severity: Severity
    direction: Literal["request", "response", "both"]
    agents: tuple[str, ...]
    operations: tuple[str, ...]
    path: str
    old: str | None
    new: str | None
    why: str
    versions: tuple[str, ...] = ()

    def with_texts(self, change: Callable[[str], str]) -> Change:
        """The same, with other texts of what is there now, as a WSDL of somebody else's says it."""
        return replace(self, path=change(self.path), new=self.new and change(self.new))

    def as_dict(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "severity": self.severity,
            "direction": self.direction,
            "agents": list(self.agents),
            "operations": list(self.operations),
            "path": self.path,
            "old": self.old,
            "new": self.new,
            "why": self.why,
            **({"versions": list(self.versions)} if self.versions else {}),
        }
