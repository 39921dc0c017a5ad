"""`services85 verify`: the table, the reports, and what each way to misbehave turns it to."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import jsonschema
import pytest
from click.testing import Result
from lxml import etree

import contracts
from contracts.cli import verify
from contracts.live import open_tenant
from contracts.report.formats import read_schema
from contracts.report.results import SuiteResult
from contracts.report.verify_text import render_text
from tests.helpers.cost import within
from tests.helpers.kinds import kinds_wsdl
from tests.helpers.messages import ADMITTED
from tests.helpers.wires import http, speaking
from tests.helpers.wsdls import edit_wsdl
from tests.mutate.test_bounds import IMPOSSIBLE, write_wsdl

from .running import assert_refused, run

SHIPPED = Path(contracts.__file__).parent / "Services85"
CASSETTES = Path(__file__).parents[2] / "cassettes"
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
    "slow=3@GetBatchTaskInfo": (2, "no complete answer within 1 s"),
}
SAID_ONCE = ("503", "login-page", "cut", "expired-ticket", "fault@Batch")
"""The same befalls each call, and is said once."""
CANDIDATES = {
    "the same": ((), 0, ""),
    "a member more": ((("wsdl-member-added", "BatchTaskInfo.Result"),), 0, ""),
    "another name": ((("wsdl-member-renamed", "StopBatchJob.Id"),), 1, "/Envelope/Body/StopBatchJob/Id: body-unknown"),
    "a wider Id": ((("wsdl-type-widened", "StopBatchJob.Id"),), 0, ""),
    "no deleting": (
        (("wsdl-operation-removed", "BasicHttpBinding_Batch.DeleteBatchTask"),), 1, "Batch.DeleteBatchTask is gone"
    ),
}  # fmt: skip
"""A later version with an edit, the status, and what is said."""


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In a folder of its own; what somebody wants of pytest is none of verify's, and a slow answer has a second."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTEST_ADDOPTS", "-n 2 --color=yes -q -k nothing")
    settings = open_tenant.stand_in_settings
    patient = lambda *given, **named: settings(*given, **named | {"timeout": min(named["timeout"] / 5, 60)})  # noqa: E731
    monkeypatch.setattr(open_tenant, "stand_in_settings", patient)


def _verify(only: str, *arguments: str) -> Result:
    return run("verify", "--only", only, *arguments)


def _candidate(*edits: tuple[str, str]) -> str:
    """A folder with the next version's WSDLs."""
    shutil.copytree(SHIPPED, "next", ignore=shutil.ignore_patterns("*.xml"))
    for file in Path("next").rglob("service.wsdl"):
        data = edit_wsdl(file.read_bytes(), *edits) if file.parent.name == "Batch" else file.read_bytes()
        file.write_bytes(data.replace(b"Services85", b"Services88"))
    return "next"


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_named(fault: str) -> None:
    status, cause = FAULTS[fault]
    result = _verify("live,drift", "--fault", fault)
    assert result.exit_code == status, result.stdout
    assert cause in result.stdout
    if fault in SAID_ONCE:
        said = result.stdout.partition("services85 verify:")[0]
        assert said.count(cause) == 1 and " and " in said and " more" in said
    assert result.stdout.splitlines()[-1] == {1: "broken", 2: "not judged"}[status]
    assert "Traceback" not in result.output


def test_the_table_and_the_reports() -> None:
    names = ("out.xml", "out.json", "out.html", "copy.xml")
    result = _verify("live,drift", *(f"--report={name}" for name in names))
    assert (result.exit_code, result.stderr) == (0, ""), result.stdout
    lines = result.stdout.splitlines()
    start = lines.index("services85 verify: Services85 against stand-in")
    assert lines[start + 1].split() == ["kept", "broken", "unjudged", "skipped", "seconds"]
    assert [line.split()[0] for line in lines[start + 2 : start + 5]] == ["live", "drift", "all"]
    assert lines[-1] == "kept"
    data = json.loads(Path("out.json").read_text())
    jsonschema.validate(data, json.loads(read_schema("verify")))
    assert data["schema"] == "services85-verify/1" and data["outcome"] == "kept" and data["failures"] == []
    assert list(data["facts"]) == ["when", "suite", "contract", "tenant"] and data["facts"]["tenant"] == "stand-in"
    assert {r["room"] for r in data["rooms"]} == {"live", "drift"}
    junit = etree.parse("out.xml").getroot()
    assert junit.get("failures") == "0" and int(junit.get("tests") or 0) > 10
    assert {suite.get("name") for suite in junit.findall("testsuite")} == {"live", "drift"}
    assert Path("copy.xml").read_bytes() == Path("out.xml").read_bytes()
    assert "services85 verify: kept</h1>" in Path("out.html").read_text()


