"""The strict zeep client against the stand-in tenant."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import zeep

import contracts
from contracts.clients import zeep as strict
from contracts.standin.agents import APPLICATION_TOKEN, PASSWORD, TICKET, USER_NAME
from tests.helpers.tenant_clock import StandIn

IDS = {"int": [42, 43]}
LOGIN = {"UserName": USER_NAME, "Password": PASSWORD}
GENERIC = {"AuthenticationGenericDataKeyValuePair": [{"Key": k, "Value": v} for k, v in LOGIN.items()]}
LOGGED_IN: dict[str, Any] = {"application_token": APPLICATION_TOKEN, "ticket": TICKET}
CALLS: dict[str, dict[str, Any]] = {
    "Batch.GetBatchTaskInfo": {"Id": 42},
    "Batch.GetBatchTaskInfosByAssociates": {"AssociateIds": IDS},
    "Batch.StartBatchJob": {"BatchTaskInfo": {"Name": "report", "State": "New"}},
    "Batch.StopBatchJob": {"Id": 42},
    "Batch.GetBatchTaskInfosByState": {"State": "All"},
    "Batch.UpdateBatchTask": {"BatchTaskInfo": {"Id": 43, "Description": "seen"}},
    "Batch.GetBatchTaskInfosByNameAndState": {"Name": "nightly", "State": "All"},
    "Batch.GetBatchTaskInfosByNameAndAssociates": {"Name": "nightly", "AssociateIds": {"int": [0]}},
    "Batch.GetBatchTaskInfosByAssociatesAndState": {"AssociateIds": {"int": [0]}, "State": "All"},
    "Batch.DeleteBatchTasks": {"BatchTaskIds": IDS},
    "Batch.DeleteBatchTask": {"BatchTaskId": 43},
    "SoPrincipal.GetSystemInfo": {},
    "SoPrincipal.AuthenticateImplicit": {},
    "SoPrincipal.AuthenticateUsernamePassword": LOGIN,
    "SoPrincipal.AuthenticateGeneric": {"AuthenticationData": GENERIC},
}


@pytest.fixture
def tenant() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


def client_of(tenant: StandIn, agent: str = "Batch", **options: Any) -> zeep.Client:
    return strict.make_client(
        None, agent, address=tenant.url, application_token=APPLICATION_TOKEN, ticket=TICKET, **options
    )


def test_the_table_of_calls_is_complete() -> None:
    assert set(CALLS) == {operation.label for _, operation in contracts.load().targets()}


@pytest.mark.parametrize("label", CALLS)
def test_every_operation_passes(tenant: StandIn, label: str) -> None:
    agent, _, name = label.partition(".")
    client_of(tenant, agent).service[name](**CALLS[label])
    assert len(tenant.saw) == 1


def test_what_zeep_reads_is_handed_on(tenant: StandIn) -> None:
    service = client_of(tenant).service
    assert [service.StopBatchJob(Id=n).body.Response for n in (42, 42, 999)] == [True, False, False]


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("abc", "value-lexical"),
        (2147483648, "value-range"),
        (-2147483649, "value-range"),
        (1.5, "value-lexical"),
        (True, "value-lexical"),
        (None, "body-parameter-missing"),
        ("٤٢", "value-lexical"),
    ],
)
def test_a_broken_request_is_not_sent(tenant: StandIn, value: object, rule: str) -> None:
    with pytest.raises(contracts.ContractBroken) as caught:
        client_of(tenant).service.StopBatchJob(Id=value)
    assert [violation.rule for violation in caught.value.verdict.violations] == [rule]
    assert tenant.saw == []


def test_without_a_ticket_nothing_is_sent(tenant: StandIn) -> None:
    client = strict.make_client(None, "Batch", address=tenant.url, application_token=APPLICATION_TOKEN)
    with pytest.raises(contracts.ContractBroken, match="Credentials"):
        client.service.StopBatchJob(Id=42)
    assert tenant.saw == []


def test_onsite_wants_no_application_token() -> None:
    with StandIn(onsite=True) as tenant:
        client = strict.make_client(None, "Batch", address=tenant.url, ticket=TICKET, onsite=True)
        assert client.service.StopBatchJob(Id=42).body.Response is True


@pytest.mark.parametrize("fault", ["503", "login-page", "empty", "truncated", "wrong-operation"])
def test_a_broken_response_is_not_returned(fault: str) -> None:
    with StandIn(misbehaviours=[fault]) as tenant, pytest.raises(contracts.ContractBroken) as caught:
        client_of(tenant).service.StopBatchJob(Id=42)
    assert caught.value.verdict.message == "response"


def test_a_tenant_that_says_no_keeps_the_contract() -> None:
    with StandIn(misbehaviours=["succeeded-false"]) as tenant:
        assert client_of(tenant).service.StopBatchJob(Id=42).header.Succeeded is False


def test_no_secret_is_logged_or_told(tenant: StandIn, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    service = client_of(tenant).service
    service.StopBatchJob(Id=42)
    with pytest.raises(contracts.ContractBroken) as caught:
        service.StopBatchJob(Id="abc")
    for text in (caplog.text, str(caught.value)):
        assert TICKET not in text
        assert APPLICATION_TOKEN not in text


def test_any_contract_will_do(tenant: StandIn, tmp_path: Path) -> None:
    described = requests.get(f"{tenant.url}/Batch.svc?singleWsdl", timeout=60).content
    with zipfile.ZipFile(tmp_path / "WSDL.zip", "w") as archive:
        archive.writestr("WSDL\\WSDL-Services85-Batch.xml", described)
    (tmp_path / "batch.wsdl").write_bytes(described)
    shutil.copy(tmp_path / "WSDL.zip", tmp_path / "WSDL")
    sources = [
        tmp_path / "WSDL.zip",
        tmp_path / "WSDL",
        tmp_path / "batch.wsdl",
        f"{tenant.url}/Batch.svc?wsdl",
        contracts.load(),
    ]
    for source in sources:
        client = strict.make_client(
            source, "Batch", application_token=APPLICATION_TOKEN, ticket=TICKET, address=tenant.url
        )
        assert client.service.StopBatchJob(Id=999).body.Response is False


def test_the_address_may_name_the_agent_or_come_from_the_wsdl(tenant: StandIn) -> None:
    full = f"{tenant.url}/Batch.svc"
    given = strict.make_client(None, "Batch", address=full, **LOGGED_IN)
    described = strict.make_client(f"{full}?wsdl", "Batch", **LOGGED_IN)
    for client in (given, described):
        assert client.service.StopBatchJob(Id=999).body.Response is False


def test_an_agent_that_is_not_there() -> None:
    with pytest.raises(contracts.ContractsError, match="no agent Contact in Services85"):
        strict.make_client(None, "Contact")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [("Services85", "Services86", "(Services85, Services86)"), ('"xs:short"', '"xs:int"', "(a.wsdl, b.wsdl)")],
)
def test_an_agent_that_is_there_more_than_once(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (Path(contracts.__file__).parent / "Services85" / "Batch" / "service.wsdl").read_text(encoding="utf-8")
    (tmp_path / "a.wsdl").write_text(text, encoding="utf-8")
    (tmp_path / "b.wsdl").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(contracts.ContractsError) as refused:
        strict.make_client(contracts.load(tmp_path), "Batch")
    assert said in str(refused.value).replace(f"{tmp_path.as_posix()}/", "")


def test_the_package_itself_does_not_import_zeep() -> None:
    code = "import sys, contracts; sys.exit('zeep' in sys.modules or 'requests' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
