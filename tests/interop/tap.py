"""A forwarder that keeps what passes (until watch is there)."""

from __future__ import annotations

import http.client
import http.server
import threading
from contextlib import contextmanager
from urllib.parse import urlsplit

from contracts.model import Headers, Http, Message

HOP = {"connection", "keep-alive", "te", "transfer-encoding", "content-length", "host", "expect"}


@contextmanager
def tap(upstream):
    parts = urlsplit(upstream)
    passed = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *a): ...

        def do_POST(self):
            if "chunked" in (self.headers.get("Transfer-Encoding") or ""):
                data = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    data += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
            else:
                data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fields = [(k, v) for k, v in self.headers.items() if k.lower() not in HOP]
            request = Message(data, direction="request", http=Http(Headers(tuple(fields)), method=self.command, target=self.path))
            up = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
            up.putrequest(self.command, self.path, skip_accept_encoding=True)
            for k, v in fields:
                up.putheader(k, v)
            if data or self.command != "GET":
                up.putheader("Content-Length", str(len(data)))
            up.endheaders(data)
            r = up.getresponse()
            body = r.read()
            if "wsdl" in self.path:
                body = body.replace(f"{parts.hostname}:{parts.port}".encode(), f"127.0.0.1:{server.server_port}".encode())
            fields = [(k, v) for k, v in r.getheaders() if k.lower() not in HOP]
            answer = Message(body, direction="response", http=Http(Headers(tuple(fields)), status=r.status, reason=r.reason), answers=request)
            passed.append((request, answer))
            self.send_response_only(r.status, r.reason)
            for k, v in fields:
                self.send_header(k, v)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{parts.path}", passed
    finally:
        server.shutdown()
        server.server_close()
