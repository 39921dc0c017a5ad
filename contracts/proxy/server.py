"""The proxy itself: it listens, passes each request on and its answer back, and hands both to a callback."""

from __future__ import annotations

import asyncio
import itertools
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

import h11

from ..files.limits import Unreadable, show_size
from ..messages.stored import StoredSide
from ..model import Headers, Http
from ..standin.server import open_socket
from .client_side import own_answer, read_request, refuse, write_answer
from .passing import Answer, Body, NotPassedOn, Request
from .upstream import Address, Upstream, explain_failure
from .wire import MOST_HEAD, BrokenOff, Wire, is_over, write_rest
from .wsdl_addresses import point_back

_MOST_CLIENTS = 250  # each has two sockets; the fewest files that a process may have open are 1024
_IDLE_SECONDS = 120.0
_LAST_SECONDS = 5.0
_LARGE = 256 * 1024
_T = TypeVar("_T")
_R = TypeVar("_R")
_HOST = re.compile(r"[\w.:\[\]-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request, and what became of it. Its bodies hold secrets, and are in no repr.

    ``number``: from 1, in the order in which the requests began. ``request``: None where it was not read to its end.
    ``response``: that of the service, None where there is none. ``status``: what the client was answered with, None
    where it is gone. ``problem``: why a request was not passed on, or no answer came. ``seconds``: until it was
    answered.
    """

    number: int
    request: StoredSide | None = field(default=None, repr=False)
    status: int | None = None
    problem: str = ""
    response: StoredSide | None = field(default=None, repr=False)
    seconds: float = 0.0

    @property
    def size(self) -> int:
        """Bytes that are held."""
        return sum(len(side[1]) for side in (self.request, self.response) if side and isinstance(side[1], bytes))


@dataclass(eq=False, repr=False)
class Proxy:
    """A proxy that listens from ``start`` to ``stop``, best used as a context manager.

    ``upstream``: where it passes requests on to; ``tls``: how TLS is spoken there. ``on_exchange`` gets each exchange
    when it is over, one at a time, in a thread of the proxy. ``refuse`` is asked before a request is passed on: what
    it returns is the SOAP message that the client gets instead, with status 500. ``seconds``: how long a request, or
    its answer, may take. ``most``: the largest body, in bytes, that is handed to the callbacks.

    ``url`` is ``http://HOST:PORT``, followed by the upstream's path; ``on_start`` gets it before a request is taken.
    ``failure`` is what a callback raised; it ends the proxy's work, and ``on_end`` is called. Raises ContractsError
    where it cannot listen.
    """

    upstream: Address
    on_exchange: Callable[[Exchange], None]
    refuse: Callable[[StoredSide], bytes | None] | None = None
    tls: ssl.SSLContext | None = None
    host: str = "127.0.0.1"
    port: int = 0
    seconds: float = 60.0
    most: int = 16 * 2**20
    on_start: Callable[[str], None] = lambda url: None
    on_end: Callable[[], None] = lambda: None
    url: str = field(default="", init=False)
    failure: Exception | None = field(default=None, init=False)

    # --- life ---------------------------------------------------------------------------------------------------

    def start(self) -> Proxy:
        listener, self._netloc = open_socket(self.host, self.port)
        listener.setblocking(False)
        self.url = f"http://{self._netloc}{self.upstream.path}"
        self.on_start(self.url)
        self._numbers = itertools.count(1)
        self._clients: dict[asyncio.Task[None], socket.socket] = {}
        self._busy: set[asyncio.Task[None]] = set()
        started = threading.Event()

        async def run() -> None:
            self._loop, self._stopping, self._turn = asyncio.get_running_loop(), asyncio.Event(), asyncio.Lock()
            self._loop.add_reader(listener, self._accept_client, listener)
            started.set()
            await self._stopping.wait()
            self._loop.remove_reader(listener)
            listener.close()
            if self._busy:
                await asyncio.wait(self._busy, timeout=_LAST_SECONDS)
            clients = dict(self._clients)
            for task in clients:
                task.cancel()
            await asyncio.gather(*clients, return_exceptions=True)
            for connection in clients.values():
                connection.close()  # of one that was not even begun with

        def work() -> None:
            loop = asyncio.SelectorEventLoop  # on Windows too: see `_accept_client`
            with asyncio.Runner(loop_factory=loop) as runner:
                runner.run(run())

        self._thread = threading.Thread(target=work, name="proxy", daemon=True)
        self._thread.start()
        started.wait()
        return self

    def stop(self) -> None:
        """Stops listening; what has begun may end within a few seconds."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def __enter__(self) -> Proxy:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()

    # --- a client -----------------------------------------------------------------------------------------------

    def _accept_client(self, listener: socket.socket) -> None:
        """Lets a client in. asyncio's own server may forget one that comes as it is closed, which then hangs."""
        try:
            connection, _ = listener.accept()
        except OSError:  # it is gone already
            return
        task = self._loop.create_task(self._serve_client(connection))
        self._clients[task] = connection
        task.add_done_callback(self._clients.pop)

    async def _serve_client(self, connection: socket.socket) -> None:
        task = asyncio.current_task()
        assert task is not None
        client = Wire(*await asyncio.open_connection(sock=connection))
        upstream = Upstream(self.upstream, self.tls, self.seconds, self.most)
        try:
            if len(self._clients) > _MOST_CLIENTS:
                await refuse(client, _word_refusal(503, f"more than {_MOST_CLIENTS} connections", close=True))
                return
            while not self._stopping.is_set() and await client.has_more(_IDLE_SECONDS) and not client.is_ended:
                self._busy.add(task)
                if not await self._pass_on(client, upstream):
                    break
                self._busy.discard(task)
        except asyncio.CancelledError:
            client.abort()
        except (OSError, TimeoutError):
            pass  # the client is gone
        except Exception as error:
            self._note_failure(error)
        finally:
            upstream.close()
            client.close()
            self._busy.discard(task)

    async def _pass_on(self, client: Wire, upstream: Upstream) -> bool:
        """One exchange; whether another may follow on the same connection."""
        number, began = next(self._numbers), time.perf_counter()
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=2 * MOST_HEAD)
        try:
            passed = await self._pass_exchange(number, connection, client, upstream)
        except asyncio.CancelledError:
            self.on_exchange(Exchange(number, problem="it was not over when the proxy stopped"))
            raise
        await self._hand_over(replace(passed, seconds=time.perf_counter() - began))
        return is_over(connection)

    async def _pass_exchange(
        self, number: int, connection: h11.Connection, client: Wire, upstream: Upstream
    ) -> Exchange:
        try:
            async with asyncio.timeout(self.seconds):
                own = frozenset({self._netloc, self.upstream.netloc})
                request = await read_request(connection, client, self.most, own)
        except BrokenOff:
            return Exchange(number, problem="the client broke off within its request")
        except (NotPassedOn, TimeoutError) as error:
            late = NotPassedOn(408, f"no complete request within {self.seconds:g} s")
            refusal = error if isinstance(error, NotPassedOn) else late
            await refuse(client, _word_refusal(refusal.status, str(refusal), close=True))
            return Exchange(number, status=refusal.status, problem=str(refusal))
        asked = self._store_request(request)
        fault = await _run_callback(self.refuse, asked, len(request.body.held)) if self.refuse else None
        if fault is not None:
            await self._send_answer(connection, client, own_answer(500, fault, "text/xml"))
            return Exchange(number, asked, 500)
        try:
            answer = await upstream.ask(request)
        except NotPassedOn as failed:
            problem = f"{self.upstream.netloc}: {failed}"
            await self._send_answer(connection, client, _word_refusal(failed.status, problem))
            passed = Exchange(number, asked, failed.status, problem)
        else:
            here = request.host if _HOST.fullmatch(request.host) else self._netloc
            cut = await self._send_answer(
                connection, client, point_back(request, answer, self.upstream, f"http://{here}")
            )
            await upstream.settle()
            passed = Exchange(number, asked, answer.status, response=self._store_answer(answer, cut))
        if connection.their_state is h11.SEND_BODY:
            await client.drop()
        return passed

    async def _send_answer(self, connection: h11.Connection, client: Wire, answer: Answer) -> str:
        """Answers the client; why not to the end, where that is so."""
        try:
            async with asyncio.timeout(self.seconds):
                write_answer(connection, client, answer)
                await client.flush()
            if answer.body.rest is not None:
                await write_rest(connection, client, answer.body, self.seconds)
        except (TimeoutError, OSError, BrokenOff, h11.RemoteProtocolError) as error:
            client.abort()
            return str(explain_failure(error, self.seconds))
        return ""

    async def _hand_over(self, exchange: Exchange) -> None:
        async with self._turn:  # one at a time
            try:
                await _run_callback(self.on_exchange, exchange, exchange.size)
            except Exception as error:
                self._note_failure(error)

    def _note_failure(self, error: Exception) -> None:
        self.failure = self.failure or error
        self.on_end()

    def _store_request(self, request: Request) -> StoredSide:
        http = Http(Headers.of(request.fields), method=request.method, target=request.target)
        return http, self._hold_body(request.body), 1

    def _store_answer(self, answer: Answer, cut: str) -> StoredSide:
        http = Http(Headers.of(answer.fields), status=answer.status, reason=answer.reason.decode("latin-1"))
        return http, Unreadable(cut) if cut else self._hold_body(answer.body), 1

    def _hold_body(self, body: Body) -> bytes | Unreadable:
        return body.held if body.rest is None else Unreadable(f"larger than {show_size(self.most)}, passed on unjudged")


async def _run_callback(callback: Callable[[_T], _R], given: _T, size: int) -> _R:
    """What the callback returns; where there is much to look at, others are served meanwhile."""
    return callback(given) if size < _LARGE else await asyncio.to_thread(callback, given)


def _word_refusal(status: int, text: str, *, close: bool = False) -> Answer:
    return own_answer(status, f"services85 watch: {text}\n".encode(), "text/plain", close=close)
