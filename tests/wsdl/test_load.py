"""Contracts from a file, a folder, a zip, a URL; and what cannot be one: one line that names the file and the place."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath

import pytest
from lxml import etree

import contracts
from contracts.diff.compare import compare
from contracts.files.limits import current_limits
from contracts.model import UnreadableContract, local
from contracts.wsdl import document, places
from contracts.wsdl.fingerprint import gather_facts
from contracts.wsdl.load import list_shipped, load_services
from tests.helpers.loopback import Site, running

from .facts import differences

DATA = Path(contracts.__file__).parent / "Services85"
WSDL = (DATA / "Batch" / "service.wsdl").read_bytes()
LOGIN = (DATA / "SoPrincipal" / "service.wsdl").read_bytes()
XSD = "{http://www.w3.org/2001/XMLSchema}"


def loaded(path: Path | str) -> contracts.Service:
    (service,) = contracts.load(path).services
    return service


def same(path: Path | str) -> bool:
    return differences(loaded(path), loaded(DATA / "Batch" / "service.wsdl")) == []


def test_by_name_or_without_any() -> None:
    assert list_shipped() == ["Services85"]
    for whole in (contracts.load(), contracts.load("Services85"), contracts.load(DATA)):
        assert sorted(s.agent for s in whole.services) == ["Batch", "SoPrincipal"]
    assert contracts.load().name == "Services85"


def test_examples_lie_beside_the_wsdl() -> None:
    service = next(s for s in contracts.load().services if s.agent == "Batch")
    assert set(service.examples) == {("StopBatchJob", "request"), ("StopBatchJob", "response")}


def test_file(tmp_path: Path) -> None:
    for name in ("a.wsdl", "a.xml", "noextension", "\u00e6 \u00f8.wsdl"):
        (tmp_path / name).write_bytes(WSDL)
        assert same(tmp_path / name)
        assert same(str(tmp_path / name))


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_charsets(charset: str, tmp_path: Path) -> None:
    text = WSDL.decode().replace('encoding="utf-8"', f'encoding="{charset.removesuffix("-sig")}"')
    (tmp_path / "a.wsdl").write_bytes(text.encode(charset))
    assert same(tmp_path / "a.wsdl")


def test_folder(tmp_path: Path) -> None:
    (tmp_path / "Batch").mkdir()
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "Batch" / "service.wsdl").write_bytes(WSDL)
    (tmp_path / "deep" / "er" / "WSDL-Services85-SoPrincipal.xml").write_bytes(LOGIN)
    (tmp_path / ".hidden" / "a.wsdl").write_bytes(b"broken")
    (tmp_path / "utf16.xml").write_bytes(WSDL.decode().replace('"utf-8"', '"utf-16"').encode("utf-16"))
    (tmp_path / "pom.xml").write_bytes(b"<project/>")
    (tmp_path / "readme.txt").write_bytes(b"text")
    whole = contracts.load(tmp_path)
    assert sorted(s.agent for s in whole.services) == ["Batch", "SoPrincipal"]
    assert not whole.problems
    assert {Path(s.source).name for s in whole.services} == {"service.wsdl", "WSDL-Services85-SoPrincipal.xml"}


def test_the_same_wsdl_twice_is_one(tmp_path: Path) -> None:
    for name in ("a.wsdl", "b.wsdl"):
        (tmp_path / name).write_bytes(WSDL)
    assert len(contracts.load(tmp_path).services) == 1


def test_what_a_folder_cannot_use_is_told(tmp_path: Path) -> None:
    (tmp_path / "good.wsdl").write_bytes(WSDL)
    (tmp_path / "bad.wsdl").write_bytes(LOGIN[:5000])
    (tmp_path / "empty.wsdl").touch()
    whole = contracts.load(tmp_path)
    assert [s.agent for s in whole.services] == ["Batch"]
    assert {Path(p.file).name for p in whole.problems} == {"bad.wsdl", "empty.wsdl"}
    assert all(p.file in p.reason and "\n" not in p.reason for p in whole.problems)


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo("x")
            info.filename = name  # a constructor would turn backslashes about on Windows
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    return path


def test_zip(tmp_path: Path) -> None:
    members = {
        "WSDL\\WSDL-Services85-Batch.xml": WSDL,
        "WsdlFiles/SoPrincipal.wsdl": LOGIN,
        "readme.txt": b"x",
        "x/": b"",
    }
    whole = contracts.load(zipped(tmp_path / "a.zip", members))
    assert sorted(s.agent for s in whole.services) == ["Batch", "SoPrincipal"]
    assert same(zipped(tmp_path / "b.zip", {"WSDL\\WSDL-Services85-Batch.xml": WSDL}))
    (tmp_path / "folder").mkdir()
    zipped(tmp_path / "folder" / "c.zip", members)
    assert len(contracts.load(tmp_path / "folder").services) == 2


def test_of_many_only_the_text_is_kept_and_they_are_whole(tmp_path: Path) -> None:
    agents = [f"Agent{n:02}" for n in range(20)]
    for agent in agents:
        text = WSDL.replace(b'"tns:Batch"', f'"tns:{agent}"'.encode()).replace(b'"Batch"', f'"{agent}"'.encode())
        (tmp_path / f"{agent}.wsdl").write_bytes(text)
    services = contracts.load(tmp_path).services
    assert [s.agent for s in services] == agents
    one = gather_facts(loaded(tmp_path / "Agent19.wsdl"))
    assert gather_facts(services[19]) == one and len(one) > 50
    assert services[19].schema.validator is not None
    broken = (
        (tmp_path / "Agent19.wsdl")
        .read_bytes()
        .replace(b'<wsdl:message name="StopBatchJobRequest">', b'<wsdl:message name="Stop">')
    )
    (tmp_path / "Agent19.wsdl").write_bytes(broken)
    operations = contracts.load(tmp_path).services[19].operations
    assert operations["DeleteBatchTask"].request.body
    with pytest.raises(
        contracts.UnreadableContract, match=r"Agent19\.wsdl:\d+: message '.*StopBatchJobRequest' is not"
    ):
        assert operations["StopBatchJob"]


def split(imports: bool = True) -> dict[str, bytes]:
    """The Batch WSDL with its schemas in files of their own."""
    root = etree.fromstring(WSDL)
    types = root.find("{http://schemas.xmlsoap.org/wsdl/}types")
    assert types is not None
    files: dict[str, bytes] = {}
    schemas = list(types.iterchildren(f"{XSD}schema"))
    places = {schema.get("targetNamespace"): f"{n}.xsd" for n, schema in enumerate(schemas)}
    for schema in schemas:
        for node in schema.iterchildren(f"{XSD}import"):
            if imports:
                node.set("schemaLocation", places[node.get("namespace")])
        files[f"xsd/{places[schema.get('targetNamespace')]}"] = etree.tostring(schema, with_tail=False)
        types.remove(schema)
    main = etree.SubElement(types, f"{XSD}schema")
    for space, place in places.items():
        node = etree.SubElement(main, f"{XSD}import", schemaLocation=f"xsd/{place}")
        node.set("namespace", space or "")
    return {"service.wsdl": etree.tostring(root), **files}


@pytest.mark.parametrize("imports", [True, False], ids=["with-locations", "without-locations"])
def test_schemas_in_files_of_their_own(imports: bool, tmp_path: Path) -> None:
    files = split(imports)
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    assert same(tmp_path / "service.wsdl")
    assert same(tmp_path)
    assert loaded(tmp_path).schema.validator is not None
    packed = zipped(tmp_path / "a.zip", {f"WSDL/{name}": data for name, data in files.items()})
    assert same(packed)
    assert loaded(packed).schema.validator is not None


@pytest.mark.parametrize("given", ["wsdl/a/service.wsdl", "./wsdl/a/service.wsdl", "service.wsdl", "../a/service.wsdl"])
def test_schemas_in_a_folder_above(given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, data in split().items():
        path = tmp_path / ("wsdl/a" if name == "service.wsdl" else "schemas") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.replace(b'schemaLocation="xsd/', b'schemaLocation="../../schemas/xsd/'))
    monkeypatch.chdir(tmp_path if "wsdl/a" in given else tmp_path / "wsdl" / "a")
    assert same(given)
    assert loaded(given).schema.validator is not None
    packed = zipped(
        tmp_path / "a.zip", {str(p.relative_to(tmp_path)): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    )
    assert same(packed)
    monkeypatch.chdir(tmp_path)
    assert same("./a.zip")


STANDARD = "http://schemas.xmlsoap.org/soap/encoding/"


@pytest.mark.parametrize(
    ("space", "location"),
    [(STANDARD, STANDARD), ("http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2001/xml.xsd")],
)
def test_standard_schemas_are_not_missed(space: str, location: str, tmp_path: Path) -> None:
    """Many a WSDL imports them from their authors' hosts and uses nothing of them."""
    for name, of in (("a.wsdl", space), ("b.wsdl", "urn:other")):
        root = etree.fromstring(WSDL)
        schema = root.find(f".//{XSD}schema[@elementFormDefault]")
        assert schema is not None
        schema.insert(0, etree.Element(f"{XSD}import", namespace=of, schemaLocation=location))
        (tmp_path / name).write_bytes(etree.tostring(root))
    assert loaded(tmp_path / "a.wsdl").schema.validator is not None
    with pytest.raises(UnreadableContract, match="not fetched"):
        assert loaded(tmp_path / "b.wsdl").schema.validator is None


