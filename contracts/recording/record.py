"""Records cassettes: from the stand-in tenant, from a live one, and from raw HTTP messages that are there already.

Whatever is written was judged before and is redacted. From a live tenant only what its guards allow is recorded.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from ..contract import Contract, load
from ..live.client import Sender
from ..live.config import Settings
from ..live.signals import terminable
from ..live.tenant import Exchange, Tenant
from ..live.writing import write_request
from ..messages import Skipped, read
from ..model import ContractsError, Message, Verdict
from ..standin.server import APPLICATION_TOKEN, PASSWORD, USER_NAME, StandIn
from .provenance import Recorded, recorded_now
from .redaction import Redactor
from .scenarios import JOB, SCENARIOS, SOAP_11, SOAP_12, THE_JOB, UNKNOWN_TICKET, Scenario

_TICKET_SECONDS = 3600.0
_CODINGS = ("content-encoding", "transfer-encoding", "content-length")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one cassette: ``verdicts`` on what was recorded, or why nothing was (``skipped``).

    A cassette with a broken message is not written; then ``written`` is False.
    """

    file: str
    verdicts: tuple[Verdict, ...] = ()
    skipped: str | None = None
    written: bool = field(default=False)


# --- cassettes ------------------------------------------------------------------------------------------------------


def write(path: Path, exchanges: Sequence[Exchange], redactor: Redactor, recorded: Recorded) -> None:
    """Writes a cassette for vcrpy, redacted. Content and transfer codings are undone already in an Exchange."""
    from vcr.persisters.filesystem import FilesystemPersister
    from vcr.serializers import yamlserializer

    from .vcr import Persister

    pairs = [(_request(exchange.request), _response(exchange.response)) for exchange in exchanges]
    document = {"requests": [one for one, _ in pairs], "responses": [one for _, one in pairs]}
    path.unlink(missing_ok=True)  # else the block of the old one is merged in
    Persister(FilesystemPersister, redactor, recorded).save_cassette(path, document, yamlserializer)


def _request(message: Message) -> Any:
    from vcr.request import Request

    assert message.http is not None
    return Request(message.http.method, message.http.target, message.data, _fields(message, lists=False))


def _response(message: Message) -> dict[str, Any]:
    assert message.http is not None
    status = {"code": message.http.status, "message": message.http.reason}
    return {"status": status, "headers": _fields(message, lists=True), "body": {"string": message.data}}


def _fields(message: Message, *, lists: bool) -> dict[str, Any]:
    """The header fields, without those of codings that are undone, and with the length of what is there."""
    assert message.http is not None
    fields: dict[str, Any] = {}
    for name, value in message.http.headers:
        if name.lower() not in _CODINGS:
            fields.setdefault(name, []).append(value)
    fields["Content-Length"] = [str(len(message.data))]
    return fields if lists else {name: ", ".join(values) for name, values in fields.items()}


# --- from a tenant --------------------------------------------------------------------------------------------------


def record(source: Settings | StandIn | None, folder: Path, contract: Contract | None = None) -> list[Outcome]:
    """Records every scenario below ``folder``/VERSION, replacing what is there.

    ``source``: a live tenant; a stand-in that runs, of which only what it shares with a live one is recorded; None: a
    stand-in of its own, with all scenarios. Raises CouldNotJudge where the tenant cannot be asked.
    """
    contract = contract or load()
    if source is None:
        return list(_from_stand_in(folder, contract))
    if isinstance(source, StandIn):
        source = Settings(source.url, APPLICATION_TOKEN, USER_NAME, PASSWORD, allow_start=(JOB,))
    with terminable(), Tenant(source, contract) as tenant:
        return list(_from_tenant(tenant, folder))


