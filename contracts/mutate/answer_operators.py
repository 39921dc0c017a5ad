"""Operators on responses: Succeeded and ExceptionInfo, Faults, what is no SOAP at all."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from lxml import etree

from ..generate.builder import MessageBuilder
from ..generate.sample import FixedChoices
from ..model import Element, local
from ..model.names import ENVELOPE12, NIL
from . import places as at
from .drafts import CLIENTS, OFFUTT, RESPONSE, RPC, SOAP, WSI, Draft, Operator, take_out
from .edits import Edit, MessageDraft, part_of, set_fields, set_head
from .originals import Original

# Where a fault is laid: at Succeeded itself, or at Header where that lacks something.
_SUCCEEDED, _IN_HEADER = at.succeeded_header("/Envelope/Header/Succeeded"), at.succeeded_header("/Envelope/Header")


_row = partial(Operator[Original], targets=RESPONSE)
_fault_row = partial(_row, where=at.named_places("/Envelope/Body/Fault"), in_head=True)
"""A row whose fault is in the HTTP head as well as in Body."""


def _drop_header(draft: MessageDraft) -> None:
    take_out(part_of(draft, "Header"))


# --- ExceptionInfo ----------------------------------------------------------------------------------------------------


def _make_information(original: Original, declared: Element) -> Any:
    """A header block ExceptionInfo that is not nil."""
    node = etree.Element(declared.name)
    MessageBuilder(original.service, FixedChoices(original.service, "default", 0)).fill_element(node, declared)
    return node


def _make_nil(original: Original, declared: Element) -> Any:
    return etree.Element(declared.name, {NIL: "true"}) if declared.nillable else None


def _set_answer(draft: MessageDraft, flag: str, information: Callable[[Original, Element], Any] | None = None) -> None:
    """Succeeded with another ExceptionInfo than before, or without one."""
    message = draft.original.operation.message("response")
    name = next((h for h in message.headers if local(h) == "ExceptionInfo"), None) if message else None
    declared = draft.original.service.schema.element(name) if name else None
    new = information(draft.original, declared) if information and declared else None
    draft.need(declared and (information is None or new is not None))
    draft.set_text(flag)
    header = draft.element.getparent()
    for block in header.findall(name):
        header.remove(block)
    if new is not None:
        header.insert(len(header) if NIL in new.attrib else 0, new)


# --- Faults, and what is no SOAP --------------------------------------------------------------------------------------


def _send_fault(content: str, *, status: int = 500, soap: str | None = None, times: int = 1) -> Edit:
    """A Fault instead of the answer."""

    def edit(draft: MessageDraft) -> None:
        space = soap or draft.original.soap.strip("{}")
        fault = f"<soap:Fault>{content}</soap:Fault>" * times
        draft.data = (
            f'<?xml version="1.0" encoding="utf-8"?>\n<soap:Envelope xmlns:soap="{space}">'
            f"<soap:Body>{fault}</soap:Body></soap:Envelope>"
        ).encode()
        set_head(draft, status=status, reason="OK" if status == 200 else "Internal Server Error")

    return edit


def _add_fault(draft: MessageDraft) -> None:
    """A Fault after the response's element, with 500."""
    fault = etree.SubElement(draft.element, f"{draft.original.soap}Fault")
    etree.SubElement(fault, "faultcode").text = "Server"
    etree.SubElement(fault, "faultstring").text = "text"
    set_head(draft, status=500, reason="Internal Server Error")


def _send_other(data: bytes, content_type: str = "text/xml; charset=utf-8", *, status: int = 200) -> Edit:
    """Something that is no envelope."""

    def edit(draft: MessageDraft) -> None:
        draft.data = data
        set_head(draft, status=status)
        set_fields(draft, Content_Type=content_type)

    return edit


_CODE = "<faultcode>soap:Server</faultcode>"
_STRING = "<faultstring>The server was unable to process the request.</faultstring>"
_PLAIN = _CODE + _STRING
_DETAILED = _PLAIN + "<faultactor>urn:x</faultactor><detail><x/></detail>"
_SOAP12 = (
    "<soap:Code><soap:Value>soap:Receiver</soap:Value></soap:Code>"
    "<soap:Reason><soap:Text xml:lang='en'>text</soap:Text></soap:Reason>"
)
_REFUSAL = "a refusal by the contract: a Fault with 500"
_HTML = b"<html><body><h1>Service unavailable</h1></body></html>"

