"""One mistake that shows in several elements is one violation; two mistakes are two."""

from __future__ import annotations

import pytest

from tests.helpers.messages import (
    CREDENTIALS,
    DELETE,
    EXCEPTION,
    FIND,
    LOGIN,
    NO_EXCEPTION,
    START,
    STOP,
    STOPPED,
    SUCCEEDED,
    TASK,
    TIMEZONE,
    TOKEN,
    Row,
    check_request,
    heads,
    hold_request,
    hold_response,
    request,
    response,
    row,
    said,
)

PAIR = "<b:StringKeyValuePair><b:Key>k</b:Key><b:Value>v</b:Value></b:StringKeyValuePair>"
INTS = "<a:int>42</a:int><a:int>43</a:int>"
STRAYED = TASK.replace("<b:", "<").replace("</b:", "</")

HEADERS = TOKEN + CREDENTIALS + TIMEZONE
SWAPPED = "<b:StringKeyValuePair><b:Value>v</b:Value><b:Key>{}</b:Key></b:StringKeyValuePair>"
KEYLESS = "<b:StringKeyValuePair><b:Value>v</b:Value></b:StringKeyValuePair>"
TASKS_BY_STATE = response(
    f"<b:GetBatchTaskInfosByStateResponse><b:Response><b:BatchTaskInfo>{TASK}</b:BatchTaskInfo></b:Response>"
    "</b:GetBatchTaskInfosByStateResponse>"
)
FAILED = SUCCEEDED.replace("true", "false")

