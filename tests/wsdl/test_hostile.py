"""WSDLs and zips that were made to harm, or are just broken: one line, and no hanging."""

from __future__ import annotations

import os
import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import contracts
from contracts.files.limits import use_limits
from contracts.wsdl.load import DATA, load_services
from tests.cli.running import expect, refused, run
from tests.helpers.cost import within
from tests.helpers.messages import START, STOP

WSDL = Path(contracts.__file__).with_name("Services85") / "Batch" / "service.wsdl"


def schema(addition: str) -> Callable[[str], str]:
    return lambda text: text.replace("</xs:schema>", addition + "</xs:schema>", 1)


def imported(location: str) -> Callable[[str], str]:
    at = "\n  <wsdl:types>"
    return lambda text: text.replace(at, f'<wsdl:import namespace="urn:x" location="{location}"/>{at}', 1)


def changed(pattern: str, new: str) -> Callable[[str], str]:
    return lambda text: re.sub(pattern, new, text, flags=re.DOTALL)


BROKEN: dict[str, Callable[[str], str]] = {
    "types-extend-each-other": schema(
        "".join(
            f'<xs:complexType name="{name}"><xs:complexContent><xs:extension base="tns:{base}"/></xs:complexContent>'
            "</xs:complexType>"
            for name, base in ("AB", "BA")
        )
    ),
    "a-group-in-itself": schema(
        '<xs:group name="G"><xs:sequence><xs:group ref="tns:G"/></xs:sequence></xs:group>'
    ),
    "a-list-of-itself": schema('<xs:simpleType name="L"><xs:list itemType="tns:L"/></xs:simpleType>'),
    "a-redefinition": changed(r"(<xs:schema [^>]*>)", r"\1<xs:redefine/>"),
    "a-type-twice": schema('<xs:complexType name="BatchTaskInfo"/>'),
    "a-bad-pattern": schema(
        '<xs:simpleType name="P"><xs:restriction base="xs:string"><xs:pattern value="(("/></xs:restriction>'
        "</xs:simpleType>"
    ),
    "an-occurrence-that-is-no-number": changed(r'minOccurs="0"', 'minOccurs="x"'),
    "an-occurrence-in-other-digits": changed(r'minOccurs="0"', 'minOccurs="\u0663"'),
    "an-agent-in-another-folder": changed(r'((?:portType name=|type="tns:)"?)Batch"', r'\1../../Batch"'),
    "an-operation-in-another-folder": changed(r'operation name="StopBatchJob"', 'operation name="/tmp/StopBatchJob"'),
    "an-agent-with-a-query": changed(r'((?:portType name=|type="tns:)"?)Batch"', r'\1Batch?x="'),
    "an-import-from-nowhere": imported("http://[::1"),
    "an-import-of-a-folder": imported("."),
    "an-import-of-a-name-that-no-file-can-have": imported("a/" * 5_000),
    "an-import-of-a-file-url": imported("file:///etc/passwd"),
    "no-schema": changed(r"<xs:schema.*</xs:schema>", ""),
    "no-types": changed(r"<wsdl:types>.*</wsdl:types>", ""),
    "no-messages": changed(r"<wsdl:message .*</wsdl:message>", ""),
    "no-port-type": changed(r"<wsdl:portType.*</wsdl:portType>", ""),
    "a-prefix-that-is-not-declared": changed(r' element="tns:', ' element="nowhere:'),
    "a-message-that-is-not-there": changed(r' message="tns:StopBatchJobRequest"', ' message="tns:Nothing"'),
}  # fmt: skip


def check(contract: Path, tmp_path: Path) -> list[str]:
    """A message to be judged by it."""
    (tmp_path / "message.xml").write_text(STOP)
    return ["check", "--contract", str(contract), str(tmp_path / "message.xml")]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_wsdl(name: str, tmp_path: Path) -> None:
    text = WSDL.read_text(encoding="utf-8")
    broken = BROKEN[name](text)
    assert broken != text
    path = tmp_path / "broken.wsdl"
    path.write_text(broken, encoding="utf-8")
    assert "broken.wsdl" in refused(*check(path, tmp_path))


def test_a_namespace_that_names_the_folder_above_is_no_version(tmp_path: Path) -> None:
    path = tmp_path / "above.wsdl"
    path.write_text(WSDL.read_text(encoding="utf-8").replace("NetServer/Services85", "NetServer/.."), encoding="utf-8")
    assert {service.version for service in load_services(str(path))[0]} == {""}


