"""Writes what was recorded, or passes by: redacted, and never over what is there unless that is wanted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any, Literal

from ..contract import Contract
from ..files.limits import Unreadable
from ..files.writing import write_whole
from ..live.exchange import Exchange
from ..model import ContractsError, Message, Verdict
from .provenance import Provenance, read_provenance, state_provenance
from .redaction import CannotRedact, Redactor, Secrets
from .vcr import build_document, dump_yaml, redact_exchanges

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

    @property
    def state(self) -> Literal["recorded", "skipped", "unjudged", "broken"]:
        if self.written:
            return "recorded"
        return "skipped" if self.skipped else "unjudged" if self.unexpected else "broken"


def refuse_overwriting(files: Iterable[Path], source: str) -> None:
    """Raises ContractsError if any of the files is there.

    The line says where the first of them comes from: one of another origin than ``source``, if there is any.
    """
    found = [(file, _read_known(file)) for file in files if file.exists()]
    if not found:
        return
    found.sort(key=lambda pair: pair[1] is not None and pair[1].source == source)
    file, known = found[0]
    whence = f" ({known})" if known else ""
    more = f" and {len(found) - 1} more are" if len(found) > 1 else " is"
    way = "--overwrite replaces what is there, --dry-run shows what would change"
    raise ContractsError(f"{file}{whence}{more} there already: {way}")


def compare_cassettes(new: Path, old: Path) -> str:
    """In a few words, what writing one over the other would change."""
    if not old.exists():
        return "new"
    before = _read_known(old)
    fresh = Counter(_list_lines(new)) - Counter(_list_lines(old))
    whence = f"one {before}" if before else "what does not say where it is from"
    return f"replaces {whence}; {fresh.total() or 'no'} lines differ"


def _read_known(file: Path) -> Provenance | None:
    try:
        return read_provenance(file)
    except Unreadable:
        return None


def _list_lines(file: Path) -> list[str]:
    """What was sent and came back, without where and when."""
    text = "\n" + file.read_text("utf-8", "replace")
    return text.partition("\ninteractions:")[2].partition("\nrecorded:")[0].splitlines()


def write_if_kept(
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
    if all(verdict.kept for verdict in verdicts):
        if not unexpected:
            try:
                write_cassette(path, exchange.request, exchange.response, redactor, recorded)
            except CannotRedact as bad:
                unexpected = str(bad)
        return RecordingResult(path.as_posix(), verdicts, unexpected=unexpected, written=not unexpected)
    with suppress(CannotRedact):  # what nobody can look into, no finding quotes
        learn_secrets(redactor, [exchange])
    for verdict in verdicts:
        if verdict.outcome == "unjudged":
            return RecordingResult(path.as_posix(), verdicts, unexpected=redactor.redact_quote(verdict.reason or ""))
    return RecordingResult(path.as_posix(), verdicts, findings=list_findings(verdicts, redactor))


def write_cassette(path: Path, request: Message, response: Message, redactor: Redactor, recorded: Provenance) -> None:
    """Writes the two as a cassette of vcrpy's. Raises CannotRedact where a body cannot be looked into."""
    pair = _vcr_request(request), _vcr_response(response)
    write_whole(path, dump_yaml(build_document([pair], redactor, recorded.as_dict())))


class Keeper:
    """Keeps traffic that passes as ``folder/VERSION/Agent/Operation.N.yaml``, and never over what is there.

    ``origin``: where the traffic goes (``https://HOST``); its host is in no cassette, nor what ``secrets`` names.
    Raises ContractsError where ``folder`` is a file.
    """

    def __init__(self, folder: Path, contract: Contract, origin: str, secrets: Secrets = ()) -> None:
        if folder.exists() and not folder.is_dir():
            raise ContractsError(f"{folder}: not a folder")
        self._folder, self._contract, self._origin = folder, contract, origin
        self._redactor = Redactor([("host", origin.partition("://")[2]), *secrets])
        self._numbers: dict[Path, count[int]] = {}

    def keep(self, request: Message, response: Message, verdict: Verdict) -> Path:
        """The cassette of an exchange whose request has that verdict, with a version, an agent and an operation.

        Raises CannotRedact where a body cannot be looked into.
        """
        assert request.http is not None and verdict.version and verdict.agent and verdict.operation
        services = self._contract.services.of_agent(verdict.version, verdict.agent)
        asked = replace(request, http=replace(request.http, target=self._origin + (request.http.target or "")))
        path = self._claim_file(self._folder / verdict.version / verdict.agent / verdict.operation)
        try:
            write_cassette(path, asked, response, self._redactor, state_provenance("watch", services))
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path

    def _claim_file(self, stem: Path) -> Path:
        """The next file of that name that is not there; it is made at once, so that nobody else takes it."""
        stem.parent.mkdir(parents=True, exist_ok=True)
        for number in self._numbers.setdefault(stem, count(1)):
            path = stem.with_name(f"{stem.name}.{number}.yaml")
            try:
                path.touch(exist_ok=False)
            except FileExistsError:
                continue
            return path
        raise AssertionError("numbers do not end")


def learn_secrets(redactor: Redactor, exchanges: Iterable[Exchange]) -> None:
    """Lets it see all that will be written: what a late message tells to be secret is so in an early one."""
    redact_exchanges(redactor, ((_vcr_request(one.request), _vcr_response(one.response)) for one in exchanges))


def list_findings(verdicts: Iterable[Verdict], redactor: Redactor) -> tuple[str, ...]:
    shown = [verdict.with_texts(redactor.redact_quote) for verdict in verdicts]
    return tuple(f"{verdict.message} {one}" for verdict in shown for one in verdict.violations)


def _vcr_request(message: Message) -> Any:
    from vcr.request import Request

    assert message.http is not None
    fields = {name: ", ".join(values) for name, values in _list_fields(message).items()}
    try:
        return Request(message.http.method, message.http.target, message.data, fields)
    except ValueError:
        raise CannotRedact("its URL is none, so that nobody knows what of it is secret") from None


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
