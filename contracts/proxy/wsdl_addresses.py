"""The addresses in a WSDL, pointed back at the proxy: the only thing that it changes in what it passes on."""

from __future__ import annotations

import re

from ..files.limits import Unreadable, current_limits
from ..messages.coding import list_codings, unpack_body
from ..model.urls import split_url
from .passing import Answer, Body, Request
from .upstream import Address

_QUERY = re.compile(r"(?:wsdl|singlewsdl|xsd)(?:=|&|\Z)", re.IGNORECASE)
_ADDRESS = re.compile(
    rb"(?P<before><(?:[\w.-]+:)?address\s[^<>]*?\blocation\s*=\s*[\"']"
    rb"|\s(?:location|schemaLocation)\s*=\s*[\"']"
    rb"|<(?:[\w.-]+:)?Address(?:\s[^<>]*)?>\s*)"
    rb"(?P<origin>(?i:https?)://[^/\"'<>\s?#]+)(?P<path>[^\"'<>\s?#]*)"
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def point_back(request: Request, answer: Answer, upstream: Address, here: str) -> Answer:
    """The answer to ``?wsdl``, ``?singleWsdl``, or a part of one (``?wsdl=…``, ``?xsd=…``) with addresses ``here``
    (``http://127.0.0.1:8085``); any other answer as it is, and one that cannot be read."""
    parts = split_url(request.target)
    if request.method != "GET" or answer.status != 200 or answer.body.rest or not _QUERY.match(parts.query):
        return answer
    encodings = [value.decode("latin-1") for name, value in answer.fields if name.lower() == b"content-encoding"]
    try:
        data = unpack_body(answer.body.held, list_codings(encodings), current_limits().bytes)
    except Unreadable:
        return answer
    changed = _replace_origins(data, parts.path, upstream, here)
    if changed == data:
        return answer
    framed = (b"content-encoding", b"content-length")
    fields = [(name, value) for name, value in answer.fields if name.lower() not in framed]
    fields.append((b"Content-Length", b"%d" % len(changed)))
    return Answer(answer.status, answer.reason, fields, Body(changed))


def _replace_origins(data: bytes, path: str, upstream: Address, here: str) -> bytes:
    """Every address of the service itself, whatever host it gives; of others those on the upstream's host."""
    if data.startswith(_UTF16):
        text = data.decode("utf-16", "surrogatepass").encode("utf-8", "surrogatepass")
        return _replace_origins(text, path, upstream, here).decode("utf-8", "surrogatepass").encode("utf-16")

    def replace(found: re.Match[bytes]) -> bytes:
        host = split_url(found["origin"].decode("latin-1")).hostname
        is_own = found["before"].startswith(b"<") and b"ocation" in found["before"]
        if is_own or host == upstream.host or found["path"].decode("latin-1") == path:
            return found["before"] + here.encode() + found["path"]
        return found[0]

    return _ADDRESS.sub(replace, data)
