"""Time grows with what there is to say, not with its square."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.helpers.cost import within

from .comparing import EXAMPLES, changes

NOTES = (EXAMPLES / "old.wsdl").read_bytes()
MANY = 2000
DECLARED = b'<xs:complexType name="Note">'
OPERATION = (
    '<xs:element name="Do{0}"><xs:complexType><xs:sequence>{1}</xs:sequence></xs:complexType></xs:element>',
    '<wsdl:message name="Do{0}"><wsdl:part name="parameters" element="t:Do{0}"/></wsdl:message>',
    '<wsdl:operation name="Do{0}"><wsdl:input message="t:Do{0}"/></wsdl:operation>',
    '<wsdl:operation name="Do{0}"><soap:operation soapAction="urn:{0}"/><wsdl:input><soap:body use="literal"/>'
    "</wsdl:input></wsdl:operation>",
)
PLACES = (DECLARED, b'<wsdl:message name="Headers">', b"</wsdl:portType>", b"</wsdl:binding>")


def member(name: object, kind: object = "xs:int") -> str:
    return f'<xs:element name="M{name}" type="{kind}" minOccurs="0"/>'


def structure(name: object, *members: str) -> str:
    return f'<xs:complexType name="T{name}"><xs:sequence>{"".join(members)}</xs:sequence></xs:complexType>'


def chain(members: str, last: str = "xs:int") -> str:
    """Types, each of which holds the next."""
    return "".join(structure(i, member("", f"t:T{i + 1}" if i + 1 < MANY else last), members) for i in range(MANY))


def enumeration(values: int) -> str:
    rows = "".join(f'<xs:enumeration value="V{i}"/>' for i in range(values))
    return f'<xs:simpleType name="T0"><xs:restriction base="xs:string">{rows}</xs:restriction></xs:simpleType>'


def flags(values: int) -> str:
    inside = enumeration(values).replace(' name="T0"', "")
    return f'<xs:simpleType name="T0"><xs:list>{inside}</xs:list></xs:simpleType>'


def patterns(count: int) -> str:
    rows = "".join(f'<xs:pattern value="V{i}"/>' for i in range(count))
    return f'<xs:simpleType name="T0"><xs:restriction base="xs:string">{rows}</xs:restriction></xs:simpleType>'


def headers(kind: str) -> bytes:
    """The plain service with as many headers."""
    rows = (
        (DECLARED, '<xs:element name="H{0}" type="xs:{1}"/>'),
        (b'<wsdl:part name="Token"', '<wsdl:part name="H{0}" element="t:H{0}"/>'),
        (
            b'<soap:header message="t:Headers" part="Token"',
            '<soap:header message="t:Headers" part="H{0}" use="literal"/>',
        ),
    )
    data = NOTES
    for place, form in rows:
        data = data.replace(place, "".join(form.format(i, kind) for i in range(MANY)).encode() + place, 1)
    return data


def service(types: str, operations: int = 1, held: str = "t:T0") -> bytes:
    """The plain service with more types, and operations that hold one of them."""
    data = NOTES.replace(DECLARED, types.encode() + DECLARED)
    for place, form in zip(PLACES, OPERATION, strict=True):
        rows = "".join(form.format(i, member("", held)) for i in range(operations))
        data = data.replace(place, rows.encode() + place)
    return data


CASES: dict[str, tuple[Callable[[], tuple[bytes, bytes]], int]] = {
    "a chain of types on one side": (lambda: (service("", held="xs:int"), service(chain(""))), 1),
    "a chain of types that nothing holds": (lambda: (service("", 0), service(chain(""), 0)), MANY),
    "each type of a chain changed, all in 200 operations": (
        lambda: (service(chain(""), 200), service(chain(member(1)), 200)),
        MANY,
    ),
    "each type of a circle changed": (lambda: (service(chain("", "t:T0")), service(chain(member(1), "t:T0"))), MANY),
    "one type of 4,000 operations": (
        lambda: (service(structure(0), 4000), service(structure(0, member(1)), 4000)),
        1,
    ),
    "4,000 operations on one side": (lambda: (service(structure(0)), service(structure(0), 4000)), 3999),
    "a type of 4,000 patterns": (lambda: (service(patterns(4000)), service(patterns(4001))), 1),
    "flags of 20,000 values": (lambda: (service(flags(20_000)), service(flags(20_001))), 1),
    "an operation of 2,000 headers": (lambda: (headers("int"), headers("string")), 2000),
    "an enumeration of 20,000 values": (lambda: (service(enumeration(20_000)), service(enumeration(1))), 19_999),
}
"""The two sides, and how many changes there are."""


@pytest.mark.parametrize("name", CASES)
def test_a_large_step_takes_a_second_or_two(name: str) -> None:
    make, expected = CASES[name]
    old, new = make()
    with within(seconds=3):
        assert len(changes(old, new)) == expected
