"""The stand-in tenant's operations: jobs that run and stop, tickets that expire, and what it answers over HTTP."""

from __future__ import annotations

import logging
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree

from contracts.model import ContractsError, Service
from contracts.sources.wsdl import parse
from contracts.tenant.agents import HANDLERS, PASSWORD, TICKET, USER_NAME
from contracts.tenant.jobs import Store
from contracts.tenant.standin import StandIn

from .calls import NIL, NS, SOAP, Reply, call, envelope, send

DATA = Path(__file__).parents[2] / "contracts" / "Services85"
LOGIN = f"<b:UserName>{USER_NAME}</b:UserName><b:Password>{PASSWORD}</b:Password>"
NOBODY = "<b:ApplicationToken>1234567-1234-9876</b:ApplicationToken>"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tenant(clock: Clock) -> Iterator[StandIn]:
    with StandIn(clock=clock, job_seconds=10, ticket_seconds=100) as running:
        yield running


@pytest.fixture(scope="module")
def services() -> dict[str, Service]:
    files = {agent: DATA / agent / "service.wsdl" for agent in ("Batch", "SoPrincipal")}
    return {agent: parse(file.read_bytes(), str(file))[0] for agent, file in files.items()}


def start(tenant: StandIn, inner: str) -> int:
    return int(call(tenant.url, "StartBatchJob", f"<b:BatchTaskInfo>{inner}</b:BatchTaskInfo>").text("Response") or "")


def state(tenant: StandIn, number: int) -> str | None:
    return call(tenant.url, "GetBatchTaskInfo", f"<b:Id>{number}</b:Id>").text("State")


def stop(tenant: StandIn, number: int) -> str | None:
    return call(tenant.url, "StopBatchJob", f"<b:Id>{number}</b:Id>").text("Response")


# --- jobs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("context", "end"), [("", "Succeeded"), ("<b:Context>fails</b:Context>", "Failed")])
def test_a_job_goes_its_way(tenant: StandIn, clock: Clock, context: str, end: str) -> None:
    number = start(tenant, f"<b:Name>report</b:Name>{context}")
    seen = []
    for seconds in (0, 1, 1, 7, 1):
        clock.now += seconds
        seen.append(state(tenant, number))
    assert seen == ["New", "Aquired", "Started", "Started", end]


def test_a_job_takes_as_long_as_it_says(tenant: StandIn, clock: Clock) -> None:
    number = start(tenant, "<b:Context>takes=100</b:Context>")
    clock.now += 99
    assert state(tenant, number) == "Started"
    clock.now += 1
    assert state(tenant, number) == "Succeeded"


def test_only_a_running_job_can_be_stopped(tenant: StandIn, clock: Clock) -> None:
    number = start(tenant, "<b:Name>report</b:Name>")
    assert stop(tenant, number) == "false"  # still New
    clock.now += 5
    assert stop(tenant, number) == "true"
    assert state(tenant, number) == "Failed"
    assert stop(tenant, number) == "false"
    assert stop(tenant, 999) == "false"


def test_a_fresh_tenant_has_one_running_and_one_finished_job(tenant: StandIn) -> None:
    every = call(tenant.url, "GetBatchTaskInfosByState", "<b:State>All</b:State>")
    assert (every.texts("Id"), every.texts("State")) == (["42", "43"], ["Started", "Succeeded"])
    assert stop(tenant, 42) == "true"
    assert start(tenant, "") == 44


