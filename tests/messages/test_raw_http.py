"""Raw HTTP messages: what is understood, and what is a problem told in one line."""

from __future__ import annotations

import gzip
import sys
import tracemalloc
import zlib
from functools import partial

import pytest

from contracts.messages.formats import raw_http as http
from tests.helpers.cost import within
from tests.helpers.shared import needs_shared, shared

packed = partial(gzip.compress, mtime=0)
"""With no time in it: the names of the tests are the same in every process."""

ENVELOPE = b"<s:Envelope>\n<s:Body/>\n</s:Envelope>"
REQUEST = b"POST /Cust12345/Remote/Services85/Batch.svc HTTP/1.1\r\nHost: h\r\n"


def message(*fields: str, body: bytes = ENVELOPE, start: bytes = REQUEST, end: str = "\r\n") -> bytes:
    head = start.replace(b"\r\n", end.encode()) + "".join(field + end for field in fields).encode()
    return head + end.encode() + body


def length(body: bytes = ENVELOPE) -> str:
    return f"Content-Length: {len(body)}"


def test_request() -> None:
    found = http.parse_http(message('SOAPAction: "a/b"', length()), file="f.http", part="p")
    assert (found.file, found.part, found.direction, found.problem) == ("f.http", "p", "request", None)
    assert found.data == ENVELOPE
    assert found.line == 6
    assert found.http and found.http.method == "POST"
    assert found.http.target == "/Cust12345/Remote/Services85/Batch.svc"
    assert found.http.headers.get("soapaction") == '"a/b"'


def test_response() -> None:
    found = http.parse_http(b"HTTP/1.1 415 Expected 'text/xml' but got 'a/b'\r\nContent-Length: 0\r\n\r\n")
    assert found.http and (found.http.status, found.http.method) == (415, None)
    assert found.http.reason == "Expected 'text/xml' but got 'a/b'"
    assert (found.direction, found.data, found.problem) == ("response", b"", None)


@pytest.mark.parametrize(
    "start",
    [
        b"POST https://sod.example/Cust12345/Remote/Services85/Batch.svc HTTP/1.1\r\n",
        b"POST https://sod.example/Cust12345/Remote/Services85/Batch.svc\r\n",
        b"\r\n\r\nPOST https://sod.example/Cust12345/Remote/Services85/Batch.svc HTTP/2\r\n",
        b"### stop\r\n# @name stop\r\n// a comment\r\n\r\nPOST https://sod.example/Cust12345/Remote/Services85/Batch.svc\r\n",
        b"\xef\xbb\xbfPOST https://sod.example/Cust12345/Remote/Services85/Batch.svc HTTP/1.0\r\n",
    ],
)
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_start_lines(start: bytes, end: str) -> None:
    found = http.parse_http(message(length(), start=start, end=end))
    assert found.problem is None
    assert found.http and found.http.target == "https://sod.example/Cust12345/Remote/Services85/Batch.svc"
    assert found.data == ENVELOPE


def test_interim_responses_are_passed_over() -> None:
    interim = b"HTTP/1.1 100 Continue\r\n\r\n" * 2
    found = http.parse_http(interim + message(length(), start=b"HTTP/1.1 200 OK\r\n"))
    assert found.http and found.http.status == 200
    assert found.data == ENVELOPE
    assert found.line == 8


@pytest.mark.parametrize(
    "before",
    [
        b"200 Connection established\r\n",
        b"301 Moved Permanently\r\nLocation: /x\r\nContent-Length: 0\r\n",
        b"401 Unauthorized\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n",
        b"407 Proxy Authentication Required\r\n",
    ],
)
def test_what_led_to_a_response_is_passed_over(before: bytes) -> None:
    first = b"HTTP/1.1 " + before + b"\r\n"
    found = http.parse_http(first + message(length(), start=b"HTTP/1.1 200 OK\r\n"))
    assert found.http and (found.http.status, found.data) == (200, ENVELOPE)
    alone = http.parse_http(first)
    assert alone.http and alone.http.status == int(before[:3])


SECOND = "a second HTTP message begins in line {}: put each into a file of its own"


