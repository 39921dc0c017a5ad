"""Calls to the stand-in tenant, written out as bytes: no SOAP library between the test and the wire."""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from contracts.standin.agents import APPLICATION_TOKEN, PASSWORD, TICKET, USER_NAME
from tests.helpers.messages import NS, SOAP11, request
from tests.helpers.tenant_clock import StandIn

XSI = "http://www.w3.org/2001/XMLSchema-instance"
SOAP = SOAP11
NIL = f"{{{XSI}}}nil"
LOGIN = f"<b:UserName>{USER_NAME}</b:UserName><b:Password>{PASSWORD}</b:Password>"
NOBODY = f"<b:ApplicationToken>{APPLICATION_TOKEN}</b:ApplicationToken>"


@dataclass(frozen=True)
class Reply:
    """What came back; ``root`` is None where the body is no XML."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def root(self) -> etree._Element:
        return etree.fromstring(self.body)

    def text(self, name: str) -> str | None:
        """The text of the first element of that local name in the contract's namespace."""
        return self.root.findtext(f".//{{{NS}}}{name}")

    def texts(self, name: str) -> list[str | None]:
        return [node.text for node in self.root.iter(f"{{{NS}}}{name}")]

    @property
    def faultcode(self) -> str | None:
        return self.root.findtext(".//faultcode")


def envelope(body: str, head: str | None = None, ticket: str = TICKET, token: str = APPLICATION_TOKEN) -> bytes:
    if head is None:
        head = f"<b:ApplicationToken>{token}</b:ApplicationToken>"
        head += f"<b:Credentials><b:Ticket>{ticket}</b:Ticket></b:Credentials>"
    return request(body, head).encode()


def send(url: str, method: str = "POST", data: bytes = b"", headers: dict[str, str] | None = None) -> Reply:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, data, headers or {})
        response = connection.getresponse()
        return Reply(response.status, dict(response.getheaders()), response.read())
    finally:
        connection.close()


def call(
    url: str,
    operation: str,
    inner: str = "",
    *,
    agent: str = "Batch",
    head: str | None = None,
    ticket: str = TICKET,
    token: str = APPLICATION_TOKEN,
) -> Reply:
    """``inner``: what stands in the operation's element, with the prefix ``b``."""
    data = envelope(f"<b:{operation}>{inner}</b:{operation}>", head, ticket, token)
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NS}/{agent}/{operation}"'}
    return send(f"{url}/{agent}.svc", data=data, headers=headers)


def stop(tenant: StandIn, number: int) -> str | None:
    """What StopBatchJob answers."""
    return call(tenant.url, "StopBatchJob", f"<b:Id>{number}</b:Id>").text("Response")


def login(tenant: StandIn) -> str:
    """A ticket, fresh from AuthenticateUsernamePassword."""
    answer = call(tenant.url, "AuthenticateUsernamePassword", LOGIN, agent="SoPrincipal", head=NOBODY)
    assert answer.text("AuthenticationSucceeded") == "true"
    return answer.text("Ticket") or ""
