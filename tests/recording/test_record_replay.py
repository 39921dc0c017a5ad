"""Cassettes played back: judged, and read by zeep as the schema says."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

import contracts
from contracts.generate.sample import make_sample
from contracts.recording.convert import convert_traffic
from contracts.recording.provenance import read_provenance
from contracts.recording.replay import replay
from contracts.wsdl.load import DATA
from tests.helpers.shared import needs_shared, shared

CASSETTES = Path(__file__).parents[2] / "cassettes"
ALL = sorted(path.relative_to(CASSETTES).as_posix() for path in CASSETTES.rglob("*.yaml"))
STOPPED = "Services85/Batch/StopBatchJob.stopped.yaml"


def altered(folder: Path, change: Callable[[str], str], name: str = STOPPED) -> Path:
    """A copy of a cassette whose response is another one."""
    document = yaml.safe_load((CASSETTES / name).read_text("utf-8"))
    body = document["interactions"][0]["response"]["body"]
    body["string"] = change(body["string"])
    document["interactions"][0]["response"]["headers"]["Content-Length"] = [str(len(body["string"]))]
    file = folder / "cassette.yaml"
    file.write_text(yaml.safe_dump(document), "utf-8")
    return file


def test_there_are_some_from_either_stack() -> None:
    sources = {block.source for name in ALL if (block := read_provenance(CASSETTES / name))}
    assert sources == {"stand-in", "WCF on Mono"}


@pytest.mark.parametrize("name", ALL)
def test_every_cassette_is_kept_and_read_alike(name: str) -> None:
    result = replay(CASSETTES / name)
    assert result.problems == ()
    assert len(result.verdicts) == 2 * len(result.read_by_zeep)
    assert all(verdict.kept for verdict in result.verdicts)


def test_a_recording_of_an_agent_that_is_not_loaded_is_no_breach() -> None:
    of_others = contracts.load(str(DATA / "Services85" / "SoPrincipal"))
    result = replay(CASSETTES / STOPPED, of_others)
    assert {(v.outcome, v.reason) for v in result.verdicts} == {
        ("unjudged", "no loaded contract has Services85/Batch.svc")
    }
    assert not result.read_by_zeep


@pytest.mark.parametrize(
    ("case", "answered", "value"),
    [
        ("stopped", "response", True),
        ("stopped.wcf", "response", True),
        ("not-running", "response", False),
        ("bad-ticket.wcf", "response", False),
        ("unsupported-media-type", "refused", 415),
    ],
)
def test_what_zeep_reads(case: str, answered: str, value: object) -> None:
    (reading,) = replay(CASSETTES / f"Services85/Batch/StopBatchJob.{case}.yaml").read_by_zeep
    assert reading.answered == answered
    assert reading.zeep == (value if answered == "refused" else {"Response": value})


def test_a_fault_is_read_as_one() -> None:
    (reading,) = replay(CASSETTES / "Services85/Batch/StopBatchJob.fault.wcf.yaml").read_by_zeep
    assert reading.answered == "fault"
    assert reading.zeep.startswith("There was an error deserializing")


def test_a_whole_job_is_read() -> None:
    (reading,) = replay(CASSETTES / "Services85/Batch/GetBatchTaskInfo.found.wcf.yaml").read_by_zeep
    job = reading.zeep["Response"]
    assert (job["Id"], job["Name"], job["State"]) == (42, "nightly", "Started")
    assert job["ParameterObject"] == {"StringKeyValuePair": [{"Key": "a", "Value": "b"}]}
    assert job["LastStarted"] == dt.datetime(1, 1, 1)


@pytest.mark.parametrize("lie", ["yes", "TRUE", "True"])
def test_what_zeep_reads_wrongly_is_seen_twice(tmp_path: Path, lie: str) -> None:
    result = replay(altered(tmp_path, lambda body: body.replace(">true</Response>", f">{lie}</Response>")))
    assert result.read_by_zeep[0].difference == f"StopBatchJob/Response: zeep reads False, the schema says {lie!r}"
    assert [verdict.outcome for verdict in result.verdicts] == ["kept", "broken"]
    assert len(result.problems) == 2


def test_a_member_that_zeep_does_not_take_is_a_difference(tmp_path: Path) -> None:
    name = "Services85/Batch/GetBatchTaskInfo.found.wcf.yaml"
    result = replay(
        altered(tmp_path, lambda body: body.replace("<Id>42</Id>", "<Id>42</Id><FileName>x</FileName>"), name)
    )
    assert result.read_by_zeep[0].answered == "unread"
    assert any("zeep cannot read it" in problem for problem in result.problems)


def test_an_empty_answer_is_broken_and_unread(tmp_path: Path) -> None:
    result = replay(altered(tmp_path, lambda body: ""))
    assert result.read_by_zeep[0].answered in ("unread", "refused")
    assert result.verdicts[1].outcome == "broken"
    assert result.problems


def test_json_is_played_as_well(tmp_path: Path) -> None:
    document = yaml.safe_load((CASSETTES / STOPPED).read_text("utf-8"))
    (tmp_path / "cassette.json").write_text(json.dumps(document), "utf-8")
    assert replay(tmp_path / "cassette.json").problems == ()


def test_a_packed_answer_is_unpacked(tmp_path: Path) -> None:
    import gzip

    document = yaml.safe_load((CASSETTES / STOPPED).read_text("utf-8"))
    response = document["interactions"][0]["response"]
    response["body"]["string"] = gzip.compress(response["body"]["string"].encode())
    response["headers"] |= {"Content-Encoding": ["gzip"], "Content-Length": [str(len(response["body"]["string"]))]}
    (tmp_path / "cassette.yaml").write_text(yaml.safe_dump(document), "utf-8")
    assert replay(tmp_path / "cassette.yaml").problems == ()


def test_several_interactions(tmp_path: Path) -> None:
    names = [f"Services85/Batch/StopBatchJob.{case}.yaml" for case in ("stopped", "not-running", "fault")]
    parts: list[Any] = [yaml.safe_load((CASSETTES / name).read_text("utf-8"))["interactions"][0] for name in names]
    document = {"version": 1, "interactions": parts, "recorded": {"at": "2026-01-01", "expects": {}}}
    document["recorded"] = {"at": "2026-01-01", "expects": {"interaction 3 request": ["value-lexical"]}}
    (tmp_path / "cassette.yaml").write_text(yaml.safe_dump(document), "utf-8")
    result = replay(tmp_path / "cassette.yaml")
    assert result.problems == ()
    assert [reading.zeep for reading in result.read_by_zeep[:2]] == [{"Response": True}, {"Response": False}]


def test_another_contract_will_do(tmp_path: Path) -> None:
    shipped = Path(contracts.__file__).parent / "Services85" / "Batch" / "service.wsdl"
    wsdl = tmp_path / "service.wsdl"
    wsdl.write_text(shipped.read_text("utf-8").replace("Services85", "Services99"), "utf-8")
    text = (CASSETTES / STOPPED).read_text("utf-8").replace("Services85", "Services99")
    (tmp_path / "cassette.yaml").write_text(text, "utf-8")
    result = replay(tmp_path / "cassette.yaml", contracts.load(wsdl))
    assert result.problems == ()
    assert result.verdicts[0].version == "Services99"


@needs_shared
@pytest.mark.parametrize("form", ["default", "full", "minimal"])
def test_agents_that_are_not_shipped(tmp_path: Path, form: Any) -> None:
    contract = contracts.load(shared() / "vendor" / "Services86")
    labels = ["Sale.CreateDefaultSaleEntity", "List.GetDocumentTemplateStreamFromId", "Contact.GetContactEntity"]
    for label in labels:
        service, operation = contract.operation(label)
        head = {"Content-Type": ["text/xml; charset=utf-8"]}
        request = {
            "method": "POST",
            "uri": f"http://tenant.example/Cust00000/Remote{service.path}",
            "headers": {**head, "SOAPAction": [f'"{operation.action}"']},
            "body": make_sample(service, operation, "request").decode(),
        }
        answer = make_sample(service, operation, "response", form=form).decode()
        response = {"status": {"code": 200, "message": "OK"}, "headers": head, "body": {"string": answer}}
        document = {"version": 1, "interactions": [{"request": request, "response": response}]}
        (tmp_path / "cassette.yaml").write_text(yaml.safe_dump(document), "utf-8")
        result = replay(tmp_path / "cassette.yaml", contract)
        assert result.problems == ()
        assert [reading.operation for reading in result.read_by_zeep] == [label]


def test_a_success_that_zeep_sees_is_the_headers(tmp_path: Path) -> None:
    assert replay(CASSETTES / STOPPED).read_by_zeep[0].succeeded is True
    lying = replay(altered(tmp_path, lambda body: re.sub(r"true(</\w+:Succeeded>)", r"TRUE\1", body)))
    assert lying.read_by_zeep[0].difference == "Succeeded: zeep reads False, the schema says 'TRUE'"


@pytest.mark.parametrize("content", ["", "a: b\n", "interactions: 5\n", "interactions: [{request: {}}]\n", "\t{"])
def test_what_is_no_cassette(tmp_path: Path, content: str) -> None:
    (tmp_path / "cassette.yaml").write_text(content, "utf-8")
    with pytest.raises(contracts.ContractsError, match=r"cassette\.yaml"):
        replay(tmp_path / "cassette.yaml")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("uri: http", "uri: ''#"),
        ("uri: http", "uri: http://a]b/x"),
        ("uri: http", "uri: ftp"),
        ("    status:", "    status: {code: 200}\n    more:"),
        ("    headers:", '    headers: {x: ["a\\r\\nb"]}\n    more:'),
    ],
    ids=["none", "no host", "another scheme", "no reason", "a field of two lines"],
)
def test_what_vcrpy_or_requests_do_not_take_is_a_line(old: str, new: str, tmp_path: Path) -> None:
    file, text = tmp_path / "a.yaml", (CASSETTES / STOPPED).read_text("utf-8")
    file.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(contracts.ContractsError, match=r"cannot be replayed: requests or vcrpy .*\(\w+\)$"):
        replay(file)


def test_a_url_that_is_none_is_not_recorded(tmp_path: Path) -> None:
    text = (CASSETTES / STOPPED).read_text("utf-8")
    for name, uri in (("a", "http://a]b/Services85/Batch.svc#"), ("b", "http://ab/Services85/Batch.svc#")):
        (tmp_path / f"{name}.yaml").write_text(text.replace("uri: http", f"uri: {uri}", 1), "utf-8")
    results = convert_traffic([str(tmp_path)], tmp_path / "out")
    assert [result.state for result in results] == ["unjudged", "recorded"]
    assert "its URL is none" in str(results[0].unexpected)
