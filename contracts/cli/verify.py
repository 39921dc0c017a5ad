"""`services85 verify`: the contract suite, run through pytest, with a table at the end that a person reads."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import pytest

from ..contract import load
from ..diff.evidence import read_evidence
from ..files.opening import suggest_path
from ..files.pyproject import read_settings
from ..live.open_tenant import choose_settings
from ..model import ContractsError
from ..model.wording import suggest_nearest
from ..plugin import PROFILES
from ..recording.provenance import digest_contract
from ..rules.waivers import read_own_waivers
from . import options
from .options import flag, many, option
from .suite import ROOMS, Collector, run_suite


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
                hint = suggest_nearest(name, ROOMS.values(), f"there are {', '.join(ROOMS.values())}")
                self.fail(f"{name}: no such room{hint}", param, ctx)
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
    max_age: int | None = option(
        type=options.WholeNumber(0), metavar="DAYS", help="Say which recordings are older (default: 365)."
    ),
    faults: tuple[str, ...] = options.faults,
    modules: list[str] | None = option(
        "--only",
        type=_RoomNames(),
        metavar="ROOMS",
        shell_complete=options.complete_among(ROOMS.values),
        help=f"Of {', '.join(ROOMS.values())} (a,b).",
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
        raise ContractsError(f"--cassettes {cassettes}: no such folder{suggest_path(cassettes)}")
    if cassettes and not any(Path(cassettes).rglob("*.yaml")):  # else nothing is replayed, and all is kept
        raise ContractsError(f"--cassettes {cassettes}: no recording (.yaml) is in it")
    if not __debug__:
        raise ContractsError("Python runs without assertions (-O, PYTHONOPTIMIZE): nothing would be tested")
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
    status = run_suite(chosen, arguments, collector)
    result = collector.result
    result.seconds = time.monotonic() - started
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) and not result.errors:
        result.errors.append("interrupted before the end")
    options.Reports("verify", [*reports.wanted, *files]).write(result)
    return result.status