PARAMETERS = b'<wsdl:part name="parameters" element="tns:StopBatchJob"/>'


def test_a_part_that_a_header_carries_is_not_the_body_s(tmp_path: Path) -> None:
    """Header and body in one message, which nothing but ``soap:header`` tells apart; or no body at all."""
    joined = WSDL.replace(PARAMETERS, b'<wsdl:part name="Zone" element="tns:TimeZone"/>' + PARAMETERS)
    joined = joined.replace(b'StopBatchJobRequest_Headers" part="TimeZone"', b'StopBatchJobRequest" part="Zone"')
    for name, data in (("a.wsdl", joined), ("b.wsdl", joined.replace(PARAMETERS, b""))):
        (tmp_path / name).write_bytes(data)
    requests = [loaded(tmp_path / name).operations["StopBatchJob"].request for name in ("a.wsdl", "b.wsdl")]
    assert [local(request.body or "") for request in requests] == ["StopBatchJob", ""]
    assert [len(request.headers) for request in requests] == [3, 3]


def test_the_same_schema_in_two_documents_is_one(tmp_path: Path) -> None:
    root = etree.fromstring(LOGIN)
    root.insert(0, etree.Element("{http://schemas.xmlsoap.org/wsdl/}import", location="b.wsdl"))
    (tmp_path / "a.wsdl").write_bytes(etree.tostring(root))
    (tmp_path / "b.wsdl").write_bytes(LOGIN)
    assert loaded(tmp_path / "a.wsdl").schema.validator is not None
    (tmp_path / "b.wsdl").write_bytes(LOGIN.replace(b'type="xs:int"', b'type="xs:short"', 1))
    with pytest.raises(contracts.UnreadableContract, match="do not compile"):
        assert loaded(tmp_path / "a.wsdl").schema.validator