@pytest.mark.parametrize("between", [b"", b"\r\n\r\n", b"\n\n###\n# @name other\n"])
@pytest.mark.parametrize("second", [message(length()), message(length(), start=b"HTTP/1.1 200 OK\r\n")])
@pytest.mark.parametrize(
    "first",
    [
        message(length()),
        message(),
        message("Transfer-Encoding: chunked", body=b"%x\r\n%s\r\n0\r\n\r\n" % (len(ENVELOPE), ENVELOPE)),
    ],
)
def test_a_second_message(first: bytes, second: bytes, between: bytes) -> None:
    line = (first + between).count(b"\n") + 1
    assert http.parse_http(first + between + second).problem == SECOND.format(line)


def test_a_message_that_quotes_another() -> None:
    quoting = b"<s:Envelope><s:Body><Request>POST /x HTTP/1.1\nHTTP/1.1 200 OK</Request></s:Body></s:Envelope>"
    assert http.parse_http(message(body=quoting)).data == quoting


def test_folded_and_repeated_fields() -> None:
    found = http.parse_http(message("A: one", "  two", "\tthree", "B: 1", "b : 2", "Empty:"))
    assert found.http and found.http.headers.get("a") == "one two three"
    assert found.http.headers.get_all("B") == ("1", "2")
    assert found.http.headers.get("empty") == ""


@pytest.mark.parametrize(
    ("fields", "data"),
    [
        ([], ENVELOPE),
        ([], ENVELOPE + b"\n"),
        ([length()], ENVELOPE + b"\n"),
        ([length()], ENVELOPE + b"\r\n\r\n"),
        ([length()], ENVELOPE.replace(b"\n", b"\r\n")),  # an editor turned the line ends
        ([length(), length()], ENVELOPE),
        ([f"Content-Length: {len(ENVELOPE)}, {len(ENVELOPE)}"], ENVELOPE),
    ],
)
def test_lengths_that_hold(fields: list[str], data: bytes) -> None:
    found = http.parse_http(message(*fields, body=data))
    assert found.problem is None
    assert found.data.replace(b"\r\n", b"\n").rstrip() == ENVELOPE


def test_lines_that_became_shorter() -> None:
    sent = ENVELOPE.replace(b"\n", b"\r\n")
    assert http.parse_http(message(length(sent), end="\n")).data == ENVELOPE


@pytest.mark.parametrize("tail", [b"", b"\n", b"\r\n\r\n"])
def test_no_body(tail: bytes) -> None:
    found = http.parse_http(message("Content-Length: 0", body=tail))
    assert (found.data, found.problem) == (b"", None)
    assert http.parse_http(message(body=tail)).data == b""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\r\n \r\n", "empty"),
        (b"<s:Envelope/>", "neither an HTTP request line nor a status line"),
        (b"HTTP/1.1 OK\r\n\r\n", "neither"),
        (b"\x00\xff\x00", "neither"),
        (b"POST\r\n\r\n", "neither"),
        (message("no field"), "line 3 is no HTTP header field"),
        (REQUEST + ENVELOPE, "line 3 is no HTTP header field"),
        (b"POST / HTTP/1.1\r\n" + b"A: b\r\n" * 100_000, "no blank line"),
        (message("Content-Length: 12"), "12 bytes, but"),
        (message("Content-Length: 512"), "truncated"),
        (message("Content-Length: -1"), "no number"),
        (message("Content-Length: 1e3"), "no number"),
        (message("Content-Length: " + "9" * 5000), "no number"),
        (message("Content-Length: 3", "Content-Length: 4"), "contradicts"),
        (message("Content-Encoding: br", body=b"\x1b\x0e"), "br"),
        (message("Content-Encoding: zstd", body=b"\x1b\x0e"), "'zstd'"),
        (message("Transfer-Encoding: frob", body=b"\x1b\x0e"), "'frob'"),
        (message("Content-Encoding: gzip", body=b"\x1b\x0e"), "says gzip"),
    ],
)
def test_problems(data: bytes, words: str) -> None:
    found = http.parse_http(data, file="f.http")
    assert found.problem and words in found.problem
    assert "\n" not in found.problem
    assert (found.data, found.line, found.file) == (b"", None, "f.http")


def chunked(*parts: bytes, end: bytes = b"\r\n") -> bytes:
    return b"".join(b"%x;ext=1" % len(part) + end + part + end for part in parts) + b"0" + end


@pytest.mark.parametrize("trailer", [b"", b"\r\n", b"Trailer: x\r\n\r\n"])
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_chunks(trailer: bytes, end: bytes) -> None:
    body = chunked(ENVELOPE[:9], ENVELOPE[9:], end=end) + trailer
    found = http.parse_http(message("Transfer-Encoding: chunked", "Content-Length: 3", body=body))
    assert (found.data, found.line, found.problem) == (ENVELOPE, None, None)


