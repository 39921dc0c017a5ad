"""zeep, judged: a broken request is not sent, a broken answer is not read.

    client = make_client(None, "Batch", address=url, application_token=token, ticket=ticket)
    client.service.StopBatchJob(Id=42)        # judged on its way out, and on its way back
    client.service.StopBatchJob(Id="abc")     # ContractBroken; nothing was sent

A client of your own is judged by a plugin, or by a mixin for its transport, which sees the HTTP heads too:

    zeep.Client(wsdl, plugins=[JudgingPlugin(contract)])
    class Mine(JudgingMixin, YourTransport): ...

zeep itself checks neither range nor form of a value, and reads a response's ``yes`` as False (measured, zeep 4.3).
"""

# mypy: allow-untyped-calls
# zeep has no type hints.

from __future__ import annotations

import inspect
import os
from collections.abc import Awaitable, Mapping
from contextvars import ContextVar
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
import zeep
from lxml import etree
from zeep.transports import AsyncTransport, Transport
from zeep.wsdl.utils import etree_to_string

from ..contract import Contract, load
from ..files.limits import Unreadable
from ..files.opening import is_url, read_bytes
from ..files.web import WebReader
from ..model import ContractsError, Message, UnreadableContract, Verdict, local
from ..model.urls import may_be_loopback, show_url
from ..model.wording import suggest_nearest
from ..wsdl.places import as_place, name_machine
from ..wsdl.service import Service
from .judging import Report, TrafficJudge

TIMEOUT = 60.0
"""Seconds that a call may take to connect, and then between two pieces of the answer."""
_Client = TypeVar("_Client", bound=zeep.Client)
_NO_PROXIES: Any = {"http": None, "https": None, "all": None}


class JudgingPlugin(zeep.Plugin):
    """Judges the envelopes of a client that has it among its ``plugins``, an `AsyncClient` too.

    It sees what the plugins before it made of a request, and neither an answer's HTTP head nor one that is no XML:
    `JudgingMixin` sees those. ``options`` are those of `TrafficJudge`.
    """

    def __init__(self, contract: Contract, **options: Any) -> None:
        self.judge = TrafficJudge(contract, **options)
        self._asked: ContextVar[Message | None] = ContextVar("asked", default=None)

    def egress(
        self, envelope: etree._Element, http_headers: dict[str, str], operation: object, binding_options: dict[str, Any]
    ) -> tuple[etree._Element, dict[str, str]]:
        __tracebackhide__ = True
        data = etree_to_string(envelope)
        self._asked.set(self.judge.judge_request("POST", binding_options["address"], http_headers, data))
        return envelope, http_headers

    def ingress(
        self, envelope: etree._Element, http_headers: dict[str, str], operation: object
    ) -> tuple[etree._Element, dict[str, str]]:
        __tracebackhide__ = True
        self.judge.judge_answer(self._asked.get(), None, None, None, etree.tostring(envelope))
        return envelope, http_headers


class JudgingMixin:
    """Judges what passes a transport of your own, sync or async, with its HTTP head.

        zeep.Client(wsdl, transport=Mine(contracts.load(), cache=...))

    ``report``, ``onsite`` and ``raise_failures`` are those of `TrafficJudge`; the rest is the transport's.
    """

    def __init__(
        self,
        contract: Contract,
        *given: Any,
        report: Report = Verdict.raise_if_broken,
        onsite: bool = False,
        raise_failures: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*given, **options)
        self.judge = TrafficJudge(contract, report, onsite, raise_failures)

    def post(self, address: str, message: bytes | str, headers: Mapping[str, str]) -> Any:
        __tracebackhide__ = True
        asked = self.judge.judge_request("POST", address, headers, message)
        answer = super().post(address, message, headers)  # type: ignore[misc]  # the transport's
        return self._judge_later(asked, answer) if inspect.isawaitable(answer) else self._judge_answer(asked, answer)

    def _judge_answer(self, asked: Message | None, answer: Any) -> Any:
        __tracebackhide__ = True
        if asked is not None:
            reason = getattr(answer, "reason", "")  # httpx calls it otherwise; nothing depends on it
            self.judge.judge_answer(asked, answer.status_code, reason, answer.headers, answer.content)
        return answer

    async def _judge_later(self, asked: Message | None, answer: Awaitable[Any]) -> Any:
        __tracebackhide__ = True
        return self._judge_answer(asked, await answer)


def _choose_proxies(session: requests.Session, url: str) -> Any:
    """None to a host of this machine, but for those that the session itself names; else those of the session."""
    alone = not session.proxies and may_be_loopback(urlsplit(url).hostname or "")
    return _NO_PROXIES if alone else None


def _drop_body(answer: requests.Response, **_: object) -> None:
    """A hook of requests: it reads all of what a redirect holds, be it endless, and also where none is followed."""
    if answer.is_redirect:
        answer.raw.close()


class _NamedHosts:
    """Loads WSDLs and schemas from files, and from the hosts that the contract was loaded from; from no other."""

    judge: TrafficJudge
    session: requests.Session

    def load(self, url: str) -> bytes:
        """A WSDL or schema; one inside a zip is named ``path/of.zip/name/in/it``."""
        sources = [service.source for service in self.judge.contract.services]
        if not is_url(url):
            place = as_place(url)
            if name_machine(place) not in {name_machine(as_place(source)) for source in sources}:
                raise UnreadableContract(f"{place}: not read: it is on another machine than the WSDL that was named")
            return read_bytes(place)
        named = filter(is_url, sources)
        try:
            return WebReader(named, self._fetch_url).read(url)
        except Unreadable as error:
            raise UnreadableContract(f"{show_url(url)}: {error}") from None

    def _fetch_url(self, url: str) -> requests.Response:
        """By the user's session, with its certificates and proxies."""
        proxies = _choose_proxies(self.session, url)
        hooks = {"response": [*self.session.hooks["response"], _drop_body]}
        return self.session.get(url, timeout=TIMEOUT, allow_redirects=False, stream=True, proxies=proxies, hooks=hooks)


