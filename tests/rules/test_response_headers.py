"""The verdicts on header blocks of responses and on Faults, line by line: each row changes one thing."""

from __future__ import annotations

import pytest

from .messages import (
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
    Case,
    agree,
    check_response,
    ids,
)

BODY = "/Envelope/Body"
HEADER = "/Envelope/Header"
FAILED = "<b:Succeeded>false</b:Succeeded>"
XML = {"Content-Type": "text/xml; charset=utf-8"}

HEADERS = [
    Case("succeeded-missing", STOPPED, SUCCEEDED, "", "answer-succeeded-missing", "wsdl", HEADER),
    Case("succeeded-missing-at-login", ADMITTED, SUCCEEDED, "", "answer-succeeded-missing", "wsdl", HEADER),
    Case("no-header", STOPPED, f"<s:Header>{NO_EXCEPTION}{SUCCEEDED}{OTHERS}</s:Header>", "",
        "answer-succeeded-missing", "wsdl", "/Envelope"),
    Case("empty-header", STOPPED, NO_EXCEPTION + SUCCEEDED + OTHERS, "", "answer-succeeded-missing", "wsdl", HEADER),
    *(Case(f"succeeded-{value or 'empty'}", STOPPED, SUCCEEDED, f"<b:Succeeded>{value}</b:Succeeded>",
        "answer-succeeded-value", "wsdl", f"{HEADER}/Succeeded") for value in ("True", "yes", "", "2", "TRUE",
        "\u00a0true", "tru\u0435", "-1")),
    *(Case(f"succeeded-as-{value!r}", STOPPED, SUCCEEDED, f"<b:Succeeded>{value}</b:Succeeded>") for value in ("1",
        " true\n")),
    Case("succeeded-nil", STOPPED, SUCCEEDED, '<b:Succeeded i:nil="true"/>', "answer-succeeded-value", "wsdl",
        f"{HEADER}/Succeeded"),
    Case("succeeded-nil-false", STOPPED, SUCCEEDED, '<b:Succeeded i:nil="false">true</b:Succeeded>', "value-nil", "xsd",
        f"{HEADER}/Succeeded"),
    Case("succeeded-in-no-namespace", STOPPED, "b:Succeeded", "Succeeded", "header-namespace", "wsdl",
        f"{HEADER}/Succeeded"),
    Case("succeeded-misspelled", STOPPED, "b:Succeeded", "b:succeeded", "header-undeclared", "wsdl",
        f"{HEADER}/succeeded"),
    Case("succeeded-twice", STOPPED, SUCCEEDED, SUCCEEDED * 2, "header-twice", "wire", f"{HEADER}/Succeeded[2]"),
    Case("false-without-exception", STOPPED, NO_EXCEPTION + SUCCEEDED, FAILED, "answer-exception-missing", "wire",
        HEADER),
    Case("false-with-a-nil-exception", STOPPED, SUCCEEDED, FAILED, "answer-exception-missing", "wire",
        f"{HEADER}/ExceptionInfo"),
    Case("0-with-a-nil-exception", ADMITTED, SUCCEEDED, "<b:Succeeded>0</b:Succeeded>", "answer-exception-missing",
        "wire", f"{HEADER}/ExceptionInfo"),
    Case("false-with-an-exception", STOPPED, NO_EXCEPTION + SUCCEEDED, EXCEPTION + FAILED),
    Case("false-after-its-exception", DELETED, NO_EXCEPTION + SUCCEEDED, FAILED + EXCEPTION),
    Case("true-with-an-exception", STOPPED, NO_EXCEPTION, EXCEPTION, "answer-exception-with-success", "wire",
        f"{HEADER}/ExceptionInfo"),
    Case("1-with-an-empty-exception", STOPPED, NO_EXCEPTION + SUCCEEDED,
        "<b:ExceptionInfo/><b:Succeeded>1</b:Succeeded>", "answer-exception-with-success", "wire",
        f"{HEADER}/ExceptionInfo"),
    Case("exception-that-is-not-nil", STOPPED, NO_EXCEPTION + SUCCEEDED,
        EXCEPTION.replace("<b:ExceptionInfo", '<b:ExceptionInfo i:nil="false"') + FAILED),
    Case("exception-with-an-unknown-member", STOPPED, NO_EXCEPTION + SUCCEEDED,
        EXCEPTION.replace("Message", "Text") + FAILED, "body-unknown", "xsd", f"{HEADER}/ExceptionInfo/Text"),
    Case("exception-misspelled", STOPPED, NO_EXCEPTION + SUCCEEDED,
        EXCEPTION.replace("ExceptionInfo", "Exceptioninfo") + FAILED, "header-undeclared", "wsdl",
        f"{HEADER}/Exceptioninfo"),
    Case("credentials-in-an-answer", STOPPED, SUCCEEDED, f"{SUCCEEDED}<b:Credentials/>", "header-undeclared", "wsdl",
        f"{HEADER}/Credentials"),
    Case("foreign", STOPPED, SUCCEEDED, f'{SUCCEEDED}<t:Trace xmlns:t="urn:t">1</t:Trace>', note="header-foreign"),
    Case("foreign-that-has-to-be-understood", STOPPED, SUCCEEDED,
        f'{SUCCEEDED}<t:Trace xmlns:t="urn:t" s:mustUnderstand="1">1</t:Trace>', "header-must-understand", "soap",
        f"{HEADER}/Trace"),
    Case("headers-outside", STOPPED, f"<s:Header>{NO_EXCEPTION}{SUCCEEDED}{OTHERS}</s:Header>",
        NO_EXCEPTION + SUCCEEDED + OTHERS, "envelope-header-outside", "soap", "/Envelope/ExceptionInfo"),
    Case("headers-in-the-body", STOPPED, f"<s:Header>{NO_EXCEPTION}{SUCCEEDED}{OTHERS}</s:Header><s:Body>",
        f"<s:Body>{NO_EXCEPTION}{SUCCEEDED}{OTHERS}", "header-in-body", "wsdl", f"{BODY}/ExceptionInfo"),
]  # fmt: skip

