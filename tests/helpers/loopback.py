"""A server on loopback that answers as a test says, and remembers what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Asked:
    """A request; ``path`` is with its query, and a whole URL where the server was taken for a proxy."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Site(ThreadingHTTPServer):
    """``pages`` answers by path, and by ``*`` what has no page of its own."""

    daemon_threads = True

    def __init__(self, host: str = "127.0.0.1") -> None:
        super().__init__((host, 0), Request)
        self.pages: dict[str, Callable[[Request], None]] = {}
        self.asked: list[Asked] = []
        self.host = f"{host}:{self.server_address[1]}"
        self.url = f"http://{self.host}"

    def add(self, path: str, content: bytes | str) -> None:
        self.pages[path] = lambda page: page.give(content)


class Request(BaseHTTPRequestHandler):
    """A request to be answered."""

    server: Site

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(Asked(self.command, self.path, dict(self.headers), body))
        page = self.server.pages.get(self.path.partition("?")[0], self.server.pages.get("*"))
        page(self) if page else self.send_error(404)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass

    def give(self, content: bytes | str = b"", status: int = 200, **fields: str) -> None:
        """Answers; a field's ``_`` stands for ``-``."""
        data = content if isinstance(content, bytes) else content.encode()
        self.send_response(status)
        for name, value in {**fields, "Content_Length": str(len(data))}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def send_on(self, to: str) -> None:
        self.give(status=302, Location=to)


@contextmanager
def running(host: str = "127.0.0.1") -> Iterator[Site]:
    with Site(host) as site:
        thread = threading.Thread(target=site.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield site
        site.shutdown()
        thread.join()
