"""What a comparison found, and what of it is used: what every report shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ..model import SEVERITIES, Change, Severity, find_worst
from ..model.wording import count_noun
from .change_rules import CHANGE_RULES
from .move import Move

NamedIn = Literal["list", "source code"]

_NOT_COVERED: dict[NamedIn, str] = {
    "list": "it says no values and no members of answers: all members of their types count as used",
    "source code": (
        "weaker evidence: a name may be that of something else, and a call by a name that is put together is missed;"
        " it says no values: of members and values that go those that it names count (all of a type of which it names"
        " none), and any other change in what its operations send and read"
    ),
}


@dataclass(frozen=True, slots=True)
class Naming:
    """A place that names an operation (``label``) or a member: weaker evidence, as it does not say what is sent."""

    label: str
    file: str
    line: int
    where: NamedIn


@dataclass(frozen=True, slots=True)
class Evidence:
    """What tells what is used: its kind, how much of it there is, and what it does not cover ("": nothing)."""

    kind: Literal["recorded messages", NamedIn]
    text: str
    not_covered: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """How a change meets what is used: its severity for that, and the messages that hold it as (file, part).

    ``unseen``: operations of which requests were recorded and no answer, so that any answer counts. ``named``: where
    an operation is named that the change reaches.
    """

    severity: Severity
    messages: tuple[tuple[str, str], ...]
    unseen: tuple[str, ...] = ()
    named: tuple[Naming, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """What is used, by the index of the change: of how many recorded messages, and of which places with names.

    ``unplaced`` messages are of no operation of the old side. ``remarks``: what is to be said of some files (``{}`` is
    how many), and those.
    """

    uses: Mapping[int, Use]
    messages: int
    operations: tuple[str, ...]
    unplaced: tuple[tuple[str, str], ...] = ()
    named: tuple[Naming, ...] = ()
    remarks: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def evidence(self) -> list[Evidence]:
        """The kinds of evidence that there are, the strongest first."""
        found: list[Evidence] = []
        if self.messages or not self.named:
            found.append(Evidence("recorded messages", count_noun(self.messages, "recorded message")))
        if listed := {one.label for one in self.named if one.where == "list"}:
            found.append(Evidence("list", f"a list of {count_noun(len(listed), 'operation')}", _NOT_COVERED["list"]))
        if files := {one.file for one in self.named if one.where == "source code"}:
            text = f"named in source code, {count_noun(len(files), 'file')}"
            found.append(Evidence("source code", text, _NOT_COVERED["source code"]))
        return found


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two sides, as they were named; ``usage`` is None where nothing recorded was given.

    ``waived`` are further changes, with the ids of the waivers that excuse them; of ``left_out`` more nothing is shown,
    as was asked. ``show_all``: each change on its own, however many there are.
    """

    old: str
    new: str
    changes: tuple[Change, ...]
    usage: Usage | None = None
    waived: Mapping[Change, str] = field(default_factory=dict)
    move: Move | None = None
    left_out: int = 0
    show_all: bool = False

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
        return find_worst(found.severity for found in (self.usage.uses.values() if self.usage else self.changes))

    def as_dict(self) -> dict[str, Any]:
        """The shape of services85-diff/1; with evidence of use each change says where it is ``used``."""
        return {
            "schema": "services85-diff/1",
            "old": self.old,
            "new": self.new,
            "changes": [self._shape_change(i, change) for i, change in enumerate(self.changes)],
            **(
                {"tolerated": [{**_describe_change(c), "waiver": id} for c, id in self.waived.items()]}
                if self.waived
                else {}
            ),
            "summary": {
                **self.counts,
                "operations": self.operations,
                "used": len(self.usage.uses) if self.usage else None,
            },
            **({"evidence": [asdict(one) for one in self.usage.evidence]} if self.usage else {}),
        }

    def _shape_change(self, index: int, change: Change) -> dict[str, Any]:
        shape = _describe_change(change)
        if self.usage is not None:
            use = self.used(index)
            shape["used"] = use and {
                "severity": use.severity,
                "messages": [{"file": file, "part": part} for file, part in use.messages],
                **({"unseen": list(use.unseen)} if use.unseen else {}),
                **({"named": [asdict(one) for one in use.named]} if use.named else {}),
            }
        return shape


def _describe_change(change: Change) -> dict[str, Any]:
    return {**change.as_dict(), "do": CHANGE_RULES[change.rule].hint}
