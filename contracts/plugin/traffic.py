"""The traffic of other projects' tests: judged in the phase of the test in which it began, and blamed on that."""

from __future__ import annotations

import sys
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from ..model import ContractBroken, ContractsError, NotJudged, Verdict
from .options import load_contract, load_waivers
from .reports import COUNT

if TYPE_CHECKING:
    from ..clients.attribution import Traffic

_TRAFFIC = pytest.StashKey["Traffic"]()
_MOST_BLAMED = 10


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What keeps the traffic from being judged is said before the first test."""
    if any(map(_is_judged, items)):
        try:
            _open_traffic(config)
        except ContractsError as error:
            raise pytest.UsageError(f"services85: {error}") from None


def _is_judged(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("services85")
    if marker is not None:
        try:
            return _read_marker(*marker.args, **marker.kwargs)
        except TypeError as error:
            raise pytest.UsageError(f"{item.nodeid}: @pytest.mark.services85: {error}") from None
    return bool(item.config.getoption("--services85-judge") or item.config.getini("services85_judge"))


def _read_marker(judge: bool = True) -> bool:
    return judge


def _open_traffic(config: pytest.Config) -> Traffic:
    """What judges the traffic of all tests, from the first one on that wants it."""
    if _TRAFFIC not in config.stash:
        from ..clients.attribution import Traffic
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
            raise _blame(phase.blamed)


def _blame(verdicts: Sequence[Verdict]) -> ContractBroken | NotJudged:
    """The error of the first verdict, with the others as notes."""
    broken_first = sorted(verdicts, key=lambda verdict: verdict.outcome)
    errors = [ContractBroken(v) if v.violations else NotJudged(v) for v in broken_first]
    _, *others = dict.fromkeys(map(str, errors))
    for text in others[:_MOST_BLAMED]:
        errors[0].add_note(f"\n{text}")
    if len(others) > _MOST_BLAMED:
        errors[0].add_note(f"\n… {len(others) - _MOST_BLAMED} more")
    return errors[0]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, Any, Any]:
    __tracebackhide__ = True
    return (yield from _judge_phase(item, "setup"))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    __tracebackhide__ = True
    return (yield from _judge_phase(item, "call"))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    __tracebackhide__ = True
    return (yield from _judge_phase(item, "teardown"))
