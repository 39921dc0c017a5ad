"""Which operation a message belongs to: what the caller, SOAPAction, path, title and body say of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from lxml import etree

from ..model import ADDRESSING, ENVELOPE, ENVELOPE12, Direction, Message, Operation, local, namespace
from ..wsdl.service import Service
from ..wsdl.services import Services, Target
from .case import FAULT_NAMES, BodyValidity, Case, Faultless, tag
from .complaints import find_complained
from .expected import Expected, expect, expect_body
from .frame import Frame
from .http import action_of, address_of, service_address
from .second_look import find_suspicious

ADDRESSED_ACTION = f"{{{ADDRESSING}}}Action"
_ACTION = re.compile(r"/(Services\d+)/([^/]+)/[^/]+$", re.IGNORECASE)
_SIMILARITY = 0.7
"""How much a name resembles a misspelled one; no operation of another agent of the vendor's comes near it."""


class Unplaced(Exception):
    """It cannot be told to which operation a message belongs: why, and the candidates where there are several."""

    def __init__(self, reason: str, candidates: tuple[str, ...] = (), targets: Sequence[Target] = ()) -> None:
        super().__init__(reason)
        self.candidates = candidates
        self.targets = targets


def place_case(case: Case) -> None:
    """Fills in the operation, and by what of it the message is judged. Raises Unplaced."""
    if case.frame is None:
        case.target = the_one(find_hinted(case.services, case.message, case.wanted))
        return
    if case.direction is None:
        case.direction = _find_direction(case)
    expected = _find_usual(case)
    case.all_agree = expected is not None
    if expected is None:
        target = case.target = _find_target(case)
        expected = None if target is None else expect(target[0], target[1].name, case.direction or "request")
    case.expected = expected
    if expected is None:
        case.body_nodes = case.contents
        return
    case.target = expected.target
    case.faultless = _find_faultless(case, case.frame, expected)
    if case.all_agree and not expected.is_header:
        case.body_nodes, case.body_target, case.header_target = case.contents, expected.target, expected.target
        return
    case.body_nodes = [c for c in case.contents if c.tag not in expected.headers]
    if case.direction != "response":
        _place_request(case, expected.target)


def _find_faultless(case: Case, frame: Frame, expected: Expected) -> Faultless:
    if not frame.usual:
        return "nothing"
    if case.accepts(expected.schema, frame.root) and not find_suspicious(frame.root, expected.watch):
        return "everything"
    return "frame" if _is_frame_faultless(case, frame, expected) else "nothing"


def _is_frame_faultless(case: Case, frame: Frame, expected: Expected) -> bool:
    """Whether all that is wrong is in the element in Body."""
    node = frame.contents[0] if len(frame.contents) == 1 else None
    if node is None or node.tag != expected.body or frame.header is None:
        return False
    complained = find_complained(case, expected.schema, frame.root)
    if complained is None or not all(at is node or node in at.iterancestors() for at in complained):
        return False
    case.body_validity = BodyValidity(complained)
    return not find_suspicious(frame.header, expected.watch)


def _find_usual(case: Case) -> Expected | None:
    """The operation of a message of which all that names one agrees: nearly every message is such."""
    message = case.message
    if case.wanted or message.title or message.answers is not None or len(case.contents) != 1 or case.fault is not None:
        return None
    expected = expect_body(case.services, case.contents[0].tag, case.direction or "request")
    look = case.look
    if expected is None:
        return None
    if case.direction == "response":
        agreed = look is None or not look.actions
    elif look is None:
        agreed = _addressed_action(case) in (None, expected.action)
    else:
        agreed = look.usual_request and look.action == expected.action and look.path in (None, expected.path)
    return expected if agreed else None


def _place_request(case: Case, target: Target) -> None:
    """Whose element Body holds, and whose headers are looked for, where it is not the operation's that is named."""
    service, operation = target
    case.body_target = case.header_target = target
    if not case.body_nodes or case.body_nodes[0].tag == operation.request.body:
        return
    node = case.body_nodes[0]
    owners = case.services.by_body(str(node.tag), "request")
    others = [t for t in owners if t[0] is service] or owners
    case.body_target = None
    if others and not _is_renamed(node, target, others[0]):
        here = address_of(case.head) == service_address(service) and others[0][0] is not service
        named = case.head is not None and action_of(case.head) == operation.action != others[0][1].action
        if named and not here:
            case.body_target = others[0]  # said by http-action: the SOAPAction is another operation's
    case.header_target = case.body_target or (owners[0] if owners else target)
    if case.body_target is None and not owners and _is_something_else(case, node, target):
        case.header_target = None


