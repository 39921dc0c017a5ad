"""Header blocks of a request: declared, there, once, with a value."""

from __future__ import annotations

from lxml import etree

from ..model import Operation, local, namespace
from ..wsdl.service import Service
from .body import judge_element
from .case import ENVELOPE, XML_SPACE, Judging, is_nil, shown, tag, text_of
from .envelope import Frame
from .watching import watch

REQUIRED = ("ApplicationToken", "Credentials")
"""The headers that every documented request has (Credentials where declared)."""

_NEXT = "http://schemas.xmlsoap.org/soap/actor/next"
"""The actor that means whoever receives the message."""


def judge_headers(judging: Judging, service: Service, operation: Operation, frame: Frame, *, onsite: bool) -> None:
    """All header blocks of a request."""
    declared = dict.fromkeys(operation.request.headers)
    required = [
        n for n in operation.request.headers if local(n) in REQUIRED and not (onsite and local(n) == "ApplicationToken")
    ]
    blocks = frame.blocks()
    misplaced = in_body(judging, frame, set(declared))
    after = _after_body(frame, set(declared))
    there = set(misplaced) | after | judge_blocks(judging, service, operation.request.headers, blocks, frame)
    missing = [name for name in required if name not in there]
    where = frame.header
    if where is None and frame.body is not None:
        where = frame.body.getparent()
    if missing and where is not None:
        if missing == required:
            found = "no Header" if frame.header is None else "a Header without them"
            judging.add("header-none", where, f"Header with {' and '.join(tag(n) for n in required)}", found)
        else:
            judging.add("header-missing", where, tag(missing[0]), "it is missing")
    for block in blocks:
        if block.tag in required:
            _value(judging, block)


def judge_blocks(
    judging: Judging, service: Service, names: tuple[str, ...], blocks: list[etree._Element], frame: Frame
) -> set[str]:
    """Header blocks against the declared ``names``; returns those that are there or were meant to be."""
    there: set[str] = set()
    absent = [n for n in names if n not in {str(block.tag) for block in blocks}]
    by_local = {local(n).lower(): n for n in names}
    for block in blocks:
        name = str(block.tag)
        must = block.get(f"{{{ENVELOPE}}}mustUnderstand", "1").strip(XML_SPACE)
        if must not in ("0", "1"):
            judging.add("header-must-understand-value", block, "mustUnderstand: 0 or 1", shown(must))
        if name in names:
            if name in there and block in frame.again:
                continue  # that there is a second Header is said
            if name in there:
                judging.add("header-twice", block, f"{tag(name)} once", "once more")
                continue
            there.add(name)
            element = service.schema.declared(name)
            judge_element(judging, service, block, element, watch(service.schema, names, True))
        elif namespace(name) == service.namespace:
            meant = by_local.get(local(name).lower()) or _holder(service, names, local(name))
            left = [n for n in absent if n not in there]
            meant = meant or _close(local(name), left)
            if meant is None and service.schema.element(name) is None:  # under no name of the contract: a renamed one
                meant = _only([n for n in left if local(n) in (*REQUIRED, "Succeeded")])
            wanted = ", ".join(tag(n) for n in names)
            hint = ""
            if meant in absent and meant not in there:
                there.add(meant)
                held = meant == _holder(service, names, local(name))
                hint = f"{local(name)} belongs in {tag(meant)}" if held else f"it is {tag(meant)}"
            judging.add("header-undeclared", block, wanted, tag(name), hint)
        elif local(name) in {local(n) for n in names} and f"{{{service.namespace}}}{local(name)}" in names:
            meant = by_local[local(name).lower()]
            found = f"namespace {namespace(name)}" if namespace(name) else "no namespace"
            judging.add("header-namespace", block, f"{tag(name)} in {service.namespace}", found)
            if meant in absent:
                there.add(meant)
        elif not namespace(name):
            judging.add("header-unqualified", block, "header blocks that are in a namespace", f"{tag(name)} in none")
        elif must in ("0", "1") and demands(block, frame.space):
            judging.add(
                "header-must-understand",
                block,
                "no mustUnderstand on a header that is not declared",
                f"{tag(name)} with mustUnderstand",
            )
    return there


def demands(block: etree._Element, space: str) -> bool:
    """Whether the server has to understand a header block; ``space`` is the SOAP namespace of its envelope.

    One that names another actor is not for it (SOAP 1.1, section 4.2.2).
    """
    if (block.get(f"{{{space}}}actor") or "").strip() not in ("", _NEXT):
        return False
    return (block.get(f"{{{space}}}mustUnderstand") or "").strip() in ("1", "true")


def _only(names: list[str]) -> str | None:
    return names[0] if len(names) == 1 else None


def _close(name: str, names: list[str]) -> str | None:
    """The declared header that a misspelled one was meant to be."""
    import difflib

    close = difflib.get_close_matches(name, [local(n) for n in names], 1)
    return next((n for n in names if close and local(n) == close[0]), None)


def _holder(service: Service, names: tuple[str, ...], member: str) -> str | None:
    """The declared header whose type has a member of that name: a Ticket that stands alone."""
    for name in names:
        element = service.schema.element(name)
        if element and any(m.local == member for m in service.schema.members(element.type)):
            return name
    return None


def in_body(judging: Judging, frame: Frame, declared: set[str]) -> list[str]:
    """The declared headers that stand in Body, said once for all."""
    found = [c for c in frame.contents() if c.tag in declared]
    if found:
        names = ", ".join(tag(str(c.tag)) for c in found)
        judging.add("header-in-body", found[0], "header blocks in Header", f"{names} in Body")
    return [str(c.tag) for c in found]


def _after_body(frame: Frame, declared: set[str]) -> set[str]:
    if frame.body is None:
        return set()
    return {str(c.tag) for c in frame.body.itersiblings(tag=etree.Element) if c.tag in declared}


def _value(judging: Judging, block: etree._Element) -> None:
    """ApplicationToken has a value; Credentials has a Ticket that has one."""
    name = tag(str(block.tag))
    if is_nil(block) and (len(block) or block.text):
        return  # said already: nil and a value
    if is_nil(block):
        judging.add("header-empty", block, f"{name} with a value", "nil")
        return
    if local(str(block.tag)) == "ApplicationToken":
        if not text_of(block).strip() and not len(block):
            judging.add("header-empty", block, f"{name} with a value", "nothing")
        return
    ticket = next((c for c in block.iterchildren(tag=etree.Element) if local(str(c.tag)).lower() == "ticket"), None)
    if ticket is None:
        if any(local(str(name)).lower() == "ticket" for name in block.attrib):
            return  # said already: an attribute in its place
        if not len(block) and not text_of(block).strip():
            judging.add("header-empty", block, "<Ticket> with a value", "no Ticket")
    elif is_nil(ticket) and (len(ticket) or ticket.text):
        return
    elif is_nil(ticket):
        judging.add("header-empty", ticket, "<Ticket> with a value", "nil")
    elif not text_of(ticket).strip() and not len(ticket):
        judging.add("header-empty", ticket, "<Ticket> with a value", "nothing")
