"""Cassettes of messages that are there already: of traffic in any container, or of pairs of raw HTTP messages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from ..contract import Contract, load
from ..files.archive import split_archive
from ..live.exchange import Exchange
from ..messages import Skipped, belongs_to, name_format, read, read_all
from ..model import ContractsError, Message, Verdict
from ..model.verdict_text import name_place
from .provenance import Expects, Provenance, state_provenance
from .redaction import CannotRedact, Redactor, Secrets
from .writing import RecordingResult, learn_secrets, refuse_overwriting, write_if_kept

_PAIR = ".request.http"
_NO_WORDS = re.compile(r"[^\w.-]+")
_LONGEST_NAME = 60


# --- traffic ----------------------------------------------------------------------------------------------------------


def convert_traffic(
    paths: Sequence[str],
    folder: Path,
    *,
    source: str = "",
    suffix: str = "",
    contract: Contract | None = None,
    overwrite: bool = False,
    secrets: Secrets = (),
) -> list[RecordingResult]:
    """Cassettes of the calls that files of traffic hold (HAR, .saz, flows, raw HTTP …), one each.

    Each becomes VERSION/Agent/Operation.FILEsuffix.yaml below ``folder``. Its provenance is ``source``, else the file,
    the place in it and the format; its time is that of the answer's Date, else of the file. Whatever is broken is not
    written; what is no whole call of the contract is in the results as skipped, with the reason.
    """
    contract = contract or load()
    results: list[RecordingResult] = []
    calls: list[tuple[Path, Exchange, Provenance]] = []
    taken: Counter[str] = Counter()
    redactor = Redactor(secrets)
    for found in _pair_up(paths, contract, redactor):
        if isinstance(found, RecordingResult):
            results.append(found)
            continue
        verdict = contract.judge(found.request)
        if not verdict.operation:
            why = redactor.redact_quote(verdict.reason or "")
            results.append(RecordingResult(name_place(found.request), (verdict,), unexpected=why))
            continue
        name = f"{verdict.version}/{verdict.agent}/{_name_call(verdict.operation, found.request.file)}"
        taken[name] += 1
        number = f"-{taken[name]}" if taken[name] > 1 else ""
        whence, at = source or _describe_source(found.request), _date_of(found.response) or _time_of(found.request.file)
        recorded = _state_call(contract, verdict, whence, at, found.request.expects)
        calls.append((folder / f"{name}{number}{suffix}.yaml", found, recorded))
    if not overwrite:
        refuse_overwriting((path for path, _, _ in calls), source)
    learnt = []
    for call in calls:
        try:
            learn_secrets(redactor, [call[1]])
        except CannotRedact as bad:
            results.append(RecordingResult(call[0].as_posix(), unexpected=str(bad)))
        else:
            learnt.append(call)
    for path, exchange, recorded in learnt:
        recorded = replace(recorded, source=redactor.redact_text(recorded.source))
        results.append(write_if_kept(path, exchange, contract, redactor, recorded))
    return results


def _pair_up(paths: Sequence[str], contract: Contract, redactor: Redactor) -> Iterator[Exchange | RecordingResult]:
    """The calls, and why what else there is gives none."""
    waiting: dict[tuple[str, str], Message] = {}
    others: Counter[str] = Counter()
    for found in read_all(paths):
        if isinstance(found, Skipped) or (found.mixed and not belongs_to(contract.services, found)):
            others[found.file] += 1
        elif found.problem:
            yield RecordingResult(name_place(found), unexpected=redactor.redact_quote(found.problem))
        elif found.direction != "response":
            waiting[found.file, found.part] = found
        elif found.answers is None:
            yield RecordingResult(name_place(found), skipped="an answer without its request")
        else:
            request = waiting.pop((found.answers.file, found.answers.part), found.answers)
            if request.http is None or request.http.target is None or found.http is None:
                yield RecordingResult(name_place(found), skipped="no HTTP head, as a cassette has one")
            else:
                yield Exchange("", _with_whole_url(request), found)
    for request in waiting.values():
        yield RecordingResult(name_place(request), skipped="no answer to it is there")
    for file, count in others.items():
        yield RecordingResult(file, skipped=f"{count} parts without a message of the contract")


def _describe_source(request: Message) -> str:
    """``session.har, entry 2 (HAR)``: the file without its folders."""
    part = f", {request.part.removesuffix(' request')}" if request.part else ""
    return f"{Path(request.file).name}{part} ({name_format(request.file)})"


def _name_call(operation: str, file: str) -> str:
    name = Path(file).name
    stem = name.removesuffix(_PAIR) if name.endswith(_PAIR) else Path(name).stem
    stem = _NO_WORDS.sub("-", stem.removeprefix(f"{operation}.")).strip("-.")[:_LONGEST_NAME]
    return f"{operation}.{stem or 'traffic'}"


def _time_of(file: str) -> datetime:
    path = Path((split_archive(file) or (file,))[0])
    return datetime.fromtimestamp(path.stat().st_mtime, UTC) if path.exists() else datetime.now(UTC)


def _state_call(contract: Contract, verdict: Verdict, source: str, at: datetime, expects: Expects) -> Provenance:
    assert verdict.version and verdict.agent
    return state_provenance(source, contract.services.of_agent(verdict.version, verdict.agent), expects, at)


# --- pairs of raw messages --------------------------------------------------------------------------------------------


def convert_pairs(
    pairs: Path,
    folder: Path,
    source: str,
    *,
    suffix: str = "",
    contract: Contract | None = None,
    overwrite: bool = False,
    secrets: Secrets = (),
) -> list[RecordingResult]:
    """Cassettes of raw HTTP messages, ``NAME.request.http`` with ``NAME.response.http`` (StopBatchJob.stopped …).

    Each becomes VERSION/Agent/NAMEsuffix.yaml below ``folder``. ``source``: what stack they are from. The time is that
    of the response's Date. What the requests break is taken to be on purpose (``expects``); a response has to be kept.
    """
    contract = contract or load()
    calls: list[tuple[Path, Exchange, Provenance]] = []
    for file in sorted(pairs.glob(f"*{_PAIR}")):
        name = file.name.removesuffix(_PAIR)
        request = _read_message(file)
        response = replace(_read_message(file.with_name(f"{name}.response.http")), answers=request)
        if (at := _date_of(response)) is None:
            raise ContractsError(f"{response.file}: the response has no Date, so that it is not known when it was")
        verdict = contract.judge(request)
        if not verdict.operation:
            raise ContractsError(f"{file}: it belongs to no operation of the contract: {verdict.reason or 'not known'}")
        broken_rules = tuple(dict.fromkeys(finding.rule for finding in verdict.violations))
        path = folder / f"{verdict.version}/{verdict.agent}/{name}{suffix}.yaml"
        recorded = _state_call(contract, verdict, source, at, broken_rules)
        calls.append((path, Exchange(verdict.label, _with_whole_url(request), response), recorded))
    if not calls:
        raise ContractsError(f"{pairs}: no NAME{_PAIR} in it")
    if not overwrite:
        refuse_overwriting((path for path, _, _ in calls), source)
    return [write_if_kept(path, call, contract, Redactor(secrets), recorded) for path, call, recorded in calls]


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


def _date_of(response: Message) -> datetime | None:
    text = response.http.headers.get("Date") if response.http else None
    try:
        return parsedate_to_datetime(text or "").astimezone(UTC)
    except ValueError:
        return None