def test_what_is_said_of_many_recordings_alike_is_said_once() -> None:
    other = "recorded from stand-in: the contract was another one then (Services85 1, today 2)"
    recordings = [f"a.yaml: {other}", "b.yaml: 500 days old", f"c.yaml: {other}", "recorded from stand-in"]
    lines = list(render_text(SuiteResult("Services85 against stand-in", recordings=recordings), io.StringIO()))
    assert " ".join(" ".join(lines[-5:-1]).split()) == (
        f"a.yaml and 1 more: {other} b.yaml: 500 days old recorded from stand-in"
    ), lines
    assert all(len(line) <= 80 for line in lines)


def test_a_page_that_contradicts_its_wsdl_is_told_with_the_waiver_that_excuses_it() -> None:
    shutil.copytree(SHIPPED / "Batch", "own/Services88/Batch")
    for file in [*Path("own").rglob("*.wsdl"), *Path("own").rglob("*.xml")]:  # of Services85 more would be asked
        text = file.read_text(encoding="utf-8").replace("Services85", "Services88")
        file.write_text(text.replace("<Batch:Id ", '<Batch:Id old="1" '), encoding="utf-8")
    result = _verify("sources", "--contract", "own")
    assert result.exit_code == 1 and "--waivers" in result.stdout and "deviations.toml" not in result.stdout
    assert "".join(f"    {line}\n" for line in WAIVER.splitlines()[:4]) in result.stdout
    Path("waivers.toml").write_text(WAIVER)
    result = _verify("sources", "--contract", "own", "--waivers", "waivers.toml")
    assert result.exit_code == 0, result.stdout


@pytest.mark.parametrize("name", CANDIDATES)
def test_a_candidate(name: str) -> None:
    edits, status, said = CANDIDATES[name]
    result = _verify("candidate", "--candidate", _candidate(*edits), "--used-by", str(CASSETTES))
    assert (result.exit_code, result.stderr) == (status, ""), result.stdout
    assert said in result.stdout and "recording-expects" not in result.stdout
    kept, broken = next(line.split()[1:3] for line in result.stdout.splitlines() if line.startswith("candidate "))
    assert int(kept) > 0 and bool(int(broken)) == bool(status), result.stdout


@pytest.mark.parametrize(
    ("uses", "arguments", "status", "said"),
    [
        ("", [], 2, ["nothing says which operations are used: --used-by, --uses, or --cassettes"]),
        ("Batch.DeleteBatchTask\nBatch.StopBatchJob", [], 1,
         ["Batch.DeleteBatchTask: operation-removed", "0 of 2 operations you use, 0 of 1 changed ones"]),
        ("Batch.StopBatchJob\nBatch.GetBatchTaskInfo", ["--cassettes", str(CASSETTES)], 0,
         ["used is what uses.txt (a list of 2 operations) says", "2 of 2 operations you use, 0 of 1 changed ones"]),
    ],
)  # fmt: skip
def test_a_candidate_says_what_it_is_judged_by(uses: str, arguments: list[str], status: int, said: list[str]) -> None:
    if uses:
        Path("uses.txt").write_text(uses)
        arguments = [*arguments, "--uses", "uses.txt"]
    edits, _, _ = CANDIDATES["no deleting"]
    result = _verify("candidate", "--candidate", _candidate(*edits), *arguments)
    assert result.exit_code == status
    assert all(text in " ".join(result.stdout.split()) for text in said)


def test_a_candidate_of_one_agent_says_nothing_of_the_others() -> None:
    Path("login.txt").write_text("SoPrincipal.GetSystemInfo\n")
    candidate = f"{_candidate()}/Batch/service.wsdl"
    result = _verify("candidate", "--candidate", candidate, "--uses", "login.txt")
    assert result.exit_code == 2
    assert "is of Batch alone, and you use SoPrincipal.GetSystemInfo" in " ".join(result.stdout.split())


def test_a_contract_with_every_kind_of_value_verifies() -> None:
    Path("kinds.wsdl").write_text(kinds_wsdl(), encoding="utf-8")
    result = _verify("clients,values", "--contract", "kinds.wsdl")
    assert (result.exit_code, result.stderr) == (0, "") and result.stdout.endswith("kept\n")


def test_a_contract_that_leaves_it_to_others_where_it_is_served_verifies(tmp_path: Path) -> None:
    text = (SHIPPED / "Batch" / "service.wsdl").read_text(encoding="utf-8")
    bindings, count = re.subn(r"(?s)<wsdl:service .*</wsdl:service>", "", text)
    assert count == 1
    (tmp_path / "bindings.wsdl").write_text(bindings, encoding="utf-8")
    result = _verify("clients", "--contract", "bindings.wsdl")
    assert result.exit_code == 0, result.output


def test_a_schema_whose_samples_are_endless_is_unjudged_soon(tmp_path: Path) -> None:
    (tmp_path / "notes.wsdl").write_text(write_wsdl(IMPOSSIBLE["doubles"][0]))
    with within(30):  # Hypothesis looked for a smaller example for minutes
        result = _verify("values", "--contract", "notes.wsdl")
    assert result.exit_code == 2 and "more than 40000 elements" in result.output


