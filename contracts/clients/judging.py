"""Requests and answers of any HTTP client, judged as they pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..contract import Contract
from ..live.exchange import Exchange
from ..messages import belongs_to
from ..messages.exchange import carries_soap, decode_message
from ..messages.reader import Source
from ..model import Headers, Http, Message, Verdict
from ..model.secrets import mask_secrets
from ..model.urls import split_url

Fields = Mapping[str, str] | Iterable[tuple[str, str]]
Report = Callable[[Verdict], object]
"""What is done with each verdict, a kept one too; it may raise."""


class CallFailed(Exception):
    """The service answered by the contract, and said no: Succeeded is false. The text is its ExceptionInfo's."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(exchange.refusal)
        self.exchange = exchange


@dataclass(frozen=True)
class TrafficJudge:
    """Judges what belongs to ``contract``; other traffic passes.

    ``report``: what is done with a verdict; by default ContractBroken and NotJudged are raised, so that a broken
    request does not leave, and a broken answer is not handed on. ``onsite``: no ApplicationToken is wanted.
    ``raise_failures``: an answer with Succeeded=false raises CallFailed, with ExceptionInfo's text.
    """

    contract: Contract
    report: Report = Verdict.raise_if_broken
    onsite: bool = False
    raise_failures: bool = False

    def judge_request(self, method: str, url: str, fields: Fields | None, body: object) -> Message | None:
        """The request, judged; None where it does not belong to the contract. ``fields``: None: there is no head."""
        __tracebackhide__ = True
        http = None if fields is None else Http(Headers.of(fields), method=method, target=url)
        data = collect_body(body)
        source = Source(mask_secrets(f"{method} {url}"))
        request = decode_message(source, "", "request", (http, data, None), mixed=True)
        if not carries_soap(request) or not belongs_to(self.contract.services, request):
            return None
        self.report(self.contract.judge(request, onsite=self.onsite))
        return request

    def judge_answer(
        self, asked: Message | None, status: int | None, reason: str | None, fields: Fields | None, body: object
    ) -> None:
        """Judges what answers a request that `judge_request` returned; nothing where that was None."""
        __tracebackhide__ = True
        if asked is None:
            return
        http = None if fields is None else Http(Headers.of(fields), status=status, reason=reason or "")
        source = Source(f"answer to {asked.file}")
        answer = decode_message(source, "", "response", (http, collect_body(body), None), asked, mixed=True)
        verdict = self.contract.judge(answer)
        self.report(verdict)
        exchange = Exchange(verdict.label, asked, answer)
        if self.raise_failures and verdict.kept and exchange.succeeded is False:
            raise CallFailed(exchange)


def is_soap(url: str, fields: Mapping[str, str]) -> bool:
    """Whether a request looks like SOAP before its body is known, so that a streamed body is worth collecting."""
    names = {str(name).lower(): str(value) for name, value in fields.items()}
    return "soapaction" in names or "xml" in names.get("content-type", "") or split_url(url).path.endswith(".svc")


def collect_body(body: Any) -> bytes:
    """A body as bytes, from the forms that clients take it in; what is read to its end stays so."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes | bytearray | memoryview):
        return bytes(body)
    if hasattr(body, "read"):
        return collect_body(body.read())
    return b"".join(map(collect_body, body))
