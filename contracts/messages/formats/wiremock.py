"""WireMock's JSON: stub mappings (what it answers, and the XML that it expects), and its journal of requests.

Sources: https://wiremock.org/docs/stubbing/ and https://wiremock.org/docs/verifying/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ...model import Headers, Http, Message
from ..exchange import read_exchange, read_side
from ..reader import Item, Reader, Source
from ..stored import StoredSide, decode_base64, encode_text, keep_head, load_json, name_part, read_beside, read_pairs

_BEGINNING = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*\{(?=.*\"(?:equalTo|equalToXml|matches|bodyPatterns|urlPath|urlPathPattern|urlPattern"
    rb"|bodyFileName|absoluteUrl|loggedDate|responseDefinition)\")(?=.*\"request\"\s*:\s*\{)",
    re.DOTALL,
)
"""JSON that has a request, and words that only WireMock has."""
_TEMPLATE = re.compile(r"\{\{|\$\{")
_URLS = ("absoluteUrl", "url", "urlPath", "urlPathTemplate", "urlPattern", "urlPathPattern")


def parse(data: bytes, source: Source) -> Iterator[Item]:
    """The messages, ``mapping 1 request`` … or by the stub's name; what a stub answers from a template is Skipped."""
    document = load_json(data)
    held = next((document[key] for key in ("mappings", "requests", "serveEvents") if key in document), None)
    rows = held if isinstance(held, list) else [document]
    for number, row in enumerate(rows, 1):
        name = row.get("name") if isinstance(row, dict) else None
        part = name_part(str(name or (f"mapping {number}" if len(rows) > 1 else "mapping")))
        if isinstance(row, dict) and "request" not in row:  # as the journal's search gives them
            row = {"request": row}
        if not isinstance(row, dict) or not isinstance(row["request"], dict):
            yield source.refuse_part(part, "not as WireMock has it", mixed=True)
        elif "absoluteUrl" in row["request"]:
            read_answer = partial(_read_response, row.get("response") or {}, source)
            yield from read_exchange(source, part, partial(_read_logged, row["request"]), read_answer)
        else:
            yield from _read_stub(row, part, source)


def _read_logged(request: Any) -> StoredSide:
    headers = read_pairs(request.get("headers"))
    http = Http(headers, method=str(request["method"]), target=str(request["absoluteUrl"]))
    packed, text = request.get("bodyAsBase64"), str(request.get("body") or "")
    return keep_head(http, lambda: decode_base64(packed) if packed else encode_text(text, headers))


def _read_stub(row: dict[str, Any], part: str, source: Source) -> Iterator[Item]:
    """The request that a stub expects, where that is an envelope, and its answer.

    What a stub wants of a request's head is a pattern, and no whole head: it tells whose the answer is, and is not
    judged itself.
    """
    request = row["request"]
    patterns = [p for p in request.get("bodyPatterns") or () if isinstance(p, dict)]
    expected = str(next((p[key] for p in patterns for key in ("equalToXml", "equalTo") if key in p), ""))
    wanted = request.get("headers")
    given = wanted.items() if isinstance(wanted, dict) else ()
    fields = tuple((str(n), str(p["equalTo"])) for n, p in given if isinstance(p, dict) and "equalTo" in p)
    target = next((str(request[key]) for key in _URLS if key in request), "")
    data = expected.encode("utf-8", "surrogatepass")
    asked = Message(data, source.file, f"{part} request", "request", line=None, mixed=True)
    is_message = "Envelope" in expected and not _TEMPLATE.search(expected)
    if is_message:
        yield asked
    asked = replace(asked, http=Http(Headers(fields), method="POST", target=target))  # for the answer alone
    read_answer = partial(_read_response, row.get("response") or {}, source)
    answered = read_side(source, f"{part} response", "response", read_answer, asked)
    if answered and _TEMPLATE.search(answered.data.decode("utf-8", "replace")):
        yield source.skip_part(answered.part, "a template of an answer")
    elif answered:
        yield answered
    elif not is_message:
        yield source.skip_part(part, "carries no SOAP message")


def _read_response(response: Any, source: Source) -> StoredSide | None:
    headers = read_pairs(response.get("headers"))
    http = Http(headers, status=int(response.get("status") or 200)) if headers.fields else None
    if packed := response.get("bodyAsBase64") or response.get("base64Body"):
        return keep_head(http, lambda: decode_base64(packed))
    if name := response.get("bodyFileName"):
        folder = Path(source.file).parent
        root = folder.parent if folder.name == "mappings" else folder  # WireMock has both folders side by side
        return keep_head(http, lambda: read_beside(replace(source, file=str(root / "__files" / "_")), str(name)))
    text = str(response.get("body") or "")
    if "Envelope" not in text and not (http and http.status == 500):
        return None
    return http, encode_text(text, headers), None


READER = Reader("WireMock stubs", (), _BEGINNING.match, parse)