REQUESTS = [
    row("a value without its element", STOP, "<b:Id>42</b:Id>", "42", "body-text ~"),
    row("parameters as CDATA", FIND, "<b:Name>nightly</b:Name><b:State>All</b:State>",
        "<![CDATA[<b:Name>nightly</b:Name><b:State>All</b:State>]]>", "body-text ~", note="body-parameter-null"),
    row("a pair as text", START, "<b:Key>k</b:Key><b:Value>v</b:Value>", "k=v",
        "body-text ~~/ParameterObject/StringKeyValuePair"),
    row("text, and a parameter left out", FIND, "<b:State>All</b:State>", "All", "body-text ~",
        "body-parameter-default ~"),
    row("a subtree in no namespace", START, f"<b:BatchTaskInfo>{TASK}</b:BatchTaskInfo>",
        f"<BatchTaskInfo>{STRAYED}</BatchTaskInfo>", "body-namespace ~~"),
    row("a subtree in another namespace", START, PAIR,
        PAIR.replace("b:", "w:").replace("Pair>", 'Pair xmlns:w="urn:w">', 1),
        "body-namespace ~~/ParameterObject/StringKeyValuePair"),
    row("two namespaces, one inside the other", START, PAIR,
        "<StringKeyValuePair><a:Key>k</a:Key><b:Value>v</b:Value></StringKeyValuePair>",
        "body-namespace ~~/ParameterObject/StringKeyValuePair",
        "body-namespace ~~/ParameterObject/StringKeyValuePair/Key"),
    row("a wrong value in a strayed subtree", START, f"<b:BatchTaskInfo>{TASK}</b:BatchTaskInfo>",
        f"<BatchTaskInfo>{STRAYED.replace('>New<', '>Old<')}</BatchTaskInfo>", "body-namespace ~~",
        "value-enum ~~/State"),
    row("all items in another namespace", DELETE, INTS, INTS.replace("a:", "b:"), "body-namespace ~~/int"),
    row("all items under another name", DELETE, INTS, INTS.replace("int>", "item>"), "body-unknown ~~/item"),
    row("items under two other names", DELETE, INTS, "<a:item>42</a:item><a:element>43</a:element>",
        "body-unknown ~~/item", "body-unknown ~~/element"),
    row("a parameter under the next one's name", FIND, "<b:Name>nightly</b:Name>", "<b:State>nightly</b:State>",
        "body-twice ~/State", note="body-parameter-null"),
    row("a parameter under the name of the one before", FIND, "<b:State>All</b:State>", "<b:Name>All</b:Name>",
        "body-twice ~/Name[2]"),
    row("a member under the name of one of another type", START, "<b:Context/>", "<b:StartCount/>",
        "body-twice ~~/StartCount[2]", note="body-member-default"),
    row("twice, and both have a wrong value", START, "<b:State>New</b:State>",
        "<b:State>Old</b:State><b:State>Old</b:State>", "value-enum ~~/State", "body-twice ~~/State[2]"),
    row("a parameter beside the operation", STOP, "<b:Id>42</b:Id></b:StopBatchJob>",
        "</b:StopBatchJob><b:Id>42</b:Id>", "body-two-operations Body/Id"),
    row("a parameter inside another", FIND, "nightly</b:Name><b:State>All</b:State>", "<b:State>All</b:State></b:Name>",
        "value-nested ~/Name"),
    row("a member of a pair beside it", START, PAIR,
        "<b:Key>k</b:Key><b:StringKeyValuePair><b:Value>v</b:Value></b:StringKeyValuePair>",
        "body-unknown ~~/ParameterObject/Key"),
    row("one parameter beside the operation, another left out", STOP, "<b:Id>42</b:Id></b:StopBatchJob>",
        "</b:StopBatchJob><b:Key>42</b:Key>", "body-two-operations Body/Key", "body-parameter-missing ~"),
    row("a token among the credentials", STOP, TOKEN + CREDENTIALS,
        CREDENTIALS.replace("</b:Ticket>", f"</b:Ticket>{TOKEN}"), "body-unknown Header/Credentials/ApplicationToken"),
    row("a ticket as an attribute", STOP, CREDENTIALS, '<b:Credentials Ticket="7T:x"/>',
        "body-attribute Header/Credentials"),
    row("credentials with another attribute and no ticket", STOP, CREDENTIALS, '<b:Credentials Id="7"/>',
        "body-attribute Header/Credentials", "header-empty Header/Credentials"),
    row("a parameter among the header blocks", STOP.replace("<b:Id>42</b:Id>", ""), TOKEN, f"{TOKEN}<b:Id>42</b:Id>",
        "header-undeclared Header/Id"),
    row("both parameters of a log-in under one name", LOGIN, "<b:Password>pw</b:Password>",
        "<b:UserName>pw</b:UserName>", "body-twice ~/UserName[2]", note="body-parameter-null"),
    row("item-in-another-namespace", DELETE, "<a:int>42</a:int>", "<b:int>42</b:int>", "body-namespace ~~/int"),
    row("item-in-another-case", DELETE, "<a:int>42</a:int>", "<a:Int>42</a:Int>", "body-case ~~/Int"),
    row("misspelled-beside-the-right-one", STOP, CREDENTIALS, CREDENTIALS.replace("b:Cred", "b:cred") + CREDENTIALS,
        "header-undeclared Header/credentials"),
    row("foreign-beside-the-right-one", STOP, TOKEN,
        '<x:ApplicationToken xmlns:x="urn:x">1</x:ApplicationToken>' + TOKEN,
        "header-namespace Header/ApplicationToken"),
    row("nil-token-with-a-value", STOP, "<b:ApplicationToken>", '<b:ApplicationToken i:nil="true">',
        "value-nil-content Header/ApplicationToken"),
    row("nil-ticket-with-a-value", STOP, "<b:Ticket>", '<b:Ticket i:nil="true">',
        "value-nil-content Header/Credentials/Ticket"),
    row("value-before-key-in-two-pairs", START, PAIR, SWAPPED.format("k") + SWAPPED.format("m"),
        "body-order ~~/ParameterObject/StringKeyValuePair/Value",
        "body-order ~~/ParameterObject/StringKeyValuePair[2]/Value"),
    row("one key beside its pair, and another pair without one", START, PAIR, f"<b:Key>k</b:Key>{KEYLESS * 2}",
        "body-member-missing ~~/ParameterObject/StringKeyValuePair[2]", "body-unknown ~~/ParameterObject/Key"),
    row("no-key-in-two-pairs", START, PAIR, KEYLESS * 2, "body-member-missing ~~/ParameterObject/StringKeyValuePair",
        "body-member-missing ~~/ParameterObject/StringKeyValuePair[2]"),
    row("key-twice-after-the-value", START, PAIR, PAIR + SWAPPED.format("k"),
        "body-order ~~/ParameterObject/StringKeyValuePair[2]/Value",
        "body-key-twice ~~/ParameterObject/StringKeyValuePair[2]"),
    row("header-blocks-as-cdata", STOP, TOKEN + CREDENTIALS, f"<![CDATA[{TOKEN}{CREDENTIALS}]]>",
        "envelope-text Header"),
    row("all-header-blocks-as-cdata", STOP, HEADERS, f"<![CDATA[{HEADERS}]]>", "envelope-text Header"),
    row("all-header-blocks-escaped", STOP, HEADERS, HEADERS.replace("<", "&lt;"), "envelope-text Header"),
    row("indented-by-no-break-spaces", STOP, "><", ">\u00a0\u00a0<", "envelope-text /Envelope"),
    row("spaces-without-width", STOP, "><", ">\u200b<", "envelope-text /Envelope"),
    row("marks-that-join", START, "><b:", ">\ufeff<b:", "envelope-text Header"),
    row("nil without XML Schema's namespace", STOP, "<b:Id>42</b:Id>", '<b:Id nil="true"/>', "body-attribute ~~"),
    row("nil by a word that is none", STOP, "<b:Id>42</b:Id>", '<b:Id i:nil="yes"/>', "value-lexical ~~"),
    row("a value as an attribute", STOP, "<b:Id>42</b:Id>", '<b:Id value="42"/>', "body-attribute ~~"),
    row("a wrong value beside an attribute", STOP, "<b:Id>42</b:Id>", '<b:Id unit="a">x</b:Id>', "body-attribute ~~",
        "value-lexical ~~"),
    row("a token as an attribute", STOP, TOKEN, '<b:ApplicationToken value="1"/>',
        "body-attribute Header/ApplicationToken"),
    row("members of two pairs in no namespace", START, PAIR,
        PAIR.replace("b:Key>", "Key>") + PAIR.replace("b:Key>", "Key>").replace(">k<", ">m<"),
        "body-namespace ~~/ParameterObject/StringKeyValuePair/Key"),
    row("one unknown member in two pairs", START, PAIR,
        PAIR.replace("<b:Key>", "<b:New/><b:Key>") + PAIR.replace("<b:Key>", "<b:New/><b:Key>").replace(">k<", ">m<"),
        "body-unknown ~~/ParameterObject/StringKeyValuePair/New"),
    row("two unknown members in two pairs", START, PAIR,
        PAIR.replace("<b:Key>", "<b:New/><b:Key>") + PAIR.replace("<b:Key>", "<b:Old/><b:Key>").replace(">k<", ">m<"),
        "body-unknown ~~/ParameterObject/StringKeyValuePair/New",
        "body-unknown ~~/ParameterObject/StringKeyValuePair[2]/Old"),
    row("one member of another case in two pairs", START, PAIR,
        PAIR.replace("b:Value>", "b:value>") + PAIR.replace("b:Value>", "b:value>").replace(">k<", ">m<"),
        "body-case ~~/ParameterObject/StringKeyValuePair/value"),
    row("an associative array of PHP", START, PAIR, "<item><key>k</key><value>v</value></item>",
        "body-unknown ~~/ParameterObject/item"),
    row("a map of Axis and PHP", START, f"<b:ParameterObject>{PAIR}",
        '<b:ParameterObject i:type="m:Map" xmlns:m="http://xml.apache.org/xml-soap"><item><key>k</key></item>',
        "body-encoded ~~/ParameterObject"),
    row("an array as SOAP 1.2 encodes it", DELETE, f"<b:BatchTaskIds>{INTS}",
        '<b:BatchTaskIds n:itemType="x:int" xmlns:n="http://www.w3.org/2003/05/soap-encoding"><item>42</item>',
        "body-encoded ~~"),
    row("header-blocks-each-in-a-wrapper", STOP, TOKEN + CREDENTIALS, f"<item>{TOKEN}</item><item>{CREDENTIALS}</item>",
        "header-undeclared Header/item"),
    row("header-blocks-as-json", STOP, HEADERS, '{"ApplicationToken": "1"}', "envelope-text Header"),
    row("must-be-understood-by-another", STOP, TOKEN,
        TOKEN + '<x:Route xmlns:x="urn:x" s:mustUnderstand="1" s:actor="urn:proxy"/>', note="header-foreign"),
    row("must-be-understood-by-the-next", STOP, TOKEN,
        TOKEN + '<x:Route xmlns:x="urn:x" s:mustUnderstand="1" s:actor="http://schemas.xmlsoap.org/soap/actor/next"/>',
        "header-must-understand Header/Route"),
]  # fmt: skip

