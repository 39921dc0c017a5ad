"""Every call of requests, httpx, urllib3, aiohttp and urllib, judged, whoever makes it.

The public methods by which calls are made are wrapped, so that what a cassette or a mock answers is judged as well; of
what passes two libraries (requests sends by urllib3) the outer one tells.
"""

from __future__ import annotations

import io
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from functools import wraps
from http.client import HTTPResponse
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar
from unittest import mock

from ..model import ContractBroken, Message, NotJudged
from .judging import Fields, TrafficJudge, collect_body, is_soap

Begin = Callable[[], TrafficJudge | None]
"""Asked as a call begins: who judges it; None: nobody."""
_Method = Callable[..., Any]
_T = TypeVar("_T")
_SENT: ContextVar[list[bool]] = ContextVar("sent")
"""Filled where a call of `Session.request` came to `Session.send`."""
_INSIDE: ContextVar[bool] = ContextVar("inside", default=False)
"""Whether this is a call of urllib3 that is part of another one."""


@contextmanager
def judge_calls(begin: Begin) -> Iterator[None]:
    """Judges the calls of all libraries that are installed, which are imported for that."""
    with ExitStack() as stack:
        for library, owner, method, wrap in _ROWS:
            if find_spec(library):
                place = getattr(import_module(library), owner)
                stack.enter_context(mock.patch.object(place, method, wrap(getattr(place, method), begin)))
        yield


class _JudgedCall:
    """One call: its request is judged once it has left, and not where a hook refused to let it go."""

    def __init__(self, judge: TrafficJudge, method: str | None, url: str, fields: Fields, body: object) -> None:
        self.judge, self.method, self.url, self.fields, self.body = judge, method or "", url, fields, body
        self.asked: Message | None = None

    def __enter__(self) -> _JudgedCall:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None or not issubclass(kind, ContractBroken | NotJudged):
            self.asked = self.judge.judge_request(self.method, self.url, self.fields, self.body)


def _wrap_requests(send: _Method, begin: Begin) -> _Method:
    import requests

    @wraps(send)
    def judged(session: Any, request: Any, **options: Any) -> Any:
        __tracebackhide__ = True
        if (judge := begin()) is None:
            return send(session, request, **options)
        if request.body is not None and is_soap(request.url, request.headers):
            request.body = collect_body(request.body)
        if (sent := _SENT.get(None)) is not None:
            sent.append(True)
        with (
            _JudgedCall(judge, request.method, request.url, request.headers, request.body) as call,
            _setting(_INSIDE, True),
        ):
            response = send(session, request, **options)
        if call.asked is not None and isinstance(response, requests.Response):  # and no test's stub
            first = response.history[0] if response.history else response  # each redirect is a call of its own
            body, raw = None, first.raw
            if options.get("stream") and first is response and hasattr(raw, "getheaders"):
                body, first.raw = _read_raw(raw)
            body = first.content if body is None else body
            judge.judge_answer(call.asked, first.status_code, first.reason, first.headers, body)
        return response

    return judged


def _wrap_mocked_requests(ask: _Method, begin: Begin) -> _Method:
    """For a mock that replaces `Session.send` (requests-mock): what did not come to that is judged by its answer."""
    import requests

    @wraps(ask)
    def judged(session: Any, *given: Any, **options: Any) -> Any:
        __tracebackhide__ = True
        sent: list[bool] = []
        with _setting(_SENT, sent):
            response = ask(session, *given, **options)
        told = isinstance(response, requests.Response) and isinstance(response.request, requests.PreparedRequest)
        if told and not sent and (judge := begin()) is not None:
            sent_so = response.request
            asked = judge.judge_request(sent_so.method, sent_so.url, sent_so.headers, sent_so.body)
            judge.judge_answer(asked, response.status_code, response.reason, response.headers, response.content)
        return response

    return judged


