"""Postman collections (2.x): requests, and the answers saved with them. Source: https://schema.postman.com/."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from ...files.limits import Unreadable
from ...model import Headers, Http
from ..exchange import read_exchange
from ..reader import Item, NoMessage, Reader, Source
from ..stored import StoredSide, encode_text, fill_request, load_beside, load_json, name_part, read_fields

_BEGINNING = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*\{.*(?:getpostman\.com|postman\.com/json|\"_postman_variable_scope\")|\s*\{.*\"_postman_id\"",
    re.DOTALL,
)
_MAX_DEPTH = 50


def parse(data: bytes, source: Source) -> Iterator[Item]:
    """The messages, ``Folder / StopBatchJob request`` …; ``{{name}}`` is replaced where the collection says by what,
    or the one environment that lies beside it."""
    document = load_json(data)
    if isinstance(document, dict) and isinstance(document.get("collection"), dict):  # as Postman's API wraps it
        document = document["collection"]
    if not isinstance(document, dict) or not isinstance(document.get("item"), list):
        other = isinstance(document, dict) and "_postman_variable_scope" in document
        raise NoMessage("JSON of Postman's, but no collection of requests", certain=other)
    found = list(load_beside(source, "*.postman_environment.json"))
    yield from _read_items(document, source, (), _read_variables(found[0], "values") if len(found) == 1 else {})


def _read_items(
    folder: dict[str, Any], source: Source, above: tuple[str, ...], known: Mapping[str, str]
) -> Iterator[Item]:
    known = {**known, **_read_variables(folder)}
    for number, item in enumerate(folder["item"], 1):
        held = item if isinstance(item, dict) else {}
        names = (*above, str(held.get("name") or number))
        if isinstance(held.get("item"), list) and len(names) < _MAX_DEPTH:
            yield from _read_items(held, source, names, known)
            continue
        request, saved = held.get("request"), held.get("response")
        yield from read_exchange(source, name_part(*names), partial(_read_request, request, known))
        for example in saved if isinstance(saved, list) else ():
            told = example if isinstance(example, dict) else {}
            asked = partial(_read_request, told.get("originalRequest") or request, known)
            name = name_part(*names, str(told.get("name", "")))
            yield from read_exchange(source, name, asked, partial(_read_response, example, known))


def _read_variables(holder: dict[str, Any], key: str = "variable") -> dict[str, str]:
    given = holder.get(key)
    each = given if isinstance(given, list) else []
    return {str(v["key"]): str(v.get("value", "")) for v in each if isinstance(v, dict) and v.get("key")}


def _read_request(request: Any, known: Mapping[str, str]) -> StoredSide:
    if isinstance(request, str):
        return fill_request("GET", request, Headers(), "", known)
    if not isinstance(request, dict):
        raise Unreadable("not as the format has it: there is no request")
    url, body = request.get("url") or "", request.get("body") or {}
    target = (url.get("raw") or _join_url(url)) if isinstance(url, dict) else str(url)
    is_raw = body.get("mode") in (None, "raw")
    text = body.get("raw") or ("" if is_raw else json.dumps(body))  # a form: no SOAP, or hidden
    return fill_request(request.get("method"), target, _read_headers(request, known), str(text), known)


def _join_url(url: dict[str, Any]) -> str:
    host, path = (".".join(map(str, url.get("host") or ())), "/".join(map(str, url.get("path") or ())))
    return f"{url.get('protocol') or 'https'}://{host}/{path}"


def _read_response(example: Any, known: Mapping[str, str]) -> StoredSide:
    headers = _read_headers(example, known)
    http = Http(headers, status=int(example.get("code") or 200), reason=str(example.get("status") or ""))
    return http if headers.fields else None, encode_text(str(example.get("body") or ""), headers), None


def _read_headers(holder: Any, known: Mapping[str, str]) -> Headers:
    fields = holder.get("header") or ()
    if isinstance(fields, str):  # as older versions wrote them
        pairs = (line.partition(":") for line in fields.splitlines() if ":" in line)
        fields = [{"key": name.strip(), "value": value.strip()} for name, _, value in pairs]
    return read_fields(fields, "key", known)


READER = Reader("Postman collection", (), _BEGINNING.match, parse)
