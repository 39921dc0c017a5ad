"""Postman collections (2.x): requests, and the answers saved with them. Source: https://schema.postman.com/."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from ...model import Http, Message
from ..exchange import (
    Half,
    encode_text,
    fill_placeholders,
    load_beside,
    load_json,
    name_part,
    read_exchange,
    read_fields,
)
from ..reader import NoMessage, Reader, Skipped, Source

_BEGINNING = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*\{.*(?:getpostman\.com|postman\.com/json|\"_postman_variable_scope\")|\s*\{.*\"_postman_id\"",
    re.DOTALL,
)
_MAX_DEPTH = 50


def looks_like(head: bytes) -> bool:
    """Whether this is JSON that names Postman's schema."""
    return bool(_BEGINNING.match(head))


def parse(data: bytes, source: Source) -> Iterator[Message | Skipped]:
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
) -> Iterator[Message | Skipped]:
    known = {**known, **_read_variables(folder)}
    for number, item in enumerate(folder["item"], 1):
        names = (*above, str(item.get("name") or number) if isinstance(item, dict) else str(number))
        if isinstance(item, dict) and isinstance(item.get("item"), list) and len(names) < _MAX_DEPTH:
            yield from _read_items(item, source, names, known)
            continue
        part = name_part(*names)
        saved = (isinstance(item, dict) and item.get("response")) or []
        asked = partial(_read_request, item, "request", known)
        if not isinstance(saved, list) or not saved:
            yield from read_exchange(source, part, asked, lambda: None)
            continue
        yield from read_exchange(source, part, asked, lambda: None)
        for example in saved:
            name = name_part(*names, str(example.get("name") if isinstance(example, dict) else ""))
            original = isinstance(example, dict) and example.get("originalRequest")
            asked = partial(
                _read_request, example if original else item, "originalRequest" if original else "request", known
            )
            yield from read_exchange(source, name, asked, partial(_read_response, example, known))


def _read_variables(holder: dict[str, Any], key: str = "variable") -> dict[str, str]:
    given = holder.get(key)
    each = given if isinstance(given, list) else []
    return {str(v["key"]): str(v.get("value", "")) for v in each if isinstance(v, dict) and v.get("key")}


def _read_request(item: Any, key: str, known: Mapping[str, str]) -> Half:
    request = item[key]
    if isinstance(request, str):
        return Http(read_fields(()), method="GET", target=fill_placeholders(request, known)), b"", None
    url = request.get("url") or ""
    target = fill_placeholders((url.get("raw") or _join_url(url)) if isinstance(url, dict) else str(url), known)
    headers = read_fields(_fill_fields(request.get("header"), known), "key")
    body = request.get("body") or {}
    raw = body.get("raw") or (
        "" if body.get("mode") in (None, "raw") else json.dumps(body)
    )  # a form: no SOAP, or hidden
    text = fill_placeholders(str(raw), known)
    http = Http(headers, method=str(request.get("method") or "GET"), target=None if "{{" in target else target)
    return http, encode_text(text, headers), None


def _join_url(url: dict[str, Any]) -> str:
    host, path = (".".join(map(str, url.get("host") or ())), "/".join(map(str, url.get("path") or ())))
    return f"{url.get('protocol') or 'https'}://{host}/{path}"


def _read_response(example: Any, known: Mapping[str, str]) -> Half:
    headers = read_fields(_fill_fields(example.get("header"), known), "key")
    http = Http(headers, status=int(example.get("code") or 200), reason=str(example.get("status") or ""))
    return http if headers.fields else None, encode_text(str(example.get("body") or ""), headers), None


def _fill_fields(fields: Any, known: Mapping[str, str]) -> list[dict[str, Any]]:
    if isinstance(fields, str):  # as older versions wrote them
        pairs = (line.partition(":") for line in fields.splitlines() if ":" in line)
        fields = [{"key": name.strip(), "value": value.strip()} for name, _, value in pairs]
    return [{**field, "value": fill_placeholders(str(field.get("value") or ""), known)} for field in fields or ()]


READER = Reader("Postman collection", (), looks_like, parse)