RESPONSES = [
    row("succeeded-twice", STOPPED, SUCCEEDED, FAILED + SUCCEEDED, "header-twice Header/Succeeded[2]"),
    row("succeeded-twice-the-other-way", STOPPED, SUCCEEDED, SUCCEEDED + FAILED, "header-twice Header/Succeeded[2]"),
    row("exception-twice", STOPPED, NO_EXCEPTION, NO_EXCEPTION + EXCEPTION, "header-twice Header/ExceptionInfo[2]"),
    row("items-without-their-array", TASKS_BY_STATE, f"<b:BatchTaskInfo>{TASK}</b:BatchTaskInfo>",
        f"{TASK}</b:Response><b:Response>{TASK}", "body-twice ~/Response[2]"),
    row("exception-neither-nil-nor-not", STOPPED, NO_EXCEPTION, '<b:ExceptionInfo i:nil="True"/>',
        "value-lexical Header/ExceptionInfo"),
]  # fmt: skip


@pytest.mark.parametrize("case", REQUESTS)
def test_of_a_request(case: Row) -> None:
    hold_request(case)


@pytest.mark.parametrize("case", RESPONSES)
def test_of_a_response(case: Row) -> None:
    hold_response(case)


@pytest.mark.parametrize("base", [STOP, START, FIND, DELETE, LOGIN])
def test_the_messages_themselves_are_kept(base: str) -> None:
    assert check_request(base).kept


def test_an_envelope_within_an_envelope() -> None:
    """A client that is given a whole envelope puts it into one of its own, without the header blocks."""
    body = request(STOP, header="")
    assert said(check_request(body, headers=heads("Batch/StopBatchJob"))) == ["body-operation Body/Envelope"]


def test_an_empty_body_before_the_one_that_is_meant() -> None:
    assert said(check_request(STOP.replace("<s:Body>", "<s:Body/><s:Body>"))) == ["envelope-body-twice Body[2]"]
