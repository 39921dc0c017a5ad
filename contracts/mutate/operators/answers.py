"""Operators on responses: Succeeded and ExceptionInfo, Faults, what is no SOAP at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from lxml import etree

from ...generate.building import ENVELOPE12, NIL, Builder
from ...generate.sample import Fixed
from ...model import local
from ..originals import Original, with_headers
from .base import CLIENTS, OFFUTT, RPC, SOAP, WSI, Apply, Change, Operator, remove

_FAULT = "a refusal by the contract: a Fault with 500"


def _named(original: Original, name: str) -> int | None:
    return next((n.index for n in original.nodes if n.role == "header" and n.element.local == name), None)


def _declared(original: Original, name: str) -> str | None:
    part = original.operation.part("response")
    return next((h for h in part.headers if local(h) == name), None) if part else None


def _succeeded(text: str) -> Apply:
    """Another value of Succeeded; nothing else of the message changes."""

    def apply(original: Original) -> Iterator[Change]:
        index = _named(original, "Succeeded")
        if index is not None:
            data = original.edit(lambda elements: setattr(elements[index], "text", text))
            yield Change("/Envelope/Header/Succeeded", data)

    return apply


def _succeeded_missing(original: Original) -> Iterator[Change]:
    if (index := _named(original, "Succeeded")) is not None:
        yield Change("/Envelope/Header", original.edit(lambda elements: remove(elements[index])))


def _succeeded_nil(original: Original) -> Iterator[Change]:
    def edit(elements: list[Any], index: int) -> None:
        elements[index].text = None
        elements[index].set(NIL, "true")

    if (index := _named(original, "Succeeded")) is not None:
        yield Change("/Envelope/Header/Succeeded", original.edit(lambda elements: edit(elements, index)))


def _no_header(original: Original) -> Iterator[Change]:
    index = original.child("Header")
    if index is not None and _named(original, "Succeeded") is not None:
        yield Change("/Envelope", original.edit(lambda elements: remove(elements[index])))


def _exception(*, succeeded: str, told: bool, equivalent: str | None = None) -> Apply:
    """Succeeded with an ExceptionInfo (``told``), or with none."""

    def apply(original: Original) -> Iterator[Change]:
        index, flag = original.child("Header"), _named(original, "Succeeded")
        name = _declared(original, "ExceptionInfo")
        if index is None or flag is None or name is None:
            return
        info = _information(original, name) if told else None

        def edit(elements: list[Any]) -> None:
            header = elements[index]
            for block in header.findall(name):
                header.remove(block)
            elements[flag].text = succeeded
            if info is not None:
                header.insert(0, info)

        yield Change("/Envelope/Header", original.edit(edit), equivalent=equivalent)

    return apply


def _information(original: Original, name: str) -> etree._Element:
    """A header block ExceptionInfo that is not nil."""
    node = etree.Element(name)
    declared = original.service.schema.element(name)
    if declared is not None:
        Builder(original.service, Fixed(original.service, "default", 0)).fill(node, declared)
    return node


def _exception_nil(original: Original) -> Iterator[Change]:
    index, flag, name = original.child("Header"), _named(original, "Succeeded"), _declared(original, "ExceptionInfo")
    declared = original.service.schema.element(name) if name else None
    if index is None or flag is None or name is None or declared is None or not declared.nillable:
        return

    def edit(elements: list[Any]) -> None:
        header = elements[index]
        for block in header.findall(name):
            header.remove(block)
        elements[flag].text = "false"
        etree.SubElement(header, name).set(NIL, "true")

    yield Change("/Envelope/Header/ExceptionInfo", original.edit(edit))


# --- Faults -----------------------------------------------------------------------------------------------------------

_CODE = "<faultcode>soap:Server</faultcode>"
_STRING = "<faultstring>The server was unable to process the request.</faultstring>"


def _fault(
    content: str, *, status: int = 500, soap: str | None = None, beside: bool = False, equivalent: str | None = None
) -> Apply:
    def apply(original: Original) -> Iterator[Change]:
        space = soap or original.soap.strip("{}")
        fault = f"<soap:Fault>{content}</soap:Fault>" * (2 if beside else 1)
        data = (
            f'<?xml version="1.0" encoding="utf-8"?>\n<soap:Envelope xmlns:soap="{space}">'
            f"<soap:Body>{fault}</soap:Body></soap:Envelope>"
        )
        head = replace(original.http, status=status, reason="OK" if status == 200 else "Internal Server Error")
        yield Change("/Envelope/Body/Fault", data.encode(), head, equivalent)

    return apply


def _fault_beside(original: Original) -> Iterator[Change]:
    """A Fault after the response's element, with 500."""
    index = original.child("Body")
    if index is None:
        return

    def edit(elements: list[Any]) -> None:
        fault = etree.SubElement(elements[index], f"{original.soap}Fault")
        etree.SubElement(fault, "faultcode").text = "Server"
        etree.SubElement(fault, "faultstring").text = "text"

    head = replace(original.http, status=500, reason="Internal Server Error")
    yield Change("/Envelope/Body", original.edit(edit), head)


