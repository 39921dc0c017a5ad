"""Which changes meet what a team's recorded messages really send and read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache, cached_property

from lxml import etree

from ..messages.tree import parse
from ..model import DIRECTIONS, Change, Direction, Message, WsdlMessage, local
from ..wsdl.service import Service
from .change_rule import ChangeRule
from .change_rules import CHANGE_RULES
from .comparison import Naming, Usage, Use
from .recorded_facts import DeclaredMessage, Fact, read_facts

_VERSION = re.compile(r"(?<![^/])Services\d+(?![^/])")
_PATH = re.compile(r"/(Services\d+)/([^/?]+)\.svc", re.IGNORECASE)

_Labelled = tuple[str, Direction]
"""(operation's label, direction)"""

_Origins = dict[tuple[str, str], None]
"""The messages of which something is so, as (file, part), in order."""


def find_usage(
    messages: Iterable[Message],
    changes: Sequence[Change],
    services: Sequence[Service],
    named: Sequence[Naming] = (),
    members: Sequence[Naming] = (),
) -> Usage:
    """What of ``changes`` meets ``messages``, which were recorded against ``services``, those of the old side.

    ``named`` are operations that something else tells to be used: whatever they can send or read is; but of what
    goes, if it is source code that names them, only the ``members`` and values that it names too, if any of their type.
    """
    recordings = _RecordedUse(services, named, members)
    count = 0
    for message in messages:
        count += 1
        recordings.read(message)
    uses = {i: use for i, change in enumerate(changes) if (use := recordings.find_use(change)) is not None}
    labels = {label for label, _ in recordings.used} | recordings.named.keys()
    return Usage(uses, count, tuple(sorted(labels)), tuple(recordings.unplaced), tuple(named))


class _RecordedUse:
    def __init__(self, services: Sequence[Service], named: Iterable[Naming], members: Iterable[Naming]) -> None:
        self.named, self._members = defaultdict[str, list[Naming]](list), defaultdict[str, list[Naming]](list)
        for table, namings in ((self.named, named), (self._members, members)):
            for one in namings:
                table[one.label].append(one)
        self._by_body = defaultdict[str, list[DeclaredMessage]](list)
        self._wsdl_messages: dict[_Labelled, tuple[Service, WsdlMessage]] = {}
        self._by_action = defaultdict[str, set[str]](set)
        for service in services:
            for operation in service.operations.values():
                self._by_action[_fold_version(operation.action)].add(operation.label)
                for direction in DIRECTIONS:
                    if wsdl_message := operation.message(direction):
                        self._wsdl_messages[operation.label, direction] = service, wsdl_message
                        name = wsdl_message.body or f"{{{service.namespace}}}{operation.name}"
                        self._by_body[_fold_version(name)].append(DeclaredMessage(service, operation, direction))
        self.facts = defaultdict[Fact | None, defaultdict[_Labelled, _Origins]](lambda: defaultdict(dict))
        self.used = self.facts[None]  # what only wants a message of the operation
        self.unplaced: list[tuple[str, str]] = []

    def read(self, message: Message) -> None:
        """Remembers what the message holds, for each operation that it can be of."""
        origin = (message.file, message.part)
        root = _root_of(message)
        declared = self._find_declared(message, root)
        if not declared:
            self.unplaced.append(origin)
        for one in declared:
            for fact in (None, *(() if root is None else read_facts(one, root))):
                self.facts[fact][one.operation.label, one.direction][origin] = None

    def find_use(self, change: Change) -> Use | None:
        """How the change meets what was read; None where it does not, or is safe for it."""
        rule = CHANGE_RULES[change.rule]
        origins: _Origins = {}
        directions: set[Direction] = set()
        unseen: set[str] = set()
        for fact in _facts_met(change, rule):
            for (label, direction), found in self.facts[fact].items():
                is_met = label in change.operations and change.direction in ("both", direction)
                if is_met and rule.severity([direction]) != "safe":
                    directions.add(direction)
                    origins |= found
        # An answer that nobody recorded may hold whatever changed.
        if change.direction != "request" and rule.severity([*directions, "response"]) != rule.severity(directions):
            for label in change.operations:
                if label in self._find_unanswered and self._may_hold((label, "response"), change, rule):
                    directions.add("response")
                    unseen.add(label)
                    origins |= self.used[label, "request"]
        named: dict[Naming, None] = {}
        for label in self.named.keys() & set(change.operations):
            for direction in DIRECTIONS:
                is_met = change.direction in ("both", direction) and rule.severity([direction]) != "safe"
                if not is_met or not self._may_hold((label, direction), change, rule):
                    continue
                if places := self._find_named(label, change, rule):
                    directions.add(direction)
                    named |= dict.fromkeys(places)
        if not origins and not named:
            return None
        told = sorted(named, key=lambda one: (one.where, one.file, one.line))
        return Use(rule.severity(directions), tuple(origins), tuple(sorted(unseen)), tuple(told))

    def _find_named(self, label: str, change: Change, rule: ChangeRule) -> list[Naming]:
        """The places that name the operation, and what changed in it where that is to be named."""
        places = self.named[label]
        owner, _, member = change.path.rpartition(".")
        beside = self._held_by.get(owner, set())
        if rule.meets != "present" or change.new is not None or beside.isdisjoint(self._members):
            return places
        # What a list names is used with all that is in it; code that names others of them does without what goes.
        listed = [one for one in places if one.where == "list"]
        seen = self._members.get(member, [])
        return [*listed, *(places if seen else ()), *seen]

    @cached_property
    def _held_by(self) -> dict[str, set[str]]:
        """The members and values of each type, by local names."""
        held = defaultdict[str, set[str]](set)
        for service in {id(service): service for service, _ in self._wsdl_messages.values()}.values():
            for found in filter(None, map(service.schema.type, service.schema.type_names())):
                held[local(found.name)] |= {*(m.local for m in found.members), *(v.name for v in found.values)}
        return held

    @cached_property
    def _find_unanswered(self) -> set[str]:
        """The operations of which requests were read and no answer, though they have one."""
        asked, answered = ({label for label, d in self.used if d == direction} for direction in DIRECTIONS)
        return {label for label in asked - answered if (label, "response") in self._wsdl_messages}

    def _may_hold(self, labelled: _Labelled, change: Change, rule: ChangeRule) -> bool:
        """Whether a message can hold what changed: of a type only where it is reached, as not by each operation."""
        return rule.meets == "operation" or "/" in change.path or change.path.split(".")[0] in self._types_of(labelled)

    @cache  # noqa: B019 - lives as long as one comparison
    def _types_of(self, labelled: _Labelled) -> set[str]:
        """The local names of all types that a message can hold values of."""
        if labelled not in self._wsdl_messages:
            return set()
        service, wsdl_message = self._wsdl_messages[labelled]
        names = [
            *wsdl_message.headers,
            *([wsdl_message.body] if wsdl_message.body else ()),
            *(p.name for p in wsdl_message.parts),
        ]
        types = [element.type for name in names if (element := service.schema.element(name))]
        return {local(name) for name in service.schema.reach(*types, *(p.type for p in wsdl_message.parts if p.type))}

    def _find_declared(self, message: Message, root: etree._Element | None) -> list[DeclaredMessage]:
        body = None if root is None else next(root.iterfind("{*}Body/*"), None)
        found = [] if body is None else self._by_body.get(_fold_version(body.tag), [])
        if message.direction and len({d.direction for d in found}) > 1:
            found = [d for d in found if d.direction == message.direction]
        # A Fault, or a refusal without an envelope, is an answer to whatever was asked.
        if not found and message.direction == "response" and (body is None or local(body.tag) == "Fault"):
            found = [d._replace(direction="response") for d in self._find_request(message)]
        return self._narrow_owners(found, message) if len(found) > 1 else found

    def _find_request(self, message: Message) -> list[DeclaredMessage]:
        asked = message.answers
        return [] if asked is None or asked.problem else self._find_declared(asked, _root_of(asked))

    def _narrow_owners(self, found: list[DeclaredMessage], message: Message) -> list[DeclaredMessage]:
        """Where several operations have one message: those that the request, the action, the path or the page tell."""
        labels: list[Iterable[str]] = []
        if message.direction == "response" and message.answers is not None:
            labels.append({d.operation.label for d in self._find_request(message)})
        head = message.http
        if head is not None and (action := head.headers.get("SOAPAction")):
            labels.append(self._by_action.get(_fold_version(action.strip("\"' ")), ()))
        if head is not None and (path := _PATH.search(head.target or "")):
            labels.append({d.operation.label for d in found if d.service.agent.lower() == path[2].lower()})
        if message.title is not None:
            labels.append([f"{message.title[1]}.{message.title[2]}"])
        for told in labels:
            found = [d for d in found if d.operation.label in told] or found
        first: dict[_Labelled, DeclaredMessage] = {}
        for one in found:  # of several versions of an operation one will do
            first.setdefault((one.operation.label, one.direction), one)
        return list(first.values())


def _facts_met(change: Change, rule: ChangeRule) -> list[Fact | None]:
    """What a message has to hold for the change to meet it; None: nothing but to be of the operation."""
    if rule.meets == "operation":
        return [None]
    paths = [change.path]
    _, slash, tail = change.path.partition("/")
    if slash:  # a message's part: an element that several operations share is named by one of them
        paths = [f"{label}/{tail}" for label in change.operations]
    if rule.meets == "owner":
        return [Fact("present", path[: max(path.rfind("."), path.rfind("/"))]) for path in paths]
    return [Fact(rule.meets, path) for path in paths]


def _fold_version(name: str) -> str:
    return _VERSION.sub("*", name.replace("}", "/}"))


def _root_of(message: Message) -> etree._Element | None:
    return None if message.problem else parse(message.data).root
