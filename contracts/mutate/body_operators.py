"""Operators on what Body holds: operations, parameters, members, their nil and types, dictionaries."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from lxml import etree

from ..model import ContractsError, Direction, Operation, is_anonymous, local, namespace
from ..model.names import ENVELOPE, NIL, XSD, XSI, XSI_TYPE
from ..xsd.schema import Schema
from . import edits as edit
from . import places as at
from .drafts import LENIENT, MODEL, OFFUTT, REFUSED, RPC, SOAP, WSI, Draft, NothingToDo, Operator, take_out
from .edits import FOREIGN, MessageDraft
from .originals import Original, make_original

# --- names ------------------------------------------------------------------------------------------------------------


_to_other_version = edit.rename(space=lambda space: f"{space}0")


def _all_to_foreign_namespace(draft: MessageDraft) -> None:
    for inner in list(draft.element.iter(etree.Element)):
        inner.tag = edit.in_namespace(inner.tag, FOREIGN)


def _to_neighbours_name(draft: MessageDraft) -> None:
    """Under the name of the next member, which is there too."""
    owner, after = draft.node.owner, draft.element.getnext()
    draft.need(after is not None and after.tag != draft.element.tag and owner and owner.content == "sequence")
    members = {m.name: m for m in draft.original.service.schema.members(owner.name)} if owner else {}
    draft.need(members[after.tag].max_occurs == 1 and draft.node.element.max_occurs == 1)
    draft.rename(after.tag)


# --- the operation's element ------------------------------------------------------------------------------------------


def _wrap_operation(draft: MessageDraft) -> None:
    """As RPC style would have it: the element in another of its name."""
    inner = copy.deepcopy(draft.element)
    draft.remove_children()
    draft.element.append(inner)


def _take_body_of(draft: MessageDraft, operation: Operation, direction: Direction) -> None:
    """What another message of the service holds; the head stays."""
    try:
        other = make_original(draft.original.service, operation, direction, minimal=True)
    except ContractsError:
        raise NothingToDo from None
    draft.need(other)
    draft.remove_children()
    draft.element.extend(copy.deepcopy(other.root.findall(f"{other.soap}Body/*") if other else []))


def _take_other_operation(draft: MessageDraft) -> None:
    first, direction = draft.original, draft.original.direction
    others = [
        o for o in first.service.operations.values() if (message := o.message(direction)) and message.body != first.body
    ]
    draft.need(others)
    _take_body_of(draft, others[0], direction)


def _take_other_direction(draft: MessageDraft) -> None:
    first = draft.original
    other: Direction = "response" if first.direction == "request" else "request"
    message = first.operation.message(other)
    draft.need(message is not None and message.body != first.body)
    _take_body_of(draft, first.operation, other)


# --- parameters and members -------------------------------------------------------------------------------------------


def _harmless_to_leave_out(draft: MessageDraft) -> str | None:
    element = draft.node.element
    if element.min_occurs and element.max_occurs == 1:
        return None
    if draft.node.role == "parameter":
        return "a nillable parameter may be left out: the server uses null" if element.nillable else None
    return "a member of a type may be left out: the server uses its default"


def _harmless_to_repeat(draft: MessageDraft) -> str | None:
    if draft.node.owner is not None and draft.node.owner.dictionary:
        return None  # the same key again
    most = draft.node.element.max_occurs
    if most is None:
        return "the schema lets it occur any number of times"
    alike = draft.element.getparent().findall(draft.element.tag)
    return f"the schema lets it occur {most} times" if len(alike) <= most else None


def _harmless_to_be_nil(draft: MessageDraft) -> str | None:
    owner = draft.node.owner
    if draft.node.local == "Key" and owner and owner.name in _pair_types(draft.original.service.schema):
        return None  # .NET has no dictionary with a key that is null
    return "it is nillable" if draft.node.element.nillable else None


@lru_cache(maxsize=64)
def _pair_types(schema: Schema) -> frozenset[str]:
    """The types of the pairs that dictionaries hold."""
    kinds = (schema.type(name) for name in schema.type_names())
    return frozenset(member.type for kind in kinds if kind and kind.dictionary for member in kind.members)


def _swap_members(draft: MessageDraft) -> None:
    """The element after the next one that has another name."""
    after = draft.element.getnext()
    while after is not None and after.tag == draft.element.tag:
        after = after.getnext()
    owner = draft.node.owner
    draft.need(after is not None and owner and owner.content == "sequence")
    after.addnext(draft.element)


def _reverse_members(draft: MessageDraft) -> None:
    draft.need(len({child.tag for child in draft.element}) > 1 and draft.node.type.content == "sequence")
    edit.reverse_children(draft)


def _to_attribute(draft: MessageDraft) -> None:
    draft.need(draft.node.is_simple)
    draft.element.getparent().set(draft.node.local, draft.element.text or "")
    draft.remove()


def _move_beside(draft: MessageDraft) -> None:
    draft.element.getparent().addnext(take_out(draft.element))


def _insert_unknown(draft: MessageDraft, space: str | None = None, *, first: bool = False) -> None:
    """An element that no type has; in the namespace of what it is put into, where none is named."""
    new = etree.Element(edit.in_namespace("Foo", namespace(draft.node.name) if space is None else space))
    new.text = "1"
    draft.insert(new, first=first)


def _nest_value(draft: MessageDraft) -> None:
    """The value in an element of the same name within its element."""
    inner = etree.SubElement(draft.element, draft.node.name)
    inner.text, draft.element.text = draft.element.text, None


def _insert_text_last(draft: MessageDraft) -> None:
    draft.need(len(draft.element))
    draft.element[-1].tail = "stray" + (draft.element[-1].tail or "")


def _set_nil_beside_content(draft: MessageDraft) -> None:
    draft.need((draft.element.text or "").strip() or len(draft.element))
    draft.set(NIL, "true")


# --- xsi:type ---------------------------------------------------------------------------------------------------------


def _mark_unrelated_type(draft: MessageDraft) -> None:
    """A type that does not derive from the declared one: for a value, one that it does not derive from either."""
    schema, declared = draft.original.service.schema, draft.node.element.type
    if draft.node.is_simple:
        text = f"{{{XSD}}}string"
        draft.mark_type(f"{{{XSD}}}int" if schema.derives(declared, text) else text)
        return
    types = (t for t in schema.type_names() if (found := schema.type(t)) and found.kind == "complex")
    unrelated = next((t for t in types if not schema.derives(t, declared)), "")
    draft.need(unrelated)
    draft.mark_type(unrelated)


def _mark_foreign_type(draft: MessageDraft) -> None:
    """The declared type's name in a namespace that does not have it."""
    draft.need(not is_anonymous(draft.node.element.type))
    draft.mark_type(edit.in_namespace(draft.node.element.type, FOREIGN))


