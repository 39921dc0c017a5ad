"""The verdicts on header blocks of responses and on Faults, line by line: each row changes one thing."""

from __future__ import annotations

import pytest

from tests.helpers.messages import (
    ADMITTED,
    DELETED,
    EXCEPTION,
    FAULT,
    NO_EXCEPTION,
    OTHERS,
    SOAP11,
    SOAP12,
    STOPPED,
    SUCCEEDED,
    Row,
    check_response,
    hold_response,
    row,
)

BODY = "/Envelope/Body"
HEADER = "/Envelope/Header"
FAILED = "<b:Succeeded>false</b:Succeeded>"
XML = {"Content-Type": "text/xml; charset=utf-8"}

HEADERS = [
    row("succeeded-missing", STOPPED, SUCCEEDED, "", "answer-succeeded-missing Header"),
    row("succeeded-missing-at-login", ADMITTED, SUCCEEDED, "", "answer-succeeded-missing Header"),
    row("no-header", STOPPED, f"<s:Header>{NO_EXCEPTION}{SUCCEEDED}{OTHERS}</s:Header>", "",
        "answer-succeeded-missing /Envelope"),
    row("empty-header", STOPPED, NO_EXCEPTION + SUCCEEDED + OTHERS, "", "answer-succeeded-missing Header"),
    *(row(f"succeeded-{value or 'empty'}", STOPPED, SUCCEEDED, f"<b:Succeeded>{value}</b:Succeeded>",
        "answer-succeeded-value Header/Succeeded") for value in ("True", "yes", "", "2", "TRUE", "\u00a0true",
        "tru\u0435", "-1")),
    *(row(f"succeeded-as-{value!r}", STOPPED, SUCCEEDED, f"<b:Succeeded>{value}</b:Succeeded>") for value in ("1",
        " true\n")),
    row("succeeded-nil", STOPPED, SUCCEEDED, '<b:Succeeded i:nil="true"/>', "answer-succeeded-value Header/Succeeded"),
    row("succeeded-nil-false", STOPPED, SUCCEEDED, '<b:Succeeded i:nil="false">true</b:Succeeded>',
        "value-nil Header/Succeeded"),
    row("succeeded-in-no-namespace", STOPPED, "b:Succeeded", "Succeeded", "header-namespace Header/Succeeded"),
    row("succeeded-misspelled", STOPPED, "b:Succeeded", "b:succeeded", "header-undeclared Header/succeeded"),
    row("succeeded-twice", STOPPED, SUCCEEDED, SUCCEEDED * 2, "header-twice Header/Succeeded[2]"),
    row("false-without-exception", STOPPED, NO_EXCEPTION + SUCCEEDED, FAILED, "answer-exception-missing Header"),
    row("false-with-a-nil-exception", STOPPED, SUCCEEDED, FAILED, "answer-exception-missing Header/ExceptionInfo"),
    row("0-with-a-nil-exception", ADMITTED, SUCCEEDED, "<b:Succeeded>0</b:Succeeded>",
        "answer-exception-missing Header/ExceptionInfo"),
    row("false-with-an-exception", STOPPED, NO_EXCEPTION + SUCCEEDED, EXCEPTION + FAILED),
    row("false-after-its-exception", DELETED, NO_EXCEPTION + SUCCEEDED, FAILED + EXCEPTION),
    row("true-with-an-exception", STOPPED, NO_EXCEPTION, EXCEPTION,
        "answer-exception-with-success Header/ExceptionInfo"),
    row("1-with-an-empty-exception", STOPPED, NO_EXCEPTION + SUCCEEDED,
        "<b:ExceptionInfo/><b:Succeeded>1</b:Succeeded>", "answer-exception-with-success Header/ExceptionInfo"),
    row("exception-that-is-not-nil", STOPPED, NO_EXCEPTION + SUCCEEDED,
        EXCEPTION.replace("<b:ExceptionInfo", '<b:ExceptionInfo i:nil="false"') + FAILED),
    row("exception-with-an-unknown-member", STOPPED, NO_EXCEPTION + SUCCEEDED,
        EXCEPTION.replace("Message", "Text") + FAILED, "body-unknown Header/ExceptionInfo/Text"),
    row("exception-misspelled", STOPPED, NO_EXCEPTION + SUCCEEDED,
        EXCEPTION.replace("ExceptionInfo", "Exceptioninfo") + FAILED, "header-undeclared Header/Exceptioninfo"),
    row("credentials-in-an-answer", STOPPED, SUCCEEDED, f"{SUCCEEDED}<b:Credentials/>",
        "header-undeclared Header/Credentials"),
    row("foreign", STOPPED, SUCCEEDED, f'{SUCCEEDED}<t:Trace xmlns:t="urn:t">1</t:Trace>', note="header-foreign"),
    row("foreign-that-has-to-be-understood", STOPPED, SUCCEEDED,
        f'{SUCCEEDED}<t:Trace xmlns:t="urn:t" s:mustUnderstand="1">1</t:Trace>', "header-must-understand Header/Trace"),
    row("headers-outside", STOPPED, f"<s:Header>{NO_EXCEPTION}{SUCCEEDED}{OTHERS}</s:Header>",
        NO_EXCEPTION + SUCCEEDED + OTHERS, "envelope-header-outside ExceptionInfo"),
    row("headers-in-the-body", STOPPED, f"<s:Header>{NO_EXCEPTION}{SUCCEEDED}{OTHERS}</s:Header><s:Body>",
        f"<s:Body>{NO_EXCEPTION}{SUCCEEDED}{OTHERS}", "header-in-body Body/ExceptionInfo"),
]  # fmt: skip

