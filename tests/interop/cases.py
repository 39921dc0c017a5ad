"""What every client is asked to do: calls that are right, and the mistakes that people make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.standin.agents import APPLICATION_TOKEN, TICKET

RUNNING = "the id of a running job"
"""Stands for the id of a job that was started just before the case."""

READ = "the job that is running"
"""Stands for the carrier that the client itself has just read by GetBatchTaskInfo."""

HEADERS = {"ApplicationToken": APPLICATION_TOKEN, "Credentials": {"Ticket": TICKET}}


@dataclass(frozen=True)
class Case:
    """One call. ``mistake`` is an XPath that is true of an envelope that still has the mistake; None: it has none.

    The XPath knows the variables ``$action`` and ``$type``, the HTTP head's SOAPAction and Content-Type: that a message
    is right is told without the judge. ``reads``: what the client has to read in the answer. ``way``: a manner of
    calling that only some clients have. ``shows``: the element that tells what a client made of the mistake.
    """

    name: str
    operation: str
    parameters: Mapping[str, Any]
    mistake: str | None = None
    headers: Mapping[str, Any] = field(default_factory=lambda: HEADERS)
    reads: Any = None
    way: str = ""
    action: str | None = None
    namespace: str | None = None
    shows: str = ""


def _text(name: str, value: str) -> str:
    return f"//*[local-name() = '{name}'] = '{value}'"


def _none(name: str) -> str:
    return f"not(//*[local-name() = '{name}'][string()])"


def _stop(name: str, value: Any, mistake: str | None = None, **more: Any) -> Case:
    return Case(name, "StopBatchJob", {"Id": value}, mistake, **{"shows": "Id", **more})


def _start(name: str, carrier: Any, mistake: str | None = None, **more: Any) -> Case:
    return Case(name, "StartBatchJob", {"BatchTaskInfo": carrier}, mistake, **more)


JOB = {
    "TableRight": {"Mask": "Select Update", "Reason": "own"},
    "FieldProperties": {
        "FieldPropertyDictionaryKeyValuePair": [
            {
                "Key": "Name",
                "Value": {
                    "FieldRight": {"Mask": "Read Write", "Reason": ""},
                    "FieldType": "string",
                    "FieldLength": 254,
                },
            }
        ]
    },
    "Id": 0,
    "Name": "Kjør <natt> & 日本 😀",
    "AssociateId": 103,
    "DetailsTable": 5,
    "DetailsRecord": -1,
    "IsSystemTask": False,
    "IsInternalTask": True,
    "ParameterObject": {"StringKeyValuePair": [{"Key": "from", "Value": "1"}, {"Key": "to", "Value": "2"}]},
    "LastStarted": "2026-11-23T22:00:00",
    "Created": "2026-11-23T21:58:00Z",
    "StartCount": 0,
    "DatabaseSerialNumber": "1",
    "Context": "endless",
    "Result": "none",
    "State": "New",
    "Description": "every member",
    "Response": "r",
    "Request": "q",
    "ProgressDescription": "p",
    "ProgressPercent": 0,
}
"""A whole BatchTaskInfo, with both dictionaries and both lists of flags."""

SMALLEST = {
    "FieldProperties": {"FieldPropertyDictionaryKeyValuePair": []},
    "Id": -2147483648,
    "Name": "",
    "DetailsTable": -32768,
    "ParameterObject": {"StringKeyValuePair": [{"Key": "", "Value": ""}]},
    "Created": "0001-01-01T00:00:00",
    "DatabaseSerialNumber": None,
    "State": "Unknown",
    "Description": " \t\n ",
}
"""Numbers at their least, texts empty, null and of white space, a dictionary without a pair."""

_FEW = {"Name": "nightly", "DetailsTable": 5, "Created": "2026-11-23T21:58:00Z", "Context": "takes=1", "State": "New"}

RIGHT = [
    _stop("stop a running job", RUNNING, reads=True),
    _stop("stop an unknown id", 2147483647, reads=False),
    _stop("a bad ticket", 42, headers={**HEADERS, "Credentials": {"Ticket": "7T:bm9ib2R5"}}),
    _stop("with TimeZone", 42, headers={**HEADERS, "TimeZone": {"SoTimeZoneId": 63, "SoTimeZoneLocationCode": "NO"}}),
    _start("start: a full BatchTaskInfo", JOB),
    _start("start: few members", _FEW),
    Case("update what was read", "UpdateBatchTask", {"BatchTaskInfo": READ}),
    Case("find: an enum", "GetBatchTaskInfosByState", {"State": "Started"}),
    Case("find: a list of ids", "GetBatchTaskInfosByAssociates", {"AssociateIds": {"int": [1, 103]}}),
    Case("find: an empty text", "GetBatchTaskInfosByNameAndState", {"Name": "", "State": "All"}),
    Case("find: null for a text", "GetBatchTaskInfosByNameAndState", {"Name": None, "State": "New"}),
    Case("find: no ids at all", "GetBatchTaskInfosByAssociates", {"AssociateIds": {"int": []}}),
    _start("start: the smallest of everything", SMALLEST),
    _stop("values with their xsi:type", 42, way="typed"),
    _stop("in UTF-16", 42, way="utf-16"),
    _stop("with WS-Security beside", 42, way="security"),
]  # fmt: skip

_TO = {"Key": "to", "Value": "1"}
OLD = "http://www.superoffice.net/ws/crm/NetServer/Services84"

MISTAKES = [
    _stop("Id 'abc'", "abc", _text("Id", "abc")),
    _stop("Id true", True, "//*[local-name() = 'Id'][not(number() = number())]"),
    _stop("Id 1.5", 1.5, "//*[local-name() = 'Id'][contains(., '1.5')]"),
    _stop("Id '1 000'", "1 000", _text("Id", "1 000")),
    _stop("Id too large", 2147483648, "//*[local-name() = 'Id'] > 2147483647"),
    _stop("Id null", None, _none("Id")),
    _stop("Id ''", "", _none("Id")),
    _stop("Id a list", [42, 43], "//*[local-name() = 'Id'][following-sibling::* or @* or contains(., ',')]"),
    Case("Id left out", "StopBatchJob", {}, _none("Id")),
    Case("id for Id", "StopBatchJob", {"id": 42}, "//*[local-name() = 'id'] or " + _none("Id")),
    Case("a parameter too many", "StopBatchJob", {"Id": 42, "Force": True}, "//*[local-name() = 'Force']",
        shows="StopBatchJob"),
    Case("a parameter's name wrong", "DeleteBatchTask", {"Id": 42}, _none("BatchTaskId")),
    _start("a member unknown", {**_FEW, "Priority": 1}, "//*[local-name() = 'Priority']", shows="BatchTaskInfo"),
    _start("a member in lower case", {"name": "nightly", "State": "New"}, "//*[local-name() = 'name']",
        shows="BatchTaskInfo"),
    _start("members out of order", {"State": "New", "Name": "nightly", "Description": "d", "Context": "takes=1"},
        "//*[local-name() = 'Name'][preceding-sibling::*]", shows="BatchTaskInfo"),
    Case("members without their BatchTaskInfo", "StartBatchJob", _FEW,
        "//*[local-name() = 'StartBatchJob']/*[local-name() != 'BatchTaskInfo']", shows="BatchTaskInfo"),
    _start("a state with its right spelling", {**_FEW, "State": "Acquired"}, _text("State", "Acquired")),
    _start("a state as a number", {**_FEW, "State": 1}, _text("State", "1")),
    _start("a short too large", {**_FEW, "DetailsTable": 70000}, "//*[local-name() = 'DetailsTable'] > 32767",
        shows="DetailsTable"),
    _start("a boolean 'yes'", {"Name": "nightly", "IsSystemTask": "yes", "State": "New"}, _text("IsSystemTask", "yes"),
        shows="IsSystemTask"),
    _start("a boolean 'True'", {"Name": "nightly", "IsSystemTask": "True", "State": "New"},
        _text("IsSystemTask", "True"), shows="IsSystemTask"),
    _start("a date without a time", {**_FEW, "Created": "2026-11-23"}, _text("Created", "2026-11-23"), shows="Created"),
    _start("a date as people write it", {**_FEW, "Created": "23.11.2026"}, _text("Created", "23.11.2026"),
        shows="Created"),
    _start("a dateTime with a blank", {**_FEW, "Created": "2026-11-23 21:58:00"},
        _text("Created", "2026-11-23 21:58:00"), shows="Created"),
    _start("a value null that cannot be", {"Name": "nightly", "Created": None},
        "//*[local-name() = 'Created'][not(string())]", shows="Created"),
    _start("a dictionary as an object",
        {"Name": "nightly", "ParameterObject": {"from": "1", "to": "2"}, "State": "New"},
        "//*[local-name() = 'ParameterObject']/*[local-name() != 'StringKeyValuePair']", shows="ParameterObject"),
    _start("a key twice", {"Name": "nightly", "ParameterObject": {"StringKeyValuePair": [_TO, {**_TO, "Value": "2"}]}},
        "count(//*[local-name() = 'Key'][. = 'to']) > 1"),
    _start("a pair without its Value", {"Name": "nightly", "ParameterObject": {"StringKeyValuePair": [{"Key": "to"}]}},
        "//*[local-name() = 'StringKeyValuePair'][not(*[local-name() = 'Value'])]", shows="Value"),
    _start("flags in one text", {"TableRight": {"Mask": "Select Update"}},
        "//*[local-name() = 'Mask'] = 'S e l e c t   U p d a t e'", way="flags in one text"),
    Case("ids in one text", "GetBatchTaskInfosByAssociates", {"AssociateIds": "1,103"},
        "//*[local-name() = 'AssociateIds'][contains(., ',')]", shows="AssociateIds"),
    Case("ids without their int", "GetBatchTaskInfosByAssociates", {"AssociateIds": [1, 103]},
        "//*[local-name() = 'AssociateIds'][normalize-space(text()) or following-sibling::*]", shows="AssociateIds"),
    _stop("no headers", 42, _none("Ticket"), headers={}),
    _stop("no Credentials", 42, _none("Ticket"), headers={"ApplicationToken": APPLICATION_TOKEN}),
    _stop("a Ticket ''", 42, _none("Ticket"), headers={**HEADERS, "Credentials": {"Ticket": ""}}),
    _stop("a Ticket null", 42, _none("Ticket"), headers={**HEADERS, "Credentials": {"Ticket": None}}),
    _stop("no ApplicationToken", 42, _none("ApplicationToken"), headers={"Credentials": HEADERS["Credentials"]}),
    _stop("headers of another version", 42, f"//*[local-name() = 'Credentials'][namespace-uri() = '{OLD}']",
        namespace=OLD),
    _stop("headers in no namespace", 42, "//*[local-name() = 'Credentials'][namespace-uri() = '']", namespace=""),
    _stop("SOAPAction of another version", 42, "contains($action, 'Services84')", action=f"{OLD}/Batch/StopBatchJob"),
    _stop("SOAPAction the operation's name", 42, "$action = 'StopBatchJob'", action="StopBatchJob"),
    _stop("SOAPAction empty", 42, "$action = ''", action=""),
    _stop("SOAP 1.2", 42, "contains($type, 'soap+xml')", way="soap12"),
    _stop("without the WSDL", 42, "not(//*[local-name() = 'StopBatchJob']/*[local-name() = 'Id'])", way="no wsdl"),
    _stop("SOAPAction of its own making", 42, "not(contains($action, '/Batch/StopBatchJob'))", way="own action"),
    _stop("parameters in no namespace", 42, "//*[local-name() = 'Id'][namespace-uri() = '']", way="no namespace"),
    _stop("parameters in another namespace", 42,
        "//*[local-name() = 'Id'][not(contains(namespace-uri(), 'Services85'))]", way="other namespace"),
    _start("a type in another namespace", _FEW, "//*[starts-with(namespace-uri(), 'http://schemas.datacontract.org/')]",
        way="other type"),
    _start("a type guessed wrong", {"Name": "2026"}, "//*[local-name() = 'Name']/@*[contains(., 'int')]", way="typed",
        shows="Name"),
    _stop("WS-Addressing that must be understood", 42, "//@*[local-name() = 'mustUnderstand']", way="addressing"),
    _stop("WS-Security that must be understood", 42, "//@*[local-name() = 'mustUnderstand']",
        way="security that must be understood"),
    _stop("a header that must be understood", 42, "//@*[local-name() = 'mustUnderstand']", way="understand"),
    _stop("RPC/encoded", 42, "//@*[local-name() = 'encodingStyle']", way="encoded"),
    _start("an object as a multiRef", _FEW, "//@*[local-name() = 'href']", way="multiref"),
    _start("a text not escaped", {"Name": "a & b"}, "false()", way="unescaped"),
    Case("dates as they were read", "UpdateBatchTask", {"BatchTaskInfo": READ},
        "//*[local-name() = 'Created'][not(string())]", way="dates as read"),
    _start("a charset of its own", {"Name": "Kjør"}, "contains($type, 'ISO-8859-1')", way="own charset"),
]  # fmt: skip

CASES = [*RIGHT, *MISTAKES]
