"""Insomnia's exports, format 4 and 5, JSON and YAML: requests.

Source: https://docs.insomnia.rest/insomnia/import-export-data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from ...files.prolog import skip_lead
from ..exchange import read_exchange
from ..reader import Item, NoMessage, Reader, Source
from ..stored import StoredSide, fill_request, load_json, name_part, read_fields
from ..stored_yaml import load_yaml

_BEGINNING = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:\{.*(?:\"__export_format\"|\.insomnia\.rest/)"
    rb"|type: +[\"']?\w+\.insomnia\.rest/|(?:\w+: [^\n]*\n)*?__export_format:)",
    re.DOTALL,
)
_MAX_DEPTH = 50


def parse(data: bytes, source: Source) -> Iterator[Item]:
    """The messages by their names; ``{{ _.name }}`` is replaced where an environment of the export says by what."""
    document = load_json(data) if skip_lead(data).startswith(b"{") else load_yaml(data)
    held = document if isinstance(document, dict) else {}
    resources, collection, base = held.get("resources"), held.get("collection"), held.get("environments")
    if isinstance(resources, list):  # format 4: all of them in one list
        typed = [each for each in resources if isinstance(each, dict)]
        found = [(name_part(str(each.get("name") or "")), each) for each in typed if each.get("_type") == "request"]
        environments = [each for each in typed if each.get("_type") == "environment"]
    elif isinstance(collection, list):
        found = list(_list_requests(collection, ()))
        environments = [base, *(base.get("subEnvironments") or ())] if isinstance(base, dict) else []
    else:
        raise NoMessage("an export of Insomnia's without requests", certain="collection" not in str(held.get("type")))
    settings = (each.get("data") for each in environments if isinstance(each, dict))
    known = {name: str(value) for data in settings if isinstance(data, dict) for name, value in data.items()}
    for number, (name, request) in enumerate(found, 1):
        yield from read_exchange(source, name or f"request {number}", partial(_read_request, request, known))


def _list_requests(items: list[Any], above: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Format 5: folders, which have children, and requests, each with the names above it."""
    for item in items:
        if not isinstance(item, dict):
            continue
        names = (*above, str(item.get("name") or ""))
        if isinstance(children := item.get("children"), list) and len(names) < _MAX_DEPTH:
            yield from _list_requests(children, names)
        elif "url" in item:
            yield name_part(*names), item


def _read_request(resource: Any, known: Mapping[str, str]) -> StoredSide:
    body = resource.get("body") or {}
    text = str(body.get("text") or (json.dumps(body["params"], default=str) if body.get("params") else ""))
    headers = read_fields(resource.get("headers") or (), known=known)
    return fill_request(resource.get("method"), str(resource.get("url") or ""), headers, text, known)


READER = Reader("Insomnia export", (), _BEGINNING.match, parse)
