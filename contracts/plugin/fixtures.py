"""The fixtures of the pytest plugin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..model import Verdict
from .options import list_cassettes, load_contract, load_waivers, name_cassettes
from .reports import provenance_lines

if TYPE_CHECKING:
    from ..contract import Contract
    from ..diff.evidence import UseEvidence
    from ..standin.server import StandIn


@pytest.fixture
def services85_operation(request: pytest.FixtureRequest) -> Any:
    """Every operation of the contract, a test each: (`Service`, `Operation`)."""
    return request.param


@pytest.fixture
def services85_parameter(request: pytest.FixtureRequest) -> Any:
    """Every parameter with a simple value, a test each: (`Service`, `Operation`, `Element`)."""
    return request.param


@pytest.fixture
def services85_cassette(request: pytest.FixtureRequest) -> Any:
    """Every recording of --services85-cassettes, a test each: its path."""
    return request.param


@pytest.fixture
def services85_example(request: pytest.FixtureRequest) -> Any:
    """Every documented example that came with the contract, a test each: its `Message`."""
    return request.param


@pytest.fixture(scope="session")
def services85_contract(pytestconfig: pytest.Config) -> Contract:
    """The contract of --services85-contract; Services85 as shipped by default."""
    return load_contract(pytestconfig)


@pytest.fixture(scope="session")
def services85_candidate(pytestconfig: pytest.Config) -> Contract | None:
    """The contract of --services85-candidate, or None."""
    source = pytestconfig.getoption("--services85-candidate")
    if not source:
        return None
    from ..contract import load

    return load(source)


@pytest.fixture(scope="session")
def services85_evidence(pytestconfig: pytest.Config, services85_contract: Contract) -> UseEvidence | None:
    """What says which operations are used: --services85-used-by and --services85-uses, else the project's recordings.

    The recordings that come with this package say nothing of what anybody uses: with them alone it is None.
    """
    from ..diff.evidence import read_evidence

    folders, lists = (pytestconfig.getoption(f"--services85-{name}") for name in ("used-by", "uses"))
    own, services = name_cassettes(pytestconfig), services85_contract.services
    if not folders and not lists:
        return read_evidence([own], [], services) if own else None
    evidence = read_evidence(folders, lists, services)
    return replace(evidence, beside=read_evidence([own], [], services).messages) if own else evidence


@pytest.fixture(scope="session")
def services85_cassettes(pytestconfig: pytest.Config) -> list[Path]:
    """The recordings to replay."""
    return list_cassettes(pytestconfig)


@pytest.fixture(scope="session")
def services85_tenant(pytestconfig: pytest.Config, services85_contract: Contract) -> Iterator[Any]:
    """The `GuardedTenant` (contracts.live) of --services85-tenant; the test is skipped where that is not given."""
    which = pytestconfig.getoption("--services85-tenant")
    if not which:
        pytest.skip("no tenant was named (--services85-tenant stand-in|live|URL)")
    if which == "stand-in":
        from ..contract import load

        spoken = {(service.version, service.agent) for service in load().services}
        if spoken.isdisjoint((service.version, service.agent) for service in services85_contract.services):
            pytest.skip(f"the stand-in speaks for none of this contract's agents, but for {_name_agents(spoken)}")
    from ..live.open_tenant import open_tenant

    with open_tenant(
        which,
        services85_contract,
        misbehaviours=pytestconfig.getoption("--services85-fault"),
        production=pytestconfig.getoption("--services85-production"),
        allow_start=pytestconfig.getoption("--services85-allow-start"),
    ) as tenant:
        yield tenant
        provenance_lines(pytestconfig).extend(tenant.remarks)


def _name_agents(agents: set[tuple[str, str]]) -> str:
    return ", ".join(f"{version}/{agent}" for version, agent in sorted(agents))


@pytest.fixture
def services85() -> Iterator[StandIn]:
    """A running stand-in tenant of this test's own, with ``url``, ``wsdl`` (Batch's), ``token`` and ``ticket``."""
    from ..standin.server import StandIn

    with StandIn() as tenant:
        yield tenant


@dataclass(frozen=True, repr=False)
class HandJudge:
    """`Contract.check_request` and `check_response`, which fail the test where the message is not kept."""

    contract: Contract
    excuse: Callable[[Verdict], Verdict]

    def check_request(self, data: Any, *given: Any, **options: Any) -> Verdict:
        __tracebackhide__ = True
        return self._require_kept(self.contract.check_request(data, *given, **options))

    def check_response(self, data: Any, *given: Any, **options: Any) -> Verdict:
        __tracebackhide__ = True
        return self._require_kept(self.contract.check_response(data, *given, **options))

    def _require_kept(self, verdict: Verdict) -> Verdict:
        __tracebackhide__ = True
        verdict = self.excuse(verdict)
        verdict.raise_if_broken()
        return verdict


@pytest.fixture(scope="session")
def services85_judge(pytestconfig: pytest.Config, services85_contract: Contract) -> HandJudge:
    """Judges by hand: ``check_request`` and ``check_response`` fail the test where a message is not kept; waivers
    hold."""
    return HandJudge(services85_contract, load_waivers(pytestconfig))


@pytest.fixture
def services85_provenance(pytestconfig: pytest.Config) -> list[str]:
    """Lines appended to it appear at the end of the report."""
    return provenance_lines(pytestconfig)
