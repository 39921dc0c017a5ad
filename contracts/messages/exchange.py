"""What containers of requests and answers have in common, and the JSON that many of them are."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from ..files.limits import Unreadable
from ..model import Direction, Http, Message
from .coding import codings, is_text, unpack
from .reader import Source

_MAX_NODES = 400_000
_WITHOUT_BODY = ("GET", "HEAD", "OPTIONS")
_LEAD = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"


def load_json(data: bytes) -> Any:
    """The document. Raises Unreadable for one that is not well-formed, or far more than its size lets expect."""
    if data.count(b",") + data.count(b"[") + data.count(b"{") > _MAX_NODES:
        raise Unreadable("more JSON values than are read")
    try:
        return json.loads(data)
    except RecursionError:
        raise Unreadable("JSON nested too deep") from None
    except ValueError as bad:
        raise Unreadable(f"not well-formed JSON: {bad}") from None


def decode_message(
    source: Source, part: str, side: Direction, http: Http, stored: bytes, line: int | None, answers: Message | None
) -> Message:
    """A message whose content codings are undone, where its body is not text already: many tools undo them.

    ``line`` is where ``stored`` begins in the file. A body that cannot be decoded is a ``problem``.
    """
    applied = codings(http.headers.all("Content-Encoding")) if not is_text(stored) else []
    try:
        body = unpack(stored, applied, source.max_size)
    except Unreadable as bad:
        return Message(b"", source.file, part, side, http, None, answers=answers, problem=str(bad))
    return Message(body, source.file, part, side, http, None if applied else line, answers=answers)


def carries_soap(request: Message) -> bool:
    """Whether this is meant as SOAP; what cannot be read is taken to be, so that its problem is told."""
    if request.http is None or request.problem:
        return True
    if is_bare(request):
        return False
    target = request.http.target or ""
    address = urlsplit(target).path if "[" not in target else ""  # a bad IPv6 address raises
    looks_like_xml = request.data.lstrip(_LEAD).startswith(b"<")
    return looks_like_xml or address.endswith(".svc") or request.http.headers.get("SOAPAction") is not None


def is_bare(request: Message) -> bool:
    """Whether a request of a method that needs no body has none: ``GET ?wsdl``."""
    return request.http is not None and request.http.method in _WITHOUT_BODY and not request.data.strip()
