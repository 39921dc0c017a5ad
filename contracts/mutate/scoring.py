"""The score: how many mutants the suite catches, operator by operator.

A mutant is caught when the judge calls it broken. One that is no break (`Mutant.equivalent` says why) has to be kept: a
verdict against it is a false alarm, as is one against an original. A mutant of a WSDL is caught when `upgrade.compare`
reports a change, when a sample of the original contract breaks the mutated one, or when it cannot be read any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile, is_zipfile

from ..contract import Contract
from ..generate.sample import sample
from ..model import ContractsError, Direction, Http, Message
from ..wsdl.document import parse_wsdl
from ..wsdl.service import Service
from ..wsdl.services import Target
from .mutants import OPERATORS, Mutant, mutants
from .operators.base import Operator
from .operators.wsdl import OPERATORS as WSDL_OPERATORS
from .operators.wsdl import Wsdl, WsdlOperator
from .originals import Original, original

DIRECTIONS: tuple[Direction, ...] = ("request", "response")


@dataclass(frozen=True, slots=True)
class Case:
    """A mutant that was judged otherwise than it should be: which, and what was found."""

    operator: str
    message: str
    place: str
    found: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {"operator": self.operator, "message": self.message, "place": self.place, "found": list(self.found)}


@dataclass
class Row:
    """What became of one operator's mutants. ``cascades``: those caught with more than one violation."""

    operator: str
    targets: tuple[str, ...]
    description: str
    source: str
    mutants: int = 0
    caught: int = 0
    survived: int = 0
    equivalent: int = 0
    false_alarms: int = 0
    cascades: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {
            "operator": self.operator,
            "targets": list(self.targets),
            "description": self.description,
            "source": self.source,
            "mutants": self.mutants,
            "caught": self.caught,
            "survived": self.survived,
            "equivalent": self.equivalent,
            "false_alarms": self.false_alarms,
            "cascades": self.cascades,
            "reasons": self.reasons,
        }


@dataclass
class Score:
    """The rows by operator id, and each case that went wrong."""

    contract: str
    operations: int = 0
    originals: int = 0
    rows: dict[str, Row] = field(default_factory=dict)
    survivors: list[Case] = field(default_factory=list)
    false_alarms: list[Case] = field(default_factory=list)
    cascades: list[Case] = field(default_factory=list)
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

    def row(self, operator: Operator | WsdlOperator) -> Row:
        if operator.id not in self.rows:
            self.rows[operator.id] = Row(operator.id, operator.targets, operator.description, operator.source)
        return self.rows[operator.id]

    def as_dict(self) -> dict[str, Any]:
        return {
            "schema": "services85-score/1",
            "contract": self.contract,
            "operators": [row.as_dict() for row in self.rows.values()],
            "survivors": [c.as_dict() for c in self.survivors],
            "false_alarms": [c.as_dict() for c in self.false_alarms],
            "cascades": [c.as_dict() for c in self.cascades],
            "skipped": self.skipped,
            "summary": {
                "operations": self.operations,
                "originals": self.originals,
                "mutants": self.total("mutants"),
                "caught": self.total("caught"),
                "survived": self.total("survived"),
                "equivalent": self.total("equivalent"),
                "false_alarms": len(self.false_alarms),
                "cascades": self.total("cascades"),
                "percent": round(self.percent, 2),
            },
        }


def originals(targets: Iterable[Target]) -> Iterator[Original]:
    """The messages that mutants are made of: of each operation a full and a minimal request and response."""
    for service, operation in targets:
        for direction in DIRECTIONS:
            full = original(service, operation, direction)
            minimal = original(service, operation, direction, minimal=True)
            if full is not None:
                yield full
            if minimal is not None and (full is None or minimal.data != full.data):
                yield minimal


def score(
    contract: Contract,
    labels: Sequence[str] = (),
    *,
    operators: Sequence[Operator] = OPERATORS,
    wsdl_operators: Sequence[WsdlOperator] = WSDL_OPERATORS,
    progress: Callable[[str], object] | None = None,
) -> Score:
    """Judges the mutants of the named operations (``Batch.StopBatchJob``; default: all) and of their WSDLs.

    ``progress`` is called with the label of each operation as its turn comes. Raises ContractsError for a label that
    the contract does not have.
    """
    targets = [contract.operation(label) for label in labels] if labels else list(contract.targets())
    result = Score(contract.name, operations=len(targets))
    for target in targets:
        if progress is not None:
            progress(target[1].label)
        for first in originals([target]):
            _messages(contract, first, operators, result)
    if wsdl_operators:
        for service in dict.fromkeys(s for s, _ in targets):
            if progress is not None:
                progress(f"{service.agent} WSDL")
            _wsdl(service, wsdl_operators, result)
    return result


