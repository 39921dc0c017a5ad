"""Header blocks: declared, there, once, with a value."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree

from ..model import ENVELOPE, XML_SPACE, is_nil, local, namespace, text_of
from ..model.names import EXAMPLE_TICKET, REQUIRED_HEADERS
from ..wsdl.service import Service
from ..xsd.builtins import BOOLEANS
from .case import DENIES, MEASURED, PAGE, SOAP, WSI, Case, Rule, shown, stray_text, tag, tag_and_space
from .elements import check_element
from .expected import Expected
from .place import ADDRESSED_ACTION
from .values import PLACEHOLDER

_NEXT = "http://schemas.xmlsoap.org/soap/actor/next"
"""The actor that means whoever receives the message."""
_MUST_UNDERSTAND = f"{{{ENVELOPE}}}mustUnderstand"


def silent(case: Case) -> bool:
    """Whether all blocks are the usual ones, with the values that they usually have."""
    frame, expected = case.frame, case.expected
    if case.faultless == "nothing" or frame is None or expected is None:
        return False
    if case.direction != "response" and case.header_target is not case.target:
        return False
    tests = expected.blocks
    seen: set[str] = set()
    for block in frame.inside:
        name = block.tag
        if name in tests:
            is_right = tests[name]
            if name in seen or (is_right is not None and not is_right(block)):
                return False
            seen.add(name)
        elif not _is_harmless(case, block, expected):
            return False
    case.headers_there = seen
    return (expected.required_onsite if case.onsite else expected.required) <= seen


def _is_harmless(case: Case, block: etree._Element, expected: Expected) -> bool:
    """Whether an undeclared block says nothing of the contract, and asks nothing of the receiver."""
    name = str(block.tag)
    if block.keys() or local(name) in expected.locals or namespace(name) in ("", expected.service.namespace):
        return False
    operation = case.operation
    return name != ADDRESSED_ACTION or (operation is not None and (block.text or "").strip() == operation.action)


def check(case: Case) -> None:
    """All header blocks: a request's, or those of an operation's response."""
    if case.frame is None or case.wsdl_message is None or case.target is None:
        return
    if case.direction == "response":
        if case.holds_answer:
            _check_answer(case, case.target[0], case.wsdl_message.headers)
    elif case.header_target is not None:
        _check_request(case, case.header_target[0], case.header_target[1].request.headers)


def _check_answer(case: Case, service: Service, names: tuple[str, ...]) -> None:
    assert case.frame is not None
    blocks = case.frame.blocks
    flag = next((b for b in blocks if b.tag in names and local(str(b.tag)) == "Succeeded"), None)
    if flag is not None and not is_boolean(flag):  # what it says has a rule of its own
        blocks = [b for b in blocks if b is not flag]
    case.headers_there = _check_blocks(case, service, names, blocks) | set(_find_in_body(case, names))


def is_boolean(block: etree._Element) -> bool:
    """Whether an element holds an xs:boolean."""
    return text_of(block).strip(XML_SPACE) in BOOLEANS


NONE = Rule(
    "header-none", "documented", f"{PAGE}: the request example", "a request has a Header with its header blocks",
    "add Header with ApplicationToken and, where declared, Credentials", DENIES
)  # fmt: skip
MISSING = Rule(
    "header-missing", "documented", f"{PAGE}: the request example",
    "ApplicationToken and, where declared, Credentials are there", "add it to Header", DENIES
)  # fmt: skip


def _check_request(case: Case, service: Service, names: tuple[str, ...]) -> None:
    frame = case.frame
    assert frame is not None
    required = [
        n for n in names if local(n) in REQUIRED_HEADERS and not (case.onsite and local(n) == "ApplicationToken")
    ]
    blocks = frame.blocks
    misplaced = _find_in_body(case, names)
    case.headers_there = set(misplaced) | _find_after_body(case, names) | _check_blocks(case, service, names, blocks)
    missing = [name for name in required if name not in case.headers_there]
    where = frame.header
    if where is None and frame.body is not None:
        where = frame.body.getparent()
    if missing and where is not None:
        if missing == required and (_is_text(frame.header) or any(c.tag == frame.root.tag for c in case.contents)):
            pass  # of the text, or of the Envelope in Body that has its own, it is said that it stands there
        elif missing == required:
            found = "no Header" if frame.header is None else "a Header without them"
            expected = f"Header with {' and '.join(tag(n) for n in required)}"
            case.add(NONE, where, expected=expected, found=found)
        else:
            token = local(missing[0]) == "ApplicationToken"
            hint = "add it to Header; an on-site installation wants none: say so with --onsite" if token else ""
            case.add(MISSING, where, expected=tag(missing[0]), found="it is missing", hint=hint)
    for block in blocks:
        if block.tag in required:
            _check_value(case, block)


def _is_text(header: etree._Element | None) -> bool:
    """Whether header blocks may stand there as text: escaped, in CDATA, or as JSON."""
    return header is not None and any(mark in stray_text(header) for mark in "<{")


IN_BODY = Rule(
    "header-in-body", "wsdl", "the WSDL's soap:header", "a declared header stands in Header, not in Body",
    "move it into Header", "drops the connection"
)  # fmt: skip


def _find_in_body(case: Case, declared: tuple[str, ...]) -> list[str]:
    """The declared headers that stand in Body, said once for all."""
    found = [c for c in case.contents if c.tag in declared]
    if found:
        names = ", ".join(tag(str(c.tag)) for c in found)
        case.add(IN_BODY, found[0], expected="header blocks in Header", found=f"{names} in Body")
    return [str(c.tag) for c in found]


def _find_after_body(case: Case, declared: tuple[str, ...]) -> set[str]:
    body = case.frame.body if case.frame else None
    after = () if body is None else body.itersiblings(tag=etree.Element)
    return {str(c.tag) for c in after if c.tag in declared}


MUST_UNDERSTAND_VALUE = Rule(
    "header-must-understand-value", "wsi", f"{WSI}, R1013; {SOAP}, section 4.2.3", "mustUnderstand is 1 or 0",
    "write 1 or 0, or leave it out", "reads true as 1"
)  # fmt: skip
TWICE = Rule(
    "header-twice", "wire", MEASURED, "a declared header is there once", "which one wins is open",
    "takes one of them and answers 200"
)  # fmt: skip
UNQUALIFIED = Rule(
    "header-unqualified", "soap", f"{SOAP}, section 4.2", "header blocks are in a namespace",
    "declare its namespace, or leave it out", "ignores it"
)  # fmt: skip
MUST_UNDERSTAND = Rule(
    "header-must-understand", "soap", f"{SOAP}, section 4.2.3", "no undeclared header demands to be understood",
    "drop mustUnderstand, or the header", ".NET answers with a MustUnderstand Fault; Mono ignores it"
)  # fmt: skip


def _check_blocks(case: Case, service: Service, names: tuple[str, ...], blocks: list[etree._Element]) -> set[str]:
    """Header blocks against the declared ``names``; returns those that are there or were meant to be."""
    frame = case.frame
    assert frame is not None
    there: set[str] = set()
    present = {str(block.tag) for block in blocks}
    absent = [n for n in names if n not in present]
    again = set(frame.again)
    for block in blocks:
        name = str(block.tag)
        must = block.get(_MUST_UNDERSTAND, "1").strip(XML_SPACE)
        if must not in ("0", "1"):
            case.add(MUST_UNDERSTAND_VALUE, block, expected="mustUnderstand: 0 or 1", found=shown(must))
        wrapped = [str(c.tag) for c in block.iterchildren(tag=etree.Element) if c.tag in absent]
        if name in names:
            if name not in there:
                there.add(name)
                check_element(case, service, block, service.schema.declared(name), header=True)
            elif block not in again:  # else it is said that there is a second Header
                case.add(TWICE, block, expected=f"{tag(name)} once", found="once more")
        elif wrapped:
            there.update(wrapped)
            expected, found = ", ".join(map(tag, wrapped)), f"{tag(name)} around them"
            hint = "header blocks stand in Header itself"
            case.add(UNDECLARED, block, expected=expected, found=found, hint=hint, fault=(UNDECLARED, name))
        elif namespace(name) == service.namespace:
            _check_undeclared(case, service, names, block, absent, there)
        elif f"{{{service.namespace}}}{local(name)}" in names:
            _check_namespace(case, service, block, there, absent)
        elif not namespace(name):
            expected = "header blocks that are in a namespace"
            case.add(UNQUALIFIED, block, expected=expected, found=f"{tag(name)} in none")
        elif must in ("0", "1") and is_demanding(block, frame.space):
            expected = "no mustUnderstand on a header that is not declared"
            case.add(MUST_UNDERSTAND, block, expected=expected, found=f"{tag(name)} with mustUnderstand")
    return there


NAMESPACE = Rule(
    "header-namespace", "wsdl", "the WSDL's soap:header", "a declared header is in the contract's namespace",
    "the server looks for it by namespace and name", DENIES
)  # fmt: skip


def _check_namespace(case: Case, service: Service, block: etree._Element, there: set[str], absent: list[str]) -> None:
    name = str(block.tag)
    found = f"namespace {namespace(name)}" if namespace(name) else "no namespace"
    case.add(NAMESPACE, block, expected=f"{tag(name)} in {service.namespace}", found=found)
    meant = f"{{{service.namespace}}}{local(name)}"
    if meant in absent:
        there.add(meant)


UNDECLARED = Rule(
    "header-undeclared", "wsdl", "the WSDL's soap:header",
    "headers of the contract's namespace are those that the operation declares",
    "leave it out, or look for its right name", "ignores it"
)  # fmt: skip


def _check_undeclared(
    case: Case, service: Service, names: tuple[str, ...], block: etree._Element, absent: list[str], there: set[str]
) -> None:
    """A block of the contract's namespace that the operation does not declare: probably another one misspelled."""
    name = str(block.tag)
    holder = _find_holder(service, names, local(name))
    left = [n for n in absent if n not in there]
    meant = {local(n).lower(): n for n in names}.get(local(name).lower()) or holder or _find_close(local(name), left)
    if meant is None and service.schema.element(name) is None:  # under no name of the contract: a renamed one
        renamed = [n for n in left if local(n) in (*REQUIRED_HEADERS, "Succeeded")]
        meant = renamed[0] if len(renamed) == 1 else None
    hint = ""
    if meant in absent and meant not in there:
        there.add(meant)
        hint = f"{local(name)} belongs in {tag(meant)}" if meant == holder else f"it is {tag(meant)}"
    case.add(UNDECLARED, block, expected=", ".join(tag(n) for n in names), found=tag(name), hint=hint)


