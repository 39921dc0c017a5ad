"""What pytest reports of a test that judged messages: rule and place first, and what could not be judged as such."""

from __future__ import annotations

import sysconfig
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from ..model import ContractBroken, ContractsError, NotJudged, Verdict
from ..model.wording import count_noun
from .options import PACKAGE

_LIBRARIES = [Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib", "purelib", "platlib")]
_PASSED_THROUGH = (PACKAGE / "clients", PACKAGE / "plugin" / "traffic.py")
_PROVENANCE = pytest.StashKey[list[str]]()
COUNT = pytest.StashKey[int]()
"""How many messages a test exchanged so far."""
_JUDGED = "services85_judged"


def read_judged(report: pytest.TestReport) -> dict[str, Any]:
    """What a phase of a test says of messages, as plain data: pytest-xdist sends reports from process to process.

    ``messages``: how many the test exchanged, if they were judged. ``unjudged``: why it could not judge; ``is_defect``:
    that is one of ours. Of a message that made it fail ``operation``, ``violations`` (as in services85-check/1),
    ``remark``.
    """
    found: dict[str, Any] = getattr(report, _JUDGED, {})
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Marks what could not be judged (an unreachable tenant, an unreadable contract): no breach, and no success.

    So is a defect of ours: an error out of this package, or a library that it asked, that says nothing of a contract.
    """
    report = yield
    found: dict[str, Any] = {}
    if report.when == "teardown" and COUNT in item.stash:
        found = {"messages": item.stash[COUNT]}
    if call.excinfo is not None and report.failed:
        _hide_inner_values(report.longrepr)
        from ..model.wording import describe_defect

        error = call.excinfo.value
        if isinstance(error, ContractBroken | NotJudged):
            _tidy_report(report.longrepr, item, error)
        if isinstance(error, ContractsError):
            found |= {"unjudged": str(error)}
        elif isinstance(error, Exception) and not isinstance(error, AssertionError) and _is_defect(call.excinfo):
            found |= {"unjudged": describe_defect(error), "is_defect": True}
        elif isinstance(verdict := getattr(error, "verdict", None), Verdict):
            violations = [finding.as_dict() for finding in verdict.violations]
            found |= {"operation": verdict.label, "violations": violations, "remark": getattr(error, "remark", "")}
    setattr(report, _JUDGED, found)
    return report


def _hide_inner_values(longrepr: Any) -> None:
    """From the first frame in this package on no values are shown (``-l``, ``-vv``): any of them may be a ticket."""
    for trace, _, _ in getattr(longrepr, "chain", ()):
        inside = False
        for entry in trace.reprentries:
            place = getattr(entry, "reprfileloc", None)
            inside = inside or (place is not None and _is_ours(Path(place.path)))
            if inside:
                entry.reprlocals = entry.reprfuncargs = None


def _tidy_report(longrepr: Any, item: pytest.Item, error: Exception) -> None:
    """A failure by a message begins with rule and place; what the test itself failed by comes after one by traffic.

    That has no frame of its own, which pytest would say: it is laid at its test.
    """
    trace, crash = getattr(longrepr, "reprtraceback", None), getattr(longrepr, "reprcrash", None)
    if trace is None or crash is None:
        return
    name = f"{type(error).__module__}.{type(error).__qualname__}: "
    crash.message = crash.message.removeprefix(name)
    for entry in trace.reprentries:
        entry.lines = [line.replace(name, "") if line.startswith("E ") else line for line in entry.lines]
    if trace.extraline:
        trace.extraline = None
        crash.path, crash.lineno = str(item.path), (item.location[1] or 0) + 1
        *before, (_, _, _) = chain = longrepr.chain
        if before:
            before[-1] = (before[-1][0], crash, None)  # pytest-xdist takes the last one's for the whole
            chain[:] = [(trace, crash, "The test itself failed by this:"), *before]


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """What could not be judged is an error of the run, not a failure of what was tested."""
    return ("error", "E", "UNJUDGED") if "unjudged" in read_judged(report) else None


def _is_defect(raised: pytest.ExceptionInfo[BaseException]) -> bool:
    """Whether the last code that is no library's is ours.

    What a library says by way of a client, or pytest by way of a phase that is judged, is to whoever asked it.
    """
    by_library = False
    for entry in reversed(raised.traceback):
        file = Path(entry.path).resolve()
        if _is_ours(file):
            if not by_library or not any(map(file.is_relative_to, _PASSED_THROUGH)):
                return True
        elif file.is_file() and not any(map(file.is_relative_to, _LIBRARIES)):  # Cython's files are not there
            return False
        by_library = True
    return False


def _is_ours(file: Path) -> bool:
    file = file.resolve()
    return file.is_relative_to(PACKAGE) and not file.is_relative_to(PACKAGE / "suite")


def provenance_lines(config: pytest.Config) -> list[str]:
    """Lines on where the recordings come from and which are out of date, in the order they were used."""
    return config.stash.setdefault(_PROVENANCE, [])


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    judged = [read_judged(report) for kind in terminalreporter.stats.values() for report in kind]
    if counts := [found["messages"] for found in judged if "messages" in found]:
        said = f"{count_noun(sum(counts), 'message')} judged, of {count_noun(len(counts), 'test')}"
        terminalreporter.write_line(f"services85: {said}")
    lines = list(dict.fromkeys(provenance_lines(config)))
    if lines:
        terminalreporter.section("recordings")
        for line in lines:
            terminalreporter.write_line(line)
