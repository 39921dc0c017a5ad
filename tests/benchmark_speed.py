"""What a verdict and a diff cost beside lxml alone, zeep, and the xmlschema package. Not part of the test run:

pytest tests/benchmark_speed.py --benchmark-group-by=group --benchmark-columns=min,median
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pytest
from lxml import etree

import contracts
from contracts.diff.compare import compare
from contracts.generate.sample import make_sample
from contracts.messages import read_all
from contracts.model import Direction, Message
from contracts.wsdl import document as wsdl
from contracts.wsdl.load import load_services
from contracts.wsdl.service import Service
from tests.helpers.plain import compile_plain, schema_texts
from tests.helpers.shared import shared
from tests.load_watch import Client, running, start_jobs

pytest.importorskip("pytest_benchmark")

CASES: dict[str, tuple[str, Direction]] = {
    "StopBatchJob request": ("Batch.StopBatchJob", "request"),
    "StartBatchJob request, every member": ("Batch.StartBatchJob", "request"),
    "GetBatchTaskInfosByState response": ("Batch.GetBatchTaskInfosByState", "response"),
}
HEAD = {"Content-Type": "text/xml; charset=utf-8"}


def service_of(agent: str) -> Service:
    return next(s for s in contracts.load().services if s.agent == agent)


def with_lxml(service: Service, data: bytes) -> Callable[[], Any]:
    validator = compile_plain(Path(service.source))
    parser = etree.XMLParser(resolve_entities=False, no_network=True)

    def once() -> bool:
        body = etree.fromstring(data, parser)[-1]
        return bool(validator.validate(body[0]))

    assert once()
    return once


def with_contracts(service: Service, label: str, direction: Direction, data: bytes) -> Callable[[], Any]:
    contract = contracts.load()
    action = service.operations[label.partition(".")[2]].action
    if direction == "request":
        once = partial(contract.check_request, data, HEAD | {"SOAPAction": f'"{action}"'})
    else:
        once = partial(contract.check_response, data, 200, HEAD)
    assert once().kept
    return once


def with_zeep(service: Service, label: str, direction: Direction, data: bytes) -> Callable[[], Any]:
    import zeep

    client = zeep.Client(service.source)
    binding = next(iter(client.wsdl.bindings.values()))
    operation = binding.get(label.partition(".")[2])
    root = etree.fromstring(data)
    if direction == "response":

        class Answer:
            status_code, encoding, content = 200, "utf-8", data
            headers = HEAD

        return lambda: binding.process_reply(client, operation, Answer)
    name = label.partition(".")[2]
    value = operation.input.body.parse(root[-1][0], client.wsdl.types)
    arguments = {key: value[key] for key in value}
    return lambda: client.create_message(client.service, name, **arguments)


def with_xmlschema(service: Service, data: bytes, folder: Path) -> Callable[[], Any]:
    xmlschema = pytest.importorskip("xmlschema")
    for name, text in schema_texts(Path(service.source), "{}.xsd").items():
        (folder / name).write_bytes(text)
    compiled = xmlschema.XMLSchema(str(folder / "0.xsd"))
    assert compiled.is_valid(etree.fromstring(data)[-1][0])
    return lambda: compiled.is_valid(etree.fromstring(data)[-1][0])


@pytest.mark.parametrize("who", ["a lxml alone", "b contracts", "c zeep", "d xmlschema"])
@pytest.mark.parametrize("case", CASES)
def test_message(benchmark: Any, case: str, who: str, tmp_path: Path) -> None:
    benchmark.group = case
    label, direction = CASES[case]
    service = service_of(label.partition(".")[0])
    data = make_sample(service, service.operations[label.partition(".")[2]], direction, form="full")
    makers: dict[str, Callable[[], Callable[[], Any]]] = {
        "a lxml alone": lambda: with_lxml(service, data),
        "b contracts": lambda: with_contracts(service, label, direction, data),
        "c zeep": lambda: with_zeep(service, label, direction, data),
        "d xmlschema": lambda: with_xmlschema(service, data, tmp_path),
    }
    benchmark(makers[who]())


@pytest.mark.parametrize("who", ["a lxml alone", "b contracts"])
@pytest.mark.parametrize("items", [1, 100])
def test_broken_value(benchmark: Any, items: int, who: str) -> None:
    """A response with one value that is none: the verdict says where it is, and what was expected."""
    benchmark.group = f"a broken response of {items} items"
    service = service_of("Batch")
    data = make_sample(service, service.operations["GetBatchTaskInfosByState"], "response", form="full")
    start, end = data.index(b"<Batch:BatchTaskInfo>"), data.rindex(b"</Batch:Response>")
    item = data[start:end]
    broken = item.replace(b"<Batch:Id>42<", b"<Batch:Id>x<")
    data = data[:start] + item * (items - 1) + broken + data[end:]
    assert not contracts.load().check_response(data, 200, HEAD).kept
    validator = compile_plain(Path(service.source))
    once = partial(contracts.load().check_response, data, 200, HEAD)
    benchmark(once if who.startswith("b") else lambda: validator.validate(etree.fromstring(data)[-1][0]))


@pytest.mark.parametrize("who", ["a lxml's compile, parse and validate", "b load, read and judge"])
def test_pages(benchmark: Any, who: str) -> None:
    """All pages at hand of a version, by its WSDLs."""
    benchmark.group = "pages of Services85"
    folder = shared() / "vendor/Services85"
    examples = [message for message in read_all([str(folder)]) if isinstance(message, Message)]

    def validate() -> None:
        validators = {path.parent.name: compile_plain(path) for path in folder.rglob("*.wsdl")}
        for message in examples:
            root = etree.fromstring(message.data)
            validators[message.title[1] if message.title else ""].validate(root[-1][0])

    def judge() -> None:
        contract = contracts.load(folder)
        for message in read_all([str(folder)]):
            if isinstance(message, Message):
                contract.judge(message)

    benchmark(judge if who.startswith("b") else validate)


@pytest.mark.parametrize("who", ["a lxml's compile", "b contract load and compile"])
@pytest.mark.parametrize("agent", ["Batch", "List"])
def test_load(benchmark: Any, agent: str, who: str) -> None:
    benchmark.group = f"load {agent}"
    path = Path(service_of("Batch").source) if agent == "Batch" else shared() / "vendor/Services85/List/service.wsdl"

    def load() -> etree.XMLSchema:
        return wsdl.parse_wsdl(path.read_bytes(), str(path))[0].schema.validator

    benchmark(load if who.startswith("b") else partial(compile_plain, path))


@pytest.mark.parametrize("who", ["a lxml parsing the files", "b load"])
def test_folder(benchmark: Any, who: str) -> None:
    benchmark.group = "a folder of WSDLs"
    folder = shared() / "vendor/Services85"
    files = list(folder.rglob("*.wsdl"))
    benchmark((lambda: load_services(str(folder))) if who.startswith("b") else lambda: [etree.parse(f) for f in files])


@pytest.mark.parametrize("who", ["a lxml parsing the files", "b diff"])
@pytest.mark.parametrize("old", ["Services84", "Services85"])
def test_version_step(benchmark: Any, old: str, who: str) -> None:
    new = f"Services{int(old[-2:]) + 1}"
    benchmark.group = f"{old} to {new}"
    sides = [shared() / "vendor" / version for version in (old, new)]
    files = [path for side in sides for path in side.rglob("*.wsdl")]

    def step() -> object:
        return compare(*(load_services(str(side), any_binding=True)[0] for side in sides))

    benchmark(step if who.startswith("b") else lambda: [etree.parse(path) for path in files])


@pytest.mark.parametrize("who", ["a import lxml", "b services85 check FILE"])
def test_start(benchmark: Any, who: str, tmp_path: Path) -> None:
    benchmark.group = "cold start"
    service = service_of("Batch")
    message = tmp_path / "request.xml"
    message.write_bytes(make_sample(service, service.operations["StopBatchJob"], "request"))
    command = ["-c", "import lxml.etree"] if who.startswith("a") else ["-m", "contracts", "check", str(message)]
    benchmark.pedantic(
        partial(subprocess.run, [sys.executable, *command], check=True, stdout=subprocess.DEVNULL), rounds=15
    )


@pytest.mark.parametrize("who", ["a the stand-in itself", "b through watch", "c through watch --reject"])
def test_exchange(benchmark: Any, who: str) -> None:
    """Over one connection that is kept, each side a process of its own."""
    benchmark.group = "an exchange"
    with TemporaryFile() as log, running(log, "serve") as (tenant, _):
        watch = ["watch", "--to", tenant, *who.split()[3:]]
        with nullcontext((tenant, None)) if who.startswith("a") else running(log, *watch) as (url, _):
            client = Client(url, 0, start_jobs(tenant, 1))
            benchmark.pedantic(client.work, (1,), rounds=300, warmup_rounds=20)
            client.connection.close()
            assert not client.wrong
