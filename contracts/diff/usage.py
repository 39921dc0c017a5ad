"""Which changes meet what a team's recorded messages really send and read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from lxml import etree

from ..files.prolog import has_doctype
from ..model import Change, Direction, Message, Operation, local
from ..wsdl.service import Service
from .catalogue import RULES
from .outcome import Usage, Use
from .reach import DIRECTIONS
from .walk import Fact, Walk

_VERSION = re.compile(r"(?<![^/])Services\d+(?![^/])")
_PATH = re.compile(r"/(Services\d+)/([^/?]+)\.svc", re.IGNORECASE)
_ENVELOPES = ("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope")
_ON_OPERATIONS = {
    "agent-removed", "agent-renamed", "operation-removed", "response-removed", "response-added", "action-changed",
    "addressing-action-changed", "style-changed", "use-changed", "soap-version-changed", "transport-changed",
    "namespace-changed", "body-changed", "header-added", "fault-added", "derived-type-removed", "derived-type-added",
}  # fmt: skip
"""Changes that meet whoever uses the operation, whatever is in its message."""

Where = tuple[str, str]
"""(file, part)"""

Place = tuple[str, Direction]
"""(operation's label, direction)"""


def usage(messages: Iterable[Message], changes: Sequence[Change], services: Sequence[Service]) -> Usage:
    """What of ``changes`` meets ``messages``, which were recorded against ``services``, those of the old side."""
    recorded = _Recorded(services)
    count = 0
    for message in messages:
        count += 1
        recorded.read(message)
    uses = {i: use for i, change in enumerate(changes) if (use := recorded.use(change)) is not None}
    return Usage(uses, count, tuple(sorted({label for label, _ in recorded.places})), tuple(recorded.unplaced))


class _Recorded:
    def __init__(self, services: Sequence[Service]) -> None:
        self._by_body: dict[str, list[tuple[Service, Operation, Direction]]] = {}
        self._by_action: dict[str, list[tuple[Service, Operation, Direction]]] = {}
        for service in services:
            for operation in service.operations.values():
                self._by_action.setdefault(_folded(operation.action), []).append((service, operation, "request"))
                for direction in DIRECTIONS:
                    part = operation.part(direction)
                    if part is not None:
                        name = part.body or f"{{{service.namespace}}}{operation.name}"
                        self._by_body.setdefault(_folded(name), []).append((service, operation, direction))
        self.places: dict[Place, dict[Where, None]] = {}
        self.facts: dict[Fact, dict[Place, dict[Where, None]]] = {}
        self.unplaced: list[Where] = []

    # --- reading ------------------------------------------------------------------------------------------------

    def read(self, message: Message) -> None:
        where = (message.file, message.part)
        root = None if message.problem else _parsed(message.data)
        places = self._places(message, root)
        if not places:
            self.unplaced.append(where)
            return
        for service, operation, direction in places:
            place: Place = (operation.label, direction)
            self.places.setdefault(place, {})[where] = None
            if root is not None:
                for fact in Walk(service, operation, direction).envelope(root):
                    self.facts.setdefault(fact, {}).setdefault(place, {})[where] = None

    def _places(self, message: Message, root: etree._Element | None) -> list[tuple[Service, Operation, Direction]]:
        content = None if root is None else _content(root)
        found = [] if content is None else self._by_body.get(_folded(content.tag), [])
        if message.direction and len({direction for _, _, direction in found}) > 1:
            found = [f for f in found if f[2] == message.direction]
        # A Fault, or a refusal without an envelope, is an answer to whatever was asked.
        if not found and message.direction == "response" and (content is None or local(content.tag) == "Fault"):
            found = [(s, o, "response") for s, o, _ in self._request_of(message)]
        return self._narrowed(found, message)

    def _request_of(self, message: Message) -> list[tuple[Service, Operation, Direction]]:
        asked = message.answers
        return [] if asked is None or asked.problem else self._places(asked, _parsed(asked.data))

    def _narrowed(
        self, found: list[tuple[Service, Operation, Direction]], message: Message
    ) -> list[tuple[Service, Operation, Direction]]:
        """Where several operations have one message: those that the request, the action or the path tell."""
        if len(found) < 2:
            return found
        if message.direction == "response" and message.answers is not None:
            labels = {o.label for _, o, _ in self._request_of(message)}
            found = [f for f in found if f[1].label in labels] or found
        http = message.http
        if http is not None and (action := http.headers.get("SOAPAction")):
            named = {o.label for _, o, _ in self._by_action.get(_folded(action.strip("\"' ")), [])}
            found = [f for f in found if f[1].label in named] or found
        if http is not None and (path := _PATH.search(http.target or "")):
            found = [f for f in found if f[0].agent.lower() == path[2].lower()] or found
        if message.title is not None:
            found = [f for f in found if f[1].label == f"{message.title[1]}.{message.title[2]}"] or found
        first: dict[tuple[str, Direction], tuple[Service, Operation, Direction]] = {}
        for one in found:  # of several versions of an operation one will do
            first.setdefault((one[1].label, one[2]), one)
        return list(first.values())

    # --- answering ----------------------------------------------------------------------------------------------

    def use(self, change: Change) -> Use | None:
        """How the change meets what was read; None where it does not, or is safe for it."""
        rule = RULES[change.rule]
        touched: dict[Place, dict[Where, None]] = {}
        for fact in _facts(change):
            found = self.places if fact is None else self.facts.get(fact, {})
            for place, wheres in found.items():
                met = place[0] in change.operations and change.direction in ("both", place[1])
                if met and rule.severity(frozenset(place[1:])) != "safe":
                    touched.setdefault(place, {}).update(wheres)
        if not touched:
            return None
        severity = rule.severity(frozenset(direction for _, direction in touched))
        return Use(severity, tuple(dict.fromkeys(where for wheres in touched.values() for where in wheres)))


def _facts(change: Change) -> list[Fact | None]:
    """What a message has to hold for the change to meet it; None: nothing but to be of the operation."""
    rule, path = change.rule, change.path
    if rule in _ON_OPERATIONS:
        return [None]
    paths = [path]
    _, slash, tail = path.partition("/")
    if slash:  # a message's part: an element that several operations share is named by one of them
        paths = [f"{label}/{tail}" for label in change.operations]
    kind = "has"
    if rule == "element-required":
        kind = "lacks"
    elif rule == "element-not-nillable":
        kind = "nil"
    elif rule.endswith("-added") or rule in ("attribute-required", "default-changed"):
        paths = [_owner(p) for p in paths]
    return [Fact(kind, p) for p in paths]


def _owner(path: str) -> str:
    return path[: max(path.rfind("."), path.rfind("/"))]


def _folded(name: str) -> str:
    return _VERSION.sub("*", name.replace("}", "/}"))


def _parsed(data: bytes) -> etree._Element | None:
    if has_doctype(data):
        return None
    parser = etree.XMLParser(no_network=True, resolve_entities=False, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _content(root: etree._Element) -> etree._Element | None:
    for space in _ENVELOPES:
        body = root.find(f"{{{space}}}Body")
        if body is not None:
            return next(body.iterchildren(tag=etree.Element), None)
    return None
