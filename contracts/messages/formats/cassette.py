"""A cassette (vcrpy's YAML or JSON; Ruby's, Betamax's and Go's are much the same) -> the messages of its interactions.

A body is text, ``!!binary``, ``{string: …}`` or ``{base64_string: …}``. Content codings are undone here, transfer
codings were when it was recorded. The block ``recorded:`` (see `contracts.recording`) may say with ``expects:`` which
rules are broken on purpose: a list of rule ids for its requests, or a mapping of parts (``interaction 1 request``) to
such lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from ...files.limits import Unreadable
from ...model import Direction, Http, Message
from ..exchange import carries_soap, decode_message
from ..reader import NoMessage, Reader, Skipped, Source
from ..stored import decode_base64, encode_utf8, load_json, plain_text, read_pairs

if TYPE_CHECKING:
    from yaml.nodes import Node, ScalarNode

_MAX_NODES = 200_000
_MAX_DEPTH = 64
_MAX_ALIASES = 100
_NO_CASSETTE = "no cassette: it has no list of interactions"
_INTERACTIONS = re.compile(
    rb"^(?:http_)?interactions[ \t]*:|\A(?:\xef\xbb\xbf)?\s*+\{[^{}]*\"(?:http_)?interactions\"\s*:", re.MULTILINE
)
_JSON = re.compile(rb"\s*\{\s*\"")


def parse(data: bytes, source: Source) -> Iterator[Message | Skipped]:
    """The request and the response of each interaction, ``interaction 1 request`` …, in order.

    An interaction that carries no SOAP (``GET ?wsdl``) is Skipped; a message that cannot be read has a ``problem``.
    Raises NoMessage for a file that is no cassette, Unreadable for one that cannot be parsed.
    """
    if b"interactions" not in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NoMessage("JSON, but no cassette nor another form that is read" if _JSON.match(data) else _NO_CASSETTE)
    document, node = (load_json(data), None) if _JSON.match(data) else load_yaml(data)
    lines = _find_bodies(node)
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
        request = _read_side(interaction, "request", source, part, lines.get((number, "request")))
        if not carries_soap(request):
            yield source.skip_part(part, f"{request.http.method if request.http else 'it'} carries no SOAP message")
            continue
        response = _read_side(interaction, "response", source, part, lines.get((number, "response")), request)
        for message in (request, response):
            yield replace(message, expects=expects.get(message.part, ()))


# --- the file -------------------------------------------------------------------------------------------------------

_Lines = Mapping[tuple[int, str], "ScalarNode"]
"""The scalars of the bodies, by (number of the interaction, ``request`` or ``response``)."""


@cache
def cassette_loader() -> Any:
    """A safe YAML loader that reads vcrpy's own five tags of Python objects as the data that they hold.

    No constructor of a cassette's choosing is ever called; any other tag of the kind is refused.
    """
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # known at run time only
        pass

    def read_object(loader: Any, node: Any) -> bytes:
        """A body that was a file (its ``state``) or a generator (its ``args``): its first member is the content."""
        held = loader.construct_mapping(node, deep=True)
        content = (held.get("state") if node.tag.endswith("BytesIO") else held.get("args")) or [b""]
        pieces = content[0] if isinstance(content[0], list) else [content[0]]
        return b"".join(piece.encode() if isinstance(piece, str) else memoryview(piece) for piece in pieces)

    for tag, construct in (
        ("str", Loader.construct_scalar),
        ("unicode", Loader.construct_scalar),
        ("tuple", lambda loader, node: loader.construct_sequence(node, deep=True)),
        ("object/new:_io.BytesIO", read_object),
        ("object/apply:builtins.iter", read_object),
    ):
        Loader.add_constructor(f"tag:yaml.org,2002:python/{tag}", construct)
    return Loader


def load_yaml(data: bytes) -> tuple[Any, Node | None]:
    """The document, and its nodes. Raises Unreadable for one that is not well-formed, or costs more than it may."""
    import yaml

    loader_class = cassette_loader()
    try:
        _refuse_costly(yaml.parse(data, Loader=loader_class))
        loader = loader_class(data)
        try:
            node = loader.get_single_node()
            return (loader.construct_document(node) if node else None), node
        finally:
            loader.dispose()
    except yaml.YAMLError as bad:
        mark = getattr(bad, "problem_mark", None)
        where = f" on line {mark.line + 1}" if mark else ""
        what = getattr(bad, "problem", None) or getattr(bad, "reason", None) or "unreadable"
        raise Unreadable(f"not well-formed YAML{where}: {what}") from None
    except (ValueError, OverflowError, TypeError, KeyError, MemoryError) as bad:
        raise Unreadable(f"a value that YAML cannot hold: {bad}") from None


def _refuse_costly(events: Any) -> None:
    """Refuses what would cost more than the file's size lets expect, before anything is built from it."""
    import yaml

    depth = aliases = 0
    for nodes, event in enumerate(events):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.AliasEvent):
            aliases += 1
        elif isinstance(event, yaml.ScalarEvent) and event.value == "<<" and event.implicit[0]:
            raise Unreadable("a YAML merge key (<<): no cassette has one")
        if nodes > _MAX_NODES:
            raise Unreadable(f"more than {_MAX_NODES} YAML nodes: no cassette")
        if depth > _MAX_DEPTH:
            raise Unreadable(f"YAML nested deeper than {_MAX_DEPTH}: no cassette")
        if aliases > _MAX_ALIASES:
            raise Unreadable(f"more than {_MAX_ALIASES} YAML aliases: no cassette")