def _from_stand_in(folder: Path, contract: Contract) -> Iterator[Outcome]:
    now = [float(int(time.time()))]
    with StandIn(clock=lambda: now[0], ticket_seconds=_TICKET_SECONDS) as running:
        settings = Settings(running.url, APPLICATION_TOKEN, USER_NAME, PASSWORD, allow_start=(JOB,))
        sender = Sender(settings)
        with Tenant(settings, contract) as tenant:
            number: int | None = None
            for scenario in SCENARIOS:
                ticket = tenant.ticket if scenario.ticket is None else UNKNOWN_TICKET
                if scenario.ticket == "expired":
                    ticket, now[0] = tenant.ticket, now[0] + _TICKET_SECONDS + 1
                exchange = _unguarded(scenario, number, ticket, tenant, sender)
                if scenario.label == "Batch.StartBatchJob":
                    number = int(exchange.text("Response") or "")
                now[0] += 1
                yield _written(scenario, exchange, folder, tenant, "stand-in")
        sender.close()


def _unguarded(scenario: Scenario, number: int | None, ticket: str, tenant: Tenant, sender: Sender) -> Exchange:
    """A call of the stand-in tenant, which nothing can harm: any operation, and broken ones too."""
    service, operation = tenant.contract.operation(f"{tenant.settings.version}/{scenario.label}")
    headers = {"ApplicationToken": tenant.settings.application_token, "Credentials": {"Ticket": ticket}}
    data = write_request(service, operation, _filled(scenario.parameters, number, JOB), headers)
    kind = "text/xml"
    if scenario.soap12:
        data, kind = data.replace(SOAP_11.encode(), SOAP_12.encode()), "application/soap+xml"
    head = {"Content-Type": f"{kind}; charset=utf-8", "SOAPAction": f'"{operation.action}"'}
    url = f"{tenant.settings.url}/{service.agent}.svc"
    response = sender.post(url, data, head)
    assert response.answers is not None
    return Exchange(scenario.label, response.answers, response)


def _from_tenant(tenant: Tenant, folder: Path) -> Iterator[Outcome]:
    settings = tenant.settings
    name = settings.allow_start[0] if settings.allow_start else JOB
    number: int | None = None
    for scenario in SCENARIOS:
        parameters = scenario.parameters if scenario.live is None else scenario.live
        starts = scenario.label == "Batch.StartBatchJob"
        if reason := _not_live(scenario, settings, job_is_there=bool(number) or starts):
            yield Outcome(scenario.file, skipped=reason)
            continue
        ticket = UNKNOWN_TICKET if scenario.ticket == "unknown" else None
        if scenario.on == "login":
            exchange = tenant.login()
        elif starts:
            exchange = tenant.call(scenario.label, {"BatchTaskInfo": {"Name": name}})
            number = tenant.started[-1] if tenant.started else None
            if number:
                tenant.wait_for(number)
        else:
            exchange = tenant.call(scenario.label, _filled(parameters, number, name), ticket=ticket)
            if scenario.case == "stopped" and exchange.text("Response") not in ("true", "1"):
                yield Outcome(scenario.file, skipped="the job did not run when it was to be stopped")
                continue
        yield _written(scenario, exchange, folder, tenant, settings.kind)


def _not_live(scenario: Scenario, settings: Settings, *, job_is_there: bool) -> str | None:
    """Why a scenario is not recorded from a live tenant."""
    if scenario.on == "stand-in":
        return "an expired ticket" if scenario.ticket else "it changes something, or is broken on purpose"
    if scenario.on == "with-a-job" and not settings.allow_start:
        return "it needs a job of its own: --allow-start NAME"
    if scenario.on == "with-a-job" and not job_is_there:
        return "no job was started"
    if scenario.on == "login" and not settings.user:
        return "it needs a user and a password"
    return None


def _filled(parameters: Mapping[str, Any], number: int | None, name: str) -> dict[str, Any]:
    """The parameters, with the id and the name of the job that the recording started."""

    def fill(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: fill(item) for key, item in value.items()}
        if value is THE_JOB:
            return number
        return name if value == JOB else value

    return {key: fill(value) for key, value in parameters.items()}


