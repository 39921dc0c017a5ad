"""Many WSDLs, or much in one: what it costs grows with what there is to be read, and no faster."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.diff.compare import compare
from contracts.model import UnreadableContract
from contracts.wsdl.load import load_services
from contracts.wsdl.service import Service
from tests.helpers.cost import within

TEXT = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:p="http://www.w3.org/ns/ws-policy" xmlns:u="urn:utility"
 xmlns:t="urn:{name}" targetNamespace="urn:{name}">{more}
<types><xs:schema targetNamespace="urn:{name}" elementFormDefault="qualified"><xs:element name="Do" type="t:T{name}"/>
<xs:complexType name="T{name}"><xs:sequence><xs:element name="Value" type="{type}"/></xs:sequence></xs:complexType>
</xs:schema></types>
<message name="M"><part name="p" element="t:Do"/></message>
{ports}</definitions>"""
PORT = """<portType name="{name}">
<operation name="Do"><input message="t:M"/><output message="t:M"/></operation></portType>
<binding name="{name}" type="t:{name}">{more}<soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
<operation name="Do"><soap:operation soapAction="urn:{name}/Do"/><input><soap:body use="literal"/></input>
<output><soap:body use="literal"/></output></operation></binding>"""


def write_wsdl(name: str = "A", *, more: str = "", value: str = "xs:int", ports: str | None = None) -> str:
    """``more`` stands before the types."""
    ports = PORT.format(name=name, more="") if ports is None else ports
    return TEXT.format(name=name, more=more, type=value, ports=ports)


def ask(policy: str) -> str:
    """A WSDL whose binding refers to a policy."""
    return write_wsdl(more=policy, ports=PORT.format(name="A", more='<p:PolicyReference URI="#p0"/>'))


def load(folder: Path, text: str) -> list[Service]:
    (folder / "a.wsdl").write_text(text)
    return load_services(str(folder / "a.wsdl"))[0]


def write_mesh(folder: Path, count: int, value: str) -> str:
    """A folder of WSDLs, each of which imports all others."""
    folder.mkdir()
    for i in range(count):
        others = (j for j in range(count) if j != i)
        imports = "".join(f'<import namespace="urn:A{j}" location="A{j}.wsdl"/>' for j in others)
        (folder / f"A{i}.wsdl").write_text(write_wsdl(f"A{i}", more=imports, value=value))
    return str(folder)


def test_wsdls_that_all_import_each_other(tmp_path: Path) -> None:
    folders = [write_mesh(tmp_path / side, 100, value) for side, value in (("old", "xs:int"), ("new", "xs:string"))]
    with within(5):  # half a minute, when each of the services looked through all WSDLs
        (old, problems), (new, _) = (load_services(folder, any_binding=True) for folder in folders)
        changes = compare(old, new)
    assert problems == [] and len(old) == 100
    assert {change.rule for change in changes} == {"type-changed"}


def test_thousands_of_bindings_with_a_policy_each(tmp_path: Path) -> None:
    count = 3_000
    policies = "".join(f'<p:Policy u:Id="p{i}"><u:Asked{i}/></p:Policy>' for i in range(count))
    ports = "".join(PORT.format(name=f"A{i}", more=f'<p:PolicyReference URI="#p{i}"/>') for i in range(count))
    places = "".join(f'<port name="A{i}" binding="t:A{i}"/>' for i in range(count))
    with within(2):  # 5 s when each binding looked through all policies, and all ports
        services = load(tmp_path, write_wsdl(more=policies, ports=f'{ports}<service name="S">{places}</service>'))
    assert len(services) == count
    assert services[-1].binding.policies == (f"Asked{count - 1}",)


def test_thousands_of_ports_of_one_binding(tmp_path: Path) -> None:
    places = '<port name="A" binding="t:A"><soap:address location="http://127.0.0.1/"/></port>' * 20_000
    with within(2):  # 5 s when each port looked at all others
        ports = PORT.format(name="A", more="") + f'<service name="S">{places}</service>'
        (service,) = load(tmp_path, write_wsdl(ports=ports))
    assert service.address == "http://127.0.0.1/"


def test_policies_that_refer_twice_to_the_next(tmp_path: Path) -> None:
    refer = '<p:Policy u:Id="p{}"><p:PolicyReference URI="#p{}"/><p:PolicyReference URI="#p{}"/></p:Policy>'
    policies = "".join(refer.format(i, i + 1, i + 1) for i in range(60))
    with within(1):  # the age of the world
        (service,) = load(tmp_path, ask(policies + '<p:Policy u:Id="p60"><u:Asked/></p:Policy>'))
    assert service.binding.policies == ("Asked",)


@pytest.mark.parametrize(
    "policy",
    [
        '<p:Policy u:Id="p0">' + "<p:All>" * 1_500 + "</p:All>" * 1_500 + "</p:Policy>",
        "".join(f'<p:Policy u:Id="p{i}"><p:PolicyReference URI="#p{i + 1}"/></p:Policy>' for i in range(5_000)),
    ],
    ids=["nested", "referring"],
)
def test_policies_that_are_nested_too_deep(policy: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableContract, match=r"a\.wsdl:\d: its policies are nested too deep"):
        load(tmp_path, ask(policy))


def test_many_files_of_one_agent_that_differ(tmp_path: Path) -> None:
    for i in range(300):
        text = write_wsdl(value="xs:int" if i % 2 else f'xs:int" default="{i}')
        (tmp_path / f"{i:03}.wsdl").write_text(f"{text}<!--{i}-->")
    with within(3):  # 5 s for a thousand, when each was compared with each
        services, _ = load_services(str(tmp_path))
    assert len(services) == 151
    assert sorted(len(service.also_in) for service in services)[-2:] == [0, 149]


def test_a_service_in_what_many_import_is_one(tmp_path: Path) -> None:
    (tmp_path / "common.wsdl").write_text(write_wsdl("Common"))
    for i in range(100):
        more = '<import namespace="urn:Common" location="common.wsdl"/>'
        (tmp_path / f"A{i:02}.wsdl").write_text(write_wsdl(f"A{i:02}", more=more))
    services, problems = load_services(str(tmp_path))
    assert sorted(service.agent for service in services) == [*(f"A{i:02}" for i in range(100)), "Common"]
    assert compare(services, load_services(str(tmp_path))[0]) == () and problems == []


def test_two_services_of_one_name_are_two(tmp_path: Path) -> None:
    for folder, value in (("one", "xs:int"), ("two", "xs:string")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "common.wsdl").write_text(write_wsdl("Common", value=value))
        more = '<import namespace="urn:Common" location="common.wsdl"/>'
        (tmp_path / folder / "a.wsdl").write_text(write_wsdl("A", more=more))
    assert sorted(service.agent for service in load_services(str(tmp_path))[0]) == ["A", "A", "Common", "Common"]
