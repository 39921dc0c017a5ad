"""The verdicts on requests, line by line: XML, frame and HTTP head; each row changes one thing."""

from __future__ import annotations

import pytest

from .messages import (
    ACTIONS,
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
    Case,
    agree,
    check_request,
    ids,
)

BODY = "/Envelope/Body"
STOP_AT = f"{BODY}/StopBatchJob"
HEADER = "/Envelope/Header"
N86 = NS.replace("85", "86")
TRACE = '<t:Trace xmlns:t="urn:t">1</t:Trace>'

SOAPS = STOP.replace("<s:Envelope", f'<s:Envelope xmlns:t="{SOAP12}"')
GOOD = [Case(f"good-{i}", base, "", "") for i, base in enumerate((STOP, START, FIND, DELETE, LOGIN))]

XML = [
    Case("truncated", STOP, "</s:Envelope>", "", "envelope-not-wellformed", "soap", "/"),
    Case("two-roots", STOP, "</s:Envelope>", "</s:Envelope><x/>", "envelope-not-wellformed", "soap", "/"),
    Case("text-after-the-root", STOP, "</s:Envelope>", "</s:Envelope>tail", "envelope-not-wellformed", "soap", "/"),
    Case("comment-after-the-root", STOP, "</s:Envelope>", "</s:Envelope><!-- tail -->\n"),
    Case("xml-1.1", STOP, "<s:Envelope", '<?xml version="1.1"?><s:Envelope', "envelope-not-wellformed", "soap", "/"),
    Case("xml-1.0", STOP, "<s:Envelope", '<?xml version="1.0" standalone="yes"?><s:Envelope'),
    Case("undeclared-prefix", LOGIN, "b:UserName", "q:UserName", "envelope-not-wellformed", "soap", "/"),
    Case("undeclared-entity", FIND, "nightly", "&nbsp;", "envelope-not-wellformed", "soap", "/"),
    Case("dtd", FIND, "<s:Envelope", "<!DOCTYPE x><s:Envelope", "envelope-dtd", "soap", "/"),
    Case("doctype-in-a-value", FIND, "nightly", "&lt;!DOCTYPE"),
    Case("doctype-in-cdata", FIND, "nightly", "<![CDATA[<!DOCTYPE x>]]>"),
    Case("doctype-in-a-comment", FIND, "<s:Envelope", "<!-- <!DOCTYPE x> --><s:Envelope"),
    Case("instruction-before", STOP, "<s:Envelope", "<?go?><s:Envelope", "envelope-processing-instruction", "soap",
        "/Envelope"),
    Case("instruction-after", STOP, "</s:Envelope>", "</s:Envelope><?go?>", "envelope-processing-instruction", "soap",
        "/Envelope"),
    Case("instruction-in-a-value", STOP, ">42<", ">4<?go?>2<", "envelope-processing-instruction", "soap",
        f"{STOP_AT}/Id"),
    Case("instruction-in-the-header", LOGIN, TOKEN, f"<?go?>{TOKEN}", "envelope-processing-instruction", "soap",
        HEADER),
    Case("instruction-in-cdata", FIND, "nightly", "<![CDATA[<?go?>]]>"),
]  # fmt: skip

