"""The score: how many mutants the suite catches, operator by operator.

A mutant is caught when the judge calls it broken. One that is no break (`Mutant.equivalent` says why) has to be kept: a
verdict against it is a false alarm, as is one against an original. A mutant of a WSDL is caught when `diff.compare`
reports a change, when a sample of the original contract breaks the mutated one, or when it cannot be read any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ..contract import Contract
from ..generate.sample import make_sample
from ..model import DIRECTIONS, ContractsError, Direction, Http, Message, Operation, UnreadableContract
from ..wsdl.document import parse_wsdl
from ..wsdl.service import Service
from ..wsdl.services import Target
from ..xsd.trial import is_costly
from .drafts import Operator, Side
from .mutants import OPERATORS, WSDL_OPERATORS, make_mutants, make_wsdl_mutants
from .originals import Original, make_original
from .wsdl_editor import WsdlDocument, wsdl_bytes


@dataclass(frozen=True, slots=True)
class Misjudged:
    """A mutant that was judged otherwise than it should be: which, and what was found."""

    operator: str
    message: str
    place: str
    found: tuple[str, ...] = ()


@dataclass
class ScoreRow:
    """What became of one operator's mutants. ``cascades``: those caught with more than one violation."""

    operator: str
    targets: tuple[Side, ...]
    description: str
    source: str
    mutants: int = 0
    caught: int = 0
    survived: int = 0
    equivalent: int = 0
    false_alarms: int = 0
    cascades: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


@dataclass
class Score:
    """The rows by operator id, and each case that went wrong."""

    contract: str
    operations: int = 0
    originals: int = 0
    rows: dict[str, ScoreRow] = field(default_factory=dict)
    survivors: list[Misjudged] = field(default_factory=list)
    false_alarms: list[Misjudged] = field(default_factory=list)
    cascades: list[Misjudged] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether there is no survivor and no false alarm."""
        return not self.survivors and not self.false_alarms

    def total(self, name: str) -> int:
        """The sum of a column: ``mutants``, ``caught``, ``survived``, ``equivalent``, ``cascades``."""
        return sum(int(getattr(row, name)) for row in self.rows.values())

    @property
    def percent(self) -> float:
        """Caught mutants of those that are a break; 100 where there are none."""
        breaks = self.total("caught") + self.total("survived")
        return 100.0 * self.total("caught") / breaks if breaks else 100.0

    def row(self, operator: Operator[Any]) -> ScoreRow:
        """The operator's row, made where there is none yet."""
        new = ScoreRow(operator.id, operator.targets, operator.description, operator.source)
        return self.rows.setdefault(operator.id, new)

    def count(self, operator: Operator[Any], case: Misjudged, *, noticed: bool, harmless: str | None) -> None:
        """One more mutant: whether something was said against it, and why it is no break (None: it is one)."""
        row = self.row(operator)
        row.mutants += 1
        if harmless is not None:
            row.equivalent += 1
            row.reasons[harmless] = row.reasons.get(harmless, 0) + 1
            if noticed:
                row.false_alarms += 1
                self.false_alarms.append(case)
        elif noticed:
            row.caught += 1
        else:
            row.survived += 1
            self.survivors.append(case)

    def as_dict(self) -> dict[str, Any]:
        """The object that ``score --format json`` prints; ``operators`` and the three lists hold the fields above."""
        return {
            "schema": "services85-score/1",
            "contract": self.contract,
            "operators": [asdict(row) for row in self.rows.values()],
            "survivors": [asdict(case) for case in self.survivors],
            "false_alarms": [asdict(case) for case in self.false_alarms],
            "cascades": [asdict(case) for case in self.cascades],
            "skipped": self.skipped,
            "summary": {
                "operations": self.operations,
                "originals": self.originals,
                **{name: self.total(name) for name in ("mutants", "caught", "survived", "equivalent")},
                "false_alarms": len(self.false_alarms),  # those against originals too, which no row has
                "cascades": self.total("cascades"),
                "percent": round(self.percent, 2),
            },
        }


def make_originals(targets: Iterable[Target], skipped: list[str] | None = None) -> Iterator[Original]:
    """The messages that mutants are made of: of each operation a full and a minimal request and response.

    Those that cannot be made are added to ``skipped``, with the reason; without it, ContractsError is raised.
    """
    for service, operation in targets:
        for direction in DIRECTIONS:
            made: dict[bytes, Original] = {}  # the minimal one may be the same
            for minimal in (False, True):
                try:
                    if (found := make_original(service, operation, direction, minimal=minimal)) is not None:
                        made.setdefault(found.data, found)
                except UnreadableContract:
                    raise
                except ContractsError as error:
                    if skipped is None:
                        raise
                    skipped.append(str(error))
            yield from made.values()


