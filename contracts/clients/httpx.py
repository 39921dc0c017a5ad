"""httpx, judged: a client of your own, by its event hooks.

client = judge_client(httpx.Client(), contracts.load())     # or an httpx.AsyncClient
client.post(url, content=envelope, headers=...)     # ContractBroken, and nothing is sent, if it breaks the contract
"""

from __future__ import annotations

from typing import Any, TypeVar

import httpx

from ..contract import Contract
from .judging import TrafficJudge, is_soap

_ASKED = "services85"
"""The extension of a request that keeps what was judged, for its answer."""
_Client = TypeVar("_Client", bound=httpx.Client | httpx.AsyncClient)


def judge_client(client: _Client, contract: Contract, **options: Any) -> _Client:
    """The client, whose messages are judged from now on; ``options`` are those of `TrafficJudge`.

    Hooks that it has already see a request before it is judged, and an answer after that.
    """
    judge = TrafficJudge(contract, **options)

    def on_request(request: httpx.Request) -> None:
        __tracebackhide__ = True
        if is_readable(request):
            request.read()
            _judge_request(judge, request)

    def on_response(response: httpx.Response) -> None:
        __tracebackhide__ = True
        if response.request.extensions.get(_ASKED):
            response.read()
            _judge_response(judge, response)

    async def on_request_later(request: httpx.Request) -> None:
        __tracebackhide__ = True
        if is_readable(request):
            await request.aread()
            _judge_request(judge, request)

    async def on_response_later(response: httpx.Response) -> None:
        __tracebackhide__ = True
        if response.request.extensions.get(_ASKED):
            await response.aread()
            _judge_response(judge, response)

    later = isinstance(client, httpx.AsyncClient)
    hooks = client.event_hooks
    client.event_hooks = {
        "request": [*hooks["request"], on_request_later if later else on_request],
        "response": [on_response_later if later else on_response, *hooks["response"]],
    }
    return client


def is_readable(request: httpx.Request) -> bool:
    """Whether its body is there, or is worth collecting."""
    return isinstance(request.stream, httpx.ByteStream) or is_soap(str(request.url), request.headers)


def _judge_request(judge: TrafficJudge, request: httpx.Request) -> None:
    __tracebackhide__ = True
    asked = judge.judge_request(request.method, str(request.url), request.headers.multi_items(), request.content)
    request.extensions = {**request.extensions, _ASKED: asked}


def _judge_response(judge: TrafficJudge, response: httpx.Response) -> None:
    __tracebackhide__ = True
    asked = response.request.extensions[_ASKED]
    judge.judge_answer(
        asked, response.status_code, response.reason_phrase, response.headers.multi_items(), response.content
    )
