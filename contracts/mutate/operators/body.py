"""Operators on the structure of what Body holds: operations, parameters, members, types, dictionaries."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from ...model import namespace
from ..originals import Node, Original, original
from .base import BOTH, LENIENT, MODEL, REFUSED, RPC, SOAP, WSI, Apply, Change, Operator, remove, retag
from .picking import Edit, by_type, in_space, is_any, is_child, is_complex, is_secret, sites

# --- the operation's element ----------------------------------------------------------------------------------------


def _operation(change: Edit) -> Apply:
    return sites(lambda n: n.role == "operation", change)


def _rename(tag: Callable[[Node], str]) -> Edit:
    def change(original: Original, node: Node, element: Any) -> None:
        element.tag = tag(node)

    return change


def _other_version(node: Node) -> str:
    return in_space(node.element.name, namespace(node.element.name) + "0")


def _lower(node: Node) -> str:
    return f"{{{namespace(node.element.name)}}}{node.element.local.lower()}"


def _upper(node: Node) -> str:
    return f"{{{namespace(node.element.name)}}}{node.element.local.upper()}"


def _twice(original: Original, node: Node, element: Any) -> None:
    element.addnext(copy.deepcopy(element))


def _second(original: Original, node: Node, element: Any) -> None:
    element.addnext(etree.Element("{urn:example}Second"))


def _rpc_wrapper(original: Original, node: Node, element: Any) -> None:
    """As RPC style would have it: the element in another of its name."""
    inner = copy.deepcopy(element)
    for child in list(element):
        element.remove(child)
    element.append(inner)


def _other_message(direction_too: bool) -> Apply:
    """The body of another operation's message, or of this one's other direction; the head stays."""

    def apply(first: Original) -> Iterator[Change]:
        operations = [first.operation] if direction_too else list(first.service.operations.values())
        direction = first.direction
        if direction_too:
            direction = "response" if direction == "request" else "request"
        part = first.operation.part(first.direction)
        for operation in operations:
            other = original(first.service, operation, direction, minimal=True)
            theirs = operation.part(direction)
            if other is None or theirs is None or part is None or theirs.body == part.body:
                continue
            body = other.root.find(f"{other.soap}Body")
            index = first.child("Body")
            if body is None or index is None:
                return

            def edit(elements: list[Any], index: int = index, body: Any = body) -> None:
                holder = elements[index]
                for child in list(holder):
                    holder.remove(child)
                holder.extend(copy.deepcopy(list(body)))

            yield Change("/Envelope/Body", first.edit(edit))
            return

    return apply


# --- parameters and members -----------------------------------------------------------------------------------------


def _dropped(original: Original, node: Node, element: Any) -> None:
    remove(element)


def _harmless_to_drop(original: Original, node: Node) -> str | None:
    if node.element.min_occurs and node.element.max_occurs == 1:
        return None
    if node.role == "parameter" and not node.element.nillable:
        return None
    if node.role == "parameter":
        return "a nillable parameter may be left out: the server uses null"
    return "a member of a type may be left out: the server uses its default"


def _harmless_to_repeat(original: Original, node: Node) -> str | None:
    if node.owner is not None and node.owner.dictionary:
        return None  # the same key again
    return "the schema lets it occur any number of times" if node.element.max_occurs is None else None


def _swapped(original: Original, node: Node, element: Any) -> bool | None:
    after = element.getnext()
    while after is not None and after.tag == element.tag:
        after = after.getnext()
    if after is None or node.owner is None or node.owner.content != "sequence":
        return False
    after.addnext(element)
    return None


def _reversed(original: Original, node: Node, element: Any) -> bool | None:
    children = list(element)
    if len({c.tag for c in children}) < 2 or node.type.content != "sequence":
        return False
    for child in children:
        element.insert(0, child)
    return None


def _as_attribute(original: Original, node: Node, element: Any) -> bool | None:
    parent = element.getparent()
    if parent is None or not node.simple:
        return False
    parent.set(node.element.local, element.text or "")
    parent.remove(element)
    return None


def _all_foreign(original: Original, node: Node, element: Any) -> None:
    for inner in list(element.iter(etree.Element)):
        inner.tag = in_space(inner.tag, "urn:example")


def _as_neighbour(original: Original, node: Node, element: Any) -> bool | None:
    """Under the name of the next member, which is there too."""
    after = element.getnext()
    if after is None or after.tag == element.tag or node.owner is None or node.owner.content != "sequence":
        return False
    members = {m.name: m for m in original.service.schema.members(node.owner.name)}
    if members[after.tag].max_occurs != 1 or node.element.max_occurs != 1:
        return False
    element.tag = after.tag
    return None


def _beside(original: Original, node: Node, element: Any) -> None:
    element.getparent().addnext(remove(element))


def _foreign_namespace(original: Original, node: Node, element: Any) -> None:
    retag(element, f"{{urn:example}}{node.element.local}", {"e": "urn:example"})


def _unknown(at: str, space: str | None = None) -> Edit:
    def change(original: Original, node: Node, element: Any) -> None:
        inside = namespace(node.element.name) if space is None else space
        new = etree.Element(in_space("Foo", inside))
        new.text = "1"
        element.insert(0 if at == "first" else len(element), new)

    return change


def _attribute(name: str, value: str) -> Edit:
    def change(original: Original, node: Node, element: Any) -> None:
        element.set(name, value)

    return change


def _nested(original: Original, node: Node, element: Any) -> None:
    inner = etree.SubElement(element, node.element.name)
    inner.text, element.text = element.text, None


def _text(original: Original, node: Node, element: Any) -> None:
    element.text = "stray" + (element.text or "")


def _tail(original: Original, node: Node, element: Any) -> bool | None:
    if not len(element):
        return False
    element[-1].tail = "stray" + (element[-1].tail or "")
    return None


def _op(id_: str, description: str, source: str, apply: Apply) -> Operator:
    return Operator(id_, BOTH, description, source, apply)


_ENCODING = "{http://schemas.xmlsoap.org/soap/envelope/}encodingStyle"
_ENCODED = "http://schemas.xmlsoap.org/soap/encoding/"

OPERATORS = (
    _op("operation-lower-case", "the operation's element in lower case", LENIENT, _operation(_rename(_lower))),
    _op(
        "operation-unknown",
        "an element that is no operation's",
        RPC,
        _operation(_rename(lambda n: n.element.name + "2")),
    ),
    _op(
        "operation-no-namespace",
        "the operation's element in no namespace",
        RPC,
        _operation(_rename(lambda n: n.element.local)),
    ),
    _op(
        "operation-other-version",
        "the operation's element in another version's namespace",
        RPC,
        _operation(_rename(_other_version)),
    ),
    _op("operation-twice", "the operation's element twice", LENIENT, _operation(_twice)),
    _op("operation-second", "a foreign element after the operation's", WSI, _operation(_second)),
    _op("operation-wrapped", "the operation's element in another of its name", RPC, _operation(_rpc_wrapper)),
    _op(
        "operation-encoding-style",
        "encodingStyle on the operation's element",
        LENIENT,
        _operation(_attribute(_ENCODING, _ENCODED)),
    ),
    _op("operation-attribute", "an attribute on the operation's element", RPC, _operation(_attribute("version", "1"))),
    _op("operation-other", "the body of another operation", RPC, _other_message(False)),
    _op("operation-other-direction", "a response as a request, or a request as a response", RPC, _other_message(True)),
    # --- parameters and members ---------------------------------------------------------------------------------
    _op("member-missing", "a parameter or member left out", LENIENT, sites(is_child, _dropped, _harmless_to_drop)),
    _op("member-twice", "a parameter or member twice", LENIENT, sites(is_child, _twice, _harmless_to_repeat)),
    _op(
        "member-swapped",
        "two neighbouring members in the other order",
        LENIENT,
        sites(is_child, _swapped),
    ),
    _op(
        "members-reversed",
        "the members of a type the other way round",
        LENIENT,
        sites(is_complex, _reversed, key=by_type),
    ),
    _op("member-lower-case", "a parameter or member in lower case", LENIENT, sites(is_child, _rename(_lower))),
    _op(
        "member-upper-case",
        "a parameter or member in upper case",
        RPC,
        sites(lambda n: is_child(n) and not n.element.local.isupper(), _rename(_upper)),
    ),
    _op(
        "member-misspelt",
        "a parameter or member with a letter too many",
        RPC,
        sites(is_child, _rename(lambda n: n.element.name + "x")),
    ),
    _op(
        "member-no-namespace",
        "a parameter or member in no namespace",
        LENIENT,
        sites(is_child, _rename(lambda n: n.element.local)),
    ),
    _op(
        "member-other-version",
        "a parameter or member in another version's namespace",
        RPC,
        sites(is_child, _rename(_other_version)),
    ),
    _op(
        "member-foreign-namespace",
        "a parameter or member in a foreign namespace",
        LENIENT,
        sites(is_child, _foreign_namespace),
    ),
    _op(
        "member-all-foreign",
        "a parameter or member in a foreign namespace, with all that it holds",
        MODEL,
        sites(lambda n: is_child(n) and not n.simple, _all_foreign),
    ),
    _op("member-as-neighbour", "a parameter or member under its neighbour's name", RPC, sites(is_child, _as_neighbour)),
    _op(
        "parameter-beside",
        "a parameter beside the operation's element",
        MODEL,
        sites(lambda n: n.role == "parameter", _beside),
    ),
    _op(
        "member-as-attribute",
        "a parameter or member as an attribute",
        LENIENT,
        sites(lambda n: is_child(n) and n.element.max_occurs == 1, _as_attribute),
    ),
    _op(
        "unknown-first",
        "an unknown element before the members of a type",
        LENIENT,
        sites(is_complex, _unknown("first"), key=by_type),
    ),
    _op(
        "unknown-last",
        "an unknown element after the members of a type",
        LENIENT,
        sites(is_complex, _unknown("last"), key=by_type),
    ),
    _op(
        "unknown-foreign",
        "an unknown element of a foreign namespace",
        MODEL,
        sites(is_complex, _unknown("last", "urn:example"), key=by_type),
    ),
    _op(
        "unknown-no-namespace",
        "an unknown element in no namespace",
        MODEL,
        sites(is_complex, _unknown("last", ""), key=by_type),
    ),
    _op("member-attribute", "an undeclared attribute", RPC, sites(is_child, _attribute("id", "a1"), key=by_type)),
    _op(
        "member-soap-attribute",
        "SOAP's mustUnderstand on an element in Body",
        SOAP,
        sites(
            lambda n: is_child(n) and not n.header,
            _attribute("{http://schemas.xmlsoap.org/soap/envelope/}mustUnderstand", "1"),
            key=by_type,
        ),
    ),
    _op(
        "member-xsi-attribute",
        "an attribute of XSI's namespace that it does not have",
        MODEL,
        sites(is_child, _attribute("{http://www.w3.org/2001/XMLSchema-instance}null", "true"), key=by_type),
    ),
    _op(
        "member-nested",
        "an element inside a value",
        REFUSED,
        sites(lambda n: n.simple and not is_any(n) and not is_secret(n), _nested, key=by_type),
    ),
    _op("member-text", "text before the members of a type", MODEL, sites(is_complex, _text, key=by_type)),
    _op("member-text-after", "text after the members of a type", MODEL, sites(is_complex, _tail, key=by_type)),
)
