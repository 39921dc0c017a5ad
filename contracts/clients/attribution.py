"""Which test sends what: the traffic of one process, judged, by the part of a test in which it began."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from ..contract import Contract
from ..model import Verdict
from .intercept import judge_calls
from .judging import TrafficJudge


@dataclass
class Phase:
    """The setup, the call or the teardown of a test, and what was judged in it."""

    where: str
    messages: int = 0
    blamed: list[Verdict] = field(default_factory=list)
    """The verdicts that are not kept."""
    is_open: bool = True


class Traffic:
    """Judges what is sent while a phase is open. A call belongs to the phase that is open when it begins, in whatever
    thread; one that ends after that is told at the end of the next phase, with where it was sent.

    ``excuse``: what makes of a verdict the one that a team's own waivers leave. To be closed.
    """

    def __init__(self, contract: Contract, excuse: Callable[[Verdict], Verdict], onsite: bool = False) -> None:
        self._contract, self._excuse, self._onsite = contract, excuse, onsite
        self._phase: Phase | None = None
        self._late: list[Verdict] = []
        self._stack = ExitStack()
        self._stack.enter_context(judge_calls(self._begin_call))

    def close(self) -> None:
        """Judges no more."""
        self._stack.close()

    def begin(self, where: str) -> None:
        """Opens a phase."""
        self._phase = Phase(where)

    def end(self) -> Phase:
        """Closes it: what was judged in it, and first what came late from an earlier one."""
        phase, self._phase = self._phase or Phase(""), None
        phase.is_open = False
        late, self._late = self._late, []
        phase.messages, phase.blamed = phase.messages + len(late), late + phase.blamed
        return phase

    def _begin_call(self) -> TrafficJudge | None:
        if (phase := self._phase) is None:
            return None
        return TrafficJudge(self._contract, lambda verdict: self._note(phase, verdict), self._onsite)

    def _note(self, phase: Phase, verdict: Verdict) -> None:
        verdict = replace(self._excuse(verdict), find_notes=None)  # they would keep the message in memory
        if phase.is_open:
            phase.messages += 1
            phase.blamed += [] if verdict.kept else [verdict]
        elif not verdict.kept:
            self._late.append(replace(verdict, file=f"{verdict.file}, sent in the {phase.where}"))
