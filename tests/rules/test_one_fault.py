"""One mistake that shows in several elements is one violation; two mistakes are two."""

from __future__ import annotations

import pytest

from .messages import CREDENTIALS, DELETE, FIND, LOGIN, START, STOP, TASK, TOKEN, check_request

BODY = "/Envelope/Body"
TASK_AT = f"{BODY}/StartBatchJob/BatchTaskInfo"
NAMED = f"{BODY}/GetBatchTaskInfosByNameAndState"
PAIR = "<b:StringKeyValuePair><b:Key>k</b:Key><b:Value>v</b:Value></b:StringKeyValuePair>"
INTS = "<a:int>42</a:int><a:int>43</a:int>"
STRAYED = TASK.replace("<b:", "<").replace("</b:", "</")

ONE = {
    "a value without its element": (STOP, "<b:Id>42</b:Id>", "42", [("body-text", f"{BODY}/StopBatchJob")]),
    "parameters as CDATA": (FIND, "<b:Name>nightly</b:Name><b:State>All</b:State>",
        "<![CDATA[<b:Name>nightly</b:Name><b:State>All</b:State>]]>", [("body-text", NAMED)]),
    "a pair as text": (START, "<b:Key>k</b:Key><b:Value>v</b:Value>", "k=v",
        [("body-text", f"{TASK_AT}/ParameterObject/StringKeyValuePair")]),
    "text, and a parameter left out": (FIND, "<b:State>All</b:State>", "All",
        [("body-text", NAMED), ("body-parameter-default", NAMED)]),
    "a subtree in no namespace": (START, f"<b:BatchTaskInfo>{TASK}</b:BatchTaskInfo>",
        f"<BatchTaskInfo>{STRAYED}</BatchTaskInfo>", [("body-namespace", TASK_AT)]),
    "a subtree in another namespace": (START, PAIR,
        PAIR.replace("b:", "w:").replace("Pair>", 'Pair xmlns:w="urn:w">', 1),
        [("body-namespace", f"{TASK_AT}/ParameterObject/StringKeyValuePair")]),
    "two namespaces, one inside the other": (START, PAIR,
        "<StringKeyValuePair><a:Key>k</a:Key><b:Value>v</b:Value></StringKeyValuePair>",
        [("body-namespace", f"{TASK_AT}/ParameterObject/StringKeyValuePair"),
        ("body-namespace", f"{TASK_AT}/ParameterObject/StringKeyValuePair/Key")]),
    "a wrong value in a strayed subtree": (START, f"<b:BatchTaskInfo>{TASK}</b:BatchTaskInfo>",
        f"<BatchTaskInfo>{STRAYED.replace('>New<', '>Old<')}</BatchTaskInfo>",
        [("body-namespace", TASK_AT), ("value-enum", f"{TASK_AT}/State")]),
    "all items in another namespace": (DELETE, INTS, INTS.replace("a:", "b:"),
        [("body-namespace", f"{BODY}/DeleteBatchTasks/BatchTaskIds/int")]),
    "all items under another name": (DELETE, INTS, INTS.replace("int>", "item>"),
        [("body-unknown", f"{BODY}/DeleteBatchTasks/BatchTaskIds/item")]),
    "items under two other names": (DELETE, INTS, "<a:item>42</a:item><a:element>43</a:element>",
        [("body-unknown", f"{BODY}/DeleteBatchTasks/BatchTaskIds/item"),
        ("body-unknown", f"{BODY}/DeleteBatchTasks/BatchTaskIds/element")]),
    "a parameter under the next one's name": (FIND, "<b:Name>nightly</b:Name>", "<b:State>nightly</b:State>",
        [("body-twice", f"{NAMED}/State")]),
    "a parameter under the name of the one before": (FIND, "<b:State>All</b:State>", "<b:Name>All</b:Name>",
        [("body-twice", f"{NAMED}/Name[2]")]),
    "a member under the name of one of another type": (START, "<b:Context/>", "<b:StartCount/>",
        [("body-twice", f"{TASK_AT}/StartCount[2]")]),
    "twice, and both have a wrong value": (START, "<b:State>New</b:State>",
        "<b:State>Old</b:State><b:State>Old</b:State>",
        [("value-enum", f"{TASK_AT}/State"), ("body-twice", f"{TASK_AT}/State[2]")]),
    "a parameter beside the operation": (STOP, "<b:Id>42</b:Id></b:StopBatchJob>", "</b:StopBatchJob><b:Id>42</b:Id>",
        [("body-two-operations", f"{BODY}/Id")]),
    "a parameter inside another": (FIND, "nightly</b:Name><b:State>All</b:State>", "<b:State>All</b:State></b:Name>",
        [("value-nested", f"{NAMED}/Name")]),
    "a member of a pair beside it": (START, PAIR,
        "<b:Key>k</b:Key><b:StringKeyValuePair><b:Value>v</b:Value></b:StringKeyValuePair>",
        [("body-unknown", f"{TASK_AT}/ParameterObject/Key")]),
    "one parameter beside the operation, another left out": (STOP, "<b:Id>42</b:Id></b:StopBatchJob>",
        "</b:StopBatchJob><b:Key>42</b:Key>",
        [("body-two-operations", f"{BODY}/Key"), ("body-parameter-missing", f"{BODY}/StopBatchJob")]),
    "a token among the credentials": (STOP, TOKEN + CREDENTIALS,
        CREDENTIALS.replace("</b:Ticket>", f"</b:Ticket>{TOKEN}"),
        [("body-unknown", "/Envelope/Header/Credentials/ApplicationToken")]),
    "a ticket as an attribute": (STOP, CREDENTIALS, '<b:Credentials Ticket="7T:x"/>',
        [("body-attribute", "/Envelope/Header/Credentials")]),
    "credentials with another attribute and no ticket": (STOP, CREDENTIALS, '<b:Credentials Id="7"/>',
        [("body-attribute", "/Envelope/Header/Credentials"), ("header-empty", "/Envelope/Header/Credentials")]),
    "a parameter among the header blocks": (STOP.replace("<b:Id>42</b:Id>", ""), TOKEN, f"{TOKEN}<b:Id>42</b:Id>",
        [("header-undeclared", "/Envelope/Header/Id")]),
    "both parameters of a log-in under one name": (LOGIN, "<b:Password>pw</b:Password>", "<b:UserName>pw</b:UserName>",
        [("body-twice", f"{BODY}/AuthenticateUsernamePassword/UserName[2]")]),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE)
def test_faults(name: str) -> None:
    base, old, new, wanted = ONE[name]
    assert old in base
    found = [(f.rule, f.path) for f in check_request(base.replace(old, new)).violations]
    assert found == wanted


@pytest.mark.parametrize("base", [STOP, START, FIND, DELETE, LOGIN])
def test_the_messages_themselves_are_kept(base: str) -> None:
    assert check_request(base).kept
