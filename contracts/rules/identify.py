"""Which operation a message belongs to: what the caller, SOAPAction, path, title and body say of it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

from ..model import Direction, Message, Operation, Verdict, local, namespace
from ..model.escaping import printable
from ..model.secrets import mask_secrets
from ..wsdl.service import Service
from . import http
from .case import ENVELOPE, ENVELOPE12, tag
from .envelope import Frame
from .quick import WSA_ACTION

if TYPE_CHECKING:
    from ..contract import Contract, Target

_ACTION = re.compile(r"/(Services\d+)/([^/]+)/[^/]+$", re.IGNORECASE)
_ALIKE = 0.7
"""How much a name resembles a misspelled one; no operation of another agent of the vendor's comes near it."""


def unjudged(
    message: Message, direction: Direction | None, reason: str, candidates: list[str] | None = None
) -> Verdict:
    reason = printable(mask_secrets(reason))  # it may quote what was read
    return Verdict(
        "unjudged", direction, reason=reason, candidates=tuple(candidates or ()), file=message.file, part=message.part
    )


def only(found: list[Target]) -> Target | None:
    return found[0] if len(found) == 1 else None


def hinted_targets(contract: Contract, message: Message, wanted: list[Target]) -> list[Target]:
    """What everything but the body says of the operation."""
    if wanted:
        found = wanted
    elif message.title:
        version, agent, name = message.title
        found = [t for t in contract.find(f"{agent}.{name}") if t[0].version == version]
    elif message.answers is not None:
        found = hinted_targets(contract, message.answers, [])
    else:
        action = http.action(message.http)
        found = contract.by_action(action) if action else []
    at = http.endpoint(message.http or (message.answers.http if message.answers else None))
    if at and len(found) > 1:
        found = [t for t in found if (t[0].version.lower(), t[0].agent.lower()) == at] or found
    return found


def direction_of(
    contract: Contract, contents: list[etree._Element], fault: etree._Element | None, message: Message
) -> Direction | None:
    if fault is not None:
        return "response"
    if message.http is not None:
        return "request" if message.http.status is None else "response"
    for node in contents:
        if contract.by_body(str(node.tag), "request"):
            return "request"
        if contract.by_body(str(node.tag), "response"):
            return "response"
    if contents and local(str(contents[0].tag)).endswith("Response"):
        return "response"
    return "request" if contents else None


def identify(
    contract: Contract,
    message: Message,
    wanted: list[Target],
    frame: Frame,
    contents: list[etree._Element],
    direction: Direction | None,
    fault: etree._Element | None,
) -> tuple[Target | None, Verdict | None]:
    """The operation, or None where a Fault or a shared response belongs to no single one; or why it is not known."""
    hinted = hinted_targets(contract, message, wanted)
    action = http.action(message.http)
    if not hinted and not message.title and direction != "response":
        addressed = next((b.text for b in frame.blocks() if b.tag == WSA_ACTION and b.text), None)
        if addressed:
            hinted = contract.by_action(addressed.strip())
            action = action or addressed.strip()
    by_body: list[Target] = []
    for node in contents:
        by_body = contract.by_body(str(node.tag), direction or "request")
        if by_body:
            break
    at = http.endpoint(message.http or (message.answers.http if message.answers else None))
    if at:
        here = [t for t in by_body if (t[0].version.lower(), t[0].agent.lower()) == at]
        by_body = here or by_body
        if hinted and here and not wanted and (hinted[0][0].version.lower(), hinted[0][0].agent.lower()) != at:
            hinted = here  # path and body agree: SOAPAction is what is wrong
    if hinted:
        if len(hinted) > 1:
            spaces = {namespace(str(c.tag)) for c in contents}
            hinted = (
                [t for t in by_body if t in hinted]
                or [t for t in hinted if t[1].action == action]
                or [t for t in hinted if t[0].namespace in spaces]
                or hinted
            )
        if len(hinted) == 1:
            return hinted[0], None
        return None, _ambiguous(message, direction, hinted)
    if message.title:
        version, agent, name = message.title
        if not any(s.version == version and s.agent == agent for s in contract.services):
            return None, unjudged(message, direction, f"no loaded contract has {agent} of {version}{_loaded(contract)}")
        return None, unjudged(message, direction, f"{agent} of {version} has no operation {name} in its WSDL")
    if len(by_body) == 1:
        return by_body[0], None
    if by_body:
        if len({id(t[0]) for t in by_body}) == 1 and direction == "response":
            return by_body[0], None  # operations that share one response
        return None, _ambiguous(message, direction, by_body)
    if fault is not None:
        return None, None
    if at is None and action and (said := _ACTION.search(action)):
        at = said[1].lower(), said[2].lower()
    return _nearest(contract, message, contents, direction, at)


