"""Operators on header blocks: missing, empty, elsewhere, twice, in another namespace, not declared."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from ...generate.building import NIL
from ...model import Element
from ..originals import Node, Original
from .base import BOTH, LENIENT, RPC, SOAP, Apply, Change, Operator, remove, retag

_REQUIRED = ("ApplicationToken", "Credentials")
_OPTIONAL = "an optional header may be left out: a registered deviation from WS-I R2738"


def _blocks(original: Original) -> list[Node]:
    return [n for n in original.nodes if n.role == "header"]


def _required(original: Original) -> list[Node]:
    return [n for n in _blocks(original) if n.element.local in _REQUIRED]


def _each(
    pick: Callable[[Original], list[Node]],
    change: Callable[[Original, Node, Any], bool | None],
    equivalent: Callable[[Node], str | None] = lambda node: None,
) -> Apply:
    """One mutant for each picked node; ``change`` gets its copy, and returns False where it has nothing to do."""

    def apply(original: Original) -> Iterator[Change]:
        for node in pick(original):
            done: list[bool | None] = []

            def edit(elements: list[Any], node: Node = node, done: list[bool | None] = done) -> None:
                done.append(change(original, node, elements[node.index]))

            data = original.edit(edit)
            if done != [False]:
                yield Change(node.path, data, equivalent=equivalent(node))

    return apply


def _members(name: str) -> Callable[[Original], list[Node]]:
    return lambda original: [n for n in original.nodes if n.header and n.role == "member" and n.element.local == name]


def _empty(original: Original, node: Node, element: Any) -> None:
    for child in list(element):
        element.remove(child)
    element.text = None


def _nil(original: Original, node: Node, element: Any) -> bool | None:
    if not node.element.nillable:
        return False
    _empty(original, node, element)
    element.set(NIL, "true")
    return None


def _set(text: str) -> Callable[[Original, Node, Any], bool | None]:
    def change(original: Original, node: Node, element: Any) -> bool | None:
        if not node.simple:
            return False
        element.text = text
        return None

    return change


def _remove(original: Original, node: Node, element: Any) -> None:
    remove(element)


def _twice(original: Original, node: Node, element: Any) -> None:
    element.addnext(copy.deepcopy(element))


def _rename(tag: Callable[[Node], str]) -> Callable[[Original, Node, Any], None]:
    return lambda original, node, element: setattr(element, "tag", tag(node))


def _other_space(node: Node) -> str:
    space = node.element.name[1:].partition("}")[0]
    return f"{{{space}/Other}}{node.element.local}"


def _to_body(first: bool) -> Callable[[Original, Node, Any], None]:
    def change(original: Original, node: Node, element: Any) -> None:
        body = element.getparent().getparent().find(f"{original.soap}Body")
        body.insert(0 if first else len(body), remove(element))

    return change


def _as_attribute(original: Original, node: Node, element: Any) -> bool | None:
    if not node.simple:
        return False
    element.set("value", element.text or "")
    return None


def _unwrapped(original: Original, node: Node, element: Any) -> None:
    """What is inside Credentials stands in Header."""
    for child in list(element):
        element.addprevious(child)
    remove(element)


def _all(change: Callable[[Any], None]) -> Apply:
    def apply(original: Original) -> Iterator[Change]:
        index = original.child("Header")
        if index is not None and _required(original):
            yield Change("/Envelope/Header", original.edit(lambda elements: change(elements[index])))

    return apply


def _gone(header: Any) -> None:
    remove(header)


def _clear(header: Any) -> None:
    for child in list(header):
        header.remove(child)


def _add(make: Callable[[Original], etree._Element | None]) -> Apply:
    """One more header block."""

    def apply(original: Original) -> Iterator[Change]:
        index, new = original.child("Header"), make(original)
        if index is not None and new is not None:
            yield Change("/Envelope/Header", original.edit(lambda elements: elements[index].append(new)))

    return apply


def _declared_elsewhere(original: Original) -> etree._Element | None:
    """A header that the contract has, for the other direction or for other operations."""
    schema, operation = original.service.schema, original.operation
    here = operation.part(original.direction)
    names = {h for o in original.service.operations.values() for p in (o.request, o.response) if p for h in p.headers}
    spare = sorted(names - set(here.headers if here else ()))
    declared: Element | None = schema.element(spare[0]) if spare else None
    if declared is None:
        return None
    new = etree.Element(declared.name)
    if declared.nillable:
        new.set(NIL, "true")
    return new


def _unknown(original: Original) -> etree._Element:
    new = etree.Element(f"{{{original.service.namespace}}}SessionKey")
    new.text = "text"
    return new


def _must_understand(original: Original) -> etree._Element:
    new = etree.Element("{urn:example}Foreign", nsmap={"e": "urn:example"})
    new.set(f"{original.soap}mustUnderstand", "1")
    return new


def _unqualified(original: Original) -> etree._Element:
    return etree.Element("Foreign")


def _understood(original: Original, node: Node, element: Any) -> None:
    element.set(f"{original.soap}mustUnderstand", "yes")


def _tag(original: Original, node: Node, element: Any) -> None:
    retag(element, f"{{urn:example}}{node.element.local}", {"e": "urn:example"})


OPERATORS = (
    Operator("header-none", ("request",), "no Header at all", LENIENT, _all(_gone)),
    Operator("header-without-blocks", ("request",), "a Header without anything in it", LENIENT, _all(_clear)),
    Operator(
        "header-missing",
        BOTH,
        "a header block is left out",
        LENIENT,
        _each(
            lambda o: [n for n in _blocks(o) if n.element.local != "Succeeded"],
            _remove,
            lambda n: None if n.element.local in _REQUIRED and n.header else _OPTIONAL,
        ),
    ),
    Operator(
        "header-empty",
        ("request",),
        "ApplicationToken or Credentials without content",
        LENIENT,
        _each(_required, _empty),
    ),
    Operator("header-nil", ("request",), "ApplicationToken or Credentials nil", LENIENT, _each(_required, _nil)),
    Operator("header-blank", ("request",), "ApplicationToken of white space only", RPC, _each(_required, _set("  "))),
    Operator("ticket-empty", ("request",), "an empty Ticket", LENIENT, _each(_members("Ticket"), _empty)),
    Operator("ticket-blank", ("request",), "a Ticket of white space only", RPC, _each(_members("Ticket"), _set("\n "))),
    Operator("ticket-nil", ("request",), "a nil Ticket", LENIENT, _each(_members("Ticket"), _nil)),
    Operator("ticket-missing", ("request",), "Credentials without Ticket", LENIENT, _each(_members("Ticket"), _remove)),
    Operator(
        "ticket-bare",
        ("request",),
        "Ticket in Header, without Credentials around it",
        LENIENT,
        _each(lambda o: [n for n in _required(o) if not n.simple], _unwrapped),
    ),
    Operator("header-twice", BOTH, "a header block twice", LENIENT, _each(_blocks, _twice)),
    Operator(
        "header-no-namespace",
        BOTH,
        "a header block in no namespace",
        LENIENT,
        _each(_blocks, _rename(lambda n: n.element.local)),
    ),
    Operator(
        "header-other-namespace",
        BOTH,
        "a header block in another namespace of the vendor's",
        RPC,
        _each(_blocks, _rename(_other_space)),
    ),
    Operator("header-foreign-namespace", BOTH, "a header block in a foreign namespace", RPC, _each(_blocks, _tag)),
    Operator(
        "header-lower-case",
        BOTH,
        "a header block in lower case",
        RPC,
        _each(_blocks, _rename(lambda n: n.element.name.replace("}" + n.element.local, "}" + n.element.local.lower()))),
    ),
    Operator(
        "header-misspelt",
        ("request",),
        "a required header block with a letter too many",
        RPC,
        _each(_required, _rename(lambda n: n.element.name + "s")),
    ),
    Operator(
        "header-in-body-first",
        ("request",),
        "a required header block as Body's first child",
        LENIENT,
        _each(_required, _to_body(True)),
    ),
    Operator(
        "header-in-body-last",
        ("request",),
        "a required header block as Body's last child",
        RPC,
        _each(_required, _to_body(False)),
    ),
    Operator("header-attribute", ("request",), "an attribute on a header block", RPC, _each(_required, _as_attribute)),
    Operator(
        "header-undeclared",
        BOTH,
        "a header that only other messages of the contract declare",
        RPC,
        _add(_declared_elsewhere),
    ),
    Operator("header-unknown", BOTH, "a header of the contract's namespace that it does not know", RPC, _add(_unknown)),
    Operator(
        "header-must-understand", BOTH, "a foreign header that has to be understood", SOAP, _add(_must_understand)
    ),
    Operator(
        "header-must-understand-value",
        BOTH,
        "mustUnderstand that is neither 0 nor 1",
        SOAP,
        _each(_blocks, _understood),
    ),
    Operator("header-unqualified", BOTH, "a foreign header in no namespace", SOAP, _add(_unqualified)),
)
