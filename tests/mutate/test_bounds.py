"""Schemas that have no message, or only a huge one: named as skipped, in seconds, never a traceback."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise

import pytest

import contracts
from contracts.generate.sample import make_sample
from contracts.model import ContractsError
from contracts.mutate.scoring import make_originals, score
from contracts.wsdl.document import parse_wsdl
from contracts.wsdl.service import Service

SPACE = "http://www.superoffice.net/ws/crm/NetServer/Services85"
WSDL = """<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:t="{space}" targetNamespace="{space}">
  <wsdl:types><xs:schema elementFormDefault="{form}" targetNamespace="{space}">
    <xs:element name="Do"><xs:complexType><xs:sequence>
      <xs:element name="P" type="t:A"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="DoResponse"><xs:complexType><xs:sequence>
      <xs:element name="Response" type="t:A"/></xs:sequence></xs:complexType></xs:element>
    {types}</xs:schema></wsdl:types>
  <wsdl:message name="In"><wsdl:part name="parameters" element="t:Do"/></wsdl:message>
  <wsdl:message name="Out"><wsdl:part name="parameters" element="t:DoResponse"/></wsdl:message>
  <wsdl:portType name="Notes"><wsdl:operation name="Do">
    <wsdl:input message="t:In"/><wsdl:output message="t:Out"/></wsdl:operation></wsdl:portType>
  <wsdl:binding name="B" type="t:Notes"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="Do"><soap:operation soapAction="urn:x/Do" style="document"/>
      <wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output>
    </wsdl:operation></wsdl:binding></wsdl:definitions>"""


def write_wsdl(types: str, form: str = "qualified") -> str:
    return WSDL.format(space=SPACE, types=types, form=form)


def service(types: str, form: str = "qualified") -> Service:
    (found,) = parse_wsdl(write_wsdl(types, form).encode(), "notes.wsdl")
    return found


def struct(name: str, *members: str) -> str:
    return f'<xs:complexType name="{name}"><xs:sequence>{"".join(members)}</xs:sequence></xs:complexType>'


def member(name: str, type_: str, occurs: str = 'minOccurs="0"') -> str:
    return f'<xs:element name="{name}" type="{type_}" {occurs}/>'


def chain(length: int, *names: str, occurs: str = "") -> str:
    """A, A1, A2 …: each has members of the next type."""
    types = ["A", *(f"A{i}" for i in range(1, length))]
    structs = [struct(t, *(member(n, f"t:{then}", occurs) for n in names)) for t, then in pairwise(types)]
    return "".join(structs) + struct(types[-1], member("V", "xs:int"))


IMPOSSIBLE = {
    "holds itself": (struct("A", member("X", "t:A", "")), "nested more than 100"),
    "choice of itself": (
        struct("A", member("X", "t:A", ""), member("Y", "xs:int")).replace("sequence", "choice"),
        "nested more than 100",
    ),
    "doubles": (chain(25, "L", "R"), "more than"),
    "fifty of fifty of fifty": (chain(6, "V", occurs='minOccurs="50" maxOccurs="50"'), "more than"),
    "a hundred thousand": (struct("A", member("V", "xs:int", 'minOccurs="100000" maxOccurs="unbounded"')), "more than"),
    "a long way down": (chain(400, "V"), "nested more than 100"),
}


@pytest.fixture
def quick() -> Callable[[], float]:
    """The processor time since the test began, in seconds."""
    started = time.process_time()
    return lambda: time.process_time() - started


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_be_made_is_skipped_and_named(name: str, quick: Callable[[], float]) -> None:
    types, reason = IMPOSSIBLE[name]
    found, skipped = service(types), list[str]()
    assert not list(make_originals([(found, found.operations["Do"])], skipped))
    assert len(skipped) == 4
    assert all("Notes.Do" in line and "not made" in line and reason in line for line in skipped)
    with pytest.raises(ContractsError, match=reason):
        make_sample(found, "Do")
    assert quick() < 20


@pytest.mark.parametrize(("least", "skipped"), [("999999999", 4), ("9", 0)])
def test_a_value_that_cannot_be_made_up_is_no_false_alarm(least: str, skipped: int) -> None:
    result = score(
        contracts.Contract(
            [
                service(
                    struct("A", member("V", "t:Long", ""))
                    + f'<xs:simpleType name="Long"><xs:restriction base="xs:string"><xs:minLength value="{least}"/>'
                    "</xs:restriction></xs:simpleType>"
                )
            ],
            "notes.wsdl",
        )
    )
    assert not result.false_alarms
    assert sum("has a Long, of which no value is known" in line for line in result.skipped) == skipped


def test_score_names_what_it_skipped() -> None:
    result = score(contracts.Contract([service(IMPOSSIBLE["holds itself"][0])], "notes.wsdl"))
    assert result.total("mutants") == 0
    assert any("Notes.Do request: not made" in line for line in result.skipped)


def test_what_takes_long_to_compile_is_not_compiled_for_each_mutant() -> None:
    result = score(contracts.Contract([service(MANY["optional members"])], "notes.wsdl"), operators=())
    assert result.total("mutants") == 0
    assert any("take long to compile" in line for line in result.skipped)


MANY = {
    "optional members": struct("A", *(member(f"M{i}", "t:B") for i in range(500)))
    + struct("B", *(member(f"N{i}", "xs:int") for i in range(50))),
    "types that hold each other": "".join(
        struct("A" if i == 0 else f"A{i}", *(member(f"M{j}", f"t:A{j}" if j else "t:A") for j in range(20)))
        for i in range(20)
    ),
}


@pytest.mark.parametrize("name", MANY)
def test_huge_optional_schemas_have_small_originals(name: str, quick: Callable[[], float]) -> None:
    found = service(MANY[name])
    made = list(make_originals([(found, found.operations["Do"])]))
    assert made
    assert all(len(first.elements) < 2000 for first in made)
    assert make_sample(found, "Do", form="full")
    assert quick() < 20


@pytest.mark.parametrize("name", ["a b", "1st", "a:b", ""])
def test_a_name_that_no_element_can_have_is_an_unreadable_contract(name: str) -> None:
    found = service(struct("A", member(name, "xs:int")))
    with pytest.raises(contracts.UnreadableContract):
        list(make_originals([(found, found.operations["Do"])], []))


SOUND = {
    "members in no namespace": service(struct("A", member("V", "xs:int")), "unqualified"),
    "a default": service(struct("A", member("V", "xs:int", 'minOccurs="0" default="1"'))),
    "a member that may occur five times": service(struct("A", member("V", "xs:int", 'minOccurs="0" maxOccurs="5"'))),
    "a derived type that wants more": service(
        struct("A", member("V", "xs:int"))
        + f'<xs:complexType name="C"><xs:complexContent><xs:extension base="t:A"><xs:sequence>'
        f"{member('W', 'xs:int', '')}</xs:sequence></xs:extension></xs:complexContent></xs:complexType>"
    ),
    "thousands of values": service(
        '<xs:simpleType name="A"><xs:restriction base="xs:string">'
        + "".join(f'<xs:enumeration value="E{i}"/>' for i in range(2000))
        + "</xs:restriction></xs:simpleType>"
    ),
}


@pytest.mark.parametrize("name", SOUND)
def test_all_is_caught_and_nothing_else(name: str) -> None:
    result = score(contracts.Contract([SOUND[name]], "notes.wsdl"))
    assert result.total("mutants") > 100
    assert result.passed, (result.survivors[:5], result.false_alarms[:5])