def _mark_base_type(draft: MessageDraft) -> None:
    """The base of the declared type: what is wider may not stand for it."""
    found = next(iter(draft.original.service.schema.lineage(draft.node.element.type)), None)
    base = (found.base if found is not None else None) or ""
    draft.need(base and local(base) not in ("anySimpleType", "anyType"))
    draft.mark_type(base)


# --- dictionaries -----------------------------------------------------------------------------------------------------


def _repeat_key(draft: MessageDraft, write: Callable[[str], Any] = str) -> None:
    """The key of the first pair for the last one, where both have a text."""
    pairs = [pair for pair in draft.element if len(pair)]
    keys = [pair[0] for pair in (pairs[0], pairs[-1])] if len(pairs) > 1 else []
    draft.need(keys and keys[0].text and not any(NIL in key.attrib or len(key) for key in keys))
    keys[1].text = write(keys[0].text)


def _rename_pair(draft: MessageDraft) -> None:
    draft.need(len(draft.element))
    draft.element[0].tag = edit.in_namespace("KeyValuePair", namespace(draft.node.type.name))


_NOT_UPPER = at.each_member(lambda n: at.is_child(n) and not n.local.isupper())
_STRUCT_CHILDREN = at.each_member(lambda n: at.is_child(n) and not n.is_simple)
_SINGLE = at.each_member(lambda n: at.is_child(n) and n.element.max_occurs == 1)
_BODY_TYPES = at.each_type(lambda n: at.is_child(n) and not n.in_header)
_VALUE_TYPES = at.each_type(lambda n: n.is_simple and not at.is_any(n) and not at.is_ticket(n))
_DECLARED_TYPES = at.each_type(lambda n: at.is_child(n) and not at.is_any(n))

