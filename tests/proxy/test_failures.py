"""What becomes of an exchange whose service is down, slow, cut, or speaks something else."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contracts.model import ContractsError
from contracts.proxy.server import Exchange, Proxy
from contracts.proxy.upstream import read_address, trust_upstream
from tests.helpers.wires import Client, Upstream, ok, post, proxied, upstream_of

SLOW = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<a"
CUT = SLOW.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n")


@pytest.mark.parametrize(
    ("answer", "status", "why"),
    [
        (None, 502, "the connection broke off before the whole answer had come"),
        (CUT, 502, "the connection broke off before the whole answer had come"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<a", 502, "broke off"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nxx\r\n", 502, "no HTTP answer"),
        (b"220 mail.example ESMTP\r\n\r\n", 502, "no HTTP answer that could be read"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000, 502, "no HTTP answer that could be read"),
        (SLOW, 504, "no complete answer within 0.2 s"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", 504, "no complete answer within 0.2 s"),
    ],
)
def test_no_answer_of_the_service_s(answer: bytes | None, status: int, why: str) -> None:
    with upstream_of(answer, ok()) as upstream, proxied(upstream.port, seconds=0.2) as (client, seen):
        client.send(post(b"<a/>"))
        head, body = client.read()
        assert head.startswith(b"HTTP/1.1 %d " % status) and b"text/plain" in head
        assert body.startswith(b"services85 watch: 127.0.0.1:%d: " % upstream.port) and why.encode() in body
        client.send(post(b"<b/>"))  # the client's connection is as good as before
        if answer not in (SLOW, b"HTTP/1.1 100 Continue\r\n\r\n"):
            assert client.read()[1] == b"done"
    assert (seen[0].status, seen[0].response) == (status, None) and why in seen[0].problem
    assert seen[0].request and seen[0].request[1] == b"<a/>"


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with proxied(taken.getsockname()[1]) as (client, seen):
            client.send(post(b"<a/>"))
            assert client.read()[0].startswith(b"HTTP/1.1 502 Bad Gateway")
    assert "cannot be connected to: connection refused" in seen[0].problem


def test_a_large_answer_that_is_cut_is_cut_for_the_client_too() -> None:
    cut = CUT.replace(b": 4", b": 5000").replace(b"<a", b"a" * 4000)
    with upstream_of(cut) as upstream, proxied(upstream.port, most=1000) as (client, seen):
        client.send(post(b"<a/>"))
        assert len(client.read_all()) < 5000
    assert seen[0].response and "broke off" in str(seen[0].response[1])


def test_an_error_of_the_callback_ends_the_proxy() -> None:
    ended = threading.Event()

    def fail(_: object) -> None:
        raise BrokenPipeError("nobody reads what is printed")

    with upstream_of(ok()) as upstream:
        address = read_address(f"http://127.0.0.1:{upstream.port}")
        with Proxy(address, fail, on_end=ended.set) as proxy, Client(int(proxy.url.rpartition(":")[2])) as client:
            client.send(post(b"<a/>"))
            assert client.read()[1] == b"done"
            assert ended.wait(10)
        assert isinstance(proxy.failure, BrokenPipeError)


@pytest.mark.parametrize(
    "url", ["", "tenant.example", "ftp://tenant.example/", "http://", "http://a:b/", "http://a]b/"]
)
def test_no_url_to_pass_on_to(url: str) -> None:
    with pytest.raises(ContractsError, match="no http:// or https:// URL of a host"):
        read_address(url)
    assert read_address("https://tenant.example/Cust1").origin == "https://tenant.example"


def test_a_url_with_a_user_in_it_is_refused_and_not_repeated() -> None:
    with pytest.raises(ContractsError) as caught:
        read_address("https://me:secret@tenant.example/")
    assert "secret" not in str(caught.value)


# --- TLS --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key, and a certificate for 127.0.0.1 that nobody has signed."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not there to make a certificate")
    file = tmp_path_factory.mktemp("tls") / "own.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=own"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(file), "-out", str(file.with_suffix(".crt"))]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
    file.write_bytes(file.read_bytes() + file.with_suffix(".crt").read_bytes())
    return file


@contextmanager
def upstream_with_tls(certificate: Path) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with context.wrap_socket(server, server_side=True) as wrapped:
            threading.Thread(target=Upstream([ok()]).serve, args=(wrapped,), daemon=True).start()
            yield port


def ask_over_tls(port: int, ca: Path | None, insecure: bool) -> tuple[bytes, str]:
    address = read_address(f"https://127.0.0.1:{port}")
    seen: list[Exchange] = []
    proxy = Proxy(address, seen.append, tls=trust_upstream(address, ca, insecure), seconds=5)
    with proxy, Client(int(proxy.url.rpartition(":")[2])) as client:
        client.send(post(b"<a/>"))
        head, _ = client.read()
    return head.split()[1], seen[0].problem


@pytest.mark.parametrize(("trusted", "insecure"), [(True, False), (False, True)])
def test_tls_with_a_certificate_that_is_trusted(certificate: Path, trusted: bool, insecure: bool) -> None:
    with upstream_with_tls(certificate) as port:
        assert ask_over_tls(port, certificate if trusted else None, insecure) == (b"200", "")


def test_tls_with_a_certificate_that_is_not_trusted(certificate: Path) -> None:
    with upstream_with_tls(certificate) as port:
        status, problem = ask_over_tls(port, None, False)
    assert status == b"502" and "its certificate is not trusted: self-signed certificate" in problem


def test_tls_where_none_is_spoken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with server.accept()[0] as connection:
                connection.recv(10_000)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        threading.Thread(target=serve, daemon=True).start()
        status, problem = ask_over_tls(server.getsockname()[1], None, False)
    assert status == b"502" and "it speaks no TLS that could be agreed on" in problem


def test_certificates_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    for name in ("ca.pem", "missing.pem"):
        with pytest.raises(ContractsError, match=r"no certificates \(PEM\)"):
            trust_upstream(read_address("https://tenant.example"), tmp_path / name, False)


def test_who_comes_as_it_ends_is_let_go() -> None:
    for _ in range(20):
        proxy = Proxy(read_address("http://127.0.0.1:1"), lambda exchange: None).start()
        with Client(int(proxy.url.rpartition(":")[2])) as client:
            proxy.stop()
            assert client.read_all() == b""


def test_its_url_is_told_before_the_first_request_is_taken() -> None:
    told: list[object] = []
    clients: list[Client] = []

    def ask_at_once(url: str) -> None:
        clients.append(Client(int(url.rpartition(":")[2])))
        clients[0].send(post(b"1"))
        told.append(url)

    with Proxy(read_address("http://127.0.0.1:1"), told.append, on_start=ask_at_once) as proxy, clients[0] as client:
        client.read()
    assert [told[0], len(told)] == [proxy.url, 2]
