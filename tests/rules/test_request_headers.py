"""The verdicts on header blocks of requests, line by line: each row changes one thing."""

from __future__ import annotations

import pytest

from .messages import (
    ACTIONS,
    CREDENTIALS,
    FIND,
    LOGIN,
    NS,
    START,
    STOP,
    TIMEZONE,
    TOKEN,
    Case,
    agree,
    check_request,
    ids,
)

BODY = "/Envelope/Body"
HEADER = "/Envelope/Header"
N86 = NS.replace("85", "86")
TRACE = '<t:Trace xmlns:t="urn:t">1</t:Trace>'

HEADERS = [
    Case("no-header", STOP, f"<s:Header>{TOKEN}{CREDENTIALS}{TIMEZONE}</s:Header>", "", "header-none", "documented",
        "/Envelope"),
    Case("no-header-at-login", LOGIN, f"<s:Header>{TOKEN}</s:Header>", "", "header-none", "documented", "/Envelope"),
    Case("empty-header", STOP, TOKEN + CREDENTIALS + TIMEZONE, "", "header-none", "documented", HEADER),
    Case("no-credentials", FIND, CREDENTIALS, "", "header-missing", "documented", HEADER),
    Case("no-token", START, TOKEN, "", "header-missing", "documented", HEADER),
    Case("no-token-onsite", START, TOKEN, "", onsite=True),
    Case("empty-token-onsite", START, "1234567-1234-9876", "", onsite=True),
    Case("no-header-at-login-onsite", LOGIN, f"<s:Header>{TOKEN}</s:Header>", "", onsite=True),
    Case("no-credentials-onsite", STOP, TOKEN + CREDENTIALS, TOKEN, "header-none", "documented", HEADER, onsite=True),
    Case("empty-token", STOP, "1234567-1234-9876", "", "header-empty", "documented", f"{HEADER}/ApplicationToken"),
    Case("blank-token", STOP, "1234567-1234-9876", " \n ", "header-empty", "documented", f"{HEADER}/ApplicationToken"),
    Case("nil-token", LOGIN, TOKEN, '<b:ApplicationToken i:nil="1"/>', "header-empty", "documented",
        f"{HEADER}/ApplicationToken"),
    Case("empty-credentials", STOP, CREDENTIALS, "<b:Credentials/>", "header-empty", "documented",
        f"{HEADER}/Credentials"),
    Case("nil-credentials", STOP, CREDENTIALS, '<b:Credentials i:nil="true"/>', "header-empty", "documented",
        f"{HEADER}/Credentials"),
    Case("empty-ticket", STOP, "7T:1234abcxyzExample==", "", "header-empty", "documented",
        f"{HEADER}/Credentials/Ticket"),
    Case("nil-ticket", STOP, "<b:Ticket>7T:1234abcxyzExample==</b:Ticket>", '<b:Ticket i:nil="true"/>', "header-empty",
        "documented", f"{HEADER}/Credentials/Ticket"),
    Case("ticket-in-lower-case", STOP, "b:Ticket", "b:ticket", "body-case", "xsd", f"{HEADER}/Credentials/ticket"),
    Case("ticket-in-no-namespace", STOP, "b:Ticket", "Ticket", "body-namespace", "xsd", f"{HEADER}/Credentials/Ticket"),
    Case("ticket-as-text", STOP, "<b:Ticket>7T:1234abcxyzExample==</b:Ticket>", "7T:1234abcxyzExample==", "body-text",
        "xsd", f"{HEADER}/Credentials"),
    Case("ticket-twice", STOP, "</b:Ticket>", "</b:Ticket><b:Ticket>7T:x</b:Ticket>", "body-twice", "xsd",
        f"{HEADER}/Credentials/Ticket[2]"),
    Case("access-token-as-ticket", STOP, "7T:1234abcxyzExample==", "8A:Cust12345.example"),
    Case("no-namespace", STOP, "b:ApplicationToken", "ApplicationToken", "header-namespace", "wsdl",
        f"{HEADER}/ApplicationToken"),
    Case("optional-in-no-namespace", STOP, "b:TimeZone", "TimeZone", "header-namespace", "wsdl", f"{HEADER}/TimeZone"),
    Case("in-the-body", STOP, f"{CREDENTIALS}{TIMEZONE}</s:Header><s:Body>",
        f"{TIMEZONE}</s:Header><s:Body>{CREDENTIALS}", "header-in-body", "wsdl", f"{BODY}/Credentials"),
    Case("in-the-body-at-the-end", LOGIN, f"<s:Header>{TOKEN}</s:Header><s:Body>", f"<s:Body>{TOKEN}", "header-in-body",
        "wsdl", f"{BODY}/ApplicationToken"),
    Case("undeclared", STOP, TIMEZONE, f"{TIMEZONE}<b:Culture>no</b:Culture>", "header-undeclared", "wsdl",
        f"{HEADER}/Culture"),
    Case("of-responses", STOP, TIMEZONE, f"{TIMEZONE}<b:Succeeded>true</b:Succeeded>", "header-undeclared", "wsdl",
        f"{HEADER}/Succeeded"),
    Case("credentials-at-login", LOGIN, TOKEN, TOKEN + CREDENTIALS, "header-undeclared", "wsdl",
        f"{HEADER}/Credentials"),
    Case("misspelled", STOP, "b:Credentials", "b:credentials", "header-undeclared", "wsdl", f"{HEADER}/credentials"),
    Case("ticket-alone", STOP, CREDENTIALS, "<b:Ticket>7T:x</b:Ticket>", "header-undeclared", "wsdl",
        f"{HEADER}/Ticket"),
    Case("twice", STOP, CREDENTIALS, CREDENTIALS * 2, "header-twice", "wire", f"{HEADER}/Credentials[2]"),
    Case("optional-twice", STOP, TIMEZONE, TIMEZONE * 2, "header-twice", "wire", f"{HEADER}/TimeZone[2]"),
    Case("any-order", STOP, TOKEN + CREDENTIALS + TIMEZONE, TIMEZONE + CREDENTIALS + TOKEN),
    Case("must-understand-true", STOP, "<b:Credentials>", '<b:Credentials s:mustUnderstand="true">',
        "header-must-understand-value", "wsi", f"{HEADER}/Credentials"),
    Case("must-understand-true-on-a-foreign-one", STOP, TIMEZONE,
        TIMEZONE + TRACE.replace("<t:Trace", '<t:Trace s:mustUnderstand="true"'), "header-must-understand-value", "wsi",
        f"{HEADER}/Trace"),
    Case("must-understand-on-a-foreign-one-for-whoever-is-next", STOP, TIMEZONE,
        TIMEZONE + TRACE.replace("<t:Trace",
        '<t:Trace s:mustUnderstand="1" s:actor="http://schemas.xmlsoap.org/soap/actor/next"'), "header-must-understand",
        "soap", f"{HEADER}/Trace"),
    Case("must-understand-0", STOP, "<b:Credentials>", '<b:Credentials s:mustUnderstand=" 0 ">'),
    Case("in-no-namespace", STOP, TIMEZONE, f"{TIMEZONE}<T>1</T>", "header-unqualified", "soap", f"{HEADER}/T"),
    Case("must-understand-on-a-declared-one", STOP, "<b:Credentials>", '<b:Credentials s:mustUnderstand="1">'),
    Case("actor-on-a-declared-one", STOP, "<b:ApplicationToken>", '<b:ApplicationToken s:actor="urn:x">'),
    Case("must-understand-and-actor", LOGIN, "<b:ApplicationToken>",
        '<b:ApplicationToken s:mustUnderstand="1" s:actor="urn:x">'),
    Case("must-understand-inside", STOP, "<b:Ticket>", '<b:Ticket s:mustUnderstand="1">', "body-attribute", "xsd",
        f"{HEADER}/Credentials/Ticket"),
    Case("attribute-on-a-declared-one", STOP, "<b:Credentials>", '<b:Credentials kind="t">', "body-attribute", "xsd",
        f"{HEADER}/Credentials"),
    Case("foreign", STOP, TIMEZONE, TIMEZONE + TRACE, note="header-foreign"),
    Case("foreign-must-understand-0", STOP, TIMEZONE,
        TIMEZONE + TRACE.replace("<t:Trace", '<t:Trace s:mustUnderstand="0"'), note="header-foreign"),
    Case("foreign-must-understand", STOP, TIMEZONE,
        TIMEZONE + TRACE.replace("<t:Trace", '<t:Trace s:mustUnderstand="1"'), "header-must-understand", "soap",
        f"{HEADER}/Trace"),
    Case("foreign-must-understand-at-login", LOGIN, TOKEN,
        TOKEN + TRACE.replace("<t:Trace", '<t:Trace s:mustUnderstand="1"'), "header-must-understand", "soap",
        f"{HEADER}/Trace"),
    Case("time-zone-id-no-int", STOP, ">63<", ">Oslo<", "value-lexical", "xsd", f"{HEADER}/TimeZone/SoTimeZoneId"),
    Case("nil-time-zone", STOP, TIMEZONE, '<b:TimeZone i:nil="true"/>'),
    Case("credentials-of-services86", STOP, CREDENTIALS,
        CREDENTIALS.replace("b:", "c:").replace("<c:Credentials", f'<c:Credentials xmlns:c="{N86}"'),
        "header-namespace", "wsdl", f"{HEADER}/Credentials"),
]  # fmt: skip