def test_what_a_job_was_given_comes_back(tenant: StandIn) -> None:
    pair = "<b:StringKeyValuePair><b:Key>k</b:Key><b:Value>&lt;v&gt;</b:Value></b:StringKeyValuePair>"
    number = start(
        tenant,
        "<b:Name>report</b:Name><b:AssociateId>7</b:AssociateId><b:DetailsTable>-5</b:DetailsTable>"
        f"<b:IsSystemTask>1</b:IsSystemTask><b:ParameterObject>{pair}</b:ParameterObject>",
    )
    found = call(tenant.url, "GetBatchTaskInfo", f"<b:Id>{number}</b:Id>")
    wanted = {"Name": "report", "AssociateId": "7", "DetailsTable": "-5", "IsSystemTask": "true", "Key": "k"}
    assert {name: found.text(name) for name in wanted} == wanted
    assert found.text("Value") == "<v>"
    assert found.text("LastStarted") == "0001-01-01T00:00:00"  # it is New


@pytest.mark.parametrize(
    ("operation", "inner", "ids"),
    [
        (
            "GetBatchTaskInfosByAssociates",
            "<b:AssociateIds><a:int>1</a:int><a:int>2</a:int></b:AssociateIds>",
            ["44", "45"],
        ),
        ("GetBatchTaskInfosByAssociates", "<b:AssociateIds/>", []),
        ("GetBatchTaskInfosByAssociates", '<b:AssociateIds i:nil="true"/>', []),
        ("GetBatchTaskInfosByState", "<b:State>New</b:State>", ["44", "45"]),
        ("GetBatchTaskInfosByState", "<b:State>Failed</b:State>", []),
        ("GetBatchTaskInfosByNameAndState", "<b:Name>x</b:Name><b:State>All</b:State>", ["44", "45"]),
        ("GetBatchTaskInfosByNameAndState", "<b:Name>x</b:Name><b:State>Started</b:State>", []),
        (
            "GetBatchTaskInfosByNameAndAssociates",
            "<b:Name>x</b:Name><b:AssociateIds><a:int>2</a:int></b:AssociateIds>",
            ["45"],
        ),
        (
            "GetBatchTaskInfosByAssociatesAndState",
            "<b:AssociateIds><a:int>1</a:int></b:AssociateIds><b:State>New</b:State>",
            ["44"],
        ),
    ],
)
def test_jobs_are_found(tenant: StandIn, operation: str, inner: str, ids: list[str]) -> None:
    for associate in (1, 2):
        start(tenant, f"<b:Name>x</b:Name><b:AssociateId>{associate}</b:AssociateId>")
    assert call(tenant.url, operation, inner).texts("Id") == ids


def test_a_job_is_updated_but_not_how_far_it_is(tenant: StandIn) -> None:
    job = "<b:BatchTaskInfo><b:Id>43</b:Id><b:Name>renamed</b:Name><b:State>New</b:State></b:BatchTaskInfo>"
    answer = call(tenant.url, "UpdateBatchTask", job)
    assert (answer.text("Name"), answer.text("State")) == ("renamed", "Succeeded")
    assert call(tenant.url, "GetBatchTaskInfo", "<b:Id>43</b:Id>").text("Name") == "renamed"
    unknown = call(tenant.url, "UpdateBatchTask", "<b:BatchTaskInfo><b:Id>9</b:Id></b:BatchTaskInfo>")
    assert unknown.root.find(f".//{{{NS}}}Response").get(NIL) == "true"


def test_jobs_are_deleted(tenant: StandIn) -> None:
    for _ in range(2):
        start(tenant, "")
    call(tenant.url, "DeleteBatchTask", "<b:BatchTaskId>42</b:BatchTaskId>")
    call(tenant.url, "DeleteBatchTasks", "<b:BatchTaskIds><a:int>43</a:int><a:int>44</a:int></b:BatchTaskIds>")
    call(tenant.url, "DeleteBatchTasks", '<b:BatchTaskIds i:nil="true"/>')
    assert call(tenant.url, "GetBatchTaskInfosByState", "<b:State>All</b:State>").texts("Id") == ["45"]
    assert call(tenant.url, "GetBatchTaskInfo", "<b:Id>42</b:Id>").text("Id") is None


