"""What a service means, and the same service in several files: another layout is no other contract."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from lxml import etree

import contracts
from contracts.recording.provenance import digest_contract
from contracts.wsdl import document as wsdl
from contracts.wsdl.fingerprint import gather_facts
from contracts.wsdl.service import Service
from tests.helpers.shared import needs_shared, shared

DATA = Path(contracts.__file__).parent / "Services85"
WSDL = (DATA / "Batch" / "service.wsdl").read_bytes()
NS = "{http://schemas.xmlsoap.org/wsdl/}"
XSD = "{http://www.w3.org/2001/XMLSchema}"


def service_of(data: bytes) -> Service:
    (service,) = wsdl.parse_wsdl(data, "a.wsdl")
    return service


def shuffled() -> bytes:
    """Every declaration in another order, other prefixes, another address, documentation, no white space."""
    text = WSDL.decode().replace("tns:", "q1:").replace("xmlns:tns", "xmlns:q1").replace("localhost", "elsewhere")
    root = etree.fromstring(text.encode(), etree.XMLParser(remove_blank_text=True))
    random.seed(1)
    holders = [root.find(f"{NS}portType"), root.find(f"{NS}binding"), *root.iter(f"{XSD}schema")]
    for holder in holders:
        assert holder is not None
        nodes = [n for n in holder if n.tag in (f"{NS}operation", f"{XSD}element", f"{XSD}complexType")]
        for node in random.sample(nodes, len(nodes)):
            holder.append(node)
    etree.SubElement(root, f"{NS}documentation").text = "words"
    return etree.tostring(root)


def test_another_layout_has_the_same_digest() -> None:
    one, other = service_of(WSDL), service_of(shuffled())
    assert one.digest != other.digest
    assert digest_contract([one]) == digest_contract([other])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'type="xs:short"', b'type="xs:int"'),
        (b' nillable="true"', b""),
        (b"99999", b"7"),
        (b"/Batch/StopBatchJob", b"/Batch/Stop"),
        (b"soap/http", b"soap/smtp"),
    ],
)
def test_another_meaning_has_another(old: bytes, new: bytes) -> None:
    changed = WSDL.replace(old, new, 1)
    assert changed != WSDL
    assert digest_contract([service_of(WSDL)]) != digest_contract([service_of(changed)])


def test_the_digest_is_of_the_services_that_were_used() -> None:
    batch, login = contracts.load().services
    assert digest_contract([batch, login]) == digest_contract([login, batch])
    assert len({digest_contract([batch]), digest_contract([login]), digest_contract([batch, login])}) == 3


@needs_shared
def test_recordings_hold_under_the_vendors_own_wsdl() -> None:
    theirs = contracts.load(shared() / "vendor" / "Services85")
    for service in contracts.load().services:
        (same,) = [s for s in theirs.services if s.agent == service.agent]
        assert digest_contract([same]) == digest_contract([service])


# --- several files of one service -----------------------------------------------------------------------------------


def test_equal_ones_are_one_that_names_the_others(tmp_path: Path) -> None:
    for name, data in (("a.wsdl", WSDL), ("b.wsdl", shuffled()), ("c.wsdl", WSDL)):
        (tmp_path / name).write_bytes(data)
    (service,) = contracts.load(tmp_path).services
    assert service.source == str(tmp_path / "a.wsdl")
    assert service.also_in == (str(tmp_path / "b.wsdl"),)


def test_different_ones_stay_and_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.wsdl").write_bytes(WSDL)
    (tmp_path / "b.wsdl").write_bytes(WSDL.replace(b'type="xs:short"', b'type="xs:int"', 1))
    both = contracts.load(tmp_path)
    assert len(both.services) == 2
    verdict = both.check_request((DATA / "Batch" / "StopBatchJob" / "request.xml").read_bytes())
    assert verdict.outcome == "unjudged"
    assert [c.rpartition("/")[2] for c in verdict.candidates] == ["a.wsdl)", "b.wsdl)"]
    with pytest.raises(contracts.ContractsError, match=r"a\.wsdl, .*b\.wsdl have it: they differ"):
        both.operation("Batch.StopBatchJob")


def halves() -> tuple[bytes, bytes]:
    """The binding with the service, in a namespace of its own; what it imports: all the rest."""
    top, rest = etree.fromstring(WSDL), etree.fromstring(WSDL)
    for root, kept in ((top, True), (rest, False)):
        for node in list(root.iterchildren(tag=etree.Element)):
            if (node.tag in (f"{NS}binding", f"{NS}service")) is not kept:
                root.remove(node)
    node = etree.Element(f"{NS}import", location="rest.wsdl")
    node.set("namespace", top.get("targetNamespace", ""))
    top.insert(0, node)
    top.set("targetNamespace", "http://tempuri.org/")
    return etree.tostring(top), etree.tostring(rest)


def test_a_wsdl_and_one_that_it_imports_are_one(tmp_path: Path) -> None:
    top, rest = halves()
    (tmp_path / "a.wsdl").write_bytes(top)
    (tmp_path / "rest.wsdl").write_bytes(rest)
    whole = contracts.load(tmp_path)
    (service,) = whole.services
    assert not whole.problems
    assert (service.version, service.also_in) == ("Services85", ())
    assert digest_contract([service]) == digest_contract([service_of(WSDL)])
    assert whole.check_request((DATA / "Batch" / "StopBatchJob" / "request.xml").read_bytes()).outcome != "unjudged"


@pytest.mark.parametrize("back", [False, True], ids=["one-way", "in-a-circle"])
@pytest.mark.parametrize("names", [("a.wsdl", "b.wsdl"), ("b.wsdl", "a.wsdl")])
def test_a_whole_wsdl_that_another_imports(tmp_path: Path, names: tuple[str, str], back: bool) -> None:
    whole, top = names

    def importing(data: bytes, name: str) -> bytes:
        root = etree.fromstring(data)
        root.insert(0, etree.Element(f"{NS}import", location=name))
        return etree.tostring(root)

    (tmp_path / whole).write_bytes(importing(WSDL, top) if back else WSDL)
    (tmp_path / top).write_bytes(importing(b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>', whole))
    (service,) = contracts.load(tmp_path).services
    assert service.also_in == ()
    assert service.schema.validator is not None


def test_the_same_document_with_another_schema_is_another(tmp_path: Path) -> None:
    root = etree.fromstring(WSDL)
    types = root.find(f"{NS}types")
    assert types is not None
    schemas = list(types.iterchildren(f"{XSD}schema"))
    for schema in schemas:
        types.remove(schema)
    main = etree.SubElement(types, f"{XSD}schema")
    for n, schema in enumerate(schemas):
        etree.SubElement(main, f"{XSD}import", schemaLocation=f"{n}.xsd", namespace=schema.get("targetNamespace", ""))
    for folder in ("old", "new"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.wsdl").write_bytes(etree.tostring(root))
        for n, schema in enumerate(schemas):
            text = etree.tostring(schema)
            changed = text.replace(b'type="xs:short"', b'type="xs:int"', 1) if folder == "new" else text
            (tmp_path / folder / f"{n}.xsd").write_bytes(changed)
    assert len(contracts.load(tmp_path).services) == 2


@needs_shared
def test_the_vendors_in_place_wsdls_side_by_side() -> None:
    whole = contracts.load(shared() / "vendor" / "in-place")
    batch = [s for s in whole.services if s.agent == "Batch"]
    blob = [s for s in whole.services if s.agent == "BLOB"]
    assert (len(batch), len(blob)) == (1, 2)
    assert len(batch[0].also_in) == 1


def test_a_kind_of_fact_that_a_wsdl_has_not_is_no_part_of_its_digest() -> None:
    found = gather_facts(service_of(WSDL))
    assert "nillable" in str(found[f"element {{{service_of(WSDL).namespace}}}ApplicationToken"])
    assert "preset" not in str(found) and "'abstract'" not in str(found)


def test_the_texts_of_two_versions_are_the_same_where_only_the_version_differs() -> None:
    next_one = WSDL.replace(b"/Services85", b"/Services86")
    assert service_of(next_one).digest == service_of(WSDL).digest
    still_old = next_one.replace(b"/Services86/Batch/StopBatchJob", b"/Services85/Batch/StopBatchJob")
    assert still_old != next_one
    assert service_of(still_old).digest != service_of(WSDL).digest
