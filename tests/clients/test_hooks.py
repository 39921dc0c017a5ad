"""Hooks for clients of one's own: what is broken does not leave, what is broken is not decoded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import requests
import zeep
import zeep.transports

import contracts
from contracts.clients import (
    CallFailed,
    JudgingAdapter,
    JudgingMixin,
    JudgingPlugin,
    TrafficJudge,
    judge_client,
    judge_session,
    make_async_client,
    make_client,
)
from contracts.standin.agents import APPLICATION_TOKEN, TICKET
from tests.helpers.messages import CONTRACT, CREDENTIALS, NS, TOKEN, request
from tests.helpers.tenant_clock import StandIn

HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NS}/Batch/StopBatchJob"'}
SOAP_HEADERS = {"ApplicationToken": APPLICATION_TOKEN, "Credentials": {"Ticket": TICKET}}
CREDENTIALS_HERE = CREDENTIALS.replace("7T:9876zyxcbaExample==", TICKET)


def stop(value: object) -> bytes:
    header = TOKEN + CREDENTIALS_HERE
    return request(f"<b:StopBatchJob><b:Id>{value}</b:Id></b:StopBatchJob>", header).encode()


class Counting(zeep.transports.Transport):  # type: ignore[misc]  # zeep has no type hints
    """A transport of a user's own."""

    calls = 0

    def post(self, *given: Any) -> Any:
        self.calls += 1
        return super().post(*given)


class Mine(JudgingMixin, Counting):
    pass


class MineAsync(JudgingMixin, zeep.transports.AsyncTransport):  # type: ignore[misc]
    pass


def by_plugin(url: str, value: object, **options: Any) -> object:
    client = zeep.Client(f"{url}/Batch.svc?wsdl", plugins=[JudgingPlugin(CONTRACT, **options)])
    return client.service.StopBatchJob(Id=value, _soapheaders=SOAP_HEADERS)


def by_mixin(url: str, value: object, **options: Any) -> object:
    client = zeep.Client(f"{url}/Batch.svc?wsdl", transport=Mine(CONTRACT, timeout=60, **options))
    return client.service.StopBatchJob(Id=value, _soapheaders=SOAP_HEADERS)


def by_async(transport: zeep.transports.AsyncTransport, url: str, value: object, **options: Any) -> object:
    async def call() -> object:
        client = zeep.AsyncClient(f"{url}/Batch.svc?wsdl", transport=transport, **options)
        async with transport.client:
            transport.wsdl_client.close()
            return await client.service.StopBatchJob(Id=value, _soapheaders=SOAP_HEADERS)

    return asyncio.run(call())


def by_async_mixin(url: str, value: object, **options: Any) -> object:
    return by_async(MineAsync(CONTRACT, **options), url, value)


def by_async_plugin(url: str, value: object, **options: Any) -> object:
    plugins = [JudgingPlugin(CONTRACT, **options)]
    return by_async(zeep.transports.AsyncTransport(), url, value, plugins=plugins)


def by_async_strict(url: str, value: object, **options: Any) -> object:
    async def call() -> object:
        client = make_async_client(
            None, "Batch", address=url, application_token=APPLICATION_TOKEN, ticket=TICKET, **options
        )
        async with client.transport.client:
            return await client.service.StopBatchJob(Id=value)

    return asyncio.run(call())


def by_strict(url: str, value: object, **options: Any) -> object:
    client = make_client(None, "Batch", address=url, application_token=APPLICATION_TOKEN, ticket=TICKET, **options)
    return client.service.StopBatchJob(Id=value)


def by_requests(url: str, value: object, **options: Any) -> object:
    with judge_session(requests.Session(), CONTRACT, **options) as session:
        return session.post(f"{url}/Batch.svc", data=stop(value), headers=HEADERS).text


def by_stream(url: str, value: object, **options: Any) -> object:
    with requests.Session() as session:
        session.mount(url, JudgingAdapter(TrafficJudge(CONTRACT, **options)))
        body = stop(value)
        return session.post(f"{url}/Batch.svc", data=iter([body[:99], body[99:]]), headers=HEADERS, stream=True).text