FAULTS = [
    Case("no-code", FAULT, "<faultcode>s:Client</faultcode>", "", "answer-fault", "soap", f"{BODY}/Fault"),
    Case("no-string", FAULT, "<faultstring>no</faultstring>", "", "answer-fault", "soap", f"{BODY}/Fault"),
    Case("nothing", FAULT, "<faultcode>s:Client</faultcode><faultstring>no</faultstring>", "", "answer-fault", "soap",
        f"{BODY}/Fault"),
    Case("qualified-parts", FAULT, "fault", "s:fault", "answer-fault", "soap", f"{BODY}/Fault"),
    Case("prefix-not-declared", FAULT, "s:Client", "soap:Client", "answer-fault-code", "soap",
        f"{BODY}/Fault/faultcode"),
    Case("empty-code", FAULT, "s:Client", "", "answer-fault-code", "soap", f"{BODY}/Fault/faultcode"),
    Case("code-of-microsoft", FAULT, "<faultcode>s:Client",
        '<faultcode xmlns:a="http://schemas.microsoft.com/ws/2005/05/addressing/none">a:ActionNotSupported'),
    Case("with-actor-and-detail", FAULT, "</s:Fault>", "<faultactor>urn:x</faultactor><detail><x/></detail></s:Fault>"),
    Case("detail-before-actor", FAULT, "</s:Fault>", "<detail/><faultactor>urn:x</faultactor></s:Fault>"),
    Case("with-an-extension", FAULT, "</s:Fault>", '<x:trace xmlns:x="urn:x">1</x:trace></s:Fault>'),
    Case("code-twice", FAULT, "</s:Fault>", "<faultcode>s:Server</faultcode></s:Fault>", "answer-fault", "soap",
        f"{BODY}/Fault/faultcode[2]"),
    Case("another-part", FAULT, "</s:Fault>", "<x/></s:Fault>", "answer-fault", "soap", f"{BODY}/Fault/x"),
    Case("with-a-language", FAULT, "<faultstring>", '<faultstring xml:lang="nb-NO">'),
    Case("empty-string", FAULT, ">no<", "><"),
    Case("unqualified-code", FAULT, "s:Client", "Receiver", note="answer-fault-code-unqualified"),
    Case("with-something-beside-it", FAULT, "</s:Fault>", "</s:Fault><b:StopBatchJobResponse/>", "body-two-operations",
        "wsi", f"{BODY}/StopBatchJobResponse"),
    Case("of-soap-1.2", FAULT, SOAP11, SOAP12, "envelope-version", "wsdl", "/Envelope"),
]  # fmt: skip


@pytest.mark.parametrize("case", [*HEADERS, *FAULTS], ids=ids)
def test_response(case: Case) -> None:
    agree(case, check_response(case.text))
    status = 500 if case.base is FAULT else 200
    agree(case, check_response(case.text, status=status, headers=XML))


def test_other_headers_left_out_are_tolerated() -> None:
    verdict = check_response(STOPPED.replace(NO_EXCEPTION, "").replace(OTHERS, ""))
    assert verdict.kept
    (tolerated,) = verdict.tolerated
    assert (tolerated.rule, tolerated.authority) == ("answer-header-missing", "wsi")
    assert tolerated.excuse == ("deviation", "optional-response-headers")
