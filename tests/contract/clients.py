"""A zeep client whose requests are captured before they are sent, and whose answers are given."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import requests
import zeep
from lxml import etree
from zeep.transports import Transport

from contracts import Contract, Message, Operation, Service, Verdict
from contracts.clients.zeep import StrictTransport
from contracts.generate.forms import is_simple
from contracts.model import Headers, Http, local
from contracts.model.names import EXAMPLE_TICKET, EXAMPLE_TOKEN


class NothingSent(Exception):
    """zeep made no request of the values."""


class _Sent(Exception):
    def __init__(self, message: Message) -> None:
        self.message = message


class Capture(Transport):  # type: ignore[misc]  # zeep has no type hints
    """Keeps what would be sent; ``answer`` is what comes back, None: the call ends when the request is there."""

    answer: tuple[int, bytes] | None = None
    sent: Message | None = None

    def post(self, address: str, message: bytes | str, headers: Mapping[str, str]) -> requests.Response:
        data = message.encode() if isinstance(message, str) else message
        head = Http(Headers(tuple(headers.items())), method="POST", target=address)
        self.sent = Message(data, direction="request", http=head)
        if self.answer is None:
            raise _Sent(self.sent)
        response = requests.Response()
        response.status_code, response.raw = self.answer[0], io.BytesIO(self.answer[1])
        response.headers["Content-Type"] = "text/xml; charset=utf-8"
        return response


class Client:
    """A zeep client of one service, with the documented placeholders as token and ticket."""

    def __init__(self, contract: Contract, service: Service, transport: Transport | None = None) -> None:
        self.contract = contract
        self.service = service
        self.transport = transport or Capture()
        loader = StrictTransport(contract)  # reads a WSDL inside a zip too
        self.zeep = zeep.Client(service.source, transport=loader)
        self.zeep.transport = self.transport
        described = self.zeep.wsdl
        self._calls = (  # a WSDL may have bindings, and leave it to others where they are served
            self.zeep.service
            if described.services
            else self.zeep.create_service(next(iter(described.bindings)), service.address or "http://localhost/")
        )

    def call(self, operation: Operation, values: Mapping[str, object]) -> Any:
        """The call as a user writes it; returns what zeep reads from the answer."""
        given = {"ApplicationToken": EXAMPLE_TOKEN, "Credentials": {"Ticket": EXAMPLE_TICKET}}
        headers = {k: v for k, v in given.items() if k in {local(name) for name in operation.request.headers}}
        return self._calls[operation.name](**values, _soapheaders=headers)

    def request(self, operation: Operation, values: Mapping[str, object]) -> Message:
        """What zeep would send. Raises NothingSent where it refuses the values."""
        self.transport.answer = None
        try:
            self.call(operation, values)
        except _Sent as sent:
            return sent.message
        except Exception as error:  # zeep and lxml raise a dozen kinds on values that make no XML
            raise NothingSent(f"{type(error).__name__}: {error}") from error
        raise NothingSent("no request was made")

    def reads(self, operation: Operation, values: Mapping[str, object], answer: bytes, status: int = 200) -> Any:
        """What zeep makes of an answer."""
        self.transport.answer = (status, answer)
        return self.call(operation, values)

    def judge(self, message: Message) -> Verdict:
        return self.contract.judge(message)

    def values(self, operation: Operation, envelope: bytes) -> dict[str, Any]:
        """The arguments that make zeep send what stands in a request."""
        name = str(operation.request.body)
        read = self._parse(name, envelope)
        values = dict(read.__values__) if hasattr(read, "__values__") else {}
        # An empty object is None to zeep when it reads, and would not be sent: {} stands for it when it writes.
        empty = {local(str(c.tag)) for c in next(etree.fromstring(envelope).iter(name)) if not (len(c) or c.attrib)}
        members = self.service.schema.members(self.service.schema.declared(name).type)
        objects = {m.local for m in members if not is_simple(self.service.schema.type(m.type))}
        return values | {name: {} for name in empty & objects if values.get(name) is None}

    def read(self, operation: Operation, envelope: bytes) -> etree._Element | None:
        """What zeep reads from a response, as zeep writes it again; None where it reads nothing."""
        assert operation.response is not None
        name = str(operation.response.body)
        parent = etree.Element("Body")
        value = self._parse(name, envelope)
        if value is not None:
            self.zeep.wsdl.types.get_element(name).render(parent, value)
        return next(iter(parent), None)

    def _parse(self, name: str, envelope: bytes) -> Any:
        node = next(etree.fromstring(envelope).iter(name))
        return self.zeep.wsdl.types.get_element(name).parse(node, self.zeep.wsdl.types)
