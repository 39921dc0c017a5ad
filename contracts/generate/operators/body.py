"""Operators on the structure of what Body holds: operations, parameters, members, types, dictionaries."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from ...model import local, namespace
from ...sources.schema import XSD
from ..building import NIL, TYPE
from ..originals import Node, Original, original
from .base import (
    BOTH,
    LENIENT,
    MODEL,
    OFFUTT,
    REFUSED,
    RPC,
    SOAP,
    WSI,
    Apply,
    Change,
    Operator,
    mark_type,
    remove,
    retag,
)

Change1 = Callable[[Original, Node, Any], "bool | None"]


def _sites(
    wanted: Callable[[Node], bool],
    change: Change1,
    equivalent: Callable[[Original, Node], str | None] = lambda original, node: None,
    key: Callable[[Node], object] | None = None,
) -> Apply:
    """One mutant for each fitting node; ``change`` returns False where it has nothing to do."""

    def apply(original: Original) -> Iterator[Change]:
        for node in original.sites(wanted, key):
            done: list[bool | None] = []

            def edit(elements: list[Any], node: Node = node, done: list[bool | None] = done) -> None:
                done.append(change(original, node, elements[node.index]))

            data = original.edit(edit)
            if done != [False]:
                yield Change(node.path, data, equivalent=equivalent(original, node))

    return apply


def _child(node: Node) -> bool:
    """A parameter, or a member of a type; what is special about header blocks is another room's."""
    return node.role in ("parameter", "member") and not _secret(node)


def _secret(node: Node) -> bool:
    return node.header and node.element.local == "Ticket"


def _complex(node: Node) -> bool:
    return not node.simple and not (node.header and node.element.local in ("ExceptionInfo", "Credentials"))


def _by_type(node: Node) -> object:
    return node.type.name


# --- the operation's element ----------------------------------------------------------------------------------------


def _operation(change: Change1) -> Apply:
    return _sites(lambda n: n.role == "operation", change)


def _rename(tag: Callable[[Node], str]) -> Change1:
    def change(original: Original, node: Node, element: Any) -> None:
        element.tag = tag(node)

    return change


def _in_space(name: str, space: str) -> str:
    return f"{{{space}}}{local(name)}" if space else local(name)


def _other_version(node: Node) -> str:
    return _in_space(node.element.name, namespace(node.element.name) + "0")


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


def _foreign_namespace(original: Original, node: Node, element: Any) -> None:
    retag(element, f"{{urn:example}}{node.element.local}", {"e": "urn:example"})


def _unknown(at: str, space: str | None = None) -> Change1:
    def change(original: Original, node: Node, element: Any) -> None:
        inside = namespace(node.element.name) if space is None else space
        new = etree.Element(_in_space("Foo", inside))
        new.text = "1"
        element.insert(0 if at == "first" else len(element), new)

    return change


def _attribute(name: str, value: str) -> Change1:
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


def _nil(original: Original, node: Node, element: Any) -> None:
    for child in list(element):
        element.remove(child)
    element.text = None
    element.set(NIL, "true")


def _harmless_nil(original: Original, node: Node) -> str | None:
    return "it is nillable" if node.element.nillable else None


def _nil_with_content(original: Original, node: Node, element: Any) -> bool | None:
    if not (element.text or "").strip() and not len(element):
        return False
    element.set(NIL, "true")
    return None


def _nil_lexical(original: Original, node: Node, element: Any) -> None:
    element.set(NIL, "True")


def _nillable(node: Node) -> bool:
    return _child(node) and node.element.nillable


# --- xsi:type -------------------------------------------------------------------------------------------------------


def _typed(name: Callable[[Original, Node], str | None]) -> Change1:
    """xsi:type with a type of that Clark name."""

    def change(original: Original, node: Node, element: Any) -> bool | None:
        found = name(original, node)
        if found is None:
            return False
        mark_type(element, found)
        return None

    return change


def _unrelated(original: Original, node: Node) -> str | None:
    schema = original.service.schema
    if node.simple:
        other = f"{{{XSD}}}string"
        return f"{{{XSD}}}int" if schema.derives(node.element.type, other) else other
    types = (t for t in schema.type_names() if (found := schema.type(t)) and found.kind == "complex")
    return next((t for t in types if not schema.derives(t, node.element.type)), None)


