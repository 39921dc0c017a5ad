"""What zeep, the client most Python integrations use, really sends and reads, judged for every operation."""

from __future__ import annotations

from functools import cache
from typing import Any

import isodate  # zeep needs it anyway
import pytest
from lxml import etree

from contracts import Contract, Operation, Service
from contracts.generate.sample import Form, make_sample
from contracts.messages import tree as envelope
from contracts.model import XSD, Direction, local

from . import published
from .clients import Client, NothingSent
from .printing import Falsified, expect_kept

Target = tuple[Service, Operation]
HEAD = {"Content-Type": "text/xml; charset=utf-8"}
FORMS: tuple[Form, ...] = ("minimal", "default", "full")


@cache
def _client(contract: Contract, service: Service) -> Client:
    return Client(contract, service)


def _leaves(node: etree._Element | None, above: str = "") -> list[tuple[str, str]]:
    """The values below an element in order, with their places; what is empty or nil is not told apart from absent."""
    if node is None:
        return []
    place, text = f"{above}/{local(str(node.tag))}", (node.text or "").strip()
    if len(node) == 0:
        return [(place, _plain(text))] if text else []
    return [leaf for child in node.iterchildren("*") for leaf in _leaves(child, place)]


def _plain(text: str) -> str:
    """Numbers and durations by their value: zeep writes 0 as 0.0, and PT0S as P0D."""
    for read in (float, isodate.parse_duration):
        try:
            return str(read(text))
        except ValueError:
            continue
    return text


def _content(operation: Operation, direction: Direction, data: bytes) -> etree._Element:
    root, message = envelope.parse(data).root, operation.message(direction)
    assert root is not None and message is not None
    return next(root.iter(str(message.body)))


def _skip_months(service: Service, operation: Operation) -> None:
    """zeep 4.3 writes xs:gMonth as --1, and reads nothing from --01; no service of this family has any."""
    bodies = (message.body for message in operation.messages if message.body)
    if f"{{{XSD}}}gMonth" in service.schema.reach(*(service.schema.declared(body).type for body in bodies)):
        pytest.skip("zeep can neither write nor read xs:gMonth")


@pytest.mark.parametrize("form", FORMS)
def test_request(services85_contract: Contract, services85_operation: Target, form: Form) -> None:
    """What goes out over HTTP for a sample's values: kept, and nothing of it lost."""
    service, operation = services85_operation
    _skip_months(service, operation)
    client = _client(services85_contract, service)
    wanted = make_sample(service, operation, form=form)
    request = client.request(operation, client.values(operation, wanted))
    verdict = client.judge(request)
    expect_kept(verdict, request.data, "zeep sends it so")
    assert (verdict.agent, verdict.operation) == (operation.agent, operation.name)
    meant, sent = (_leaves(_content(operation, "request", data)) for data in (wanted, request.data))
    if meant != sent:
        raise Falsified(f"{operation.label}: zeep lost {sorted(set(meant) - set(sent))[:3]}", request.data)


@pytest.mark.parametrize("form", FORMS)
def test_response(services85_contract: Contract, services85_operation: Target, form: Form) -> None:
    """A sample's response: kept, and zeep reads from it all that stands in it."""
    service, operation = services85_operation
    _skip_months(service, operation)
    client = _client(services85_contract, service)
    answer = make_sample(service, operation, "response", form=form)
    verdict = services85_contract.check_response(answer, 200, HEAD, _label(service, operation))
    expect_kept(verdict, answer)
    client.reads(operation, _some(client, operation, service), answer)
    stood, read = (_leaves(node) for node in (_content(operation, "response", answer), client.read(operation, answer)))
    if stood != read:
        raise Falsified(f"{operation.label}: zeep does not read {sorted(set(stood) - set(read))[:3]}", answer)


def _label(service: Service, operation: Operation) -> str:
    return f"{service.version}/{operation.label}"


def _some(client: Client, operation: Operation, service: Service) -> dict[str, Any]:
    return client.values(operation, make_sample(service, operation))


# --- answers that are none --------------------------------------------------------------------------------------------