FRAME = [
    Case("attribute", STOP, "<s:Envelope", '<s:Envelope a="1" b="2"', "envelope-attribute", "soap", "/Envelope"),
    Case("attribute-on-header", STOP, "<s:Header", '<s:Header a="1"', "envelope-attribute", "soap", HEADER),
    Case("attribute-in-a-namespace", STOP, "<s:Envelope", '<s:Envelope xmlns:t="urn:t" t:a="1"'),
    Case("attribute-on-body", STOP, "<s:Body", '<s:Body Id="signed"'),
    Case("body-in-body", STOP, "<b:StopBatchJob>", "<s:Body/><b:StopBatchJob>", "body-operation", "wsdl",
        f"{BODY}/Body"),
    Case("envelope-in-body", STOP, "<b:StopBatchJob>", "<s:Envelope/><b:StopBatchJob>", "body-operation", "wsdl",
        f"{BODY}/Envelope"),
    Case("soap-1.2", STOP, SOAP11, SOAP12, "envelope-version", "wsdl", "/Envelope"),
    Case("soap-1.2-login", LOGIN, SOAP11, SOAP12, "envelope-version", "wsdl", "/Envelope"),
    Case("foreign-envelope", STOP, SOAP11, "urn:soap", "envelope-root", "soap", "/Envelope"),
    Case("lower-case-body", STOP, "s:Body", "s:body", "envelope-body-missing", "soap", "/Envelope"),
    Case("two-headers", STOP, "<s:Header>", "<s:Header/><s:Header>", "envelope-header-twice", "soap", f"{HEADER}[2]"),
    Case("header-twice", STOP, f"{TIMEZONE}</s:Header>",
        f"{TIMEZONE}</s:Header><s:Header>{TOKEN}{CREDENTIALS}</s:Header>", "envelope-header-twice", "soap",
        f"{HEADER}[2]"),
    Case("two-bodies", STOP, "</s:Body>", "</s:Body><s:Body/>", "envelope-body-twice", "soap", f"{BODY}[2]"),
    Case("after-the-body", FIND, "</s:Body>", f"</s:Body>{TRACE}", "envelope-after-body", "wsi", "/Envelope/Trace"),
    Case("header-outside", STOP, f"{CREDENTIALS}{TIMEZONE}</s:Header>", f"{TIMEZONE}</s:Header>{CREDENTIALS}",
        "envelope-header-outside", "soap", "/Envelope/Credentials"),
    Case("all-headers-outside", LOGIN, f"<s:Header>{TOKEN}</s:Header>", TOKEN, "envelope-header-outside", "soap",
        "/Envelope/ApplicationToken"),
    Case("no-operation", STOP, "<b:StopBatchJob><b:Id>42</b:Id></b:StopBatchJob>", "", "body-empty", "soap", BODY),
    Case("two-operations", STOP, "</b:StopBatchJob>",
        "</b:StopBatchJob><b:StopBatchJob><b:Id>1</b:Id></b:StopBatchJob>", "body-two-operations", "wsi",
        f"{STOP_AT}[2]"),
    Case("two-other-operations", STOP, "</b:StopBatchJob>", "</b:StopBatchJob><b:DeleteBatchTask/>",
        "body-two-operations", "wsi", f"{BODY}/DeleteBatchTask"),
    Case("text-in-the-body", STOP, "<s:Body>", "<s:Body>x", "envelope-text", "soap", BODY),
    Case("text-in-the-header", STOP, "<s:Header>", "<s:Header>x", "envelope-text", "soap", HEADER),
    Case("text-in-the-envelope", LOGIN, "<s:Body>", "x<s:Body>", "envelope-text", "soap", "/Envelope"),
    Case("no-break-space", STOP, "<s:Body>", "<s:Body>\u00a0", "envelope-text", "soap", BODY),
    Case("headers", STOP, "s:Header>", "s:Headers>", "envelope-header-outside", "soap", "/Envelope/Headers"),
    Case("header-of-1.2", SOAPS, "s:Header>", "t:Header>", "envelope-header-outside", "soap", HEADER),
    Case("body-of-1.2", SOAPS, "s:Body>", "t:Body>", "envelope-body-missing", "soap", "/Envelope"),
    Case("no-body-element", STOP, "s:Body>", "b:StopBatchJobs>", "envelope-body-missing", "soap", "/Envelope"),
    Case("space-everywhere", STOP, "><", ">\n \t<"),
    Case("encoding-style", STOP, "<s:Envelope", f'<s:Envelope s:encodingStyle="{SOAP11}"',
        note="envelope-encoding-style"),
    Case("encoding-style-of-the-body", STOP, "<s:Body", f'<s:Body s:encodingStyle="{SOAP11}"',
        note="envelope-encoding-style"),
    Case("encoding-style-of-the-operation", STOP, "<b:StopBatchJob", f'<b:StopBatchJob s:encodingStyle="{SOAP11}"',
        "body-attribute", "xsd", STOP_AT),
    Case("header-after-body", STOP, STOP,
        STOP.replace(f"<s:Header>{TOKEN}{CREDENTIALS}{TIMEZONE}</s:Header>", "").replace("</s:Body>",
        f"</s:Body><s:Header>{TOKEN}{CREDENTIALS}{TIMEZONE}</s:Header>"), "envelope-header-after-body", "soap", HEADER),
    Case("header-in-body", STOP, STOP,
        STOP.replace(f"<s:Header>{TOKEN}{CREDENTIALS}{TIMEZONE}</s:Header><s:Body>", "<s:Body>").replace("<s:Body>",
        f"<s:Body><s:Header>{TOKEN}{CREDENTIALS}{TIMEZONE}</s:Header>"), "envelope-header-after-body", "soap",
        "/Envelope/Body/Header"),
    Case("a-header-after-the-body", STOP, STOP,
        STOP.replace(CREDENTIALS, "").replace("</s:Body>", f"</s:Body>{CREDENTIALS}"), "envelope-after-body", "wsi",
        "/Envelope/Credentials"),
]  # fmt: skip


