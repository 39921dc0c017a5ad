"""The verdicts on header blocks of requests, line by line: each row changes one thing."""

from __future__ import annotations

import pytest

from tests.helpers.messages import (
    CREDENTIALS,
    FIND,
    LOGIN,
    NS,
    START,
    STOP,
    TIMEZONE,
    TOKEN,
    Row,
    check_request,
    hold_request,
    row,
)

BODY = "/Envelope/Body"
HEADER = "/Envelope/Header"
N86 = NS.replace("85", "86")
TRACE = '<t:Trace xmlns:t="urn:t">1</t:Trace>'

HEADERS = [
    row("no-header", STOP, f"<s:Header>{TOKEN}{CREDENTIALS}{TIMEZONE}</s:Header>", "", "header-none /Envelope"),
    row("no-header-at-login", LOGIN, f"<s:Header>{TOKEN}</s:Header>", "", "header-none /Envelope"),
    row("empty-header", STOP, TOKEN + CREDENTIALS + TIMEZONE, "", "header-none Header"),
    row("no-credentials", FIND, CREDENTIALS, "", "header-missing Header"),
    row("no-token", START, TOKEN, "", "header-missing Header"),
    row("no-token-onsite", START, TOKEN, "", onsite=True),
    row("empty-token-onsite", START, "1234567-1234-9876", "", onsite=True),
    row("no-header-at-login-onsite", LOGIN, f"<s:Header>{TOKEN}</s:Header>", "", onsite=True),
    row("no-credentials-onsite", STOP, TOKEN + CREDENTIALS, TOKEN, "header-none Header", onsite=True),
    row("empty-token", STOP, "1234567-1234-9876", "", "header-empty Header/ApplicationToken"),
    row("blank-token", STOP, "1234567-1234-9876", " \n ", "header-empty Header/ApplicationToken"),
    row("nil-token", LOGIN, TOKEN, '<b:ApplicationToken i:nil="1"/>', "header-empty Header/ApplicationToken"),
    row("empty-credentials", STOP, CREDENTIALS, "<b:Credentials/>", "header-empty Header/Credentials"),
    row("nil-credentials", STOP, CREDENTIALS, '<b:Credentials i:nil="true"/>', "header-empty Header/Credentials"),
    row("empty-ticket", STOP, "7T:9876zyxcbaExample==", "", "header-empty Header/Credentials/Ticket"),
    row("nil-ticket", STOP, "<b:Ticket>7T:9876zyxcbaExample==</b:Ticket>", '<b:Ticket i:nil="true"/>',
        "header-empty Header/Credentials/Ticket"),
    row("ticket-in-lower-case", STOP, "b:Ticket", "b:ticket", "body-case Header/Credentials/ticket"),
    row("ticket-in-no-namespace", STOP, "b:Ticket", "Ticket", "body-namespace Header/Credentials/Ticket"),
    row("ticket-as-text", STOP, "<b:Ticket>7T:9876zyxcbaExample==</b:Ticket>", "7T:9876zyxcbaExample==",
        "body-text Header/Credentials"),
    row("ticket-twice", STOP, "</b:Ticket>", "</b:Ticket><b:Ticket>7T:x</b:Ticket>",
        "body-twice Header/Credentials/Ticket[2]"),
    row("access-token-as-ticket", STOP, "7T:9876zyxcbaExample==", "8A:Cust12345.example", note="header-ticket-form"),
    row("no-namespace", STOP, "b:ApplicationToken", "ApplicationToken", "header-namespace Header/ApplicationToken"),
    row("optional-in-no-namespace", STOP, "b:TimeZone", "TimeZone", "header-namespace Header/TimeZone"),
    row("in-the-body", STOP, f"{CREDENTIALS}{TIMEZONE}</s:Header><s:Body>",
        f"{TIMEZONE}</s:Header><s:Body>{CREDENTIALS}", "header-in-body Body/Credentials"),
    row("in-the-body-at-the-end", LOGIN, f"<s:Header>{TOKEN}</s:Header><s:Body>", f"<s:Body>{TOKEN}",
        "header-in-body Body/ApplicationToken"),
    row("undeclared", STOP, TIMEZONE, f"{TIMEZONE}<b:Culture>no</b:Culture>", "header-undeclared Header/Culture"),
    row("of-responses", STOP, TIMEZONE, f"{TIMEZONE}<b:Succeeded>true</b:Succeeded>",
        "header-undeclared Header/Succeeded"),
    row("credentials-at-login", LOGIN, TOKEN, TOKEN + CREDENTIALS, "header-undeclared Header/Credentials"),
    row("misspelled", STOP, "b:Credentials", "b:credentials", "header-undeclared Header/credentials"),
    row("ticket-alone", STOP, CREDENTIALS, "<b:Ticket>7T:x</b:Ticket>", "header-undeclared Header/Ticket"),
    row("twice", STOP, CREDENTIALS, CREDENTIALS * 2, "header-twice Header/Credentials[2]"),
    row("optional-twice", STOP, TIMEZONE, TIMEZONE * 2, "header-twice Header/TimeZone[2]"),
    row("any-order", STOP, TOKEN + CREDENTIALS + TIMEZONE, TIMEZONE + CREDENTIALS + TOKEN),
    row("must-understand-true", STOP, "<b:Credentials>", '<b:Credentials s:mustUnderstand="true">',
        "header-must-understand-value Header/Credentials"),
    row("must-understand-true-on-a-foreign-one", STOP, TIMEZONE,
        TIMEZONE + TRACE.replace("<t:Trace", '<t:Trace s:mustUnderstand="true"'),
        "header-must-understand-value Header/Trace"),
    row("must-understand-on-a-foreign-one-for-whoever-is-next", STOP, TIMEZONE,
        TIMEZONE + TRACE.replace("<t:Trace", '<t:Trace s:mustUnderstand="1" s:actor="http://schemas.xmlsoap.org/soap/actor/next"'),
        "header-must-understand Header/Trace"),
    row("must-understand-0", STOP, "<b:Credentials>", '<b:Credentials s:mustUnderstand=" 0 ">'),
    row("in-no-namespace", STOP, TIMEZONE, f"{TIMEZONE}<T>1</T>", "header-unqualified Header/T"),
    row("must-understand-on-a-declared-one", STOP, "<b:Credentials>", '<b:Credentials s:mustUnderstand="1">'),
    row("actor-on-a-declared-one", STOP, "<b:ApplicationToken>", '<b:ApplicationToken s:actor="urn:x">'),
    row("must-understand-and-actor", LOGIN, "<b:ApplicationToken>",
        '<b:ApplicationToken s:mustUnderstand="1" s:actor="urn:x">'),
    row("must-understand-inside", STOP, "<b:Ticket>", '<b:Ticket s:mustUnderstand="1">',
        "body-attribute Header/Credentials/Ticket"),
    row("attribute-on-a-declared-one", STOP, "<b:Credentials>", '<b:Credentials kind="t">',
        "body-attribute Header/Credentials"),
    row("foreign", STOP, TIMEZONE, TIMEZONE + TRACE, note="header-foreign"),
    row("foreign-must-understand-0", STOP, TIMEZONE,
        TIMEZONE + TRACE.replace("<t:Trace", '<t:Trace s:mustUnderstand="0"'), note="header-foreign"),
    row("foreign-must-understand", STOP, TIMEZONE,
        TIMEZONE + TRACE.replace("<t:Trace", '<t:Trace s:mustUnderstand="1"'), "header-must-understand Header/Trace"),
    row("foreign-must-understand-at-login", LOGIN, TOKEN,
        TOKEN + TRACE.replace("<t:Trace", '<t:Trace s:mustUnderstand="1"'), "header-must-understand Header/Trace"),
    row("time-zone-id-no-int", STOP, ">63<", ">Oslo<", "value-lexical Header/TimeZone/SoTimeZoneId"),
    row("nil-time-zone", STOP, TIMEZONE, '<b:TimeZone i:nil="true"/>'),
    row("credentials-of-services86", STOP, CREDENTIALS,
        CREDENTIALS.replace("b:", "c:").replace("<c:Credentials", f'<c:Credentials xmlns:c="{N86}"'),
        "header-namespace Header/Credentials"),
]  # fmt: skip


@pytest.mark.parametrize("case", HEADERS)
def test_request(case: Row) -> None:
    hold_request(case)


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