class _QuietTransport(_NamedHosts, Transport):
    """zeep's, without its log: messages hold tickets. Redirects are not followed."""

    def post(self, address: str, message: bytes | str, headers: Mapping[str, str]) -> requests.Response:
        __tracebackhide__ = True
        response: requests.Response = self.session.post(
            address,
            data=message,
            headers=dict(headers),
            timeout=self.operation_timeout,
            allow_redirects=False,
            proxies=_choose_proxies(self.session, address),
        )
        return response


class StrictTransport(JudgingMixin, _QuietTransport):
    """Refuses broken messages. Unlike zeep's own transport it never logs one.

    ``session``: one of yours, with its proxies and settings; without it nothing is taken from the environment. Between
    this machine and itself no proxy of the environment stands in any case. ``timeout``: in seconds.
    """

    def __init__(
        self, contract: Contract, session: requests.Session | None = None, *, timeout: float = TIMEOUT, **options: Any
    ) -> None:
        super().__init__(contract, timeout=timeout, operation_timeout=timeout, session=session, **options)
        if session is None:
            self.session.trust_env = False


class _QuietAsyncTransport(_NamedHosts, AsyncTransport):
    async def post(self, address: str, message: bytes | str, headers: Mapping[str, str]) -> Any:
        __tracebackhide__ = True
        return await self.client.post(address, content=message, headers=dict(headers))


class StrictAsyncTransport(JudgingMixin, _QuietAsyncTransport):
    """The same for zeep's `AsyncClient`; needs httpx. ``client``: an httpx.AsyncClient of yours."""

    def __init__(self, contract: Contract, client: Any = None, *, timeout: float = TIMEOUT, **options: Any) -> None:
        import httpx

        client = client or httpx.AsyncClient(trust_env=False, timeout=timeout)
        super().__init__(contract, client=client, wsdl_client=httpx.Client(trust_env=False), **options)
        self.session = requests.Session()  # for WSDLs
        self.session.trust_env = False


def make_client(
    source: Contract | str | os.PathLike[str] | None,
    agent: str,
    *,
    address: str | None = None,
    application_token: str | None = None,
    ticket: str | None = None,
    session: requests.Session | None = None,
    **options: Any,
) -> zeep.Client:
    """A zeep client of one agent, whose messages are judged.

    ``source``: a loaded contract, or what `contracts.load` takes (None: Services85 as shipped). ``address``: the
    endpoint, with or without its last part ``/Agent.svc``; None: the one in the WSDL. ``application_token`` and
    ``ticket`` go as default headers where the agent's operations declare them. ``session``: see `StrictTransport`.
    ``options`` are those of `TrafficJudge`: ``onsite``, ``report``, ``raise_failures``.
    Raises ContractsError for an agent that is not there or is there in several versions.
    """
    service, contract = _find_service(source, agent)
    made = zeep.Client(service.source, transport=StrictTransport(contract, session, **options))
    return _set_up(made, service, address, application_token, ticket)


def make_async_client(
    source: Contract | str | os.PathLike[str] | None,
    agent: str,
    *,
    address: str | None = None,
    application_token: str | None = None,
    ticket: str | None = None,
    client: Any = None,
    **options: Any,
) -> zeep.AsyncClient:
    """`make_client` for ``await``. ``client``: an httpx.AsyncClient of yours."""
    service, contract = _find_service(source, agent)
    made = zeep.AsyncClient(service.source, transport=StrictAsyncTransport(contract, client, **options))
    return _set_up(made, service, address, application_token, ticket)


class _SecretHeaders(dict[str, Any]):
    """What zeep hands on as it is, from one function to the next, whose local variables pytest may show."""

    def __repr__(self) -> str:
        return f"<header blocks {', '.join(self)}>"


def _set_up(made: _Client, service: Service, address: str | None, token: str | None, ticket: str | None) -> _Client:
    for described in made.wsdl.services.values():
        for port in described.ports.values():
            if address is not None:
                port.binding_options["address"] = _place_endpoint(address, service.agent)
    declared = {local(name) for operation in service.operations.values() for name in operation.request.headers}
    given = {"ApplicationToken": token, "Credentials": ticket and {"Ticket": ticket}}
    headers = {name: value for name, value in given.items() if value is not None and name in declared}
    if headers:
        made.set_default_soapheaders(_SecretHeaders(headers))
    return made


def _find_service(source: Contract | str | os.PathLike[str] | None, agent: str) -> tuple[Service, Contract]:
    contract = source if isinstance(source, Contract) else load(source)
    found = [service for service in contract.services if service.agent == agent]
    if not found:
        hint = suggest_nearest(agent, {service.agent for service in contract.services})
        raise UnreadableContract(f"{contract.source}: no agent {agent} in {contract.name}{hint}")
    if len(found) > 1:
        several = len({service.version for service in found}) > 1
        which = ", ".join(service.version if several else service.source for service in found)
        raise ContractsError(f"{contract.source}: {agent} is there more than once ({which}); load one of them")
    return found[0], contract


def _place_endpoint(address: str, agent: str) -> str:
    return address if address.lower().endswith(".svc") else f"{address.rstrip('/')}/{agent}.svc"
