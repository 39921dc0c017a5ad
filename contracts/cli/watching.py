"""What `watch` and `serve --judge` share: traffic is judged as it passes, said live, and reported at the end."""

from __future__ import annotations

import ssl
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

import click

from ..contract import Contract
from ..files.limits import Unreadable
from ..messages import Skipped
from ..messages.exchange import read_exchange
from ..messages.reader import Source
from ..messages.stored import StoredSide
from ..model import ENVELOPE, ContractsError, Message, Verdict
from ..model.secrets import mask_secrets
from ..model.urls import split_url
from ..model.verdict_text import show_outcome
from ..model.wording import escape_line
from ..proxy.server import Exchange, Proxy
from ..proxy.upstream import Address
from ..recording.writing import Keeper
from ..report.check_text import show_verdict, summarize_counts
from ..report.results import CheckResult
from ..report.terminal import paint_text
from ..rules import RULES
from ..rules.waivers import Waivers, read_own_waivers
from ..standin.calls import SoapFault
from ..standin.server import catch_stop, wait_for
from . import options
from .judging import Judging, Result, conclude_run, judge_found, remark_source
from .options import flag, option

_MOST_LISTED = 10_000
"""So many messages are in a report, and as many again that are broken or unjudged; beyond, they are only counted."""
_OUTCOMES = ("broken", "unjudged", "kept", "skipped")


@dataclass(frozen=True, slots=True)
class Watching:
    """What is made of traffic that passes: its options. ``timeout``: seconds that a request, or its answer, may take.
    ``max_size``: megabytes of the largest body that is judged."""

    reject: bool = flag(help="Answer a broken request with a Fault instead of passing it on.")
    record: Path | None = option(type=Path, metavar="FOLDER", help="Keep redacted cassettes there.")
    secrets: Sequence[tuple[str, str]] = options.secrets
    exchanges: int | None = option(type=options.WholeNumber(1), metavar="N", help="End after so many.")
    timeout: float = option(
        type=click.FloatRange(0.05, 86400),
        metavar="SECONDS",
        default=60,
        help="Of a request, and of its answer (default: 60).",
    )
    max_size: int = option(
        type=options.WholeNumber(1, 4096), default=16, metavar="MB", help="Larger bodies pass unjudged (default: 16)."
    )
    onsite: bool = options.onsite
    waivers: str | None = options.waivers
    reports: options.Reports = options.reports("check")
    verbose: bool = flag("-v", "--verbose", help="Notes and tolerated findings too.")

    def __post_init__(self) -> None:
        if self.secrets and not self.record:
            raise ContractsError("--redact and --redact-emails say what is in no cassette: --record is not given")

    @property
    def is_asked_for(self) -> bool:
        """Whether any of what only a judge can do was asked for."""
        return bool(self.reject or self.exchanges or self.waivers or self.record or self.reports.are_asked_for)

    @property
    def most(self) -> int:
        """Bytes of the largest body that is judged."""
        return self.max_size * 2**20


watching_options = options.together(Watching)


def watch_traffic(
    address: Address,
    contract: Contract,
    watching: Watching,
    host: str,
    port: int,
    *,
    tls: ssl.SSLContext | None = None,
    says: Sequence[str] = (),
    what: str = "",
) -> int:
    """Runs the proxy until it is told to stop; the exit status.

    ``what`` it is that clients find at its URL, which is said first; ``says``: the lines after that.
    """
    remark_source(contract)
    excuses = Waivers(read_own_waivers(watching.waivers), date.today(), RULES)
    keeper = Keeper(watching.record, contract, address.origin, watching.secrets) if watching.record else None
    with catch_stop() as stopping:
        before = "" if what else f", before {address.origin}"  # our own URL is the first, for scripts
        watcher = _ExchangeWatcher(what or address.netloc, contract, watching, excuses, keeper, stopping.set)
        proxy = Proxy(
            address,
            watcher.judge,
            refuse=watcher.refuse if watching.reject else None,
            tls=tls,
            host=host,
            port=port,
            seconds=watching.timeout,
            most=watching.most,
            on_start=lambda url: watcher.say(f"{what or 'judging proxy'} at {url}{before}", *says, always=True),
            on_end=stopping.set,
        )
        with proxy:
            wait_for(stopping)
    if proxy.failure:
        raise proxy.failure
    return watcher.conclude()


