"""What a command found, as its renderers get it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..model import Finding, Verdict
from ..model.wording import escape_line

if TYPE_CHECKING:
    from ..diff.change_rule import ChangeRule
    from ..rules.case import Rule


@dataclass(frozen=True, slots=True)
class Cause:
    """One violation with the places of all messages of an operation that have it just so."""

    label: str
    finding: Finding
    places: list[str]


def name_place(verdict: Verdict, line: str = "") -> str:
    """``file:12 (interaction 3 response)``, as one line."""
    return escape_line(verdict.file or "-") + line + (f" ({verdict.part})" if verdict.part else "")


@dataclass(frozen=True)
class CheckResult:
    """The verdicts of one run of ``check``, in the order of its files. ``skipped``: parts that hold no message."""

    contract: str
    verdicts: Sequence[Verdict]
    skipped: int
    verbose: bool = False
    show_all: bool = False

    def list_causes(self) -> list[Cause]:
        """What is broken, by what a mending would mend at once; the most frequent first."""
        found: dict[tuple[str, ...], Cause] = {}
        for verdict in self.verdicts:
            for finding in verdict.violations:
                key = (verdict.label, finding.rule, finding.path, finding.expected, finding.found)
                line = f":{finding.line}" if finding.line else ""
                found.setdefault(key, Cause(verdict.label, finding, [])).places.append(name_place(verdict, line))
        return sorted(found.values(), key=lambda cause: -len(cause.places))

    def list_reasons(self) -> dict[str, list[str]]:
        """Why messages were not judged, with the messages."""
        found: dict[str, list[str]] = {}
        for verdict in self.verdicts:
            if verdict.outcome == "unjudged":
                found.setdefault(verdict.reason or "", []).append(name_place(verdict))
        return found

    @cached_property
    def counts(self) -> Counter[str]:
        """How many messages had which outcome."""
        return Counter(verdict.outcome for verdict in self.verdicts)

    def as_dict(self) -> dict[str, Any]:
        """The shape of services85-check/1."""
        summary = {outcome: self.counts[outcome] for outcome in ("kept", "broken", "unjudged")}
        return {
            "schema": "services85-check/1",
            "contract": self.contract,
            "verdicts": [verdict.as_dict() for verdict in self.verdicts],
            "summary": {**summary, "skipped": self.skipped},
        }


@dataclass(frozen=True)
class RuleList:
    """The rules of messages, and the kinds of change."""

    messages: Sequence[Rule]
    changes: Sequence[ChangeRule]

    def as_dict(self) -> list[dict[str, Any]]:
        """A row for each; ``kind`` is ``violation``, ``note`` or ``change``."""
        rows: list[dict[str, Any]] = [
            {"rule": r.id, "kind": r.level, "authority": r.authority, "source": r.source, "requirement": r.requirement}
            for r in self.messages
        ]
        return rows + [{"rule": c.id, "kind": "change", "requirement": c.requirement} for c in self.changes]


@dataclass(slots=True)
class RoomResult:
    """One row of ``verify``'s table. ``kept`` and the others count tests; ``reasons`` say why one was not kept."""

    name: str
    kept: int = 0
    broken: int = 0
    unjudged: int = 0
    skipped: int = 0
    seconds: float = 0.0
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class FailedTest:
    """A test of the suite that was broken or unjudged, with the lines that say so."""

    name: str
    outcome: str
    text: str


@dataclass(slots=True)
class SuiteResult:
    """What one run of ``verify`` found.

    ``recordings``: lines on where they come from and which are out of date. ``errors``: why the run is not whole.
    """

    title: str = ""
    rooms: dict[str, RoomResult] = field(default_factory=dict)
    failed: list[FailedTest] = field(default_factory=list)
    recordings: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0
    is_defect: bool = False

    def group_failed(self) -> dict[tuple[str, str], list[str]]:
        """The names of the tests that failed for one cause: by outcome, and by what they say."""
        alike: dict[tuple[str, str], list[str]] = {}
        for test in self.failed:
            alike.setdefault((test.outcome, test.text), []).append(test.name)
        return alike

    @property
    def status(self) -> int:
        """The exit status: 1 broken, 2 something, or everything, was not judged, 0 kept; 3 the suite itself failed."""
        rooms = self.rooms.values()
        if self.is_defect:
            return 3
        if any(room.broken for room in rooms):
            return 1
        whole = any(room.kept for room in rooms) and not any(room.unjudged for room in rooms)
        return 0 if whole and not self.errors else 2

    @property
    def outcome(self) -> str:
        """The status as a word."""
        return ("kept", "broken", "not judged", "internal error")[self.status]

    def as_dict(self) -> dict[str, Any]:
        """The shape of services85-verify/1."""
        return {
            "schema": "services85-verify/1",
            "title": self.title,
            "outcome": self.outcome,
            "seconds": round(self.seconds, 1),
            "rooms": [
                {"room": r.name, "kept": r.kept, "broken": r.broken, "unjudged": r.unjudged, "skipped": r.skipped}
                | {"seconds": round(r.seconds, 2), "reasons": list(r.reasons)}
                for r in self.rooms.values()
            ],
            "failures": [{"test": f.name, "outcome": f.outcome, "text": f.text} for f in self.failed],
            "recordings": self.recordings,
        }