def test_jobs_and_tickets_survive_a_restart(tmp_path: Path, clock: Clock) -> None:
    file = tmp_path / "tenant.db"
    with StandIn(file, clock=clock, job_seconds=10) as tenant:
        number = start(tenant, "<b:Name>report</b:Name>")
        ticket = login(tenant)
        stop(tenant, 42)
    clock.now += 5
    with StandIn(file, clock=clock, job_seconds=99) as tenant:
        assert state(tenant, number) == "Started"
        assert state(tenant, 42) == "Failed"
        assert start(tenant, "") == number + 1
        assert call(tenant.url, "StopBatchJob", f"<b:Id>{number}</b:Id>", ticket=ticket).text("Response") == "true"
    assert ticket.encode() not in b"".join(f.read_bytes() for f in tmp_path.iterdir())


def test_a_file_that_is_no_database_is_refused_in_one_line(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE t (x)")
    db.close()
    text = tmp_path / "text.db"
    text.write_text("no database, but long enough to be read as one" * 50)
    for path in (other, text, tmp_path, tmp_path / "missing" / "tenant.db"):
        with pytest.raises(ContractsError, match="cannot be used as the tenant's database") as refused:
            StandIn(path).start()
        assert "\n" not in str(refused.value)


# --- tickets --------------------------------------------------------------------------------------------------------


def login(tenant: StandIn) -> str:
    answer = call(tenant.url, "AuthenticateUsernamePassword", LOGIN, agent="SoPrincipal", head=NOBODY)
    assert answer.text("AuthenticationSucceeded") == "true"
    return answer.text("Ticket") or ""


def test_a_ticket_is_issued_and_expires(tenant: StandIn, clock: Clock) -> None:
    ticket = login(tenant)
    assert ticket.startswith("7T:")
    assert call(tenant.url, "StopBatchJob", "<b:Id>1</b:Id>", ticket=ticket).text("Succeeded") == "true"
    clock.now += 101
    expired = call(tenant.url, "StopBatchJob", "<b:Id>1</b:Id>", ticket=ticket)
    assert (expired.status, expired.text("Succeeded")) == (200, "false")
    assert "expired" in (expired.text("Message") or "")


@pytest.mark.parametrize(
    ("operation", "inner"),
    [
        ("AuthenticateImplicit", ""),
        (
            "AuthenticateGeneric",
            "<b:AuthenticationData>"
            f"<b:AuthenticationGenericDataKeyValuePair><b:Key>username</b:Key><b:Value>{USER_NAME}</b:Value>"
            "</b:AuthenticationGenericDataKeyValuePair>"
            f"<b:AuthenticationGenericDataKeyValuePair><b:Key>password</b:Key><b:Value>{PASSWORD}</b:Value>"
            "</b:AuthenticationGenericDataKeyValuePair></b:AuthenticationData>",
        ),
    ],
)
def test_the_other_ways_to_a_ticket(tenant: StandIn, operation: str, inner: str) -> None:
    ticket = call(tenant.url, operation, inner, agent="SoPrincipal", head=NOBODY).text("Ticket") or ""
    assert call(tenant.url, "StopBatchJob", "<b:Id>1</b:Id>", ticket=ticket).text("Succeeded") == "true"


@pytest.mark.parametrize(
    "inner",
    ["", f"<b:UserName>{USER_NAME}</b:UserName>", f"<b:UserName>{USER_NAME}</b:UserName><b:Password>no</b:Password>"],
)
def test_no_ticket_for_a_wrong_password(tenant: StandIn, inner: str) -> None:
    answer = call(tenant.url, "AuthenticateUsernamePassword", inner, agent="SoPrincipal", head=NOBODY)
    assert answer.text("AuthenticationSucceeded") == "false"
    assert answer.text("Ticket") is None


@pytest.mark.parametrize("ticket", ["", "7T:unknown", "8A:Cust12345.x"])
def test_nothing_is_done_without_a_valid_ticket(tenant: StandIn, ticket: str) -> None:
    answer = call(tenant.url, "StopBatchJob", "<b:Id>42</b:Id>", ticket=ticket)
    assert (answer.status, answer.text("Succeeded"), answer.text("Response")) == (200, "false", "false")
    assert answer.text("ExceptionType") == "SoAuthenticationException"
    assert stop(tenant, 42) == "true"


def test_the_application_token_is_checked_unless_onsite(tenant: StandIn, clock: Clock) -> None:
    assert call(tenant.url, "StopBatchJob", "<b:Id>42</b:Id>", token="other").text("Succeeded") == "false"
    assert call(tenant.url, "AuthenticateImplicit", agent="SoPrincipal", head="").text("Succeeded") == "false"
    with StandIn(clock=clock, onsite=True) as onsite:
        assert call(onsite.url, "AuthenticateImplicit", agent="SoPrincipal", head="").text("Succeeded") == "true"


# --- what goes over the wire ----------------------------------------------------------------------------------------


def test_every_declared_operation_has_a_handler(services: dict[str, Service]) -> None:
    assert {o.label for s in services.values() for o in s.operations.values()} == set(HANDLERS)
    assert len(HANDLERS) == 15


@pytest.mark.parametrize("label", sorted(HANDLERS))
@pytest.mark.parametrize("admitted", [True, False])
def test_answers_are_valid_and_complete(
    tenant: StandIn, services: dict[str, Service], label: str, admitted: bool
) -> None:
    agent, _, name = label.partition(".")
    job = "<b:BatchTaskInfo><b:Id>43</b:Id><b:Name>n</b:Name></b:BatchTaskInfo>"
    all_jobs = "<b:AssociateIds><a:int>0</a:int></b:AssociateIds>"
    inner = {
        "GetBatchTaskInfo": "<b:Id>42</b:Id>",
        "StartBatchJob": job,
        "UpdateBatchTask": job,
        "GetBatchTaskInfosByState": "<b:State>All</b:State>",
        "GetBatchTaskInfosByAssociates": all_jobs,
        "GetBatchTaskInfosByAssociatesAndState": f"{all_jobs}<b:State>All</b:State>",
        "AuthenticateUsernamePassword": LOGIN,
    }.get(name, "")
    answer = call(tenant.url, name, inner, agent=agent, head=None if admitted else "")
    assert (answer.status, answer.text("Succeeded")) == (200, "true" if admitted else "false")
    operation = services[agent].operations[name]
    assert operation.response is not None
    head, body = answer.root
    assert tuple(str(block.tag) for block in head) == operation.response.headers
    assert [str(child.tag) for child in body] == [operation.response.body]
    validator = services[agent].schema.validator
    for node in (*head, *body):
        validator.assertValid(etree.fromstring(etree.tostring(node)))
    exception = head.find(f"{{{NS}}}ExceptionInfo")
    assert exception is not None
    assert (exception.get(NIL) == "true") == admitted


def test_all_members_are_written_as_the_serializer_writes_them(tenant: StandIn, services: dict[str, Service]) -> None:
    answer = call(tenant.url, "GetBatchTaskInfo", "<b:Id>43</b:Id>")
    job = answer.root.find(f".//{{{NS}}}GetBatchTaskInfoResponse/{{{NS}}}Response")
    assert [m.name for m in services["Batch"].schema.members(f"{{{NS}}}BatchTaskInfo")] == [
        str(node.tag) for node in job
    ]
    unset = {etree.QName(node).localname for node in job if node.get(NIL) == "true"}
    assert unset >= {"TableRight", "FieldProperties", "ParameterObject", "Context", "Description"}


def test_the_timezone_is_given_back(tenant: StandIn) -> None:
    zone = "<b:TimeZone><b:SoTimeZoneId>3</b:SoTimeZoneId></b:TimeZone>"
    credentials = f"<b:Credentials><b:Ticket>{TICKET}</b:Ticket></b:Credentials>"
    answer = call(tenant.url, "StopBatchJob", "<b:Id>1</b:Id>", head=NOBODY + credentials + zone)
    assert answer.text("SoTimeZoneId") == "3"


@pytest.mark.parametrize("query", ["wsdl", "WSDL", "singleWsdl"])
@pytest.mark.parametrize("agent", ["Batch", "SoPrincipal"])
def test_the_wsdl_is_served_with_its_own_address(tenant: StandIn, agent: str, query: str) -> None:
    answer = send(f"{tenant.url}/{agent}.svc?{query}", "GET")
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    served = parse(answer.body, "served")[0]
    assert served.address == f"{tenant.url}/{agent}.svc"
    assert "sod.superoffice.com" not in answer.body.decode()


def http(tenant: StandIn, **changed: str) -> Reply:
    given = {
        "method": "POST",
        "path": "/Batch.svc",
        "type": "text/xml",
        "action": f'"{NS}/Batch/StopBatchJob"',
    } | changed
    headers = {"Content-Type": given["type"], "SOAPAction": given["action"]}
    body = envelope("<b:StopBatchJob><b:Id>42</b:Id></b:StopBatchJob>")
    return send(tenant.url + given["path"], given["method"], body, headers)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, 200),
        ({"path": "/List.svc"}, 404),
        ({"path": "/Batch"}, 404),
        ({"path": "/Batch.svc/x"}, 404),
        ({"method": "DELETE"}, 405),
        ({"type": "text/xml; charset=iso-8859-1"}, 415),
        ({"type": "text/xml; charset=utf-16"}, 415),
        ({"type": "TEXT/XML;charset=UTF-8"}, 200),
        ({"action": f"{NS}/SoPrincipal/AuthenticateImplicit"}, 500),
        ({"action": f"{NS}/Batch/stopbatchjob"}, 500),
    ],
)
def test_http_is_refused_as_the_service_refuses_it(tenant: StandIn, changed: dict[str, str], status: int) -> None:
    answer = http(tenant, **changed)
    assert answer.status == status
    if status == 500:
        assert answer.faultcode == "a:ActionNotSupported"
    elif status != 200:
        assert answer.body == b""


