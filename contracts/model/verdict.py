"""What a verdict holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, Final, Literal

from .declared import Direction
from .errors import ContractsError
from .verdict_text import describe_failure, describe_verdict

Authority = Literal["xsd", "wsdl", "documented", "soap", "wsi", "http", "wire"]
Outcome = Literal["kept", "broken", "unjudged"]


@dataclass(slots=True, unsafe_hash=True)
class Finding:
    """One thing a rule found. ``excuse`` is ``("deviation"|"waiver", id)`` where it is tolerated.

    ``usual``: the excuse holds on the wire too, and most messages have it, so that text leaves it out without -v.
    ``xml`` is the element it was found at. Its fields are Final as those of `Http`.
    """

    rule: Final[str]
    authority: Final[Authority]
    path: Final[str]
    line: Final[int | None]
    expected: Final[str]
    found: Final[str]
    why: Final[str]
    hint: Final[str]
    excuse: Final[tuple[str, str] | None] = None
    usual: Final[bool] = field(default=False, compare=False)
    xml: Final[str] = field(default="", compare=False)

    @property
    def is_waived(self) -> bool:
        """Whether a team's own waiver excuses it."""
        return self.excuse is not None and self.excuse[0] == "waiver"

    def as_dict(self) -> dict[str, Any]:
        shape: dict[str, Any] = {
            "rule": self.rule,
            "authority": self.authority,
            "path": self.path,
            "line": self.line,
            "expected": self.expected,
            "found": self.found,
            "why": self.why,
            "hint": self.hint,
        }
        if self.excuse:
            shape[self.excuse[0]] = self.excuse[1]
        return shape

    def __str__(self) -> str:
        return f"{self.path}: {self.rule}: expected {self.expected}, found {self.found} ({self.authority}: {self.why})"

    def with_excuse(self, kind: Literal["deviation", "waiver"], name: str, usual: bool = False) -> Finding:
        """The same, tolerated. Written out: nearly every message has one, and `replace` takes ten times as long."""
        said = self.rule, self.authority, self.path, self.line, self.expected, self.found, self.why, self.hint
        return Finding(*said, (kind, name), usual, self.xml)

    def with_texts(self, change: Callable[[str], str]) -> Finding:
        """The same, with another text in the place of each that may quote the message; without the element."""
        path, expected, found = map(change, (self.path, self.expected, self.found))
        return replace(self, path=path, expected=expected, found=found, xml="")


class ContractBroken(AssertionError):
    """A message breaks the contract; ``verdict`` says how."""

    __module__ = "contracts"  # where users know it from

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        super().__init__(describe_failure(verdict))


class NotJudged(ContractsError):
    """A message could not be judged; ``verdict`` says why."""

    __module__ = "contracts"

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        super().__init__(describe_failure(verdict))


@dataclass(eq=False)
class Verdict:
    """What was found about one message. ``operation`` is None where several share the message.

    ``notes`` are worked out when first asked for: they cost a walk over the whole message. Final as those of `Http`.
    """

    outcome: Final[Outcome]
    message: Final[Direction | None]
    version: Final[str | None] = None
    agent: Final[str | None] = None
    operation: Final[str | None] = None
    violations: Final[tuple[Finding, ...]] = ()
    tolerated: Final[tuple[Finding, ...]] = ()
    reason: Final[str | None] = None
    candidates: Final[tuple[str, ...]] = ()
    file: Final[str] = ""
    part: Final[str] = ""
    find_notes: Final[Callable[[], tuple[Finding, ...]] | None] = field(default=None, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        """To be pickled: with its notes, and without ``find_notes``, which holds the whole message."""
        return {**self.__dict__, "find_notes": partial(tuple, self.notes) if self.notes else None}

    @property
    def kept(self) -> bool:
        return self.outcome == "kept"

    @cached_property
    def notes(self) -> tuple[Finding, ...]:
        return self.find_notes() if self.find_notes else ()

    @property
    def label(self) -> str:
        """``Batch.StopBatchJob``, as far as it is known."""
        return ".".join(part for part in (self.agent, self.operation) if part) or "?"

    def with_texts(self, change: Callable[[str], str]) -> Verdict:
        """`Finding.with_texts` of its violations and its reason: all that is shown where a message is refused."""
        violations = tuple(finding.with_texts(change) for finding in self.violations)
        return replace(self, violations=violations, reason=self.reason and change(self.reason))

    def raise_if_broken(self) -> None:
        """Raises ContractBroken with the violations, or NotJudged with the reason."""
        __tracebackhide__ = True
        if self.outcome == "broken":
            raise ContractBroken(self)
        if self.outcome == "unjudged":
            raise NotJudged(self)

    def __str__(self) -> str:
        """What `check` prints of it."""
        return "\n".join(describe_verdict(self))

    def as_dict(self) -> dict[str, Any]:
        """The shape of one entry of ``verdicts`` in services85-check/1."""
        return {
            "file": self.file,
            "part": self.part,
            "message": self.message,
            "version": self.version,
            "agent": self.agent,
            "operation": self.operation,
            "verdict": self.outcome,
            "reason": self.reason,
            "candidates": list(self.candidates),
            "violations": [f.as_dict() for f in self.violations],
            "tolerated": [f.as_dict() for f in self.tolerated],
            "notes": [f.as_dict() for f in self.notes],
        }
