"""`services85 verify`: the table, the reports, and what each way to misbehave turns it to."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import jsonschema
import pytest
from lxml import etree

import contracts
from contracts.cli import verify
from contracts.report.formats import read_schema
from contracts.report.results import SuiteResult
from contracts.report.verify_text import render_text
from tests.helpers.kinds import kinds_wsdl

from ..helpers.messages import ADMITTED
from ..live.test_live_failures import http, speaking

# One process for many of them: what costs time is to import zeep and Hypothesis.
SCRIPT = """
import contextlib, io, json, sys
from contracts.cli.main import main
results = {}
for name, arguments in json.load(sys.stdin).items():
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(["verify", *arguments])
    results[name] = [status, out.getvalue(), err.getvalue()]
json.dump(results, sys.stdout)
"""

WAIVER = f"""\
[[waiver]]
rule = "body-attribute"
operation = "Batch.StopBatchJob"
file = "Batch.StopBatchJob"
reason = "expected no attribute, found old='1'"
until = {date.today() + timedelta(days=90)}
"""
FAULTS = {
    "503": (2, "503 Service Unavailable"),
    "empty": (1, "http-empty"),
    "login-page": (2, "a page of HTML"),
    "cut": (2, "the connection broke off"),
    "expired-ticket": (2, "refuses the credentials"),
    "wrong-operation": (1, "answer-operation"),
    "truncated": (1, "envelope-not-wellformed"),
    "succeeded-false": (2, "could not log in"),
    "fault@Batch": (2, "refuses calls: a:InternalServiceFault"),
    "succeeded-false@Batch": (2, "refuses calls: SoException"),
    "not-supported@StopBatchJob": (1, "not there as the contract declares it: a:ActionNotSupported"),
    "truncated@AuthenticateUsernamePassword": (1, "the answer to the login breaks the contract"),
    "slow=6@GetBatchTaskInfo": (2, "no complete answer within 5 s"),
}

_STOP = '"StopBatchJob">\n        <xs:complexType>\n          <xs:sequence>\n            <xs:element name="'
CANDIDATES = {
    "the same": ("", "", 0, ""),
    "a member more": (
        '<xs:element name="Result"',
        '<xs:element name="Rank" type="xs:int" minOccurs="0"/>\\g<0>',
        0,
        "",
    ),
    "another name": (_STOP + "Id", _STOP + "JobId", 1, "/Envelope/Body/StopBatchJob/Id: body-unknown"),
    "a wider Id": (_STOP + 'Id" type="xs:int', _STOP + 'Id" type="xs:long', 0, ""),
    "no deleting": ("DeleteBatchTask\\b", "RemoveBatchTask", 1, "Batch.DeleteBatchTask is gone"),
}
"""A later version with one edit: what is replaced by what, the status, and what is said."""


def _candidate(folder: Path, old: str, new: str) -> Path:
    shutil.copytree(Path(contracts.__file__).parent / "Services85", folder, ignore=shutil.ignore_patterns("*.xml"))
    for file in folder.rglob("service.wsdl"):
        text = file.read_text(encoding="utf-8").replace("Services85", "Services88")
        file.write_text(re.sub(old, new, text) if old else text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str, str]]:
    folder = tmp_path_factory.mktemp("verify")
    runs = {fault: ["--only", "live,drift", "--fault", fault] for fault in FAULTS}
    reports = [f"--report={folder / name}" for name in ("out.xml", "out.json", "out.html", "copy.xml")]
    runs["kept"] = ["--only", "sources,live,drift", *reports]
    own = folder / "own"
    shutil.copytree(Path(contracts.__file__).parent / "Services85", own / "Services85")
    page = own / "Services85" / "Batch" / "StopBatchJob" / "request.xml"
    page.write_text(page.read_text(encoding="utf-8").replace("<Batch:Id ", '<Batch:Id old="1" '), encoding="utf-8")
    (folder / "waivers.toml").write_text(WAIVER)
    for name, (old, new, _, _) in CANDIDATES.items():
        used = ["--used-by", str(Path(__file__).parents[2] / "cassettes")]
        runs[name] = ["--only", "candidate", "--candidate", str(_candidate(folder / name, old, new)), *used]
    (folder / "used.txt").write_text("Batch.DeleteBatchTask\nBatch.StopBatchJob\n")
    (folder / "others.txt").write_text("Batch.StopBatchJob\nBatch.GetBatchTaskInfo\n")
    gone = ["--only", "candidate", "--candidate", str(folder / "no deleting")]
    runs["gone, nobody says"] = gone
    runs["gone, used"] = [*gone, "--uses", "used.txt"]
    runs["gone, not used"] = [*gone, "--uses", "others.txt", "--cassettes", used[1]]
    (folder / "login.txt").write_text("SoPrincipal.GetSystemInfo\n")
    batch = str(folder / "the same" / "Batch" / "service.wsdl")
    runs["other agents used"] = ["--only", "candidate", "--candidate", batch, "--uses", "login.txt"]
    runs["used by whom"] = ["--only", "candidate", "--uses", "used.txt"]
    notes = Path(contracts.__file__).parent / "diff" / "examples" / "member-added" / "new.wsdl"
    runs["other agents"] = ["--only", "candidate", "--candidate", str(notes)]
    (folder / "kinds.wsdl").write_text(kinds_wsdl(), encoding="utf-8")
    runs["every kind"] = ["--only", "clients,values", "--contract", "kinds.wsdl"]
    runs["page"] = ["--only", "sources", "--contract", str(own)]
    runs["waived"] = [*runs["page"], "--waivers", "waivers.toml"]
    runs["waivers"] = ["--waivers", "missing.toml"]
    runs["room"] = ["--only", "nope"]
    runs["report"] = ["--report", "out.txt"]
    runs["contract"] = ["--contract", "missing.wsdl"]
    runs["candidate"] = ["--candidate", "missing.wsdl"]
    runs["fault"] = ["--fault", "nope"]
    runs["cassettes"] = ["--cassettes", "nope"]
    runs["folder-report"] = ["--report", "nope/out.xml"]
    runs["tenant"] = ["--only", "live", "--tenant", "sandbox"]
    runs["production"] = ["--only", "live", "--tenant", "https://online.superoffice.com/Cust12345/Remote/Services85"]
    runs["named"] = ["--only", "live", "--tenant", "https://someone:pass-word-1@127.0.0.1/Cust12345/Remote/Services85"]
    runs["unreachable"] = ["--only", "live", "--tenant", "http://127.0.0.1:9/Cust12345/Remote/Services85"]
    names = {"USER": "someone", "PASSWORD": "pass-word-1", "APPLICATION_TOKEN": "token-1"}
    credentials = {f"SERVICES85_{name}": value for name, value in names.items()}
    checkout = str(Path(contracts.__file__).parents[1])  # what is tested, even where another one is installed
    elsewhere = "-n 2 --color=yes -q -k nothing"  # what somebody wants of pytest is none of verify's
    environment = {"PATH": "", "PYTHONPATH": checkout, "PYTEST_ADDOPTS": elsewhere, **credentials}
    answer = b"<html>token-1 pass-word-1</html>"
    echo = b"HTTP/1.1 500 pass-word-1\r\nContent-Type: text/token-1\r\nContent-Length: %d\r\n\r\n%s" % (
        len(answer),
        answer,
    )
    admitted = http("200 OK", ADMITTED.encode(), "Content-Type: text/xml; charset=utf-8")
    with speaking(admitted, *[echo] * 20) as (url, _):
        runs["echo"] = [
            "--only",
            "live",
            "--tenant",
            url,
            f"--report={folder / 'echo.xml'}",
            f"--report={folder / 'e.json'}",
        ]
        halves = [dict([*runs.items()][half::2]) for half in (0, 1)]
        with ThreadPoolExecutor() as pool:  # what one of them waits for, the other needs not wait for too
            first, second = pool.map(lambda half: _run(half, folder, environment), halves)
    found = first | second
    found["folder"] = (0, str(folder), "")
    return found


def _run(runs: dict[str, list[str]], folder: Path, environment: dict[str, str]) -> dict[str, tuple[int, str, str]]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=json.dumps(runs),
        capture_output=True,
        text=True,
        cwd=folder,
        check=True,
        env=environment,
    )
    return {name: tuple(result) for name, result in json.loads(done.stdout).items()}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_named(results: dict[str, tuple[int, str, str]], fault: str) -> None:
    expected, cause = FAULTS[fault]
    status, out, err = results[fault]
    assert status == expected, out
    assert cause in out
    said = out.partition("services85 verify:")[0]
    if fault in (
        "503",
        "login-page",
        "cut",
        "expired-ticket",
        "fault@Batch",
    ):  # the same of each of them, and said once
        assert said.count(cause) == 1 and " and " in said and " more" in said
    assert out.splitlines()[-1] == {1: "broken", 2: "not judged"}[expected]
    assert "Traceback" not in out + err


def test_the_table(results: dict[str, tuple[int, str, str]]) -> None:
    status, out, err = results["kept"]
    assert status == 0 and err == "", out
    lines = out.splitlines()
    start = lines.index("services85 verify: Services85 against stand-in")
    assert lines[start + 1].split() == ["kept", "broken", "unjudged", "skipped", "seconds"]
    assert [line.split()[0] for line in lines[start + 2 : start + 6]] == ["sources", "live", "drift", "all"]
    assert lines[-1] == "kept"


def test_what_is_said_of_many_recordings_alike_is_said_once() -> None:
    other = "recorded from stand-in: the contract was another one then (Services85 1, today 2)"
    recordings = [f"a.yaml: {other}", "b.yaml: 500 days old", f"c.yaml: {other}", "recorded from stand-in"]
    lines = list(render_text(SuiteResult("Services85 against stand-in", recordings=recordings), io.StringIO()))
    assert " ".join(" ".join(lines[-5:-1]).split()) == (
        f"a.yaml and 1 more: {other} b.yaml: 500 days old recorded from stand-in"
    ), lines
    assert all(len(line) <= 80 for line in lines)


def test_a_page_that_contradicts_its_wsdl_is_told_with_the_waiver_that_excuses_it(
    results: dict[str, tuple[int, str, str]],
) -> None:
    status, out, _ = results["page"]
    assert status == 1 and "--waivers" in out and "deviations.toml" not in out
    assert "".join(f"    {line}\n" for line in WAIVER.splitlines()[:4]) in out
    assert results["waived"][0] == 0, results["waived"][1]


@pytest.mark.parametrize("name", CANDIDATES)
def test_a_candidate(results: dict[str, tuple[int, str, str]], name: str) -> None:
    _, _, expected, said = CANDIDATES[name]
    status, out, err = results[name]
    assert (status, err) == (expected, ""), out
    assert said in out and "recording-expects" not in out
    kept, broken = next(line.split()[1:3] for line in out.splitlines() if line.startswith("candidate "))
    assert int(kept) > 0 and bool(int(broken)) == bool(expected), out


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("gone, nobody says", 2, "nothing says which operations are used: --used-by, --uses, or --cassettes"),
        ("gone, used", 1, "Batch.DeleteBatchTask: operation-removed"),
        ("other agents used", 2, "is of Batch alone, and you use SoPrincipal.GetSystemInfo"),
        ("gone, used", 1, "0 of 2 operations you use, 0 of 2 changed ones"),
        ("gone, not used", 0, "used is what others.txt (a list of 2 operations) says"),
        ("gone, not used", 0, "2 of 2 operations you use, 0 of 2 changed ones"),
    ],
)
def test_a_candidate_says_what_it_is_judged_by(
    results: dict[str, tuple[int, str, str]], name: str, status: int, said: str
) -> None:
    assert results[name][0] == status
    assert said in " ".join(results[name][1].split())


def test_a_contract_with_every_kind_of_value_verifies(results: dict[str, tuple[int, str, str]]) -> None:
    status, out, err = results["every kind"]
    assert (status, err) == (0, "") and out.endswith("kept\n")


def test_a_candidate_of_other_agents_is_no_breach_and_no_success(results: dict[str, tuple[int, str, str]]) -> None:
    status, out, _ = results["other agents"]
    assert status == 2 and "agent-removed" not in out
    assert "none of this contract's agents" in " ".join(out.split())


def test_reports(results: dict[str, tuple[int, str, str]]) -> None:
    folder = Path(results["folder"][1])
    data = json.loads((folder / "out.json").read_text())
    jsonschema.validate(data, json.loads(read_schema("verify")))
    assert data["schema"] == "services85-verify/1" and data["outcome"] == "kept" and data["failures"] == []
    assert list(data["facts"]) == ["when", "suite", "contract", "tenant"] and data["facts"]["tenant"] == "stand-in"
    assert {r["room"] for r in data["rooms"]} == {"sources", "live", "drift"}
    junit = etree.parse(str(folder / "out.xml")).getroot()
    assert junit.get("failures") == "0" and int(junit.get("tests") or 0) > 20
    assert {suite.get("name") for suite in junit.findall("testsuite")} == {"sources", "live", "drift"}
    assert (folder / "copy.xml").read_bytes() == (folder / "out.xml").read_bytes()
    assert "services85 verify: kept</h1>" in (folder / "out.html").read_text()


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ("room", "services85: verify: invalid value for '--only': nope: no such room"),
        ("waivers", "services85: missing.toml: No such file"),
        ("report", "services85: verify: invalid value for '--report': out.txt: a report is a .xml"),
        ("contract", "services85: missing.wsdl: No such file"),
        ("candidate", "services85: missing.wsdl: No such file"),
        ("used by whom", "services85: --used-by and --uses say by what a --candidate is judged"),
        ("tenant", "services85: --tenant sandbox: stand-in, live, or a URL"),
        ("production", "services85: online.superoffice.com is not known as a sandbox"),
        ("fault", "services85: "),
        ("cassettes", "services85: --cassettes nope: no such folder"),
        ("folder-report", "services85: verify: invalid value for '--report': nope/out.xml: its folder does not exist"),
    ],
)
def test_what_cannot_be_run_is_one_line(results: dict[str, tuple[int, str, str]], run: str, said: str) -> None:
    status, out, err = results[run]
    assert status == 2 and out == "" and err.startswith(said) and err.count("\n") == 1


def test_a_tenant_that_repeats_secrets_gets_them_into_no_report(results: dict[str, tuple[int, str, str]]) -> None:
    status, out, err = results["echo"]
    assert status == 1 and "REDACTED" in out
    folder = Path(results["folder"][1])
    for text in (out, err, (folder / "echo.xml").read_text(), (folder / "e.json").read_text()):
        assert "token-1" not in text and "pass-word-1" not in text


def test_no_tenant_is_neither_breach_nor_success(results: dict[str, tuple[int, str, str]]) -> None:
    status, out, _ = results["unreachable"]
    assert status == 2 and "127.0.0.1" in out and out.splitlines()[-1] == "not judged"
    assert "pass-word-1" not in out and "token-1" not in out


def test_a_defect_of_ours_is_no_breach(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import contracts, pytest

        def test_ours(services85_contract):
            services85_contract.judge(None)

        def test_the_tests_own():
            raise KeyError("x")

        def test_a_breach():
            raise AssertionError("Batch.X: broken")
        """
    )
    watcher = verify.Collector("Services85", verbose=True)
    pytester.inline_run("-p", "no:terminal", "-p", "no:cacheprovider", plugins=[watcher])
    result = watcher.result
    assert [test.outcome for test in result.tests] == ["unjudged", "broken", "broken"]
    assert result.tests[2].text == "Batch.X: broken"
    assert result.tests[0].text.startswith("internal error: AttributeError: ")
    assert (result.status, result.outcome) == (3, "internal error")
