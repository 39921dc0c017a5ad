"""What two readers might understand differently, or what is meant to wear the proxy out: refused, and not passed on."""

from __future__ import annotations

import pytest

from tests.helpers.wires import CRLF, ok, post, proxied, upstream_of

HEAD = b"POST / HTTP/1.1\r\nHost: here\r\n"
LENGTH = b"Content-Length: 4\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
SMUGGLED = b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: here\r\n\r\n"

REFUSED = {
    "a length and chunks": (HEAD + LENGTH + CHUNKED + CRLF + SMUGGLED, 400),
    "chunks and a length": (HEAD + CHUNKED + LENGTH + CRLF + SMUGGLED, 400),
    "two lengths": (HEAD + LENGTH + b"Content-Length: 5\r\n\r\n<a/>x", 400),
    "one length twice": (HEAD + LENGTH + LENGTH + b"\r\n<a/>", 400),
    "a list of lengths": (HEAD + b"Content-Length: 4, 4\r\n\r\n<a/>", 400),
    "a length with a sign": (HEAD + b"Content-Length: +4\r\n\r\n<a/>", 400),
    "a length in hex": (HEAD + b"Content-Length: 0x4\r\n\r\n<a/>", 400),
    "a length with a line": (HEAD + b"Content-Length: 4_0\r\n\r\n<a/>", 400),
    "no length at all": (HEAD + b"Content-Length:\r\n\r\n<a/>", 400),
    "a length beyond all bounds": (HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n", 400),
    "nearly a length": (HEAD + b"Content_Length: 4\r\n\r\n<a/>", 400),
    "nearly chunks": (HEAD + b"Transfer_Encoding: chunked\r\n\r\n" + SMUGGLED, 400),
    "a space before the colon": (HEAD + b"Content-Length : 4\r\n\r\n<a/>", 400),
    "a folded field": (HEAD + LENGTH + b"X: a\r\n b\r\n\r\n<a/>", 400),
    "a folded coding": (HEAD + b"Transfer-Encoding:\r\n chunked\r\n\r\n" + SMUGGLED, 400),
    "another coding": (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + SMUGGLED, 501),
    "a coding twice": (HEAD + CHUNKED + CHUNKED + CRLF + SMUGGLED, 501),
    "a coding with a control character": (HEAD + b"Transfer-Encoding: \x0bchunked\r\n\r\n" + SMUGGLED, 400),
    "chunks in HTTP/1.0": (HEAD.replace(b"1.1", b"1.0") + CHUNKED + CRLF + SMUGGLED, 400),
    "lines that end in LF": ((HEAD + LENGTH).replace(CRLF, b"\n") + b"\n<a/>", 400),
    "one line that ends in LF": (HEAD + b"X: a\n" + LENGTH + b"\r\n<a/>", 400),
    "a CR within a line": (HEAD + b"X: a\rb\r\n" + LENGTH + b"\r\n<a/>", 400),
    "a NUL in a field": (HEAD + b"X: a\0b\r\n" + LENGTH + b"\r\n<a/>", 400),
    "no name": (HEAD + b": x\r\n\r\n", 400),
    "no colon": (HEAD + b"nonsense\r\n\r\n", 400),
    "no Host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "two Hosts": (HEAD + b"Host: there\r\n\r\n", 400),
    "no chunk size": (HEAD + CHUNKED + b"\r\nzz\r\n<a/>\r\n0\r\n\r\n", 400),
    "a negative chunk": (HEAD + CHUNKED + b"\r\n-4\r\n<a/>\r\n0\r\n\r\n", 400),
    "a chunk longer than its size": (HEAD + CHUNKED + b"\r\n3\r\n<a/>\r\n0\r\n\r\n", 400),
    "a chunk size without an end": (HEAD + CHUNKED + b"\r\n" + b"1" * 200_000, 400),
    "trailers without an end": (HEAD + CHUNKED + b"\r\n0\r\n" + b"X: y\r\n" * 40_000, 400),
    "no request line": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "a tab in the request line": (b"GET\t/\tHTTP/1.1\r\nHost: here\r\n\r\n", 400),
    "HTTP/0.9": (b"GET /\r\n\r\n", 400),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "a tunnel": (b"CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n", 501),
    "a target that is neither path nor URL": (b"GET elsewhere HTTP/1.1\r\nHost: here\r\n\r\n", 400),
    "a URL that is none": (b"GET http://a]b/ HTTP/1.1\r\nHost: here\r\n\r\n", 400),
    "a URL without a host": (b"GET http:///x HTTP/1.0\r\n\r\n", 421),
    "another host": (b"GET http://elsewhere.example/ HTTP/1.1\r\nHost: here\r\n\r\n", 421),
    "a huge field": (HEAD + b"X: " + b"a" * 100_000 + b"\r\n\r\n", 431),
    "many fields": (HEAD + b"X: a\r\n" * 20_000 + b"\r\n", 431),
    "a huge target": (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: here\r\n\r\n", 414),
}  # fmt: skip

BEGUN = [b"POST / HT", HEAD + b"X: ", HEAD + LENGTH + CRLF + b"<a", HEAD + CHUNKED + b"\r\n4"]


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_and_nothing_is_passed_on(case: str) -> None:
    data, status = REFUSED[case]
    with upstream_of(ok()) as upstream, proxied(upstream.port) as (client, seen):
        client.send(data)
        answer = client.read_all()
    assert answer.startswith(b"HTTP/1.1 %d " % status), answer[:200]
    assert answer.count(CRLF * 2) == 1 and b"\r\nConnection: close\r\n" in answer
    assert upstream.connections == 0
    assert [(one.status, one.request) for one in seen] == [(status, None)] and seen[0].problem


def test_its_neighbours_pass() -> None:
    neighbours = [
        CRLF + post(b"<a/>"),  # an empty line before a request
        post(b"<a/>", b"X: a\tb  ", b"X-Content_Length: 9"),
        HEAD + CHUNKED.replace(b"chunked", b"Chunked") + b"\r\n4;a=b\r\n<a/>\r\n0\r\nX: y\r\n\r\n",
        HEAD + b"Content-Length: 004\r\n\r\n<a/>",
        b"GET //a]b/?wsdl HTTP/1.1\r\nHost: here\r\n\r\n",
        post(b"<a/>", b"Connection: Content-Length, Host"),
        b"OPTIONS * HTTP/1.1\r\nHost: here\r\n\r\n",
        HEAD + b"X: " + b"a" * 60_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 60_000 + b" HTTP/1.1\r\nHost:\r\n\r\n",
    ]
    with upstream_of(*[ok()] * len(neighbours)) as upstream, proxied(upstream.port) as (client, seen):
        for data in neighbours:
            client.send(data)
            assert client.read()[1] == b"done", data[:80]
    assert len(upstream.asked) == len(seen) == len(neighbours)


def test_what_follows_a_refused_request_is_not_read() -> None:
    with upstream_of(ok(), ok()) as upstream, proxied(upstream.port) as (client, seen):
        client.send(post(b"<a/>") + REFUSED["a length and chunks"][0] + post(b"<b/>"))
        answer = client.read_all()
    assert answer.count(b"HTTP/1.1 ") == 2 and answer.count(b"HTTP/1.1 400 ") == 1
    assert [body for _, body in upstream.asked] == [b"<a/>"]
    assert [one.status for one in seen] == [200, 400]


@pytest.mark.parametrize("begun", BEGUN)
def test_who_is_slow_is_told_so(begun: bytes) -> None:
    with upstream_of(ok()) as upstream, proxied(upstream.port, seconds=0.1) as (client, seen):
        client.send(begun)
        assert client.read_all().startswith(b"HTTP/1.1 408 ")
    assert upstream.connections == 0
    assert [(one.status, one.problem) for one in seen] == [(408, "no complete request within 0.1 s")]


@pytest.mark.parametrize("begun", BEGUN)
def test_who_breaks_off_is_not_passed_on(begun: bytes) -> None:
    with upstream_of(ok()) as upstream, proxied(upstream.port) as (client, seen):
        client.send(begun)
        client.end()
        assert client.read_all() == b""
    assert upstream.connections == 0
    assert [(one.status, one.problem) for one in seen] == [(None, "the client broke off within its request")]


def test_who_says_nothing_is_no_exchange() -> None:
    with upstream_of(ok()) as upstream, proxied(upstream.port) as (client, seen):
        client.end()
        assert client.read_all() == b""
    assert (upstream.connections, seen) == (0, [])


def test_a_large_body_that_breaks_off_is_never_taken_for_whole() -> None:
    with upstream_of(ok()) as upstream, proxied(upstream.port, most=1000) as (client, seen):
        client.send(HEAD + CHUNKED + b"\r\n7d0\r\n" + b"a" * 2000 + b"\r\nnonsense\r\n")
        assert client.read()[0].startswith(b"HTTP/1.1 502 ")
    assert [one.status for one in seen] == [502]
    assert all(not body.endswith(b"0\r\n\r\n") for _, body in upstream.asked)