def test_a_header_that_must_be_understood_and_is_not_is_refused(tenant: StandIn) -> None:
    """Where Mono differs from .NET, the stand-in follows .NET: its users' tenants are .NET."""
    foreign = '<o:Security xmlns:o="urn:other" s:mustUnderstand="1"/>'
    answer = call(tenant.url, "StopBatchJob", "<b:Id>42</b:Id>", head=foreign)
    assert (answer.status, answer.faultcode) == (500, "s:MustUnderstand")
    assert tenant.saw == []


@pytest.mark.parametrize("body", [b"", b"no XML", b"<a/>", b'<!DOCTYPE s [<!ENTITY e "x">]>' + envelope("")])
def test_what_is_no_envelope_is_a_bad_request(tenant: StandIn, body: bytes) -> None:
    headers = {"Content-Type": "text/xml", "SOAPAction": f'"{NS}/Batch/StopBatchJob"'}
    assert send(f"{tenant.url}/Batch.svc", data=body, headers=headers).status == 400


def test_faults_have_the_parts_that_soap_wants(tenant: StandIn) -> None:
    answer = call(tenant.url, "StopBatchJob", "<b:Id>abc</b:Id>")
    assert (answer.status, answer.faultcode) == (500, "a:DeserializationFailed")
    assert answer.root.findtext(".//faultstring")
    code = answer.root.find(".//faultcode")
    assert code.nsmap["a"].startswith("http://schemas.microsoft.com/")
    assert answer.root.tag == f"{{{SOAP}}}Envelope"


