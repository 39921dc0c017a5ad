"""What findings say: one for each independent fault, where it is, on which line, and no secret in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.messages import read
from contracts.model import Message
from tests.helpers.messages import (
    CONTRACT,
    CREDENTIALS,
    DELETE,
    FIND,
    LOGIN,
    NS,
    START,
    STOP,
    STOPPED,
    TIMEZONE,
    TOKEN,
    Row,
    check_request,
    check_response,
    heads,
    hold_request,
    request,
    row,
    rules,
    said,
)

INDEPENDENT = [
    row("order-and-value", FIND.replace("<b:Name>nightly</b:Name><b:State>All", "<b:State>Alle"), "</b:State>",
        "</b:State><b:Name>n</b:Name>", "value-enum Body/GetBatchTaskInfosByNameAndState/State",
        "body-order Body/GetBatchTaskInfosByNameAndState/State"),
    row("two-bad-values", START.replace(">5</b:DetailsTable>", ">99999</b:DetailsTable>"), ">New<", ">Paused<",
        "value-range Body/StartBatchJob/BatchTaskInfo/DetailsTable",
        "value-enum Body/StartBatchJob/BatchTaskInfo/State"),
    row("order-and-values-behind-it",
        START.replace("<b:Id>0</b:Id><b:Name>nightly</b:Name>", "<b:Name>nightly</b:Name><b:Id>zero</b:Id>"),
        ">2026-11-23T22:00:00<", ">today<", "value-lexical Body/StartBatchJob/BatchTaskInfo/Id",
        "value-lexical Body/StartBatchJob/BatchTaskInfo/LastStarted",
        "body-order Body/StartBatchJob/BatchTaskInfo/Name"),
    row("case-and-value", STOP.replace("b:Id>", "b:id>"), ">42<", ">x<", "body-case Body/StopBatchJob/id",
        "value-lexical Body/StopBatchJob/id"),
    row("namespace-and-value", STOP.replace("b:Id>", "Id>"), ">42<", ">99999999999<",
        "body-namespace Body/StopBatchJob/Id", "value-range Body/StopBatchJob/Id"),
    row("unknown-and-missing", FIND.replace("<b:State>All</b:State>", ""), "<b:Name>", "<b:Foo/><b:Name>",
        "body-unknown Body/GetBatchTaskInfosByNameAndState/Foo",
        "body-parameter-default Body/GetBatchTaskInfosByNameAndState"),
    row("two-unknown", STOP, "<b:Id>42</b:Id>", "<b:A/><b:Id>42</b:Id><b:B/>", "body-unknown ~/A", "body-unknown ~/B"),
    row("header-and-body", STOP.replace(CREDENTIALS, ""), ">42<", ">x<", "header-missing Header",
        "value-lexical Body/StopBatchJob/Id"),
    row("frame-header-and-body", STOP.replace("<s:Body>", "text<s:Body>").replace(TOKEN, ""), "b:Id>", "b:id>",
        "envelope-text /Envelope", "header-missing Header", "body-case Body/StopBatchJob/id"),
    row("two-operations-and-a-value", STOP.replace(">42<", ">x<"), "</b:StopBatchJob>",
        "</b:StopBatchJob><b:DeleteBatchTask/>", "body-two-operations Body/DeleteBatchTask",
        "value-lexical Body/StopBatchJob/Id"),
    row("instruction-and-a-value", STOP, ">42<", "><?x?>x<", "envelope-processing-instruction ~/Id",
        "value-lexical ~/Id"),
    row("attribute-and-text", STOP, "<b:StopBatchJob>", '<b:StopBatchJob x="1">text', "body-attribute ~",
        "body-text ~"),
    row("key-and-value-in-a-dictionary", START.replace("<b:Key>l</b:Key>", "<b:Key>k</b:Key>"), ">5</b:DetailsTable>",
        ">five</b:DetailsTable>", "value-lexical Body/StartBatchJob/BatchTaskInfo/DetailsTable",
        "body-key-twice Body/StartBatchJob/BatchTaskInfo/ParameterObject/StringKeyValuePair[2]"),
]  # fmt: skip


@pytest.mark.parametrize("case", INDEPENDENT)
def test_independent_faults_have_a_violation_each(case: Row) -> None:
    hold_request(case)


def test_another_name_in_the_place_of_a_parameter_is_one_fault() -> None:
    for name in ("Number", "Ident", "BatchId"):
        assert said(check_request(STOP.replace("b:Id>", f"b:{name}>"))) == [f"body-unknown Body/StopBatchJob/{name}"]


def test_faults_in_the_head_and_in_the_body_are_independent() -> None:
    head = {"Content-Type": "application/json", "SOAPAction": '""'}
    verdict = check_request(STOP.replace(">42<", ">x<"), headers=head, method="PUT")
    assert sorted(rules(verdict)) == ["http-action-empty", "http-content-type", "http-method", "value-lexical"]


def test_every_bad_item_of_an_array_is_named() -> None:
    items = "".join(f"<a:int>{i if i % 3 else 'x'}</a:int>" for i in range(1, 10))
    verdict = check_request(DELETE.replace("<a:int>42</a:int><a:int>43</a:int>", items))
    assert said(verdict) == [f"value-lexical Body/DeleteBatchTasks/BatchTaskIds/int[{n}]" for n in (3, 6, 9)]


def test_the_same_name_twice_is_numbered_by_its_own_name() -> None:
    verdict = check_request(DELETE.replace("<a:int>43</a:int>", "<b:x/><a:int>x</a:int>"))
    ids = "Body/DeleteBatchTasks/BatchTaskIds"
    assert sorted(said(verdict)) == [f"body-unknown {ids}/x", f"value-lexical {ids}/int[2]"]


def test_keys_twice_in_two_dictionaries() -> None:
    pair = "<b:FieldPropertyDictionaryKeyValuePair><b:Key>f</b:Key><b:Value/></b:FieldPropertyDictionaryKeyValuePair>"
    once = START.replace("<b:FieldProperties/>", f"<b:FieldProperties>{pair}</b:FieldProperties>")
    assert check_request(once).kept
    assert (
        rules(check_request(once.replace(pair, pair * 2).replace("<b:Key>l<", "<b:Key>k<"))) == ["body-key-twice"] * 2
    )


def test_lines() -> None:
    text = STOP.replace("><", ">\n<")
    lines = text.split("\n")
    for old, rule in ((">42<", "value-lexical"), ("1234567-1234-9876", "header-empty")):
        (found,) = check_request(text.replace(old, ">x<" if old[0] == ">" else "")).violations
        assert found.rule == rule
        assert old.strip("><") in lines[(found.line or 0) - 1]


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    text = STOP.replace("><", ">\n<").replace(">42<", ">x<")
    line = 1 + next(i for i, at in enumerate(text.split("\n")) if ">x<" in at)
    action = f'"{NS}/Batch/StopBatchJob"'
    head = f"POST /Services85/Batch.svc HTTP/1.1\nContent-Type: text/xml; charset=utf-8\nSOAPAction: {action}\n\n"
    files = {"a.xml": (text, 0), "b.http": (head + text, 4), "c.md": (f"# Page\n\n```xml\n{text}\n```\n", 3)}
    for name, (content, before) in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
        (message,) = read(str(tmp_path / name))
        assert isinstance(message, Message)
        (found,) = CONTRACT.judge(message).violations
        assert (found.rule, found.line) == ("value-lexical", line + before), name


def test_lines_of_what_is_not_well_formed() -> None:
    text = STOP.replace("><", ">\n<").replace("</b:Id>", "</b:ID>")
    (found,) = check_request(text).violations
    assert found.rule == "envelope-not-wellformed"
    assert "</b:ID>" in text.split("\n")[(found.line or 0) - 1]
    (found,) = check_request(b"<a>\n\n\xff</a>").violations
    assert (found.rule, found.line) == ("envelope-not-wellformed", 3)


def test_http_findings_have_no_line() -> None:
    verdict = check_request(STOP, headers={})
    assert sorted(rules(verdict)) == ["http-action-missing", "http-content-type"]
    assert {f.line for f in verdict.violations} == {None}


SECRETS = {
    "ticket-nested": STOP.replace("7T:9876zyxcbaExample==", "<b:T>7T:SECRETabc==</b:T>"),
    "ticket-as-text": STOP.replace(CREDENTIALS, "<b:Credentials>7T:SECRETabc==</b:Credentials>"),
    "ticket-as-attribute": STOP.replace("<b:Credentials>", '<b:Credentials Ticket="7T:SECRETabc==">'),
    "ticket-as-id": STOP.replace(">42<", ">7T:SECRETabc==<"),
    "access-token-as-id": STOP.replace(">42<", ">8A:Cust12345.SECRET<"),
    "token-in-another-place": FIND.replace("<b:Name>nightly</b:Name>",
        "<b:ApplicationToken>SECRET</b:ApplicationToken>"),
    "text-in-the-header": STOP.replace("<s:Header>", "<s:Header>7T:SECRETabc=="),
    "token-nested": STOP.replace("1234567-1234-9876", "SECRET<b:x>SECRET</b:x>SECRET"),
    "token-with-a-type": STOP.replace("<b:ApplicationToken>", '<b:ApplicationToken i:type="x:int">SECRET'),
    "password-nested": LOGIN.replace(">pw<", "><b:x>SECRET</b:x><"),
    "password-with-text": LOGIN.replace(">pw<", ">SECRET<b:x/><"),
    "password-as-attribute": LOGIN.replace("UsernamePassword>", 'UsernamePassword Password="SECRET">', 1),
    "password-nil-with-content": LOGIN.replace("<b:Password>pw", '<b:Password i:nil="true">SECRET'),
    "user-in-lower-case": LOGIN.replace("b:Password>pw", "b:password>SECRET").replace("</b:Password", "</b:password"),
    "login-data-twice": request("<b:AuthenticateGeneric><b:AuthenticationData>"
        + "<b:AuthenticationGenericDataKeyValuePair><b:Key>SECRET</b:Key><b:Value>SECRET</b:Value>"
        "</b:AuthenticationGenericDataKeyValuePair>" * 2 + "</b:AuthenticationData></b:AuthenticateGeneric>", TOKEN),
    "text-among-login-data": request(
        "<b:AuthenticateGeneric><b:AuthenticationData>SECRET</b:AuthenticationData></b:AuthenticateGeneric>", TOKEN),
    "not-well-formed": STOP.replace("7T:9876zyxcbaExample==", "7T:SECRETabc==&"),
    "time-zone": STOP.replace(TIMEZONE, "<b:TimeZone>7T:SECRETabc==</b:TimeZone>"),
}  # fmt: skip


@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_is_shown(name: str) -> None:
    verdict = check_request(SECRETS[name])
    assert verdict.outcome == "broken"
    for finding in (*verdict.violations, *verdict.tolerated, *verdict.notes):
        assert "SECRET" not in str(finding.as_dict()), finding


def test_no_secret_of_the_head_is_shown() -> None:
    for head in (
        {"SOAPAction": "7T:SECRETabc=="},
        {"Content-Type": "7T:SECRETabc=="},
        {"SOAPAction": "Bearer SECRET", "Authorization": "Bearer SECRET"},
    ):
        verdict = check_request(STOP, headers=head)
        for finding in (*verdict.violations, *verdict.notes):
            assert "SECRET" not in str(finding.as_dict()), finding


def test_no_secret_of_an_answer_is_shown() -> None:
    for text in (
        STOPPED.replace(">true</b:Response>", ">7T:SECRETabc==</b:Response>"),
        STOPPED.replace("<b:Succeeded>true", "<b:Succeeded>7T:SECRETabc=="),
    ):
        (found,) = check_response(text).violations
        assert "SECRET" not in str(found.as_dict())
        assert "(secret)" in found.found


def test_found_values_are_short_and_on_one_line() -> None:
    for value in ("x" * 10_000, "a\nb", "\u202eabc", "\u00a042"):
        (found,) = check_request(STOP.replace(">42<", f">{value}<")).violations
        assert len(found.found) < 400
        assert found.found.isprintable()
        assert "\u202e" not in found.found


HINTS = [  # what clients really send, and what helps
    ("<b:GetBatchTaskInfosByAssociates><b:AssociateIds>1</b:AssociateIds></b:GetBatchTaskInfosByAssociates>",
        "body-text", "put each value into <int>"),
    ("<b:GetBatchTaskInfosByAssociates><b:AssociateIds>1</b:AssociateIds><b:AssociateIds>2</b:AssociateIds>"
        "</b:GetBatchTaskInfosByAssociates>", "body-twice", "send one <AssociateIds>, with <int> for each"),
    ("<b:StartBatchJob><b:BatchTaskInfo><b:TableRight><b:Mask>Select</b:Mask><b:Mask>Update</b:Mask></b:TableRight>"
        "</b:BatchTaskInfo></b:StartBatchJob>", "body-twice", "send one <Mask>, its values with a space between them"),
    ("<b:StopBatchJob><b:Id>1</b:Id><b:Id>2</b:Id></b:StopBatchJob>", "body-twice", "send it once"),
    ("<b:StartBatchJob><b:BatchTaskInfo><b:ParameterObject><b:StringKeyValuePair><b:Key>k</b:Key>"
        "</b:StringKeyValuePair></b:ParameterObject></b:BatchTaskInfo></b:StartBatchJob>", "body-member-missing",
        'add it; without a value: <Value xsi:nil="true"/>'),
    ("<b:StopBatchJob><b:Id>1</b:Id></b:StopBatchJob><param1>1</param1>", "body-two-operations",
        "a parameter stands in <StopBatchJob>, under its own name"),
    ("<b:StopBatchJob><b:Id>1</b:Id></b:StopBatchJob><b:GetSystemInfo/>", "body-two-operations",
        "send one message for each"),
    ('<b:StopBatchJob><b:Id i:type="xsd:int">1</b:Id></b:StopBatchJob>', "value-xsi-type",
        "declare the prefix with xmlns, or leave xsi:type out"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "rule", "hint"), HINTS)
def test_hints(body: str, rule: str, hint: str) -> None:
    assert [(f.rule, f.hint) for f in check_request(request(body)).violations] == [(rule, hint)]


def test_an_array_twice_with_another_fault_inside() -> None:
    twice = "<b:AssociateIds><b:int>1</b:int></b:AssociateIds>" * 2
    verdict = check_request(request(f"<b:GetBatchTaskInfosByAssociates>{twice}</b:GetBatchTaskInfosByAssociates>"))
    assert sorted(rules(verdict)) == ["body-namespace", "body-twice"]


def test_attachments() -> None:
    head = {"Content-Type": 'multipart/related; type="application/xop+xml"'}
    (found,) = check_request(STOP, headers=heads("Batch/StopBatchJob") | head).violations
    assert (found.rule, found.hint) == ("http-content-type", "send it without attachments: switch MTOM off")
