"""Operators on what Body holds: operations, parameters, members, their nil and types, dictionaries."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from lxml import etree

from ..model import Direction, is_anonymous, local, namespace
from ..model.names import ENVELOPE, NIL, XSD, XSI, XSI_TYPE
from .drafts import LENIENT, MODEL, OFFUTT, REFUSED, RPC, SOAP, WSI, Node, Operator
from .edits import (
    FOREIGN,
    Edit,
    Message,
    add_text_after,
    add_text_before,
    duplicate,
    in_namespace,
    insert,
    mark_type,
    remove,
    remove_children,
    rename,
    set_attribute,
    set_nil,
    take_out,
    to_foreign_namespace,
)
from .originals import Original, original
from .places import (
    BODY,
    CHILD_TYPES,
    CHILDREN,
    DICTIONARIES,
    NILLABLE,
    OPERATION,
    PARAMETERS,
    STRUCTS,
    each,
    each_type,
    is_any,
    is_child,
    is_ticket,
)

# --- names ------------------------------------------------------------------------------------------------------------


def _rename(tag: Callable[[Node], str]) -> Edit:
    return rename(lambda draft: tag(draft.node))


def _other_version(node: Node) -> str:
    return in_namespace(node.element.name, namespace(node.element.name) + "0")


def _lower_case(node: Node) -> str:
    return in_namespace(node.element.local.lower(), namespace(node.element.name))


def _upper_case(node: Node) -> str:
    return in_namespace(node.element.local.upper(), namespace(node.element.name))


def _all_to_foreign_namespace(draft: Message) -> None:
    for inner in list(draft.element.iter(etree.Element)):
        inner.tag = in_namespace(inner.tag, FOREIGN)


def _to_neighbours_name(draft: Message) -> object:
    """Under the name of the next member, which is there too."""
    node, after = draft.node, draft.element.getnext()
    if after is None or after.tag == draft.element.tag or node.owner is None or node.owner.content != "sequence":
        return False
    members = {m.name: m for m in draft.original.service.schema.members(node.owner.name)}
    if members[after.tag].max_occurs != 1 or node.element.max_occurs != 1:
        return False
    draft.element.tag = after.tag
    return None


# --- the operation's element ------------------------------------------------------------------------------------------


def _wrap(draft: Message) -> None:
    """As RPC style would have it: the element in another of its name."""
    inner = copy.deepcopy(draft.element)
    remove_children(draft.element)
    draft.element.append(inner)


def _take_content_of(draft: Message, other: Original | None) -> object:
    """The body of another message; the head stays."""
    body = None if other is None else other.root.find(f"{other.soap}Body")
    if body is None:
        return False
    remove_children(draft.element)
    draft.element.extend(copy.deepcopy(list(body)))
    return None


def _other_operation(draft: Message) -> object:
    first = draft.original
    mine = first.operation.part(first.direction)
    for operation in first.service.operations.values():
        theirs = operation.part(first.direction)
        if mine is not None and theirs is not None and theirs.body != mine.body:
            return _take_content_of(draft, original(first.service, operation, first.direction, minimal=True))
    return False


def _other_direction(draft: Message) -> object:
    first = draft.original
    other: Direction = "response" if first.direction == "request" else "request"
    mine, theirs = first.operation.part(first.direction), first.operation.part(other)
    if mine is None or theirs is None or mine.body == theirs.body:
        return False
    return _take_content_of(draft, original(first.service, first.operation, other, minimal=True))


# --- parameters and members -------------------------------------------------------------------------------------------


def _harmless_to_leave_out(draft: Message) -> str | None:
    element, is_parameter = draft.node.element, draft.node.role == "parameter"
    if element.min_occurs and element.max_occurs == 1:
        return None
    if is_parameter:
        return "a nillable parameter may be left out: the server uses null" if element.nillable else None
    return "a member of a type may be left out: the server uses its default"


def _harmless_to_repeat(draft: Message) -> str | None:
    if draft.node.owner is not None and draft.node.owner.dictionary:
        return None  # the same key again
    return "the schema lets it occur any number of times" if draft.node.element.max_occurs is None else None


def _harmless_to_be_nil(draft: Message) -> str | None:
    return "it is nillable" if draft.node.element.nillable else None


def _swap(draft: Message) -> object:
    """The element after the next one that has another name."""
    after = draft.element.getnext()
    while after is not None and after.tag == draft.element.tag:
        after = after.getnext()
    if after is None or draft.node.owner is None or draft.node.owner.content != "sequence":
        return False
    return after.addnext(draft.element)


def _reverse(draft: Message) -> object:
    children = list(draft.element)
    if len({c.tag for c in children}) < 2 or draft.node.type.content != "sequence":
        return False
    for child in children:
        draft.element.insert(0, child)
    return None


def _to_attribute(draft: Message) -> object:
    parent = draft.element.getparent()
    if parent is None or not draft.node.simple:
        return False
    parent.set(draft.node.element.local, draft.element.text or "")
    return parent.remove(draft.element)


def _move_beside(draft: Message) -> None:
    draft.element.getparent().addnext(take_out(draft.element))


def _unknown(space: str | None = None) -> Callable[[Message], Any]:
    """An element that no type has; in the namespace of what it is put into, where none is named."""

    def make(draft: Message) -> Any:
        new = etree.Element(in_namespace("Foo", namespace(draft.node.element.name) if space is None else space))
        new.text = "1"
        return new

    return make


def _nest(draft: Message) -> None:
    """The value in an element of the same name within its element."""
    inner = etree.SubElement(draft.element, draft.node.element.name)
    inner.text, draft.element.text = draft.element.text, None


def _set_nil_beside_content(draft: Message) -> object:
    if not (draft.element.text or "").strip() and not len(draft.element):
        return False
    draft.element.set(NIL, "true")
    return None


# --- xsi:type ---------------------------------------------------------------------------------------------------------


def _mark(name: Callable[[Message], str | None]) -> Edit:
    """xsi:type with a type of that Clark name; None: there is no such type."""

    def edit(draft: Message) -> object:
        found = name(draft)
        return False if found is None else mark_type(draft.element, found)

    return edit


def _unrelated_type(draft: Message) -> str | None:
    schema, declared = draft.original.service.schema, draft.node.element.type
    if draft.node.simple:
        text = f"{{{XSD}}}string"
        return f"{{{XSD}}}int" if schema.derives(declared, text) else text
    types = (t for t in schema.type_names() if (found := schema.type(t)) and found.kind == "complex")
    return next((t for t in types if not schema.derives(t, declared)), None)


def _type_elsewhere(draft: Message) -> str | None:
    name = draft.node.element.type
    return None if is_anonymous(name) else in_namespace(name, FOREIGN)


def _wider_type(draft: Message) -> str | None:
    """The base of the declared type: what is wider may not stand for it."""
    found = next(iter(draft.original.service.schema.lineage(draft.node.element.type)), None)
    base = found.base if found is not None else None
    return None if base is None or local(base) in ("anySimpleType", "anyType") else base


# --- dictionaries -----------------------------------------------------------------------------------------------------


def _repeat_key(write: Callable[[str], Any]) -> Edit:
    """The key of the first pair for the last one, where both have a text."""

    def edit(draft: Message) -> object:
        pairs = [pair for pair in draft.element if len(pair)]
        keys = [pair[0] for pair in (pairs[0], pairs[-1])] if len(pairs) > 1 else []
        if not keys or any(NIL in key.attrib or len(key) for key in keys) or not keys[0].text:
            return False
        keys[1].text = write(keys[0].text)
        return None

    return edit


def _rename_pair(draft: Message) -> object:
    if not len(draft.element):
        return False
    draft.element[0].tag = in_namespace("KeyValuePair", namespace(draft.node.type.name))
    return None


_NOT_UPPER = each(lambda n: is_child(n) and not n.element.local.isupper())
_STRUCT_CHILDREN = each(lambda n: is_child(n) and not n.simple)
_SINGLE = each(lambda n: is_child(n) and n.element.max_occurs == 1)
_BODY_TYPES = each_type(lambda n: is_child(n) and not n.header)
_VALUE_TYPES = each_type(lambda n: n.simple and not is_any(n) and not is_ticket(n))
_DECLARED_TYPES = each_type(lambda n: is_child(n) and not is_any(n))

OPERATORS: tuple[Operator[Original], ...] = (
    Operator("operation-lower-case", "the operation's element in lower case", LENIENT, OPERATION, _rename(_lower_case)),
    Operator("operation-unknown", "an element that is no operation's", RPC, OPERATION,
             _rename(lambda n: n.element.name + "2")),
    Operator("operation-no-namespace", "the operation's element in no namespace", RPC, OPERATION,
             _rename(lambda n: n.element.local)),
    Operator("operation-other-version", "the operation's element in another version's namespace", RPC, OPERATION,
             _rename(_other_version)),
    Operator("operation-twice", "the operation's element twice", LENIENT, OPERATION, duplicate),
    Operator("operation-second", "a foreign element after the operation's", WSI, OPERATION,
             lambda draft: draft.element.addnext(etree.Element(f"{{{FOREIGN}}}Second"))),
    Operator("operation-wrapped", "the operation's element in another of its name", RPC, OPERATION, _wrap),
    Operator("operation-encoding-style", "encodingStyle on the operation's element", LENIENT, OPERATION,
             set_attribute(f"{{{ENVELOPE}}}encodingStyle", "http://schemas.xmlsoap.org/soap/encoding/")),
    Operator("operation-attribute", "an attribute on the operation's element", RPC, OPERATION,
             set_attribute("version", "1")),
    Operator("operation-other", "the body of another operation", RPC, BODY, _other_operation),
    Operator("operation-other-direction", "a response as a request, or a request as a response", RPC, BODY,
             _other_direction),
    # --- parameters and members ---------------------------------------------------------------------------------
    Operator("member-missing", "a parameter or member left out", LENIENT, CHILDREN, remove,
             harmless=_harmless_to_leave_out),
    Operator("member-twice", "a parameter or member twice", LENIENT, CHILDREN, duplicate,
             harmless=_harmless_to_repeat),
    Operator("member-swapped", "two neighbouring members in the other order", LENIENT, CHILDREN, _swap),
    Operator("members-reversed", "the members of a type the other way round", LENIENT, STRUCTS, _reverse),
    Operator("member-lower-case", "a parameter or member in lower case", LENIENT, CHILDREN, _rename(_lower_case)),
    Operator("member-upper-case", "a parameter or member in upper case", RPC, _NOT_UPPER, _rename(_upper_case)),
    Operator("member-misspelt", "a parameter or member with a letter too many", RPC, CHILDREN,
             _rename(lambda n: n.element.name + "x")),
    Operator("member-no-namespace", "a parameter or member in no namespace", LENIENT, CHILDREN,
             _rename(lambda n: n.element.local)),
    Operator("member-other-version", "a parameter or member in another version's namespace", RPC, CHILDREN,
             _rename(_other_version)),
    Operator("member-foreign-namespace", "a parameter or member in a foreign namespace", LENIENT, CHILDREN,
             to_foreign_namespace),
    Operator("member-all-foreign", "a parameter or member in a foreign namespace, with all that it holds", MODEL,
             _STRUCT_CHILDREN, _all_to_foreign_namespace),
    Operator("member-as-neighbour", "a parameter or member under its neighbour's name", RPC, CHILDREN,
             _to_neighbours_name),
    Operator("parameter-beside", "a parameter beside the operation's element", MODEL, PARAMETERS, _move_beside),
    Operator("member-as-attribute", "a parameter or member as an attribute", LENIENT, _SINGLE, _to_attribute),
    Operator("unknown-first", "an unknown element before the members of a type", LENIENT, STRUCTS,
             insert(_unknown(), first=True)),
    Operator("unknown-last", "an unknown element after the members of a type", LENIENT, STRUCTS, insert(_unknown())),
    Operator("unknown-foreign", "an unknown element of a foreign namespace", MODEL, STRUCTS, insert(_unknown(FOREIGN))),
    Operator("unknown-no-namespace", "an unknown element in no namespace", MODEL, STRUCTS, insert(_unknown(""))),
    Operator("member-attribute", "an undeclared attribute", RPC, CHILD_TYPES, set_attribute("id", "a1")),
    Operator("member-soap-attribute", "SOAP's mustUnderstand on an element in Body", SOAP, _BODY_TYPES,
             set_attribute(f"{{{ENVELOPE}}}mustUnderstand", "1")),
    Operator("member-xsi-attribute", "an attribute of XSI's namespace that it does not have", MODEL, CHILD_TYPES,
             set_attribute(f"{{{XSI}}}null", "true")),
    Operator("member-nested", "an element inside a value", REFUSED, _VALUE_TYPES, _nest),
    Operator("member-text", "text before the members of a type", MODEL, STRUCTS, add_text_before),
    Operator("member-text-after", "text after the members of a type", MODEL, STRUCTS, add_text_after),
    # --- nil ----------------------------------------------------------------------------------------------------
    Operator("member-nil", "xsi:nil on a parameter or member", REFUSED, CHILDREN, set_nil,
             harmless=_harmless_to_be_nil),
    Operator("member-nil-content", "xsi:nil beside content", MODEL, NILLABLE, _set_nil_beside_content),
    Operator("member-nil-lexical", "xsi:nil with a value that is no boolean", OFFUTT, NILLABLE,
             set_attribute(NIL, "True")),
    # --- xsi:type -----------------------------------------------------------------------------------------------
    Operator("xsi-type-unrelated", "xsi:type with a type that does not derive from the declared one", LENIENT,
             _DECLARED_TYPES, _mark(_unrelated_type)),
    Operator("xsi-type-unknown", "xsi:type with a type that does not exist", MODEL, CHILD_TYPES,
             _mark(lambda draft: f"{{{draft.original.service.namespace}}}Nonesuch")),
    Operator("xsi-type-namespace", "xsi:type with the right name in another namespace", MODEL, CHILD_TYPES,
             _mark(_type_elsewhere)),
    Operator("xsi-type-wider", "xsi:type with the base of the declared type", MODEL, CHILD_TYPES, _mark(_wider_type)),
    Operator("xsi-type-unbound", "xsi:type with a prefix that is not declared", MODEL, CHILD_TYPES,
             set_attribute(XSI_TYPE, "nowhere:int")),
    Operator("xsi-type-empty", "an empty xsi:type", MODEL, CHILD_TYPES, set_attribute(XSI_TYPE, "")),
    # --- dictionaries -------------------------------------------------------------------------------------------
    Operator("dictionary-key-twice", "a key twice in a dictionary", REFUSED, DICTIONARIES, _repeat_key(str)),
    Operator("dictionary-key-cdata", "a key twice in a dictionary, once as CDATA", REFUSED, DICTIONARIES,
             _repeat_key(etree.CDATA)),
    Operator("dictionary-pair-renamed", "a dictionary's pair under another name", RPC, DICTIONARIES, _rename_pair),
)  # fmt: skip
