"""The verdicts on what a request's Body holds, line by line: each row changes one thing."""

from __future__ import annotations

import pytest

from .messages import ACTIONS, DELETE, FIND, INFO, LOGIN, NS, START, STOP, Case, agree, check_request, ids

BODY = "/Envelope/Body"
STOP_AT = f"{BODY}/StopBatchJob"
TASK_AT = f"{BODY}/StartBatchJob/BatchTaskInfo"
N86 = NS.replace("85", "86")

WITHOUT_TASK = START.replace("<b:BatchTaskInfo>", "").replace("</b:BatchTaskInfo>", "")
WITHOUT_ARRAY = DELETE.replace("<b:BatchTaskIds>", "").replace("</b:BatchTaskIds>", "")

PARAMETERS = [
    Case("documented-one-missing", STOP, "<b:Id>42</b:Id>", "", "body-parameter-missing", "documented", STOP_AT),
    Case("other-one-missing", FIND, "<b:State>All</b:State>", "", "body-parameter-default", "wire",
        f"{BODY}/GetBatchTaskInfosByNameAndState"),
    Case("nillable-one-missing", FIND, "<b:Name>nightly</b:Name>", "", note="body-parameter-null"),
    Case("nillable-one-missing-at-login", LOGIN, "<b:Password>pw</b:Password>", "", note="body-parameter-null"),
    Case("member-missing", START, "<b:State>New</b:State>", "", note="body-member-default"),
    Case("nillable-member-missing", START, "<b:Context/>", "", note="body-member-default"),
    Case("array-empty", DELETE, "<a:int>42</a:int><a:int>43</a:int>", ""),
    Case("out-of-order", FIND, "<b:Name>nightly</b:Name><b:State>All</b:State>",
        "<b:State>All</b:State><b:Name>nightly</b:Name>", "body-order", "xsd",
        f"{BODY}/GetBatchTaskInfosByNameAndState/State"),
    Case("out-of-order-at-login", LOGIN, "<b:UserName>tt</b:UserName><b:Password>pw</b:Password>",
        "<b:Password>pw</b:Password><b:UserName>tt</b:UserName>", "body-order", "xsd",
        f"{BODY}/AuthenticateUsernamePassword/Password"),
    Case("member-too-late", START,
        "<b:Name>nightly</b:Name><b:AssociateId>103</b:AssociateId><b:DetailsTable>5</b:DetailsTable>",
        "<b:AssociateId>103</b:AssociateId><b:DetailsTable>5</b:DetailsTable><b:Name>nightly</b:Name>", "body-order",
        "xsd", f"{TASK_AT}/Name"),
    Case("pair-out-of-order", START, "<b:Key>k</b:Key><b:Value>v</b:Value>", "<b:Value>v</b:Value><b:Key>k</b:Key>",
        "body-order", "xsd", f"{TASK_AT}/ParameterObject/StringKeyValuePair/Value"),
    Case("twice", STOP, "<b:Id>42</b:Id>", "<b:Id>42</b:Id><b:Id>42</b:Id>", "body-twice", "xsd", f"{STOP_AT}/Id[2]"),
    Case("three-times", STOP, "<b:Id>42</b:Id>", "<b:Id>42</b:Id>" * 3, "body-twice", "xsd", f"{STOP_AT}/Id[2]"),
    Case("member-twice", START, "<b:State>New</b:State>", "<b:State>New</b:State>" * 2, "body-twice", "xsd",
        f"{TASK_AT}/State[2]"),
    Case("array-twice", DELETE, "</b:BatchTaskIds>", "</b:BatchTaskIds><b:BatchTaskIds/>", "body-twice", "xsd",
        f"{BODY}/DeleteBatchTasks/BatchTaskIds[2]"),
    Case("unknown-after", STOP, "<b:Id>42</b:Id>", "<b:Id>42</b:Id><b:Foo/>", "body-unknown", "xsd", f"{STOP_AT}/Foo"),
    Case("unknown-before", STOP, "<b:Id>42</b:Id>", "<b:Foo/><b:Id>42</b:Id>", "body-unknown", "xsd", f"{STOP_AT}/Foo"),
    Case("unknown-member", START, "<b:Context/>", "<b:Context/><b:Foo>1</b:Foo>", "body-unknown", "xsd",
        f"{TASK_AT}/Foo"),
    Case("unknown-in-an-array", DELETE, "<a:int>42</a:int>", "<a:int>42</a:int><a:long>42</a:long>", "body-unknown",
        "xsd", f"{BODY}/DeleteBatchTasks/BatchTaskIds/long"),
    Case("no-namespace", STOP, "b:Id", "Id", "body-namespace", "xsd", f"{STOP_AT}/Id"),
    Case("other-version", STOP, "<b:Id>", f'<b:Id xmlns:b="{N86}">', "body-namespace", "xsd", f"{STOP_AT}/Id"),
    Case("array-items-in-the-contract's-namespace", DELETE, "<a:int>42</a:int><a:int>43</a:int>", "<b:int>42</b:int>",
        "body-namespace", "xsd", f"{BODY}/DeleteBatchTasks/BatchTaskIds/int"),
    Case("lower-case", STOP, "b:Id", "b:id", "body-case", "xsd", f"{STOP_AT}/id"),
    Case("upper-case-member", START, "b:ProgressPercent", "b:PROGRESSPERCENT", "body-case", "xsd",
        f"{TASK_AT}/PROGRESSPERCENT"),
    Case("attribute", STOP, "<b:StopBatchJob><b:Id>42</b:Id></b:StopBatchJob>", '<b:StopBatchJob Id="42"/>',
        "body-attribute", "xsd", STOP_AT),
    Case("attribute-of-a-value", START, "<b:Name>", '<b:Name lang="no">', "body-attribute", "xsd", f"{TASK_AT}/Name"),
    Case("xml-lang", FIND, "<b:Name>", '<b:Name xml:lang="no">', "body-attribute", "xsd",
        f"{BODY}/GetBatchTaskInfosByNameAndState/Name"),
    Case("schema-location", STOP, "<b:StopBatchJob>", '<b:StopBatchJob i:schemaLocation="urn:a b.xsd">'),
    Case("stray-text", STOP, "<b:Id>42</b:Id>", "<b:Id>42</b:Id>;", "body-text", "xsd", STOP_AT),
    Case("text-in-place-of-the-parameter", DELETE,
        "<b:BatchTaskIds><a:int>42</a:int><a:int>43</a:int></b:BatchTaskIds>", "<b:BatchTaskIds>42 43</b:BatchTaskIds>",
        "body-text", "xsd", f"{BODY}/DeleteBatchTasks/BatchTaskIds"),
    Case("element-in-a-value", STOP, ">42<", "><b:Id>42</b:Id><", "value-nested", "xsd", f"{STOP_AT}/Id"),
    Case("key-twice", START, "<b:Key>l</b:Key>", "<b:Key>k</b:Key>", "body-key-twice", "wire",
        f"{TASK_AT}/ParameterObject/StringKeyValuePair[2]"),
    Case("key-in-cdata-twice", START, "<b:Key>l</b:Key>", "<b:Key><![CDATA[k]]></b:Key>", "body-key-twice", "wire",
        f"{TASK_AT}/ParameterObject/StringKeyValuePair[2]"),
    Case("key-in-another-case", START, "<b:Key>l</b:Key>", "<b:Key>K</b:Key>"),
    Case("no-value-in-a-pair", START, "<b:Value>v</b:Value>", "", "body-member-missing", "xsd",
        f"{TASK_AT}/ParameterObject/StringKeyValuePair"),
    Case("no-break-space-between", STOP, "<b:Id>", "\u00a0<b:Id>", "body-text", "xsd", STOP_AT),
    Case("members-without-their-task", START, START, WITHOUT_TASK, "body-unknown", "xsd",
        f"{BODY}/StartBatchJob/TableRight", note="body-parameter-null"),
    Case("parameters-without-their-operation", FIND, FIND,
        FIND.replace("<b:GetBatchTaskInfosByNameAndState>", "").replace("</b:GetBatchTaskInfosByNameAndState>", ""),
        "body-operation", "wsdl", f"{BODY}/Name"),
    Case("pairs-without-their-element", START,
        "<b:StringKeyValuePair><b:Key>k</b:Key><b:Value>v</b:Value></b:StringKeyValuePair>",
        "<b:Key>k</b:Key><b:Value>v</b:Value>", "body-unknown", "xsd", f"{TASK_AT}/ParameterObject/Key"),
    Case("twice-and-apart", START, "<b:Id>0</b:Id>", "<b:State>New</b:State><b:Id>0</b:Id>", "body-twice", "xsd",
        f"{TASK_AT}/State[2]"),
    Case("items-without-their-array", DELETE, DELETE, WITHOUT_ARRAY, "body-unknown", "xsd",
        f"{BODY}/DeleteBatchTasks/int", note="body-parameter-null"),
    Case("comment-in-a-value", STOP, ">42<", ">4<!-- -->2<"),
    Case("cdata-in-a-value", STOP, ">42<", "><![CDATA[42]]><"),
    Case("reference-in-a-value", STOP, ">42<", ">&#52;2<"),
    Case("plus", STOP, ">42<", ">+42<"),
    Case("zeros", STOP, ">42<", ">0042<"),
    Case("spaces", STOP, ">42<", "> 42\n<"),
    Case("default-namespace", STOP, "<b:StopBatchJob><b:Id>42</b:Id></b:StopBatchJob>",
        f'<StopBatchJob xmlns="{NS}"><Id>42</Id></StopBatchJob>'),
    Case("member-first-that-is-last", START, START,
        START.replace("<b:ProgressPercent>0</b:ProgressPercent>", "").replace("<b:TableRight>",
        "<b:ProgressPercent>0</b:ProgressPercent><b:TableRight>"), "body-order", "xsd", f"{TASK_AT}/ProgressPercent"),
    Case("another-prefix", FIND, FIND, FIND.replace("b:", "q7.:").replace("xmlns:b=", "xmlns:q7.=")),
    Case("parameter-of-an-operation-without-any", INFO, "<b:GetSystemInfo/>",
        "<b:GetSystemInfo><b:UserName>tt</b:UserName></b:GetSystemInfo>", "body-unknown", "xsd",
        f"{BODY}/GetSystemInfo/UserName"),
]  # fmt: skip


@pytest.mark.parametrize("case", PARAMETERS, ids=ids)
def test_request(case: Case) -> None:
    agree(case, check_request(case.text, onsite=case.onsite))
    # The head of an HTTP message names the operation: the same verdict as without.
    if (action := ACTIONS.get(case.base)) and not case.name.startswith("soap-1.2"):
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NS}/{action}"'}
        agree(case, check_request(case.text, headers=headers, onsite=case.onsite))


def test_a_default_that_is_used_is_named() -> None:
    (note,) = check_request(FIND.replace("<b:Name>nightly</b:Name>", "")).notes
    assert "Name=null" in note.found
    (note,) = check_request(START.replace("<b:State>New</b:State><b:Description>d</b:Description>", "")).notes
    assert "State=Unknown" in note.found and "Description=null" in note.found
    (note,) = check_request(START.replace("<b:LastStarted>2026-11-23T22:00:00</b:LastStarted>", "")).notes
    assert "LastStarted=0001-01-01T00:00:00" in note.found
