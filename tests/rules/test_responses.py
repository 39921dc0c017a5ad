"""The verdicts on responses, line by line: body, status, and whose response it is."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.model import Headers, Http, Message
from tests.helpers.messages import (
    ADMITTED,
    CONTRACT,
    DELETED,
    FAULT,
    SOAP11,
    SOAP12,
    STARTED,
    STOP,
    STOPPED,
    TASKS,
    XML,
    Row,
    check_response,
    heads,
    hold_response,
    row,
    rules,
    said,
)

GOOD = [row(f"good-{i}", base, "", "") for i, base in enumerate((STOPPED, STARTED, DELETED, TASKS, ADMITTED, FAULT))]

CONTENT = [
    row("response-missing", STOPPED, "<b:Response>true</b:Response>", "", "answer-response-missing ~"),
    row("int-missing", STARTED, "<b:Response>42</b:Response>", "", "answer-response-missing ~"),
    row("flag-of-the-login-missing", ADMITTED, "<b:AuthenticationSucceeded>true</b:AuthenticationSucceeded>", "",
        "answer-response-missing ~"),
    row("nillable-one-missing", ADMITTED, '<b:Response i:nil="true"/>', "", note="answer-response-null"),
    row("member-missing", TASKS, "<b:State>New</b:State>", "", note="body-member-default"),
    row("boolean-True", STOPPED, ">true</b:Response>", ">True</b:Response>", "value-lexical ~/Response"),
    row("boolean-yes", STOPPED, ">true</b:Response>", ">yes</b:Response>", "value-lexical ~/Response"),
    row("boolean-TRUE", STOPPED, ">true</b:Response>", ">TRUE</b:Response>", "value-lexical ~/Response"),
    row("boolean-empty", STOPPED, ">true</b:Response>", "></b:Response>", "value-lexical ~/Response"),
    row("boolean-0", STOPPED, ">true</b:Response>", ">0</b:Response>"),
    row("boolean-false", STOPPED, ">true</b:Response>", "> false\n</b:Response>"),
    row("nil-boolean", STOPPED, "<b:Response>true</b:Response>", '<b:Response i:nil="true"/>', "value-nil ~/Response"),
    row("int-too-large", STARTED, ">42<", ">2147483648<", "value-range ~/Response"),
    row("unknown-enum", TASKS, ">New<", ">Paused<", "value-enum ~~/State"),
    row("unknown-member", TASKS, "<b:Context/>", "<b:Context/><b:Owner/>", "body-unknown ~~/Owner"),
    row("order", TASKS, "<b:Description>d</b:Description><b:Response/>",
        "<b:Response/><b:Description>d</b:Description>", "body-order ~~/Response"),
    row("lower-case", STOPPED, "b:Response>", "b:response>", "body-case ~/response"),
    row("no-namespace", STOPPED, "b:Response>", "Response>", "body-namespace ~/Response"),
    row("content-in-an-empty-one", DELETED, "<b:DeleteBatchTaskResponse/>",
        "<b:DeleteBatchTaskResponse><b:Response>1</b:Response></b:DeleteBatchTaskResponse>", "body-unknown ~/Response"),
    row("soap-1.2", STOPPED, SOAP11, SOAP12, "envelope-version /Envelope"),
    row("two-answers", STOPPED, "</b:StopBatchJobResponse>", "</b:StopBatchJobResponse><b:DeleteBatchTaskResponse/>",
        "body-two-operations Body/DeleteBatchTaskResponse"),
    row("key-twice", TASKS, "<b:Key>l</b:Key>", "<b:Key>k</b:Key>",
        "body-key-twice ~~/ParameterObject/StringKeyValuePair[2]"),
    row("instruction", STOPPED, ">true</b:Response>", "><?x?>true</b:Response>",
        "envelope-processing-instruction ~/Response"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("<s:Fault>", '<t:x xmlns:t="urn:t"/><s:Fault>', ["body-two-operations"]),
        ("</s:Fault>", '</s:Fault><t:x xmlns:t="urn:t"/>', ["body-two-operations"]),
        ("<s:Fault>", "<b:StopBatchJobResponse/><s:Fault>", ["body-two-operations"]),
        ("<s:Fault>", "<!-- no --><s:Fault>", []),
        ("</s:Fault>", "<reason/></s:Fault>", ["answer-fault"]),
        ("</s:Fault>", '<t:reason xmlns:t="urn:t"/></s:Fault>', []),
        ("s:Client<", "s:Cli ent<", ["answer-fault-code"]),
        ("s:Client<", "s:Client:Auth<", ["answer-fault-code"]),
        ("s:Client<", "s:Client.Auth<", []),
        ("s:Client<", " s:Client\n<", []),
    ],
)
def test_what_stands_with_and_in_a_fault(old: str, new: str, found: list[str]) -> None:
    assert old in FAULT
    assert rules(check_response(FAULT.replace(old, new))) == found


def test_a_response_that_operations_share_is_judged_in_no_namespace_too() -> None:
    strayed = ADMITTED.replace("<b:Auth", "<Auth").replace("/b:AuthenticateR", "/AuthenticateR")
    assert rules(check_response(strayed.replace("<AuthenticationS", "<b:AuthenticationS"))) == ["answer-operation"]


@pytest.mark.parametrize("case", [*GOOD, *CONTENT])
def test_response(case: Row) -> None:
    hold_response(case)


HTML = "<!DOCTYPE html><html><body>Bad gateway</body></html>"
STATUS = [
    ("200-with-an-answer", 200, STOPPED, XML, None, None),
    ("500-with-a-fault", 500, FAULT, XML, None, None),
    ("400", 400, HTML, {"Content-Type": "text/html"}, None, "http-refused"),
    ("405", 405, "", {}, None, "http-refused"),
    ("415", 415, "", {}, None, "http-refused"),
    ("415-with-a-fault", 415, FAULT, XML, None, "http-refused"),
    ("201", 201, STOPPED, XML, "http-status", None),
    ("202-empty", 202, "", {}, "http-status", None),
    ("204", 204, "", {}, "http-status", None),
    ("301", 301, HTML, {"Content-Type": "text/html"}, "http-status", None),
    ("401", 401, "", {}, "http-status", None),
    ("403", 403, HTML, {"Content-Type": "text/html"}, "http-status", None),
    ("404", 404, HTML, {"Content-Type": "text/html"}, "http-status", None),
    ("503-with-a-fault", 503, FAULT, XML, "http-status", None),
    ("0", 0, "", {}, "http-status", None),
    ("empty-200", 200, "", XML, "http-empty", None),
    ("blank-200", 200, " \r\n", XML, "http-empty", None),
    ("empty-500", 500, "", {}, "http-empty", None),
    ("html-200", 200, HTML, {"Content-Type": "text/html; charset=utf-8"}, "http-content-type", None),
    ("html-500", 500, HTML, {"Content-Type": "text/html"}, "http-content-type", None),
    ("answer-as-json", 200, STOPPED, {"Content-Type": "application/json"}, "http-content-type", None),
    ("fault-with-200", 200, FAULT, XML, "http-fault-status", None),
    ("answer-with-500", 500, STOPPED, XML, "http-fault-missing", None),
    ("no-charset", 200, STOPPED, {"Content-Type": "text/xml"}, None, "http-charset-missing"),
]


@pytest.mark.parametrize(
    ("status", "data", "headers", "rule", "note"), [row[1:] for row in STATUS], ids=[row[0] for row in STATUS]
)
def test_status(status: int, data: str, headers: dict[str, str], rule: str | None, note: str | None) -> None:
    verdict = check_response(data, status=status, headers=headers, operation="Batch.StopBatchJob")
    assert rules(verdict) == ([rule] if rule else []), verdict.reason
    assert verdict.outcome == ("broken" if rule else "kept")
    assert [f.rule for f in verdict.notes] == ([note] if note else [])
    assert all(f.path in ("status", "Content-Type") for f in verdict.violations)


def test_of_a_reason_without_an_end_the_beginning_is_told() -> None:
    for reason, told in (("I'm a teapot", "I'm a teapot"), ("x" * 60_000, f"{'x' * 66}…{'x' * 32}…")):
        http = Http(Headers(()), status=418, reason=reason)
        verdict = CONTRACT.judge(Message(b"", direction="response", http=http), operation="Batch.StopBatchJob")
        (finding,) = verdict.violations
        assert finding.found == f"418 {told}"


PLAIN, JSON = ("Content-Type", "text/xml; charset=utf-8"), ("content-type", "application/json")


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ((), []),
        ((PLAIN,), []),
        ((PLAIN, PLAIN), []),
        ((PLAIN, JSON), ["http-content-type"]),
        ((JSON, PLAIN), ["http-content-type"]),
    ],
)
def test_a_head_that_says_two_things(fields: tuple[tuple[str, str], ...], found: list[str]) -> None:
    message = Message(STOPPED.encode(), direction="response", http=Http(Headers(fields), status=200))
    assert rules(CONTRACT.judge(message)) == found


@pytest.mark.parametrize(
    "page", ["<html><body>no</body></html>", "<!DOCTYPE html><html><br></html>", "\n<HTML lang=x>"]
)
def test_a_page_of_html_that_calls_itself_xml_is_one_fault_of_http(page: str) -> None:
    [finding] = check_response(page, status=200, headers=XML).violations
    assert (finding.rule, finding.path, finding.found) == ("http-content-type", "Content-Type", "an HTML page")


def test_other_xml_than_an_envelope_is_no_page() -> None:
    assert rules(check_response("<htmlx/>", status=200, headers=XML)) == ["envelope-root"]


@pytest.mark.parametrize("name", ["s:fault", "Fault", "b:Fault"])
@pytest.mark.parametrize("status", [500, 200])
def test_a_misspelled_fault_is_one_fault(name: str, status: int) -> None:
    text = FAULT.replace("s:Fault", name)
    verdict = check_response(text, status=status, headers=XML, operation="Batch.StopBatchJob")
    assert rules(verdict) == ["answer-fault"]


@pytest.mark.parametrize(("status", "rule"), [(200, "body-empty"), (500, "http-fault-missing")])
def test_an_empty_body_is_one_fault(status: int, rule: str) -> None:
    empty = STOPPED.replace("<b:StopBatchJobResponse><b:Response>true</b:Response></b:StopBatchJobResponse>", "")
    assert rules(check_response(empty, status=status, headers=XML, operation="Batch.StopBatchJob")) == [rule]


def test_another_operations_response() -> None:
    verdict = check_response(STARTED, operation="Batch.StopBatchJob")
    assert said(verdict) == ["answer-operation Body/StartBatchJobResponse"]
    assert verdict.label == "Batch.StopBatchJob"


@pytest.mark.parametrize("how", [{"operation": "Batch.StopBatchJob"}, {"status": 200, "headers": XML}, {}], ids=str)
def test_a_request_as_the_response(how: dict[str, Any]) -> None:
    assert rules(check_response(STOP, **how)) == ["answer-request"]


@pytest.mark.parametrize(
    ("data", "found"), [(STOPPED, []), (STARTED, ["answer-operation"]), (STOP, ["answer-request"]), (FAULT, [])]
)
def test_a_request_tells_whose_response_it_is(data: str, found: list[str]) -> None:
    head = Http(Headers(tuple(heads("Batch/StopBatchJob").items())), method="POST", target="/Services85/Batch.svc")
    http = Http(Headers((PLAIN,)), status=500 if data is FAULT else 200)
    asked = Message(STOP.encode(), direction="request", http=head)
    verdict = CONTRACT.judge(Message(data.encode(), direction="response", http=http, answers=asked))
    assert rules(verdict) == found
    assert (verdict.agent, verdict.operation) == ("Batch", "StopBatchJob")


def test_operations_that_share_a_response_have_no_name() -> None:
    verdict = check_response(ADMITTED)
    assert verdict.kept
    assert (verdict.version, verdict.agent, verdict.operation) == ("Services85", "SoPrincipal", None)
    named = check_response(ADMITTED, operation="SoPrincipal.AuthenticateGeneric")
    assert named.kept
    assert named.operation in (None, "AuthenticateGeneric")


def test_a_fault_belongs_to_no_operation_unless_one_is_named() -> None:
    assert check_response(FAULT).operation is None
    assert check_response(FAULT, operation="Batch.StopBatchJob").operation == "StopBatchJob"
