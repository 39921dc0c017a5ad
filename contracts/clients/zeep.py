"""A strict zeep client: it refuses to send a request, and to return a response, that breaks the contract.

    from contracts.clients.zeep import make_client

    client = make_client(None, "Batch", address=url, application_token=token, ticket=ticket)
    client.service.StopBatchJob(Id=42)        # judged on its way out, and on its way back
    client.service.StopBatchJob(Id="abc")     # ContractBroken; nothing was sent

zeep itself checks neither range nor form of a value, and reads a response's ``yes`` as False (measured, zeep 4.3).
This module imports zeep; nothing else in the package imports this module before it is used.
"""

# mypy: allow-untyped-calls
# zeep has no type hints.

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import requests
import zeep
from zeep.transports import Transport

from ..contract import Contract, load
from ..files.archive import split_archive
from ..files.opening import read_bytes
from ..model import ContractsError, Headers, Http, Message, UnreadableContract, local
from ..wsdl.service import Service

TIMEOUT = 60.0
"""Seconds that a call may take to connect, and then between two pieces of the answer."""


class StrictTransport(Transport):
    """Judges by ``contract`` whatever passes it. ``onsite``: no ApplicationToken is wanted.

    A broken message raises ContractBroken, one that cannot be judged NotJudged. Unlike zeep's own transport it never
    logs a message: messages hold tickets.
    """

    def __init__(
        self,
        contract: Contract,
        session: requests.Session | None = None,
        *,
        onsite: bool = False,
        timeout: float = TIMEOUT,
    ) -> None:
        super().__init__(timeout=timeout, operation_timeout=timeout, session=session)
        self.contract = contract
        self.onsite = onsite

    def post(self, address: str, message: bytes | str, headers: Mapping[str, str]) -> requests.Response:
        data = message.encode() if isinstance(message, str) else message
        head = Headers(tuple((str(name), str(value)) for name, value in headers.items()))
        request = Message(data, direction="request", http=Http(head, method="POST", target=address))
        self.contract.judge(request, onsite=self.onsite).raise_if_broken()
        response: requests.Response = self.session.post(
            address, data=data, headers=dict(headers), timeout=self.operation_timeout, allow_redirects=False
        )
        head = Headers(tuple(response.headers.items()))
        http = Http(head, status=response.status_code, reason=response.reason or "")
        answer = Message(response.content, direction="response", http=http, answers=request)
        self.contract.judge(answer).raise_if_broken()
        return response

    def load(self, url: str) -> bytes:
        """A WSDL or schema; one inside a zip is named ``path/of.zip/name/in/it``."""
        if split_archive(path := Path(url).as_posix()):
            return read_bytes(path)
        content: bytes = super().load(url)
        return content


def make_client(
    source: Contract | str | os.PathLike[str] | None,
    agent: str,
    *,
    address: str | None = None,
    application_token: str | None = None,
    ticket: str | None = None,
    session: requests.Session | None = None,
    onsite: bool = False,
) -> zeep.Client:
    """A zeep client of one agent, whose messages are judged.

    ``source``: a loaded contract, or what `contracts.load` takes (None: Services85 as shipped). ``address``: the
    endpoint, with or without its last part ``/Agent.svc``; None: the one in the WSDL. ``application_token`` and
    ``ticket`` go as default headers where the agent's operations declare them; without ``application_token`` and with
    ``onsite`` none is wanted. Raises ContractsError for an agent that is not there or is there in several versions.
    """
    contract = source if isinstance(source, Contract) else load(source)
    service = _find_service(contract, agent)
    transport = StrictTransport(contract, session, onsite=onsite)
    made = zeep.Client(service.source, transport=transport)
    for described in made.wsdl.services.values():
        for port in described.ports.values():
            if address is not None:
                port.binding_options["address"] = _place_endpoint(address, agent)
    declared = {local(name) for operation in service.operations.values() for name in operation.request.headers}
    given = {"ApplicationToken": application_token, "Credentials": ticket and {"Ticket": ticket}}
    headers = {name: value for name, value in given.items() if value is not None and name in declared}
    if headers:
        made.set_default_soapheaders(headers)
    return made


def _find_service(contract: Contract, agent: str) -> Service:
    found = [service for service in contract.services if service.agent == agent]
    if not found:
        raise UnreadableContract(f"{contract.source}: no agent {agent} in {contract.name}")
    if len(found) > 1:
        several = len({service.version for service in found}) > 1
        which = ", ".join(service.version if several else service.source for service in found)
        raise ContractsError(f"{contract.source}: {agent} is there more than once ({which}); load one of them")
    return found[0]


def _place_endpoint(address: str, agent: str) -> str:
    return address if address.lower().endswith(".svc") else f"{address.rstrip('/')}/{agent}.svc"
