"""Operators on header blocks: missing, empty, elsewhere, twice, in another namespace, not declared."""

from __future__ import annotations

from typing import Any

from lxml import etree

from ..model import namespace
from ..model.names import NIL
from .drafts import LENIENT, REQUEST, RPC, SOAP, Operator
from .edits import (
    FOREIGN,
    Edit,
    Message,
    duplicate,
    empty,
    insert,
    part_of,
    remove,
    remove_children,
    rename,
    set_nil,
    set_text,
    take_out,
    to_foreign_namespace,
)
from .originals import Original
from .places import (
    BLOCKS,
    HEADER,
    REQUIRED,
    REQUIRED_HEADERS,
    TICKET,
    all_of,
    is_block,
    is_required_block,
    required_headers,
)


def _harmless_to_leave_out(draft: Message) -> str | None:
    if draft.node.element.local in REQUIRED_HEADERS:
        return None
    return "an optional header may be left out: a registered deviation from WS-I R2738"


def _set_nil_if_nillable(draft: Message) -> object:
    return set_nil(draft) if draft.node.element.nillable else False


def _set_blank(text: str) -> Edit:
    return lambda draft: set_text(text)(draft) if draft.node.simple else False


def _other_namespace(draft: Message) -> str:
    name = draft.node.element.name
    return f"{{{namespace(name)}/Other}}{draft.node.element.local}"


def _lower_case(draft: Message) -> str:
    name, local = draft.node.element.name, draft.node.element.local
    return name.removesuffix(local) + local.lower()


def _move_to_body(*, first: bool) -> Edit:
    def edit(draft: Message) -> None:
        body = part_of(draft, "Body")
        body.insert(0 if first else len(body), take_out(draft.element))

    return edit


def _to_attribute(draft: Message) -> object:
    if not draft.node.simple:
        return False
    draft.element.set("value", draft.element.text or "")
    return None


def _unwrap(draft: Message) -> None:
    """What is inside Credentials stands in Header."""
    for child in list(draft.element):
        draft.element.addprevious(child)
    take_out(draft.element)


def _declared_elsewhere(draft: Message) -> Any:
    """A header that the contract has, for the other direction or for other operations."""
    schema, operation = draft.original.service.schema, draft.original.operation
    here = operation.part(draft.original.direction)
    operations = draft.original.service.operations.values()
    names = {h for o in operations for p in (o.request, o.response) if p for h in p.headers}
    spare = sorted(names - set(here.headers if here else ()))
    declared = schema.element(spare[0]) if spare else None
    return None if declared is None else etree.Element(declared.name, {NIL: "true"} if declared.nillable else {})


def _unknown(draft: Message) -> Any:
    new = etree.Element(f"{{{draft.original.service.namespace}}}SessionKey")
    new.text = "text"
    return new


def _to_be_understood(draft: Message) -> Any:
    new = etree.Element(f"{{{FOREIGN}}}Foreign", nsmap={"e": FOREIGN})
    new.set(f"{draft.original.soap}mustUnderstand", "1")
    return new


def _understood_yes(draft: Message) -> None:
    draft.element.set(f"{draft.original.soap}mustUnderstand", "yes")


_ALL_BUT_SUCCEEDED = all_of(lambda n: is_block(n) and n.element.local != "Succeeded")
_REQUIRED_STRUCTS = all_of(lambda n: is_required_block(n) and not n.simple)

OPERATORS: tuple[Operator[Original], ...] = (
    Operator("header-none", "no Header at all", LENIENT, required_headers, remove, REQUEST),
    Operator("header-without-blocks", "a Header without anything in it", LENIENT, required_headers,
             lambda draft: remove_children(draft.element), REQUEST),
    Operator("header-missing", "a header block is left out", LENIENT, _ALL_BUT_SUCCEEDED, remove,
             harmless=_harmless_to_leave_out),
    Operator("header-empty", "ApplicationToken or Credentials without content", LENIENT, REQUIRED, empty, REQUEST),
    Operator("header-nil", "ApplicationToken or Credentials nil", LENIENT, REQUIRED, _set_nil_if_nillable, REQUEST),
    Operator("header-blank", "ApplicationToken of white space only", RPC, REQUIRED, _set_blank("  "), REQUEST),
    Operator("ticket-empty", "an empty Ticket", LENIENT, TICKET, empty, REQUEST),
    Operator("ticket-blank", "a Ticket of white space only", RPC, TICKET, _set_blank("\n "), REQUEST),
    Operator("ticket-nil", "a nil Ticket", LENIENT, TICKET, _set_nil_if_nillable, REQUEST),
    Operator("ticket-missing", "Credentials without Ticket", LENIENT, TICKET, remove, REQUEST),
    Operator("ticket-bare", "Ticket in Header, without Credentials around it", LENIENT, _REQUIRED_STRUCTS, _unwrap,
             REQUEST),
    Operator("header-twice", "a header block twice", LENIENT, BLOCKS, duplicate),
    Operator("header-no-namespace", "a header block in no namespace", LENIENT, BLOCKS,
             rename(lambda draft: draft.node.element.local)),
    Operator("header-other-namespace", "a header block in another namespace of the vendor's", RPC, BLOCKS,
             rename(_other_namespace)),
    Operator("header-foreign-namespace", "a header block in a foreign namespace", RPC, BLOCKS, to_foreign_namespace),
    Operator("header-lower-case", "a header block in lower case", RPC, BLOCKS, rename(_lower_case)),
    Operator("header-misspelt", "a required header block with a letter too many", RPC, REQUIRED,
             rename(lambda draft: draft.node.element.name + "s"), REQUEST),
    Operator("header-in-body-first", "a required header block as Body's first child", LENIENT, REQUIRED,
             _move_to_body(first=True), REQUEST),
    Operator("header-in-body-last", "a required header block as Body's last child", RPC, REQUIRED,
             _move_to_body(first=False), REQUEST),
    Operator("header-attribute", "an attribute on a header block", RPC, REQUIRED, _to_attribute, REQUEST),
    Operator("header-undeclared", "a header that only other messages of the contract declare", RPC, HEADER,
             insert(_declared_elsewhere)),
    Operator("header-unknown", "a header of the contract's namespace that it does not know", RPC, HEADER,
             insert(_unknown)),
    Operator("header-must-understand", "a foreign header that has to be understood", SOAP, HEADER,
             insert(_to_be_understood)),
    Operator("header-must-understand-value", "mustUnderstand that is neither 0 nor 1", SOAP, BLOCKS, _understood_yes),
    Operator("header-unqualified", "a foreign header in no namespace", SOAP, HEADER,
             insert(lambda draft: etree.Element("Foreign"))),
)  # fmt: skip