def _nearest(
    contract: Contract,
    message: Message,
    contents: list[etree._Element],
    direction: Direction | None,
    at: tuple[str, str] | None,
) -> tuple[Target | None, Verdict | None]:
    """Nothing names an operation that is loaded: whom the message was meant for, as far as it can be told.

    ``at``: version and agent that the path, else the action, names.
    """
    if at and not any((s.version.lower(), s.agent.lower()) == at for s in contract.services):
        named = next((s.version for s in contract.services if s.version.lower() == at[0]), at[0].capitalize())
        reason = f"no loaded contract has {_spelled(message, at[1])} of {named}{_loaded(contract)}"
        return None, unjudged(message, direction, reason)
    if not contents:
        return None, None
    name = str(contents[0].tag)
    other = contract.by_body(name, "response" if direction == "request" else "request")
    if other:
        return (
            (other[0], None) if len({id(t[0]) for t in other}) == 1 else (None, _ambiguous(message, direction, other))
        )
    plain = local(name).lower()
    meant = [
        (s, s.operations[o])
        for s in contract.services
        if at is None or (s.version.lower(), s.agent.lower()) == at
        for o in s.operations
        if plain in (o.lower(), f"{o.lower()}response", _answer(s.operations[o]))
    ]
    space = namespace(name)
    known = space in contract.by_namespace
    alike = {(id(s), o.response and o.response.body) for s, o in meant if direction == "response"}
    if (len(meant) == 1 or len(alike) == 1) and (
        known or at or not space or (http.action(message.http) is None and not _versioned(space))
    ):
        return meant[0], None
    # Where one agent alone is loaded, it is what the message was to be judged by.
    alone = len(contract.services) == 1
    if at or space in (ENVELOPE, ENVELOPE12) or (known and (alone or len(contents) > 1 or _resembles(contract, name))):
        return None, None
    where = f"declares {tag(name)} of {space or 'no namespace'}"
    return None, unjudged(message, direction, f"no loaded contract {where}{_loaded(contract)}")


def _answer(operation: Operation) -> str:
    return local(operation.response.body or "").lower() if operation.response else ""


@lru_cache(maxsize=4096)
def _resembles(contract: Contract, element: str) -> bool:
    """Whether it is an operation misspelled, a parameter or a header; else an agent may have it that is not loaded."""
    import difflib

    services = contract.by_namespace[namespace(element)]
    name = local(element).lower().removesuffix("response")
    if difflib.get_close_matches(name, {o.lower() for s in services for o in s.operations}, 1, _ALIKE):
        return True
    return any(s.schema.element(element) or element in _parameters(s) for s in services)


@lru_cache(maxsize=1024)
def _parameters(service: Service) -> frozenset[str]:
    bodies = (part.body for o in service.operations.values() for part in (o.request, o.response) if part and part.body)
    return frozenset(m.name for b in bodies for m in service.schema.members(service.schema.declared(b).type))


def _loaded(contract: Contract) -> str:
    agents = {version: [s.agent for s in services] for version, services in contract.by_version.items()}
    shown = [f"{', '.join(sorted(a)) if len(a) < 6 else f'{len(a)} agents'} of {v}" for v, a in sorted(agents.items())]
    return f" (loaded: {'; '.join(shown)})"


def _spelled(message: Message, agent: str) -> str:
    """The agent as the message writes it."""
    head = message.http or (message.answers.http if message.answers else None)
    texts = [head.target or "", http.action(head) or ""] if head else []
    found = (re.search(rf"/({re.escape(agent)})(?:\.svc\b|/[^/]+$)", text, re.IGNORECASE) for text in texts)
    return next((match[1] for match in found if match), agent)


def _versioned(space: str) -> bool:
    return space.rstrip("/").rpartition("/")[2].startswith("Services")


def _ambiguous(message: Message, direction: Direction | None, found: list[Target]) -> Verdict:
    names = [f"{s.version}/{o.label}" for s, o in found]
    way = "name one with --operation"
    if len(set(names)) < len(names):
        names = [f"{s.version}/{o.label} ({s.source})" for s, o in found]
        way = "name one of these files with --contract"
    shown = ", ".join(names[:6]) + (" …" if len(names) > 6 else "")
    return unjudged(message, direction, f"several loaded operations have this message: {shown}; {way}", names)
