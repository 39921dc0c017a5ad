"""The verdicts on requests, line by line: XML, frame and HTTP head; each row changes one thing."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.model import Headers, Http, Message
from tests.helpers.messages import (
    CONTRACT,
    CREDENTIALS,
    DELETE,
    FIND,
    LOGIN,
    NS,
    SOAP11,
    SOAP12,
    START,
    STOP,
    TIMEZONE,
    TOKEN,
    Row,
    check_request,
    heads,
    hold_request,
    row,
    rules,
    said,
)

HEADER = f"<s:Header>{TOKEN}{CREDENTIALS}{TIMEZONE}</s:Header>"
N86 = NS.replace("85", "86")
TRACE = '<t:Trace xmlns:t="urn:t">1</t:Trace>'

SOAPS = STOP.replace("<s:Envelope", f'<s:Envelope xmlns:t="{SOAP12}"')
GOOD = [row(f"good-{i}", base, "", "") for i, base in enumerate((STOP, START, FIND, DELETE, LOGIN))]

XML = [
    row("truncated", STOP, "</s:Envelope>", "", "envelope-not-wellformed /"),
    row("two-roots", STOP, "</s:Envelope>", "</s:Envelope><x/>", "envelope-not-wellformed /"),
    row("text-after-the-root", STOP, "</s:Envelope>", "</s:Envelope>tail", "envelope-not-wellformed /"),
    row("comment-after-the-root", STOP, "</s:Envelope>", "</s:Envelope><!-- tail -->\n"),
    row("xml-1.1", STOP, "<s:Envelope", '<?xml version="1.1"?><s:Envelope', "envelope-not-wellformed /"),
    row("xml-1.0", STOP, "<s:Envelope", '<?xml version="1.0" standalone="yes"?><s:Envelope'),
    row("undeclared-prefix", LOGIN, "b:UserName", "q:UserName", "envelope-not-wellformed /"),
    row("undeclared-entity", FIND, "nightly", "&nbsp;", "envelope-not-wellformed /"),
    row("dtd", FIND, "<s:Envelope", "<!DOCTYPE x><s:Envelope", "envelope-dtd /"),
    row("doctype-in-a-value", FIND, "nightly", "&lt;!DOCTYPE"),
    row("doctype-in-cdata", FIND, "nightly", "<![CDATA[<!DOCTYPE x>]]>"),
    row("doctype-in-a-comment", FIND, "<s:Envelope", "<!-- <!DOCTYPE x> --><s:Envelope"),
    row("instruction-before", STOP, "<s:Envelope", "<?go?><s:Envelope", "envelope-processing-instruction /Envelope"),
    row("instruction-after", STOP, "</s:Envelope>", "</s:Envelope><?go?>", "envelope-processing-instruction /Envelope"),
    row("instruction-in-a-value", STOP, ">42<", ">4<?go?>2<", "envelope-processing-instruction ~/Id"),
    row("instruction-in-the-header", LOGIN, TOKEN, f"<?go?>{TOKEN}", "envelope-processing-instruction Header"),
    row("instruction-in-cdata", FIND, "nightly", "<![CDATA[<?go?>]]>"),
]  # fmt: skip

FRAME = [
    row("attribute", STOP, "<s:Envelope", '<s:Envelope a="1" b="2"', "envelope-attribute /Envelope"),
    row("attribute-on-header", STOP, "<s:Header", '<s:Header a="1"', "envelope-attribute Header"),
    row("attribute-in-a-namespace", STOP, "<s:Envelope", '<s:Envelope xmlns:t="urn:t" t:a="1"'),
    row("attribute-on-body", STOP, "<s:Body", '<s:Body Id="signed"'),
    row("body-in-body", STOP, "<b:StopBatchJob>", "<s:Body/><b:StopBatchJob>", "body-operation Body/Body"),
    row("envelope-in-body", STOP, "<b:StopBatchJob>", "<s:Envelope/><b:StopBatchJob>", "body-operation Body/Envelope"),
    row("soap-1.2", STOP, SOAP11, SOAP12, "envelope-version /Envelope"),
    row("soap-1.2-login", LOGIN, SOAP11, SOAP12, "envelope-version /Envelope"),
    row("foreign-envelope", STOP, SOAP11, "urn:soap", "envelope-root /Envelope"),
    row("lower-case-body", STOP, "s:Body", "s:body", "envelope-body-missing /Envelope"),
    row("two-headers", STOP, "<s:Header>", "<s:Header/><s:Header>", "envelope-header-twice Header[2]"),
    row("header-twice", STOP, f"{TIMEZONE}</s:Header>",
        f"{TIMEZONE}</s:Header><s:Header>{TOKEN}{CREDENTIALS}</s:Header>", "envelope-header-twice Header[2]"),
    row("two-bodies", STOP, "</s:Body>", "</s:Body><s:Body/>", "envelope-body-twice Body[2]"),
    row("after-the-body", FIND, "</s:Body>", f"</s:Body>{TRACE}", "envelope-after-body Trace"),
    row("header-outside", STOP, f"{CREDENTIALS}{TIMEZONE}</s:Header>", f"{TIMEZONE}</s:Header>{CREDENTIALS}",
        "envelope-header-outside Credentials"),
    row("all-headers-outside", LOGIN, f"<s:Header>{TOKEN}</s:Header>", TOKEN,
        "envelope-header-outside ApplicationToken"),
    row("no-operation", STOP, "<b:StopBatchJob><b:Id>42</b:Id></b:StopBatchJob>", "", "body-empty Body"),
    row("two-operations", STOP, "</b:StopBatchJob>", "</b:StopBatchJob><b:StopBatchJob><b:Id>1</b:Id></b:StopBatchJob>",
        "body-two-operations Body/StopBatchJob[2]"),
    row("two-other-operations", STOP, "</b:StopBatchJob>", "</b:StopBatchJob><b:DeleteBatchTask/>",
        "body-two-operations Body/DeleteBatchTask"),
    row("text-in-the-body", STOP, "<s:Body>", "<s:Body>x", "envelope-text Body"),
    row("text-in-the-header", STOP, "<s:Header>", "<s:Header>x", "envelope-text Header"),
    row("text-in-the-envelope", LOGIN, "<s:Body>", "x<s:Body>", "envelope-text /Envelope"),
    row("no-break-space", STOP, "<s:Body>", "<s:Body>\u00a0", "envelope-text Body"),
    row("headers", STOP, "s:Header>", "s:Headers>", "envelope-header-outside Headers"),
    row("header-of-1.2", SOAPS, "s:Header>", "t:Header>", "envelope-header-outside Header"),
    row("body-of-1.2", SOAPS, "s:Body>", "t:Body>", "envelope-body-missing /Envelope"),
    row("no-body-element", STOP, "s:Body>", "b:StopBatchJobs>", "envelope-body-missing /Envelope"),
    row("space-everywhere", STOP, "><", ">\n \t<"),
    row("encoding-style", STOP, "<s:Envelope", f'<s:Envelope s:encodingStyle="{SOAP11}"',
        note="envelope-encoding-style"),
    row("encoding-style-of-the-body", STOP, "<s:Body", f'<s:Body s:encodingStyle="{SOAP11}"',
        note="envelope-encoding-style"),
    row("encoding-style-of-the-operation", STOP, "<b:StopBatchJob", f'<b:StopBatchJob s:encodingStyle="{SOAP11}"',
        "body-attribute ~"),
    row("header-after-body", STOP.replace(HEADER, ""), "</s:Body>", f"</s:Body>{HEADER}",
        "envelope-header-after-body Header"),
    row("header-in-body", STOP, f"{HEADER}<s:Body>", f"<s:Body>{HEADER}", "envelope-header-after-body Body/Header"),
    row("a-header-after-the-body", STOP.replace(CREDENTIALS, ""), "</s:Body>", f"</s:Body>{CREDENTIALS}",
        "envelope-after-body Credentials"),
]  # fmt: skip


@pytest.mark.parametrize("case", [*GOOD, *XML, *FRAME])
def test_request(case: Row) -> None:
    hold_request(case)


HTTP = [
    ("json", {"Content-Type": "application/json"}, "http-content-type Content-Type"),
    ("soap-xml", {"Content-Type": "application/soap+xml; charset=utf-8"}, "http-content-type Content-Type"),
    ("no-content-type", {"Content-Type": None}, "http-content-type Content-Type"),
    ("no-action", {"SOAPAction": None}, "http-action-missing SOAPAction"),
    ("empty-action", {"SOAPAction": '""'}, "http-action-empty SOAPAction"),
    ("bare-empty-action", {"SOAPAction": ""}, "http-action-empty SOAPAction"),
    ("other-operation", {"SOAPAction": f'"{NS}/Batch/DeleteBatchTask"'}, "http-action SOAPAction"),
    ("response-action", {"SOAPAction": f'"{NS}/Batch/StopBatchJobResponse"'}, "http-action SOAPAction"),
    ("other-version", {"SOAPAction": f'"{N86}/Batch/StopBatchJob"'}, "http-action SOAPAction"),
    ("other-agent", {"SOAPAction": f'"{NS}/SoPrincipal/GetSystemInfo"'}, "http-action SOAPAction"),
    ("unknown-action", {"SOAPAction": '"urn:x"'}, "http-action SOAPAction"),
    ("single-quotes", {"SOAPAction": f"'{NS}/Batch/StopBatchJob'"}, "http-action-quotes SOAPAction"),
    ("half-a-quote", {"SOAPAction": f'"{NS}/Batch/StopBatchJob'}, "http-action SOAPAction"),
    ("space-inside", {"SOAPAction": f'" {NS}/Batch/StopBatchJob"'}, "http-action SOAPAction"),
    ("space-outside", {"SOAPAction": f' "{NS}/Batch/StopBatchJob" '}, None),
    ("names-in-lower-case", {"content-type": "text/xml; charset=utf-8", "Content-Type": None}, None),
    ("charset-in-upper-case", {"Content-Type": "Text/XML; Charset=UTF-8"}, None),
    ("charset-quoted", {"Content-Type": 'text/xml;charset="utf-8"'}, None),
]


@pytest.mark.parametrize(("changed", "found"), [row[1:] for row in HTTP], ids=[row[0] for row in HTTP])
def test_head(changed: dict[str, str | None], found: str | None) -> None:
    head = heads("Batch/StopBatchJob") | changed
    verdict = check_request(STOP, headers={k: v for k, v in head.items() if v is not None})
    assert said(verdict) == ([found] if found else [])
    assert verdict.label == "Batch.StopBatchJob" or found == "http-action SOAPAction"
    assert not verdict.notes


@pytest.mark.parametrize(
    ("changed", "note"),
    [
        ({"SOAPAction": f"{NS}/Batch/StopBatchJob"}, "http-action-unquoted"),
        ({"Content-Type": "text/xml"}, "http-charset-missing"),
    ],
)
def test_head_that_is_noted(changed: dict[str, str], note: str) -> None:
    verdict = check_request(STOP, headers=heads("Batch/StopBatchJob") | changed)
    assert verdict.kept
    assert [f.rule for f in verdict.notes] == [note]


ACTION, PLAIN = ("SOAPAction", f'"{NS}/Batch/StopBatchJob"'), ("Content-Type", "text/xml; charset=utf-8")
JSON = ("content-type", "application/json")


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ((ACTION, PLAIN), []),
        ((ACTION, PLAIN, PLAIN), []),
        ((ACTION, PLAIN, JSON), ["http-content-type"]),
        ((ACTION, JSON, PLAIN), ["http-content-type"]),
        ((ACTION, ACTION, PLAIN), ["http-action"]),
    ],
)
def test_a_head_that_says_two_things(fields: tuple[tuple[str, str], ...], found: list[str]) -> None:
    message = Message(STOP.encode(), direction="request", http=Http(Headers(fields), method="POST"))
    assert rules(CONTRACT.judge(message)) == found


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "get", "post"])
def test_method(method: str) -> None:
    head = heads("Batch/StopBatchJob")
    assert said(check_request(STOP, headers=head, method=method)) == ["http-method method"]
    assert check_request(STOP, headers=head, method="POST").kept


@pytest.mark.parametrize(
    ("data", "how", "found"),
    [
        ("", {"method": "GET"}, ["http-method"]),
        ("x", {"method": "GET"}, ["http-method", "envelope-not-wellformed"]),
        ("{}", {"headers": {"Content-Type": "application/json"}}, ["http-content-type"]),
        ("<a", {"headers": {"Content-Type": "application/json"}}, ["envelope-not-wellformed"]),
    ],
)
def test_what_was_never_meant_to_be_an_envelope_is_one_fault(data: str, how: dict[str, Any], found: list[str]) -> None:
    head = heads("Batch/StopBatchJob") | how.get("headers", {})
    assert rules(check_request(data, **how | {"headers": head})) == found


def test_without_a_head_no_http_rule_speaks() -> None:
    verdict = check_request(STOP)
    assert verdict.kept and not verdict.notes and not verdict.tolerated


def test_soap_12_with_its_own_media_type_is_one_fault() -> None:
    head = {"Content-Type": f'application/soap+xml; charset=utf-8; action="{NS}/Batch/StopBatchJob"'}
    assert rules(check_request(STOP.replace(SOAP11, SOAP12), headers=head)) == ["envelope-version"]
