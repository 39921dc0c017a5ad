"""Every recording, played back: judged by the contract, and read by zeep as well as by the schema."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts import Contract
from contracts.files.pyproject import read_settings
from contracts.recording.provenance import MAX_AGE, digest_contract, report_outdated
from contracts.recording.replay import replay

from .published import VERSION

ANSWERED: dict[str, tuple[str, Any]] = {
    "StopBatchJob.stopped": ("response", {"Response": True}),
    "StopBatchJob.not-running": ("response", {"Response": False}),
    "StopBatchJob.unknown-id": ("response", {"Response": False}),
    "StopBatchJob.negative-id": ("response", {"Response": False}),
    "StopBatchJob.bad-ticket": ("response", {"Response": False}),
    "StopBatchJob.expired-ticket": ("response", {"Response": False}),
    "StopBatchJob.fault": ("fault", None),
    "StopBatchJob.unsupported-media-type": ("refused", None),
    "GetBatchTaskInfosByAssociates.nobody": ("response", {"Response": None}),
}
"""What a caller gets to see from the recordings of that name, as zeep reads it (`.wcf` and the like left out)."""


def test_recording(
    services85_contract: Contract,
    services85_cassette: Path,
    services85_provenance: list[str],
    pytestconfig: pytest.Config,
) -> None:
    """Kept, or broken by exactly what it says it breaks; zeep reads what the schema says stands there."""
    result = replay(services85_cassette, services85_contract)
    strange = [verdict.reason for verdict in result.verdicts if verdict.outcome == "unjudged"]
    if len(strange) == len(result.verdicts) and all(str(reason).startswith("no loaded contract") for reason in strange):
        pytest.skip(f"recorded on what this contract does not hold: {strange[0]}" if strange else "it holds no message")
    used = {(verdict.version, verdict.agent) for verdict in result.verdicts}
    services = [service for service in services85_contract.services if (service.version, service.agent) in used]
    digests = {version: digest_contract(s for s in services if s.version == version) for version, _ in used if version}
    days = pytestconfig.getoption("--services85-max-age")
    age = MAX_AGE if days is None else timedelta(days=days)
    services85_provenance += report_outdated([(services85_cassette.name, result.recorded)], digests, max_age=age)
    if result.recorded is not None:
        services85_provenance.append(str(result.recorded))
    if result.problems:
        pytest.fail("\n".join([f"{services85_cassette.name}:", *result.problems]), pytrace=False)
    name = ".".join(services85_cassette.stem.split(".")[:2])
    if name in ANSWERED:
        reading = result.read_by_zeep[-1]
        assert (reading.answered, reading.zeep if reading.answered == "response" else None) == ANSWERED[name]


def test_all_operations_are_recorded(
    services85_contract: Contract, services85_cassettes: list[Path], pytestconfig: pytest.Config
) -> None:
    """Of the agents that the project has recordings of, it has one of every operation."""
    if pytestconfig.getoption("--services85-cassettes") or read_settings().get("cassettes"):
        pytest.skip("a team's own recordings: they need not be complete")
    recorded = {(path.parent.name, path.stem.partition(".")[0]) for path in services85_cassettes}
    agents = {agent for agent, _ in recorded}
    here = {(o.agent, o.name) for s, o in services85_contract.targets() if s.version == VERSION and o.agent in agents}
    if not here:
        pytest.skip("there are no recordings of these agents")
    missing = ", ".join(".".join(names) for names in sorted(here - recorded))
    assert not missing, f"not recorded: {missing}"