def _nonesuch(original: Original, node: Node) -> str:
    return f"{{{original.service.namespace}}}Nonesuch"


def _own_type_elsewhere(original: Original, node: Node) -> str | None:
    name = node.element.type
    return None if "/" in local(name) or "#" in local(name) else f"{{urn:example}}{local(name)}"


def _wider(original: Original, node: Node) -> str | None:
    """The base of the declared type: what is wider may not stand for it."""
    base = next(iter(original.service.schema.lineage(node.element.type)), None)
    if base is None or base.base is None or base.base in (f"{{{XSD}}}anySimpleType", f"{{{XSD}}}anyType"):
        return None
    return base.base


def _any(node: Node) -> bool:
    return local(node.element.type) in ("anyType", "anySimpleType")


# --- dictionaries ---------------------------------------------------------------------------------------------------


def _key_twice(original: Original, node: Node, element: Any) -> bool | None:
    if len(element) < 2 or not len(element[0]) or not len(element[-1]):
        return False
    element[-1][0].text = element[0][0].text
    return None


def _key_again_padded(original: Original, node: Node, element: Any) -> bool | None:
    """The same key, written in CDATA."""
    if len(element) < 2 or not len(element[0]) or not element[0][0].text:
        return False
    element[-1][0].text = etree.CDATA(element[0][0].text)
    return None


def _renamed_pair(original: Original, node: Node, element: Any) -> bool | None:
    if not len(element):
        return False
    element[0].tag = _in_space("KeyValuePair", namespace(node.type.name))
    return None


def _op(id_: str, description: str, source: str, apply: Apply) -> Operator:
    return Operator(id_, BOTH, description, source, apply)


_ENCODING = "{http://schemas.xmlsoap.org/soap/envelope/}encodingStyle"
_ENCODED = "http://schemas.xmlsoap.org/soap/encoding/"

