"""The ordinary message at one glance: kept, with nothing for a rule to say. Anything else goes to `judge`.

What is recognised here is what nearly every message is; a test holds that the rules agree with each glance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Literal

from lxml import etree

from ..messages import tree as reading
from ..model import Direction, Finding, Http, Message, Operation, Part, Verdict, local, namespace
from ..wsdl.service import Service
from . import http
from .case import ENVELOPE, NIL, XML_SPACE, XSI, Judging, finding, tag
from .envelope import Frame
from .excuses import deviation_for
from .headers import REQUIRED
from .notes import find_notes
from .watching import Watch, suspicious, watch

if TYPE_CHECKING:
    from ..contract import Contract, Target

WSA_ACTION = "{http://www.w3.org/2005/08/addressing}Action"
_XSI = f"{{{XSI}}}"
_ENVELOPE, _HEADER, _BODY = (f"{{{ENVELOPE}}}{name}" for name in ("Envelope", "Header", "Body"))
_PLAIN_START = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml version=[\"']1\.0[\"'](?: encoding=[\"'](?i:utf-8)[\"'])?\s*\?>\s*)?<[A-Za-z]"
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What one direction of an operation is recognised by."""

    service: Service
    operation: Operation
    part: Part
    validator: etree.XMLSchema
    watched: Watch
    watched_headers: Watch
    headers: dict[str, str]
    locals: frozenset[str]
    token: str | None
    credentials: str | None
    ticket: str | None
    succeeded: str | None
    exception: str | None
    members: tuple[str, ...]
    tolerated: dict[frozenset[str], tuple[Finding, ...] | None]


def optional_missing(rule: str, part: Part, there: set[str], path: str) -> Finding | None:
    """The finding on declared headers that may be left out; ``there``: local names of the blocks that are there."""
    left = tuple(n for n in part.headers if local(n) not in there and local(n) not in (*REQUIRED, "Succeeded"))
    return _optional(rule, left, path) if left else None


@lru_cache(maxsize=1024)
def _optional(rule: str, names: tuple[str, ...], path: str) -> Finding:
    return finding(rule, path, None, ", ".join(tag(n) for n in names), "left out")


def _tolerated(part: Part, there: frozenset[str], direction: Direction) -> tuple[Finding, ...] | None:
    rule = "header-optional-missing" if direction == "request" else "answer-header-missing"
    found = optional_missing(rule, part, set(there), "/Envelope/Header")
    if found is None:
        return ()
    row = deviation_for(found, direction, False)
    return None if row is None else (replace(found, excuse=("deviation", row.id)),)


def plan_of(contract: Contract, element: str, direction: Direction) -> Plan | None:
    """The plan for messages with that element in Body; None where not exactly one operation has it."""
    key = (element, direction)
    try:
        return contract.plans[key]
    except KeyError:
        plan = contract.plans[key] = _plan(contract.by_body(element, direction), element, direction)
        return plan


def _plan(targets: list[Target], element: str, direction: Direction) -> Plan | None:
    if len(targets) != 1:
        return None
    service, operation = targets[0]
    part, declared = operation.part(direction), service.schema.element(element)
    if part is None or declared is None:
        return None
    names = {local(n): n for n in part.headers}
    credentials = names.get("Credentials")
    holder = service.schema.element(credentials) if credentials else None
    tickets = [m.name for m in service.schema.members(holder.type) if m.local == "Ticket"] if holder else []
    request = direction == "request"
    return Plan(
        service,
        operation,
        part,
        service.schema.validator,
        watch(service.schema, (element,)),
        watch(service.schema, part.headers, True),
        {name: local(name) for name in part.headers},
        frozenset(names),
        names.get("ApplicationToken") if request else None,
        credentials if request else None,
        tickets[0] if tickets else None,
        None if request else names.get("Succeeded"),
        None if request else names.get("ExceptionInfo"),
        tuple(m.name for m in service.schema.members(declared.type) if m.silently_zero),
        {},
    )