def test_a_candidate_of_other_agents_is_no_breach_and_no_success() -> None:
    notes = SHIPPED.parent / "diff" / "examples" / "member-added" / "new.wsdl"
    result = _verify("candidate", "--candidate", str(notes))
    assert result.exit_code == 2 and "agent-removed" not in result.stdout
    assert "none of this contract's agents" in " ".join(result.stdout.split())


PATH = "Cust12345/Remote/Services85"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--only nope", "verify: invalid value for '--only': nope: no such room"),
        ("--waivers missing.toml", "missing.toml: No such file"),
        ("--report out.txt", "verify: invalid value for '--report': out.txt: a report is a .xml"),
        ("--contract missing.wsdl", "missing.wsdl: No such file"),
        ("--candidate missing.wsdl", "missing.wsdl: No such file"),
        ("--only candidate --uses used.txt", "--used-by and --uses say by what a --candidate is judged"),
        ("--only live --tenant sandbox", "--tenant sandbox: stand-in, live, or a URL"),
        (f"--only live --tenant https://online.superoffice.com/{PATH}", "online.superoffice.com is not known as"),
        (f"--only live --tenant https://someone:pass-word-1@127.0.0.1/{PATH}", "the tenant's URL has to be like"),
        ("--fault nope", ""),
        ("--cassettes nope", "--cassettes nope: no such folder"),
        ("--cassettes .", "--cassettes .: no recording (.yaml) is in it"),
        ("--report nope/out.xml", "verify: invalid value for '--report': nope/out.xml: its folder does not exist"),
    ],
)
def test_what_cannot_be_run_is_one_line(monkeypatch: pytest.MonkeyPatch, arguments: str, said: str) -> None:
    _log_in(monkeypatch)
    result = run("verify", *arguments.split())
    assert result.stdout == "" and result.stderr.startswith(f"services85: {said}")
    assert_refused(result, said)
    assert "pass-word-1" not in result.stderr


def _log_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"USER": "someone", "PASSWORD": "pass-word-1", "APPLICATION_TOKEN": "token-1"}.items():
        monkeypatch.setenv(f"SERVICES85_{name}", value)


def test_a_tenant_that_repeats_secrets_gets_them_into_no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    _log_in(monkeypatch)
    body = b"<html>token-1 pass-word-1</html>"
    echo = b"HTTP/1.1 500 pass-word-1\r\nContent-Type: text/token-1\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    admitted = http("200 OK", ADMITTED.encode(), "Content-Type: text/xml; charset=utf-8")
    with speaking(admitted, *[echo] * 100) as (url, _):
        result = _verify("live", "--tenant", url, "--report=echo.xml", "--report=echo.json")
    assert result.exit_code == 1 and "REDACTED" in result.stdout
    for text in (result.output, Path("echo.xml").read_text(), Path("echo.json").read_text()):
        assert "token-1" not in text and "pass-word-1" not in text


def test_no_tenant_is_neither_breach_nor_success(monkeypatch: pytest.MonkeyPatch) -> None:
    _log_in(monkeypatch)
    result = _verify("live", "--tenant", f"http://127.0.0.1:9/{PATH}")
    assert result.exit_code == 2 and "127.0.0.1" in result.stdout and result.stdout.splitlines()[-1] == "not judged"
    assert "pass-word-1" not in result.output and "token-1" not in result.output


def test_without_assertions_nothing_is_verified() -> None:
    command = [sys.executable, "-O", "-m", "contracts", "verify", "--only", "live"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, "") and "without assertions" in ended.stderr


def test_a_defect_of_ours_is_no_breach(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import contracts, json, pytest
        from contracts.clients.zeep import StrictTransport

        def test_ours(services85_contract):
            services85_contract.judge(None)

        def test_of_a_library_that_we_ask():
            from contracts.files.ask_web import WebSession
            WebSession("http://[a")

        def test_of_our_client():
            StrictTransport(None).post("http://127.0.0.1:9/Batch.svc", b"<a/>", {})

        def test_of_what_a_client_asks(services85_contract):
            StrictTransport(services85_contract, onsite=True).post("http://127.0.0.1:9/x", b"", {})

        def test_the_tests_own():
            raise KeyError("x")

        def test_of_a_library_that_the_test_asks():
            json.loads("{")

        def test_a_breach():
            raise AssertionError("Batch.X: broken")
        """
    )
    watcher = verify.Collector("Services85", verbose=True)
    pytester.inline_run("-p", "no:terminal", "-p", "no:cacheprovider", plugins=[watcher])
    result = watcher.result
    assert [test.outcome for test in result.tests] == ["unjudged"] * 3 + ["broken"] * 4
    assert result.tests[-1].text == "Batch.X: broken"
    assert result.tests[1].text.startswith("internal error: ValueError: ")
    assert result.tests[0].text.startswith("internal error: AttributeError: ")
    assert (result.status, result.outcome) == (3, "internal error")
