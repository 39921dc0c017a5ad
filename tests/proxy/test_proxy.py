"""What the proxy passes on, byte by byte, and what it hands to its callback."""

from __future__ import annotations

import gzip
import re
import socket

import pytest

from contracts.files.limits import Unreadable
from tests.helpers.wires import CRLF, Client, dechunk, ok, post, proxied, upstream_of

CHUNKED = b"Transfer-Encoding: chunked"


def test_a_request_passes_unchanged_but_for_what_is_a_proxy_s_own() -> None:
    target = b"/Cust1/a%2Fb;c=1//../Batch.svc?x=%20y&&z"
    fields = [
        b'soapACTION: "urn:x"',
        b"Cookie: a=1",
        b"X-Odd:",
        b"Cookie: b=2",
        b"X-Latin: \xe4",
        b"Accept-Encoding: gzip",
        b"Authorization: Negotiate abc",
    ]
    hops = [
        b"Connection: keep-alive, X-Hop",
        b"X-Hop: 1",
        b"Keep-Alive: 5",
        b"TE: trailers",
        b"Proxy-Connection: close",
    ]
    with upstream_of(ok()) as upstream, proxied(upstream.port) as (client, seen):
        client.send(post(b"\x00\xff<a/>", *fields, *hops, target=target))
        client.read()
    head, body = upstream.asked[0]
    assert body == b"\x00\xff<a/>"
    assert head.split(CRLF)[:-1] == [
        b"POST " + target + b" HTTP/1.1",
        b"Host: 127.0.0.1:%d" % upstream.port,
        b"Content-Length: 6",
        *[field.replace(b"X-Odd:", b"X-Odd: ") for field in fields],
    ]
    request = seen[0].request
    assert request and request[0] and request[1] == b"\x00\xff<a/>"
    assert (request[0].method, request[0].target) == ("POST", target.decode())
    assert request[0].headers.get_all("cookie") == ("a=1", "b=2")


def test_an_answer_passes_unchanged() -> None:
    packed = gzip.compress(b"<a/>")
    fields = [b"Content-Encoding: gzip", b"set-cookie: a=1; path=/", b"Set-Cookie: b=2", b"X-AspNet-Version: 4.0"]
    answer = ok(packed, *fields).replace(b"200 OK", b"500 Odd Reason")
    with upstream_of(answer) as upstream, proxied(upstream.port) as (client, seen):
        client.send(post(b"<a/>"))
        head, body = client.read()
    assert body == packed
    assert head.split(CRLF)[:-1] == [b"HTTP/1.1 500 Odd Reason", b"Content-Length: %d" % len(packed), *fields]
    assert seen[0].response and seen[0].response[1] == packed and seen[0].status == 500


def test_chunks_stay_chunks_in_both_directions() -> None:
    answer = CRLF.join([b"HTTP/1.1 200 OK", CHUNKED, b"", b"3", b"abc", b"4;x=y", b"defg", b"0", b"X-Sum: 1", b"", b""])
    request = CRLF.join([b"POST / HTTP/1.1", b"Host: here", CHUNKED, b"", b"2", b"<a", b"2", b"/>", b"0", b"", b""])
    with upstream_of(answer) as upstream, proxied(upstream.port) as (client, seen):
        client.send(request)
        head, body = client.read()
    assert b"Transfer-Encoding: chunked" in head and b"Content-Length" not in head and dechunk(body) == b"abcdefg"
    assert b"Transfer-Encoding: chunked" in upstream.asked[0][0] and dechunk(upstream.asked[0][1]) == b"<a/>"
    assert seen[0].request and seen[0].request[1] == b"<a/>"
    assert seen[0].response and seen[0].response[1] == b"abcdefg"


_SUM = [b"Trailer: X-Sum", b""]


@pytest.mark.parametrize("size", [3, 200_000])
def test_trailers_pass_in_both_directions_but_for_what_frames_a_message(size: int) -> None:
    end = [b"0", b"X-Sum: 1", b"Content-Length: 7", b"Connection: x", b"", b""]
    chunks = [b"%x" % size, b"a" * size, *end]
    request = CRLF.join([b"POST / HTTP/1.1", b"Host: here", CHUNKED, *_SUM, *chunks])
    answer = CRLF.join([b"HTTP/1.1 200 OK", CHUNKED, *_SUM, *chunks])
    with upstream_of(answer, ok(), answer) as upstream, proxied(upstream.port, most=100_000) as (client, _):
        client.send(request + post(b"<b/>"))
        head, body = client.read()
        assert b"Trailer: X-Sum" in head and dechunk(body) == b"a" * size and body.endswith(b"0\r\nX-Sum: 1\r\n\r\n")
        assert client.read()[1] == b"done"
        client.send(b"POST / HTTP/1.0\r\nContent-Length: 0\r\n\r\n")
        assert client.read_all().endswith(b"\r\n\r\n" + b"a" * size)
    assert upstream.asked[0][1].endswith(b"0\r\nX-Sum: 1\r\n\r\n")


def test_a_connection_is_kept_on_both_sides_and_opened_anew_where_the_service_closed_it() -> None:
    closing = ok(b"two", b"Connection: close")
    with upstream_of(ok(b"one"), closing, ok(b"three")) as upstream, proxied(upstream.port) as (client, seen):
        for wanted in (b"one", b"two", b"three"):
            client.send(post(b"<a/>"))
            head, body = client.read()
            assert body == wanted and b"Connection" not in head
    assert (len(upstream.asked), upstream.connections) == (3, 2)
    assert [one.number for one in seen] == [1, 2, 3]


