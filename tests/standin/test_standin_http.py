"""What the stand-in tenant's answers look like on the wire, what it refuses, and how it starts and stops."""

from __future__ import annotations

import logging
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from waitress.server import BaseWSGIServer
from waitress.task import ThreadedTaskDispatcher

from contracts import standin
from contracts.files.limits import use_limits
from contracts.model import ContractsError
from contracts.standin.agents import HANDLERS, PASSWORD, TICKET, USER_NAME
from contracts.standin.jobs import JobStore
from contracts.wsdl.document import parse_wsdl
from contracts.wsdl.service import Service
from tests.helpers.tenant_clock import Clock, StandIn

from .calls import LOGIN, NIL, NOBODY, NS, SOAP, Reply, call, envelope, login, send, stop

DATA = Path(__file__).parents[2] / "contracts" / "Services85"


@pytest.fixture(scope="module")
def services() -> dict[str, Service]:
    files = {agent: DATA / agent / "service.wsdl" for agent in ("Batch", "SoPrincipal")}
    return {agent: parse_wsdl(file.read_bytes(), str(file))[0] for agent, file in files.items()}


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
    served = parse_wsdl(answer.body, "served")[0]
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
        ({"type": "text/xml; charset=us-ascii"}, 415),
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


@pytest.mark.parametrize(("count", "status"), [(900, 200), (1100, 400)])
def test_a_body_past_the_limit_of_elements_is_a_bad_request(tenant: StandIn, count: int, status: int) -> None:
    with use_limits({"elements": 1000}):  # a tree takes fifty times the memory of its text
        assert call(tenant.url, "StopBatchJob", "<b:Id>42</b:Id>" + "<b:x/>" * count).status == status


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

    monkeypatch.setattr(JobStore, "stop_job", breaks)
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


def test_it_stops_though_its_loop_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop may see that it is to stop before it is woken: nothing that wakes it is closed by then."""
    before = set(threading.enumerate())
    tenant = StandIn().start()
    (loop,) = (t for t in threading.enumerate() if t.name == "stand-in tenant" and t not in before)
    wake = BaseWSGIServer.pull_trigger

    def late(server: BaseWSGIServer) -> None:
        wake(server)
        loop.join()
        wake(server)

    monkeypatch.setattr(BaseWSGIServer, "pull_trigger", late)
    tenant.stop()
    assert not loop.is_alive()


def test_no_warning_while_its_workers_are_being_started(
    tenant: StandIn, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker counts as active until it waits for the first time."""
    add_task = ThreadedTaskDispatcher.add_task

    def add_to_busy(dispatcher: ThreadedTaskDispatcher, task: Any) -> None:
        dispatcher.active_count += 1000
        add_task(dispatcher, task)
        dispatcher.active_count -= 1000

    monkeypatch.setattr(ThreadedTaskDispatcher, "add_task", add_to_busy)
    assert stop(tenant, 42) == "true"
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_is_served_until_it_is_told_to_stop(tmp_path: Path, number: int) -> None:
    program = f"""if True:
        import sys
        from contracts.standin.server import StandIn, run_tenant
        run_tenant(StandIn({str(tmp_path / "tenant.db")!r}, ["503@SoPrincipal.GetSystemInfo"]), sys.stdout)"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1].decode()
        try:
            assert call(url, "StopBatchJob", "<b:Id>42</b:Id>").text("Response") == "true"
            assert call(url, "GetSystemInfo", agent="SoPrincipal").status == 503
        finally:
            process.send_signal(number)
            said, failed = process.communicate(timeout=60)
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
    files = list(Path(standin.__file__).parent.glob("*.py"))
    assert len(files) > 5
    for file in files:
        lines = [
            line for line in file.read_text("utf-8").splitlines() if line.lstrip().startswith(("from ", "import "))
        ]
        assert not any(re.search(r"\b(rules|contract)\b", line) for line in lines), file
