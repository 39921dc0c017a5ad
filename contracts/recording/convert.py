"""Cassettes of raw HTTP messages that are there already."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from ..contract import Contract, load
from ..live.exchange import Exchange
from ..messages import Skipped, read
from ..model import ContractsError, Message
from .provenance import state_provenance
from .redaction import Redactor
from .writing import RecordingResult, refuse_overwriting, write_if_kept

_PAIR = ".request.http"


def convert(
    pairs: Path,
    folder: Path,
    source: str,
    *,
    suffix: str = "",
    contract: Contract | None = None,
    overwrite: bool = False,
) -> list[RecordingResult]:
    """Cassettes of raw HTTP messages, ``NAME.request.http`` with ``NAME.response.http`` (StopBatchJob.stopped …).

    Each becomes VERSION/Agent/NAMEsuffix.yaml below ``folder``. ``source``: what stack they are from. The time is that
    of the response's Date. What the requests break is taken to be on purpose (``expects``); a response has to be kept.
    """
    contract = contract or load()
    requests = sorted(pairs.glob(f"*{_PAIR}"))
    if not requests:
        raise ContractsError(f"{pairs}: no NAME{_PAIR} in it")
    read_pairs = [_read_pair(request, suffix, contract) for request in requests]
    if not overwrite:
        refuse_overwriting(folder / name for name, _ in read_pairs)
    return [_convert_pair(folder / name, exchange, source, contract) for name, exchange in read_pairs]


def _read_pair(file: Path, suffix: str, contract: Contract) -> tuple[str, Exchange]:
    """The name of its cassette, and the call."""
    name = file.name.removesuffix(_PAIR)
    request = _read_message(file)
    response = replace(_read_message(file.with_name(f"{name}.response.http")), answers=request)
    verdict = contract.judge(request)
    if verdict.version is None or verdict.agent is None or verdict.operation is None:
        raise ContractsError(f"{file}: it belongs to no operation of the contract: {verdict.reason or 'not known'}")
    exchange = Exchange(f"{verdict.agent}.{verdict.operation}", _with_whole_url(request), response)
    return f"{verdict.version}/{verdict.agent}/{name}{suffix}.yaml", exchange


def _convert_pair(path: Path, exchange: Exchange, source: str, contract: Contract) -> RecordingResult:
    verdict = contract.judge(exchange.request)
    services = [s for s in contract.services if (s.version, s.agent) == (verdict.version, verdict.agent)]
    broken_rules = tuple(dict.fromkeys(finding.rule for finding in verdict.violations))
    recorded = replace(state_provenance(source, services, broken_rules), at=_date_of(exchange.response))
    return write_if_kept(path, exchange, contract, Redactor(), recorded)


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
