"""Schemas that libxml2 would never be done with, or for which it takes gigabytes: one line, within the limits."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

import contracts
from contracts.cli.main import main
from contracts.xsd.trial import is_costly
from tests.helpers.cost import within
from tests.helpers.messages import START

WSDL = Path(contracts.__file__).with_name("Services85") / "Batch" / "service.wsdl"
OPTIONAL = '<xs:element name="a{}_{}" type="xs:int" minOccurs="0"/>'
REPEATED = OPTIONAL.replace("/>", ' maxOccurs="unbounded"/>')
ANY_NUMBER = 'minOccurs="0" maxOccurs="unbounded"'


def sequence(count: int, repeats: str = "") -> str:
    members = "".join(OPTIONAL.format(0, i) for i in range(count))
    return f'<xs:complexType name="Q"><xs:sequence {repeats}>{members}</xs:sequence></xs:complexType>'


def repeats_in_repeats(count: int) -> str:
    inner = "".join(
        f"<xs:choice {ANY_NUMBER}>{''.join(REPEATED.format(i, j) for j in range(count))}</xs:choice>"
        for i in range(count)
    )
    return f'<xs:complexType name="Q"><xs:sequence {ANY_NUMBER}>{inner}</xs:sequence></xs:complexType>'


def extensions(count: int) -> str:
    types = ['<xs:complexType name="E0"><xs:sequence/></xs:complexType>']
    for i in range(count):
        base = f"tns:E{i}"
        holds = f'<xs:extension base="{base}"><xs:sequence>{OPTIONAL.format(0, i)}</xs:sequence></xs:extension>'
        name = "Q" if i == count - 1 else f"E{i + 1}"
        types.append(f'<xs:complexType name="{name}"><xs:complexContent>{holds}</xs:complexContent></xs:complexType>')
    return "".join(types)


def twice_each(count: int, kind: str = "group") -> str:
    """Each of a chain of groups holds the next of them twice."""
    last = '<xs:sequence><xs:element name="z" type="xs:int"/></xs:sequence>'
    last = last if kind == "group" else '<xs:attribute name="z" type="xs:int"/>'
    defined = [f'<xs:{kind} name="G{count}">{last}</xs:{kind}>']
    for i in range(count):
        both = f'<xs:{kind} ref="tns:G{i + 1}"/>' * 2
        both = f"<xs:sequence>{both}</xs:sequence>" if kind == "group" else both
        defined.append(f'<xs:{kind} name="G{i}">{both}</xs:{kind}>')
    return "".join(defined) + f'<xs:complexType name="Q"><xs:{kind} ref="tns:G0"/></xs:complexType>'


def unions(count: int) -> str:
    types = '<xs:simpleType name="U0"><xs:restriction base="xs:int"/></xs:simpleType>'
    for i in range(count):
        name = "Q" if i == count - 1 else f"U{i + 1}"
        types += f'<xs:simpleType name="{name}"><xs:union memberTypes="tns:U{i} tns:U{i}"/></xs:simpleType>'
    return types


def any_of(count: int) -> str:
    """An element of any of so many namespaces."""
    names = " ".join(f"urn:{i}" for i in range(count))
    return f'<xs:complexType name="Q"><xs:sequence><xs:any namespace="{names}"/></xs:sequence></xs:complexType>'


def restrictions(count: int, values: int) -> str:
    """A chain of types, each with the same values."""
    listed = '<xs:enumeration value="a"/>' * values
    return "".join(
        f'<xs:simpleType name="{"Q" if i == count - 1 else f"R{i}"}"><xs:restriction '
        f'base="{f"tns:R{i - 1}" if i else "xs:string"}">{listed}</xs:restriction></xs:simpleType>'
        for i in range(count)
    )


COSTLY = {
    "namespaces": any_of(50_000),
    "restrictions": restrictions(200, 500),
    "optional-members": sequence(2_000, ANY_NUMBER),
    "repeats-in-repeats": repeats_in_repeats(15),
    "extensions": extensions(400),
    "groups": twice_each(24),
    "attribute-groups": twice_each(24, "attributeGroup"),
    "unions": unions(26),
}
CHEAP = {
    "namespaces": any_of(50),
    "restrictions": restrictions(10, 50),
    "optional-members": sequence(300),
    "repeats-in-repeats": repeats_in_repeats(3),
    "extensions": extensions(40),
    "groups": twice_each(3),
    "attribute-groups": twice_each(3, "attributeGroup"),
    "unions": unions(3),
}
TRIED = {"repeats-in-repeats": repeats_in_repeats(5), "extensions": extensions(150), "groups": twice_each(9)}
"""Costly at a look, but they compile."""


def schemas(added: str) -> list[etree._Element]:
    space = "urn:x"
    text = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:tns="{space}">{added}</xs:schema>'
    return [etree.fromstring(text)]


def run(command: str, added: str, folder: Path, *more: str) -> int:
    """A command by a contract, of which one member is of the type Q that is added."""
    text = WSDL.read_text(encoding="utf-8").replace("</xs:schema>", f"{added}</xs:schema>", 1)
    changed = text.replace('name="DatabaseSerialNumber" type="xs:string"', 'name="DatabaseSerialNumber" type="tns:Q"')
    assert changed != text
    (folder / "new.wsdl").write_text(changed, encoding="utf-8")
    (folder / "a.xml").write_text(START.replace("<b:DatabaseSerialNumber/>", ""))
    given = {
        "check": ["--contract", f"{folder}/new.wsdl", f"{folder}/a.xml"],
        "sample": ["--contract", f"{folder}/new.wsdl", "Batch.StartBatchJob", "--full"],
        "diff": [str(WSDL), f"{folder}/new.wsdl"],
    }
    return main([command, *given[command], *more])


@pytest.mark.parametrize("name", COSTLY)
def test_a_schema_that_takes_too_much(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", COSTLY[name], tmp_path, "--limit", "seconds=1", "--limit", "memory=300") == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    assert "new.wsdl: compiling its schemas takes" in err and "=N raises it" in err


@pytest.mark.parametrize("command", ["sample", "diff"])
def test_whatever_reads_the_schema(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(command, COSTLY["groups"], tmp_path, "--limit", "memory=50") == 2  # not enough for any
    assert "compiling its schemas takes" in capsys.readouterr().err


@pytest.mark.parametrize("name", TRIED)
def test_a_schema_that_is_tried_and_compiles(name: str, tmp_path: Path) -> None:
    assert is_costly(schemas(TRIED[name]))
    assert run("check", TRIED[name], tmp_path) == 0


@pytest.mark.parametrize("name", CHEAP)
def test_nothing_is_tried_that_is_cheap(name: str) -> None:
    assert not is_costly(schemas(CHEAP[name]))


def test_the_shipped_schemas_are_cheap() -> None:
    assert not any(is_costly(service.schema.roots) for service in contracts.load().services)


def test_groups_nested_a_thousand_deep(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    groups = "".join(
        f'<xs:group name="G{i}"><xs:sequence><xs:group ref="tns:G{i + 1}"/></xs:sequence></xs:group>'
        for i in range(1_000)
    )
    last = '<xs:group name="G1000"><xs:sequence/></xs:group>'
    added = f'{groups}{last}<xs:complexType name="Q"><xs:group ref="tns:G0"/></xs:complexType>'
    for command in ("sample", "diff"):
        assert run(command, added, tmp_path) == 2
        assert "the type Q is nested too deep" in capsys.readouterr().err


def test_a_thousand_restrictions_of_each_other_take_linear_time(tmp_path: Path) -> None:
    with within(4):  # by the cube it was minutes
        assert (
            run("sample", restrictions(900, 1).replace('enumeration value="a"', 'minLength value="1"'), tmp_path) == 0
        )
