"""Samples: kept, the same every time, in every form and rendering, for every operation at hand."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

import contracts
from contracts.generate.rendering import render_message
from contracts.generate.sample import Form, make_sample
from contracts.messages import read
from contracts.model import ContractsError, Direction, Message, UnreadableContract
from contracts.model.names import EXAMPLE_TICKET, EXAMPLE_TOKEN, XSI
from tests.helpers.cost import within
from tests.helpers.loopback import Site, running
from tests.helpers.shared import needs_shared, shared

CONTRACT = contracts.load()
LABELS = [o.label for _, o in CONTRACT.targets()]
FORMS: tuple[Form, ...] = ("minimal", "default", "full", "documented")
SIDES: tuple[Direction, ...] = ("request", "response")


def verdict(contract: contracts.Contract, label: str, data: bytes, side: Direction, form: Form) -> contracts.Verdict:
    return contract.judge(Message(data, direction=side, documented=form == "documented"), operation=label)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("label", LABELS)
def test_a_sample_is_kept_and_the_same_every_time(label: str, side: Direction, form: Form) -> None:
    service, operation = CONTRACT.operation(label)
    data = make_sample(service, operation, side, form=form)
    assert data == make_sample(service, operation.name, side, form=form)
    found = verdict(CONTRACT, label, data, side, form)
    assert found.kept, found.violations


def test_minimal_default_and_full_say_more_and_more() -> None:
    service, operation = CONTRACT.operation("Batch.StartBatchJob")
    sizes = [len(make_sample(service, operation, form=form)) for form in ("minimal", "default", "full")]  # type: ignore[arg-type]
    assert sizes == sorted(set(sizes))


def test_the_documented_form_is_that_of_the_page() -> None:
    service, operation = CONTRACT.operation("Batch.StopBatchJob")
    root = etree.fromstring(make_sample(service, operation, form="documented"))
    page = etree.fromstring(service.examples["StopBatchJob", "request"])
    assert [(n.tag, n.text.strip() if n.text else None) for n in root.iter()] == [
        (n.tag, n.text.strip() if n.text else None) for n in page.iter()
    ]
    types = [n.get(f"{{{XSI}}}type") for n in (root[-1][0][0], page[-1][0][0])]
    assert types == ["xsd:int", "xsd:int"]


def test_recursive_types_end() -> None:
    service, operation = CONTRACT.operation("Batch.StopBatchJob")
    assert b"InnerException" not in make_sample(service, operation, "response", form="full")


def test_a_raw_http_message_is_read_and_kept(tmp_path: Path) -> None:
    service, operation = CONTRACT.operation("Batch.StopBatchJob")
    for side in SIDES:
        file = tmp_path / f"{side}.http"
        file.write_bytes(render_message(service, operation, make_sample(service, operation, side), side, as_="http"))
        (message,) = read(str(file))
        assert isinstance(message, Message)
        assert message.http is not None
        assert CONTRACT.judge(message, operation=operation.label).kept


def test_only_requests_are_shown_as_commands() -> None:
    service, operation = CONTRACT.operation("Batch.StopBatchJob")
    with pytest.raises(contracts.ContractsError, match="only a request"):
        render_message(service, operation, make_sample(service, operation, "response"), "response", as_="curl")


@pytest.fixture
def server() -> Iterator[Site]:
    """Answers nothing but an error, and remembers what it was sent."""
    with running() as found:
        found.pages["*"] = lambda page: page.give(status=500)
        yield found


def _judged(server: Site, label: str) -> contracts.Verdict:
    asked = server.asked.pop()
    return CONTRACT.check_request(asked.body, asked.headers, label, method="POST", target=asked.path)


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl on this machine")
def test_the_curl_command_sends_what_is_kept(server: Site) -> None:
    service, operation = CONTRACT.operation("Batch.UpdateBatchTask")
    data = make_sample(service, operation, form="full")
    command = render_message(service, operation, data, as_="curl").decode()
    environment = {
        "PATH": "/usr/bin:/bin",
        "SERVICES85_URL": f"{server.url}/Cust12345/Remote/Services85",
        "SERVICES85_APPLICATION_TOKEN": EXAMPLE_TOKEN,
    }
    done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True)
    assert done.returncode and b"SERVICES85_TICKET" in done.stderr and not server.asked
    environment["SERVICES85_TICKET"] = EXAMPLE_TICKET
    subprocess.run(["sh", "-c", command], check=True, env=environment, capture_output=True)
    assert server.asked[0].body == data
    assert _judged(server, operation.label).kept


def test_the_python_program_sends_what_is_kept(server: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    import zeep.exceptions

    monkeypatch.setenv("SERVICES85_APPLICATION_TOKEN", "token")
    monkeypatch.setenv("SERVICES85_TICKET", "7T:ticket")
    monkeypatch.setenv("SERVICES85_URL", f"{server.url}/Cust12345/Remote/Services85")
    for service, operation in CONTRACT.targets():
        program = render_message(service, operation, make_sample(service, operation), as_="python").decode()
        with pytest.raises(zeep.exceptions.TransportError):
            exec(compile(program, operation.label, "exec"), {})
        found = _judged(server, operation.label)
        assert found.kept, (program, found.violations)


def test_the_shell_takes_a_message_and_an_address_as_they_are() -> None:
    service, operation = CONTRACT.operation("Batch.StopBatchJob")
    odd = replace(service, address='http://localhost/$(touch x)`touch y`}"/Batch.svc')
    data = make_sample(service, operation).replace(b"42", b"$HOME `id` \\ \\$(id) 'SOAP' \"\nSOAP\n")
    script = "curl() { printf '%s' \"$3\"; cat; }\n" + render_message(odd, operation, data, as_="curl").decode()
    done = subprocess.run(
        ["sh", "-c", script],
        env={
            "SERVICES85_APPLICATION_TOKEN": EXAMPLE_TOKEN,
            "SERVICES85_TICKET": EXAMPLE_TICKET,
            "PATH": "/usr/bin:/bin",
        },
        capture_output=True,
    )
    assert done.stdout == b"http://localhost/%24%28touch%20x%29%60touch%20y%60%7D%22/Batch.svc" + data, done


def test_the_python_program_reads_a_wsdl_in_a_zip(
    server: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import zeep.exceptions

    with zipfile.ZipFile(tmp_path / "WSDL.zip", "w") as archive:
        archive.write(CONTRACT.operation("Batch.StopBatchJob")[0].source, "Services85/WSDL/Batch.wsdl")
    monkeypatch.setenv("SERVICES85_APPLICATION_TOKEN", "token")
    monkeypatch.setenv("SERVICES85_TICKET", "7T:ticket")
    monkeypatch.setenv("SERVICES85_URL", f"{server.url}/Cust12345/Remote/Services85")
    monkeypatch.chdir(tmp_path)
    service, operation = contracts.load("./WSDL.zip").operation("Batch.StopBatchJob")
    with pytest.raises(zeep.exceptions.TransportError):
        exec(render_message(service, operation, make_sample(service, operation), as_="python").decode(), {})
    assert _judged(server, operation.label).kept


@pytest.mark.parametrize(("form", "number"), [("minimal", b"42"), ("full", b"42"), ("documented", b"0")])
def test_no_id_is_0_but_in_the_pages_own_form(form: Form, number: bytes) -> None:
    service, operation = CONTRACT.operation("Batch.StopBatchJob")
    assert b">%b</Batch:Id>" % number in make_sample(service, operation, form=form)


@needs_shared
@pytest.mark.parametrize("agent", ["Sale", "SoPrincipal", "Webhook"])
def test_samples_of_the_vendors_operations_are_kept(agent: str) -> None:
    contract = contracts.load(shared() / "vendor" / "Services86" / agent)
    for service, operation in contract.targets():
        for side in SIDES:
            for form in FORMS:
                data = make_sample(service, operation, side, form=form)
                found = verdict(contract, operation.label, data, side, form)
                assert found.kept, (operation.label, side, form, found.violations)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('type="xs:int"', 'type="tns:Nonesuch"', "no schema declares the type Nonesuch"),
        ('<xs:element name="StopBatchJob">', '<xs:element name="Renamed">', "StopBatchJob"),
        (
            '<xs:element name="Id"',
            '<xs:element name="a b"',
            "'a b' is not a valid value of the atomic type 'xs:NCName'",
        ),
    ],
)
def test_what_no_schema_declares_has_no_sample(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (Path(contracts.__file__).parent / "Services85/Batch/service.wsdl").read_text()
    begin = text.index('<xs:element name="StopBatchJob">')
    assert old in text[begin:]
    path = tmp_path / "service.wsdl"
    path.write_text(text[:begin] + text[begin:].replace(old, new, 1))
    service = contracts.load(path).services[0]
    with pytest.raises(UnreadableContract, match=said):
        make_sample(service, "StopBatchJob")
    assert make_sample(service, "StopBatchJob", "response")


@pytest.mark.parametrize(
    "declared",
    [
        '><xs:simpleType><xs:restriction base="xs:QName"><xs:enumeration value="u:gif"/></xs:restriction>'
        "</xs:simpleType>",
        ' type="xs:QName" fixed="u:gif">',
    ],
)
def test_a_name_that_the_schema_says_has_a_prefix_that_the_sample_declares(tmp_path: Path, declared: str) -> None:
    text = (Path(contracts.__file__).parent / "Services85/Batch/service.wsdl").read_text()
    begin = text.index('<xs:element name="StopBatchJob">')
    member = f'<xs:element name="Id"{declared}</xs:element>'
    changed = text[begin:].replace('<xs:element name="Id" type="xs:int" minOccurs="0"/>', member, 1)
    path = tmp_path / "service.wsdl"
    path.write_text(text[:begin].replace("<xs:schema", '<xs:schema xmlns:u="urn:u"') + changed)
    contract = contracts.load(path)
    assert contract.check_request(make_sample(contract.services[0], "StopBatchJob")).kept


def test_what_has_to_be_there_a_million_times_has_no_sample(tmp_path: Path) -> None:
    text = (Path(contracts.__file__).parent / "Services85/Batch/service.wsdl").read_text()
    once = '<xs:element name="Mask" type="tns:ETableRight" minOccurs="0"/>'
    assert once in text
    path = tmp_path / "service.wsdl"
    path.write_text(text.replace(once, once.replace('"0"', '"1000000" maxOccurs="unbounded"')))
    with within(5), pytest.raises(ContractsError, match="more than 40000 elements"):
        make_sample(contracts.load(path).services[0], "StartBatchJob", form="full")


@pytest.mark.parametrize(("length", "is_made"), [("1000", True), ("900000000", False), ("9" * 30, False)])
def test_a_text_that_has_to_be_long(length: str, is_made: bool, tmp_path: Path) -> None:
    text = (Path(contracts.__file__).parent / "Services85/Batch/service.wsdl").read_text()
    facet = f'<xs:restriction base="xs:string"><xs:minLength value="{length}"/></xs:restriction>'
    path = tmp_path / "service.wsdl"
    added = text.replace("</xs:schema>", f'<xs:simpleType name="Long">{facet}</xs:simpleType></xs:schema>', 1)
    path.write_text(re.sub(r'(name="Description" type=)"xs:string"', r'\1"tns:Long"', added))
    service = contracts.load(path).services[0]
    data = make_sample(service, "StartBatchJob", form="full")
    assert (b"x" * 1000 in data) is is_made
    assert len(data) < 10_000  # it would have been gigabytes


def test_nothing_of_hypothesis_is_imported_for_a_sample() -> None:
    code = """
