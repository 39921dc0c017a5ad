"""Records cassettes: from the stand-in tenant, from a live one, and from raw HTTP messages that are there already.

Whatever is written was judged before and is redacted. From a live tenant only what its guards allow is recorded.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from ..contract import Contract, load
from ..live.build_request import build_request, post_message
from ..live.exchange import SUCCEEDED, Exchange
from ..live.guarded_tenant import GuardedTenant
from ..live.http_session import TenantSession
from ..live.open_tenant import stand_in_settings
from ..live.tenant_settings import TenantSettings
from ..messages import Skipped, read
from ..model import ENVELOPE, ENVELOPE12, ContractBroken, ContractsError, Message, Verdict
from ..standin.server import StandIn
from .provenance import Provenance, state_provenance
from .redaction import Redactor
from .scenarios import JOB, UNKNOWN_TICKET, Scenario, fill_in, read_scenarios
from .vcr import build_document, dump_yaml, write_whole

_START = "Batch.StartBatchJob"
_TICKET_SECONDS = 3600.0
_UNDONE_CODINGS = ("content-encoding", "transfer-encoding", "content-length")


@dataclass(frozen=True, slots=True)
class RecordingResult:
    """What became of one cassette: ``verdicts`` on what was recorded, or why nothing was (``skipped``).

    A cassette with a broken message is not written, nor one whose answer is another than the scenario is there to show:
    ``unexpected`` is then the line that says what came. ``written`` is False then. ``findings``: what is broken, a line
    each, without secrets (the verdicts' own may quote one).
    """

    file: str
    verdicts: tuple[Verdict, ...] = ()
    skipped: str | None = None
    unexpected: str | None = None
    written: bool = False
    findings: tuple[str, ...] = ()


# --- from a tenant --------------------------------------------------------------------------------------------------


def record(
    source: TenantSettings | StandIn | None, folder: Path, contract: Contract | None = None
) -> list[RecordingResult]:
    """Records every scenario below ``folder``/VERSION, replacing what is there.

    ``source``: a live tenant; a stand-in that runs, of which only what it shares with a live one is recorded; None: a
    stand-in of its own, with all scenarios. Raises CouldNotJudge where the tenant cannot be asked.
    """
    contract = contract or load()
    if source is None:
        return list(_record_own_stand_in(folder, contract))
    settings = stand_in_settings(source.url, JOB) if isinstance(source, StandIn) else source
    with GuardedTenant(settings, contract) as tenant:
        return list(_record_tenant(tenant, folder))


def _record_own_stand_in(folder: Path, contract: Contract) -> Iterator[RecordingResult]:
    """All scenarios, without guards: nothing can harm this tenant, and its time goes on only when we say so."""
    now = [float(int(time.time()))]
    with StandIn(clock=lambda: now[0], ticket_seconds=_TICKET_SECONDS) as running:
        settings = stand_in_settings(running.url, JOB)
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
                yield _write_scenario(scenario, exchange, number, JOB, folder, tenant, "stand-in")
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


def _record_tenant(tenant: GuardedTenant, folder: Path) -> Iterator[RecordingResult]:
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
            findings = _list_findings([broken.verdict], Redactor(tenant.secrets()))
            yield RecordingResult(scenario.file, (broken.verdict,), findings=findings)
            return
        if starts and (number := tenant.started[-1] if tenant.started else None):
            tenant.wait_until_begun(number)
        if scenario.case == "stopped" and exchange.flag("Response") is False:
            yield RecordingResult(scenario.file, skipped="the job did not run when it was to be stopped")
            continue
        yield _write_scenario(scenario, exchange, number, job, folder, tenant, settings.kind)


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
) -> RecordingResult:
    service, _ = tenant.contract.operation(f"{tenant.settings.version}/{scenario.call}")
    recorded = state_provenance(source, [service], scenario.breaks)
    path = folder / tenant.settings.version / scenario.file
    unexpected = _find_unexpected(scenario, exchange, fill_in(scenario.says, number, job), tenant)
    return _write_if_kept(path, exchange, tenant.contract, Redactor(tenant.secrets()), recorded, unexpected)


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


# --- cassettes ------------------------------------------------------------------------------------------------------


def _write_if_kept(
    path: Path,
    exchange: Exchange,
    contract: Contract,
    redactor: Redactor,
    recorded: Provenance,
    unexpected: str | None = None,
) -> RecordingResult:
    """Judges both sides, and writes them as a cassette of vcrpy's if they are kept but for what is ``expects``."""
    request = replace(exchange.request, expects=tuple(recorded.expects))
    verdicts = (contract.judge(request), contract.judge(exchange.response))
    kept = all(verdict.kept for verdict in verdicts)
    if kept and not unexpected:
        pair = _vcr_request(exchange.request), _vcr_response(exchange.response)
        write_whole(path, dump_yaml(build_document([pair], redactor, recorded.as_dict())))
    if not kept:
        return RecordingResult(path.as_posix(), verdicts, findings=_list_findings(verdicts, redactor))
    return RecordingResult(path.as_posix(), verdicts, unexpected=unexpected, written=not unexpected)


def _list_findings(verdicts: Iterable[Verdict], redactor: Redactor) -> tuple[str, ...]:
    return tuple(redactor.content(f"{verdict.message} {one}") for verdict in verdicts for one in verdict.violations)


def _vcr_request(message: Message) -> Any:
    from vcr.request import Request

    assert message.http is not None
    fields = {name: ", ".join(values) for name, values in _list_fields(message).items()}
    return Request(message.http.method, message.http.target, message.data, fields)


def _vcr_response(message: Message) -> dict[str, Any]:
    assert message.http is not None
    status = {"code": message.http.status, "message": message.http.reason}
    return {"status": status, "headers": _list_fields(message), "body": {"string": message.data}}


def _list_fields(message: Message) -> dict[str, list[str]]:
    """The header fields, without those of codings that are undone, and with the length of what is there."""
    assert message.http is not None
    fields: dict[str, list[str]] = {}
    for name, value in message.http.headers:
        if name.lower() not in _UNDONE_CODINGS:
            fields.setdefault(name, []).append(value)
    return fields | {"Content-Length": [str(len(message.data))]}


# --- from raw messages ----------------------------------------------------------------------------------------------

_PAIR = ".request.http"


def convert(
    pairs: Path, folder: Path, source: str, *, suffix: str = "", contract: Contract | None = None
) -> list[RecordingResult]:
    """Cassettes of raw HTTP messages, ``NAME.request.http`` with ``NAME.response.http`` (StopBatchJob.stopped …).

    Each becomes VERSION/Agent/NAMEsuffix.yaml below ``folder``. ``source``: what stack they are from. The time is that
    of the response's Date. What the requests break is taken to be on purpose (``expects``); a response has to be kept.
    """
    contract = contract or load()
    requests = sorted(pairs.glob(f"*{_PAIR}"))
    if not requests:
        raise ContractsError(f"{pairs}: no NAME{_PAIR} in it")
    return [_convert_pair(request, folder, source, suffix, contract) for request in requests]


def _convert_pair(file: Path, folder: Path, source: str, suffix: str, contract: Contract) -> RecordingResult:
    name = file.name.removesuffix(_PAIR)
    request = _read_message(file)
    response = replace(_read_message(file.with_name(f"{name}.response.http")), answers=request)
    verdict = contract.judge(request)
    if verdict.version is None or verdict.agent is None or verdict.operation is None:
        raise ContractsError(f"{file}: it belongs to no operation of the contract: {verdict.reason or 'not known'}")
    services = [s for s in contract.services if (s.version, s.agent) == (verdict.version, verdict.agent)]
    broken_rules = tuple(dict.fromkeys(finding.rule for finding in verdict.violations))
    recorded = replace(state_provenance(source, services, broken_rules), at=_date_of(response))
    path = folder / verdict.version / verdict.agent / f"{name}{suffix}.yaml"
    exchange = Exchange(f"{verdict.agent}.{verdict.operation}", _with_whole_url(request), response)
    return _write_if_kept(path, exchange, contract, Redactor(), recorded)


def _read_message(file: Path) -> Message:
    message = next(iter(read(str(file))))
    if isinstance(message, Skipped) or message.problem or message.http is None:
        why = message.why if isinstance(message, Skipped) else message.problem
        raise ContractsError(f"{file}: no HTTP message: {why}")
    return message


def _with_whole_url(request: Message) -> Message:
    """As cassettes have it; a raw request names the host in a header of its own."""
    assert request.http is not None
    target = request.http.target or ""
    if "://" not in target:
        target = f"http://{request.http.headers.get('Host') or 'tenant.example'}{target}"
    return replace(request, http=replace(request.http, target=target))


def _date_of(response: Message) -> datetime:
    text = response.http.headers.get("Date") if response.http else None
    try:
        return parsedate_to_datetime(text or "").astimezone(UTC)
    except ValueError:
        why = "the response has no Date, so that it is not known when it was"
        raise ContractsError(f"{response.file}: {why}") from None