OPERATORS = (
    _op("operation-lower-case", "the operation's element in lower case", LENIENT, _operation(_rename(_lower))),
    _op("operation-unknown", "an element that is no operation's", RPC, _operation(_rename(lambda n: n.element.name + "2"))),
    _op("operation-no-namespace", "the operation's element in no namespace", RPC, _operation(_rename(lambda n: n.element.local))),
    _op("operation-other-version", "the operation's element in another version's namespace", RPC, _operation(_rename(_other_version))),
    _op("operation-twice", "the operation's element twice", LENIENT, _operation(_twice)),
    _op("operation-second", "a foreign element after the operation's", WSI, _operation(_second)),
    _op("operation-wrapped", "the operation's element in another of its name", RPC, _operation(_rpc_wrapper)),
    _op("operation-encoding-style", "encodingStyle on the operation's element", LENIENT, _operation(_attribute(_ENCODING, _ENCODED))),
    _op("operation-attribute", "an attribute on the operation's element", RPC, _operation(_attribute("version", "1"))),
    _op("operation-other", "the body of another operation", RPC, _other_message(False)),
    _op("operation-other-direction", "a response as a request, or a request as a response", RPC, _other_message(True)),
    # --- parameters and members ---------------------------------------------------------------------------------
    _op("member-missing", "a parameter or member left out", LENIENT, _sites(_child, _dropped, _harmless_to_drop)),
    _op("member-twice", "a parameter or member twice", LENIENT, _sites(_child, _twice, _harmless_to_repeat)),
    _op("member-swapped", "two neighbouring parameters or members in the other order", LENIENT, _sites(_child, _swapped)),
    _op("members-reversed", "the members of a type the other way round", LENIENT, _sites(_complex, _reversed, key=_by_type)),
    _op("member-lower-case", "a parameter or member in lower case", LENIENT, _sites(_child, _rename(_lower))),
    _op("member-upper-case", "a parameter or member in upper case", RPC, _sites(lambda n: _child(n) and not n.element.local.isupper(), _rename(_upper))),
    _op("member-misspelt", "a parameter or member with a letter too many", RPC, _sites(_child, _rename(lambda n: n.element.name + "x"))),
    _op("member-no-namespace", "a parameter or member in no namespace", LENIENT, _sites(_child, _rename(lambda n: n.element.local))),
    _op("member-other-version", "a parameter or member in another version's namespace", RPC, _sites(_child, _rename(_other_version))),
    _op("member-foreign-namespace", "a parameter or member in a foreign namespace", LENIENT, _sites(_child, _foreign_namespace)),
    _op("member-as-attribute", "a parameter or member as an attribute", LENIENT, _sites(lambda n: _child(n) and n.element.max_occurs == 1, _as_attribute)),
    _op("unknown-first", "an unknown element before the members of a type", LENIENT, _sites(_complex, _unknown("first"), key=_by_type)),
    _op("unknown-last", "an unknown element after the members of a type", LENIENT, _sites(_complex, _unknown("last"), key=_by_type)),
    _op("unknown-foreign", "an unknown element of a foreign namespace", MODEL, _sites(_complex, _unknown("last", "urn:example"), key=_by_type)),
    _op("unknown-no-namespace", "an unknown element in no namespace", MODEL, _sites(_complex, _unknown("last", ""), key=_by_type)),
    _op("member-attribute", "an undeclared attribute", RPC, _sites(_child, _attribute("id", "a1"), key=_by_type)),
    _op("member-soap-attribute", "SOAP's mustUnderstand on an element in Body", SOAP, _sites(lambda n: _child(n) and not n.header, _attribute("{http://schemas.xmlsoap.org/soap/envelope/}mustUnderstand", "1"), key=_by_type)),
    _op("member-xsi-attribute", "an attribute of XSI's namespace that it does not have", MODEL, _sites(_child, _attribute("{http://www.w3.org/2001/XMLSchema-instance}null", "true"), key=_by_type)),
    _op("member-nested", "an element inside a value", REFUSED, _sites(lambda n: n.simple and not _any(n) and not _secret(n), _nested, key=_by_type)),
    _op("member-text", "text before the members of a type", MODEL, _sites(_complex, _text, key=_by_type)),
    _op("member-text-after", "text after the members of a type", MODEL, _sites(_complex, _tail, key=_by_type)),
    # --- nil ----------------------------------------------------------------------------------------------------
    _op("member-nil", "xsi:nil on a parameter or member", REFUSED, _sites(_child, _nil, _harmless_nil)),
    _op("member-nil-content", "xsi:nil beside content", MODEL, _sites(_nillable, _nil_with_content)),
    _op("member-nil-lexical", "xsi:nil with a value that is no boolean", OFFUTT, _sites(_nillable, _nil_lexical)),
    # --- xsi:type -----------------------------------------------------------------------------------------------
    _op("xsi-type-unrelated", "xsi:type with a type that does not derive from the declared one", LENIENT, _sites(lambda n: _child(n) and not _any(n), _typed(_unrelated), key=_by_type)),
    _op("xsi-type-unknown", "xsi:type with a type that does not exist", MODEL, _sites(_child, _typed(_nonesuch), key=_by_type)),
    _op("xsi-type-namespace", "xsi:type with the right name in another namespace", MODEL, _sites(_child, _typed(_own_type_elsewhere), key=_by_type)),
    _op("xsi-type-wider", "xsi:type with the base of the declared type", MODEL, _sites(_child, _typed(_wider), key=_by_type)),
    _op("xsi-type-unbound", "xsi:type with a prefix that is not declared", MODEL, _sites(_child, _attribute(TYPE, "nowhere:int"), key=_by_type)),
    _op("xsi-type-empty", "an empty xsi:type", MODEL, _sites(_child, _attribute(TYPE, ""), key=_by_type)),
    # --- dictionaries -------------------------------------------------------------------------------------------
    _op("dictionary-key-twice", "a key twice in a dictionary", REFUSED, _sites(lambda n: n.type.dictionary, _key_twice, key=_by_type)),
    _op("dictionary-key-cdata", "a key twice in a dictionary, once as CDATA", REFUSED, _sites(lambda n: n.type.dictionary, _key_again_padded, key=_by_type)),
    _op("dictionary-pair-renamed", "a dictionary's pair under another name", RPC, _sites(lambda n: n.type.dictionary, _renamed_pair, key=_by_type)),
)  # fmt: skip