def _wrap_urllib3(urlopen: _Method, begin: Begin) -> _Method:
    @wraps(urlopen)
    def judged(
        pool: Any, method: str, url: str, body: Any = None, headers: Any = None, *given: Any, **options: Any
    ) -> Any:
        __tracebackhide__ = True
        if _INSIDE.get() or (judge := begin()) is None:
            return urlopen(pool, method, url, body, headers, *given, **options)
        whole = url if "://" in url else f"{pool.scheme}://{pool.host}:{pool.port}{url}"
        fields: Mapping[str, str] = headers or pool.headers
        if body is not None and is_soap(whole, fields):
            body = collect_body(body)
        with _JudgedCall(judge, method, whole, fields, body) as call, _setting(_INSIDE, True):
            response = urlopen(pool, method, url, body, headers, *given, **options)
        if call.asked is not None:
            answer, data = response, None
            if not options.get("preload_content", True):
                data, response = _read_raw(response)
            data = answer.data if data is None else data
            judge.judge_answer(call.asked, answer.status, answer.reason, answer.headers.items(), data)
        return response

    return judged


@contextmanager
def _setting(variable: ContextVar[_T], value: _T) -> Iterator[None]:
    """Sets it for a block."""
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)


def _read_raw(response: Any) -> tuple[bytes, Any]:
    """The body of urllib3's response, not decoded, and a response from which it can be read again."""
    import urllib3

    data = response.read(decode_content=False)
    kept: dict[str, Any] = {name: getattr(response, name) for name in ("headers", "status", "reason")}
    decode = getattr(response, "decode_content", True)  # vcrpy's has none
    return data, urllib3.HTTPResponse(io.BytesIO(data), preload_content=False, decode_content=decode, **kept)


def _wrap_httpx(send: _Method, begin: Begin) -> _Method:
    from .httpx import is_readable

    @wraps(send)
    def judged(client: Any, request: Any, **options: Any) -> Any:
        __tracebackhide__ = True
        if (judge := begin()) is None or not is_readable(request):
            return send(client, request, **options)
        request.read()
        with _call_of(judge, request) as call:
            response = send(client, request, **options)
        if call.asked is not None:
            raw = b"".join(response.iter_raw()) if options.get("stream") else None
            _judge_httpx(judge, call.asked, response, raw)
        return response

    return judged


def _wrap_async_httpx(send: _Method, begin: Begin) -> _Method:
    from .httpx import is_readable

    @wraps(send)
    async def judged(client: Any, request: Any, **options: Any) -> Any:
        __tracebackhide__ = True
        if (judge := begin()) is None or not is_readable(request):
            return await send(client, request, **options)
        await request.aread()
        with _call_of(judge, request) as call:
            response = await send(client, request, **options)
        if call.asked is not None:
            raw = b"".join([part async for part in response.aiter_raw()]) if options.get("stream") else None
            _judge_httpx(judge, call.asked, response, raw)
        return response

    return judged


def _wrap_urllib(open_url: _Method, begin: Begin) -> _Method:
    from urllib.request import HTTPError, Request

    @wraps(open_url)
    def judged(opener: Any, fullurl: Any, data: Any = None, *given: Any, **options: Any) -> Any:
        __tracebackhide__ = True
        if _INSIDE.get() or (judge := begin()) is None:
            return open_url(opener, fullurl, data, *given, **options)
        request = Request(fullurl, data) if isinstance(fullurl, str) else fullurl
        url, body = request.full_url, request.data if data is None else data
        if body is not None and is_soap(url, dict(request.header_items())):
            body = collect_body(body)
        with _JudgedCall(judge, None, url, (), body) as call, _setting(_INSIDE, True):
            try:
                answer = open_url(opener, request, body, *given, **options)
            except HTTPError as refusal:  # a Fault comes as one
                answer = refusal
            call.method, call.fields = request.get_method(), request.header_items()
        if call.asked is not None and answer.url == url:  # not after a redirect
            judge.judge_answer(call.asked, answer.status, answer.reason, answer.headers.items(), _read_urllib(answer))
        if isinstance(answer, HTTPError):
            raise answer
        return answer

    return judged


