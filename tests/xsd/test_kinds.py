"""Every builtin as a parameter, a member and an item of an array: samples are kept, and the stand-in reads them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contracts.contract import Contract
from contracts.generate.sample import Form, make_sample
from contracts.model import Direction
from contracts.standin.calls import read_call, write_answer
from contracts.wsdl.document import parse_wsdl
from tests.helpers.kinds import ROWS, kinds_wsdl, name_of

SERVICES = parse_wsdl(kinds_wsdl().encode(), "kinds.wsdl")
SERVICE, CONTRACT = SERVICES[0], Contract(SERVICES, "kinds.wsdl")
SAVE = SERVICE.operations["SaveKinds"]


@pytest.mark.parametrize("form", ["minimal", "default", "full"])
@pytest.mark.parametrize("direction", ["request", "response"])
def test_samples_are_kept(direction: Direction, form: Form) -> None:
    data = make_sample(SERVICE, SAVE, direction, form=form)
    check = CONTRACT.check_request if direction == "request" else CONTRACT.check_response
    verdict = check(data, operation="Kinds.SaveKinds")
    assert verdict.kept, verdict.violations


def test_the_stand_in_reads_every_kind() -> None:
    read = read_call(make_sample(SERVICE, SAVE, form="full"), SAVE, SERVICE).parameters
    assert read["Int"] == read["Long"] == read["UnsignedInt"] == read["SerChar"] == 42
    assert (read["Boolean"], read["Double"], read["Decimal"]) == (False, 42.0, Decimal(42))
    for row in ROWS:
        assert read[f"{name_of(row)}s"] == [read[name_of(row)]]
        assert read["Holder"][name_of(row)] == read[name_of(row)]


def test_what_the_stand_in_answers_is_kept() -> None:
    read = read_call(make_sample(SERVICE, SAVE, form="full"), SAVE, SERVICE).parameters
    for values in (read, {}):
        verdict = CONTRACT.check_response(
            write_answer(SAVE, {"Succeeded": True}, values, SERVICE), operation="Kinds.SaveKinds"
        )
        assert verdict.kept, verdict.violations