def _written(scenario: Scenario, exchange: Exchange, folder: Path, tenant: Tenant, source: str) -> Outcome:
    service, _ = tenant.contract.operation(f"{tenant.settings.version}/{scenario.label}")
    recorded = recorded_now(source, [service], scenario.expects)
    return _judged_and_written(
        folder / tenant.settings.version / scenario.file,
        [exchange],
        tenant.contract,
        Redactor(tenant.secrets()),
        recorded,
    )


def _judged_and_written(
    path: Path, exchanges: Sequence[Exchange], contract: Contract, redactor: Redactor, recorded: Recorded
) -> Outcome:
    verdicts = []
    for number, exchange in enumerate(exchanges, 1):
        for side in (exchange.request, exchange.response):
            expects = recorded.expects
            if isinstance(expects, Mapping):
                expects = expects.get(f"interaction {number} {side.direction}", ())
            elif side.direction == "response":
                expects = ()
            verdicts.append(contract.judge(replace(side, expects=tuple(expects))))
    kept = all(verdict.kept for verdict in verdicts)
    if kept:
        write(path, exchanges, redactor, recorded)
    return Outcome(path.as_posix(), tuple(verdicts), written=kept)


# --- from raw messages ----------------------------------------------------------------------------------------------

_PAIR = ".request.http"


def convert(
    pairs: Path, folder: Path, source: str, *, suffix: str = "", contract: Contract | None = None
) -> list[Outcome]:
    """Cassettes of raw HTTP messages, ``NAME.request.http`` with ``NAME.response.http`` (StopBatchJob.stopped …).

    Each becomes VERSION/Agent/NAMEsuffix.yaml below ``folder``. ``source``: what stack they are from. The time is that
    of the response's Date. What the requests break is taken to be on purpose (``expects``); a response has to be kept.
    """
    contract = contract or load()
    requests = sorted(pairs.glob(f"*{_PAIR}"))
    if not requests:
        raise ContractsError(f"{pairs}: no NAME{_PAIR} in it")
    return [_converted(request, folder, source, suffix, contract) for request in requests]


def _converted(file: Path, folder: Path, source: str, suffix: str, contract: Contract) -> Outcome:
    name = file.name.removesuffix(_PAIR)
    request = _one(file)
    response = replace(_one(file.with_name(f"{name}.response.http")), answers=request)
    verdict = contract.judge(request)
    if verdict.version is None or verdict.agent is None or verdict.operation is None:
        raise ContractsError(f"{file}: it belongs to no operation of the contract: {verdict.reason or 'not known'}")
    services = [s for s in contract.services if (s.version, s.agent) == (verdict.version, verdict.agent)]
    recorded = replace(
        recorded_now(source, services, tuple(dict.fromkeys(finding.rule for finding in verdict.violations))),
        at=_date(response),
    )
    path = folder / verdict.version / verdict.agent / f"{name}{suffix}.yaml"
    label = f"{verdict.agent}.{verdict.operation}"
    return _judged_and_written(path, [Exchange(label, _absolute(request), response)], contract, Redactor(), recorded)


def _one(file: Path) -> Message:
    message = next(iter(read(str(file))))
    if isinstance(message, Skipped) or message.problem or message.http is None:
        why = message.why if isinstance(message, Skipped) else message.problem
        raise ContractsError(f"{file}: no HTTP message: {why}")
    return message


def _url(request: Message) -> str:
    return (request.http.target if request.http else None) or ""


def _absolute(request: Message) -> Message:
    """The request with a whole URL, as cassettes have it."""
    assert request.http is not None
    target = _url(request)
    if "://" not in target:
        target = f"http://{request.http.headers.get('Host') or 'tenant.example'}{target}"
    return replace(request, http=replace(request.http, target=target))


def _date(response: Message) -> datetime:
    text = response.http.headers.get("Date") if response.http else None
    try:
        return parsedate_to_datetime(text or "").astimezone(UTC)
    except ValueError:
        raise ContractsError(
            f"{response.file}: the response has no Date, so that it is not known when it was"
        ) from None