def _is_renamed(node: etree._Element, target: Target, other: Target) -> bool:
    """Whether only the name of the element is another operation's: what it holds is what the named one wants."""
    names = {str(child.tag) for child in node.iterchildren(tag=etree.Element)}
    mine, theirs = (
        {m.name for m in s.schema.members(s.schema.declared(o.request.body).type)} if o.request.body else set()
        for s, o in (target, other)
    )
    return bool(names) and names <= mine and not names <= theirs


def _is_something_else(case: Case, node: etree._Element, target: Target) -> bool:
    """Whether headers and body are together something else: of a version that is not loaded, in none, or an answer."""
    service, operation = target
    space = namespace(str(node.tag))
    blocks = case.frame.blocks if case.frame else []
    if case.services.by_body(str(node.tag), "response") or node.tag in FAULT_NAMES:
        asked = set(operation.request.headers).difference(operation.response.headers if operation.response else ())
        return not any(b.tag in asked for b in blocks)
    return space != service.namespace and any(namespace(str(b.tag)) == space for b in blocks)


def the_one(found: list[Target]) -> Target | None:
    """The only one of several; None where there is none or more."""
    return found[0] if len(found) == 1 else None


def find_hinted(services: Services, message: Message, wanted: Sequence[Target]) -> list[Target]:
    """What everything but the body says of the operation."""
    if wanted:
        found = list(wanted)
    elif message.title:
        version, agent, name = message.title
        found = [t for t in services.find(f"{agent}.{name}") if t[0].version == version]
    elif message.answers is not None:
        found = find_hinted(services, message.answers, [])
    else:
        action = action_of(message.http)
        found = services.by_action(action) if action else []
    at = _request_address(message)
    if at and len(found) > 1:
        found = [t for t in found if service_address(t[0]) == at] or found
    return found


def _request_address(message: Message) -> tuple[str, str] | None:
    """Version and agent of the path of a request, or of the one that a response answers."""
    return address_of(message.http or (message.answers.http if message.answers else None))


def _addressed_action(case: Case) -> str | None:
    """What the header wsa:Action says."""
    for block in case.frame.blocks if case.frame else ():
        if block.tag == ADDRESSED_ACTION and block.text:
            return block.text.strip()
    return None


def _find_direction(case: Case) -> Direction | None:
    if case.fault is not None:
        return "response"
    if case.head is not None:
        return "request" if case.head.status is None else "response"
    for node in case.contents:
        if case.services.by_body(str(node.tag), "request"):
            return "request"
        if case.services.by_body(str(node.tag), "response"):
            return "response"
    if case.contents and local(str(case.contents[0].tag)).endswith("Response"):
        return "response"
    return "request" if case.contents else None


def _find_target(case: Case) -> Target | None:
    """The operation; None where a Fault or a foreign element belongs to none that is known. Raises Unplaced."""
    services, message = case.services, case.message
    hinted = find_hinted(services, message, case.wanted)
    action = action_of(message.http)
    if not hinted and not message.title and case.direction != "response" and (said := _addressed_action(case)):
        hinted = services.by_action(said)
        action = action or said
    at = _request_address(message)
    if len(hinted) == 1 and not at:
        return hinted[0]
    owned = (services.by_body(str(node.tag), case.direction or "request") for node in case.contents)
    by_body: list[Target] = next((found for found in owned if found), [])
    if at:
        here = [t for t in by_body if service_address(t[0]) == at]
        by_body = here or by_body
        if hinted and here and not case.wanted and service_address(hinted[0][0]) != at:
            hinted = here  # path and body agree: SOAPAction is what is wrong
    if hinted:
        return _choose_hinted(case, hinted, by_body, action)
    if message.title:
        raise _unknown_title(services, *message.title)
    if len(by_body) == 1 or (by_body and case.direction == "response" and len({id(t[0]) for t in by_body}) == 1):
        return by_body[0]  # or operations that share one response
    if by_body:
        raise _refuse_ambiguous(by_body)
    if case.fault is not None or case.misnamed_fault is not None:
        return None
    if at is None and action and (named := _ACTION.search(action)):
        at = named[1].lower(), named[2].lower()
    return _find_nearest(case, at)


def _choose_hinted(case: Case, hinted: list[Target], by_body: list[Target], action: str | None) -> Target:
    if len(hinted) > 1:
        spaces = {namespace(str(c.tag)) for c in case.contents}
        hinted = (
            [t for t in by_body if t in hinted]
            or [t for t in hinted if t[1].action == action]
            or [t for t in hinted if t[0].namespace in spaces]
            or hinted
        )
    if len(hinted) == 1:
        return hinted[0]
    raise _refuse_ambiguous(hinted)


def _unknown_title(services: Services, version: str, agent: str, name: str) -> Unplaced:
    if not any(s.version == version and s.agent == agent for s in services):
        return Unplaced(f"no loaded contract has {agent} of {version}{_list_loaded(services)}")
    return Unplaced(f"{agent} of {version} has no operation {name} in its WSDL")


