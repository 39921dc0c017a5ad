"""The shipped contract: what the facts say, equal in meaning to the vendor's; any difference would be seen."""

from __future__ import annotations

from pathlib import Path

import pytest

import contracts
from contracts.wsdl import document as wsdl
from contracts.wsdl.fingerprint import gather_facts
from contracts.wsdl.service import Service
from tests.helpers.shared import SHARED, needs_shared, shared
from tests.helpers.wsdls import edited, written

from .facts import differences

DATA = Path(contracts.__file__).parent / "Services85"
NS = "http://www.superoffice.net/ws/crm/NetServer/Services85"
AGENTS = ("Batch", "SoPrincipal")
BATCH = (DATA / "Batch" / "service.wsdl").read_bytes()


def service_of(data: bytes) -> Service:
    (service,) = wsdl.parse_wsdl(data, "a.wsdl")
    return service


def shipped(agent: str) -> Service:
    (service,) = [s for s in contracts.load().services if s.agent == agent]
    return service


def test_what_is_shipped() -> None:
    assert {s.agent: len(s.operations) for s in contracts.load().services} == {"Batch": 11, "SoPrincipal": 4}
    assert not contracts.load().problems
    for service in contracts.load().services:
        assert service.namespace == NS
        assert service.binding.name == f"BasicHttpBinding_{service.agent}"
        assert service.path == f"/Services85/{service.agent}.svc"
        assert service.schema.validator is not None
        for name, operation in service.operations.items():
            assert operation.action == f"{NS}/{service.agent}/{name}"
            assert operation.response is not None
            assert operation.response.action == f"{operation.action}Response"
            assert operation.request.body == f"{{{NS}}}{name}"


def test_headers() -> None:
    batch, principal = shipped("Batch"), shipped("SoPrincipal")
    answer = ("ExceptionInfo", "ExtraInfo", "Succeeded", "TimeZone")
    for operation in batch.operations.values():
        assert operation.request.headers == tuple(
            f"{{{NS}}}{n}" for n in ("ApplicationToken", "Credentials", "TimeZone")
        )
        assert operation.response is not None
        assert sorted(operation.response.headers) == [f"{{{NS}}}{n}" for n in answer]
    for operation in principal.operations.values():
        assert operation.request.headers == (f"{{{NS}}}ApplicationToken",)
        assert operation.response is not None
        assert sorted(operation.response.headers) == [f"{{{NS}}}{n}" for n in answer]


def test_types() -> None:
    schema = shipped("Batch").schema
    names = [m.local for m in schema.members(f"{{{NS}}}BatchTaskInfo")]
    assert names[:4] == ["TableRight", "FieldProperties", "Id", "Name"]
    assert names[-1] == "ProgressPercent" and len(names) == 22
    state = schema.type(f"{{{NS}}}BatchTaskState")
    assert state is not None
    assert [v.name for v in state.values] == ["Unknown", "New", "Aquired", "Started", "Succeeded", "Failed", "All"]
    assert state.values[-1].number == 99999
    for name in ("StringDictionary", "SoExtraInfo", "SoExceptionInfoParameters", "FieldPropertyDictionary"):
        kind = schema.type(f"{{{NS}}}{name}")
        assert kind is not None and kind.dictionary
    mask = schema.type(f"{{{NS}}}ETableRight")
    assert mask is not None and mask.kind == "list"


@pytest.mark.parametrize("agent", AGENTS)
@needs_shared
def test_equal_in_meaning_to_the_vendors(agent: str) -> None:
    theirs = service_of((shared() / "vendor" / "Services85" / agent / "service.wsdl").read_bytes())
    assert len(gather_facts(theirs)) > 50
    assert differences(shipped(agent), theirs) == []


def test_equal_to_itself_in_another_dress() -> None:
    dressed = BATCH.replace(b"tns:", b"q1:").replace(b"xmlns:tns", b"xmlns:q1").replace(b"><", b">\n <")
    assert dressed != BATCH
    assert differences(service_of(BATCH), service_of(dressed)) == []