def _body(data: bytes, content_type: str, *, status: int = 200) -> Apply:
    """Something that is no envelope."""

    def apply(original: Original) -> Iterator[Change]:
        head = with_headers(replace(original.http, status=status), Content_Type=content_type)
        yield Change("/", data, head)

    return apply


def _op(id_: str, description: str, source: str, apply: Callable[[Original], Iterator[Change]]) -> Operator:
    return Operator(id_, ("response",), description, source, apply)


_SOAP12_FAULT = (
    "<soap:Code><soap:Value>soap:Receiver</soap:Value></soap:Code>"
    "<soap:Reason><soap:Text xml:lang='en'>text</soap:Text></soap:Reason>"
)
_HTML = b"<html><body><h1>Service unavailable</h1></body></html>"

OPERATORS = (
    _op("succeeded-missing", "Succeeded left out", CLIENTS, _succeeded_missing),
    _op("succeeded-no-header", "no Header at all", CLIENTS, _no_header),
    _op("succeeded-capital", "Succeeded True", CLIENTS, _succeeded("True")),
    _op("succeeded-word", "Succeeded yes", CLIENTS, _succeeded("yes")),
    _op("succeeded-number", "Succeeded 2", OFFUTT, _succeeded("2")),
    _op("succeeded-empty", "Succeeded without a value", OFFUTT, _succeeded("")),
    _op("succeeded-nil", "Succeeded nil", OFFUTT, _succeeded_nil),
    _op(
        "exception-missing", "Succeeded false without ExceptionInfo", CLIENTS, _exception(succeeded="false", told=False)
    ),
    _op("exception-nil", "Succeeded false with a nil ExceptionInfo", CLIENTS, _exception_nil),
    _op(
        "exception-with-success",
        "Succeeded true with an ExceptionInfo",
        CLIENTS,
        _exception(succeeded="true", told=True),
    ),
    _op("exception-with-success-1", "Succeeded 1 with an ExceptionInfo", CLIENTS, _exception(succeeded="1", told=True)),
    _op(
        "exception-told",
        "Succeeded false with an ExceptionInfo",
        SOAP,
        _exception(succeeded="false", told=True, equivalent="how the service refuses a call"),
    ),
    _op("fault", "a Fault with 500", SOAP, _fault(_CODE + _STRING, equivalent=_FAULT)),
    _op(
        "fault-detail",
        "a Fault with an actor and details",
        SOAP,
        _fault(_CODE + _STRING + "<faultactor>urn:x</faultactor><detail><x/></detail>", equivalent=_FAULT),
    ),
    _op("fault-200", "a Fault with 200", WSI, _fault(_CODE + _STRING, status=200)),
    _op("fault-no-code", "a Fault without faultcode", SOAP, _fault(_STRING)),
    _op("fault-no-string", "a Fault without faultstring", SOAP, _fault(_CODE)),
    _op("fault-empty", "a Fault with nothing in it", SOAP, _fault("")),
    _op("fault-code-empty", "an empty faultcode", SOAP, _fault("<faultcode/>" + _STRING)),
    _op(
        "fault-code-unbound",
        "a faultcode whose prefix is not declared",
        SOAP,
        _fault("<faultcode>a:Server</faultcode>" + _STRING),
    ),
    _op(
        "fault-qualified",
        "faultcode in SOAP's namespace",
        WSI,
        _fault(_CODE.replace("faultcode", "soap:faultcode") + _STRING),
    ),
    _op(
        "fault-soap12",
        "a Fault of SOAP 1.2",
        SOAP,
        _fault(
            _SOAP12_FAULT,
            soap=ENVELOPE12,
        ),
    ),
    _op("fault-twice", "two Faults", SOAP, _fault(_CODE + _STRING, beside=True)),
    _op("fault-beside", "a Fault after the response's element", SOAP, _fault_beside),
    _op("body-html", "an HTML page", RPC, _body(_HTML, "text/html")),
    _op("body-html-as-xml", "an HTML page as text/xml", RPC, _body(_HTML, "text/xml; charset=utf-8")),
    _op("body-json", "JSON", RPC, _body(b'{"Response": true}', "application/json")),
    _op("body-text", "a text", RPC, _body(b"true", "text/xml; charset=utf-8")),
    _op("body-none-500", "500 without a body", WSI, _body(b"", "text/xml; charset=utf-8", status=500)),
    _op("body-blank", "white space only", WSI, _body(b"\r\n", "text/xml; charset=utf-8")),
)
