"""The side of the proxy that speaks with the service: one connection for each client, so that what a server ties to a
connection, such as NTLM's login, is the client's own."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import h11

from ..model import ContractsError
from .passing import Answer, Body, NotPassedOn, Request, end_to_end
from .wire import MOST_HEAD, BrokenOff, Wire, frame_body, is_over, next_event, read_body, write_rest


@dataclass(frozen=True, slots=True)
class Address:
    """Where requests are passed on to. ``netloc`` is the host, with the port where the URL has one."""

    scheme: str
    netloc: str
    host: str
    port: int
    path: str = ""

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.netloc}"


def read_address(url: str) -> Address:
    """The parts of a URL. Raises ContractsError for what is none of HTTP's, or has a user in it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme not in ("http", "https") or not url.isascii() or not url.isprintable():
        raise ContractsError("no http:// or https:// URL of a host")
    if "@" in parts.netloc:
        raise ContractsError("a URL with a user in it; what a client sends is passed on, and nothing else")
    return Address(parts.scheme, parts.netloc, host, port or (443 if parts.scheme == "https" else 80), parts.path)


def trust_upstream(address: Address, ca: Path | None, insecure: bool) -> ssl.SSLContext | None:
    """How TLS is spoken with it, None for plain HTTP. Raises ContractsError where ``ca`` holds no certificates."""
    if address.scheme == "http":
        return None
    try:
        context = ssl.create_default_context(cafile=ca)
    except (OSError, ssl.SSLError):
        raise ContractsError(f"{ca}: no certificates (PEM) that could be read") from None
    if insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class Upstream:
    """A connection to the service, opened when it is first asked. ``seconds`` is how long an answer may take,
    ``most`` about how many bytes of it are held."""

    def __init__(self, address: Address, tls: ssl.SSLContext | None, seconds: float, most: int) -> None:
        self._address, self._tls = address, tls
        self._seconds, self._most = seconds, most
        self._wire: Wire | None = None
        self._sending: asyncio.Task[None] | None = None
        self._connection = h11.Connection(h11.CLIENT)

    async def ask(self, request: Request) -> Answer:
        """The answer. After it, and after what follows in its body, `settle`. Raises NotPassedOn."""
        try:
            async with asyncio.timeout(self._seconds):
                wire = self._wire = await self._connect_upstream()
                return await self._send_request(request, wire)
        except (TimeoutError, OSError, BrokenOff, h11.RemoteProtocolError) as error:
            await self._end_sending()
            self.close()
            raise explain_failure(error, self._seconds) from None

    async def _send_request(self, request: Request, wire: Wire) -> Answer:
        connection = self._connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=MOST_HEAD)
        fields = [(b"Host", self._address.netloc.encode()), *request.fields]
        if request.chunked:
            fields.append((b"Transfer-Encoding", b"chunked"))
        head = h11.Request(method=request.method, target=request.target, headers=fields)
        wire.write(connection.send(head), *frame_body(connection, request.body))
        if request.body.rest is not None:  # an answer may come before all is sent
            self._sending = asyncio.create_task(self._send_rest(connection, wire, request.body))
        while isinstance(answer := await next_event(connection, wire), h11.InformationalResponse):
            pass  # to 100-continue the client has its answer from us
        assert isinstance(answer, h11.Response)
        body = await read_body(connection, wire, self._most)
        return Answer(answer.status_code, answer.reason, end_to_end(answer.headers.raw_items()), body)

    async def _send_rest(self, connection: h11.Connection, wire: Wire, body: Body) -> None:
        """Passes on what follows of a request. Where the client breaks off, so do we; else the answer tells what is."""
        try:
            await write_rest(connection, wire, body, self._seconds)
        except (BrokenOff, h11.ProtocolError):
            wire.abort()
        except OSError:  # a time-out too
            pass

    async def settle(self) -> None:
        """Keeps the connection for the next request if it can be kept; no more of this one is read."""
        kept = self._sending is None and is_over(self._connection)
        await self._end_sending()
        if not kept:
            self.close()

    async def _end_sending(self) -> None:
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.wait([self._sending])
            self._sending = None

    async def _connect_upstream(self) -> Wire:
        if self._wire is not None:
            if not await self._wire.has_more(0):  # be it the end, or what nobody asked for
                return self._wire
            self.close()
        host = self._address.host
        streams = await asyncio.open_connection(
            host, self._address.port, ssl=self._tls, server_hostname=host if self._tls else None
        )
        return Wire(*streams)

    def close(self) -> None:
        if self._sending is not None:
            self._sending.cancel()
            self._sending = None
        if self._wire is not None:
            self._wire.close()
            self._wire = None


_CAUSES: tuple[tuple[type[Exception], int, str], ...] = (
    (TimeoutError, 504, "no complete answer within {seconds:g} s"),
    (ssl.SSLCertVerificationError, 502, "its certificate is not trusted: {error.verify_message}"),
    (ssl.SSLError, 502, "it speaks no TLS that could be agreed on"),
    (socket.gaierror, 502, "there is no such host"),
    (ConnectionRefusedError, 502, "it cannot be connected to: connection refused"),
    (BrokenOff, 502, "the connection broke off before the whole answer had come"),
    (ConnectionError, 502, "the connection broke off before the whole answer had come"),
    (h11.RemoteProtocolError, 502, "no HTTP answer that could be read"),
    (OSError, 502, "it cannot be connected to: {reason}"),
)
"""An error of the connection, the status that says so, and what it means; of several the first counts."""


def explain_failure(error: Exception, seconds: float) -> NotPassedOn:
    """What an error of the connection means, in a line."""
    status, text = next((status, text) for kind, status, text in _CAUSES if isinstance(error, kind))
    reason = getattr(error, "strerror", None) or type(error).__name__
    return NotPassedOn(status, text.format(error=error, reason=reason, seconds=seconds))
