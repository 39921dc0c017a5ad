"""Records cassettes: from the stand-in tenant, and from a live one.

Whatever is written was judged before and is redacted. From a live tenant only what its guards allow is recorded.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..contract import Contract, load
from ..live.build_request import build_request, post_message
from ..live.exchange import SUCCEEDED, Exchange
from ..live.guarded_tenant import GuardedTenant
from ..live.http_session import TenantSession
from ..live.open_tenant import stand_in_settings
from ..live.tenant_settings import TenantSettings
from ..model import ENVELOPE, ENVELOPE12, ContractBroken
from ..standin.server import StandIn
from .provenance import state_provenance
from .redaction import Redactor, Secrets
from .scenarios import JOB, UNKNOWN_TICKET, Scenario, fill_in, read_scenarios
from .writing import RecordingResult, list_findings, refuse_overwriting, write_if_kept

_START = "Batch.StartBatchJob"
_TICKET_SECONDS = 3600.0


def record(
    source: TenantSettings | StandIn | None,
    folder: Path,
    contract: Contract | None = None,
    *,
    overwrite: bool = False,
    secrets: Secrets = (),
) -> list[RecordingResult]:
    """Records every scenario below ``folder``/VERSION.

    ``source``: a live tenant; a stand-in that runs, of which only what it shares with a live one is recorded; None: a
    stand-in of its own, with all scenarios. ``overwrite``: what is there is replaced; else nothing is asked, and
    ContractsError raised. ``secrets``: what else is to be redacted. Raises CouldNotJudge where the tenant cannot be
    asked.
    """
    contract = contract or load()
    if source is None:
        return list(_record_own_stand_in(folder, contract, overwrite, secrets))
    settings = stand_in_settings(source.url, JOB) if isinstance(source, StandIn) else source
    _refuse_overwriting(settings, folder, overwrite, settings.kind)
    with GuardedTenant(settings, contract) as tenant:
        return list(_record_tenant(tenant, folder, secrets))


def _refuse_overwriting(settings: TenantSettings, folder: Path, overwrite: bool, source: str) -> None:
    if not overwrite:
        files = (folder / settings.version / scenario.file for scenario in read_scenarios())
        refuse_overwriting(files, source)


def _record_own_stand_in(
    folder: Path, contract: Contract, overwrite: bool, secrets: Secrets
) -> Iterator[RecordingResult]:
    """All scenarios, without guards: nothing can harm this tenant, and its time goes on only when we say so."""
    now = [float(int(time.time()))]
    with StandIn(clock=lambda: now[0], ticket_seconds=_TICKET_SECONDS) as running:
        settings = stand_in_settings(running.url, JOB)
        _refuse_overwriting(settings, folder, overwrite, "stand-in")
        session = TenantSession(settings)
        with GuardedTenant(settings, contract) as tenant:
            number: int | None = None
            for scenario in read_scenarios():
                ticket = UNKNOWN_TICKET if scenario.ticket == "unknown" else tenant.ticket
                if scenario.ticket == "expired":
                    now[0] += _TICKET_SECONDS + 1
                exchange = _call_unguarded(scenario, number, ticket, tenant, session)
                if scenario.call == _START:
                    number = int(exchange.text("Response") or "")
                now[0] += 1
                yield _write_scenario(scenario, exchange, number, JOB, folder, tenant, "stand-in", secrets)
        session.close()


def _call_unguarded(
    scenario: Scenario, number: int | None, ticket: str, tenant: GuardedTenant, session: TenantSession
) -> Exchange:
    service, operation = tenant.contract.operation(f"{tenant.settings.version}/{scenario.call}")
    headers = {"ApplicationToken": tenant.settings.application_token, "Credentials": {"Ticket": ticket}}
    data = build_request(service, operation, fill_in(scenario.parameters, number, JOB), headers)
    media_type = "text/xml"
    if scenario.soap12:
        data, media_type = data.replace(ENVELOPE.encode(), ENVELOPE12.encode()), "application/soap+xml"
    request = post_message(f"{tenant.settings.url}/{service.agent}.svc", data, operation.action, media_type)
    return Exchange(scenario.call, request, session.send(request))


def _record_tenant(tenant: GuardedTenant, folder: Path, secrets: Secrets) -> Iterator[RecordingResult]:
    settings = tenant.settings
    job = settings.allow_start[0] if settings.allow_start else JOB
    number: int | None = None
    for scenario in read_scenarios():
        starts = scenario.call == _START
        if reason := _why_not_live(scenario, settings, job_is_there=bool(number) or starts):
            yield RecordingResult(scenario.file, skipped=reason)
            continue
        try:
            if scenario.on == "login":
                exchange = tenant.login()
            else:
                parameters = scenario.parameters if scenario.live is None else scenario.live
                ticket = UNKNOWN_TICKET if scenario.ticket == "unknown" else None
                exchange = tenant.call(scenario.call, fill_in(parameters, number, job), ticket=ticket)
        except ContractBroken as broken:  # the login's answer: without a ticket nothing else can be asked
            findings = list_findings([broken.verdict], Redactor(tenant.secrets()))
            yield RecordingResult(scenario.file, (broken.verdict,), findings=findings)
            return
        if starts and (number := tenant.started[-1] if tenant.started else None):
            tenant.wait_until_begun(number)
        if scenario.case == "stopped" and exchange.flag("Response") is False:
            yield RecordingResult(scenario.file, skipped="the job did not run when it was to be stopped")
            continue
        yield _write_scenario(scenario, exchange, number, job, folder, tenant, settings.kind, secrets)


def _why_not_live(scenario: Scenario, settings: TenantSettings, *, job_is_there: bool) -> str | None:
    if scenario.on == "stand-in":
        late = scenario.ticket == "expired"
        return "an expired ticket" if late else "it changes something, or is broken on purpose"
    if scenario.on == "with-a-job" and not settings.allow_start:
        return "it needs a job of its own: --allow-start NAME"
    if scenario.on == "with-a-job" and not job_is_there:
        return "no job was started"
    if scenario.on == "login" and not settings.user:
        return "it needs a user and a password"
    return None


def _write_scenario(
    scenario: Scenario,
    exchange: Exchange,
    number: int | None,
    job: str,
    folder: Path,
    tenant: GuardedTenant,
    source: str,
    secrets: Secrets,
) -> RecordingResult:
    service, _ = tenant.contract.operation(f"{tenant.settings.version}/{scenario.call}")
    recorded = state_provenance(source, [service], scenario.breaks)
    path = folder / tenant.settings.version / scenario.file
    unexpected = _find_unexpected(scenario, exchange, fill_in(scenario.says, number, job), tenant)
    redactor = Redactor([*tenant.secrets(), *secrets])
    return write_if_kept(path, exchange, tenant.contract, redactor, recorded, unexpected)


def _find_unexpected(
    scenario: Scenario, exchange: Exchange, says: Mapping[str, Any], tenant: GuardedTenant
) -> str | None:
    """In a line, what in the answer is not what the scenario is there to show."""
    if exchange.outcome != scenario.outcome:
        came = exchange.outcome if exchange.outcome == SUCCEEDED else tenant.redact(exchange.refusal)
        return f"it has to end in {scenario.outcome}, and ended in {came}"
    for name, wanted in says.items():
        found = exchange.flag(name) if wanted in ("true", "false") else exchange.text(name)
        if found != (wanted == "true" if wanted in ("true", "false") else str(wanted)):
            return f"{name} has to be {wanted}, and is {tenant.redact(exchange.text(name) or 'not there')[:80]}"
    return None