FAULTS = [
    row("no-code", FAULT, "<faultcode>s:Client</faultcode>", "", "answer-fault Body/Fault"),
    row("no-string", FAULT, "<faultstring>no</faultstring>", "", "answer-fault Body/Fault"),
    row("nothing", FAULT, "<faultcode>s:Client</faultcode><faultstring>no</faultstring>", "",
        "answer-fault Body/Fault"),
    row("qualified-parts", FAULT, "fault", "s:fault", "answer-fault Body/Fault"),
    row("prefix-not-declared", FAULT, "s:Client", "soap:Client", "answer-fault-code Body/Fault/faultcode"),
    row("empty-code", FAULT, "s:Client", "", "answer-fault-code Body/Fault/faultcode"),
    row("code-of-microsoft", FAULT, "<faultcode>s:Client",
        '<faultcode xmlns:a="http://schemas.microsoft.com/ws/2005/05/addressing/none">a:ActionNotSupported'),
    row("with-actor-and-detail", FAULT, "</s:Fault>", "<faultactor>urn:x</faultactor><detail><x/></detail></s:Fault>"),
    row("detail-before-actor", FAULT, "</s:Fault>", "<detail/><faultactor>urn:x</faultactor></s:Fault>"),
    row("with-an-extension", FAULT, "</s:Fault>", '<x:trace xmlns:x="urn:x">1</x:trace></s:Fault>'),
    row("code-twice", FAULT, "</s:Fault>", "<faultcode>s:Server</faultcode></s:Fault>",
        "answer-fault Body/Fault/faultcode[2]"),
    row("another-part", FAULT, "</s:Fault>", "<x/></s:Fault>", "answer-fault Body/Fault/x"),
    row("with-a-language", FAULT, "<faultstring>", '<faultstring xml:lang="nb-NO">'),
    row("empty-string", FAULT, ">no<", "><"),
    row("unqualified-code", FAULT, "s:Client", "Receiver", note="answer-fault-code-unqualified"),
    row("with-something-beside-it", FAULT, "</s:Fault>", "</s:Fault><b:StopBatchJobResponse/>",
        "body-two-operations Body/StopBatchJobResponse"),
    row("of-soap-1.2", FAULT, SOAP11, SOAP12, "envelope-version /Envelope"),
]  # fmt: skip


@pytest.mark.parametrize("case", [*HEADERS, *FAULTS])
def test_response(case: Row) -> None:
    hold_response(case)


def test_other_headers_left_out_are_tolerated() -> None:
    verdict = check_response(STOPPED.replace(NO_EXCEPTION, "").replace(OTHERS, ""))
    assert verdict.kept
    (tolerated,) = verdict.tolerated
    assert (tolerated.rule, tolerated.authority) == ("answer-header-missing", "wsi")
    assert tolerated.excuse == ("deviation", "optional-response-headers")
