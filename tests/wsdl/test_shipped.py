"""The shipped contract: what the facts say, equal in meaning to the vendor's; any difference would be seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import contracts
from contracts.wsdl import document as wsdl
from contracts.wsdl.fingerprint import facts
from contracts.wsdl.service import Service
from tests.helpers.shared import SHARED, needs_shared, shared

from .facts import differences

DATA = Path(contracts.__file__).parent / "Services85"
NS = "http://www.superoffice.net/ws/crm/NetServer/Services85"
AGENTS = ("Batch", "SoPrincipal")
BATCH = (DATA / "Batch" / "service.wsdl").read_text(encoding="utf-8")


def service_of(text: str | bytes) -> Service:
    (service,) = wsdl.parse_wsdl(text if isinstance(text, bytes) else text.encode(), "a.wsdl")
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
    assert len(facts(theirs)) > 50
    assert differences(shipped(agent), theirs) == []


def test_equal_to_itself_in_another_dress() -> None:
    dressed = (
        BATCH.replace("tns:", "q1:").replace("xmlns:tns", "xmlns:q1").replace("<xs:annotation>", "<xs:annotation>\n ")
    )
    assert dressed != BATCH
    assert differences(service_of(BATCH), service_of(dressed)) == []


def within(element: str, old: str, new: str) -> Callable[[str], str]:
    """Replaces the first ``old`` after the declaration of the type, else element, of that name."""

    def edit(text: str) -> str:
        kind = f'Type name="{element}"'
        at = text.index(kind if kind in text else f'<xs:element name="{element}"')
        assert old in text[at:]
        return text[:at] + text[at:].replace(old, new, 1)

    return edit


NAME = '<xs:element name="Name" type="xs:string" minOccurs="0" nillable="true"/>'
ASSOCIATE = '<xs:element name="AssociateId" type="xs:int" minOccurs="0"/>'
PLANTED: dict[str, tuple[Callable[[str], str], str]] = {
    "namespace": (lambda t: t.replace("Services85", "Services86"), "service"),
    "transport": (lambda t: t.replace("soap/http", "soap/smtp"), "binding"),
    "operation-removed": (
        lambda t: t.replace('<wsdl:operation name="DeleteBatchTask">', '<wsdl:operation name="Drop">'),
        "operation Drop",
    ),
    "action": (
        lambda t: t.replace('soapAction="' + NS + "/Batch/StopBatchJob", 'soapAction="' + NS + "/Batch/Stop"),
        "operation StopBatchJob",
    ),
    "addressing-action": (
        lambda t: t.replace(
            'wsaw:Action="' + NS + '/Batch/StopBatchJobResponse"', 'wsaw:Action="' + NS + '/Batch/Stopped"'
        ),
        "operation StopBatchJob",
    ),
    "style": (lambda t: t.replace('style="document"', 'style="rpc"'), "binding"),
    "message": (
        lambda t: t.replace('element="tns:StopBatchJob"', 'element="tns:DeleteBatchTask"'),
        "operation StopBatchJob",
    ),
    "parameter-type": (within("StopBatchJob", "xs:int", "xs:short"), f"type {{{NS}}}#StopBatchJob"),
    "parameter-name": (within("StopBatchJob", '"Id"', '"BatchId"'), f"type {{{NS}}}#StopBatchJob"),
    "member-order": (within("BatchTaskInfo", NAME, ""), f"type {{{NS}}}BatchTaskInfo"),
    "member-type": (within("BatchTaskInfo", "xs:short", "xs:int"), f"type {{{NS}}}BatchTaskInfo"),
    "min-occurs": (
        within("BatchTaskInfo", 'type="xs:short" minOccurs="0"', 'type="xs:short"'),
        f"type {{{NS}}}BatchTaskInfo",
    ),
    "max-occurs": (
        within("ArrayOfBatchTaskInfo", 'maxOccurs="unbounded"', 'maxOccurs="9"'),
        f"type {{{NS}}}ArrayOfBatchTaskInfo",
    ),
    "nillable": (within("BatchTaskInfo", ' nillable="true"', ""), f"type {{{NS}}}BatchTaskInfo"),
    "base": (within("BatchTaskInfo", 'base="tns:Carrier"', 'base="tns:TableRight"'), f"type {{{NS}}}BatchTaskInfo"),
    "enum-value": (within("BatchTaskState", "Aquired", "Acquired"), f"type {{{NS}}}BatchTaskState"),
    "enum-number": (within("BatchTaskState", "99999", "7"), f"type {{{NS}}}BatchTaskState"),
    "list-item": (within("ETableRight", "RestrictedUpdate", "Restricted"), f"type {{{NS}}}ETableRight/item"),
    "dictionary": (
        within("StringDictionary", ">true<", ">false<"),
        f"type {{{NS}}}StringDictionary",
    ),
    "header-element": (within("Succeeded", "xs:boolean", "xs:string"), f"element {{{NS}}}Succeeded"),
    "header-nillable": (within("ApplicationToken", ' nillable="true"', ""), f"element {{{NS}}}ApplicationToken"),
    "facet": (within("guid", "{8}", "{9}"), "type {http://schemas.microsoft.com/2003/10/Serialization/}guid"),
    "new-element": (
        within(
            "Succeeded",
            '<xs:element name="TimeZone"',
            '<xs:element name="Extra" type="xs:int"/>\n<xs:element name="TimeZone"',
        ),
        f"element {{{NS}}}Extra",
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_difference_is_seen(name: str) -> None:
    edit, path = PLANTED[name]
    planted = edit(BATCH)
    assert planted != BATCH
    found = differences(service_of(BATCH), wsdl.parse_wsdl(planted.encode(), "a.wsdl", any_binding=True)[0])
    assert found
    assert path in found


def test_swapped_members_are_seen() -> None:
    at = BATCH.index('Type name="BatchTaskInfo"')
    swapped = BATCH[at:].replace(NAME, "@", 1).replace(ASSOCIATE, NAME, 1).replace("@", ASSOCIATE, 1)
    assert sorted(swapped) == sorted(BATCH[at:])
    assert differences(service_of(BATCH), service_of(BATCH[:at] + swapped)) == [f"type {{{NS}}}BatchTaskInfo"]


def test_a_header_left_out_is_seen() -> None:
    planted = re.sub(r'<soap:header [^>]*part="TimeZone"[^>]*/>', "", BATCH, count=1)
    assert planted != BATCH
    assert len(differences(service_of(BATCH), service_of(planted))) == 1


def test_headers_in_another_order_are_seen() -> None:
    found = re.search(r'(<soap:header [^>]*part="ApplicationToken"[^>]*/>)(\s*)(<soap:header [^>]*/>)', BATCH)
    assert found
    planted = BATCH.replace(found[0], found[3] + found[2] + found[1], 1)
    assert len(differences(service_of(BATCH), service_of(planted))) == 1


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