def test_each_client_has_a_connection_of_its_own() -> None:
    """What a server ties to a connection, such as a login by NTLM, is never another client's."""
    with upstream_of(ok(b"one"), ok(b"other")) as upstream, proxied(upstream.port) as (client, _):
        client.send(post(b"<a/>"))
        client.read()
        with Client(client.port) as other:
            other.send(post(b"<b/>"))
            client.close()
            assert other.read()[1] == b"other"
    assert upstream.connections == 2


def test_requests_sent_at_once_are_answered_in_order_one_at_a_time() -> None:
    with upstream_of(*(ok(b"%d" % n) for n in range(5))) as upstream, proxied(upstream.port) as (client, seen):
        client.send(b"".join(post(b"<%d/>" % n) for n in range(5)))
        assert [client.read()[1] for _ in range(5)] == [b"0", b"1", b"2", b"3", b"4"]
    assert [body for _, body in upstream.asked] == [b"<%d/>" % n for n in range(5)]
    assert len(seen) == 5


def test_who_waits_for_100_is_told_to_go_on() -> None:
    interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
    with upstream_of(interim + ok()) as upstream, proxied(upstream.port) as (client, _):
        head, _, body = post(b"<a/>", b"Expect: 100-continue").partition(CRLF * 2)
        client.send(head + CRLF * 2)
        assert client.read() == (b"HTTP/1.1 100 Continue\r\n", b"")
        client.send(body)
        assert client.read()[1] == b"done"
    assert upstream.asked[0][1] == b"<a/>" and b"Expect: 100-continue" in upstream.asked[0][0]


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_an_answer_without_a_body(status: str) -> None:
    answer = f"HTTP/1.1 {status}\r\nETag: x\r\n\r\n".encode()
    with upstream_of(answer, ok()) as upstream, proxied(upstream.port) as (client, _):
        client.send(post(b"") + post(b""))
        assert client.read(bodiless=True) == (answer[:-2], b"")
        assert client.read()[1] == b"done"


def test_head_has_the_length_and_no_body() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n"
    with upstream_of(answer, ok()) as upstream, proxied(upstream.port) as (client, _):
        client.send(b"HEAD /x HTTP/1.1\r\nHost: here\r\n\r\n" + post(b""))
        assert client.read(bodiless=True) == (answer[:-2], b"")
        assert client.read()[1] == b"done"


@pytest.mark.parametrize("head", [b"HTTP/1.0 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"])
def test_an_answer_that_its_end_ends(head: bytes) -> None:
    with upstream_of(head + b"to the end", None) as upstream:
        upstream.answers[0] = head.replace(CRLF * 2, b"\r\nConnection: close\r\n\r\n") + b"to the end"
        with proxied(upstream.port) as (client, _):
            client.send(post(b"<a/>"))
            assert dechunk(client.read()[1]) == b"to the end"


def test_a_client_of_http_1_0() -> None:
    with upstream_of(ok()) as upstream, proxied(upstream.port) as (client, _):
        client.send(b"POST /x HTTP/1.0\r\nContent-Length: 4\r\n\r\n<a/>")
        assert client.read_all() == ok().replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    assert upstream.asked[0] == (
        b"POST /x HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 4\r\n" % upstream.port, b"<a/>",
    )  # fmt: skip


def test_an_offer_of_another_protocol_goes_no_further() -> None:
    offer = [b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABk"]
    with upstream_of(ok(), ok(b"again")) as upstream, proxied(upstream.port) as (client, _):
        client.send(post(b"<a/>", *offer) + post(b"<b/>"))
        assert [client.read()[1] for _ in range(2)] == [b"done", b"again"]
    assert not re.search(rb"(?i)upgrade|http2", upstream.asked[0][0])


def test_a_url_as_for_a_proxy_is_asked_for_as_a_path() -> None:
    with upstream_of(ok(), ok()) as upstream, proxied(upstream.port) as (client, _):
        for host in (b"here", b"127.0.0.1:%d" % upstream.port):
            client.send(post(b"<a/>", target=b"http://%s/Batch.svc?a" % host))
            client.read()
        client.send(post(b"<a/>", target=b"http://elsewhere.example/Batch.svc"))
        assert client.read()[0].startswith(b"HTTP/1.1 421 ")
    assert [head.split(CRLF)[0] for head, _ in upstream.asked] == [b"POST /Batch.svc?a HTTP/1.1"] * 2


def test_what_is_larger_than_is_held_passes_and_is_handed_over_as_such() -> None:
    large = bytes(range(256)) * 4096
    with upstream_of(ok(large), ok()) as upstream, proxied(upstream.port, most=1000) as (client, seen):
        client.send(post(large))
        assert client.read()[1] == large
        client.send(post(b"<a/>"))
        assert client.read()[1] == b"done"
    assert upstream.asked[0][1] == large
    for half in (seen[0].request, seen[0].response):
        assert half and isinstance(half[1], Unreadable) and "larger than 1000 bytes" in str(half[1])
    assert seen[0].size == 0 and seen[1].size == 8


def test_an_answer_may_come_before_the_request_is_whole() -> None:
    early = b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as server, proxied(server.getsockname()[1], most=10) as (client, seen):
        client.send(post(b"a" * 100)[:-50])
        with server.accept()[0] as connection:
            assert connection.recv(10)
            connection.sendall(early)
            assert client.read_all() == early
    assert [(one.status, one.problem) for one in seen] == [(413, "")]