import sys, contracts
from contracts.cli.sample import sample
from contracts.generate.sample import make_sample
make_sample(*contracts.load().operation("Batch.StopBatchJob"))
assert not {"hypothesis", "zeep"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.skipif(not (shutil.which("mcs") and shutil.which("mono")), reason="no C# compiler (mono-mcs) is here")
def test_the_csharp_program_compiles_and_sends_what_is_kept(server: Site, tmp_path: Path) -> None:
    service, operation = CONTRACT.operation("Batch.UpdateBatchTask")
    data = make_sample(service, operation, form="full").replace(b">text<", b'>a "b" {0} \\ d<', 1)
    (tmp_path / "Call.cs").write_bytes(render_message(service, operation, data, as_="csharp"))
    subprocess.run(["mcs", "-warnaserror", "Call.cs"], cwd=tmp_path, check=True, capture_output=True)
    url = f"{server.url}/Cust12345/Remote/Services85"
    environment = {**os.environ, "SERVICES85_URL": url, "SERVICES85_APPLICATION_TOKEN": "a<b&c"}
    done = subprocess.run(["mono", "Call.exe"], cwd=tmp_path, env=environment, capture_output=True)
    assert b"SERVICES85_TICKET is not set" in done.stderr and not server.asked
    subprocess.run(["mono", "Call.exe"], cwd=tmp_path, env={**environment, "SERVICES85_TICKET": EXAMPLE_TICKET})
    sent = server.asked[0].body
    assert sent == data.replace(EXAMPLE_TOKEN.encode(), b"a&lt;b&amp;c")
    assert _judged(server, operation.label).kept


def test_the_powershell_script_holds_the_envelope() -> None:
    """Its text alone is looked at: no PowerShell runs here."""
    service, operation = CONTRACT.operation("Batch.UpdateBatchTask")
    data = make_sample(service, operation, form="full").replace(b">text<", '>it\'s $(id) `x` \u2019 "q"<'.encode(), 1)
    script = render_message(service, operation, data, as_="powershell").decode()
    envelope = script.partition("$envelope = ")[2].partition("\n$answer = ")[0]
    pieces = re.split(r"' \+ \(Need '(\w+)'\) \+ '", envelope[1:-1])
    assert pieces[1::2] == ["SERVICES85_APPLICATION_TOKEN", "SERVICES85_TICKET"]
    texts = [re.sub("(['\u2018-\u201b])\\1", r"\1", piece) for piece in pieces[::2]]
    assert texts[0] + EXAMPLE_TOKEN + texts[1] + EXAMPLE_TICKET + texts[2] == data.decode()
    assert f"SOAPAction = '\"{operation.action}\"'" in script
    for piece in pieces[::2]:  # each quote in it is doubled: none ends the string
        assert not re.search("(?<!['\u2018-\u201b])['\u2018-\u201b](?!['\u2018-\u201b])", piece)