OPERATORS: tuple[Operator[Original], ...] = (
    _row("succeeded-missing", "Succeeded left out", CLIENTS, _IN_HEADER, Draft.remove),
    _row("succeeded-no-header", "no Header at all", CLIENTS, at.succeeded_header("/Envelope"), _drop_header),
    _row("succeeded-capital", "Succeeded True", CLIENTS, _SUCCEEDED, lambda d: d.set_text("True")),
    _row("succeeded-word", "Succeeded yes", CLIENTS, _SUCCEEDED, lambda d: d.set_text("yes")),
    _row("succeeded-number", "Succeeded 2", OFFUTT, _SUCCEEDED, lambda d: d.set_text("2")),
    _row("succeeded-empty", "Succeeded without a value", OFFUTT, _SUCCEEDED, lambda d: d.set_text("")),
    _row("succeeded-nil", "Succeeded nil", OFFUTT, _SUCCEEDED, Draft.set_nil),
    _row("exception-missing", "Succeeded false without ExceptionInfo", CLIENTS, _IN_HEADER,
         lambda d: _set_answer(d, "false")),
    _row("exception-nil", "Succeeded false with a nil ExceptionInfo", CLIENTS,
         at.succeeded_header("/Envelope/Header/ExceptionInfo"), lambda d: _set_answer(d, "false", _make_nil)),
    _row("exception-with-success", "Succeeded true with an ExceptionInfo", CLIENTS, _IN_HEADER,
         lambda d: _set_answer(d, "true", _make_information)),
    _row("exception-with-success-1", "Succeeded 1 with an ExceptionInfo", CLIENTS, _IN_HEADER,
         lambda d: _set_answer(d, "1", _make_information)),
    _row("exception-told", "Succeeded false with an ExceptionInfo", SOAP, _IN_HEADER,
         lambda d: _set_answer(d, "false", _make_information), harmless="how the service refuses a call"),
    _fault_row("fault", "a Fault with 500", SOAP, edit=_send_fault(_PLAIN), harmless=_REFUSAL),
    _fault_row("fault-detail", "a Fault with an actor and details", SOAP, edit=_send_fault(_DETAILED),
               harmless=_REFUSAL),
    _fault_row("fault-200", "a Fault with 200", WSI, edit=_send_fault(_PLAIN, status=200)),
    _fault_row("fault-no-code", "a Fault without faultcode", SOAP, edit=_send_fault(_STRING)),
    _fault_row("fault-no-string", "a Fault without faultstring", SOAP, edit=_send_fault(_CODE)),
    _fault_row("fault-empty", "a Fault with nothing in it", SOAP, edit=_send_fault("")),
    _fault_row("fault-code-empty", "an empty faultcode", SOAP, edit=_send_fault("<faultcode/>" + _STRING)),
    _fault_row("fault-code-unbound", "a faultcode whose prefix is not declared", SOAP,
               edit=_send_fault("<faultcode>a:Server</faultcode>" + _STRING)),
    _fault_row("fault-qualified", "faultcode in SOAP's namespace", WSI,
               edit=_send_fault("<soap:faultcode>soap:Server</soap:faultcode>" + _STRING)),
    _fault_row("fault-soap12", "a Fault of SOAP 1.2", SOAP, edit=_send_fault(_SOAP12, soap=ENVELOPE12)),
    _fault_row("fault-twice", "two Faults", SOAP, edit=_send_fault(_PLAIN, times=2)),
    _row("fault-beside", "a Fault after the response's element", SOAP, at.BODY, _add_fault, in_head=True),
    _row("body-html", "an HTML page", RPC, at.WHOLE, _send_other(_HTML, "text/html"), in_head=True),
    _row("body-html-as-xml", "an HTML page as text/xml", RPC, at.WHOLE, _send_other(_HTML), in_head=True),
    _row("body-json", "JSON", RPC, at.WHOLE, _send_other(b'{"Response": true}', "application/json"), in_head=True),
    _row("body-plain-text", "a text", RPC, at.WHOLE, _send_other(b"true")),
    _row("body-none-500", "500 without a body", WSI, at.WHOLE, _send_other(b"", status=500)),
    _row("body-blank", "white space only", WSI, at.WHOLE, _send_other(b"\r\n")),
)  # fmt: skip
