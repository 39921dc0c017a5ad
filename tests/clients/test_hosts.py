"""Whom the strict zeep client talks to: the address it was given, and nobody else."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath

import pytest
import requests

import contracts
from contracts.clients.zeep import StrictTransport, make_client
from contracts.standin.agents import APPLICATION_TOKEN, TICKET
from contracts.wsdl import places
from tests.helpers.loopback import Site, running
from tests.helpers.messages import CONTRACT
from tests.helpers.tenant_clock import StandIn

WSDL = Path(contracts.__file__).parent / "Services85" / "Batch" / "service.wsdl"
LOGGED_IN = {"application_token": APPLICATION_TOKEN, "ticket": TICKET}


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Sends everybody elsewhere; it stands as a proxy in the environment too."""
    with running() as site:
        site.pages["*"] = lambda page: page.send_on("http://127.0.0.1:1/")
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, site.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        yield site


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "0x7f.1", "localhost", "localhost."])
def test_no_proxy_stands_before_this_machine_however_it_is_called(listener: Site, host: str) -> None:
    with requests.Session() as session, socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        address = f"http://{host}:{deaf.getsockname()[1]}/Remote"
        client = make_client(CONTRACT, "Batch", address=address, session=session, **LOGGED_IN)
        with pytest.raises(requests.ConnectionError):
            client.service.StopBatchJob(Id=42)
    assert listener.asked == []


@pytest.mark.parametrize("own_session", [False, True])
def test_no_proxy_stands_between_this_machine_and_itself(listener: Site, own_session: bool) -> None:
    with StandIn() as tenant, requests.Session() as session:
        client = make_client(
            CONTRACT, "Batch", address=tenant.url, session=session if own_session else None, **LOGGED_IN
        )
        assert client.service.StopBatchJob(Id=42).body.Response is True
    assert listener.asked == []


def test_a_proxy_of_the_environment_gets_no_ticket(listener: Site) -> None:
    client = make_client(CONTRACT, "Batch", address="http://tenant.invalid/Remote/Services85", **LOGGED_IN)
    with pytest.raises((requests.ConnectionError, RuntimeError)):  # the second: the network is blocked in these tests
        client.service.StopBatchJob(Id=42)
    assert listener.asked == []


@pytest.mark.parametrize("address", ["http://tenant.invalid/Remote/Services85", "http://127.0.0.1:1/Remote/Services85"])
def test_a_proxy_that_the_user_names_is_used(listener: Site, address: str) -> None:
    with requests.Session() as session:
        session.proxies = {"http": listener.url}
        client = make_client(CONTRACT, "Batch", address=address, session=session, **LOGGED_IN)
        with pytest.raises(contracts.ContractBroken, match="http-status"):
            client.service.StopBatchJob(Id=42)
    assert [(asked.method, asked.path) for asked in listener.asked] == [("POST", f"{address}/Batch.svc")]


@pytest.mark.parametrize("place", ["{url}/x.xsd", "http://tenant.invalid/x.xsd"])
def test_a_wsdl_fetches_nothing_from_a_host_that_was_not_named(listener: Site, place: str, tmp_path: Path) -> None:
    place = place.format(url=listener.url)
    text = WSDL.read_text(encoding="utf-8")
    end = text.index(">", text.index("<xs:schema")) + 1
    added = f'<xs:import namespace="urn:x" schemaLocation="{place}"/>'
    (tmp_path / "batch.wsdl").write_text(text[:end] + added + text[end:], encoding="utf-8")
    with pytest.raises(contracts.ContractsError, match="another host than the WSDL that was named"):
        make_client(tmp_path / "batch.wsdl", "Batch", **LOGGED_IN)
    assert listener.asked == []


@pytest.mark.parametrize("place", [r"\\server\share\x.xsd", "//server/share/x.xsd"])
def test_zeep_reads_no_file_of_another_machine(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "PurePath", PureWindowsPath)
    transport = StrictTransport(CONTRACT)
    with pytest.raises(contracts.ContractsError, match="another machine"):
        transport.load(place)
    assert transport.load(str(WSDL)) == WSDL.read_bytes()


def test_a_wsdl_that_is_somewhere_else_is_not_looked_for_there(listener: Site) -> None:
    with StandIn() as tenant:
        described = contracts.load(f"{tenant.url}/Batch.svc?wsdl")
        assert StrictTransport(described).load(f"{tenant.url}/Batch.svc?wsdl").startswith(b"<")
        with pytest.raises(contracts.ContractsError, match="another host"):
            StrictTransport(described).load(f"{listener.url}/Batch.svc?wsdl")
        with pytest.raises(contracts.ContractsError, match="HTTP 404"):
            StrictTransport(described).load(f"{tenant.url}/Other.svc?wsdl")
    assert listener.asked == []


@pytest.mark.parametrize(("place", "status"), [("{url}/Batch.svc?wsdl", 200), ("http://127.0.0.1:1/x", 0)])
def test_a_redirect_is_followed_to_a_named_host_alone(monkeypatch: pytest.MonkeyPatch, place: str, status: int) -> None:
    with StandIn() as tenant:
        described = contracts.load(f"{tenant.url}/Batch.svc?wsdl")
        transport = StrictTransport(described)
        get = transport.session.get

        def redirect_once(url: str, **options: object) -> requests.Response:
            answer = get(url, **options)  # type: ignore[arg-type]
            if "first" in url:
                answer.status_code, answer.headers["Location"] = 302, place.format(url=tenant.url)
            return answer

        monkeypatch.setattr(transport.session, "get", redirect_once)
        if status:
            assert transport.load(f"{tenant.url}/first").startswith(b"<")
        else:
            with pytest.raises(contracts.ContractsError, match="another host"):
                transport.load(f"{tenant.url}/first")
