"""Which tenant a live run talks to, as whom, and which hosts it refuses."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from contracts import ContractsError
from contracts.live.guards import GuardRefusal
from contracts.live.tenant_settings import TenantSettings

SECRETS = {
    "SERVICES85_APPLICATION_TOKEN": "token-of-this-test",
    "SERVICES85_USER": "user-of-this-test",
    "SERVICES85_PASSWORD": "password-of-this-test",
    "SERVICES85_TICKET": "7T:ticket-of-this-test",
}
SOD = "https://sod.superoffice.com/Cust12345/Remote/Services85"


def settings(url: str, production: str | None = None) -> TenantSettings:
    return TenantSettings(url, application_token="t", ticket="7T:x", production=production)


def test_from_the_environment(tmp_path: Path) -> None:
    read = TenantSettings.read({"SERVICES85_URL": SOD, **SECRETS}, tmp_path)
    assert (read.url, read.host, read.version, read.kind) == (SOD, "sod.superoffice.com", "Services85", "sandbox")
    assert (read.user, read.ticket) == ("user-of-this-test", "7T:ticket-of-this-test")
    parts = TenantSettings.read(
        {"SERVICES85_HOST": "sod.superoffice.com", "SERVICES85_TENANT": "Cust12345", **SECRETS}, tmp_path
    )
    assert parts.url == SOD


def test_from_pyproject_and_the_environment_over_it(tmp_path: Path) -> None:
    table = (
        '[tool.services85]\nhost = "sod.superoffice.com"\ntenant = "Cust1"\napplication_token = "a"\nticket = "7T:b"\n'
    )
    (tmp_path / "pyproject.toml").write_text(table)
    assert TenantSettings.read({}, tmp_path).url == "https://sod.superoffice.com/Cust1/Remote/Services85"
    assert TenantSettings.read({"SERVICES85_TENANT": "Cust2"}, tmp_path).url.split("/")[3] == "Cust2"
    assert TenantSettings.read({"SERVICES85_URL": SOD}, tmp_path).url == SOD
    assert TenantSettings.read({}, tmp_path, url=SOD).url == SOD


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "no tenant: set SERVICES85_URL"),
        ({"SERVICES85_URL": SOD, "SERVICES85_HOST": "sod.superoffice.com"}, "not both"),
        ({"SERVICES85_HOST": "sod.superoffice.com"}, "SERVICES85_TENANT"),
        ({"SERVICES85_HOST": "sod.superoffice.com/x", "SERVICES85_TENANT": "Cust1"}, "a host's name"),
        ({"SERVICES85_URL": "https://sod.superoffice.com/Cust12345"}, "like https://HOST/TENANT/Remote/Services85"),
        ({"SERVICES85_URL": SOD, "SERVICES85_TICKET": "", "SERVICES85_PASSWORD": ""}, "go together"),
        ({"SERVICES85_URL": SOD, "SERVICES85_APPLICATION_TOKEN": ""}, "wants an application token"),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, given: dict[str, str], said: str) -> None:
    environ = {**SECRETS, **given}
    with pytest.raises(ContractsError, match=said):
        TenantSettings.read(environ, tmp_path)


def test_without_any_credentials(tmp_path: Path) -> None:
    with pytest.raises(ContractsError, match="no credentials"):
        TenantSettings.read({"SERVICES85_URL": SOD, "SERVICES85_APPLICATION_TOKEN": "x"}, tmp_path)


def test_a_table_of_the_wrong_kind(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.services85]\ntenant = 5\n")
    with pytest.raises(ContractsError, match=r"tenant in .* has to be a text"):
        TenantSettings.read({}, tmp_path)


def test_no_secret_is_in_a_repr(tmp_path: Path) -> None:
    shown = repr(TenantSettings.read({"SERVICES85_URL": SOD, **SECRETS}, tmp_path))
    assert "of-this-test" not in shown


@pytest.mark.parametrize("name", ["sod", "sod2", "app-sod", "qaonline"])
def test_sandbox_and_stage_are_known(name: str) -> None:
    assert settings(f"https://{name}.superoffice.com/Cust1/Remote/Services85").kind == "sandbox"


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:1", "[::1]:8080", "127.5.5.5"])
def test_loopback_may_be_talked_to_in_the_clear(host: str) -> None:
    assert settings(f"http://{host}/Cust1/Remote/Services85").kind == "loopback"


@pytest.mark.parametrize(
    "host",
    ["online", "online2", "online3", "app", "sod3", "ONLINE"],
)
def test_production_is_refused_until_it_is_named_again(host: str) -> None:
    name = f"{host}.superoffice.com"
    url = f"https://{name}/Cust1/Remote/Services85"
    with pytest.raises(GuardRefusal, match="--production"):
        settings(url)
    assert settings(url, production=name).kind == "production"
    with pytest.raises(GuardRefusal, match="names"):
        settings(url, production="online9.superoffice.com")


@pytest.mark.parametrize(
    "url",
    [
        "https://crm.example.com/Remote/Services85",
        "https://sod.superoffice.com.example.com/Cust1/Remote/Services85",
        "https://online.superoffice.com./Cust1/Remote/Services85",
        "https://0.0.0.0/Cust1/Remote/Services85",
        "https://127.1/Cust1/Remote/Services85",
        "https://2130706433/Cust1/Remote/Services85",
        "http://sod.superoffice.com/Cust1/Remote/Services85",
    ],
)
def test_unknown_hosts_and_the_clear_are_refused(url: str) -> None:
    with pytest.raises(GuardRefusal):
        settings(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://sod.superoffice.com@online.superoffice.com/Cust1/Remote/Services85",
        "https://sod.superoffice.com\\@online.superoffice.com/Cust1/Remote/Services85",
        "https://user:secret@sod.superoffice.com/Cust1/Remote/Services85",
        "ftp://sod.superoffice.com/Cust1/Remote/Services85",
        "https:///Cust1/Remote/Services85",
        "http://127.0.0.1:65536/Cust1/Remote/Services85",
        "http://127.0.0.1/Cust1/Remote/Services\u0668\u0665",
        "http://127.0.0.1/Cu\u017ft1/Remote/Services85",
    ],
)
def test_a_url_in_which_two_parsers_may_see_two_places(url: str) -> None:
    with pytest.raises(ContractsError, match="has to be like") as caught:
        settings(url)
    assert "secret" not in str(caught.value)


def test_an_on_site_host_that_is_named_may_be_http_and_wants_no_token() -> None:
    there = TenantSettings("http://crm.example.com/Remote/Services85", ticket="7T:x", production="crm.example.com")
    assert there.onsite


@pytest.mark.parametrize("tail", ["", "/", "/Batch.svc", "/Batch.svc?wsdl", "/SoPrincipal.svc?singleWsdl"])
def test_the_url_may_be_that_of_an_agent(tail: str) -> None:
    assert settings(SOD + tail).url == SOD


# spellings of one tenant, and another
SPELLINGS = [
    (("https://sod.superoffice.com/Cust12345/Remote/Services85", "https://sod.superoffice.com/cust12345/remote/Services85",
      "https://SOD.superoffice.com:443/Cust12345/Remote/Services86/Batch.svc",
      "https://sod2.superoffice.com/Cust12345/./Remote/Services85"),
     "https://sod.superoffice.com/Cust12346/Remote/Services85"),
    (("http://localhost:8085/Cust12345/Remote/Services85", "http://127.0.0.1:8085/Cust12345/Remote/Services85",
      "http://[::1]:8085/Cust12345/Remote/Services85"),
     "http://localhost:8086/Cust12345/Remote/Services85"),
]  # fmt: skip


@pytest.mark.parametrize(("spelled", "other"), SPELLINGS)
def test_a_tenant_is_one_however_its_url_is_spelled(spelled: tuple[str, ...], other: str) -> None:
    assert len({settings(url).tenant for url in spelled}) == 1
    assert settings(other).tenant != settings(spelled[0]).tenant


@pytest.mark.parametrize(
    ("addresses", "is_one"),
    [
        (["10.1.2.3"], True),
        (["fd00::7", "192.168.1.9", "10.1.2.3"], True),
        (["10.1.2.4"], False),
        (["8.8.8.8"], False),
        ([], False),
    ],
    ids=str,
)
def test_a_host_in_a_private_network_is_one_by_name_and_by_address(
    addresses: list[str], is_one: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The addresses of a public one may be shared, and change."""
    known = {"crm.example.com": addresses, "crm": addresses, "10.1.2.3": ["10.1.2.3"]}

    def look_up(host: str, port: None) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        if not known[host]:
            raise socket.gaierror
        return [(0, 0, 0, "", (address, 0)) for address in known[host]]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    tenants = {settings(f"https://{host}/Remote/Services85", host).tenant for host in known}
    assert (len(tenants) == 1) is is_one
    assert len({tenant.partition(":")[2] for tenant in tenants}) == 1
