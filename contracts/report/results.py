"""What a command found, as its renderers get it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, get_args

from ..messages import Skipped
from ..model import Finding, Verdict
from ..model.verdict_text import name_place
from .grouping import Group, group_alike
from .spool import Spool

if TYPE_CHECKING:
    from ..diff.change_rule import ChangeRule
    from ..rules.case import Rule

SuiteOutcome = Literal["kept", "broken", "unjudged", "skipped"]
OUTCOMES: tuple[SuiteOutcome, ...] = get_args(SuiteOutcome)


@dataclass(frozen=True)
class CheckResult:
    """The verdicts of one run of ``check``, in the order of its files, and the parts that hold no message.

    ``unlisted``: how many more there were, by outcome or ``skipped``, where a long run does not keep them all.
    """

    contract: str
    verdicts: Sequence[Verdict] | Spool[Verdict]
    skipped: Sequence[Skipped] | Spool[Skipped]
    verbose: bool = False
    show_all: bool = False
    unlisted: Counter[str] = field(default_factory=Counter)

    def group_causes(self) -> Iterator[Group]:
        """What is broken, by what a mending would mend at once: operations with a finding that their messages share."""
        return group_alike(
            ((verdict.label, found.rule, found.path, found.expected, found.found), (verdict.label, found), place)
            for verdict in self.verdicts
            for found in verdict.violations
            for place in [name_place(verdict, f":{found.line}" if found.line else "")]
        )

    def group_reasons(self) -> Iterator[Group]:
        """Why messages were not judged."""
        unjudged = (verdict for verdict in self.verdicts if verdict.outcome == "unjudged")
        return group_alike(((v.reason or "",), v.reason or "", name_place(v)) for v in unjudged)

    @cached_property
    def counts(self) -> Counter[str]:
        """How many messages had which outcome, or were ``skipped``."""
        listed = Counter(verdict.outcome for verdict in self.verdicts) + Counter(skipped=len(self.skipped))
        return listed + self.unlisted

    @property
    def summary(self) -> dict[str, int]:
        """The same, each of the four in the order that people read."""
        return {outcome: self.counts[outcome] for outcome in OUTCOMES}

    @cached_property
    def first_unjudged(self) -> Verdict | None:
        """Which a line on standard error names, as why the exit status is 2."""
        return next((verdict for verdict in self.verdicts if verdict.outcome == "unjudged"), None)

    @property
    def judged(self) -> int:
        """How many messages have a verdict."""
        return self.counts.total() - self.counts["skipped"]

    def as_dict(self) -> dict[str, Any]:
        """The shape of services85-check/1."""
        return {
            "schema": "services85-check/1",
            "contract": self.contract,
            "verdicts": Rows(Verdict.as_dict, self.verdicts),
            "skipped": Rows(asdict, self.skipped),
            "summary": self.summary,
        }


class Rows(list[Any]):
    """A list for JSON whose rows are made one by one as they are written, each time anew."""

    def __init__(self, make: Callable[[Any], Any], items: Sequence[Any] | Spool[Any]) -> None:
        super().__init__()
        self._make, self._items = make, items

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Any]:
        return map(self._make, self._items)


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


_OPERATION = re.compile(r"(?:Services\d+/)?\w+\.\w+")


@dataclass(frozen=True, slots=True)
class SuiteTest:
    """One test of the suite: its outcome, and why it is not ``kept``.

    ``name``: pytest's (``test_reading[Batch.GetBatchTaskInfo]``). ``asks``: what has to be so, as a sentence.
    ``findings``: the violations that made it fail, where it was a message that did; ``operation`` is whose it was,
    ``remark`` what belongs to it beside them, such as the message. ``text`` is all of that as the test said it.
    """

    room: str
    name: str
    outcome: SuiteOutcome
    seconds: float
    text: str = ""
    asks: str = ""
    operation: str = ""
    findings: tuple[Finding, ...] = ()
    remark: str = ""

    @property
    def label(self) -> str:
        """Whose message it was; where that is not known, what was tried."""
        words, _, of = self.name.removeprefix("test_").removesuffix("]").partition("[")
        if self.operation or _OPERATION.fullmatch(of):
            return self.operation or of
        return words.replace("_", " ") + (f": {of}" if of else "")

    @property
    def tried(self) -> tuple[str, ...]:
        """Whose message it was, and what was tried with it."""
        words = self.name.removeprefix("test_").partition("[")[0].replace("_", " ")
        return (self.label,) if self.label.startswith(words) else (self.label, words)

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids of the rules that speak, each once."""
        return tuple(dict.fromkeys(finding.rule for finding in self.findings))


