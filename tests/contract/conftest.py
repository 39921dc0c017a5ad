"""Hypothesis' profiles, and the option that keeps falsifying examples.

    HYPOTHESIS_PROFILE=nightly pytest tests/contract
    pytest tests/contract --services85-keep FOLDER

Profiles: ``dev`` (half as many examples; the default), ``ci`` (deterministic; the default where CI is set), ``nightly``
(ten times as many). None has a deadline, which would measure the machine. No database is kept: what was found is a
fixture, or is found again.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from contracts.live.guarded_tenant import GuardedTenant
from contracts.live.http_session import CouldNotJudge
from contracts.plugin import PROFILES

from .printing import Falsified

os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(Path(tempfile.gettempdir()) / "services85-hypothesis"))
# Hypothesis keeps what it knows of Unicode there: not in the folder of whoever runs `services85 verify`.
_EXAMPLES = 100
_CALM = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large)  # they measure the machine
_COMMON = settings(database=None, report_multiple_bugs=False, suppress_health_check=_CALM, max_examples=_EXAMPLES)
settings.register_profile("dev", _COMMON, deadline=None, max_examples=_EXAMPLES // 2)
settings.register_profile("ci", _COMMON, deadline=None, derandomize=True)
settings.register_profile("nightly", _COMMON, deadline=None, max_examples=10 * _EXAMPLES)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("services85").addoption(
        "--services85-keep", metavar="FOLDER", help="write the message of each falsifying example into this folder"
    )


_PROFILE = os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
if _PROFILE in PROFILES:  # else `verify` and the project's own conftest.py say so, on one line
    settings.load_profile(_PROFILE)


_FOR_ALL = ("unreachable", "unavailable", "login-page", "login-failed", "expired")
"""What keeps every other call from being answered as well: it is asked for once."""
_GONE = pytest.StashKey[CouldNotJudge]()


@pytest.fixture
def tenant(services85_tenant: GuardedTenant, pytestconfig: pytest.Config) -> GuardedTenant:
    """The tenant. Once it could not be reached, nobody waits for it again: the reason is the same."""
    if (gone := pytestconfig.stash.get(_GONE, None)) is not None:
        raise CouldNotJudge(gone.cause, str(gone))
    return services85_tenant


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keeps the message of a falsifying example: an .xml that ``services85 check`` reads."""
    report = yield
    error = call.excinfo.value if call.excinfo is not None else None
    if isinstance(error, CouldNotJudge) and error.cause in _FOR_ALL:
        item.config.stash.setdefault(_GONE, error)
    folder = item.config.getoption("services85_keep", default=None)
    if folder and isinstance(error, Falsified):
        name = re.sub(r"[^\w.-]+", "-", item.name).strip("-")
        Path(folder).mkdir(parents=True, exist_ok=True)
        path = Path(folder) / f"{name}.xml"
        path.write_bytes(error.message)
        report.sections.append(("kept", f"{path}"))
    return report