_row = Operator[Original]

OPERATORS: tuple[Operator[Original], ...] = (
    _row("operation-lower-case", "the operation's element in lower case", LENIENT, at.OPERATION, edit.to_lower_case),
    _row("operation-unknown", "an element that is no operation's", RPC, at.OPERATION,
         edit.rename(lambda name: f"{name}2")),
    _row("operation-no-namespace", "the operation's element in no namespace", RPC, at.OPERATION, edit.to_no_namespace),
    _row("operation-other-version", "the operation's element in another version's namespace", RPC, at.OPERATION,
         _to_other_version),
    _row("operation-twice", "the operation's element twice", LENIENT, at.OPERATION, Draft.duplicate),
    _row("operation-second", "a foreign element after the operation's", WSI, at.OPERATION,
         lambda d: d.element.addnext(etree.Element(f"{{{FOREIGN}}}Second"))),
    _row("operation-wrapped", "the operation's element in another of its name", RPC, at.OPERATION, _wrap_operation),
    _row("operation-encoding-style", "encodingStyle on the operation's element", LENIENT, at.OPERATION,
         lambda d: d.set(f"{{{ENVELOPE}}}encodingStyle", "http://schemas.xmlsoap.org/soap/encoding/")),
    _row("operation-attribute", "an attribute on the operation's element", RPC, at.OPERATION, edit.set_version),
    _row("operation-other", "the body of another operation", RPC, at.BODY, _take_other_operation),
    _row("operation-other-direction", "a response as a request, or a request as a response", RPC, at.BODY,
         _take_other_direction),
    # --- parameters and members ---------------------------------------------------------------------------------
    _row("member-missing", "a parameter or member left out", LENIENT, at.CHILDREN, Draft.remove,
         harmless=_harmless_to_leave_out),
    _row("member-twice", "a parameter or member twice", LENIENT, at.CHILDREN, Draft.duplicate,
         harmless=_harmless_to_repeat),
    _row("member-swapped", "two neighbouring members in the other order", LENIENT, at.CHILDREN, _swap_members),
    _row("members-reversed", "the members of a type the other way round", LENIENT, at.STRUCTS, _reverse_members),
    _row("member-lower-case", "a parameter or member in lower case", LENIENT, at.CHILDREN, edit.to_lower_case),
    _row("member-upper-case", "a parameter or member in upper case", RPC, _NOT_UPPER, edit.rename(str.upper)),
    _row("member-misspelt", "a parameter or member with a letter too many", RPC, at.CHILDREN,
         edit.rename(lambda name: f"{name}x")),
    _row("member-no-namespace", "a parameter or member in no namespace", LENIENT, at.CHILDREN, edit.to_no_namespace),
    _row("member-other-version", "a parameter or member in another version's namespace", RPC, at.CHILDREN,
         _to_other_version),
    _row("member-foreign-namespace", "a parameter or member in a foreign namespace", LENIENT, at.CHILDREN,
         edit.to_foreign_namespace),
    _row("member-all-foreign", "a parameter or member in a foreign namespace, with all that it holds", MODEL,
         _STRUCT_CHILDREN, _all_to_foreign_namespace),
    _row("member-as-neighbour", "a parameter or member under its neighbour's name", RPC, at.CHILDREN,
         _to_neighbours_name),
    _row("parameter-beside", "a parameter beside the operation's element", MODEL, at.PARAMETERS, _move_beside),
    _row("member-as-attribute", "a parameter or member as an attribute", LENIENT, _SINGLE, _to_attribute),
    _row("unknown-first", "an unknown element before the members of a type", LENIENT, at.STRUCTS,
         lambda d: _insert_unknown(d, first=True)),
    _row("unknown-last", "an unknown element after the members of a type", LENIENT, at.STRUCTS, _insert_unknown),
    _row("unknown-foreign", "an unknown element of a foreign namespace", MODEL, at.STRUCTS,
         lambda d: _insert_unknown(d, FOREIGN)),
    _row("unknown-no-namespace", "an unknown element in no namespace", MODEL, at.STRUCTS,
         lambda d: _insert_unknown(d, "")),
    _row("member-attribute", "an undeclared attribute", RPC, at.CHILD_TYPES, lambda d: d.set("id", "a1")),
    _row("member-soap-attribute", "SOAP's mustUnderstand on an element in Body", SOAP, _BODY_TYPES,
         lambda d: d.set(f"{{{ENVELOPE}}}mustUnderstand", "1")),
    _row("member-xsi-attribute", "an attribute of XSI's namespace that it does not have", MODEL, at.CHILD_TYPES,
         lambda d: d.set(f"{{{XSI}}}null", "true")),
    _row("member-nested", "an element inside a value", REFUSED, _VALUE_TYPES, _nest_value),
    _row("member-text", "text before the members of a type", MODEL, at.STRUCTS, Draft.insert_text),
    _row("member-text-after", "text after the members of a type", MODEL, at.STRUCTS, _insert_text_last),
    # --- nil ----------------------------------------------------------------------------------------------------
    _row("member-nil", "xsi:nil on a parameter or member", REFUSED, at.CHILDREN, Draft.set_nil,
         harmless=_harmless_to_be_nil),
    _row("member-nil-content", "xsi:nil beside content", MODEL, at.NILLABLE, _set_nil_beside_content),
    _row("member-nil-lexical", "xsi:nil with a value that is no boolean", OFFUTT, at.NILLABLE,
         lambda d: d.set(NIL, "True")),
    # --- xsi:type -----------------------------------------------------------------------------------------------
    _row("xsi-type-unrelated", "xsi:type with a type that does not derive from the declared one", LENIENT,
         _DECLARED_TYPES, _mark_unrelated_type),
    _row("xsi-type-unknown", "xsi:type with a type that does not exist", MODEL, at.CHILD_TYPES,
         lambda d: d.mark_type(f"{{{d.original.service.namespace}}}Nonesuch")),
    _row("xsi-type-namespace", "xsi:type with the right name in another namespace", MODEL, at.CHILD_TYPES,
         _mark_foreign_type),
    _row("xsi-type-wider", "xsi:type with the base of the declared type", MODEL, at.CHILD_TYPES, _mark_base_type),
    _row("xsi-type-unbound", "xsi:type with a prefix that is not declared", MODEL, at.CHILD_TYPES,
         lambda d: d.set(XSI_TYPE, "nowhere:int")),
    _row("xsi-type-empty", "an empty xsi:type", MODEL, at.CHILD_TYPES, lambda d: d.set(XSI_TYPE, "")),
    # --- dictionaries -------------------------------------------------------------------------------------------
    _row("dictionary-key-twice", "a key twice in a dictionary", REFUSED, at.DICTIONARIES, _repeat_key),
    _row("dictionary-key-cdata", "a key twice in a dictionary, once as CDATA", REFUSED, at.DICTIONARIES,
         lambda d: _repeat_key(d, etree.CDATA)),
    _row("dictionary-pair-renamed", "a dictionary's pair under another name", RPC, at.DICTIONARIES, _rename_pair),
)  # fmt: skip