@pytest.mark.parametrize(("count", "status"), [(3_000, 0), (50_000, 2)])
def test_very_many_prefixes(count: int, status: int, tmp_path: Path) -> None:
    path, declared = tmp_path / "many.wsdl", "".join(f' xmlns:z{i}="urn:{i}"' for i in range(count))
    path.write_text(WSDL.read_text("utf-8").replace("<wsdl:definitions", f"<wsdl:definitions{declared}", 1))
    with within(3):  # by the square it was twenty seconds
        assert run(*check(path, tmp_path)).exit_code == status


def test_an_occurrence_of_many_digits(tmp_path: Path) -> None:
    path = tmp_path / "many.wsdl"
    path.write_text(WSDL.read_text(encoding="utf-8").replace('minOccurs="0"', f'minOccurs="{"9" * 5000}"', 1))
    assert run(*check(path, tmp_path)).exit_code in (0, 1, 2)


@pytest.mark.parametrize("url", ["http://[::1/x", "http://", "http://127.0.0.1:99999/"])
def test_a_url_that_is_none(url: str) -> None:
    assert url in refused("check", "--contract", url, str(WSDL))


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes lie in folders on POSIX only")
def test_a_pipe_that_nobody_writes_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wsdl")
    assert "no regular file" in refused(*check(tmp_path / "pipe.wsdl", tmp_path))
    expect(2, *check(tmp_path, tmp_path))
    importing = tmp_path / "importing.wsdl"
    importing.write_text(imported("pipe.wsdl")(WSDL.read_text(encoding="utf-8")), encoding="utf-8")
    assert "no regular file" in refused(*check(importing, tmp_path))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="whoever runs this may read everything")
def test_a_folder_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "service.wsdl").write_bytes((DATA / "Services85" / "Batch" / "service.wsdl").read_bytes())
    closed = tmp_path / "more"
    closed.mkdir(0o000)
    services, problems = load_services(str(tmp_path))
    assert len(services) == 1
    assert [(problem.file, problem.reason) for problem in problems] == [
        (str(closed), f"{closed}: cannot be read: Permission denied")
    ]
    with pytest.raises(contracts.UnreadableContract, match="Permission denied"):
        contracts.load(closed)


def test_a_zip_with_a_damaged_member(tmp_path: Path) -> None:
    path = tmp_path / "damaged.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.wsdl", WSDL.read_bytes())
    data = bytearray(path.read_bytes())
    for at in range(200, 240):
        data[at] ^= 0xFF
    path.write_bytes(data)
    assert "cannot be unpacked" in refused(*check(path, tmp_path))


def test_a_zip_of_too_much(tmp_path: Path) -> None:
    path = tmp_path / "much.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"{number}.wsdl", b" " * 2**20)
    refused(*check(path, tmp_path))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.wsdl.wsdl", WSDL.read_bytes())
    with use_limits({"unpacked": 1}):
        problems = load_services(str(path))[1]
    assert any("the limit of 1 MB unpacked (--limit unpacked=N" in problem.reason for problem in problems)


def test_a_name_in_a_zip_begins_no_line(tmp_path: Path) -> None:
    path = tmp_path / "names.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a\n::error::\x1b.wsdl", "<bad")
        archive.writestr("b.wsdl", WSDL.read_bytes())
    err = expect(0, *check(path, tmp_path)).stderr
    assert len(err.splitlines()) == 1 and "\x1b" not in err


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-32-le"])
def test_a_wsdl_with_a_hidden_dtd(charset: str, tmp_path: Path) -> None:
    text = WSDL.read_text(encoding="utf-8").partition("?>")[2]
    path = tmp_path / "dtd.wsdl"
    path.write_bytes(f"<!--{'x' * 2_000_000}--><!DOCTYPE a [<!ENTITY b 'c'>]>{text}".encode(charset))
    assert "DTD" in refused(*check(path, tmp_path))


def restricted(facets: str) -> str:
    """A member that is a text has these facets."""
    added = f'<xs:simpleType name="P"><xs:restriction base="xs:string">{facets}</xs:restriction></xs:simpleType>'
    text = schema(added)(WSDL.read_text(encoding="utf-8"))
    return changed(r'(name="DatabaseSerialNumber"[^>]*type=)"[^"]*"', r'\1"tns:P"')(text)