def test_prefixes_declared_on_inner_elements(tmp_path: Path) -> None:
    text = WSDL.decode().replace(
        'type="tns:BatchTask', 'xmlns:q7="http://www.superoffice.net/ws/crm/NetServer/Services85" type="q7:BatchTask'
    )
    (tmp_path / "a.wsdl").write_text(text, encoding="utf-8")
    assert same(tmp_path / "a.wsdl")
    assert loaded(tmp_path / "a.wsdl").schema.validator is not None


def test_a_wsdl_that_imports_another(tmp_path: Path) -> None:
    root = etree.fromstring(WSDL)
    space = "{http://schemas.xmlsoap.org/wsdl/}"
    second = etree.fromstring(WSDL)
    for node in list(root):
        if isinstance(node.tag, str) and node.tag not in (f"{space}binding", f"{space}service"):
            root.remove(node)
    for node in list(second):
        if node.tag in (f"{space}binding", f"{space}service"):
            second.remove(node)
    node = etree.Element(f"{space}import", location="abstract.wsdl")
    node.set("namespace", root.get("targetNamespace", ""))
    root.insert(0, node)
    (tmp_path / "service.wsdl").write_bytes(etree.tostring(root))
    (tmp_path / "abstract.wsdl").write_bytes(etree.tostring(second))
    assert same(tmp_path / "service.wsdl")


