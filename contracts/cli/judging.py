"""How `check` and `watch` judge what they read, and what their runs end in."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from ..contract import Contract
from ..files.limits import NOT_READ
from ..files.opening import suggest_path
from ..messages import Skipped, belongs_to
from ..model import ContractsError, Direction, Message, Verdict
from ..model.verdict_text import name_place
from ..model.wording import describe_defect
from ..report.results import CheckResult
from . import options

Result = Verdict | Skipped


@dataclass(frozen=True, slots=True)
class Judging:
    """What every message is judged by, beside the contract; ``with_notes``: notes are wanted."""

    operation: str | None = None
    direction: Direction | None = None
    onsite: bool = False
    with_notes: bool = False


@dataclass(eq=False)
class Defect(Verdict):
    """No verdict, as the suite itself failed; ``trace`` says where."""

    trace: Final[str] = ""


def judge_found(contract: Contract, found: Message | Skipped, judging: Judging) -> Result:
    """The verdict on what was read, which holds no tree any more; Skipped where it is no message of the contract."""
    if isinstance(found, Skipped):
        return found
    if found.mixed and not belongs_to(contract.services, found):
        return Skipped(found.file, found.part, "of another service")
    if judging.direction and found.direction not in (None, judging.direction):
        return Skipped(found.file, found.part, f"no {judging.direction}")
    return _judge_message(contract, found, judging)


def _judge_message(contract: Contract, message: Message, judging: Judging) -> Verdict:
    if judging.direction:
        message = replace(message, direction=judging.direction)
    try:
        verdict = contract.judge(message, operation=judging.operation, onsite=judging.onsite)
        notes = verdict.notes if judging.with_notes else ()
    except ContractsError:
        raise
    except Exception as error:
        return unjudge_defect(error, message.file, message.part)
    # What finds the notes later would keep the whole message in memory, and cannot go to another process.
    return replace(verdict, find_notes=partial(tuple, notes) if notes else None)


def unjudge_defect(error: Exception, file: str, part: str) -> Defect:
    """A defect of ours is said as one; the other messages are judged."""
    import traceback

    trace = traceback.format_exc()
    return Defect("unjudged", None, reason=describe_defect(error), file=file, part=part, trace=trace)


def remark_source(contract: Contract) -> None:
    """Says on standard error what of the contract's source is not used, or there more than once."""
    for each in _list_remarks(contract):
        options.remark(each)


def _list_remarks(contract: Contract) -> Iterator[str]:
    for problem in contract.problems[:5]:
        yield f"not used: {problem.reason}"
    if len(contract.problems) > 5:
        yield f"and {len(contract.problems) - 5} more files that are not used"
    twice = [service for service in contract.services if service.also_in]
    if twice:
        first = twice[0]
        more = f" (and {len(twice) - 1} more agents so)" if len(twice) > 1 else ""
        yield f"{first.source} and {', '.join(first.also_in)} say the same of {first.version}/{first.agent}{more}"


def conclude_run(result: CheckResult) -> int:
    """The exit status of a run; a line on standard error where it is 2, and where the suite itself failed."""
    if defect := next((verdict for verdict in result.verdicts if isinstance(verdict, Defect)), None):
        options.remark(defect.reason or "")
        if result.verbose:
            print(defect.trace, file=sys.stderr)
        return options.DEFECT
    if not result.judged:
        skipped = result.counts["skipped"]
        options.remark("nothing found to judge" + (f" ({skipped} without a SOAP message)" if skipped else ""))
        return 2
    if first := result.first_unjudged:
        hint = suggest_path(first.file) if (first.reason or "").startswith(NOT_READ) else ""
        more = f" (and {result.counts['unjudged'] - 1} more)" if result.counts["unjudged"] > 1 else ""
        options.remark(f"could not be judged: {name_place(first)}: {first.reason}{hint}{more}")
    if result.counts["broken"]:
        return 1
    return 2 if result.counts["unjudged"] else 0
