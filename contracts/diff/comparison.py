"""What a comparison found, and what of it is used: what every report shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..model import SEVERITIES, Change, Severity, worst


@dataclass(frozen=True, slots=True)
class Use:
    """How a change meets recorded messages: its severity for what they hold, and the messages as (file, part).

    ``unseen``: operations of which requests were recorded and no answer, so that any answer counts.
    """

    severity: Severity
    messages: tuple[tuple[str, str], ...]
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """What recorded messages use, by the index of the change; ``unplaced`` ones are of no operation of the old side."""

    uses: Mapping[int, Use]
    messages: int
    operations: tuple[str, ...]
    unplaced: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two sides, as they were named; ``usage`` is None where nothing recorded was given.

    ``waived`` are further changes, with the ids of the waivers that excuse them.
    """

    old: str
    new: str
    changes: tuple[Change, ...]
    usage: Usage | None = None
    waived: Mapping[Change, str] = field(default_factory=dict)

    def used(self, index: int) -> Use | None:
        return self.usage.uses.get(index) if self.usage else None

    @property
    def counts(self) -> dict[Severity, int]:
        """How many changes of each severity."""
        found = Counter(change.severity for change in self.changes)
        return {severity: found[severity] for severity in SEVERITIES}

    @property
    def operations(self) -> int:
        """How many operations the changes touch."""
        return len({operation for change in self.changes for operation in change.operations})

    @property
    def worst(self) -> Severity | None:
        """The worst severity that counts: of what is used, where that is known."""
        return worst(found.severity for found in (self.usage.uses.values() if self.usage else self.changes))

    def as_dict(self) -> dict[str, Any]:
        """The shape of services85-diff/1; with recorded messages each change says where it is ``used``."""
        return {
            "schema": "services85-diff/1",
            "old": self.old,
            "new": self.new,
            "changes": [self._change(i, change) for i, change in enumerate(self.changes)],
            **({"tolerated": [{**c.as_dict(), "waiver": id} for c, id in self.waived.items()]} if self.waived else {}),
            "summary": {
                **self.counts,
                "operations": self.operations,
                "used": len(self.usage.uses) if self.usage else None,
            },
        }

    def _change(self, index: int, change: Change) -> dict[str, Any]:
        shape = change.as_dict()
        if self.usage is not None:
            use = self.used(index)
            shape["used"] = use and {
                "severity": use.severity,
                "messages": [{"file": file, "part": part} for file, part in use.messages],
                **({"unseen": list(use.unseen)} if use.unseen else {}),
            }
        return shape
