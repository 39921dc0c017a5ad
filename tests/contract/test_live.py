"""A tenant's answers, judged: reading operations, StopBatchJob on ids that cannot exist, and a job of our own.

What may be called is data (the shipped ``live.toml``, or a file that a person named): the tenant's guards see to it.
"""

from __future__ import annotations

import time

import pytest

from contracts import Contract, ContractBroken, Operation, Service
from contracts.generate.sample import make_sample
from contracts.live.exchange import CREDENTIALS_REFUSED, SUCCEEDED, Exchange
from contracts.live.guarded_tenant import GuardedTenant
from contracts.live.guards import allowed_calls
from contracts.live.tenant_settings import named_live_file
from contracts.plugin.options import load_contract
from contracts.plugin.parameters import parametrize_or_skip
from contracts.recording.redaction import Redactor

from .printing import Falsified, expect_kept

Target = tuple[Service, Operation]
PATIENCE = 20.0
"""Seconds that a job may take until it runs."""
IMPOSSIBLE = (-1, -2147483648, 2147483647)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """``reading``: the operations that only read, by the list that is shipped, or that a person named."""
    if "reading" in metafunc.fixturenames:
        named = None if metafunc.config.getoption("--services85-tenant") == "stand-in" else named_live_file()
        known = load_contract(metafunc.config).targets()
        targets = [(s, o) for s, o in known if o.name in allowed_calls(s, named).reading]
        reason = "no operation of this contract is known as one that only reads (live.toml)"
        parametrize_or_skip(metafunc, "reading", targets, [operation.label for _, operation in targets], reason)


def _shown(tenant: GuardedTenant, exchange: Exchange) -> bytes:
    """The answer, as it may stand in a report."""
    redacted = Redactor(tenant.secrets()).redact_body(exchange.response.data)
    return tenant.redact(redacted.decode("utf-8", "replace")).encode()  # where no secret is looked for, too


def _judged(
    contract: Contract, tenant: GuardedTenant, service: Service, exchange: Exchange, outcome: str = SUCCEEDED
) -> Exchange:
    """The exchange, whose answer is kept, and which ended as it was meant to."""
    label = exchange.label if "/" in exchange.label else f"{service.version}/{exchange.label}"
    verdict = contract.judge(exchange.response, operation=label)
    if not verdict.kept and not tenant.declares_itself(service, exchange.response, label):
        expect_kept(verdict.with_texts(tenant.redact), _shown(tenant, exchange), "the tenant answers so")
    tenant.require_outcome(exchange, outcome)
    return exchange


@pytest.fixture
def batch(services85_contract: Contract, tenant: GuardedTenant) -> Service:
    """The Batch agent of the version that the tenant is asked for."""
    version = tenant.settings.version
    found = [s for s in services85_contract.services if (s.version, s.agent) == (version, "Batch")]
    if not found:
        pytest.skip(f"this contract does not hold Batch of {version}")
    return found[0]


def test_login(tenant: GuardedTenant) -> None:
    """A ticket by user and password; the answer is judged on its way."""
    if not tenant.settings.user:
        pytest.skip("a ticket was given, and no user who could log in")
    assert tenant.login().text("Ticket")


def test_reading(services85_contract: Contract, tenant: GuardedTenant, reading: Target) -> None:
    """Every operation that changes nothing: its answer to a sample's request is kept."""
    service, operation = reading
    if service.version != tenant.settings.version:
        pytest.skip(f"the tenant is asked for {tenant.settings.version}")
    # Of jobs in no known state there are none.
    request = make_sample(service, operation).replace(b">Unknown</", b">All</")
    _judged(services85_contract, tenant, service, tenant.call(operation.label, request))


@pytest.mark.parametrize("number", IMPOSSIBLE)
def test_stop_what_is_not_there(
    services85_contract: Contract, tenant: GuardedTenant, batch: Service, number: int
) -> None:
    """StopBatchJob on an id that no job has: a proper answer, and nothing was stopped."""
    exchange = tenant.call("Batch.StopBatchJob", {"Id": number})
    _judged(services85_contract, tenant, batch, exchange)
    if exchange.flag("Response") is not False:
        raise Falsified(f"StopBatchJob({number}) says that it stopped a job", _shown(tenant, exchange))


def test_unknown_ticket(services85_contract: Contract, tenant: GuardedTenant, batch: Service) -> None:
    """A ticket that nobody has: Succeeded=false with ExceptionInfo, in a response that is kept."""
    exchange = tenant.call("Batch.StopBatchJob", {"Id": -1}, ticket="7T:bm9ib2R5")
    _judged(services85_contract, tenant, batch, exchange, CREDENTIALS_REFUSED)


def test_nothing_broken_is_sent(tenant: GuardedTenant, batch: Service) -> None:
    """A broken request never leaves."""
    with pytest.raises(ContractBroken, match="Id"):
        tenant.call("Batch.StopBatchJob", {"Id": "abc"})


def _state(contract: Contract, tenant: GuardedTenant, batch: Service, number: int) -> str:
    """The state in which the job is once it is no longer waiting; or the one it waits in when patience ends."""
    end = time.monotonic() + PATIENCE
    while True:
        found = _judged(contract, tenant, batch, tenant.call("Batch.GetBatchTaskInfo", {"Id": number}))
        if found.text("Id") != str(number):
            raise Falsified(f"job {number} was asked for, and another one found", _shown(tenant, found))
        state = found.text("State") or ""
        if state not in ("New", "Aquired") or time.monotonic() > end:
            return state
        time.sleep(0.1)  # a tenant starts its jobs when it has time: it cannot be asked to tell


def test_job(services85_contract: Contract, tenant: GuardedTenant, batch: Service, pytestconfig: pytest.Config) -> None:
    """A job of our own: started, found, stopped while it runs, and then not to be stopped again."""
    names = tenant.settings.allow_start
    if not names:
        pytest.skip("no job may be started: that is allowed by its name, with --allow-start NAME")
    own = pytestconfig.getoption("--services85-tenant") == "stand-in"
    with tenant.job({"Name": names[0]} | ({"Context": "endless"} if own else {})) as number:
        state = _state(services85_contract, tenant, batch, number)
        if state != "Started":
            pytest.skip(f"the job did not run: it is {state}")
        for state in ("Started", "All"):
            found = tenant.call("Batch.GetBatchTaskInfosByNameAndState", {"Name": names[0], "State": state})
            _judged(services85_contract, tenant, batch, found)
            if str(number) not in found.texts("Id"):
                raise Falsified(f"job {number} is not among those found by its name and {state}", _shown(tenant, found))
        for stopped in (True, False):
            exchange = tenant.call("Batch.StopBatchJob", {"Id": number})
            _judged(services85_contract, tenant, batch, exchange)
            if exchange.flag("Response") is not stopped:
                state = _state(services85_contract, tenant, batch, number)
                if not own and stopped and state in ("Succeeded", "Failed"):
                    pytest.skip(f"the job ended before it could be stopped: it is {state}")
                raise Falsified(
                    f"StopBatchJob({number}) has to answer {str(stopped).lower()}", _shown(tenant, exchange)
                )