def score(
    contract: Contract,
    labels: Sequence[str] = (),
    *,
    operators: Sequence[Operator[Original]] = OPERATORS,
    wsdl_operators: Sequence[Operator[WsdlDocument]] = WSDL_OPERATORS,
    progress: Callable[[str], object] | None = None,
) -> Score:
    """Judges the mutants of the named operations (``Batch.StopBatchJob``; default: all) and of their WSDLs.

    ``progress`` is called with the label of each operation as its turn comes. Raises ContractsError for a label that
    the contract does not have.
    """
    tell = progress or (lambda label: None)
    targets = [contract.operation(label) for label in labels] if labels else list(contract.targets())
    result = Score(contract.name, operations=len(targets))
    for target in targets:
        tell(target[1].label)
        for first in make_originals([target], result.skipped):
            _score_message(contract, first, operators, result)
    for service in dict.fromkeys(s for s, _ in targets) if wsdl_operators else ():
        tell(f"{service.agent} WSDL")
        _score_wsdl(service, wsdl_operators, result)
    return result


def judge_message(contract: Contract, first: Original, http: Http | None, data: bytes) -> tuple[str, tuple[str, ...]]:
    """The outcome, and each violation (or the reason, where it was not judged)."""
    message = Message(data, direction=first.direction, http=http)
    verdict = contract.judge(message, operation=f"{first.service.version}/{first.operation.label}")
    found = tuple(f"{v.path}: {v.rule}" for v in verdict.violations)
    return verdict.outcome, found or ((verdict.reason,) if verdict.reason else ())


def _score_message(contract: Contract, first: Original, operators: Sequence[Operator[Original]], result: Score) -> None:
    result.originals += 1
    outcome, found = judge_message(contract, first, first.http, first.data)
    if outcome != "kept":
        result.false_alarms.append(Misjudged("original", first.label, "/", found))
        return
    for mutant in make_mutants(first, operators):
        outcome, found = judge_message(contract, first, mutant.http, mutant.data)
        case = Misjudged(mutant.operator.id, first.label, mutant.place, found)
        # What could not be judged is no verdict against a break, and none in favour of what is none.
        noticed = outcome == "broken" if mutant.equivalent is None else outcome != "kept"
        result.count(mutant.operator, case, noticed=noticed, harmless=mutant.equivalent)
        if mutant.equivalent is None and noticed and len(found) > 1:
            result.row(mutant.operator).cascades += 1
            result.cascades.append(case)


# --- WSDLs ------------------------------------------------------------------------------------------------------------


def _score_wsdl(service: Service, operators: Sequence[Operator[WsdlDocument]], result: Score) -> None:
    if is_costly(service.schema.roots):
        result.skipped.append(f"{service.source}: its schemas take long to compile, each mutant anew: not mutated")
        return
    data = wsdl_bytes(service)
    samples = list(_make_samples(service, result.skipped))
    # Read again unchanged it must differ in nothing, or each mutant would be taken for caught.
    if data is None or _notice_change(service, data, samples):
        result.skipped.append(f"{service.source}: the WSDL itself is not at hand, or imports others: not mutated")
        return
    document = WsdlDocument(service, data)
    for operator in operators:
        result.row(operator)  # one without mutants is in the table too
        for mutant in make_wsdl_mutants(document, [operator]):
            found = _notice_change(service, mutant.data, samples)
            case = Misjudged(operator.id, f"{service.agent} WSDL", mutant.place, found)
            result.count(operator, case, noticed=bool(found), harmless=mutant.equivalent)


def _reread_service(service: Service, data: bytes) -> Service | None:
    """The same agent's service of another edition of its WSDL; None where it is not there or cannot be read."""
    try:
        found = parse_wsdl(data, service.source, any_binding=True)
    except ContractsError:
        return None
    return next((s for s in found if s.agent == service.agent), None)


_Samples = Sequence[tuple[Operation, Direction, bytes]]

_NO_CHANGE = ("address-changed", "documentation-changed")
"""Rules of `diff` that report what breaks no caller."""


def _notice_change(service: Service, data: bytes, samples: _Samples) -> tuple[str, ...]:
    """What tells that a WSDL was changed; empty where nothing does.

    First by `diff.compare`; where that is silent, by messages of the old contract that break the new one.
    """
    from ..diff.compare import compare

    new = _reread_service(service, data)
    if new is None:
        return ("the WSDL cannot be read any more",)
    try:
        changes = compare([service], [replace(new, version=service.version)])
        found = tuple(f"{c.path}: {c.rule}" for c in changes if c.rule not in _NO_CHANGE)
        return found or tuple(_judge_samples(new, samples))
    except ContractsError as error:
        return (str(error),)


def _make_samples(service: Service, skipped: list[str]) -> Iterator[tuple[Operation, Direction, bytes]]:
    """The full messages of a contract. Those that cannot be made are added to ``skipped``."""
    for operation in service.operations.values():
        for direction in DIRECTIONS:
            if operation.message(direction) is not None:
                try:
                    yield operation, direction, make_sample(service, operation, direction, form="full")
                except ContractsError as error:
                    skipped.append(f"not made: {error}")


def _judge_samples(new: Service, samples: _Samples) -> Iterator[str]:
    """The messages of the old contract that break the new one."""
    contract = Contract([new])
    for operation, direction, data in samples:
        if operation.name in new.operations:
            verdict = contract.judge(Message(data, direction=direction), operation=operation.label)
            yield from (f"{operation.label} {direction}: {v.rule}" for v in verdict.violations)
