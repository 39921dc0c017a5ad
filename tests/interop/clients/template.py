"""No SOAP library: an envelope written by hand and sent by requests, as many an integration does."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

import requests

from tests.interop.clients.serving import Call, Cannot, serve_calls

NAMESPACE = "http://www.superoffice.net/ws/crm/NetServer/Services85"
ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
SOAP = {"": "http://schemas.xmlsoap.org/soap/envelope/", "soap12": "http://www.w3.org/2003/05/soap-envelope"}
ENVELOPE = """<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="{soap}">
  <soap:Header>{headers}</soap:Header>
  <soap:Body><so:{operation} xmlns:so="{service}">{body}</so:{operation}></soap:Body>
</soap:Envelope>
"""


def open_client(wsdl: str, address: str) -> Call:
    def call(asked: dict[str, Any]) -> Any:
        if asked["read"]:
            raise Cannot("reads no carriers")
        way = asked["way"]
        namespace = NAMESPACE if asked["namespace"] is None else asked["namespace"]
        text = ENVELOPE.format(
            soap=SOAP.get(way, SOAP[""]),
            headers=write_members(asked["headers"], namespace),
            operation=asked["operation"],
            service=NAMESPACE,
            body=write_members(asked["parameters"], "" if way == "no namespace" else NAMESPACE),
        )
        action = f"{NAMESPACE}/Batch/{asked['operation']}" if asked["action"] is None else asked["action"]
        media_type = "application/soap+xml" if way == "soap12" else "text/xml"
        charset = {"own charset": "ISO-8859-1", "utf-16": "utf-16"}.get(way, "utf-8")
        head = {"Content-Type": f"{media_type}; charset={charset}", "SOAPAction": f'"{action}"'}
        data = text.replace("utf-8", charset).encode(charset, "xmlcharrefreplace")
        answer = requests.post(address, data, headers=head, timeout=30)
        return {"true": True, "false": False}.get(answer.text.partition("Response>")[2].partition("<")[0])

    return call


def write_members(given: Any, namespace: str) -> str:
    """Each member's text as Python has it: a template casts nothing."""
    if not isinstance(given, dict):
        return "" if given is None else escape(str(given))
    text = ""
    for name, value in given.items():
        place = ARRAYS if name == "int" else namespace
        for one in value if isinstance(value, list) else [value]:
            one = str(one).lower() if isinstance(one, bool) and name != "Id" else one
            text += f'<{name} xmlns="{place}">{write_members(one, place)}</{name}>'
    return text


if __name__ == "__main__":
    serve_calls(open_client, ("soap12", "no namespace", "own charset", "utf-16"))