def _find_bodies(root: Node | None) -> _Lines:
    from yaml.nodes import ScalarNode

    found: dict[tuple[int, str], ScalarNode] = {}
    listed = _child(root, "interactions") or _child(root, "http_interactions")
    for number, interaction in enumerate(getattr(listed, "value", None) or (), 1):
        for side in ("request", "response"):
            body = _child(_child(interaction, side), "body")
            scalar = body if isinstance(body, ScalarNode) else _child(body, "string")
            if isinstance(scalar, ScalarNode):
                found[number, side] = scalar
    return found


def _child(node: Node | None, key: str) -> Node | None:
    from yaml.nodes import MappingNode

    if not isinstance(node, MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def _find_line(scalar: ScalarNode | None, body: bytes) -> int | None:
    """Where the body begins, if each of its lines is a line of the file, or if it has just one."""
    if scalar is None or scalar.tag.endswith(":binary"):
        return None
    if scalar.style == "|":
        return int(scalar.start_mark.line) + 2  # the content begins after the line with the bar
    return None if b"\n" in body.strip() else int(scalar.start_mark.line) + 1


# --- an interaction -------------------------------------------------------------------------------------------------


def _read_side(
    interaction: dict[Any, Any],
    side: Direction,
    source: Source,
    part: str,
    scalar: ScalarNode | None,
    answers: Message | None = None,
) -> Message:
    raw, part = interaction.get(side), f"{part} {side}"
    if not isinstance(raw, dict):
        return source.refuse_part(part, f"the interaction has no {side}", side, answers)
    http = None
    try:
        http = _read_head(raw, side)
        stored = _read_body(raw.get("body"))
    except Unreadable as bad:
        return replace(source.refuse_part(part, str(bad), side, answers), http=http)
    return decode_message(source, part, side, (http, stored, _find_line(scalar, stored)), answers)


def _read_head(raw: dict[Any, Any], side: Direction) -> Http:
    fields = raw.get("headers") or {}
    if not isinstance(fields, dict):
        raise Unreadable("the headers are no mapping")
    headers = read_pairs(fields.items())
    if side == "request":
        method, uri = raw.get("method"), raw.get("uri", raw.get("url"))  # the latter is Go's
        if not isinstance(method, str) or not isinstance(uri, str):
            raise Unreadable("the request has no method or no uri")
        return Http(headers, method=method.upper() if method.islower() else method, target=uri)
    status = raw.get("status")
    code = status.get("code") if isinstance(status, dict) else raw.get("code", status)
    if not isinstance(code, int) or isinstance(code, bool):
        raise Unreadable("the response has no status code")
    reason = status.get("message") if isinstance(status, dict) else ""
    return Http(headers, status=code, reason="" if reason is None else plain_text(reason))


def _read_body(body: Any) -> bytes:
    if isinstance(body, dict):
        if isinstance(packed := body.get("base64_string"), str | bytes):
            return decode_base64(plain_text(packed))
        body = body.get("string")
    if body is None:
        return b""
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return encode_utf8(body)
    raise Unreadable(f"the body is a {type(body).__name__}, not text")


def _read_expects(raw: Any, interactions: int) -> dict[str, tuple[str, ...]]:
    """Part -> the rules it breaks on purpose."""
    if raw is None:
        return {}
    if isinstance(raw, list):
        return {f"interaction {number} request": _rule_ids(raw) for number in range(1, interactions + 1)}
    if not isinstance(raw, dict):
        raise Unreadable("expects: in the recorded: block is neither a list of rule ids nor a mapping of parts to them")
    parts = {f"interaction {n} {side}" for n in range(1, interactions + 1) for side in ("request", "response")}
    if unknown := [str(part) for part in raw if part not in parts]:
        raise Unreadable(f"expects: in the recorded: block names a part that is not here: {unknown[0][:60]!r}")
    return {part: _rule_ids(ids) for part, ids in raw.items()}


def _rule_ids(raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(isinstance(rule, str) for rule in raw):
        raise Unreadable("expects: in the recorded: block holds something else than lists of rule ids")
    return tuple(raw)


READER = Reader("cassette", ("yaml", "yml", "json"), _INTERACTIONS.search, parse)