@pytest.mark.parametrize("case", HEADERS, ids=ids)
def test_request(case: Case) -> None:
    agree(case, check_request(case.text, onsite=case.onsite))
    # The head of an HTTP message names the operation: the same verdict as without.
    if (action := ACTIONS.get(case.base)) and not case.name.startswith("soap-1.2"):
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NS}/{action}"'}
        agree(case, check_request(case.text, headers=headers, onsite=case.onsite))


def test_an_optional_header_left_out_is_tolerated() -> None:
    verdict = check_request(STOP.replace(TIMEZONE, ""))
    assert verdict.kept
    (tolerated,) = verdict.tolerated
    assert (tolerated.rule, tolerated.authority) == ("header-optional-missing", "wsi")
    assert tolerated.excuse == ("deviation", "optional-request-headers")
    assert "TimeZone" in tolerated.expected


def test_a_renamed_header_is_one_fault() -> None:
    for old in ("ApplicationToken", "Credentials"):
        verdict = check_request(STOP.replace(f"b:{old}>", "b:Zzz>"))
        assert [f.rule for f in verdict.violations] == ["header-undeclared"]
    # One that the contract has for other messages is no new name of it.
    verdict = check_request(STOP.replace("b:Credentials>", "b:ExceptionInfo>"))
    assert [f.rule for f in verdict.violations] == ["header-undeclared", "header-missing"]
