"""Strategies: what they call valid is valid for libxml2 and for the judge; what they call broken is caught."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

import contracts
from contracts.generate import messages, values
from contracts.messages.formats.raw_http import parse_http
from contracts.model import Direction, Message, Operation
from contracts.model.names import XSD
from contracts.mutate import broken
from contracts.wsdl.service import Service
from contracts.xsd.builtins import BUILTINS, MAX_DECIMAL
from contracts.xsd.probe import accepts_text
from tests.helpers.shared import needs_shared, shared

CONTRACT = contracts.load()
SERVICE, STOP = CONTRACT.operation("Batch.StopBatchJob")
TARGETS = list(CONTRACT.targets())
SIDES: tuple[Direction, ...] = ("request", "response")
FEW = settings(
    max_examples=8, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)


def check(contract: contracts.Contract, service: Service, operation: Operation, side: Direction, data: bytes) -> None:
    root = etree.fromstring(data)
    for block in (*root[0], *root[-1]):
        service.schema.validator.assertValid(block)
    found = contract.judge(Message(data, direction=side), operation=f"{service.version}/{operation.label}")
    assert found.kept, (found.violations, data.decode())


EACH = pytest.mark.parametrize(("service", "operation"), TARGETS, ids=[o.label for _, o in TARGETS])


@pytest.mark.parametrize("side", SIDES)
@EACH
@FEW
@given(data=st.data())
def test_valid_messages_are_kept(service: Service, operation: Operation, side: Direction, data: st.DataObject) -> None:
    check(CONTRACT, service, operation, side, data.draw(messages(service, operation, side)))


@pytest.mark.parametrize("side", SIDES)
@EACH
@FEW
@given(data=st.data())
def test_broken_messages_are_caught(
    service: Service, operation: Operation, side: Direction, data: st.DataObject
) -> None:
    message, fault = data.draw(broken(service, operation, side))
    found = CONTRACT.judge(Message(message, direction=side), operation=operation.label)
    assert found.outcome == "broken", (fault, message.decode("utf-8", "replace"))


@pytest.mark.parametrize("side", SIDES)
@FEW
@given(data=st.data())
def test_raw_http_messages(side: Direction, data: st.DataObject) -> None:
    kept = CONTRACT.judge(parse_http(data.draw(messages(SERVICE, STOP, side, http=True))), operation=STOP.label)
    assert kept.kept, kept.violations
    raw, fault = data.draw(broken(SERVICE, STOP, side, http=True))
    message = parse_http(raw)
    assert message.problem is None, (message.problem, fault)
    assert CONTRACT.judge(message, operation=STOP.label).outcome == "broken", fault


@cache
def vendors(agent: str) -> contracts.Contract:
    return contracts.load(shared() / "vendor" / "Services85" / agent)


@needs_shared
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("label", ["Sale.SaveSaleEntity", "Webhook.SaveWebhook", "Contact.SaveContactEntity"])
@FEW
@given(data=st.data())
def test_other_agents(label: str, side: Direction, data: st.DataObject) -> None:
    contract = vendors(label.partition(".")[0])
    service, operation = contract.operation(label)
    check(contract, service, operation, side, data.draw(messages(service, operation, side)))


OF_A_DTD = {f"{{{XSD}}}{name}" for name in ("NOTATION", "ENTITY", "ENTITIES")}
"""Types whose values a DTD has to declare."""


@pytest.mark.parametrize("full", sorted(BUILTINS.keys() - OF_A_DTD))
def test_values_are_values_for_libxml2(full: str) -> None:
    assert SERVICE.schema.type(full) is not None

    @settings(FEW, max_examples=25)
    @given(values(SERVICE, full))
    def hold(text: str) -> None:
        assert accepts_text(SERVICE.schema, full, text), text

    hold()


@settings(FEW, max_examples=100)
@given(values(SERVICE, "dateTime"), values(SERVICE, "decimal"))
def test_values_fit_dotnet(moment: str, number: str) -> None:
    assert re.match(r"(?!0000)[0-9]{4}-", moment)
    assert "T24" not in moment
    assert Decimal(number.strip()).copy_abs() <= MAX_DECIMAL
    assert len(number.strip().strip("+-").replace(".", "")) <= 29


def test_what_is_no_simple_type_is_refused() -> None:
    for name in ("nonesuch", "{urn:example}nonesuch"):
        with pytest.raises(KeyError):
            values(SERVICE, name)
    with pytest.raises(ValueError, match="not a simple type"):
        values(SERVICE, f"{{{SERVICE.namespace}}}BatchTaskInfo")
