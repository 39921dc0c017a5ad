"""Operators on header blocks: missing, empty, elsewhere, twice, in another namespace, not declared."""

from __future__ import annotations

from functools import partial

from lxml import etree

from ..model.names import NIL, REQUIRED_HEADERS
from . import edits as edit
from . import places as at
from .drafts import LENIENT, REQUEST, RPC, SOAP, Draft, Operator, take_out
from .edits import MessageDraft
from .originals import Original


def _harmless_to_leave_out(draft: MessageDraft) -> str | None:
    if draft.node.local in REQUIRED_HEADERS:
        return None
    return "an optional header may be left out: a registered deviation from WS-I R2738"


def _set_nil(draft: MessageDraft) -> None:
    draft.need(draft.node.element.nillable)
    draft.set_nil()


def _set_blank(draft: MessageDraft) -> None:
    draft.need(draft.node.is_simple)
    draft.set_text("\n " if at.is_ticket(draft.node) else "  ")


def _move_to_body(draft: MessageDraft, *, first: bool) -> None:
    body = edit.part_of(draft, "Body")
    body.insert(0 if first else len(body), take_out(draft.element))


def _add_attribute(draft: MessageDraft) -> None:
    draft.need(draft.node.is_simple)
    draft.set("value", draft.element.text or "")


def _unwrap_block(draft: MessageDraft) -> None:
    """What is inside Credentials stands in Header."""
    for child in list(draft.element):
        draft.element.addprevious(child)
    draft.remove()


def _insert_declared_elsewhere(draft: MessageDraft) -> None:
    """A header that the contract has, for the other direction or for other operations."""
    service, here = draft.original.service, draft.original.operation.message(draft.original.direction)
    known = {name for o in service.operations.values() for message in o.messages for name in message.headers}
    spare = sorted(known - set(here.headers if here else ()))
    declared = service.schema.element(spare[0]) if spare else None
    draft.need(declared)
    if declared is not None:
        draft.insert(etree.Element(declared.name, {NIL: "true"} if declared.nillable else {}))


def _insert_unknown(draft: MessageDraft) -> None:
    new = etree.Element(f"{{{draft.original.service.namespace}}}SessionKey")
    new.text = "text"
    draft.insert(new)


def _insert_to_be_understood(draft: MessageDraft) -> None:
    edit.insert_foreign(draft).set(f"{draft.original.soap}mustUnderstand", "1")


_ALL_BUT_SUCCEEDED = at.all_of(lambda n: at.is_block(n) and n.local != "Succeeded")
_REQUIRED_STRUCTS = at.all_of(lambda n: at.is_required_block(n) and not n.is_simple)

_row = Operator[Original]
_row_in_request = partial(_row, targets=REQUEST)

OPERATORS: tuple[Operator[Original], ...] = (
    _row_in_request("headers-removed", "no Header at all", LENIENT, at.required_headers, Draft.remove),
    _row_in_request("header-without-blocks", "a Header without anything in it", LENIENT, at.required_headers,
                    Draft.remove_children),
    _row("header-left-out", "a header block is left out", LENIENT, _ALL_BUT_SUCCEEDED, Draft.remove,
         harmless=_harmless_to_leave_out),
    _row_in_request("header-emptied", "ApplicationToken or Credentials without content", LENIENT, at.REQUIRED,
                    Draft.clear),
    _row_in_request("header-nil", "ApplicationToken or Credentials nil", LENIENT, at.REQUIRED, _set_nil),
    _row_in_request("header-blank", "ApplicationToken of white space only", RPC, at.REQUIRED, _set_blank),
    _row_in_request("ticket-empty", "an empty Ticket", LENIENT, at.TICKET, Draft.clear),
    _row_in_request("ticket-blank", "a Ticket of white space only", RPC, at.TICKET, _set_blank),
    _row_in_request("ticket-nil", "a nil Ticket", LENIENT, at.TICKET, _set_nil),
    _row_in_request("ticket-missing", "Credentials without Ticket", LENIENT, at.TICKET, Draft.remove),
    _row_in_request("ticket-bare", "Ticket in Header, without Credentials around it", LENIENT, _REQUIRED_STRUCTS,
                    _unwrap_block),
    _row("header-repeated", "a header block twice", LENIENT, at.BLOCKS, Draft.duplicate),
    _row("header-no-namespace", "a header block in no namespace", LENIENT, at.BLOCKS, edit.to_no_namespace),
    _row("header-other-namespace", "a header block in another namespace of the vendor's", RPC, at.BLOCKS,
         edit.rename(space=lambda space: f"{space}/Other")),
    _row("header-foreign-namespace", "a header block in a foreign namespace", RPC, at.BLOCKS,
         edit.to_foreign_namespace),
    _row("header-lower-case", "a header block in lower case", RPC, at.BLOCKS, edit.to_lower_case),
    _row_in_request("header-misspelt", "a required header block with a letter too many", RPC, at.REQUIRED,
                    edit.rename(lambda name: f"{name}s")),
    _row_in_request("header-in-body-first", "a required header block as Body's first child", LENIENT, at.REQUIRED,
                    partial(_move_to_body, first=True)),
    _row_in_request("header-in-body-last", "a required header block as Body's last child", RPC, at.REQUIRED,
                    partial(_move_to_body, first=False)),
    _row_in_request("header-attribute", "an attribute on a header block", RPC, at.REQUIRED, _add_attribute),
    _row("header-of-other-message", "a header that only other messages of the contract declare", RPC, at.HEADER,
         _insert_declared_elsewhere),
    _row("header-unknown", "a header of the contract's namespace that it does not know", RPC, at.HEADER,
         _insert_unknown),
    _row("header-demanded", "a foreign header that has to be understood", SOAP, at.HEADER, _insert_to_be_understood),
    _row("header-demand-value", "mustUnderstand that is neither 0 nor 1", SOAP, at.BLOCKS,
         lambda d: d.set(f"{d.original.soap}mustUnderstand", "yes")),
    _row("header-foreign-no-namespace", "a foreign header in no namespace", SOAP, at.HEADER,
         lambda d: d.insert(etree.Element("Foreign"))),
)  # fmt: skip