def test_one_chunk_keeps_the_lines() -> None:
    found = http.parse_http(message("Transfer-Encoding: chunked", body=chunked(ENVELOPE)))
    assert (found.data, found.line) == (ENVELOPE, 6)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"five\r\n" + ENVELOPE, "no chunk size"),
        (b"", "truncated"),
        (b"5\r\nab", "truncated"),
        (b"2\r\nab\r\n", "truncated"),
        (b"2\r\nabc\r\n0\r\n", "does not end"),
        (b"-2\r\nab\r\n0\r\n", "no chunk size"),
        (b"f" * 4000 + b"\r\n", "no chunk size"),
    ],
)
def test_bad_chunks(body: bytes, words: str) -> None:
    found = http.parse_http(message("Transfer-Encoding: chunked", body=body))
    assert found.problem and words in found.problem


@pytest.mark.parametrize("field", ["Transfer-Encoding: chunked", "Content-Encoding: gzip", "Content-Encoding: br"])
def test_what_a_tool_has_undone_already(field: str) -> None:
    """``curl -i`` writes the head as it came, and the body without its codings."""
    found = http.parse_http(message(field, "Content-Length: 99999", body=ENVELOPE))
    assert (found.data, found.line, found.problem) == (ENVELOPE, 6, None)


def test_brotli_is_undone_within_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    brotli = pytest.importorskip("brotli", reason="brotli is an extra")
    found = http.parse_http(message("Content-Encoding: br", body=brotli.compress(ENVELOPE)))
    assert (found.data, found.problem) == (ENVELOPE, None)
    bomb = message("Content-Encoding: br", body=brotli.compress(b" " * 2**22))
    assert "--limit size=N raises it" in (http.parse_http(bomb, max_size=2**21).problem or "")
    assert "truncated" in (
        http.parse_http(message("Content-Encoding: br", body=brotli.compress(ENVELOPE)[:-3])).problem or ""
    )
    monkeypatch.setitem(sys.modules, "brotli", None)
    assert "pip install" in (http.parse_http(bomb).problem or "")


def raw_deflate(data: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-15)
    return squeeze.compress(data) + squeeze.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", packed(ENVELOPE)),
        ("GZIP", packed(ENVELOPE[:5]) + packed(ENVELOPE[5:])),
        ("x-gzip", packed(ENVELOPE)),
        ("deflate", zlib.compress(ENVELOPE)),
        ("deflate", raw_deflate(ENVELOPE)),
        ("deflate, gzip", packed(zlib.compress(ENVELOPE))),
        ("identity", ENVELOPE),
    ],
)
def test_content_codings(coding: str, body: bytes) -> None:
    assert http.parse_http(message(f"Content-Encoding: {coding}", length(body), body=body)).data == ENVELOPE
    inside = chunked(body)
    found = http.parse_http(message(f"Content-Encoding: {coding}", "Transfer-Encoding: chunked", body=inside))
    assert found.data == ENVELOPE


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", packed(b"\0" * 40_000_000)),
        ("gzip, gzip", packed(packed(b"\0" * 40_000_000))),
        ("gzip", packed(b"") * 40_000),
    ],
)
def test_bombs(coding: str, body: bytes) -> None:
    tracemalloc.start()
    with within(5):
        found = http.parse_http(message(f"Content-Encoding: {coding}", body=body), max_size=1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.problem and (" than " in found.problem)
    assert peak < 30_000_000


@pytest.mark.parametrize("cut", [1, 5, 12])
def test_truncated_gzip(cut: int) -> None:
    found = http.parse_http(message("Content-Encoding: gzip", body=packed(ENVELOPE)[:-cut]))
    assert found.problem and "truncated" in found.problem


def test_a_long_start_line_costs_no_time() -> None:
    with within(1):
        assert http.parse_http(b"A x" + b" " * 200_000 + b"y\r\n\r\n").problem is None


@needs_shared
def test_recorded_messages() -> None:
    files = sorted((shared() / "wire").rglob("*.http"))
    assert len(files) > 200
    for file in files:
        found = http.parse_http(file.read_bytes())
        assert found.problem is None, file
        side = "response" if ".response." in file.name else "request"
        assert found.direction == side
        assert found.data == file.read_bytes().partition(b"\r\n\r\n")[2]
