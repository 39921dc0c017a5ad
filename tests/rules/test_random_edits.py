"""Random edits of good messages' trees: always a verdict, never against libxml2, the glance and the rules as one."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable

import pytest
from lxml import etree

from tests.helpers.messages import (
    ADMITTED,
    ARRAYS,
    CONTRACT,
    DELETE,
    FIND,
    LOGIN,
    NS,
    SOAP11,
    START,
    STARTED,
    STOP,
    STOPPED,
    TASKS,
    check_request,
    check_response,
)

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
NAMES = (f"{{{NS}}}Foo", "Foo", f"{{{NS}}}Id", f"{{{ARRAYS}}}int", f"{{{NS}}}name")
VALUES = ("", "42", "x", "True", "1", "99999999999", "2026-02-30T00:00:00", "New", "Select Write", "\u00a0", "70000")
ATTRIBUTES = ("x", f"{XSI}nil", f"{XSI}type", f"{XSI}foo", "{urn:x}y")
SETTINGS = ("true", "false", "1", "", "x:int", "x:string", "b:Carrier", "q:x")
REQUESTS, RESPONSES = (STOP, START, FIND, DELETE, LOGIN), (STOPPED, STARTED, TASKS, ADMITTED)


def remove(at: etree._Element, chance: random.Random) -> None:
    parent_of(at).remove(at)


def repeat(at: etree._Element, chance: random.Random) -> None:
    parent = parent_of(at)
    parent.insert(chance.randrange(len(parent) + 1), copy.deepcopy(at))


def move(at: etree._Element, chance: random.Random) -> None:
    parent = parent_of(at)
    parent.remove(at)
    parent.insert(chance.randrange(len(parent) + 1), at)


def rename(at: etree._Element, chance: random.Random) -> None:
    at.tag = chance.choice(NAMES)


def fill(at: etree._Element, chance: random.Random) -> None:
    at.text = chance.choice(VALUES)


def follow(at: etree._Element, chance: random.Random) -> None:
    at.tail = chance.choice(("x", " ", "\u00a0"))


def nest(at: etree._Element, chance: random.Random) -> None:
    etree.SubElement(at, chance.choice(NAMES))


def mark(at: etree._Element, chance: random.Random) -> None:
    at.set(chance.choice(ATTRIBUTES), chance.choice(SETTINGS))


def unwrap(at: etree._Element, chance: random.Random) -> None:
    parent, children = parent_of(at), list(at)
    place = parent.index(at)
    parent.remove(at)
    parent[place:place] = children


EDITS: tuple[Callable[[etree._Element, random.Random], None], ...] = (
    remove, repeat, move, rename, fill, follow, nest, mark, unwrap,
)  # fmt: skip


def parent_of(at: etree._Element) -> etree._Element:
    parent = at.getparent()
    assert parent is not None
    return parent


def edited(text: str, chance: random.Random) -> bytes:
    """The message after one to three edits, mostly of what its Body holds."""
    root = etree.fromstring(text)
    holder = root[1] if chance.random() < 0.8 else root
    for _ in range(chance.choice((1, 1, 2, 3))):
        inside = [node for node in holder.iter(etree.Element) if node is not holder]
        if inside:
            chance.choice(EDITS)(chance.choice(inside), chance)
    return etree.tostring(root)


def valid(data: bytes, element: str, service: object) -> bool | None:
    """What libxml2 says of the operation's element; None where it is not just where it should be."""
    root = etree.fromstring(data)
    body = root.find(f"{{{SOAP11}}}Body")
    if len(root) != 2 or body is None or len(body) != 1 or body[0].tag != element:
        return None
    return bool(service.schema.validator.validate(body[0]))  # type: ignore[attr-defined]  # a Service


@pytest.mark.parametrize("seed", range(4))
def test_random_edits(seed: int) -> None:
    chance = random.Random(seed)
    seen = set()
    for _ in range(250):
        base = chance.choice(REQUESTS + RESPONSES)
        data = edited(base, chance)
        verdict = (check_request if base in REQUESTS else check_response)(data)
        assert verdict.outcome == ("broken" if verdict.violations else "kept") or verdict.reason
        rules = {f.rule for f in verdict.violations}
        seen |= rules
        assert "body-schema" not in rules, "a fault that only libxml2 can name"
        for service, operation in CONTRACT.targets():
            message = operation.message(verdict.message or "request")
            if operation.label != verdict.label or message is None:
                continue
            findings = (*verdict.violations, *verdict.tolerated)
            told = [f for f in findings if f.authority == "xsd" and f.path.startswith("/Envelope/Body/")]
            told += [f for f in findings if f.rule == "envelope-text" and f.found.endswith(" more)")]  # in the body too
            said = valid(data, message.body or "", service)
            assert said is None or said == (not told), (data, told)
    assert len(seen) > 15
