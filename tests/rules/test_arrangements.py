"""Types that are more than one plain sequence: what is in their members is judged as closely, and at its place."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import contracts
from contracts.contract import Contract
from contracts.wsdl.document import parse_wsdl
from tests.helpers.messages import STOP, said, without_short_cut

WSDL = (Path(contracts.__file__).parent / "Services85" / "Batch" / "service.wsdl").read_text("utf-8")
START = WSDL.index('<xs:element name="StopBatchJob">')
PARAMETER = '<xs:element name="Id" type="xs:int" minOccurs="0"/>'
AT = "Body/StopBatchJob"

A, B = '<xs:element name="A" type="xs:int"/>', '<xs:element name="B" type="xs:string"/>'
ANY = '<xs:any minOccurs="0" namespace="##other" processContents="lax"/>'
KINDS = {
    "a sequence in a sequence": f"<xs:sequence><xs:sequence>{A}</xs:sequence>{B}</xs:sequence>",
    "a group": '<xs:sequence><xs:group ref="tns:AB"/></xs:sequence>',
    "a restriction of anything": '<xs:complexContent><xs:restriction base="xs:anyType">'
    f"<xs:sequence>{A}{B}</xs:sequence></xs:restriction></xs:complexContent>",
    "all": f"<xs:all>{A}{B}</xs:all>",
    "a choice": f"<xs:choice>{A}<xs:sequence>{A.replace('A', 'C')}{B}</xs:sequence></xs:choice>",
    "more than is known": f"<xs:sequence>{A}{B}{ANY}</xs:sequence>",
    "text between": f"<xs:sequence>{A}{B}</xs:sequence>",
    "a text with attributes": '<xs:simpleContent><xs:extension base="xs:int"/></xs:simpleContent>',
    "what others may stand for": '<xs:sequence><xs:element ref="tns:Head"/></xs:sequence>',
}
GLOBAL = f"""<xs:group name="AB"><xs:sequence>{A}{B}</xs:sequence></xs:group><xs:element name="Head" type="xs:int"/>
<xs:element name="Other" type="xs:int" substitutionGroup="tns:Head"/>"""


@cache
def contract(kind: str) -> Contract:
    """The shipped Batch, whose parameter ``Id`` is of a type of that kind."""
    mixed = ' mixed="true"' if kind == "text between" else ""
    declared = f'<xs:element name="Id"><xs:complexType{mixed}>{KINDS[kind]}</xs:complexType></xs:element>'
    text = WSDL[:START] + GLOBAL + WSDL[START:].replace(PARAMETER, declared, 1)
    return Contract(parse_wsdl(text.encode(), "service.wsdl"))


def judge(kind: str, content: str) -> list[str]:
    text = STOP.replace("<b:Id>42</b:Id>", f"<b:Id>{content}</b:Id>")
    return said(without_short_cut(lambda: contract(kind).check_request(text)))


BOTH = "<b:A>1</b:A><b:B>x</b:B>"
PLAIN = ("a sequence in a sequence", "a group", "a restriction of anything")
GOOD = {
    **dict.fromkeys(KINDS, BOTH),
    "a choice": "<b:A>1</b:A>",
    "more than is known": f'{BOTH}<o:x xmlns:o="urn:o"/>',
    "text between": f"one {BOTH} two",
    "a text with attributes": "1",
    "what others may stand for": "<b:Other>1</b:Other>",
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_fits_is_kept(kind: str) -> None:
    assert judge(kind, GOOD[kind]) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_value_is_told_at_its_place(kind: str) -> None:
    inside = {"a text with attributes": "", "what others may stand for": "/Other"}.get(kind, "/A")
    rule = "body-schema" if kind == "what others may stand for" else "value-lexical"
    assert judge(kind, GOOD[kind].replace(">1<", ">x<").replace("1", "x")) == [f"{rule} {AT}/Id{inside}"]


@pytest.mark.parametrize("kind", PLAIN)
def test_what_is_as_a_sequence_is_judged_as_one(kind: str) -> None:
    assert judge(kind, "<b:B>x</b:B><b:A>1</b:A>")[0].startswith("body-order")
    assert judge(kind, BOTH.replace("b:A", "b:a")) == [f"body-case {AT}/Id/a"]
    assert judge(kind, "<b:A>1</b:A>") == [f"body-member-missing {AT}/Id"]


@pytest.mark.parametrize("kind", ["all", "a choice", "more than is known"])
def test_what_only_the_schema_knows_is_told_where_it_is(kind: str) -> None:
    assert judge(kind, "") == [f"body-schema {AT}/Id"]
    assert judge(kind, f"{BOTH}<b:A>1</b:A>") == [f"body-schema {AT}/Id"]