def judged(contract: Contract, first: Original, http: Http, data: bytes) -> tuple[str, tuple[str, ...]]:
    """The outcome, and each violation (or the reason, where it was not judged)."""
    message = Message(data, direction=first.direction, http=http)
    verdict = contract.judge(message, operation=f"{first.service.version}/{first.operation.label}")
    found = tuple(f"{v.path}: {v.rule}" for v in verdict.violations)
    return verdict.outcome, found or ((verdict.reason,) if verdict.reason else ())


def _messages(contract: Contract, first: Original, operators: Sequence[Operator], result: Score) -> None:
    result.originals += 1
    outcome, found = judged(contract, first, first.http, first.data)
    if outcome != "kept":
        result.false_alarms.append(Case("original", first.label, "/", found))
        return
    for mutant in mutants(first, operators):
        outcome, found = judged(contract, first, mutant.http, mutant.data)
        _count(result, mutant, outcome, found)


def _count(result: Score, mutant: Mutant, outcome: str, found: tuple[str, ...]) -> None:
    row = result.row(mutant.operator)
    row.mutants += 1
    case = Case(mutant.operator.id, mutant.original.label, mutant.place, found)
    if mutant.equivalent is not None:
        _equivalent(result, row, mutant.equivalent, case, kept=outcome == "kept")
    elif outcome == "broken":
        row.caught += 1
        if len(found) > 1:
            row.cascades += 1
            result.cascades.append(case)
    else:
        row.survived += 1
        result.survivors.append(case)


def _equivalent(result: Score, row: Row, reason: str, case: Case, *, kept: bool) -> None:
    row.equivalent += 1
    row.reasons[reason] = row.reasons.get(reason, 0) + 1
    if not kept:
        row.false_alarms += 1
        result.false_alarms.append(case)


# --- WSDLs ------------------------------------------------------------------------------------------------------------


def wsdl_bytes(service: Service) -> bytes | None:
    """The WSDL that a service was read from: a file, or a member of a zip; None where it came from elsewhere."""
    path = Path(service.source)
    if path.is_file():
        return path.read_bytes()
    for parent in path.parents:
        if parent.is_file() and is_zipfile(parent):
            wanted = path.relative_to(parent).as_posix()
            with ZipFile(parent) as archive:
                for name in archive.namelist():
                    if name.replace("\\", "/") == wanted:
                        return archive.read(name)
    return None


def _wsdl(service: Service, operators: Sequence[WsdlOperator], result: Score) -> None:
    data = wsdl_bytes(service)
    if data is None or _parsed(service, data) is None:
        result.skipped.append(f"{service.source}: the WSDL itself is not at hand, or imports others: not mutated")
        return
    document = Wsdl(service, data)
    for operator in operators:
        row = result.row(operator)
        for change in operator.apply(document):
            row.mutants += 1
            found = _noticed(service, change.data or b"")
            case = Case(operator.id, f"{service.agent} WSDL", change.place, found)
            if change.equivalent is not None:
                _equivalent(result, row, change.equivalent, case, kept=not found)
            elif found:
                row.caught += 1
            else:
                row.survived += 1
                result.survivors.append(case)


def _parsed(service: Service, data: bytes) -> Service | None:
    """The same agent's service of another edition of its WSDL; None where it is not there or cannot be read."""
    try:
        found = parse_wsdl(data, service.source, any_binding=True)
        return next((s for s in found if s.agent == service.agent), None)
    except ContractsError:
        return None


def _noticed(service: Service, data: bytes) -> tuple[str, ...]:
    """What is reported of a change of the WSDL; a change that is safe for every caller counts for equivalents not."""
    from ..diff.compare import compare

    new = _parsed(service, data)
    if new is None:
        return ("the WSDL cannot be read any more",)
    try:
        changes = compare([service], [replace(new, version=service.version)])
        found = tuple(f"{c.path}: {c.rule}" for c in changes if c.rule not in _NO_CHANGE)
        return found or tuple(_broken_samples(service, new))
    except ContractsError as error:
        return (str(error),)


_NO_CHANGE = ("address-changed", "documentation-changed")


def _broken_samples(service: Service, new: Service) -> Iterator[str]:
    """The full messages of the old contract that break the new one."""
    contract = Contract([new])
    for operation in service.operations.values():
        for direction in DIRECTIONS:
            if operation.part(direction) is None or operation.name not in new.operations:
                continue
            data = sample(service, operation, direction, form="full")
            verdict = contract.judge(Message(data, direction=direction), operation=operation.label)
            yield from (f"{operation.label} {direction}: {v.rule}" for v in verdict.violations)