@dataclass
class _ExchangeWatcher:
    """Judges the exchanges of a run as they come; of their verdicts it keeps a bounded number."""

    source: str
    contract: Contract
    watching: Watching
    excuses: Waivers
    keeper: Keeper | None
    end: Callable[[], None]
    verdicts: list[Verdict] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    unlisted: Counter[str] = field(default_factory=Counter)
    passed: int = 0

    def __post_init__(self) -> None:
        reports = self.watching.reports
        # What is printed at the end may be read by a program: then what happens is said beside it.
        self._prints_text = ("text", None) in reports.wanted
        is_free = self._prints_text or not any(file is None for _, file in reports.wanted)
        self._stream = sys.stdout if is_free else sys.stderr
        with_notes = self.watching.verbose or reports.names != {"text"}
        self._judging = Judging(onsite=self.watching.onsite, with_notes=with_notes)

    def say(self, *lines: str, always: bool = False) -> None:
        if not self.watching.reports.quiet:
            print(*lines, sep="\n", file=self._stream, flush=True)
        elif always:
            print(*lines, sep="\n", file=sys.stderr, flush=True)

    # --- an exchange --------------------------------------------------------------------------------------------

    def refuse(self, request: StoredSide) -> bytes | None:
        """The Fault that answers a broken request; None for one that is passed on."""
        results = [
            self._judge_message(found) for found in read_exchange(self._wire_source, "", lambda: request, lambda: None)
        ]
        broken = [finding for one in results if isinstance(one, Verdict) for finding in one.violations]
        if not broken:
            return None
        text = "; ".join(mask_secrets(str(finding)) for finding in broken)
        return SoapFault("Client", f"services85 watch: not passed on: {text}", ENVELOPE).data()

    def judge(self, exchange: Exchange) -> None:
        """Judges both messages, says what there is to say, and keeps the verdicts."""
        messages = self._read_exchange(exchange)
        results = [self._judge_message(message) for message in messages]
        self._show_exchange(exchange, results)
        if self.keeper and exchange.response:
            self._record_exchange(self.keeper, messages, results)
        for result in results:
            self._keep_result(result)
        self.passed += 1
        if self.passed == self.watching.exchanges:
            self.end()

    @property
    def _wire_source(self) -> Source:
        return Source(self.source, max_size=self.watching.most)

    def _judge_message(self, found: Message | Skipped) -> Result:
        result = judge_found(self.contract, found, self._judging)
        return self.excuses.apply(result) if isinstance(result, Verdict) else result

    def _read_exchange(self, exchange: Exchange) -> list[Message | Skipped]:
        request, part = exchange.request, f"exchange {exchange.number}"
        if request is None:
            return [Message(b"", self.source, f"{part} request", "request", problem=exchange.problem)]

        def read_response() -> StoredSide | None:
            if exchange.problem:
                raise Unreadable(exchange.problem)
            return exchange.response

        return list(read_exchange(self._wire_source, part, lambda: request, read_response))

    def _show_exchange(self, exchange: Exchange, results: Sequence[Result]) -> None:
        outcomes = {one.outcome if isinstance(one, Verdict) else "skipped" for one in results}
        worst = next(outcome for outcome in _OUTCOMES if outcome in outcomes)
        status = str(exchange.status or "-")
        why = f"  ({exchange.problem})" if exchange.problem else "  (rejected)" if _is_rejected(exchange) else ""
        took = f"{exchange.seconds * 1000:.0f} ms"
        what = escape_line(f"{exchange.number}  {_name_exchange(exchange, results)}  {status}  {took}{why}")
        blocks = [
            line
            for one in results
            if isinstance(one, Verdict) and (self.watching.verbose or not (one.kept or one.reason == exchange.problem))
            for line in show_verdict(one, self.watching.verbose, self._stream)
        ]
        self.say(f"{show_outcome(worst, partial(paint_text, stream=self._stream))}  {what}", *blocks)

    def _record_exchange(
        self, keeper: Keeper, messages: Sequence[Message | Skipped], results: Sequence[Result]
    ) -> None:
        """Keeps an exchange of an operation of the contract, be it broken, if both its messages can be read."""
        first = results[0]
        pair = [message for message in messages if isinstance(message, Message) and not message.problem]
        if not isinstance(first, Verdict) or not first.operation or len(pair) < 2:
            return
        try:
            keeper.keep(pair[0], pair[1], first)
        except (ContractsError, OSError) as error:
            options.remark(f"{first.part}: not recorded: {error}")

    # --- the end ------------------------------------------------------------------------------------------------

    def _keep_result(self, result: Result) -> None:
        if isinstance(result, Skipped):
            if len(self.skipped) < _MOST_LISTED:
                self.skipped.append(result)
            else:
                self.unlisted["skipped"] += 1
        elif len(self.verdicts) < _MOST_LISTED * (1 if result.kept else 2):
            self.verdicts.append(result)
        else:
            self.unlisted[result.outcome] += 1

    def conclude(self) -> int:
        """Writes the reports; the exit status."""
        watching = self.watching
        result = CheckResult(self.contract.name, self.verdicts, self.skipped, watching.verbose, unlisted=self.unlisted)
        if self._prints_text:  # all but the sum has been said
            self.say(summarize_counts(result))
        watching.reports.without_printed_text().write(result)
        for each in self.excuses.remarks():
            options.remark(each)
        return conclude_run(result)


def _is_rejected(exchange: Exchange) -> bool:
    return exchange.request is not None and exchange.response is None


def _name_exchange(exchange: Exchange, results: Sequence[Result]) -> str:
    """``POST Batch.StopBatchJob``, or what was asked for where that is no operation."""
    http = exchange.request[0] if exchange.request else None
    if http is None:
        return "no request"
    labels = [one.label for one in results if isinstance(one, Verdict) and one.agent]
    target = mask_secrets(split_url(http.target or "").path)
    return f"{http.method} {labels[0] if labels else target}"