def _read_urllib(answer: Any) -> bytes:
    """The body, which can be read again."""
    data: bytes = answer.read()
    held: Any = getattr(answer, "fp", answer) if isinstance(answer, OSError) else answer
    if type(held).read is HTTPResponse.read:
        held.fp, held.length, held.chunked = io.BytesIO(data), len(data), False
    else:  # vcrpy's, which has its own
        held.read = io.BytesIO(data).read
    return data


def _call_of(judge: TrafficJudge, request: Any) -> _JudgedCall:
    return _JudgedCall(judge, request.method, str(request.url), request.headers.multi_items(), request.content)


def _judge_httpx(judge: TrafficJudge, asked: Message, response: Any, raw: bytes | None) -> None:
    """``raw``: the body of a response that is streamed, which can be read again afterwards."""
    __tracebackhide__ = True
    import httpx

    answer = response.history[0] if response.history else response
    if raw is not None:
        response.stream, response.is_stream_consumed, response.is_closed = httpx.ByteStream(raw), False, False
        if answer is response:
            answer = httpx.Response(response.status_code, headers=response.headers, content=raw)
    fields = answer.headers.multi_items()
    judge.judge_answer(asked, answer.status_code, answer.reason_phrase, fields, answer.content)


def _wrap_aiohttp(method: str | None) -> Callable[[_Method, Begin], _Method]:
    """``method``: of HTTP, where it is not the first argument."""

    def wrap(start: _Method, begin: Begin) -> _Method:
        @wraps(start)
        def judged(session: Any, *given: Any, **options: Any) -> Any:
            if (judge := begin()) is None:
                return start(session, *given, **options)
            parts: list[bytes] = []
            if isinstance(data := options.get("data"), AsyncIterable):
                options["data"] = _keep_parts(data, parts)
            elif isinstance(data, str | bytes | bytearray | memoryview | io.IOBase):
                options["data"] = collect_body(data) if isinstance(data, io.IOBase) else data
                parts.append(collect_body(options["data"]))
            started = start(session, *given, **options)
            fields = {**session.headers, **(options.get("headers") or {})}
            name, url = (method, given[0]) if method else given[:2]
            return type(started)(_await_aiohttp(started, _JudgedCall(judge, name, str(url), fields, parts)))

        return judged

    return wrap


async def _await_aiohttp(started: Any, call: _JudgedCall) -> Any:
    __tracebackhide__ = True
    import aiohttp

    with call:
        response = await started
        is_real = isinstance(response, aiohttp.ClientResponse)  # and no test's stub
        if is_real and isinstance(response.request_info, aiohttp.RequestInfo):
            call.url, call.fields = str(response.request_info.real_url), response.request_info.headers or call.fields
    if call.asked is not None and is_real and not response.history:
        body = await response.read()
        call.judge.judge_answer(call.asked, response.status, response.reason, response.headers.items(), body)
    return response


async def _keep_parts(data: AsyncIterable[bytes], parts: list[bytes]) -> AsyncIterator[bytes]:
    async for part in data:
        parts.append(part)
        yield part


_ROWS: tuple[tuple[str, str, str, Callable[[_Method, Begin], _Method]], ...] = (
    ("requests", "Session", "send", _wrap_requests),
    ("requests", "Session", "request", _wrap_mocked_requests),
    ("urllib3", "HTTPConnectionPool", "urlopen", _wrap_urllib3),
    ("urllib.request", "OpenerDirector", "open", _wrap_urllib),
    ("httpx", "Client", "send", _wrap_httpx),
    ("httpx", "AsyncClient", "send", _wrap_async_httpx),
    ("aiohttp", "ClientSession", "request", _wrap_aiohttp(None)),
    *(("aiohttp", "ClientSession", name, _wrap_aiohttp(name.upper())) for name in ("get", "put", "post")),
)
"""A library, its class and method, and what wraps that."""