@dataclass(frozen=True, slots=True)
class SuiteCause:
    """Tests that ended alike: by the same rules, or with the same words."""

    tests: Sequence[SuiteTest]

    @property
    def outcome(self) -> SuiteOutcome:
        return self.tests[0].outcome

    @property
    def heading(self) -> str:
        """``Batch.GetBatchTaskInfo and 12 more: http-empty``."""
        first, *others = dict.fromkeys(test.label for test in self.tests)
        more = f" and {len(others)} more" if others else ""
        return f"{first}{more}" + (f": {', '.join(rules)}" if (rules := self.tests[0].rules) else "")

    @property
    def quoted(self) -> str:
        """What the first test says beside its findings."""
        first = self.tests[0]
        return first.remark if first.findings else first.text if first.text != first.asks else ""

    @property
    def members(self) -> list[str]:
        """A line for each test, with what was tried and the places of its findings."""
        places = [", ".join(dict.fromkeys(finding.path for finding in test.findings)) for test in self.tests]
        rows = [(test.room, *test.tried, place) for test, place in zip(self.tests, places, strict=True)]
        return [": ".join(filter(None, row)) for row in rows]


@dataclass(slots=True)
class SuiteResult:
    """What one run of ``verify`` found.

    ``facts``: when it ran, by which version and contract, against whom.
    ``recordings``: lines on where they come from and which are out of date. ``errors``: why it is not whole, each once.
    """

    title: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    tests: list[SuiteTest] = field(default_factory=list)
    recordings: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0
    is_defect: bool = False

    @property
    def rooms(self) -> dict[str, list[SuiteTest]]:
        """The tests by their room, in the order in which the rooms ran."""
        found: dict[str, list[SuiteTest]] = {}
        for test in self.tests:
            found.setdefault(test.room, []).append(test)
        return found

    @property
    def status(self) -> int:
        """The exit status: 1 broken, 2 something, or everything, was not judged, 0 kept; 3 the suite itself failed."""
        counts = count_outcomes(self.tests)
        if self.is_defect:
            return 3
        if counts["broken"]:
            return 1
        return 0 if counts["kept"] and not counts["unjudged"] and not self.errors else 2

    @property
    def outcome(self) -> str:
        """The status as a word."""
        return ("kept", "broken", "not judged", "internal error")[self.status]

    def list_causes(self) -> list[SuiteCause]:
        """What broke the contract, then what could not be judged; what has one cause once."""
        alike: dict[tuple[object, ...], list[SuiteTest]] = {}
        for test in sorted(self.tests, key=lambda test: test.outcome):
            if test.outcome in ("broken", "unjudged"):
                said = (test.room, *test.rules) if test.findings else (test.text,)
                alike.setdefault((test.outcome, *said), []).append(test)
        return [SuiteCause(tests) for tests in alike.values()]

    def list_skips(self) -> list[str]:
        """``values: no operation has a value of the type guid (4 tests)``: each reason once a room."""
        counts = Counter((test.room, test.text) for test in self.tests if test.outcome == "skipped")
        return [f"{room}: {text}" + (f" ({n} tests)" if n > 1 else "") for (room, text), n in counts.items()]

    def as_dict(self) -> dict[str, Any]:
        """The shape of services85-verify/1."""
        failed = [test for cause in self.list_causes() for test in cause.tests]
        return {
            "schema": "services85-verify/1",
            "title": self.title,
            "facts": self.facts,
            "outcome": self.outcome,
            "seconds": round(self.seconds, 1),
            "rooms": [{"room": room, **_summarize_room(tests)} for room, tests in self.rooms.items()],
            "failures": [_describe_failure(test) for test in failed],
            "errors": self.errors,
            "recordings": self.recordings,
        }


def count_outcomes(tests: Iterable[SuiteTest]) -> dict[str, int]:
    """How many tests had which outcome, in the order of the table."""
    counts = Counter(test.outcome for test in tests)
    return {outcome: counts[outcome] for outcome in OUTCOMES}


def list_reasons(tests: Iterable[SuiteTest]) -> Counter[str]:
    """Why tests were skipped or not judged, with how many each."""
    return Counter(test.text for test in tests if test.outcome in ("skipped", "unjudged"))


def _describe_failure(test: SuiteTest) -> dict[str, Any]:
    return {
        "test": test.name,
        "room": test.room,
        "outcome": test.outcome,
        "asks": test.asks,
        "operation": test.operation or None,
        "violations": [finding.as_dict() for finding in test.findings],
        "text": test.text,
    }


def _summarize_room(tests: Sequence[SuiteTest]) -> dict[str, Any]:
    seconds = round(sum(test.seconds for test in tests), 2)
    return {**count_outcomes(tests), "seconds": seconds, "reasons": list(list_reasons(tests))}
