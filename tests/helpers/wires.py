"""Servers, clients and the proxy between them as bytes: no HTTP library between a test and the wire."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from contracts.proxy.server import Exchange, Proxy
from contracts.proxy.upstream import read_address

CRLF = b"\r\n"


def read_message(stream: BinaryIO, *, bodiless: bool = False) -> tuple[bytes, bytes]:
    """A head and a body as they came, chunks and all; both empty at the end."""
    head = b""
    while (line := stream.readline()) not in (b"", CRLF):
        head += line
    body = b""
    if re.search(rb"(?im)^transfer-encoding: *chunked", head):
        while line := stream.readline():
            body += line
            if line == CRLF and re.search(rb"(?:\A|\r\n)0\r\n(?:[\w-]+: *[^\r\n]*\r\n)*\r\n\Z", body[-200:]):
                break
    elif (length := re.search(rb"(?im)^content-length: *(\d+)", head)) and not bodiless:
        body = stream.read(int(length[1]))
    elif head.startswith(b"HTTP/") and b"\r\nConnection: close\r\n" in head and not bodiless:
        body = stream.read()
    return head, body


def dechunk(body: bytes) -> bytes:
    """What chunks hold."""
    return b"".join(body[found.end() :][: int(found[1], 16)] for found in _chunks(body))


def _chunks(body: bytes) -> Iterator[re.Match[bytes]]:
    at = 0
    while found := re.compile(rb"([0-9a-f]+)\r\n").match(body, at):
        yield found
        at = found.end() + int(found[1], 16) + 2


@dataclass
class Upstream:
    """A server that gives the answers in order and hangs up after one that says so, or is None.

    ``asked``: head and body of each request; ``connections``: how many it had.
    """

    answers: list[bytes | None]
    port: int = 0
    asked: list[tuple[bytes, bytes]] = field(default_factory=list)
    connections: int = 0

    def serve(self, server: socket.socket) -> None:
        while self.answers:
            try:
                connection, _ = server.accept()
            except OSError:  # the test has ended
                return
            self.connections += 1
            # The proxy need not read what is too much.
            with suppress(ConnectionError), connection, connection.makefile("rb") as stream:
                while self.answers and self._answer(connection, stream):
                    pass

    def _answer(self, connection: socket.socket, stream: BinaryIO) -> bool:
        request = read_message(stream)
        if not request[0]:
            return False
        self.asked.append(request)
        answer = self.answers.pop(0)
        connection.sendall(answer or b"")
        return answer is not None and b"Connection: close" not in answer


@contextmanager
def upstream_of(*answers: bytes | None) -> Iterator[Upstream]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        running = Upstream(list(answers), server.getsockname()[1])
        threading.Thread(target=running.serve, args=(server,), daemon=True).start()
        yield running


@contextmanager
def speaking(*answers: bytes | None) -> Iterator[tuple[str, list[tuple[bytes, bytes]]]]:
    """A tenant's URL where these answers are given, and what it was asked."""
    with upstream_of(*answers) as upstream:
        yield f"http://127.0.0.1:{upstream.port}/Cust12345/Remote/Services85", upstream.asked


def http(status: str, body: bytes = b"", *fields: str) -> bytes:
    """An answer, after which the connection is closed."""
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *fields])
    return f"{head}\r\n\r\n".encode() + body


class Client:
    """One connection to a proxy."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self._stream = self._socket.makefile("rb")

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def end(self) -> None:
        """Sends no more."""
        self._socket.shutdown(socket.SHUT_WR)

    def read(self, *, bodiless: bool = False) -> tuple[bytes, bytes]:
        return read_message(self._stream, bodiless=bodiless)

    def read_all(self) -> bytes:
        """What comes until the connection ends, however it does."""
        try:
            return self._stream.read()
        except ConnectionResetError:
            return b""

    def __enter__(self) -> Client:
        return self

    def close(self) -> None:
        self._stream.close()
        self._socket.close()

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def proxied(to: int, **options: Any) -> Iterator[tuple[Client, list[Exchange]]]:
    """A client of a proxy before that upstream, and what the proxy hands over, whole when the block ends."""
    seen: list[Exchange] = []
    with (
        Proxy(read_address(f"http://127.0.0.1:{to}"), seen.append, **options) as proxy,
        Client(int(proxy.url.split(":")[2].split("/")[0])) as client,
    ):
        yield client, seen


def ok(body: bytes = b"done", *fields: bytes) -> bytes:
    return CRLF.join([b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *fields, b"", body])


def post(body: bytes, *fields: bytes, target: bytes = b"/Batch.svc") -> bytes:
    length = b"Content-Length: %d" % len(body)
    return CRLF.join([b"POST " + target + b" HTTP/1.1", b"Host: here", length, *fields, b"", body])
