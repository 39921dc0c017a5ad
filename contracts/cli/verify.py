"""`services85 verify`: the contract suite, run through pytest, with a table at the end that a person reads."""

from __future__ import annotations

import inspect
import os
import re
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unittest import mock

import click
import pytest

from ..contract import load
from ..diff.evidence import read_evidence
from ..files.pyproject import read_settings
from ..live.open_tenant import choose_settings
from ..model import ContractsError, Finding
from ..plugin import PROFILES
from ..plugin.reports import DEFECT, UNJUDGED, VERDICT, provenance_lines
from ..recording.provenance import digest_contract
from ..report.results import SuiteOutcome, SuiteResult, SuiteTest
from ..report.terminal import show_progress
from ..rules.waivers import read_own_waivers
from . import options
from .options import flag, many, option

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


class _ReportFile(options.WritableFile):
    """``x.html`` -> the format of that suffix, and the file."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        form = {".xml": "junit", ".json": "json", ".html": "html"}.get(Path(value).suffix)
        if form is None:
            self.fail(f"{value}: a report is a .xml (JUnit), .json or .html file", param, ctx)
        return form, super().convert(value, param, ctx)


class _RoomNames(options.Kind):
    """``live,drift`` -> the modules of those rooms."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        known = {room.lower(): module for module, room in ROOMS.items()}
        wanted = [name.strip().lower() for name in value.split(",") if name.strip()]
        if not wanted:
            self.fail(f"name rooms: {', '.join(ROOMS.values())}", param, ctx)
        for name in wanted:
            if name not in known:
                self.fail(f"{name}: no such room; there are {', '.join(ROOMS.values())}", param, ctx)
        return [known[name] for name in wanted]


@options.command
def verify(
    *,
    tenant: str = options.tenant,
    contract: str | None = options.contract,
    candidate: str | None = option(metavar="WSDL", help="Another version, by which everything is judged as well."),
    used_by: tuple[str, ...] = options.used_by,
    uses: tuple[str, ...] = options.uses,
    cassettes: str | None = option(metavar="FOLDER", help="Recordings to replay (default: the project's)."),
    files: tuple[tuple[str, str], ...] = many(
        "--report", type=_ReportFile(), metavar="FILE", help=".xml (JUnit), .json or .html."
    ),
    production: str | None = options.production,
    allow_start: str | None = option(metavar="NAME", help="Allow to start, and stop again, a job of this name."),
    waivers: str | None = options.waivers,
    max_age: int | None = option(type=int, metavar="DAYS", help="Say which recordings are older (default: 365)."),
    faults: tuple[str, ...] = options.faults,
    modules: list[str] | None = option(
        "--only", type=_RoomNames(), metavar="ROOMS", help=f"Of {', '.join(ROOMS.values())} (a,b)."
    ),
    reports: options.Reports = options.reports("verify"),
    verbose: bool = flag("-v", "--verbose", help="Every test, as it ends."),
) -> int:
    """Examples:
      services85 verify                                offline: the stand-in
      services85 verify --tenant live --report out.xml nightly, against a sandbox
      services85 verify --candidate WSDL.zip --used-by traffic/
                                                       does what we use still work?

    What is used is what --used-by and --uses say (as of diff), else the recordings
    of --cassettes; of a candidate nothing is judged where none of them is given.

    Exit status: 1 the contract is broken; 2 something could not be judged (an
    unreachable tenant, a failed login …); 0 kept. 3, over all: a defect of ours
    """
    loaded = load(contract)
    # What could only end in nothing judged is said before anything runs.
    if candidate:
        load(candidate)
        if used_by or uses:
            read_evidence(used_by, uses, loaded.services)
    elif used_by or uses:
        raise ContractsError("--used-by and --uses say by what a --candidate is judged: none is given")
    settings = choose_settings(tenant, misbehaviours=faults, production=production, allow_start=allow_start)
    read_own_waivers(waivers)
    cassettes = cassettes or read_settings().get("cassettes")
    if cassettes and not Path(cassettes).is_dir():
        raise ContractsError(f"--cassettes {cassettes}: no such folder")
    if (profile := os.environ.get("HYPOTHESIS_PROFILE") or PROFILES[0]) not in PROFILES:
        raise ContractsError(f"HYPOTHESIS_PROFILE={profile}: known are {', '.join(PROFILES)}")
    passed_on: dict[str, Sequence[object]] = {
        "tenant": [tenant],
        "contract": [contract],
        "candidate": [candidate],
        "cassettes": [cassettes],
        "production": [production],
        "allow-start": [allow_start],
        "waivers": [waivers],
        "max-age": [max_age],
        "fault": faults,
        "used-by": used_by,
        "uses": uses,
    }
    arguments = [f"--services85-{name}={one}" for name, given in passed_on.items() for one in given if one is not None]
    chosen = modules or [module for module in ROOMS if candidate or module != "test_candidate"]
    shown = re.sub(r"//[^/]*@", "//", tenant)  # who logs in is in no report
    collector = Collector(f"{loaded.name} against {shown}" + (f", candidate {candidate}" if candidate else ""), verbose)
    collector.result.facts = {
        "when": datetime.now(UTC).isoformat(" ", "seconds"),
        "suite": f"services85-contracts {version('services85-contracts')}",
        "contract": f"{loaded.name} ({digest_contract(loaded.services)})",
        "tenant": f"live: {settings.host}" if settings and tenant == "live" else shown,
    }
    started = time.monotonic()
    status = _run_pytest(chosen, arguments, collector)
    result = collector.result
    result.seconds = time.monotonic() - started
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) and not result.errors:
        result.errors.append("interrupted before the end")
    options.Reports("verify", [*reports.wanted, *files]).write(result)
    return result.status


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
        found: dict[str, Any] = next((getattr(phase, VERDICT) for phase in phases if hasattr(phase, VERDICT)), {})
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
        self.result.is_defect |= any(hasattr(phase, DEFECT) for phase in phases)
        if self.verbose:
            print(f"{outcome:<9} {name}")

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
    if unjudged := getattr(report, UNJUDGED, None):
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


def _run_pytest(modules: list[str], options: list[str], collector: Collector) -> int:
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
        arguments += ["--assert=plain", "-pno:terminal", "-pno:cacheprovider", "-pcontracts.plugin"]
        return int(pytest.main([*arguments, *options], plugins=[collector]))
