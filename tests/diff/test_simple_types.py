"""How one simple type stands to another."""

from __future__ import annotations

import pytest
from lxml import etree

from contracts.diff.simple_types import combine_relations, relate_facets, relate_types
from contracts.model.names import XSD
from contracts.xsd.schema import Schema

TYPES = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:t" targetNamespace="urn:t">
  <xs:simpleType name="few"><xs:restriction base="xs:string">
    <xs:enumeration value="a"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="more"><xs:restriction base="xs:string">
    <xs:enumeration value="a"/><xs:enumeration value="b"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="others"><xs:restriction base="xs:string">
    <xs:enumeration value="c"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="mask"><xs:list itemType="more"/></xs:simpleType>
  <xs:simpleType name="guid"><xs:restriction base="xs:string">
    <xs:pattern value="[0-9a-f]+"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="percent"><xs:restriction base="xs:int">
    <xs:minInclusive value="0"/><xs:maxInclusive value="100"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="either"><xs:union memberTypes="xs:int xs:string"/></xs:simpleType>
  <xs:complexType name="pair"><xs:sequence/></xs:complexType>
</xs:schema>"""
SCHEMA = Schema(lambda: [etree.fromstring(TYPES)], "types.xsd")


def _name(short: str) -> str:
    return f"{{urn:t}}{short[2:]}" if short.startswith("t:") else f"{{{XSD}}}{short}"


@pytest.mark.parametrize(
    "chain",
    [
        "byte short int long integer decimal",
        "unsignedByte unsignedShort unsignedInt unsignedLong nonNegativeInteger integer",
        "unsignedByte short",
        "unsignedShort int",
        "unsignedInt long",
        "positiveInteger nonNegativeInteger",
        "negativeInteger nonPositiveInteger integer",
        "short float double",
        "int double",
        "token normalizedString string anySimpleType",
        "t:few t:more string",
        "t:more t:mask",
        "t:guid string",
        "t:percent int",
        "boolean anyType",
    ],
)
def test_a_lattice(chain: str) -> None:
    names = chain.split()
    for i, inner in enumerate(names):
        assert relate_types(SCHEMA, _name(inner), SCHEMA, _name(inner)) == "same"
        for outer in names[i + 1 :]:
            assert relate_types(SCHEMA, _name(inner), SCHEMA, _name(outer)) == "widened", (inner, outer)
            assert relate_types(SCHEMA, _name(outer), SCHEMA, _name(inner)) == "narrowed", (outer, inner)


@pytest.mark.parametrize(
    "pair",
    [
        "int unsignedInt",
        "int string",
        "int boolean",
        "long double",
        "decimal double",
        "int float",
        "dateTime date",
        "t:few t:others",
        "t:few int",
        "t:guid int",
        "t:pair string",
        "t:either string",
    ],
)
def test_neither_holds_the_other(pair: str) -> None:
    first, second = pair.split()
    assert relate_types(SCHEMA, _name(first), SCHEMA, _name(second)) == "changed"
    assert relate_types(SCHEMA, _name(second), SCHEMA, _name(first)) == "changed"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("maxLength 10", "maxLength 20", "widened"),
        ("maxLength 10", "maxLength 5", "narrowed"),
        ("minInclusive 0", "minInclusive 1", "narrowed"),
        ("", "pattern a+", "narrowed"),
        ("pattern a+", "", "widened"),
        ("pattern a+", "pattern b+", "changed"),
        ("maxLength 10", "maxLength 010", "same"),
        ("", "minLength 0", "same"),
        ("minLength 0", "minLength 1", "narrowed"),
        ("minInclusive 2001-01-01", "minInclusive 2002-01-01", "changed"),
        ("length 3", "length 4", "changed"),
        ("whiteSpace collapse", "", "same"),
    ],
)
def test_facets(old: str, new: str, expected: str) -> None:
    before, after = (((tuple(side.split()),) if side else ()) for side in (old, new))
    assert relate_facets(before, after) == expected  # type: ignore[arg-type]


def test_parts_that_differ_both_ways_are_a_change() -> None:
    assert combine_relations("same", "same") == "same"
    assert combine_relations("narrowed", "same", "narrowed") == "narrowed"
    assert combine_relations("narrowed", "widened") == "changed"
