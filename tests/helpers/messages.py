"""Good messages of several operations, and the table rows that change one thing in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

import contracts
from contracts.model import Message, Verdict
from contracts.rules import RULES
from contracts.rules import judge as judging
from contracts.rules.place import Unplaced, place_case

NS = "http://www.superoffice.net/ws/crm/NetServer/Services85"
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
TOKEN = "<b:ApplicationToken>1234567-1234-9876</b:ApplicationToken>"
CREDENTIALS = "<b:Credentials><b:Ticket>7T:9876zyxcbaExample==</b:Ticket></b:Credentials>"
TIMEZONE = "<b:TimeZone><b:SoTimeZoneId>63</b:SoTimeZoneId></b:TimeZone>"
SUCCEEDED = "<b:Succeeded>true</b:Succeeded>"
EXCEPTION = "<b:ExceptionInfo><b:Message>gone</b:Message></b:ExceptionInfo>"
NO_EXCEPTION = '<b:ExceptionInfo i:nil="true"/>'
OTHERS = '<b:ExtraInfo i:nil="true"/><b:TimeZone i:nil="true"/>'

CONTRACT = contracts.load()


def envelope(body: str, header: str, soap: str = SOAP11) -> str:
    return (
        f'<s:Envelope xmlns:s="{soap}" xmlns:b="{NS}" xmlns:a="{ARRAYS}" '
        'xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:x="http://www.w3.org/2001/XMLSchema">'
        f"{header}<s:Body>{body}</s:Body></s:Envelope>"
    )


def request(body: str, header: str = TOKEN + CREDENTIALS + TIMEZONE) -> str:
    return envelope(body, f"<s:Header>{header}</s:Header>")


def response(body: str, header: str = NO_EXCEPTION + SUCCEEDED + OTHERS) -> str:
    return envelope(body, f"<s:Header>{header}</s:Header>")


TASK = (
    '<b:TableRight><b:Mask>Select Update</b:Mask><b:Reason i:nil="true"/></b:TableRight><b:FieldProperties/>'
    "<b:Id>0</b:Id><b:Name>nightly</b:Name><b:AssociateId>103</b:AssociateId><b:DetailsTable>5</b:DetailsTable>"
    "<b:DetailsRecord>0</b:DetailsRecord><b:IsSystemTask>false</b:IsSystemTask><b:IsInternalTask>0</b:IsInternalTask>"
    "<b:ParameterObject><b:StringKeyValuePair><b:Key>k</b:Key><b:Value>v</b:Value></b:StringKeyValuePair>"
    '<b:StringKeyValuePair><b:Key>l</b:Key><b:Value i:nil="true"/></b:StringKeyValuePair></b:ParameterObject>'
    "<b:LastStarted>2026-11-23T22:00:00</b:LastStarted><b:Created>2026-11-23T21:58:00Z</b:Created>"
    "<b:StartCount>0</b:StartCount><b:DatabaseSerialNumber/><b:Context/><b:Result/><b:State>New</b:State>"
    "<b:Description>d</b:Description><b:Response/><b:Request/><b:ProgressDescription/><b:ProgressPercent>0</b:ProgressPercent>"
)

STOP = request("<b:StopBatchJob><b:Id>42</b:Id></b:StopBatchJob>")
START = request(f"<b:StartBatchJob><b:BatchTaskInfo>{TASK}</b:BatchTaskInfo></b:StartBatchJob>")
FIND = request(
    "<b:GetBatchTaskInfosByNameAndState><b:Name>nightly</b:Name><b:State>All</b:State></b:GetBatchTaskInfosByNameAndState>"
)
DELETE = request(
    "<b:DeleteBatchTasks><b:BatchTaskIds><a:int>42</a:int><a:int>43</a:int></b:BatchTaskIds></b:DeleteBatchTasks>"
)
LOGIN = request(
    "<b:AuthenticateUsernamePassword><b:UserName>tt</b:UserName><b:Password>pw</b:Password></b:AuthenticateUsernamePassword>",
    TOKEN,
)
INFO = request("<b:GetSystemInfo/>", TOKEN)
STOPPED = response("<b:StopBatchJobResponse><b:Response>true</b:Response></b:StopBatchJobResponse>")
STARTED = response("<b:StartBatchJobResponse><b:Response>42</b:Response></b:StartBatchJobResponse>")
DELETED = response("<b:DeleteBatchTaskResponse/>")
TASKS = response(f"<b:UpdateBatchTaskResponse><b:Response>{TASK}</b:Response></b:UpdateBatchTaskResponse>")
ADMITTED = response(
    f'<b:AuthenticateResponse><b:Response i:nil="true"/>{CREDENTIALS}'
    "<b:AuthenticationSucceeded>true</b:AuthenticationSucceeded></b:AuthenticateResponse>"
)
FAULT = envelope("<s:Fault><faultcode>s:Client</faultcode><faultstring>no</faultstring></s:Fault>", "")

XML = {"Content-Type": "text/xml; charset=utf-8"}
ACTIONS = {operation.name: f"{operation.agent}/{operation.name}" for _, operation in CONTRACT.targets()}


def heads(action: str) -> dict[str, str]:
    """The HTTP head of a request: ``Batch/StopBatchJob``."""
    return XML | {"SOAPAction": f'"{NS}/{action}"'}


@dataclass(frozen=True, slots=True)
class Row:
    """A message, and what is found in it: ``rule place`` of each violation (a place without ``/Envelope/``)."""

    base: str
    text: str
    found: tuple[str, ...]
    note: str | None
    onsite: bool


def row(name: str, base: str, old: str, new: str, *found: str, note: str | None = None, onsite: bool = False) -> Any:
    """``old`` in the message is ``new``: then it is broken as ``found`` says, or kept. ``note``: its one note.

    In ``found`` ``~`` is the place of the operation's element, and ``~~`` that of its first child's.
    """
    assert old in base, f"{name}: {old!r} is not in the message"
    names = re.search("<s:Body><b:(?P<operation>[A-Za-z]+)(?:><b:(?P<first>[A-Za-z]+))?", base)
    if names:
        operation = f"Body/{names['operation']}"
        found = tuple(one.replace("~~", f"{operation}/{names['first']}").replace("~", operation) for one in found)
    return pytest.param(Row(base, base.replace(old, new), found, note, onsite), id=name)


def check_request(data: str | bytes, **how: Any) -> Verdict:
    """`Contract.check_request`; its short cut for ordinary messages agrees with the rules."""
    return without_short_cut(lambda: CONTRACT.check_request(data, **how))


def check_response(data: str | bytes, **how: Any) -> Verdict:
    """`Contract.check_response`, likewise."""
    return without_short_cut(lambda: CONTRACT.check_response(data, **how))


def without_short_cut(check: Callable[[], Verdict]) -> Verdict:
    """The verdict, which is the same with every rule asked and without the short cut for ordinary messages."""
    verdict = check()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "find_speaking", lambda _: judging.ROOMS)
        full = check().as_dict()
    assert full == verdict.as_dict(), "`silent` of a room, or `agreed` of the case, lets pass what `check` reports"
    return verdict


def takes_short_cut(message: Message, onsite: bool = False) -> bool:
    """Whether a message is kept without asking every rule."""
    case = judging.open_case(CONTRACT.services, message, onsite=onsite)
    try:
        place_case(case)
    except Unplaced:
        return False
    return not judging.find_speaking(case)


def rules(verdict: Verdict) -> list[str]:
    """The rules of the violations."""
    return [finding.rule for finding in verdict.violations]


def said(verdict: Verdict) -> list[str]:
    """The violations as `Row.found` has them."""
    return [f"{finding.rule} {finding.path.removeprefix('/Envelope/')}" for finding in verdict.violations]


def hold_request(row: Row) -> None:
    """The verdict is what the row says, no more and no less; with the operation's HTTP head too."""
    hold(row, check_request(row.text, onsite=row.onsite))
    if SOAP12 not in row.text:  # whose head would be another one
        action = ACTIONS[re.findall("<s:Body><b:([A-Za-z]+)", row.base)[0]]
        hold(row, check_request(row.text, headers=heads(action), onsite=row.onsite))


def hold_response(row: Row) -> None:
    """The same of a response: alone, and with its status and head."""
    hold(row, check_response(row.text))
    hold(row, check_response(row.text, status=500 if row.base is FAULT else 200, headers=XML))


def hold(row: Row, verdict: Verdict) -> None:
    assert said(verdict) == list(row.found), verdict.reason
    assert verdict.outcome == ("broken" if row.found else "kept"), verdict.reason
    for found in verdict.violations:
        assert found.authority == RULES[found.rule].authority
        assert found.expected and found.found and found.why and found.hint
    assert [note.rule for note in verdict.notes] == ([row.note] if row.note else [])
    assert all(RULES[note.rule].level == "note" for note in verdict.notes)
