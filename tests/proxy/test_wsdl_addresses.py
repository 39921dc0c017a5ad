"""Only a WSDL is changed on its way, and in it only the addresses."""

from __future__ import annotations

import gzip

import pytest

from tests.helpers.wires import CRLF, ok, post, proxied, upstream_of

PATH = b"/Cust1/Remote/Services85/Batch.svc"


def get(query: bytes, path: bytes = PATH) -> bytes:
    return b"GET " + path + b"?" + query + b" HTTP/1.1\r\nHost: watched:8085\r\n\r\n"


def wsdl(origin: bytes) -> bytes:
    """A WSDL whose addresses begin with ``origin``, and what stands in it and is none of them."""
    return b"""<?xml version="1.0" encoding="utf-8"?>
<w:definitions xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:w="http://schemas.xmlsoap.org/wsdl/">
  <w:import namespace="http://tempuri.org/" location="{}/Cust1/Remote/Services85/Batch.svc?wsdl=wsdl0"/>
  <x:include schemaLocation='{}/Cust1/Remote/Services85/Batch.svc?xsd=xsd0'/>
  <x:import schemaLocation="http://www.w3.org/2001/xml.xsd" namespace="http://www.w3.org/XML/1998/namespace"/>
  <a:Address>
    {}/Cust1/Remote/Services85/Batch.svc</a:Address>
  <s:address location="{}/Cust1/Remote/Services85/Batch.svc"/>
  <s:address location="net.tcp://inner.example:808/Batch.svc"/>
  <w:documentation>see http://docs.example/{origin}</w:documentation>
</w:definitions>""".replace(b"{}", origin)


def fetched(answer: bytes, query: bytes = b"wsdl") -> tuple[bytes, bytes]:
    with upstream_of(answer) as upstream, proxied(upstream.port) as (client, _):
        client.send(get(query))
        return client.read()


@pytest.mark.parametrize("query", [b"wsdl", b"singleWsdl", b"WSDL", b"wsdl=wsdl0", b"xsd=xsd2"])
@pytest.mark.parametrize("inner", [b"https://inner.example", b"http://127.0.0.1:1"])
def test_its_addresses_point_back(query: bytes, inner: bytes) -> None:
    head, body = fetched(ok(wsdl(inner), b"Content-Type: text/xml"), query)
    assert body == wsdl(b"http://watched:8085")
    assert b"Content-Length: %d\r\n" % len(body) in head and b"Content-Type: text/xml\r\n" in head


def test_one_that_is_packed_is_unpacked() -> None:
    packed = gzip.compress(wsdl(b"https://inner.example"))
    head, body = fetched(ok(packed, b"Content-Encoding: gzip"))
    assert body == wsdl(b"http://watched:8085") and b"Content-Encoding" not in head


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_one_in_utf_16(encoding: str) -> None:
    mark = "\ufeff"
    _, body = fetched(ok((mark + wsdl(b"https://inner.example").decode()).encode(encoding)))
    assert body.decode("utf-16") == wsdl(b"http://watched:8085").decode()


def test_of_other_files_those_on_its_host_do() -> None:
    given = b'<x:import schemaLocation="%s/types.xsd"/><x:import schemaLocation="https://inner.example/types.xsd"/>'
    _, body = fetched(ok(given % b"http://127.0.0.1"))
    assert body == given % b"http://watched:8085"


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (get(b"wsdl").replace(b"GET", b"POST", 1), ok(wsdl(b"https://inner.example"))),
        (get(b"page=wsdl"), ok(wsdl(b"https://inner.example"))),
        (get(b"wsdl"), ok(wsdl(b"https://inner.example")).replace(b"200 OK", b"404 Not Found")),
        (get(b"wsdl"), ok(b"\x1f\x8bnonsense", b"Content-Encoding: gzip")),
        (get(b"wsdl"), ok(wsdl(b"https://inner.example"), b"Content-Encoding: br")),
        (post(b"<a/>"), ok(b'<s:address location="https://inner.example/x"/>')),
    ],
)
def test_nothing_else_is_changed(request_: bytes, answer: bytes) -> None:
    with upstream_of(answer) as upstream, proxied(upstream.port) as (client, _):
        client.send(request_)
        head, body = client.read()
    assert head + CRLF + body == answer