@pytest.mark.parametrize("changed", [False, True])
def test_a_schema_imported_as_if_it_were_a_wsdl(changed: bool, tmp_path: Path) -> None:
    """As WSDL 1.1 does it in its own examples; a change in it is one."""
    root = etree.fromstring(WSDL)
    types = root.find("{http://schemas.xmlsoap.org/wsdl/}types")
    assert types is not None
    for number, schema in enumerate(types.findall(f"{XSD}schema")):
        text = etree.tostring(schema)
        text = (
            text.replace(b'name="StartCount" type="xs:int"', b'name="StartCount" type="xs:long"') if changed else text
        )
        (tmp_path / f"{number}.xsd").write_bytes(text)
        node = etree.Element("{http://schemas.xmlsoap.org/wsdl/}import", location=f"{number}.xsd")
        node.set("namespace", schema.get("targetNamespace") or "")
        root.insert(0, node)
    root.remove(types)
    (tmp_path / "service.wsdl").write_bytes(etree.tostring(root))
    assert same(tmp_path / "service.wsdl") is not changed
    assert loaded(tmp_path / "service.wsdl").schema.validator is not None
    before, after = (contracts.load(path).services for path in (DATA / "Batch", tmp_path))
    assert [change.rule for change in compare(before, after)] == (["type-widened"] if changed else [])


