"""The verdicts on what a request's Body holds, line by line: each row changes one thing."""

from __future__ import annotations

import pytest

from tests.helpers.messages import DELETE, FIND, INFO, LOGIN, NS, START, STOP, Row, check_request, hold_request, row

N86 = NS.replace("85", "86")

WITHOUT_TASK = START.replace("<b:BatchTaskInfo>", "").replace("</b:BatchTaskInfo>", "")
PERCENT = "<b:ProgressPercent>0</b:ProgressPercent>"
LAST_FIRST = START.replace(PERCENT, "").replace("<b:TableRight>", PERCENT + "<b:TableRight>")
WITHOUT_ARRAY = DELETE.replace("<b:BatchTaskIds>", "").replace("</b:BatchTaskIds>", "")

PARAMETERS = [
    row("documented-one-missing", STOP, "<b:Id>42</b:Id>", "", "body-parameter-missing ~"),
    row("other-one-missing", FIND, "<b:State>All</b:State>", "", "body-parameter-default ~"),
    row("nillable-one-missing", FIND, "<b:Name>nightly</b:Name>", "", note="body-parameter-null"),
    row("nillable-one-missing-at-login", LOGIN, "<b:Password>pw</b:Password>", "", note="body-parameter-null"),
    row("member-missing", START, "<b:State>New</b:State>", "", note="body-member-default"),
    row("nillable-member-missing", START, "<b:Context/>", "", note="body-member-default"),
    row("array-empty", DELETE, "<a:int>42</a:int><a:int>43</a:int>", ""),
    row("out-of-order", FIND, "<b:Name>nightly</b:Name><b:State>All</b:State>",
        "<b:State>All</b:State><b:Name>nightly</b:Name>", "body-order ~/State"),
    row("out-of-order-at-login", LOGIN, "<b:UserName>tt</b:UserName><b:Password>pw</b:Password>",
        "<b:Password>pw</b:Password><b:UserName>tt</b:UserName>", "body-order ~/Password"),
    row("member-too-late", START,
        "<b:Name>nightly</b:Name><b:AssociateId>103</b:AssociateId><b:DetailsTable>5</b:DetailsTable>",
        "<b:AssociateId>103</b:AssociateId><b:DetailsTable>5</b:DetailsTable><b:Name>nightly</b:Name>",
        "body-order ~~/Name"),
    row("pair-out-of-order", START, "<b:Key>k</b:Key><b:Value>v</b:Value>", "<b:Value>v</b:Value><b:Key>k</b:Key>",
        "body-order ~~/ParameterObject/StringKeyValuePair/Value"),
    row("twice", STOP, "<b:Id>42</b:Id>", "<b:Id>42</b:Id><b:Id>42</b:Id>", "body-twice ~/Id[2]"),
    row("three-times", STOP, "<b:Id>42</b:Id>", "<b:Id>42</b:Id>" * 3, "body-twice ~/Id[2]"),
    row("member-twice", START, "<b:State>New</b:State>", "<b:State>New</b:State>" * 2, "body-twice ~~/State[2]"),
    row("array-twice", DELETE, "</b:BatchTaskIds>", "</b:BatchTaskIds><b:BatchTaskIds/>",
        "body-twice ~/BatchTaskIds[2]"),
    row("unknown-after", STOP, "<b:Id>42</b:Id>", "<b:Id>42</b:Id><b:Foo/>", "body-unknown ~/Foo"),
    row("unknown-before", STOP, "<b:Id>42</b:Id>", "<b:Foo/><b:Id>42</b:Id>", "body-unknown ~/Foo"),
    row("unknown-member", START, "<b:Context/>", "<b:Context/><b:Foo>1</b:Foo>", "body-unknown ~~/Foo"),
    row("unknown-in-an-array", DELETE, "<a:int>42</a:int>", "<a:int>42</a:int><a:long>42</a:long>",
        "body-unknown ~~/long"),
    row("no-namespace", STOP, "b:Id", "Id", "body-namespace ~/Id"),
    row("other-version", STOP, "<b:Id>", f'<b:Id xmlns:b="{N86}">', "body-namespace ~/Id"),
    row("array-items-in-the-contract's-namespace", DELETE, "<a:int>42</a:int><a:int>43</a:int>", "<b:int>42</b:int>",
        "body-namespace ~~/int"),
    row("lower-case", STOP, "b:Id", "b:id", "body-case ~/id"),
    row("upper-case-member", START, "b:ProgressPercent", "b:PROGRESSPERCENT", "body-case ~~/PROGRESSPERCENT"),
    row("attribute", STOP, "<b:StopBatchJob><b:Id>42</b:Id></b:StopBatchJob>", '<b:StopBatchJob Id="42"/>',
        "body-attribute ~"),
    row("attribute-of-a-value", START, "<b:Name>", '<b:Name lang="no">', "body-attribute ~~/Name"),
    row("xml-lang", FIND, "<b:Name>", '<b:Name xml:lang="no">', "body-attribute ~/Name"),
    row("schema-location", STOP, "<b:StopBatchJob>", '<b:StopBatchJob i:schemaLocation="urn:a b.xsd">'),
    row("stray-text", STOP, "<b:Id>42</b:Id>", "<b:Id>42</b:Id>;", "body-text ~"),
    row("text-in-place-of-the-parameter", DELETE, "<b:BatchTaskIds><a:int>42</a:int><a:int>43</a:int></b:BatchTaskIds>",
        "<b:BatchTaskIds>42 43</b:BatchTaskIds>", "body-text ~~"),
    row("element-in-a-value", STOP, ">42<", "><b:Id>42</b:Id><", "value-nested ~/Id"),
    row("key-twice", START, "<b:Key>l</b:Key>", "<b:Key>k</b:Key>",
        "body-key-twice ~~/ParameterObject/StringKeyValuePair[2]"),
    row("key-in-cdata-twice", START, "<b:Key>l</b:Key>", "<b:Key><![CDATA[k]]></b:Key>",
        "body-key-twice ~~/ParameterObject/StringKeyValuePair[2]"),
    row("key-in-another-case", START, "<b:Key>l</b:Key>", "<b:Key>K</b:Key>"),
    row("no-value-in-a-pair", START, "<b:Value>v</b:Value>", "",
        "body-member-missing ~~/ParameterObject/StringKeyValuePair"),
    row("no-break-space-between", STOP, "<b:Id>", "\u00a0<b:Id>", "body-text ~"),
    row("members-without-their-task", START, START, WITHOUT_TASK, "body-unknown ~/TableRight",
        note="body-parameter-null"),
    row("parameters-without-their-operation", FIND, FIND,
        FIND.replace("<b:GetBatchTaskInfosByNameAndState>", "").replace("</b:GetBatchTaskInfosByNameAndState>", ""),
        "body-operation Body/Name"),
    row("pairs-without-their-element", START,
        "<b:StringKeyValuePair><b:Key>k</b:Key><b:Value>v</b:Value></b:StringKeyValuePair>",
        "<b:Key>k</b:Key><b:Value>v</b:Value>", "body-unknown ~~/ParameterObject/Key"),
    row("twice-and-apart", START, "<b:Id>0</b:Id>", "<b:State>New</b:State><b:Id>0</b:Id>", "body-twice ~~/State[2]"),
    row("items-without-their-array", DELETE, DELETE, WITHOUT_ARRAY, "body-unknown ~/int", note="body-parameter-null"),
    row("comment-in-a-value", STOP, ">42<", ">4<!-- -->2<"),
    row("cdata-in-a-value", STOP, ">42<", "><![CDATA[42]]><"),
    row("reference-in-a-value", STOP, ">42<", ">&#52;2<"),
    row("plus", STOP, ">42<", ">+42<"),
    row("zeros", STOP, ">42<", ">0042<"),
    row("spaces", STOP, ">42<", "> 42\n<"),
    row("default-namespace", STOP, "<b:StopBatchJob><b:Id>42</b:Id></b:StopBatchJob>",
        f'<StopBatchJob xmlns="{NS}"><Id>42</Id></StopBatchJob>'),
    row("member-first-that-is-last", START, START, LAST_FIRST, "body-order ~~/ProgressPercent"),
    row("another-prefix", FIND, FIND, FIND.replace("b:", "q7.:").replace("xmlns:b=", "xmlns:q7.=")),
    row("parameter-of-an-operation-without-any", INFO, "<b:GetSystemInfo/>",
        "<b:GetSystemInfo><b:UserName>tt</b:UserName></b:GetSystemInfo>", "body-unknown ~/UserName"),
]  # fmt: skip


@pytest.mark.parametrize("case", PARAMETERS)
def test_request(case: Row) -> None:
    hold_request(case)


def test_a_default_that_is_used_is_named() -> None:
    (note,) = check_request(FIND.replace("<b:Name>nightly</b:Name>", "")).notes
    assert "Name=null" in note.found
    (note,) = check_request(START.replace("<b:State>New</b:State><b:Description>d</b:Description>", "")).notes
    assert "State=Unknown" in note.found and "Description=null" in note.found
    (note,) = check_request(START.replace("<b:LastStarted>2026-11-23T22:00:00</b:LastStarted>", "")).notes
    assert "LastStarted=0001-01-01T00:00:00" in note.found