_FAULT = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Server</faultcode>'
    b"<faultstring>no</faultstring></s:Fault></s:Body></s:Envelope>"
)
WRONG: dict[str, tuple[int, bytes, str]] = {
    "empty": (200, b"", "http-empty"),
    "a login page": (200, b"<html><body>Log in</body></html>", "http-content-type"),
    "cut off": (200, _FAULT[:-20], "envelope-not-wellformed"),
    "a fault with 200": (200, _FAULT, "http-fault-status"),
    "a gateway": (502, b"<html/>", "http-status"),
}
"""Answers of what stands in between: status, bytes, the rule that speaks."""


def test_what_is_no_answer(services85_contract: Contract, services85_operation: Target) -> None:
    """Broken for every operation, whatever a client makes of it."""
    service, operation = services85_operation
    for kind, (status, data, rule) in WRONG.items():
        verdict = services85_contract.check_response(data, status, HEAD, _label(service, operation))
        assert verdict.outcome == "broken", kind
        assert rule in {violation.rule for violation in verdict.violations}, kind


def test_fault(services85_contract: Contract, services85_operation: Target) -> None:
    """A Fault that comes with 500 is an answer, and zeep raises it."""
    service, operation = services85_operation
    client = _client(services85_contract, service)
    expect_kept(services85_contract.check_response(_FAULT, 500, HEAD, _label(service, operation)), _FAULT)
    values = _some(client, operation, service)
    with pytest.raises(Exception, match="no"):
        client.reads(operation, values, _FAULT, 500)


def test_other_answers(services85_contract: Contract, services85_operation: Target) -> None:
    """Another operation's response, and the request come back, are broken."""
    service, operation = services85_operation
    label = _label(service, operation)
    request = make_sample(service, operation)
    rules = {v.rule for v in services85_contract.check_response(request, 200, HEAD, label).violations}
    assert rules & {"answer-request", "answer-operation"}
    other = next((o for o in service.operations.values() if _body(o) != _body(operation)), None)
    if other is not None:
        verdict = services85_contract.check_response(make_sample(service, other, "response"), 200, HEAD, label)
        assert "answer-operation" in {v.rule for v in verdict.violations}


def _body(operation: Operation) -> str | None:
    return operation.response.body if operation.response else None


# --- what zeep reads where the contract is broken ---------------------------------------------------------------------


@pytest.fixture
def stop(services85_contract: Contract) -> Target:
    """StopBatchJob, as it was published."""
    found = services85_contract.services.find(f"{published.VERSION}/Batch.StopBatchJob")
    if not found:
        pytest.skip(f"this contract does not hold Batch of {published.VERSION}")
    return found[0]


READ = [
    # in the place of Response; what zeep 4.3 reads; the rule that speaks, None where it is kept
    ("<b:Response>true</b:Response>", True, None),
    ("<b:Response>false</b:Response>", False, None),
    ("<b:Response>1</b:Response>", True, None),
    ("<b:Response>0</b:Response>", False, None),
    ("<b:Response> true </b:Response>", True, None),
    ("<b:Response>yes</b:Response>", False, "value-lexical"),
    ("<b:Response>True</b:Response>", False, "value-lexical"),
    ("<b:Response>TRUE</b:Response>", False, "value-lexical"),
    ("<b:Response>2</b:Response>", False, "value-lexical"),
    ("<b:Response/>", None, "value-lexical"),
    ("", None, "answer-response-missing"),
    ("<b:response>true</b:response>", None, "body-case"),
    ("<b:Response>false</b:Response><b:Response>true</b:Response>", None, "body-twice"),
]


@pytest.mark.parametrize(("inside", "read", "rule"), READ, ids=[row[0] or "nothing" for row in READ])
def test_what_zeep_reads(
    services85_contract: Contract, stop: Target, inside: str, read: object, rule: str | None
) -> None:
    """zeep takes most broken answers for False or None; the verdict does not."""
    service, operation = stop
    call = published.calls()[operation.label]
    answer = published.response(call, inside=inside)
    verdict = services85_contract.check_response(answer, 200, HEAD, _label(service, operation))
    assert {violation.rule for violation in verdict.violations} == ({rule} if rule else set())
    try:
        found = _client(services85_contract, service).reads(operation, {"Id": 42}, answer)
    except Exception as error:  # strict zeep refuses unknown elements, each in its own way
        assert rule in ("body-case", "body-twice"), error
        return
    assert getattr(getattr(found, "body", found), "Response", getattr(found, "body", found)) is read


