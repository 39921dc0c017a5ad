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
from .edits import Message, part_of, set_fields, set_head
from .originals import Original

Row = Operator[Original]

_FAULT_AT = at.named("/Envelope/Body/Fault")
_SUCCEEDED, _IN_HEADER = at.succeeded("/Envelope/Header/Succeeded"), at.succeeded("/Envelope/Header")


_row = partial(Operator[Original], targets=RESPONSE)
_row_in_head = partial(_row, in_head=True)
"""A row whose fault is in the HTTP head as well as in Body."""


def _drop_header(draft: Message) -> None:
    take_out(part_of(draft, "Header"))


# --- ExceptionInfo ----------------------------------------------------------------------------------------------------


def _told(original: Original, declared: Element) -> Any:
    """A header block ExceptionInfo that is not nil."""
    node = etree.Element(declared.name)
    MessageBuilder(original.service, FixedChoices(original.service, "default", 0)).fill_element(node, declared)
    return node


def _nil(original: Original, declared: Element) -> Any:
    return etree.Element(declared.name, {NIL: "true"}) if declared.nillable else None


def _answer(draft: Message, flag: str, information: Callable[[Original, Element], Any] | None = None) -> None:
    """Succeeded with another ExceptionInfo than before, or without one."""
    part = draft.original.operation.part("response")
    name = next((h for h in part.headers if local(h) == "ExceptionInfo"), None) if part else None
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


def _fault(draft: Message, content: str, *, status: int = 500, soap: str | None = None, times: int = 1) -> None:
    """A Fault instead of the answer."""
    space = soap or draft.original.soap.strip("{}")
    fault = f"<soap:Fault>{content}</soap:Fault>" * times
    text = (
        f'<?xml version="1.0" encoding="utf-8"?>\n<soap:Envelope xmlns:soap="{space}">'
        f"<soap:Body>{fault}</soap:Body></soap:Envelope>"
    )
    draft.data = text.encode()
    set_head(draft, status=status, reason="OK" if status == 200 else "Internal Server Error")


def _add_fault(draft: Message) -> None:
    """A Fault after the response's element, with 500."""
    fault = etree.SubElement(draft.element, f"{draft.original.soap}Fault")
    etree.SubElement(fault, "faultcode").text = "Server"
    etree.SubElement(fault, "faultstring").text = "text"
    set_head(draft, status=500, reason="Internal Server Error")


def _send(draft: Message, data: bytes, content_type: str = "text/xml; charset=utf-8", *, status: int = 200) -> None:
    """Something that is no envelope."""
    draft.data = data
    set_head(draft, status=status)
    set_fields(draft, Content_Type=content_type)


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

OPERATORS: tuple[Row, ...] = (
    _row("succeeded-missing", "Succeeded left out", CLIENTS, _IN_HEADER, Draft.remove),
    _row("succeeded-no-header", "no Header at all", CLIENTS, at.succeeded("/Envelope"), _drop_header),
    _row("succeeded-capital", "Succeeded True", CLIENTS, _SUCCEEDED, lambda d: d.set_text("True")),
    _row("succeeded-word", "Succeeded yes", CLIENTS, _SUCCEEDED, lambda d: d.set_text("yes")),
    _row("succeeded-number", "Succeeded 2", OFFUTT, _SUCCEEDED, lambda d: d.set_text("2")),
    _row("succeeded-empty", "Succeeded without a value", OFFUTT, _SUCCEEDED, lambda d: d.set_text("")),
    _row("succeeded-nil", "Succeeded nil", OFFUTT, _SUCCEEDED, Draft.set_nil),
    _row("exception-missing", "Succeeded false without ExceptionInfo", CLIENTS, _IN_HEADER,
         lambda d: _answer(d, "false")),
    _row("exception-nil", "Succeeded false with a nil ExceptionInfo", CLIENTS,
         at.succeeded("/Envelope/Header/ExceptionInfo"), lambda d: _answer(d, "false", _nil)),
    _row("exception-with-success", "Succeeded true with an ExceptionInfo", CLIENTS, _IN_HEADER,
         lambda d: _answer(d, "true", _told)),
    _row("exception-with-success-1", "Succeeded 1 with an ExceptionInfo", CLIENTS, _IN_HEADER,
         lambda d: _answer(d, "1", _told)),
    _row("exception-told", "Succeeded false with an ExceptionInfo", SOAP, _IN_HEADER,
         lambda d: _answer(d, "false", _told), harmless="how the service refuses a call"),
    _row_in_head("fault", "a Fault with 500", SOAP, _FAULT_AT, lambda d: _fault(d, _PLAIN), harmless=_REFUSAL),
    _row_in_head("fault-detail", "a Fault with an actor and details", SOAP, _FAULT_AT, lambda d: _fault(d, _DETAILED),
                 harmless=_REFUSAL),
    _row_in_head("fault-200", "a Fault with 200", WSI, _FAULT_AT, lambda d: _fault(d, _PLAIN, status=200)),
    _row_in_head("fault-no-code", "a Fault without faultcode", SOAP, _FAULT_AT, lambda d: _fault(d, _STRING)),
    _row_in_head("fault-no-string", "a Fault without faultstring", SOAP, _FAULT_AT, lambda d: _fault(d, _CODE)),
    _row_in_head("fault-empty", "a Fault with nothing in it", SOAP, _FAULT_AT, lambda d: _fault(d, "")),
    _row_in_head("fault-code-empty", "an empty faultcode", SOAP, _FAULT_AT,
                 lambda d: _fault(d, "<faultcode/>" + _STRING)),
    _row_in_head("fault-code-unbound", "a faultcode whose prefix is not declared", SOAP, _FAULT_AT,
                 lambda d: _fault(d, "<faultcode>a:Server</faultcode>" + _STRING)),
    _row_in_head("fault-qualified", "faultcode in SOAP's namespace", WSI, _FAULT_AT,
                 lambda d: _fault(d, "<soap:faultcode>soap:Server</soap:faultcode>" + _STRING)),
    _row_in_head("fault-soap12", "a Fault of SOAP 1.2", SOAP, _FAULT_AT, lambda d: _fault(d, _SOAP12, soap=ENVELOPE12)),
    _row_in_head("fault-twice", "two Faults", SOAP, _FAULT_AT, lambda d: _fault(d, _PLAIN, times=2)),
    _row_in_head("fault-beside", "a Fault after the response's element", SOAP, at.BODY, _add_fault),
    _row_in_head("body-html", "an HTML page", RPC, at.WHOLE, lambda d: _send(d, _HTML, "text/html")),
    _row_in_head("body-html-as-xml", "an HTML page as text/xml", RPC, at.WHOLE, lambda d: _send(d, _HTML)),
    _row_in_head("body-json", "JSON", RPC, at.WHOLE, lambda d: _send(d, b'{"Response": true}', "application/json")),
    _row("body-plain-text", "a text", RPC, at.WHOLE, lambda d: _send(d, b"true")),
    _row("body-none-500", "500 without a body", WSI, at.WHOLE, lambda d: _send(d, b"", status=500)),
    _row("body-blank", "white space only", WSI, at.WHOLE, lambda d: _send(d, b"\r\n")),
)  # fmt: skip