def test_logs_and_faults_hold_no_secret(tenant: StandIn, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ticket = login(tenant)
    for inner in ("<b:Id>1</b:Id>", "<b:Id>x</b:Id>"):
        answer = call(tenant.url, "StopBatchJob", inner, ticket=ticket)
        assert ticket.encode() not in answer.body
    assert caplog.records
    for secret in (ticket, PASSWORD, USER_NAME, "1234567-1234-9876"):
        assert secret not in caplog.text


def test_an_internal_error_is_a_fault_without_its_details(
    tenant: StandIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object) -> bool:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(Store, "stop", breaks)
    answer = call(tenant.url, "StopBatchJob", "<b:Id>1</b:Id>")
    assert (answer.status, answer.faultcode) == (500, "a:InternalServiceFault")
    assert "secret detail" not in caplog.text + answer.body.decode()
    assert "RuntimeError" in caplog.text


# --- life -----------------------------------------------------------------------------------------------------------


def test_a_taken_port_is_refused_in_one_line(tenant: StandIn) -> None:
    port = int(tenant.url.split(":")[2].split("/")[0])
    with pytest.raises(ContractsError, match=f"cannot listen on 127.0.0.1:{port}"):
        StandIn(port=port).start()


def test_it_can_be_started_again_and_stopped_twice() -> None:
    tenant = StandIn()
    tenant.stop()
    for _ in range(2):
        tenant.start()
        assert stop(tenant, 42) == "true"
        tenant.stop()
        tenant.stop()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_is_served_until_it_is_told_to_stop(tmp_path: Path, number: int) -> None:
    program = f"""if True:
        import sys
        from contracts.tenant.standin import serve
        serve("127.0.0.1", 0, {str(tmp_path / "tenant.db")!r}, ["503@SoPrincipal.GetSystemInfo"], sys.stdout)"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1].decode()
        try:
            assert call(url, "StopBatchJob", "<b:Id>42</b:Id>").text("Response") == "true"
            assert call(url, "GetSystemInfo", agent="SoPrincipal").status == 503
        finally:
            process.send_signal(number)
            said, failed = process.communicate(timeout=10)
    assert (process.returncode, failed) == (0, b"")
    assert said.endswith(b"stopped\n")


def test_zeep_logs_in_and_works(tenant: StandIn, clock: Clock) -> None:
    import zeep
    import zeep.transports

    with zeep.transports.Transport().session as session:
        transport = zeep.transports.Transport(session=session)
        principal = zeep.Client(f"{tenant.url}/SoPrincipal.svc?wsdl", transport=transport)
        batch = zeep.Client(f"{tenant.url}/Batch.svc?singleWsdl", transport=transport)
        application = {"ApplicationToken": "1234567-1234-9876"}
        answer = principal.service.AuthenticateUsernamePassword(USER_NAME, PASSWORD, _soapheaders=application)
        assert answer.header.Succeeded
        heads = application | {"Credentials": {"Ticket": answer.body.Credentials.Ticket}}
        number = batch.service.StartBatchJob({"Name": "report"}, _soapheaders=heads).body.Response
        clock.now += 5
        assert batch.service.GetBatchTaskInfo(number, _soapheaders=heads).body.Response.State == "Started"
        assert batch.service.StopBatchJob(number, _soapheaders=heads).body.Response is True
        assert batch.service.DeleteBatchTasks({"int": [number]}, _soapheaders=heads).header.Succeeded


def test_it_judges_nothing() -> None:
    """It is independent of the rules: no module of it names them."""
    for file in (DATA.parent / "tenant").glob("*.py"):
        if file.stem in ("agents", "envelope", "faults", "jobs", "standin", "wcf"):
            assert "rules" not in {part for line in imports(file.read_text()) for part in line.split(".")}


def imports(source: str) -> Iterator[str]:
    """The modules that a source imports, as written."""
    words: Callable[[str], list[str]] = str.split
    return (words(line)[1] for line in source.splitlines() if line.lstrip().startswith(("from ", "import ")))
