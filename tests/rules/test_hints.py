"""What is found is named, and the hint helps: one fault, one finding, with its neighbour kept."""

from __future__ import annotations

import pytest

from contracts.generate.sample import make_sample
from contracts.model import SERIALIZATION, Verdict

from ..helpers.messages import CONTRACT, STOP, check_request, heads, request, rules

DECLARED = '<?xml version="1.0" encoding="utf-8"?>'
BOM = b"\xef\xbb\xbf"
START = make_sample(*CONTRACT.operation("Batch.StartBatchJob"), "request", form="full").decode()

STARTED = request("<b:StartBatchJob><b:BatchTaskInfo/></b:StartBatchJob>")

REFERENCED = f'<b:Id xmlns:z="{SERIALIZATION}" z:Id="i1">'


def masks(flags: str) -> str:
    return START.replace("<Batch:Mask>Select</Batch:Mask>", f"<Batch:Mask>{flags}</Batch:Mask>", 1)


HINTS = {
    # name: (message, its good neighbour, rule, what is in found, what is in the hint)
    "declaration-not-first": (f"\n{DECLARED}{STOP}".encode(), f"{DECLARED}\n{STOP}".encode(),
        "envelope-not-wellformed", "declaration that is not first", "not even a line break"),
    "two-marks": (BOM + BOM + STOP.encode(), BOM + STOP.encode(),
        "envelope-not-wellformed", "byte order mark", "write the mark once"),
    "mark-after-the-declaration": (DECLARED.encode() + BOM + STOP.encode(), BOM + DECLARED.encode() + STOP.encode(),
        "envelope-not-wellformed", "byte order mark", "write the mark once"),
    "control-character": (STOP.replace(">42", ">4\x0b2").encode(), STOP.replace(">42", ">\t42").encode(),
        "envelope-not-wellformed", "U+000B", "XML 1.0 has no such character"),
    "control-character-by-number": (STOP.replace(">42", ">4&#8;2").encode(), STOP.replace(">42", ">&#9;42").encode(),
        "envelope-not-wellformed", "U+0008", "XML 1.0 has no such character"),
    "bare-ampersand": (STOP.replace("7T:", "&").encode(), STOP.replace("7T:", "&amp;").encode(),
        "envelope-not-wellformed", "EntityRef", "&amp;"),
    "xml-space": (STOP.replace("<b:Id>", '<b:Id xml:space="preserve">').encode(), STOP.encode(),
        "body-attribute", "space=", "XML's own attributes"),
    "flags-by-comma": (masks("Select, Update").encode(), masks("Select Update").encode(),
        "value-enum", "Select, Update", "no comma"),
    "flags-by-comma-alone": (masks("Select,Update").encode(), masks("Update").encode(),
        "value-enum", "Select,Update", "no comma"),
    "json-in-a-structure": (STARTED.replace("<b:BatchTaskInfo/>", "<b:BatchTaskInfo>{}</b:BatchTaskInfo>").encode(),
        STARTED.encode(), "body-text", "{}", "as elements, such as <TableRight>"),
    "nil-of-no-namespace": (STOP.replace("<b:Id>", '<b:Id nil="false">').encode(), STOP.encode(),
        "body-attribute", "nil=", "http://www.w3.org/2001/XMLSchema-instance"),
    "reference-where-there-are-none": (STOP.replace("<b:Id>", REFERENCED).encode(),
        STOP.encode(), "body-attribute", "Id=", "no references"),
    "parameter-as-an-attribute": (STOP.replace("><b:Id>42</b:Id></b:StopBatchJob>", ' Id="42"/>').encode(),
        STOP.encode(), "body-attribute", "Id=", "send parameters as elements"),
    "no-application-token": (STOP.replace("<b:ApplicationToken>1234567-1234-9876</b:ApplicationToken>", "").encode(),
        STOP.encode(), "header-missing", "missing", "--onsite"),
}  # fmt: skip


@pytest.mark.parametrize("name", HINTS)
def test_it_is_named(name: str) -> None:
    bad, good, rule, found, hint = HINTS[name]
    (finding,) = check_request(bad).violations
    assert finding.rule == rule and found in finding.found and hint in finding.hint, finding
    assert check_request(good).kept


def renamed(element: str, action: str = "Batch/StopBatchJob") -> Verdict:
    return check_request(STOP.replace("b:StopBatchJob", f"b:{element}"), headers=heads(action))


def test_an_element_renamed_into_another_operation_is_one_fault() -> None:
    """Its content fits the operation that SOAPAction names: that it does not fit the other is no second one."""
    assert rules(renamed("DeleteBatchTask")) == ["body-operation"]
    assert rules(renamed("GetBatchTaskInfosByState")) == ["body-operation"]


def test_a_whole_request_of_another_operation_has_a_wrong_action() -> None:
    assert rules(renamed("GetBatchTaskInfo")) == ["http-action"]
    assert not rules(renamed("GetBatchTaskInfo", "Batch/GetBatchTaskInfo"))


@pytest.mark.parametrize(
    ("kind", "hint"),
    [("text/html", "an HTML page"), ("multipart/related", "without attachments"), ("application/json", "text/xml")],
)
def test_another_media_type(kind: str, hint: str) -> None:
    (finding,) = CONTRACT.check_response("<html/>", status=200, headers={"Content-Type": kind}).violations
    assert finding.rule == "http-content-type" and hint in finding.hint


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ("Name Id State", "Name after Id"),
        ("Id Name TableRight", "TableRight before Id"),
        ("State Id Name", "State after Name"),
    ],
)
def test_what_is_expected_of_an_order_is_what_the_message_lacks(members: str, expected: str) -> None:
    values = {"Id": "1", "Name": "a", "State": "New", "TableRight": ""}
    inside = "".join(f"<b:{name}>{values[name]}</b:{name}>" for name in members.split())
    text = request(f"<b:StartBatchJob><b:BatchTaskInfo>{inside}</b:BatchTaskInfo></b:StartBatchJob>")
    (finding,) = check_request(text).violations
    assert (finding.rule, finding.expected) == ("body-order", expected)
