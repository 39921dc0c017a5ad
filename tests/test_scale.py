"""Judging maps over processes and machines as it is: contracts and verdicts pickle."""

from __future__ import annotations

import io
import json
import pickle
import tracemalloc
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from operator import attrgetter
from pathlib import Path

import pytest
from lxml import etree

import contracts
from contracts.cli.main import main
from contracts.messages import Skipped
from contracts.model import Finding, Verdict
from contracts.report.formats import render_lines
from contracts.report.grouping import group_alike
from contracts.report.results import CheckResult
from contracts.report.spool import Spool
from contracts.report.terminal import show_progress
from tests.helpers.messages import FIND, STOP, STOPPED

WSDL = Path(contracts.__file__).with_name("Services85") / "Batch" / "service.wsdl"
BROKEN = STOP.replace(">42<", ">x<")


def test_a_contract_is_loaded_once_where_it_is_sent() -> None:
    data = pickle.dumps(contracts.load())
    assert len(data) < 1000
    first, second = pickle.loads(data), pickle.loads(data)
    assert first is second
    assert first.check_request(STOP).kept


def test_a_contract_by_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(WSDL.parent)
    data = pickle.dumps(contracts.load("service.wsdl"))
    monkeypatch.chdir(tmp_path)
    assert pickle.loads(data).check_request(STOP).kept


def test_a_contract_that_has_changed_meanwhile_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.wsdl"
    text = WSDL.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    data = pickle.dumps(contracts.load(path))
    assert pickle.loads(data).services
    path.write_text(text.replace("StopBatchJob", "StopBatchJobs"), encoding="utf-8")
    assert pickle.loads(pickle.dumps(contracts.load(path))).services
    with pytest.raises(contracts.UnreadableContract, match=r"a\.wsdl: is no longer what it was"):
        pickle.loads(data)


def test_a_contract_that_came_from_nowhere_cannot_be_sent() -> None:
    with pytest.raises(TypeError, match="not loaded from anywhere"):
        pickle.dumps(contracts.Contract(contracts.load().services))


@pytest.mark.parametrize("text", [STOP, BROKEN, FIND, "<a/>"])
def test_a_verdict_comes_back_whole(text: str) -> None:
    verdict = contracts.load().check_request(text)
    again = pickle.loads(pickle.dumps(verdict))
    assert again.as_dict() == verdict.as_dict()
    assert pickle.loads(pickle.dumps(again)).as_dict() == verdict.as_dict()


def test_judging_maps_over_processes() -> None:
    contract = contracts.load()
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        found = list(pool.map(contract.check_request, [STOP, BROKEN], timeout=60))
    assert [verdict.outcome for verdict in found] == ["kept", "broken"]


def test_judging_maps_over_dask() -> None:
    """As the README has it."""
    distributed = pytest.importorskip(
        "distributed", reason="dask.distributed is not installed (pip install -e .[dask])"
    )
    from dask import bag

    contract = contracts.load()
    messages = [STOP, BROKEN, FIND, FIND] * 2500
    with (
        distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster),
    ):
        verdicts = bag.from_sequence(messages, npartitions=8).map(contract.check_request)
        outcomes = dict(verdicts.map(attrgetter("outcome")).frequencies().compute())
    assert outcomes == {"kept": 7500, "broken": 2500}


# --- check over many files --------------------------------------------------------------------------------------------


def test_what_a_long_run_found_takes_no_memory() -> None:
    with Spool[bytes]() as spool:
        tracemalloc.start()
        for number in range(5_500):
            spool.append(b"%04096d" % number)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
        tracemalloc.stop()
        assert len(spool) == 5_500
        for again in (iter(spool), iter(spool)):
            assert [int(item) for item in again] == list(range(5_500))


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_a_page_takes_no_memory_for_what_it_says(form: str) -> None:
    finding = Finding("value-lexical", "xsd", "/Envelope/Body", 7, "an int", "", "why " * 50, "hint " * 20)
    with Spool[Verdict]() as verdicts, Spool[Skipped]() as skipped:
        for number in range(5_000):
            found = replace(finding, found=f"'{number}'")
            verdicts.append(Verdict("broken", "request", "Services85", violations=(found,), file=f"{number}.xml"))
        result = CheckResult("Services85", verdicts, skipped)
        tracemalloc.start()
        written = sum(map(len, render_lines("check", form, result, io.StringIO())))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert written > (2_000_000 if form == "html" else 20_000)
    assert peak < 7_000_000  # held as a whole it was 10


@pytest.mark.parametrize(("terminal", "said"), [(True, "2/3"), (False, "")])
def test_how_far_it_is_is_shown_on_a_terminal_alone(terminal: bool, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: terminal)
    monkeypatch.setattr("sys.stderr", stream)
    with show_progress(3) as step:
        step("one")
        step("two")
    assert said in stream.getvalue() and bool(stream.getvalue()) is terminal


def test_what_is_alike_is_told_once_the_most_frequent_first() -> None:
    found = [((str(number % 3_000),), number, f"place {number}") for number in range(8_000)]
    groups = [(group.what, group.count, list(group.places)) for group in group_alike(found)]
    assert [what for what, _, _ in groups] == list(range(3_000))  # those below 2,000 are there three times
    assert [count for _, count, _ in groups] == [3] * 2_000 + [2] * 1_000
    assert groups[7] == (7, 3, ["place 7", "place 3007", "place 6007"])


def test_a_folder_of_thousands_is_judged_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(2_100):
        text = STOPPED if number % 2 else STOP
        (tmp_path / f"{number:04}.xml").write_text(BROKEN if number % 1000 == 7 else text)
    report, junit = tmp_path / "report.txt", tmp_path / "junit.txt"
    assert (
        main(["check", str(tmp_path), "--format", f"json={report}", "--format", f"junit={junit}", "--format", "text"])
        == 1
    )
    verdicts = json.loads(report.read_text(encoding="utf-8"))["verdicts"]
    cases = etree.parse(junit).findall("testsuite/testcase")
    assert [case.get("classname") for case in cases] == [verdict["file"] for verdict in verdicts]
    assert len(cases) == 2_100
    out = capsys.readouterr().out
    places = [out.index(f"{number:04}.xml") for number in (7, 1007, 2007)]
    assert places == sorted(places)
    assert "2097 kept, 3 broken, 0 unjudged, 0 skipped" in out
