"""Many WSDLs, or much in one: what it costs grows with what there is to be read, and no faster."""

from __future__ import annotations

from pathlib import Path

from contracts.diff.compare import compare
from contracts.wsdl.load import load_services
from tests.helpers.cost import within

TEXT = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:{name}" targetNamespace="urn:{name}">{imports}
<types><xs:schema targetNamespace="urn:{name}" elementFormDefault="qualified"><xs:element name="Do"><xs:complexType>
<xs:sequence><xs:element name="Value" type="{type}"/></xs:sequence></xs:complexType></xs:element></xs:schema></types>
<message name="M"><part name="p" element="t:Do"/></message>
<portType name="{name}"><operation name="Do"><input message="t:M"/><output message="t:M"/></operation></portType>
<binding name="B" type="t:{name}"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
<operation name="Do"><soap:operation soapAction="urn:{name}/Do"/><input><soap:body use="literal"/></input>
<output><soap:body use="literal"/></output></operation></binding></definitions>"""


def write_mesh(folder: Path, count: int, value: str) -> str:
    """A folder of WSDLs, each of which imports all others."""
    folder.mkdir()
    for i in range(count):
        others = (j for j in range(count) if j != i)
        imports = "".join(f'<import namespace="urn:A{j}" location="A{j}.wsdl"/>' for j in others)
        (folder / f"A{i}.wsdl").write_text(TEXT.format(name=f"A{i}", imports=imports, type=value))
    return str(folder)


def test_wsdls_that_all_import_each_other(tmp_path: Path) -> None:
    folders = [write_mesh(tmp_path / side, 200, value) for side, value in (("old", "xs:int"), ("new", "xs:string"))]
    with within(4):  # 15 s when each of the services cut all WSDLs to pieces
        (old, problems), (new, _) = (load_services(folder, any_binding=True) for folder in folders)
        changes = compare(old, new)
    assert problems == [] and len(old) == 200
    assert {change.rule for change in changes} == {"type-changed"}