def test_zeep_ignores_succeeded(services85_contract: Contract, stop: Target) -> None:
    """Succeeded=false without ExceptionInfo: zeep hands out the Response as if nothing were; the verdict is broken."""
    service, operation = stop
    good = published.response(published.calls()[operation.label])
    answer = good.replace(b"<b:Succeeded>true<", b"<b:Succeeded>false<")
    verdict = services85_contract.check_response(answer, 200, HEAD, _label(service, operation))
    assert [violation.rule for violation in verdict.violations] == ["answer-exception-missing"]
    assert _client(services85_contract, service).reads(operation, {"Id": 42}, answer) is not None


# --- calls as users write them ----------------------------------------------------------------------------------------

CALLS: dict[str, dict[str, Any]] = {
    "Batch.GetBatchTaskInfo": {"Id": 42},
    "Batch.GetBatchTaskInfosByAssociates": {"AssociateIds": {"int": [1, 2, 3]}},
    "Batch.StartBatchJob": {"BatchTaskInfo": {"Name": "report", "AssociateId": 7, "DetailsTable": 5, "State": "New"}},
    "Batch.StopBatchJob": {"Id": 42},
    "Batch.GetBatchTaskInfosByState": {"State": "Aquired"},
    "Batch.UpdateBatchTask": {"BatchTaskInfo": {"Id": 42, "Description": "half way", "ProgressPercent": 50}},
    "Batch.GetBatchTaskInfosByNameAndState": {"Name": "report", "State": "All"},
    "Batch.GetBatchTaskInfosByNameAndAssociates": {"Name": "report", "AssociateIds": {"int": [1]}},
    "Batch.GetBatchTaskInfosByAssociatesAndState": {"AssociateIds": {"int": [1]}, "State": "Failed"},
    "Batch.DeleteBatchTasks": {"BatchTaskIds": {"int": [42, 43]}},
    "Batch.DeleteBatchTask": {"BatchTaskId": 42},
    "SoPrincipal.GetSystemInfo": {},
    "SoPrincipal.AuthenticateImplicit": {},
    "SoPrincipal.AuthenticateUsernamePassword": {"UserName": "user", "Password": "secret"},
    "SoPrincipal.AuthenticateGeneric": {
        "AuthenticationData": {"AuthenticationGenericDataKeyValuePair": [{"Key": "k", "Value": "v"}]}
    },
}


@pytest.mark.parametrize("label", CALLS)
def test_call(services85_contract: Contract, label: str) -> None:
    """Code that was written against Services85 still finds its operation and parameters, and what it sends is kept."""
    found = services85_contract.services.find(f"{published.VERSION}/{label}")
    held = {(service.version, service.agent) for service in services85_contract.services}
    if (published.VERSION, label.partition(".")[0]) not in held:
        pytest.skip(f"this contract does not hold {label.partition('.')[0]} of {published.VERSION}")
    assert found, f"{label} was published, and is not in the contract"
    service, operation = found[0]
    client = _client(services85_contract, service)
    try:
        request = client.request(operation, CALLS[label])
    except NothingSent as refused:
        pytest.fail(f"{label}: zeep makes no request of {CALLS[label]}: {refused}", pytrace=False)
    expect_kept(client.judge(request), request.data, f"{label}(**{CALLS[label]}) sends it")
    assert request.http is not None
    assert (request.http.headers.get("SOAPAction") or "").strip('"') == published.calls()[label].action
    values = [text for _, text in _leaves(_content(operation, "request", request.data))]
    assert values == [_plain(str(value)) for value in _flat(CALLS[label])]


def _flat(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [item for inner in value.values() for item in _flat(inner)]
    return [item for inner in value for item in _flat(inner)] if isinstance(value, list) else [value]