def _find_nearest(case: Case, at: tuple[str, str] | None) -> Target | None:
    """Nothing names an operation that is loaded: whom the message was meant for, as far as it can be told.

    ``at``: version and agent that the path, else the action, names.
    """
    services = case.services
    if at and not any(service_address(s) == at for s in services):
        named = next((s.version for s in services if s.version.lower() == at[0]), at[0].capitalize())
        raise Unplaced(f"no loaded contract has {_as_written(case.message, at[1])} of {named}{_list_loaded(services)}")
    if not case.contents:
        return None
    name = str(case.contents[0].tag)
    other = services.by_body(name, "response" if case.direction == "request" else "request")
    if other:
        if len({id(t[0]) for t in other}) == 1:
            return other[0]
        raise _refuse_ambiguous(other)
    space = namespace(name)
    meant = _find_namesakes(case, name, at)
    meant = [t for t in meant if _fold_space(t[0].namespace) == _fold_space(space)] or meant
    known = space in services.by_namespace
    alike = {(id(s), o.response and o.response.body) for s, o in meant if case.direction == "response"}
    if (len(meant) == 1 or len(alike) == 1) and (
        known or at or not space or (action_of(case.head) is None and not _names_other_version(services, space))
    ):
        return meant[0]
    if at or space in (ENVELOPE, ENVELOPE12):
        return None
    # Where one agent alone is loaded, it is what the message was to be judged by.
    if known and (len(services) == 1 or len(case.contents) > 1 or _resembles_known(services, name)):
        return None
    where = f"declares {tag(name)} of {space or 'no namespace'}"
    raise Unplaced(f"no loaded contract {where}{_list_loaded(services)}")


def _find_namesakes(case: Case, element: str, at: tuple[str, str] | None) -> list[Target]:
    """The operations of that name or with an answer of that name, whatever the case and the namespace."""
    plain = local(element).lower()
    return [
        (s, s.operations[o])
        for s in case.services
        if at is None or service_address(s) == at
        for o in s.operations
        if plain in (o.lower(), f"{o.lower()}response", _answer_name(s.operations[o]))
    ]


def _fold_space(space: str) -> str:
    """A namespace without what is misspelled in one most often: case, scheme, a final slash."""
    return re.sub("^https?:", "", space.strip().rstrip("/#").lower())


def _answer_name(operation: Operation) -> str:
    return local(operation.response.body or "").lower() if operation.response else ""


@lru_cache(maxsize=4096)
def _resembles_known(services: Services, element: str) -> bool:
    """Whether it is an operation misspelled, a parameter or a header; else an agent may have it that is not loaded."""
    import difflib

    near = services.by_namespace[namespace(element)]
    name = local(element).lower().removesuffix("response")
    if difflib.get_close_matches(name, {o.lower() for s in near for o in s.operations}, 1, _SIMILARITY):
        return True
    return any(s.schema.element(element) or element in _parameters_of(s) for s in near)


@lru_cache(maxsize=1024)
def _parameters_of(service: Service) -> frozenset[str]:
    bodies = (message.body for o in service.operations.values() for message in o.messages if message.body)
    return frozenset(m.name for b in bodies for m in service.schema.members(service.schema.declared(b).type))


def _list_loaded(services: Services) -> str:
    agents = {version: [s.agent for s in found] for version, found in services.by_version.items()}
    shown = [f"{', '.join(sorted(a)) if len(a) < 6 else f'{len(a)} agents'} of {v}" for v, a in sorted(agents.items())]
    return f" (loaded: {'; '.join(shown)}); name its WSDL with --contract WSDL.zip"


def _as_written(message: Message, agent: str) -> str:
    """The agent as the message writes it."""
    head = message.http or (message.answers.http if message.answers else None)
    texts = [head.target or "", action_of(head) or ""] if head else []
    found = (re.search(rf"/({re.escape(agent)})(?:\.svc\b|/[^/]+$)", text, re.IGNORECASE) for text in texts)
    return next((match[1] for match in found if match), agent)


def _names_other_version(services: Services, space: str) -> bool:
    """Whether a namespace is that of a version that is not loaded, and not that of a loaded one misspelled."""
    version = space.rstrip("/").rpartition("/")[2]
    return re.fullmatch(r"Services\d+", version) is not None and version not in services.by_version


def _refuse_ambiguous(found: list[Target]) -> Unplaced:
    names = [f"{s.version}/{o.label}" for s, o in found]
    way = "name one with --operation"
    if len(set(names)) < len(names):
        names = [f"{s.version}/{o.label} ({s.source})" for s, o in found]
        way = "name one of these files with --contract"
    shown = ", ".join(names[:6]) + (" …" if len(names) > 6 else "")
    return Unplaced(f"several loaded operations have this message: {shown}; {way}", tuple(names), found)