HARD = r'<xs:pattern value="(\d{1,3},?)*\d+(\.\d\d)?"/>'


def test_a_value_that_libxml2_gives_up_on_is_unjudged(tmp_path: Path) -> None:
    (tmp_path / "a.wsdl").write_text(restricted(HARD), encoding="utf-8")
    for value, status, said in (("1,234.50", 0, "1 kept"), ("1" * 40 + "x", 2, "gives up on")):
        given = START.replace("<b:DatabaseSerialNumber/>", f"<b:DatabaseSerialNumber>{value}</b:DatabaseSerialNumber>")
        (tmp_path / "a.xml").write_text(given)
        result = expect(status, "check", "--contract", str(tmp_path / "a.wsdl"), str(tmp_path / "a.xml"))
        assert said in result.output


MANY = {
    # facets, and a value that is none
    "just before libxml2 gives up": (HARD, "1" * 22 + "x"),
    "thousands of names": ("".join(f'<xs:enumeration value="E{i}"/>' for i in range(4_000)), "E"),
}


@pytest.mark.parametrize("name", MANY)
def test_many_values_that_take_long_each(name: str, tmp_path: Path) -> None:
    facets, value = MANY[name]
    (tmp_path / "a.wsdl").write_text(restricted(facets), encoding="utf-8")
    member = f"<b:DatabaseSerialNumber>{value}</b:DatabaseSerialNumber>"
    request = START.replace("<b:DatabaseSerialNumber/>", member * 1_000)
    with within(4), use_limits({"seconds": 1}):  # minutes before, in one call
        verdict = contracts.load(tmp_path / "a.wsdl").check_request(request)
    assert verdict.outcome == "broken" or "takes longer than the limit of 1 seconds" in str(verdict.reason)


def chain(folder: Path, count: int, text: Callable[[int], str]) -> None:
    """WSDLs of which each imports the next."""
    for i in range(count):
        (folder / f"w{i}.wsdl").write_text(text(i) if i else imported("w1.wsdl")(WSDL.read_text(encoding="utf-8")))


def small(i: int) -> str:
    import_next = f'<import namespace="urn:x" location="w{i + 1}.wsdl"/>'
    return (
        f'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" targetNamespace="urn:w{i}">{import_next}</definitions>'
    )


def test_a_chain_of_imports_in_a_folder(tmp_path: Path) -> None:
    chain(tmp_path, 3_000, small)
    (tmp_path / "w3000.wsdl").write_text('<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>')
    with within(8):
        services, _ = load_services(str(tmp_path))
    assert [service.agent for service in services] == ["Batch"]
    said = refused("check", "--contract", f"{tmp_path}/w0.wsdl", str(WSDL), "--limit", "imports=50")
    assert "limit of 50 imported documents (--limit imports=N" in said


@pytest.mark.parametrize(
    "imports",
    [lambda i, n: [i + 1], lambda i, n: [i - 1], lambda i, n: [(i + 1) % n, (i - 1) % n]],
    ids=["the next", "the one before", "both, in a ring"],
)
def test_whole_wsdls_that_import_each_other_are_read_once(
    imports: Callable[[int, int], list[int]], tmp_path: Path
) -> None:
    notes = (DATA / "diff" / "examples" / "old.wsdl").read_text(encoding="utf-8")
    count = 150  # each with all that it imports: 11,000 documents
    for i in range(count):
        text = notes.replace("Services85", f"Services85/A{i}").replace("Notes", f"Notes{i:03}")
        for other in imports(i, count):
            text = imported(f"w{other}.wsdl")(text) if 0 <= other < count else text
        (tmp_path / f"w{i}.wsdl").write_text(text, encoding="utf-8")
    with within(5):
        services, problems = load_services(str(tmp_path))
    assert problems == []
    assert sorted(service.agent for service in services) == [f"Notes{i:03}" for i in range(count)]
    assert services[70].operations["SaveNote"].request.body


def test_the_same_binding_many_times(tmp_path: Path) -> None:
    """Of two definitions with one name the first counts."""
    again = WSDL.read_text(encoding="utf-8")
    chain(tmp_path, 100, lambda i: imported(f"w{i + 1}.wsdl")(again))
    (tmp_path / "w100.wsdl").write_text(again, encoding="utf-8")
    with within(10):
        services, _ = load_services(f"{tmp_path}/w0.wsdl")
    assert [service.agent for service in services] == ["Batch"]