@pytest.mark.parametrize("case", [*GOOD, *XML, *FRAME], ids=ids)
def test_request(case: Case) -> None:
    agree(case, check_request(case.text, onsite=case.onsite))
    # The head of an HTTP message names the operation: the same verdict as without.
    if (action := ACTIONS.get(case.base)) and not case.name.startswith("soap-1.2"):
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NS}/{action}"'}
        agree(case, check_request(case.text, headers=headers, onsite=case.onsite))


HTTP = [
    ("json", {"Content-Type": "application/json"}, "http-content-type", "http", "Content-Type"),
    ("soap-xml", {"Content-Type": "application/soap+xml; charset=utf-8"}, "http-content-type", "http", "Content-Type"),
    ("no-content-type", {"Content-Type": None}, "http-content-type", "http", "Content-Type"),
    ("no-action", {"SOAPAction": None}, "http-action-missing", "wsdl", "SOAPAction"),
    ("empty-action", {"SOAPAction": '""'}, "http-action-empty", "wsdl", "SOAPAction"),
    ("bare-empty-action", {"SOAPAction": ""}, "http-action-empty", "wsdl", "SOAPAction"),
    ("other-operation", {"SOAPAction": f'"{NS}/Batch/DeleteBatchTask"'}, "http-action", "wsdl", "SOAPAction"),
    ("response-action", {"SOAPAction": f'"{NS}/Batch/StopBatchJobResponse"'}, "http-action", "wsdl", "SOAPAction"),
    ("other-version", {"SOAPAction": f'"{N86}/Batch/StopBatchJob"'}, "http-action", "wsdl", "SOAPAction"),
    ("other-agent", {"SOAPAction": f'"{NS}/SoPrincipal/GetSystemInfo"'}, "http-action", "wsdl", "SOAPAction"),
    ("unknown-action", {"SOAPAction": '"urn:x"'}, "http-action", "wsdl", "SOAPAction"),
    ("single-quotes", {"SOAPAction": f"'{NS}/Batch/StopBatchJob'"}, "http-action-quotes", "wsdl", "SOAPAction"),
    ("half-a-quote", {"SOAPAction": f'"{NS}/Batch/StopBatchJob'}, "http-action", "wsdl", "SOAPAction"),
    ("space-inside", {"SOAPAction": f'" {NS}/Batch/StopBatchJob"'}, "http-action", "wsdl", "SOAPAction"),
    ("space-outside", {"SOAPAction": f' "{NS}/Batch/StopBatchJob" '}, None, None, None),
    ("names-in-lower-case", {"content-type": "text/xml; charset=utf-8", "Content-Type": None}, None, None, None),
    ("charset-in-upper-case", {"Content-Type": "Text/XML; Charset=UTF-8"}, None, None, None),
    ("charset-quoted", {"Content-Type": 'text/xml;charset="utf-8"'}, None, None, None),
]


@pytest.mark.parametrize(("name", "changed", "rule", "authority", "path"), HTTP, ids=[row[0] for row in HTTP])
def test_head(
    name: str, changed: dict[str, str | None], rule: str | None, authority: str | None, path: str | None
) -> None:
    head = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NS}/Batch/StopBatchJob"', **changed}
    verdict = check_request(STOP, headers={k: v for k, v in head.items() if v is not None})
    assert [(f.rule, f.authority, f.path) for f in verdict.violations] == ([(rule, authority, path)] if rule else [])
    assert verdict.label == "Batch.StopBatchJob" or rule == "http-action"
    assert not verdict.notes


@pytest.mark.parametrize(
    ("changed", "note"),
    [
        ({"SOAPAction": f"{NS}/Batch/StopBatchJob"}, "http-action-unquoted"),
        ({"Content-Type": "text/xml"}, "http-charset-missing"),
    ],
)
def test_head_that_is_noted(changed: dict[str, str], note: str) -> None:
    head = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NS}/Batch/StopBatchJob"', **changed}
    verdict = check_request(STOP, headers=head)
    assert verdict.kept
    assert [f.rule for f in verdict.notes] == [note]


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "get", "post"])
def test_method(method: str) -> None:
    head = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NS}/Batch/StopBatchJob"'}
    verdict = check_request(STOP, headers=head, method=method)
    assert [(f.rule, f.authority, f.path) for f in verdict.violations] == [("http-method", "http", "method")]
    assert check_request(STOP, headers=head, method="POST").kept


def test_without_a_head_no_http_rule_speaks() -> None:
    verdict = check_request(STOP)
    assert verdict.kept and not verdict.notes and not verdict.tolerated


def test_soap_12_with_its_own_media_type_is_one_fault() -> None:
    head = {"Content-Type": f'application/soap+xml; charset=utf-8; action="{NS}/Batch/StopBatchJob"'}
    verdict = check_request(STOP.replace(SOAP11, SOAP12), headers=head)
    assert [f.rule for f in verdict.violations] == ["envelope-version"]
