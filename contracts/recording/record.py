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
from ..model.wording import escape_line
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
        now = [float(int(time.time()))]
        with StandIn(clock=lambda: now[0], ticket_seconds=_TICKET_SECONDS) as running:
            guarded = GuardedTenant(stand_in_settings(running.url, JOB), contract)
            return _UnguardedRecording(guarded, folder, secrets, "stand-in", now).run(overwrite)
    settings = stand_in_settings(source.url, JOB) if isinstance(source, StandIn) else source
    return _RecordingRun(GuardedTenant(settings, contract), folder, secrets, settings.kind).run(overwrite)


class _RecordingRun:
    """One run: what the guards of a tenant allow. ``source``: the tenant's kind, as its cassettes say it."""

    def __init__(self, tenant: GuardedTenant, folder: Path, secrets: Secrets, source: str) -> None:
        self.tenant, self.settings, self.source = tenant, tenant.settings, source
        self.folder, self.secrets = folder / self.settings.version, secrets
        self.job = next(iter(self.settings.allow_start), JOB)
        self.number: int | None = None  # of the job, once it was started

    def run(self, overwrite: bool) -> list[RecordingResult]:
        if not overwrite:
            refuse_overwriting((self.folder / scenario.file for scenario in read_scenarios()), self.source)
        with self.tenant:
            return list(self._record_scenarios())

    def _record_scenarios(self) -> Iterator[RecordingResult]:
        for scenario in read_scenarios():
            try:
                asked = self.ask(scenario)
            except ContractBroken as broken:  # the login's answer: without a ticket nothing else can be asked
                findings = list_findings([broken.verdict], Redactor(self.tenant.secrets()))
                yield RecordingResult(scenario.file, (broken.verdict,), findings=findings)
                return
            if isinstance(asked, str):
                yield RecordingResult(scenario.file, skipped=asked)
            else:
                yield self._write_scenario(scenario, asked)

    def ask(self, scenario: Scenario) -> Exchange | str:
        """The call, or why there is none to be recorded."""
        if reason := self._why_not(scenario):
            return reason
        if scenario.on == "login":
            return self.tenant.login()
        parameters = scenario.parameters if scenario.live is None else scenario.live
        ticket = UNKNOWN_TICKET if scenario.ticket == "unknown" else None
        exchange = self.tenant.call(scenario.call, self.fill_in(parameters), ticket=ticket)
        if scenario.call == _START and (number := next(iter(self.tenant.started[-1:]), None)):
            self.number = number
            self.tenant.wait_until_begun(number)
        if scenario.case == "stopped" and exchange.flag("Response") is False:
            return "the job did not run when it was to be stopped"
        return exchange

    def _why_not(self, scenario: Scenario) -> str | None:
        if scenario.on == "stand-in":
            late = scenario.ticket == "expired"
            return "an expired ticket" if late else "it changes something, or is broken on purpose"
        if scenario.on == "with-a-job" and not self.settings.allow_start:
            return "it needs a job of its own: --allow-start NAME"
        if scenario.on == "with-a-job" and not self.number and scenario.call != _START:
            return "no job was started"
        if scenario.on == "login" and not self.settings.user:
            return "it needs a user and a password"
        return None

    def fill_in(self, value: Any) -> Any:
        return fill_in(value, self.number, self.job)

    def _write_scenario(self, scenario: Scenario, exchange: Exchange) -> RecordingResult:
        service, _ = self.tenant.contract.operation(f"{self.settings.version}/{scenario.call}")
        recorded = state_provenance(self.source, [service], scenario.breaks)
        unexpected = self._find_unexpected(scenario, exchange)
        redactor = Redactor([*self.tenant.secrets(), *self.secrets])
        path = self.folder / scenario.file
        return write_if_kept(path, exchange, self.tenant.contract, redactor, recorded, unexpected)

    def _find_unexpected(self, scenario: Scenario, exchange: Exchange) -> str | None:
        """In a line, what in the answer is not what the scenario is there to show."""
        if exchange.outcome != scenario.outcome:
            came = exchange.outcome if exchange.outcome == SUCCEEDED else self.tenant.redact(exchange.refusal)
            return f"it has to end in {scenario.outcome}, and ended in {came}"
        says: Mapping[str, Any] = self.fill_in(scenario.says)
        for name, wanted in says.items():
            found = exchange.flag(name) if wanted in ("true", "false") else exchange.text(name)
            if found != (wanted == "true" if wanted in ("true", "false") else str(wanted)):
                shown = escape_line(self.tenant.redact(exchange.text(name) or "not there")[:80])
                return f"{name} has to be {wanted}, and is {shown}"
        return None


class _UnguardedRecording(_RecordingRun):
    """All scenarios: nothing can harm a stand-in of our own, and its time goes on only when we say so."""

    def __init__(self, tenant: GuardedTenant, folder: Path, secrets: Secrets, source: str, now: list[float]) -> None:
        super().__init__(tenant, folder, secrets, source)
        self._now = now

    def ask(self, scenario: Scenario) -> Exchange:
        ticket = UNKNOWN_TICKET if scenario.ticket == "unknown" else self.tenant.ticket
        self._now[0] += _TICKET_SECONDS + 1 if scenario.ticket == "expired" else 0
        service, operation = self.tenant.contract.operation(f"{self.settings.version}/{scenario.call}")
        headers = {"ApplicationToken": self.settings.application_token, "Credentials": {"Ticket": ticket}}
        data, media_type = build_request(service, operation, self.fill_in(scenario.parameters), headers), "text/xml"
        if scenario.soap12:
            data, media_type = data.replace(ENVELOPE.encode(), ENVELOPE12.encode()), "application/soap+xml"
        request = post_message(f"{self.settings.url}/{service.agent}.svc", data, operation.action, media_type)
        session = TenantSession(self.settings)
        exchange = Exchange(scenario.call, request, session.send(request))
        session.close()
        if scenario.call == _START:
            self.number = int(exchange.text("Response") or "")
        self._now[0] += 1
        return exchange