def recognise(
    contract: Contract, message: Message, wanted: list[Target], onsite: bool
) -> Verdict | Literal[False] | None:
    """The verdict ``kept`` on an ordinary message; False: its body is not valid; None: something else is to be seen."""
    data, direction = message.data, message.direction
    if (
        message.problem is not None
        or message.title is not None
        or message.expects
        or message.answers is not None
        or not _PLAIN_START.match(data)
        or data.find(b"<!DOCTYPE") >= 0
        or data.find(b"<?", 5) >= 0
    ):
        return None
    try:
        root = reading.fromstring(data)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root.tag != _ENVELOPE or len(root) != 2:
        return None
    header, content = root
    if header.tag != _HEADER or content.tag != _BODY or len(content) != 1 or root.attrib or header.attrib:
        return None
    node = content[0]
    element = node.tag
    if not isinstance(element, str):
        return None
    plan = plan_of(contract, element, direction or "request")
    if plan is None:
        if (
            direction is not None
            or message.http is not None
            or (plan := plan_of(contract, element, "response")) is None
        ):
            return None
        direction = "response"
    else:
        direction = direction or "request"
    head = message.http
    if head is not None and not _ordinary(head, plan.operation.action, plan.service.path, direction):
        return None
    if wanted and (plan.service, plan.operation) not in wanted:
        return None
    if _stray(root.text) or _stray(header.text) or _stray(header.tail) or _stray(content.text):
        return None
    if _stray(content.tail) or _stray(node.tail):
        return None
    there = _blocks(header, plan, onsite)
    if there is None:
        return None
    if not plan.validator.validate(node):
        return False
    if (plan.watched.strict or plan.watched.pairs) and suspicious(node, plan.watched):
        return None
    if plan.members:
        present = [child.tag for child in node]
        for name in plan.members:
            if name not in present:
                return None
    if there not in plan.tolerated:
        plan.tolerated[there] = _tolerated(plan.part, there, direction)
    if (tolerated := plan.tolerated[there]) is None:
        return None
    service, operation = plan.service, plan.operation
    return Verdict(
        "kept",
        direction,
        service.version,
        service.agent,
        operation.name,
        tolerated=tolerated,
        file=message.file,
        part=message.part,
        find_notes=partial(_notes, message, plan, root, header, content),
    )


def _stray(text: str | None) -> bool:
    return text is not None and text.strip(XML_SPACE) != ""


def _notes(
    message: Message, plan: Plan, root: etree._Element, header: etree._Element, content: etree._Element
) -> tuple[Finding, ...]:
    frame = Frame(ENVELOPE, header, content)
    return find_notes(Judging(message, plan.service, plan.operation, plan.part), root, frame)


@lru_cache(maxsize=512)
def _ordinary(head: Http, action: str, path: str, direction: Direction) -> bool:
    if direction == "response":
        return head.status == 200 and _media(head.headers.all("Content-Type"))
    return (
        head.method in (None, "POST")
        and head.status is None
        and _media(head.headers.all("Content-Type"))
        and head.headers.all("SOAPAction") in ((f'"{action}"',), (action,))
        and (head.target is None or _path(head) in (None, path))
    )


def _path(head: Http) -> str | None:
    at = http.endpoint(head)
    return None if at is None else _spelled(head.target or "")


def _spelled(target: str) -> str:
    return "/" + "/".join(target.partition("?")[0].rstrip("/").rsplit("/", 2)[1:])


@lru_cache(maxsize=256)
def _media(values: tuple[str, ...]) -> bool:
    return (
        len(values) == 1
        and values[0].partition(";")[0].strip().lower() == "text/xml"
        and reading.charset_of(values[0]) in (None, "utf-8", "utf8")
    )


def _blocks(header: etree._Element, plan: Plan, onsite: bool) -> frozenset[str] | None:
    """The local names of the header blocks, if all of them are in order."""
    there: set[str] = set()
    for block in header:
        name = block.tag
        if _stray(block.tail) or not isinstance(name, str):
            return None
        plain = plan.headers.get(name)
        if plain is None:
            if block.attrib or local(name) in plan.locals or namespace(name) in ("", plan.service.namespace):
                return None
            if name == WSA_ACTION and (block.text or "").strip() != plan.operation.action:
                return None
            continue
        if plain in there:
            return None
        there.add(plain)
        text = block.text
        if name == plan.token:
            if len(block) or block.attrib or not text or text.isspace():
                return None
        elif name == plan.credentials:
            if block.attrib or len(block) != 1 or _stray(text):
                return None
            child = block[0]
            if child.tag != plan.ticket or child.attrib or len(child) or not child.text or child.text.isspace():
                return None
            if _stray(child.tail):
                return None
        elif name == plan.succeeded:
            if text not in ("true", "1") or len(block) or block.attrib:
                return None
        elif not _in_order(block, plan):
            return None
    if plan.token and "ApplicationToken" not in there and not onsite:
        return None
    if plan.credentials and "Credentials" not in there:
        return None
    if plan.succeeded and "Succeeded" not in there:
        return None
    return frozenset(there)


def _in_order(block: etree._Element, plan: Plan) -> bool:
    """A declared header block that is none of those which every message has."""
    for name in block.keys():  # noqa: SIM118 - iterating an element gives its children
        if not str(name).startswith(_XSI):
            return False
    if block.tag == plan.exception and block.get(NIL) not in ("true", "1"):
        return False
    return plan.validator.validate(block) and not (len(block) and suspicious(block, plan.watched_headers))
