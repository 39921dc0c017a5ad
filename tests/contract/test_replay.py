"""Every recording, played back: judged by the contract, and read by zeep as well as by the schema."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts import Contract
from contracts.recording.provenance import MAX_AGE, digest, lines
from contracts.recording.replay import ReplayResult, replay

READ: dict[str, Any] = {
    "StopBatchJob.stopped": True,
    "StopBatchJob.not-running": False,
    "StopBatchJob.unknown-id": False,
    "StopBatchJob.negative-id": False,
    "StopBatchJob.bad-ticket": False,
    "StopBatchJob.expired-ticket": False,
    "GetBatchTaskInfosByAssociates.nobody": None,
}
"""What zeep has to read as Response from the recordings of that name (`.wcf` and the like left out)."""
FAULTS = {"StopBatchJob.fault": "fault", "StopBatchJob.unsupported-media-type": "refused"}


def _played(path: Path, contract: Contract) -> ReplayResult:
    result = replay(path, contract)
    held = {service.agent for service in contract.services}
    if all(verdict.outcome == "unjudged" for verdict in result.verdicts) and path.parent.name not in held:
        pytest.skip(f"recorded on an agent that this contract does not hold ({path.parent.name})")
    return result


def test_recording(
    services85_contract: Contract,
    services85_cassette: Path,
    services85_provenance: list[str],
    pytestconfig: pytest.Config,
) -> None:
    """Kept, or broken by exactly what it says it breaks; zeep reads what the schema says stands there."""
    result = _played(services85_cassette, services85_contract)
    digests: dict[str, str] = {}
    for version in {service.version for service in services85_contract.services}:
        digests[version] = digest(s for s in services85_contract.services if s.version == version)
    days = pytestconfig.getoption("--services85-max-age")
    age = MAX_AGE if days is None else timedelta(days=days)
    services85_provenance += lines([(services85_cassette.name, result.recorded)], digests, max_age=age)
    if result.recorded is not None:
        services85_provenance.append(str(result.recorded))
    assert result.verdicts, "it holds no message"
    if result.problems:
        pytest.fail("\n".join([f"{services85_cassette.name}:", *result.problems]), pytrace=False)


def test_what_was_read(services85_contract: Contract, services85_cassette: Path) -> None:
    """What a caller gets to see: true for a job that was stopped, a Fault where it was one."""
    name = ".".join(services85_cassette.stem.split(".")[:2])
    if name not in READ and name not in FAULTS:
        pytest.skip("nothing is laid down of what has to be read from it")
    reading = _played(services85_cassette, services85_contract).read_by_zeep[-1]
    if name in FAULTS:
        assert reading.answered == FAULTS[name]
    else:
        assert reading.zeep == {"Response": READ[name]}


def test_all_operations_are_recorded(services85_contract: Contract, services85_cassettes: list[Path]) -> None:
    """Each operation of an agent that has recordings has one."""
    recorded = {(path.parent.name, path.stem.partition(".")[0]) for path in services85_cassettes}
    agents = {agent for agent, _ in recorded}
    here = {(o.agent, o.name) for _, o in services85_contract.targets() if o.agent in agents}
    if not here:
        pytest.skip("there are no recordings of these agents")
    assert not here - recorded, "not recorded"