TASK, STOP = f"type {{{NS}}}BatchTaskInfo", "operation StopBatchJob"
HEADER = r"(<soap:header [^>]*/>)"
PLANTED = {  # what is planted, and where it is seen
    "namespace": (edited("namespace", "definitions"), "service"),
    "transport": (edited("transport", "WcfBatchService.BasicHttpBinding_Batch"), "binding"),
    "operation-removed": (edited("operation-removed", "BasicHttpBinding_Batch.DeleteBatchTask"),
        "operation DeleteBatchTask"),
    "action": (edited("action-changed", "BasicHttpBinding_Batch.StopBatchJob"), STOP),
    "addressing-action": (written('(wsaw:Action="[^"]*/StopBatchJob)Response"', r'\1ped"'), STOP),
    "style": (edited("style-rpc", "WcfBatchService.BasicHttpBinding_Batch"), "binding"),
    "message": (edited("message-other", "Batch.StopBatchJob"), STOP),
    "header-left-out": (edited("header-removed", "StopBatchJobRequest.TimeZone"), STOP),
    "headers-in-another-order": (written(rf"{HEADER}(\s*){HEADER}", r"\3\2\1"), "operation GetBatchTaskInfo"),
    "parameter-type": (edited("type-narrowed", "StopBatchJob.Id"), f"type {{{NS}}}#StopBatchJob"),
    "parameter-name": (edited("member-renamed", "StopBatchJob.Id"), f"type {{{NS}}}#StopBatchJob"),
    "member-removed": (edited("member-removed", "BatchTaskInfo.Name"), TASK),
    "member-order": (edited("members-swapped", "BatchTaskInfo.Name"), TASK),
    "member-type": (edited("type-widened", "BatchTaskInfo.StartCount"), TASK),
    "min-occurs": (edited("required", "BatchTaskInfo.StartCount"), TASK),
    "max-occurs": (edited("once", "ArrayOfBatchTaskInfo.BatchTaskInfo"), f"type {{{NS}}}ArrayOfBatchTaskInfo"),
    "nillable": (edited("not-nillable", "BatchTaskInfo.Name"), TASK),
    "base": (written('base="tns:Carrier"', 'base="tns:TableRight"'), TASK),
    "enum-value": (edited("enum-renamed", "BatchTaskState.Aquired"), f"type {{{NS}}}BatchTaskState"),
    "enum-number": (written("99999", "7"), f"type {{{NS}}}BatchTaskState"),
    "list-item": (edited("enum-renamed", "ETableRight.RestrictedUpdate"), f"type {{{NS}}}ETableRight/item"),
    "dictionary": (written('(?s)(Type name="StringDictionary".*?>)true<', r"\1false<"),
        f"type {{{NS}}}StringDictionary"),
    "header-element": (written('(element name="Succeeded" type=)"xs:boolean"', r'\1"xs:string"'),
        f"element {{{NS}}}Succeeded"),
    "header-nillable": (written('(element name="ApplicationToken"[^>]*) nillable="true"', r"\1"),
        f"element {{{NS}}}ApplicationToken"),
    "facet": (written(r"\{8\}", "{9}"), "type {http://schemas.microsoft.com/2003/10/Serialization/}guid"),
    "new-element": (written('<xs:element name="TimeZone"', r'<xs:element name="Extra" type="xs:int"/>\n\g<0>'),
        f"element {{{NS}}}Extra"),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_difference_is_seen_and_nothing_else(name: str) -> None:
    edit, path = PLANTED[name]
    planted = wsdl.parse_wsdl(edit(BATCH), "a.wsdl", any_binding=True)[0]
    found = differences(service_of(BATCH), planted)
    assert path in found
    assert name in ("namespace", "style") or len(found) == 1, found


@needs_shared
def test_all_of_the_vendors_load_and_compile() -> None:
    assert SHARED is not None
    files = sorted(p for p in (SHARED / "vendor").rglob("*") if p.suffix == ".wsdl" or p.name.startswith("WSDL-"))
    assert len(files) >= 10
    for path in files:
        whole = contracts.load(path)
        assert len(whole.services) == 1, path
        (service,) = whole.services
        assert service.schema.validator is not None
        assert all(operation.request.body for operation in service.operations.values())
        assert service.agent in (path.parent.name, path.stem.rpartition("-")[2])
