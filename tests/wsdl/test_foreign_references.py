"""Schemas that refer to what no WSDL embeds: XML's own attributes, and xs:schema as .NET's DataSet has it."""

from __future__ import annotations

from pathlib import Path

import pytest

import contracts
from contracts.generate.sample import make_sample

from ..helpers.messages import STOP

WSDL = (Path(contracts.__file__).parent / "Services85" / "Batch" / "service.wsdl").read_text(encoding="utf-8")
LAST = '<xs:element name="SoTimeZoneLocationCode" type="xs:string" minOccurs="0" nillable="true"/>'
CLOSED = f"{LAST}\n        </xs:sequence>"
ZONE = "<b:TimeZone{}><b:SoTimeZoneId>63</b:SoTimeZoneId>{}</b:TimeZone>"


def request(attributes: str = "", inner: str = "") -> str:
    start, end = STOP.index("<b:TimeZone>"), STOP.index("</b:TimeZone>") + len("</b:TimeZone>")
    return STOP[:start] + ZONE.format(attributes, inner) + STOP[end:]


def contract(tmp_path: Path, old: str, new: str) -> contracts.Contract:
    assert WSDL.count(old) == 1
    (tmp_path / "batch.wsdl").write_text(WSDL.replace(old, new), encoding="utf-8")
    return contracts.load(tmp_path / "batch.wsdl")


@pytest.mark.parametrize(
    ("attribute", "rules"),
    [
        ("", []),
        (' xml:lang="en-GB"', []),
        (' xml:space="preserve"', ["body-attribute"]),  # not declared here
        (' lang="en-GB"', ["body-attribute"]),
    ],
)
def test_xml_lang(tmp_path: Path, attribute: str, rules: list[str]) -> None:
    batch = contract(tmp_path, CLOSED, f'{CLOSED}<xs:attribute ref="xml:lang"/>')
    assert [f.rule for f in batch.check_request(request(attribute)).violations] == rules


def test_xml_space_has_two_values(tmp_path: Path) -> None:
    batch = contract(tmp_path, CLOSED, f'{CLOSED}<xs:attribute ref="xml:space"/>')
    assert batch.check_request(request(' xml:space="preserve"')).kept
    assert not batch.check_request(request(' xml:space="keep"')).kept


def test_a_data_set(tmp_path: Path) -> None:
    """Any schema, then any data; what surrounds them is judged as before."""
    batch = contract(tmp_path, LAST, f'{LAST}<xs:element ref="xs:schema"/><xs:any/>')
    inner = '<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema"/><b:ApplicationToken>x</b:ApplicationToken>'
    assert batch.check_request(request("", inner)).kept
    assert not batch.check_request(request("", inner).replace(">42<", ">x<")).kept
    assert batch.check_response(make_sample(*batch.operation("Batch.DeleteBatchTask"), "response")).kept
