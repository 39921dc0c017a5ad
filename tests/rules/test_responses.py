"""The verdicts on responses, line by line: body, status, and whose response it is."""

from __future__ import annotations

import pytest

from contracts.model import Headers, Http, Message

from .messages import (
    ADMITTED,
    CONTRACT,
    DELETED,
    FAULT,
    NS,
    SOAP11,
    SOAP12,
    STARTED,
    STOP,
    STOPPED,
    TASKS,
    Row,
    check_response,
    hold_response,
    row,
)

BODY = "/Envelope/Body"
ANSWER = f"{BODY}/StopBatchJobResponse"
TASK_AT = f"{BODY}/UpdateBatchTaskResponse/Response"
XML = {"Content-Type": "text/xml; charset=utf-8"}

GOOD = [row(f"good-{i}", base, "", "") for i, base in enumerate((STOPPED, STARTED, DELETED, TASKS, ADMITTED, FAULT))]

CONTENT = [
    row("response-missing", STOPPED, "<b:Response>true</b:Response>", "",
        "answer-response-missing Body/StopBatchJobResponse"),
    row("int-missing", STARTED, "<b:Response>42</b:Response>", "",
        "answer-response-missing Body/StartBatchJobResponse"),
    row("flag-of-the-login-missing", ADMITTED, "<b:AuthenticationSucceeded>true</b:AuthenticationSucceeded>", "",
        "answer-response-missing Body/AuthenticateResponse"),
    row("nillable-one-missing", ADMITTED, '<b:Response i:nil="true"/>', "", note="answer-response-null"),
    row("member-missing", TASKS, "<b:State>New</b:State>", "", note="body-member-default"),
    row("boolean-True", STOPPED, ">true</b:Response>", ">True</b:Response>",
        "value-lexical Body/StopBatchJobResponse/Response"),
    row("boolean-yes", STOPPED, ">true</b:Response>", ">yes</b:Response>",
        "value-lexical Body/StopBatchJobResponse/Response"),
    row("boolean-TRUE", STOPPED, ">true</b:Response>", ">TRUE</b:Response>",
        "value-lexical Body/StopBatchJobResponse/Response"),
    row("boolean-empty", STOPPED, ">true</b:Response>", "></b:Response>",
        "value-lexical Body/StopBatchJobResponse/Response"),
    row("boolean-0", STOPPED, ">true</b:Response>", ">0</b:Response>"),
    row("boolean-false", STOPPED, ">true</b:Response>", "> false\n</b:Response>"),
    row("nil-boolean", STOPPED, "<b:Response>true</b:Response>", '<b:Response i:nil="true"/>',
        "value-nil Body/StopBatchJobResponse/Response"),
    row("int-too-large", STARTED, ">42<", ">2147483648<", "value-range Body/StartBatchJobResponse/Response"),
    row("unknown-enum", TASKS, ">New<", ">Paused<", "value-enum Body/UpdateBatchTaskResponse/Response/State"),
    row("unknown-member", TASKS, "<b:Context/>", "<b:Context/><b:Owner/>",
        "body-unknown Body/UpdateBatchTaskResponse/Response/Owner"),
    row("order", TASKS, "<b:Description>d</b:Description><b:Response/>",
        "<b:Response/><b:Description>d</b:Description>", "body-order Body/UpdateBatchTaskResponse/Response/Response"),
    row("lower-case", STOPPED, "b:Response>", "b:response>", "body-case Body/StopBatchJobResponse/response"),
    row("no-namespace", STOPPED, "b:Response>", "Response>", "body-namespace Body/StopBatchJobResponse/Response"),
    row("content-in-an-empty-one", DELETED, "<b:DeleteBatchTaskResponse/>",
        "<b:DeleteBatchTaskResponse><b:Response>1</b:Response></b:DeleteBatchTaskResponse>",
        "body-unknown Body/DeleteBatchTaskResponse/Response"),
    row("soap-1.2", STOPPED, SOAP11, SOAP12, "envelope-version /Envelope"),
    row("two-answers", STOPPED, "</b:StopBatchJobResponse>", "</b:StopBatchJobResponse><b:DeleteBatchTaskResponse/>",
        "body-two-operations Body/DeleteBatchTaskResponse"),
    row("key-twice", TASKS, "<b:Key>l</b:Key>", "<b:Key>k</b:Key>",
        "body-key-twice Body/UpdateBatchTaskResponse/Response/ParameterObject/StringKeyValuePair[2]"),
    row("instruction", STOPPED, ">true</b:Response>", "><?x?>true</b:Response>",
        "envelope-processing-instruction Body/StopBatchJobResponse/Response"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "rules"),
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
def test_what_stands_with_and_in_a_fault(old: str, new: str, rules: list[str]) -> None:
    assert old in FAULT
    assert [f.rule for f in check_response(FAULT.replace(old, new)).violations] == rules


def test_a_response_that_operations_share_is_judged_in_no_namespace_too() -> None:
    strayed = ADMITTED.replace("<b:Auth", "<Auth").replace("/b:AuthenticateR", "/AuthenticateR")
    assert [f.rule for f in check_response(strayed.replace("<AuthenticationS", "<b:AuthenticationS")).violations] == [
        "answer-operation"
    ]


@pytest.mark.parametrize("case", [*GOOD, *CONTENT])
def test_response(case: Row) -> None:
    hold_response(case)


HTML = "<!DOCTYPE html><html><body>Bad gateway</body></html>"
STATUS = [
    ("200-with-an-answer", 200, STOPPED, XML, None, None, None),
    ("500-with-a-fault", 500, FAULT, XML, None, None, None),
    ("400", 400, HTML, {"Content-Type": "text/html"}, None, None, "http-refused"),
    ("405", 405, "", {}, None, None, "http-refused"),
    ("415", 415, "", {}, None, None, "http-refused"),
    ("415-with-a-fault", 415, FAULT, XML, None, None, "http-refused"),
    ("201", 201, STOPPED, XML, "http-status", "http", None),
    ("202-empty", 202, "", {}, "http-status", "http", None),
    ("204", 204, "", {}, "http-status", "http", None),
    ("301", 301, HTML, {"Content-Type": "text/html"}, "http-status", "http", None),
    ("401", 401, "", {}, "http-status", "http", None),
    ("403", 403, HTML, {"Content-Type": "text/html"}, "http-status", "http", None),
    ("404", 404, HTML, {"Content-Type": "text/html"}, "http-status", "http", None),
    ("503-with-a-fault", 503, FAULT, XML, "http-status", "http", None),
    ("0", 0, "", {}, "http-status", "http", None),
    ("empty-200", 200, "", XML, "http-empty", "http", None),
    ("blank-200", 200, " \r\n", XML, "http-empty", "http", None),
    ("empty-500", 500, "", {}, "http-empty", "http", None),
    ("html-200", 200, HTML, {"Content-Type": "text/html; charset=utf-8"}, "http-content-type", "http", None),
    ("html-500", 500, HTML, {"Content-Type": "text/html"}, "http-content-type", "http", None),
    ("answer-as-json", 200, STOPPED, {"Content-Type": "application/json"}, "http-content-type", "http", None),
    ("fault-with-200", 200, FAULT, XML, "http-fault-status", "wsi", None),
    ("answer-with-500", 500, STOPPED, XML, "http-fault-missing", "wsi", None),
    ("no-charset", 200, STOPPED, {"Content-Type": "text/xml"}, None, None, "http-charset-missing"),
]


@pytest.mark.parametrize(
    ("name", "status", "data", "headers", "rule", "authority", "note"), STATUS, ids=[row[0] for row in STATUS]
)
def test_status(
    name: str,
    status: int,
    data: str,
    headers: dict[str, str],
    rule: str | None,
    authority: str | None,
    note: str | None,
) -> None:
    verdict = check_response(data, status=status, headers=headers, operation="Batch.StopBatchJob")
    assert [(f.rule, f.authority) for f in verdict.violations] == ([(rule, authority)] if rule else []), verdict.reason
    assert verdict.outcome == ("broken" if rule else "kept")
    assert [f.rule for f in verdict.notes] == ([note] if note else [])
    assert all(f.path in ("status", "Content-Type") for f in verdict.violations)


def test_html_that_calls_itself_xml_is_no_envelope() -> None:
    verdict = check_response("<html><body>no</body></html>", status=200, headers=XML)
    assert [(f.rule, f.authority) for f in verdict.violations] == [("envelope-root", "soap")]


def test_a_misspelled_fault_is_one_fault() -> None:
    for text in (
        FAULT.replace("s:Fault", "s:fault"),
        FAULT.replace("s:Fault", "Fault"),
        FAULT.replace("s:Fault", "b:Fault"),
    ):
        for status in (500, 200):
            verdict = check_response(text, status=status, headers=XML, operation="Batch.StopBatchJob")
            assert [(f.rule, f.authority) for f in verdict.violations] == [("answer-fault", "soap")]


def test_an_empty_body_is_one_fault() -> None:
    empty = STOPPED.replace("<b:StopBatchJobResponse><b:Response>true</b:Response></b:StopBatchJobResponse>", "")
    for status, rule in ((200, "body-empty"), (500, "http-fault-missing")):
        verdict = check_response(empty, status=status, headers=XML, operation="Batch.StopBatchJob")
        assert [f.rule for f in verdict.violations] == [rule]


def test_another_operations_response() -> None:
    verdict = check_response(STARTED, operation="Batch.StopBatchJob")
    assert [(f.rule, f.authority, f.path) for f in verdict.violations] == [
        ("answer-operation", "wsdl", f"{BODY}/StartBatchJobResponse")
    ]
    assert verdict.label == "Batch.StopBatchJob"


def test_a_request_as_the_response() -> None:
    for how in ({"operation": "Batch.StopBatchJob"}, {"status": 200, "headers": XML}, {}):
        verdict = check_response(STOP, **how)
        assert [(f.rule, f.authority) for f in verdict.violations] == [("answer-request", "wsdl")], how


def test_a_request_tells_whose_response_it_is() -> None:
    head = Http(Headers((("SOAPAction", f'"{NS}/Batch/StopBatchJob"'),)), method="POST", target="/Services85/Batch.svc")
    asked = Message(STOP.encode(), direction="request", http=head)
    for data, rules in ((STOPPED, []), (STARTED, ["answer-operation"]), (STOP, ["answer-request"]), (FAULT, [])):
        http = Http(Headers(tuple(XML.items())), status=500 if data is FAULT else 200)
        answer = Message(data.encode(), direction="response", http=http, answers=asked)
        verdict = CONTRACT.judge(answer)
        assert [f.rule for f in verdict.violations] == rules
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
