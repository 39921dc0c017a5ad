"""Runs the contract suite through pytest, in this process, and keeps what each of its tests found."""

from __future__ import annotations

import inspect
import os
import re
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from ..model import ContractsError, Finding
from ..plugin.reports import provenance_lines, read_judged
from ..report.results import SuiteOutcome, SuiteResult, SuiteTest
from ..report.terminal import show_progress

ROOMS = {
    "test_sources": "sources",
    "test_clients": "clients",
    "test_ids": "IDs",
    "test_values": "values",
    "test_replay": "replay",
    "test_live": "live",
    "test_drift": "drift",
    "test_candidate": "candidate",
}
"""The suite's modules, and what the table calls them, in its order."""

_LONGEST_STEP = 44
"""Columns of what is said beside the bar."""
_MOST_LINES = 25
"""Of what a failed test says."""
_CLASS = re.compile(r"^(?:(?:\w+\.)+\w+|AssertionError|Failed)(?:: | $)")
"""What pytest puts before a message: the name of a class, which says nothing to whoever reads a report."""


class Collector:
    """A pytest plugin that keeps what each test found, and shows how far it is."""

    def __init__(self, title: str, verbose: bool) -> None:
        self.result = SuiteResult(title)
        self.verbose = verbose
        self._asks: dict[str, str] = {}
        self._phases: list[pytest.TestReport] = []
        self._drawn = ExitStack()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._step = self._drawn.enter_context(show_progress(len(session.items)))
        for item in session.items:
            words = getattr(item, "originalname", item.name).removeprefix("test_").replace("_", " ")
            said = (inspect.getdoc(getattr(item, "obj", None)) or "").partition("\n\n")[0]
            self._asks[item.nodeid] = " ".join(f"{words}: {said}".split())

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        room, name = _split_id(nodeid)
        tried = ": ".join(SuiteTest(room, name, "kept", 0).tried)
        self._step(f"{room}: {tried}"[:_LONGEST_STEP])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            lines = [line.strip() for line in str(report.longrepr).splitlines() if line.strip()]
            last = (lines[-1] if lines else "the suite could not be read").removeprefix("E ").strip()
            if last not in self.result.errors:  # a contract that cannot be read stops every module
                self.result.errors.append(last)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._phases.append(report)
        if report.when != "teardown":
            return
        phases, self._phases = self._phases, []
        room, name = _split_id(report.nodeid)
        outcome, text = next(filter(None, map(_say_outcome, phases)), ("kept", ""))
        found: dict[str, Any] = {}
        for phase in reversed(phases):  # what the first one says counts
            found |= read_judged(phase)
        test = SuiteTest(
            room,
            name,
            outcome,
            sum(phase.duration for phase in phases),
            text or ("" if outcome == "kept" else self._asks[report.nodeid]),
            asks=self._asks[report.nodeid],
            operation=found.get("operation", ""),
            findings=tuple(Finding(**finding) for finding in found.get("violations", ())),
            remark=found.get("remark", ""),
        )
        self.result.tests.append(test)
        self.result.is_defect |= "is_defect" in found
        if self.verbose:
            try:
                print(f"{outcome:<9} {name}", flush=True)
            except OSError:  # `verify -v | head`, a full disk: pytest would take it for a defect of its own
                pytest.exit("nothing can be printed any more")

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self.result.recordings = list(dict.fromkeys(provenance_lines(session.config)))
        self._drawn.close()


def _split_id(nodeid: str) -> tuple[str, str]:
    """The room of a test, and its name in there."""
    module, _, name = nodeid.partition("::")
    stem = module.rpartition("/")[2].removesuffix(".py")
    return ROOMS.get(stem, stem.removeprefix("test_")), name


def _say_outcome(report: pytest.TestReport) -> tuple[SuiteOutcome, str] | None:
    """What one phase of a test says of it; None: it did its work."""
    if report.skipped:
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        return "skipped", reason.removeprefix("Skipped: ")
    if not report.failed:
        return None
    if unjudged := read_judged(report).get("unjudged"):
        return "unjudged", " ".join(unjudged.split())
    return "broken", _say_failure(report)


def _say_failure(report: pytest.TestReport) -> str:
    """What a test's assertion says, without the traceback, and without what Hypothesis tells of its search."""
    crash = getattr(report.longrepr, "reprcrash", None)
    text = str(crash.message) if crash is not None else str(report.longrepr)
    return "\n".join(_CLASS.sub("", f"{text.strip()} ").strip().splitlines()[:_MOST_LINES])


def _find_suite() -> Path:
    """Where the suite lies: tests/contract of a checkout, contracts/suite of an installed package."""
    package = Path(__file__).parents[1]
    for folder in (package.parent / "tests" / "contract", package / "suite"):
        if (folder / "test_sources.py").is_file():
            return folder
    raise ContractsError("the contract suite is not installed with this package")


def run_suite(modules: list[str], options: list[str], collector: Collector) -> int:
    """pytest in this process, with no configuration but the suite's own, and no plugin but ours."""
    folder = _find_suite()
    alone = mock.patch.dict(os.environ, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    with tempfile.TemporaryDirectory() as temporary, alone:
        for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):  # ``-k`` of somebody's would leave out half of it in silence
            os.environ.pop(name, None)
        empty = Path(temporary) / "pytest.ini"
        empty.write_text("[pytest]\n", encoding="utf-8")
        arguments = [str(folder / f"{module}.py") for module in modules]
        arguments += [f"--rootdir={folder}", f"--config-file={empty}", f"--confcutdir={folder}"]
        # What a bare assertion compares would be our own objects: it says what its test asks for instead.
        off = ("terminal", "cacheprovider", "unraisableexception")  # the last one collects garbage when all is done
        arguments += ["--assert=plain", "-pcontracts.plugin", *(f"-pno:{name}" for name in off)]
        return int(pytest.main([*arguments, *options], plugins=[collector]))
