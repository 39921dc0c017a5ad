"""Forms of values, members and parameters that the serializers of .NET were given: what they refuse is broken here.

The stand-in reads as they did; and what both they and the schema take is kept.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from lxml import etree

import contracts
from contracts.model import Element, Operation, local
from contracts.standin.calls import SoapFault, read_call
from contracts.standin.wcf import default_of
from contracts.xsd.schema import Schema
from tests.helpers.messages import CREDENTIALS, TOKEN, request
from tests.helpers.shared import SHARED, needs_shared

pytestmark = needs_shared
CONTRACT = contracts.load()
SERVICE = CONTRACT.operation("Batch.StopBatchJob")[0]
SCHEMA = SERVICE.schema
ROWS = json.loads((SHARED / "net" / "forms.json").read_text(encoding="utf-8")) if SHARED else []


def message(row: dict[str, Any]) -> str:
    operation = row["operation"]
    body = f"<b:{operation}>{row['element']}</b:{operation}>"
    return request(body, TOKEN + CREDENTIALS)


def show(value: Any, declared: Element, schema: Schema = SCHEMA) -> str:
    """A value as the list shows it: members at their default are left out."""
    kind = schema.type(declared.type)
    assert kind is not None
    if value is None:
        return "null"
    if kind.kind != "complex":
        if kind.kind == "list":
            return ", ".join(name.name for name in schema.type(kind.item or "").values if name.name in value)
        return repr(value) if local(kind.name) == "string" else str(value)
    members = schema.members(kind.name)
    if kind.dictionary:
        held = {member.local: member for member in schema.members(members[0].type)}
        pairs = " ".join(f"{show(k, held['Key'])}={show(v, held['Value'])}" for k, v in value.items())
        return f"{{{pairs}}}"
    if isinstance(value, list):
        return f"[{' '.join(show(item, members[0]) for item in value)}]"
    own_first = [m for step in schema.lineage(kind.name) for m in step.members]
    said = [f"{m.local}={show(value[m.local], m)}" for m in own_first if value[m.local] != default_of(m, schema)]
    return f"{local(kind.name)}({' '.join(said)})"


def as_read(row: dict[str, Any]) -> str | None:
    """What the stand-in makes of a row; None where it answers with a Fault."""
    operation: Operation = SERVICE.operations[row["operation"]]
    try:
        read = read_call(message(row).encode(), operation, SERVICE).parameters
    except SoapFault:
        return None
    (declared,) = SCHEMA.members(SCHEMA.declared(operation.request.body or "").type)
    value = read[declared.local]
    # nil for an enum: the serializer gives null, of which .NET's call makes the default
    return "null" if value == "Unknown" and "nil" in row["form"] else show(value, declared)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["form"])
def test_the_verdict(row: dict[str, Any]) -> None:
    verdict = CONTRACT.check_request(message(row), operation=f"Batch.{row['operation']}")
    if row["reads"] is None:
        assert verdict.outcome == "broken"
        return
    element = etree.fromstring(message(row).encode())[-1][0]
    if SCHEMA.validator.validate(element):
        assert verdict.kept, verdict.violations


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["form"])
def test_the_stand_in_reads_as_dotnet(row: dict[str, Any]) -> None:
    reads = row["reads"]
    if reads is None:
        assert as_read(row) is None
        return
    if "/Local" in reads or re.fullmatch(r"date (\d\d:\d\d:\d\d|---?\d\d)", row["form"]):
        assert as_read(row) is not None  # converted to the zone of the machine, or of the day it was measured
        return
    reads = re.sub(r"(\.\d*?)0*/(Utc|Unspecified)", lambda m: m[1].rstrip(".") + "Z" * (m[2] == "Utc"), reads)
    assert as_read(row) == reads