def is_demanding(block: etree._Element, space: str) -> bool:
    """Whether the server has to understand a header block; ``space`` is the SOAP namespace of its envelope.

    One that names another actor is not for it (SOAP 1.1, section 4.2.2).
    """
    if (block.get(f"{{{space}}}actor") or "").strip() not in ("", _NEXT):
        return False
    return (block.get(f"{{{space}}}mustUnderstand") or "").strip() in ("1", "true")


def _find_close(name: str, names: list[str]) -> str | None:
    """The declared header that a misspelled one was meant to be."""
    import difflib

    close = difflib.get_close_matches(name, [local(n) for n in names], 1)
    return next((n for n in names if close and local(n) == close[0]), None)


def _find_holder(service: Service, names: tuple[str, ...], member: str) -> str | None:
    """The declared header whose type has a member of that name: a Ticket that stands alone."""
    for name in names:
        element = service.schema.element(name)
        if element and any(m.local == member for m in service.schema.members(element.type)):
            return name
    return None


EMPTY = Rule(
    "header-empty", "documented", f"{PAGE}: the request example",
    "ApplicationToken, Credentials and its Ticket have a value", "nobody is authenticated by an empty or nil value",
    DENIES
)  # fmt: skip


def _check_value(case: Case, block: etree._Element) -> None:
    """ApplicationToken has a value; Credentials has a Ticket that has one."""
    name = tag(str(block.tag))
    if is_nil(block):
        if not (len(block) or (block.text or "").strip(XML_SPACE)):  # else it is said that there is nil and a value
            case.add(EMPTY, block, expected=f"{name} with a value", found="nil")
    elif local(str(block.tag)) == "ApplicationToken":
        if not text_of(block).strip() and not len(block) and not _has_bare_attributes(block):
            case.add(EMPTY, block, expected=f"{name} with a value", found="nothing")
    else:
        _check_ticket(case, block)


