"""One request to the web and its answer, within bounds of time and size; why there is none, in words."""

from __future__ import annotations

import socket
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import urlsplit
from weakref import WeakSet

import requests
from requests import exceptions as outer
from requests.adapters import HTTPAdapter
from urllib3 import exceptions as inner

from ..model.urls import may_be_loopback
from .limits import Unreadable, current_limits

_PIECE = 65536
_T = TypeVar("_T")


class WebSession(requests.Session):
    """One for a host: nothing comes from ``~/.netrc``, no proxy stands between this machine and itself, and no redirect
    is followed."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.auth = _add_nothing  # else requests adds what ~/.netrc has for the host
        self.trust_env = not may_be_loopback(urlsplit(url).hostname or "")
        self._adapter = _TrackingAdapter()
        self.mount("http://", self._adapter)
        self.mount("https://", self._adapter)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """None of any: requests would read a redirect's body, be it endless, and fail for a Location that is none."""
        return None

    def cut(self) -> None:
        """Ends its connections, from whatever thread: a read that waits for more data fails at once."""
        for connection in tuple(self._adapter.opened):
            with suppress(OSError, AttributeError):  # it may be gone already, or a recording's
                connection.sock.shutdown(socket.SHUT_RDWR)


class _TrackingAdapter(HTTPAdapter):
    """requests' own adapter, which also notes the connections that it opened: requests has no way to ask for them."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: WeakSet[Any] = WeakSet()

    def get_connection_with_tls_context(self, *given: Any, **named: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*given, **named)

        def open_connection(*given: Any, **named: Any) -> Any:
            connection = type(pool).ConnectionCls(*given, **named)
            self.opened.add(connection)
            return connection

        pool.ConnectionCls = open_connection
        return pool


def _add_nothing(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def call_within(seconds: float, call: Callable[[], _T], cut: Callable[[], None]) -> _T:
    """What a call of the network returns. Raises TimeoutError where it takes longer, be it that its answer drips: what
    a socket's own time-out bounds is the wait for one piece. ``cut`` ends what nobody waits for any more."""
    answer: Future[_T] = Future()

    def run_call() -> None:
        try:
            answer.set_result(call())
        except BaseException as error:
            answer.set_exception(error)

    Thread(target=run_call, daemon=True).start()
    try:
        return answer.result(max(seconds, 0))
    finally:
        if not answer.done():
            cut()


def read_body(answer: requests.Response, most: int) -> bytes:
    """The body, its codings undone. Raises Unreadable where it is larger than an answer may be, or than ``most``."""
    name, most = ("size", current_limits().bytes) if current_limits().bytes <= most else ("unpacked", most)
    body = bytearray()
    for piece in answer.iter_content(_PIECE):
        body += piece
        if len(body) > most:
            raise Unreadable(current_limits().refuse(name))
    return bytes(body)


class NoAnswer(Exception):
    """No answer. ``again``: it may be tried again; ``unsent``: the request has certainly not left."""

    def __init__(self, text: str, *, again: bool = True, unsent: bool = False) -> None:
        super().__init__(text)
        self.again, self.unsent = again, unsent


def explain_failure(error: Exception, seconds: float) -> NoAnswer:
    """What an error means that comes of a request; its own text is left out, as it quotes URLs."""
    cause: Any = error.args[0] if error.args else None
    cause = getattr(cause, "reason", None) or cause
    no_proxy = "the proxy of this machine's environment (HTTPS_PROXY …) lets nothing through"
    too_slow = f"no complete answer within {seconds:g} s"
    rows: Any = (  # kinds, text, again, unsent
        ((outer.SSLError,), "its certificate is not trusted, or it speaks no TLS", False, False),
        ((outer.ConnectTimeout,), f"no connection within {seconds:g} s", True, True),
        ((outer.Timeout, inner.ReadTimeoutError, TimeoutError), too_slow, False, False),
        ((inner.ProxyError,), no_proxy, True, True),
        ((inner.NameResolutionError,), "there is no such host", True, True),
        ((inner.NewConnectionError,), "it cannot be connected to", True, True),
        ((outer.ConnectionError, outer.ChunkedEncodingError), "the connection broke off", True, False),
    )
    for kinds, text, again, unsent in rows:
        if isinstance(error, kinds) or isinstance(cause, kinds):
            return NoAnswer(text, again=again, unsent=unsent)
    return NoAnswer(f"no HTTP answer that could be read ({type(error).__name__})", again=False)