TWINS = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:t="{0}" targetNamespace="{0}"
 xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/">{1}
 <types>
  <x:schema xmlns:x="http://www.w3.org/2001/XMLSchema"
   targetNamespace="{0}"><x:element name="Ask{2}"/></x:schema></types>
 <message name="Ask"><part name="p" element="t:Ask{2}"/></message>
 <portType name="Agent"><operation name="Ask"><input message="t:Ask"/></operation></portType>
 <binding name="B" type="t:Agent"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/>
  <operation name="Ask"><s:operation soapAction="a"/><input><s:body use="literal"/></input></operation></binding>
 <service name="S"><port name="P" binding="t:B"><s:address location="http://h/{2}"/></port></service></definitions>"""


def test_equal_names_in_imported_wsdls_of_other_namespaces(tmp_path: Path) -> None:
    imports = "".join(f'<import namespace="urn:{name}" location="{name}.wsdl"/>' for name in "ab")
    (tmp_path / "main.wsdl").write_text(TWINS.format("urn:main", imports, "Main"))
    for name in "ab":
        (tmp_path / f"{name}.wsdl").write_text(TWINS.format(f"urn:{name}", "", name.upper()))
    services = contracts.load(tmp_path / "main.wsdl").services
    assert [(s.namespace, s.operations["Ask"].request.body, s.address) for s in services] == [
        (f"urn:{name}", f"{{urn:{name}}}Ask{part}", f"http://h/{part}")
        for name, part in (("main", "Main"), ("a", "A"), ("b", "B"))
    ]
    assert services[2].schema.validator is not None


def test_a_schema_without_a_namespace_takes_that_of_who_includes_it(tmp_path: Path) -> None:
    schema = '<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema"{}>{}</x:schema>'
    include = '<x:include schemaLocation="{}"/>'
    (tmp_path / "part.xsd").write_text(schema.format("", include.format("kind.xsd") + '<x:element name="E" type="K"/>'))
    kind = '<x:simpleType name="K"><x:restriction base="x:int"/></x:simpleType>'
    (tmp_path / "kind.xsd").write_text(schema.format("", include.format("part.xsd") + kind))
    text = TWINS.format("urn:a", "", "A").replace(
        '<x:element name="AskA"/>', include.format("part.xsd") + '<x:element name="AskA" type="t:K"/>'
    )
    other = schema.format(' targetNamespace="urn:other"', include.format("kind.xsd"))
    (tmp_path / "a.wsdl").write_text(text.replace("</types>", f"{other}</types>"))
    found = loaded(tmp_path / "a.wsdl").schema
    assert found.validator is not None
    assert {found.element(name).type for name in ("{urn:a}E", "{urn:a}AskA")} == {"{urn:a}K"}  # type: ignore[union-attr]
    assert found.element("{urn:other}E").type == "{urn:other}K"  # type: ignore[union-attr]


def test_two_port_types_share_their_schemas(tmp_path: Path) -> None:
    text = WSDL.decode()
    start = text.index("<wsdl:portType"), text.index("<wsdl:service")
    twin = (
        text[start[0] : start[1]]
        .replace('"Batch"', '"Other"')
        .replace('tns:Batch"', 'tns:Other"')
        .replace('name="BasicHttp', 'name="Other')
    )
    (tmp_path / "a.wsdl").write_text(text[: start[1]] + twin + text[start[1] :], encoding="utf-8")
    services = contracts.load(tmp_path / "a.wsdl").services
    assert sorted(s.agent for s in services) == ["Batch", "Other"]
    assert all(s.schema.validator is not None for s in services)


def test_a_port_type_that_no_binding_carries_can_be_compared(tmp_path: Path) -> None:
    text = WSDL.decode()
    start, end = text.index("<wsdl:binding"), text.index("</wsdl:service>") + len("</wsdl:service>")
    (tmp_path / "a.wsdl").write_text(text[:start] + text[end:], encoding="utf-8")
    [service], _ = load_services(str(tmp_path / "a.wsdl"), any_binding=True)
    operation = service.operations["StopBatchJob"]
    assert (service.agent, service.binding.soap, operation.action, operation.request.headers) == (
        "Batch",
        "none",
        "",
        (),
    )
    assert operation.request.body and operation.request.body.endswith("}StopBatchJob")
    with pytest.raises(contracts.UnreadableContract, match="no binding at all"):
        loaded(tmp_path / "a.wsdl")


# --- URLs -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as found:
        yield found


def test_url(site: Site) -> None:
    for name, data in split().items():
        site.add(f"/{name}", data)
    assert same(f"{site.url}/service.wsdl")
    assert same(f"{site.url}/service.wsdl?wsdl")


def test_url_that_gives_none(site: Site) -> None:
    site.add("/page.html", "<!DOCTYPE html><html></html>")
    site.add("/elsewhere.wsdl", split()["service.wsdl"].replace(b"xsd/", b"http://192.0.2.1/"))
    for place, said in (("missing.wsdl", "404"), ("page.html", ""), ("elsewhere.wsdl", "another host")):
        with pytest.raises(contracts.UnreadableContract) as caught:
            loaded(f"{site.url}/{place}").schema.element_names()
        assert "\n" not in str(caught.value)
        assert said in str(caught.value)


def test_url_where_nobody_listens() -> None:
    with pytest.raises(contracts.UnreadableContract, match=r"127\.0\.0\.1:9.*cannot be fetched") as caught:
        contracts.load("http://127.0.0.1:9/a.wsdl")
    assert "\n" not in str(caught.value)


# --- what is no contract ----------------------------------------------------------------------------------------------

FOREIGN = WSDL.replace(b"http://schemas.xmlsoap.org/wsdl/soap/", b"http://schemas.xmlsoap.org/wsdl/soap12/")
UNUSABLE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "blank": (b" \n\n", "empty"),
    "no-xml": (b"hello", "not well-formed"),
    "truncated": (WSDL[: len(WSDL) // 2], "not well-formed"),
    "binary": (bytes(range(256)), ""),
    "html": (b"<html><body>Sign in</body></html>", "root is <html>"),
    "dtd": (b"<!DOCTYPE definitions>\n" + WSDL.partition(b"?>")[2].strip(), "DTD"),
    "entities": (b"<!DOCTYPE d [<!ENTITY a SYSTEM 'file:///etc/hostname'>]><d>&a;</d>", "DTD"),
    "wsdl-2.0": (b'<description xmlns="http://www.w3.org/ns/wsdl"/>', "root is <description>"),
    "schema": (b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>', "root is <schema>"),
    "envelope": (b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>', "root is <Envelope>"),
    "no-binding": (b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>', "no binding at all"),
    "soap-1.2": (FOREIGN, "SOAP 1.2"),
    "rpc": (WSDL.replace(b'style="document"', b'style="rpc"'), "style rpc"),
    "encoded": (WSDL.replace(b'<soap:body use="literal"', b'<soap:body use="encoded"'), "style document; use encoded"),
    "imports-what-is-missing": (split()["service.wsdl"], "xsd"),
    "imports-another-host": (split()["service.wsdl"].replace(b"xsd/", b"http://192.0.2.1/"), "192.0.2.1"),
    "type-not-declared": (
        WSDL.replace(b'<xs:complexType name="TableRight">', b'<xs:complexType name="TableLeft">'),
        "compile",
    ),
    "header-part-missing": (WSDL.replace(b'part="ApplicationToken"', b'part="Application"'), "Application"),
    "message-missing": (
        WSDL.replace(b'<wsdl:message name="StopBatchJobRequest">', b'<wsdl:message name="Stop">'),
        "StopBatchJobRequest",
    ),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_unusable(name: str, tmp_path: Path) -> None:
    data, said = UNUSABLE[name]
    path = tmp_path / f"{name}.wsdl"
    path.write_bytes(data)
    with pytest.raises(contracts.UnreadableContract) as caught:
        service = loaded(path)
        assert service.operations["StopBatchJob"].request.headers
        assert service.schema.validator
    line = str(caught.value)
    assert "\n" not in line
    assert len(line) < 500
    assert str(tmp_path) in line
    assert said in line


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_message_meets_an_unusable_contract_without_a_crash(name: str, tmp_path: Path) -> None:
    data, _ = UNUSABLE[name]
    (tmp_path / "a.wsdl").write_bytes(data)
    message = (DATA / "Batch" / "StopBatchJob" / "request.xml").read_bytes()
    with pytest.raises(contracts.ContractsError) as caught:
        contracts.load(tmp_path / "a.wsdl").check_request(message).raise_if_broken()
    assert "\n" not in str(caught.value)


def test_the_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.wsdl").write_bytes(WSDL.replace(b"</wsdl:types>", b"</typos>"))
    wrong = 1 + next(i for i, line in enumerate(WSDL.split(b"\n")) if b"</wsdl:types>" in line)
    with pytest.raises(contracts.UnreadableContract, match=rf"a\.wsdl:{wrong}: not well-formed"):
        contracts.load(tmp_path / "a.wsdl")


def test_missing(tmp_path: Path) -> None:
    for name in ("missing.wsdl", "missing/service.wsdl", "missing.zip", "Services99"):
        with pytest.raises(contracts.UnreadableContract) as caught:
            contracts.load(str(tmp_path / name))
        assert name in str(caught.value)
        assert "\n" not in str(caught.value)
    for odd in ("", "a\0b"):
        with pytest.raises(contracts.UnreadableContract) as caught:
            contracts.load(odd)
        assert "\n" not in str(caught.value)


def test_folders_and_zips_without_any(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "a.wsdl").write_bytes(b"x")
    (tmp_path / "cut.zip").write_bytes(zipped(tmp_path / "whole.zip", {"a.wsdl": WSDL}).read_bytes()[:-30])
    (tmp_path / "text.zip").write_bytes(b"no zip")
    zipped(tmp_path / "none.zip", {"a.txt": b"x"})
    for name in ("empty", "bad", "cut.zip", "text.zip", "none.zip"):
        with pytest.raises(contracts.UnreadableContract) as caught:
            contracts.load(tmp_path / name)
        assert name in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_zip_that_unpacks_to_too_much(tmp_path: Path) -> None:
    zipped(tmp_path / "a.zip", {"a.wsdl": b" " * (current_limits().bytes + 1)})
    with pytest.raises(contracts.UnreadableContract, match=r"a\.wsdl: larger than the limit of 64\.0 MiB"):
        contracts.load(tmp_path / "a.zip")
    with (tmp_path / "a.wsdl").open("wb") as stream:
        stream.truncate(current_limits().bytes + 1)
    with pytest.raises(contracts.UnreadableContract, match="larger than the limit"):
        contracts.load(tmp_path / "a.wsdl")


def _importing(tmp_path: Path, location: str) -> bytes:
    """A WSDL that imports the shipped one, which lies in a folder beside it."""
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "abstract.wsdl").write_bytes(WSDL)
    return (
        f'<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" targetNamespace="urn:x">'
        f'<w:import namespace="http://www.superoffice.net/ws/crm/NetServer/Services85" location="{location}"/>'
        "</w:definitions>"
    ).encode()


@pytest.mark.parametrize(
    "location", ["parts/abstract.wsdl", "parts\\abstract.wsdl", ".\\parts\\abstract.wsdl", "p%61rts/abstract%2ewsdl"]
)
def test_an_import_is_found_beside_who_imports_however_windows_writes_it(tmp_path: Path, location: str) -> None:
    (tmp_path / "main.wsdl").write_bytes(_importing(tmp_path, location))
    assert [s.agent for s in load_services(str(tmp_path / "main.wsdl"))[0]] == ["Batch"]


def test_a_base_with_backslashes_is_a_folder_on_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "PurePath", PureWindowsPath)
    asked = []

    def fetch(place: str) -> bytes:
        asked.append(place)
        return WSDL

    document.parse_wsdl(_importing(tmp_path, "abstract.wsdl"), r"C:\here\parts\main.wsdl", fetch)
    assert asked == ["C:/here/parts/abstract.wsdl"]


@pytest.mark.parametrize(
    "location",
    [
        "//server/share/a.wsdl",
        r"\\server\share\a.wsdl",
        r"\\?\UNC\server\share\a.wsdl",
        "%2F%2Fserver/share/a.wsdl",
        "%5C%5Cserver%5Cshare%5Ca.wsdl",
        "file://server/share/a.wsdl",
        "file:////server/share/a.wsdl",
    ],
)
def test_no_other_machine_is_asked_for_what_a_file_imports(tmp_path: Path, location: str) -> None:
    (tmp_path / "main.wsdl").write_bytes(_importing(tmp_path, location))
    with pytest.raises(UnreadableContract, match=r"from another machine|no address of the web"):
        load_services(str(tmp_path / "main.wsdl"))


@pytest.mark.parametrize(
    ("location", "asked"),
    [("../b.wsdl", "//server/share/b.wsdl"), ("/share/b.wsdl", ""), ("../../../other/share/b.wsdl", "")],
)
def test_a_file_of_another_machine_imports_from_that_one_alone(
    location: str, asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "PurePath", PureWindowsPath)
    found = []

    def fetch(place: str) -> bytes:
        found.append(place)
        return WSDL

    data = _importing(tmp_path, location)
    if asked:
        document.parse_wsdl(data, r"\\server\share\parts\main.wsdl", fetch)
    else:
        with pytest.raises(UnreadableContract, match="from another machine"):
            document.parse_wsdl(data, r"\\server\share\parts\main.wsdl", fetch)
    assert found == [asked] * bool(asked)