def _has_bare_attributes(node: etree._Element) -> bool:
    """Whether an element has attributes that are nobody's, of which it is said: they may hold its value."""
    return any(not namespace(str(name)) for name in node.attrib)


def _check_ticket(case: Case, block: etree._Element) -> None:
    expected = "<Ticket> with a value"
    ticket = next((c for c in block.iterchildren(tag=etree.Element) if local(str(c.tag)).lower() == "ticket"), None)
    if ticket is None:
        if any(local(str(name)).lower() == "ticket" for name in block.attrib):
            return  # said already: an attribute in its place
        if not len(block) and not text_of(block).strip():
            case.add(EMPTY, block, expected=expected, found="no Ticket")
    elif is_nil(ticket):
        if not (len(ticket) or (ticket.text or "").strip(XML_SPACE)):
            case.add(EMPTY, ticket, expected=expected, found="nil")
    elif not text_of(ticket).strip() and not len(ticket) and not _has_bare_attributes(ticket):
        case.add(EMPTY, ticket, expected=expected, found="nothing")


TICKET_FORM = Rule(
    "header-ticket-form", "wire", "what tenants hand out as tickets", "a Ticket has the form of one",
    "send the ticket that AuthenticateUsernamePassword or the identity provider's ticket claim gives", DENIES, "note"
)  # fmt: skip
_JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")
_SCHEME = re.compile(r"SOTicket|(?:Bearer|Basic)(?=\s)", re.IGNORECASE)


