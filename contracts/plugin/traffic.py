"""The traffic of other projects' tests: judged in the phase of the test in which it began, and blamed on that."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from ..model import ContractBroken, ContractsError, NotJudged, Verdict
from .options import load_contract, load_waivers
from .reports import COUNT

if TYPE_CHECKING:
    from ..clients.judging import TrafficJudge
    from ..contract import Contract

_TRAFFIC = pytest.StashKey["Traffic"]()
_MOST_BLAMED = 10


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
        from ..clients.intercept import judge_calls

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
        from ..clients.judging import TrafficJudge

        return TrafficJudge(self._contract, lambda verdict: self._note_verdict(phase, verdict), self._onsite)

    def _note_verdict(self, phase: Phase, verdict: Verdict) -> None:
        verdict = replace(self._excuse(verdict), find_notes=None)  # they would keep the message in memory
        if phase.is_open:
            phase.messages += 1
            phase.blamed += [] if verdict.kept else [verdict]
        elif not verdict.kept:
            self._late.append(replace(verdict, file=f"{verdict.file}, sent in the {phase.where}"))


def pytest_sessionstart(session: pytest.Session) -> None:
    """A worker of pytest-xdist cannot say what keeps the traffic from being judged: it is said before they start."""
    config = session.config
    if config.getoption("dist", "no") != "no" and not _is_worker(config) and _are_all_judged(config):
        with _refuse_to_start():
            load_contract(config)
            load_waivers(config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What keeps the traffic from being judged is said before the first test."""
    if _is_worker(config):
        return
    with _refuse_to_start():
        if [item for item in items if _is_judged(item)]:  # each is asked, as its marker may be misspelled
            _open_traffic(config)


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _are_all_judged(config: pytest.Config) -> bool:
    return bool(config.getoption("--services85-judge") or config.getini("services85_judge"))


@contextmanager
def _refuse_to_start() -> Iterator[None]:
    try:
        yield
    except (ContractsError, pytest.fail.Exception) as error:
        raise pytest.UsageError(f"services85: {error}") from None


def _is_judged(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("services85")
    if marker is None:
        return _are_all_judged(item.config)
    try:
        return _read_marker(*marker.args, **marker.kwargs)
    except TypeError as error:
        wrong = str(error).removeprefix("_read_marker() ")
    pytest.fail(f"{item.nodeid}: @pytest.mark.services85: {wrong}", pytrace=False)


def _read_marker(judge: bool = True) -> bool:
    """Called with what the marker was given: whatever else that is, Python refuses by name."""
    return judge


def _open_traffic(config: pytest.Config) -> Traffic:
    """What judges the traffic of all tests, from the first one on that wants it."""
    if _TRAFFIC not in config.stash:
        from ..files.pyproject import choose_onsite

        config.stash[_TRAFFIC] = Traffic(load_contract(config), load_waivers(config), choose_onsite(False))
        config.add_cleanup(config.stash[_TRAFFIC].close)
    return config.stash[_TRAFFIC]


def _judge_phase(item: pytest.Item, when: str) -> Generator[None, Any, Any]:
    """Judges what is sent in a phase of a test, and fails that if it breaks the contract, whatever else it fails by."""
    __tracebackhide__ = True
    if not _is_judged(item):
        return (yield)
    traffic = _open_traffic(item.config)
    traffic.begin(f"{when} of {item.nodeid}")
    try:
        return (yield)
    finally:
        phase = traffic.end()
        item.stash[COUNT] = item.stash.get(COUNT, 0) + phase.messages
        if phase.blamed and not isinstance(sys.exception(), KeyboardInterrupt | pytest.exit.Exception):
            raise _make_error(phase.blamed)


def _make_error(verdicts: Sequence[Verdict]) -> ContractBroken | NotJudged:
    """The error of the first verdict, with the others as notes."""
    broken_first = sorted(verdicts, key=lambda verdict: verdict.outcome)
    errors = [ContractBroken(v) if v.violations else NotJudged(v) for v in broken_first]
    _, *others = dict.fromkeys(map(str, errors))
    for text in others[:_MOST_BLAMED]:
        errors[0].add_note(f"\n{text}")
    if len(others) > _MOST_BLAMED:
        errors[0].add_note(f"\n… {len(others) - _MOST_BLAMED} more")
    return errors[0]


def _judge_in(when: str) -> Any:
    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def judge_phase(item: pytest.Item) -> Generator[None, Any, Any]:
        __tracebackhide__ = True
        return (yield from _judge_phase(item, when))

    return judge_phase


pytest_runtest_setup, pytest_runtest_call, pytest_runtest_teardown = map(_judge_in, ("setup", "call", "teardown"))
