"""A cassette (vcrpy's YAML or JSON; Ruby's, Betamax's and Go's are much the same) -> the messages of its interactions.

A body is text, ``!!binary``, ``{string: …}`` or ``{base64_string: …}``. Content codings are undone here, transfer
codings were when it was recorded. The block ``recorded:`` (see `contracts.recording`) may say with ``expects:`` which
rules are broken on purpose: a list of rule ids for its requests, or a mapping of parts (``interaction 1 request``) to
such lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from ...files.limits import Unreadable
from ...model import DIRECTIONS, Direction, Http, Message
from ..exchange import read_exchange
from ..reader import Item, NoMessage, Reader, Source
from ..stored import StoredSide, decode_base64, encode_utf8, load_json, plain_text, read_pairs
from ..stored_yaml import LocatedText, load_yaml

_NO_CASSETTE = "no cassette: it has no list of interactions"
_INTERACTIONS = re.compile(
    rb"^(?:http_)?interactions[ \t]*:|\A(?:\xef\xbb\xbf)?\s*+\{[^{}]*\"(?:http_)?interactions\"\s*:", re.MULTILINE
)
_JSON = re.compile(rb"\s*\{\s*\"")


def looks_like(head: bytes) -> bool:
    """Whether there are interactions, at the top."""
    return b"interactions" in head and bool(_INTERACTIONS.search(head))


def parse(data: bytes, source: Source) -> Iterator[Item]:
    """The request and the response of each interaction, ``interaction 1 request`` …, in order.

    An interaction that carries no SOAP (``GET ?wsdl``) is Skipped; a message that cannot be read has a ``problem``.
    Raises NoMessage for a file that is no cassette, Unreadable for one that cannot be parsed.
    """
    if b"interactions" not in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NoMessage("JSON, but no cassette nor another form that is read" if _JSON.match(data) else _NO_CASSETTE)
    document = load_json(data) if _JSON.match(data) else load_yaml(data)
    held = document if isinstance(document, dict) else {}
    interactions = held.get("interactions", held.get("http_interactions"))  # the latter is Ruby's and Betamax's
    if not isinstance(interactions, list):
        raise NoMessage(_NO_CASSETTE)
    recorded = document.get("recorded")
    expects = _read_expects(recorded.get("expects") if isinstance(recorded, dict) else None, len(interactions))
    for number, interaction in enumerate(interactions, 1):
        part = f"interaction {number}"
        if not isinstance(interaction, dict):
            yield source.refuse_part(part, "the interaction is no mapping")
            continue
        asked, answered = (partial(_read_side, interaction, side) for side in DIRECTIONS)
        for found in read_exchange(source, part, asked, answered, mixed=False):
            yield replace(found, expects=expects.get(found.part, ())) if isinstance(found, Message) else found


def _read_side(interaction: dict[Any, Any], side: Direction) -> StoredSide:
    raw = interaction.get(side)
    if not isinstance(raw, dict):
        raise Unreadable(f"the interaction has no {side}")
    http = _read_head(raw, side)
    try:
        return http, *_read_body(raw.get("body", raw.get("content")))  # the latter is of vcrpy 4 and 5, for httpx
    except Unreadable as bad:  # whose it is, its head tells
        return http, bad, None


def _read_head(raw: dict[Any, Any], side: Direction) -> Http:
    headers = read_pairs(raw.get("headers"))
    if side == "request":
        method, uri = raw.get("method"), raw.get("uri", raw.get("url"))  # the latter is Go's
        if not isinstance(method, str) or not isinstance(uri, str):
            raise Unreadable("the request has no method or no uri")
        return Http(headers, method=method.upper() if method.islower() else str(method), target=str(uri))
    status = raw.get("status")
    code = status.get("code") if isinstance(status, dict) else raw.get("code", raw.get("status_code", status))
    if not isinstance(code, int) or isinstance(code, bool):
        raise Unreadable("the response has no status code")
    reason = status.get("message") if isinstance(status, dict) else ""
    return Http(headers, status=code, reason="" if reason is None else plain_text(reason))


def _read_body(body: Any) -> tuple[bytes, int | None]:
    """The content, and the line of the file on which it begins, where it stands there as it is."""
    if isinstance(body, dict):
        if isinstance(packed := body.get("base64_string"), str | bytes):
            return decode_base64(plain_text(packed)), None
        body = body.get("string")
    if isinstance(body, str):
        return encode_utf8(body), body.line if isinstance(body, LocatedText) else None
    if body is None or isinstance(body, bytes):
        return body or b"", None
    raise Unreadable(f"the body is a {type(body).__name__}, not text")


def _read_expects(raw: Any, interactions: int) -> dict[str, tuple[str, ...]]:
    """Part -> the rules it breaks on purpose."""
    parts = [f"interaction {number} {side}" for number in range(1, interactions + 1) for side in DIRECTIONS]
    given = dict.fromkeys(parts[::2], raw) if isinstance(raw, list) else raw or {}
    lists = given.values() if isinstance(given, dict) else [None]
    if not all(isinstance(ids, list) and all(isinstance(rule, str) for rule in ids) for ids in lists):
        raise Unreadable("expects: in the recorded: block is neither a list of rule ids nor a mapping of parts to them")
    if unknown := [str(part) for part in given if part not in parts]:
        raise Unreadable(f"expects: in the recorded: block names a part that is not here: {unknown[0][:60]!r}")
    return {str(part): tuple(map(str, ids)) for part, ids in given.items()}


READER = Reader("cassette", ("yaml", "yml", "json"), looks_like, parse)