def _note_ticket(case: Case, ticket: etree._Element) -> None:
    """A Ticket that is none by its form; what it is meant to be is said, never the value."""
    text = text_of(ticket).strip()
    version = re.search(r"\d+$", case.service.version) if case.service else None
    if PLACEHOLDER.fullmatch(text):
        found = f"a placeholder: {shown(text)}"
    elif _JWT.fullmatch(text):
        found = "a JWT; the ticket is a claim in it"
    elif scheme := _SCHEME.match(text):
        found = f"the name of HTTP's authentication scheme, {scheme[0]}, before the value"
    elif text.startswith("8A:") and version is not None and int(version[0]) < 86:
        found = "an access token, which is taken as a ticket from Services86 on"
    elif text == EXAMPLE_TICKET:
        found = "the documentation's example"
    else:
        return
    case.add(TICKET_FORM, ticket, expected="a ticket, as a tenant hands it out", found=found)


OPTIONAL_MISSING = Rule(
    "header-optional-missing", "wsi", f"{WSI}, R2738", "every declared header is sent",
    "send TimeZone where times matter", "uses the user's own time zone"
)  # fmt: skip


LeftOut = tuple[Rule, tuple[str, ...], str]
"""Declared headers that may be left out and are: the rule that tells of them, their names, and the place."""


def left_out(case: Case) -> LeftOut | None:
    """A request's; nearly every one lacks some, so the judge tells of them without asking the rooms."""
    return find_left_out(case, OPTIONAL_MISSING, case.header_target[1].request.headers) if case.header_target else None


def find_left_out(case: Case, rule: Rule, declared: tuple[str, ...]) -> LeftOut | None:
    """Which of the ``declared`` headers are not there; None where there is no block at all, which is said."""
    frame, expected = case.frame, case.expected
    if frame is None:
        return None
    if case.all_silent and expected:  # then each block is under its own name, or none of the contract's
        names = tuple([name for name in expected.optional if name not in case.headers_there]) if frame.inside else ()
        return (rule, names, "/Envelope/Header") if names else None
    if not frame.blocks:
        return None
    names = _names_left_out(declared, frozenset([str(b.tag) for b in (*frame.blocks, *case.contents)]))
    return (rule, names, "/Envelope/Header" if frame.header is not None else "/Envelope") if names else None


@lru_cache(maxsize=1024)
def _names_left_out(declared: tuple[str, ...], tags: frozenset[str]) -> tuple[str, ...]:
    there = {local(name) for name in tags}
    return tuple(n for n in declared if local(n) not in there and local(n) not in (*REQUIRED_HEADERS, "Succeeded"))


FOREIGN = Rule(
    "header-foreign", "wsdl", "the WSDL's soap:header", "headers are those that the operation declares",
    "harmless: the server ignores it", "ignores it", "note"
)  # fmt: skip


def note(case: Case) -> None:
    """The form of a ticket, and undeclared blocks of other namespaces, which ask nothing."""
    frame, wsdl_message = case.frame, case.wsdl_message
    if frame is None or wsdl_message is None:
        return
    for block in frame.blocks:
        # A page's example shows a ticket that is none: that is what it is for.
        told = case.message.documented or case.direction == "response" or block.tag not in wsdl_message.headers
        if not told and local(str(block.tag)) == "Credentials":
            for ticket in block.iterchildren(f"{{{namespace(str(block.tag))}}}Ticket"):
                _note_ticket(case, ticket)
    declared = {local(n) for n in wsdl_message.headers}
    ours = case.service.namespace if case.service else None
    for block in frame.blocks:
        name = str(block.tag)
        if name in wsdl_message.headers or namespace(name) in ("", ours) or local(name) in declared:
            continue
        if not is_demanding(block, frame.space):
            expected = ", ".join(tag(n) for n in wsdl_message.headers)
            case.add(FOREIGN, block, expected=expected, found=tag_and_space(name))
