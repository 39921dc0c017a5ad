"""Insomnia's exports (JSON, format 4): requests. Source: https://docs.insomnia.rest/insomnia/import-export-data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from ...model import Http, Message
from ..exchange import Half, encode_text, fill_placeholders, load_json, read_exchange, read_fields
from ..reader import NoMessage, Reader, Skipped, Source

_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{.*\"__export_format\"", re.DOTALL)


def looks_like(head: bytes) -> bool:
    """Whether this is JSON that says it is an export."""
    return bool(_BEGINNING.match(head))


def parse(data: bytes, source: Source) -> Iterator[Message | Skipped]:
    """The messages by their names; ``{{ _.name }}`` is replaced where an environment of the export says by what."""
    document = load_json(data)
    resources = document.get("resources") if isinstance(document, dict) else None
    if not isinstance(resources, list):
        raise NoMessage("JSON of Insomnia's, but no export with resources")
    resources = [each for each in resources if isinstance(each, dict)]
    held = (each.get("data") for each in resources if each.get("_type") == "environment")
    known = {name: str(value) for data in held if isinstance(data, dict) for name, value in data.items()}
    for number, each in enumerate(resources, 1):
        if each.get("_type") == "request":
            part = str(each.get("name") or f"request {number}")
            yield from read_exchange(source, part, partial(_read_request, each, known), lambda: None)


def _read_request(resource: Any, known: Mapping[str, str]) -> Half:
    fields = [
        {**f, "value": fill_placeholders(str(f.get("value") or ""), known)} for f in resource.get("headers") or ()
    ]
    headers = read_fields(fields)
    body = resource.get("body") or {}
    target = fill_placeholders(str(resource.get("url") or ""), known)
    http = Http(headers, method=str(resource.get("method") or "GET"), target=None if "{{" in target else target)
    return http, encode_text(fill_placeholders(str(body.get("text") or ""), known), headers), None


READER = Reader("Insomnia export", (), looks_like, parse)