def by_httpx(url: str, value: object, **options: Any) -> object:
    with judge_client(httpx.Client(), CONTRACT, **options) as client:
        return client.post(f"{url}/Batch.svc", content=iter([stop(value)]), headers=HEADERS).text


def by_async_httpx(url: str, value: object, **options: Any) -> object:
    async def call() -> str:
        async with judge_client(httpx.AsyncClient(), CONTRACT, **options) as client:
            return (await client.post(f"{url}/Batch.svc", content=stop(value), headers=HEADERS)).text

    return asyncio.run(call())


WAYS = [
    by_plugin, by_mixin, by_async_plugin, by_async_mixin, by_strict, by_async_strict, by_requests, by_stream, by_httpx,
    by_async_httpx,
]  # fmt: skip
Way = Callable[..., object]


@pytest.fixture
def tenant() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.mark.parametrize("way", WAYS)
def test_a_kept_call_passes_and_a_broken_one_does_not_leave(tenant: StandIn, way: Way) -> None:
    assert "true" in str(way(tenant.url, 42)).lower()
    assert len(tenant.saw) == 1
    with pytest.raises(contracts.ContractBroken, match=r"^value-lexical"):
        way(tenant.url, "abc")
    assert len(tenant.saw) == 1


@pytest.mark.parametrize("way", WAYS)
def test_a_broken_answer_is_not_handed_on(way: Way) -> None:
    with StandIn(misbehaviours=["wrong-operation"]) as tenant, pytest.raises(contracts.ContractBroken) as caught:
        way(tenant.url, 42)
    assert [v.rule for v in caught.value.verdict.violations] == ["answer-operation"]


@pytest.mark.parametrize("way", WAYS)
def test_by_option_what_is_broken_passes_and_is_told(way: Way) -> None:
    told: list[contracts.Verdict] = []
    with StandIn(misbehaviours=["wrong-operation"]) as tenant:
        way(tenant.url, 42, report=told.append)
    assert [(v.message, v.outcome) for v in told] == [("request", "kept"), ("response", "broken")]


@pytest.mark.parametrize("way", WAYS)
def test_by_option_a_call_that_failed_raises_what_the_service_says(way: Way) -> None:
    with StandIn(misbehaviours=["succeeded-false"]) as tenant:
        way(tenant.url, 42)
        with pytest.raises(CallFailed, match=r"^SoException: The operation failed, as it was told to$"):
            way(tenant.url, 42, raise_failures=True)


def test_a_transport_of_ones_own_still_does_what_it_does(tenant: StandIn) -> None:
    transport = Mine(CONTRACT)
    client = zeep.Client(f"{tenant.url}/Batch.svc?wsdl", transport=transport)
    client.service.StopBatchJob(Id=42, _soapheaders=SOAP_HEADERS)
    assert transport.calls == 1


@pytest.mark.parametrize(
    ("path", "headers", "body"),
    [
        ("/api/v1/Contact", {"Content-Type": "application/json"}, b'{"id": 1}'),
        ("/soap", {"Content-Type": "text/xml", "SOAPAction": "urn:other"}, b"<Envelope xmlns='urn:x'/>"),
    ],
)
def test_traffic_of_others_passes_unjudged(tenant: StandIn, path: str, headers: dict[str, str], body: bytes) -> None:
    told: list[contracts.Verdict] = []
    root = tenant.url.partition("/Cust")[0]
    with judge_session(requests.Session(), CONTRACT, report=told.append) as session:
        assert session.post(root + path, data=body, headers=headers).status_code == 404
        assert session.get(f"{tenant.url}/Batch.svc?wsdl").status_code == 200
    with judge_client(httpx.Client(), CONTRACT, report=told.append) as client:
        assert client.post(root + path, content=body, headers=headers).status_code == 404
    assert told == []
