"""Another project's tests, whose traffic is judged: red where it breaks the contract, and why; else green."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from contracts.files.limits import use_limits
from tests.helpers.messages import STOP, STOPPED
from tests.plugin import downstream

OPTIONS = ("-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:pytest_benchmark", "-p", "no:unraisableexception")
SETTINGS = """
[tool.pytest.ini_options]
services85_judge = true
[[tool.services85.waiver]]
rule = "value-lexical"
operation = "Batch.StopBatchJob"
file = "POST */Batch.svc"
reason = "known"
until = 2999-01-01
"""
CASSETTE = """interactions:
- request:
    body: ''
    headers: {{}}
    method: POST
    uri: {url}
  response:
    body: {{string: '{answer}'}}
    headers: {{Content-Type: [text/xml; charset=utf-8]}}
    status: {{code: 200, message: OK}}
version: 1
"""


@dataclass(frozen=True)
class Run:
    """What became of each test: ``passed``, ``failure``, ``error`` or ``skipped``, and what was said."""

    status: int
    printed: str
    outcomes: dict[str, tuple[str, str, str]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The project's own run, by pytest-xdist, with a setting in its pyproject.toml."""
    folder = tmp_path_factory.mktemp("downstream")
    (folder / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "test_it.py").write_text(Path(downstream.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "cassettes" / "test_it").mkdir(parents=True)
    for name, answer in (("kept", STOPPED), ("broken", STOPPED.replace("true</b:Response>", "yes</b:Response>"))):
        text = CASSETTE.format(url=downstream.RECORDED, answer=answer)
        (folder / "cassettes" / "test_it" / f"{name}.yaml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-n1", "-p", "no:cacheprovider", "--junit-xml=out.xml"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    outcomes: dict[str, tuple[str, str, str]] = {}
    for case in ElementTree.parse(folder / "out.xml").iter("testcase"):
        bad = next((c for c in case if c.tag in ("failure", "error", "skipped")), None)
        told = ("passed", "", "") if bad is None else (bad.tag, bad.get("message", ""), bad.text or "")
        if told[0] != "passed" or case.get("name") not in outcomes:
            outcomes[str(case.get("name"))] = told
    return Run(done.returncode, done.stdout, outcomes)


def of(run: Run, start: str) -> Iterator[tuple[str, str, str]]:
    found = [told for name, told in run.outcomes.items() if name.startswith(start) and told[0] != "skipped"]
    assert found, run.printed
    yield from found


def test_each_test_ends_as_its_name_says(run: Run) -> None:
    words = {"passes": "passed", "fails": "failure", "errs": "error"}
    wrong = {
        name: told
        for name, told in run.outcomes.items()
        if told[0] not in ("skipped", words[name.partition("[")[0].rpartition("_")[2]])
    }
    assert not wrong
    assert len(run.outcomes) > 50, run.printed


def test_a_failure_begins_with_rule_and_place_in_the_summary_too(run: Run) -> None:
    for outcome, message, text in of(run, "test_fails["):
        assert outcome == "failure"
        assert message.startswith("body-case  /Envelope/Body/StopBatchJob/id\n    expected  <Id>\n    found     <id>\n")
        assert "    xml       <b:id>42</b:id>\nBatch.StopBatchJob request breaks the contract (POST http://" in message
        assert text.lstrip().startswith("E   body-case  /Envelope/Body/StopBatchJob/id\n")
        assert "contracts" not in text
    assert "FAILED test_it.py::test_coroutine_fails - body-case  /Envelope/Body" in run.printed


def test_what_is_replayed_is_judged(run: Run) -> None:
    assert {message.partition("\n")[0] for _, message, _ in of(run, "test_replay_fails")} == {
        "value-lexical  /Envelope/Body/StopBatchJobResponse/Response"
    }


def test_traffic_of_a_fixture_is_an_error_of_that_phase(run: Run) -> None:
    assert [*of(run, "test_setup_errs"), *of(run, "test_teardown_errs")]
    assert "ERROR at setup of test_setup_errs" in run.printed
    assert "ERROR at teardown of test_teardown_errs" in run.printed


def test_what_a_thread_sends_says_where_it_was_sent(run: Run) -> None:
    [(_, message, _)] = of(run, "test_that_waits")
    assert "sent in the call of test_it.py::test_that_begins_a_thread_passes)" in message


def test_a_version_that_is_not_loaded_is_unjudged(run: Run) -> None:
    [(_, message, _)] = of(run, "test_version")
    assert "Services99" in message


def test_what_a_test_fails_by_itself_is_told_after_the_traffic(run: Run) -> None:
    [(_, message, text)] = of(run, "test_fails_by_itself")
    assert message.startswith("body-case ")
    assert text.index("E   body-case ") < text.index("The test itself failed by this:") < text.index("the test's own")


def test_each_of_several_is_told_once(run: Run) -> None:
    [(_, _, text)] = of(run, "test_several")
    assert text.count("<b:id>1.5</b:id>") == text.count("<b:id>abc</b:id>") == 1


TEN_LINES = """
import zeep

def test_stop(services85):
    client = zeep.Client(services85.wsdl)
    client.set_default_soapheaders(
        {"ApplicationToken": services85.token, "Credentials": {"Ticket": services85.ticket}}
    )
    assert client.service.StopBatchJob(Id=42).body.Response
"""


def test_a_project_of_ten_lines_is_red_and_green_when_mended(pytester: pytest.Pytester) -> None:
    for text, outcome in ((TEN_LINES.replace("42", "True"), "failed"), (TEN_LINES, "passed")):
        pytester.makepyfile(test_it=text)
        result = pytester.runpytest_inprocess(*OPTIONS, "--services85-judge")
        result.assert_outcomes(**{outcome: 1})
        if outcome == "failed":
            result.stdout.fnmatch_lines(
                [
                    "E   value-lexical  /Envelope/Body/StopBatchJob/Id",
                    "*expected  xs:int*",
                    "*found     'True'",
                    "*xml       <ns0:Id>True</ns0:Id>",
                    "The test itself failed by this:",
                    "E *zeep.exceptions.Fault: *",
                    "FAILED test_it.py::test_stop - value-lexical  /Envelope/Body/StopBatchJob/Id",
                ]
            )


STALE = """
import re, requests, zeep

def test_stop(services85, tmp_path):
    copy = tmp_path / "copied.wsdl"
    text = requests.get(services85.wsdl).text
    copy.write_text(re.sub('(element name="StopBatchJob">.*?name=")Id"', r'\\1id"', text, count=1, flags=re.DOTALL))
    client = zeep.Client(str(copy))
    client.set_default_soapheaders(
        {"ApplicationToken": services85.token, "Credentials": {"Ticket": services85.ticket}}
    )
    client.service.StopBatchJob(id=42)
"""


def test_what_zeep_sends_by_a_stale_wsdl_fails_though_the_server_answers_200(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_it=STALE)
    result = pytester.runpytest_inprocess(*OPTIONS, "--services85-judge")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E   body-case  /Envelope/Body/StopBatchJob/id", "*hint      mind the case"])


def test_a_marker_judges_one_test_alone_and_each_message_once(pytester: pytest.Pytester) -> None:
    text = TEN_LINES.replace("42).body.Response", "'42.0')").replace("    assert", "    with pytest.raises(Exception):")
    marked = text.replace("def test_stop", "@pytest.mark.services85\ndef test_marked")
    pytester.makepyfile(test_it=f"import pytest\n{text}{marked}")
    result = pytester.runpytest_inprocess(*OPTIONS, "--strict-markers")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["services85: 2 messages judged, of 1 test", "FAILED *::test_marked - value-lexical*"])


def test_a_marker_that_is_none_is_one_line(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_it="import pytest\n@pytest.mark.services85(jugde=False)\ndef test_it(): pass")
    result = pytester.runpytest_inprocess(*OPTIONS)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*test_it.py::test_it: @pytest.mark.services85: *'jugde'*"])


def test_an_error_of_a_judged_test_is_its_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_it="def test_it(no_such_fixture): pass")
    result = pytester.runpytest_inprocess(*OPTIONS, "--services85-judge", "-rE")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["ERROR test_it.py::test_it*"])
    result.stdout.no_fnmatch_line("UNJUDGED*")


def test_judging_by_hand(pytester: pytest.Pytester) -> None:
    (pytester.path / "bad.xml").write_text(STOP.replace("b:Id>", "b:id>"), encoding="utf-8")
    (pytester.path / "answer.xml").write_text(STOPPED, encoding="utf-8")
    pytester.makepyfile(
        test_it="""
        from pathlib import Path
        def test_kept(services85_judge): assert services85_judge.check_response(Path("answer.xml"), status=200).kept
        def test_broken(services85_judge): services85_judge.check_request(Path("bad.xml"))
        """
    )
    result = pytester.runpytest_inprocess(*OPTIONS)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*body-case  /Envelope/Body/StopBatchJob/id, line 1",
            "FAILED *::test_broken - body-case  /Envelope/Body/StopBatchJob/id, *",
        ]
    )
    assert "fixtures.py" not in result.stdout.str()


@pytest.mark.parametrize("options", [OPTIONS, ("-n1", "-p", "no:cacheprovider")])
def test_a_contract_that_cannot_be_read_is_one_line(options: tuple[str, ...], pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_it="def test_it(): pass")
    result = pytester.runpytest_inprocess(*options, "--services85-judge", "--services85-contract=missing.wsdl")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*services85: missing.wsdl: No such file*"])


FIXTURES = {"contract", "candidate", "cassettes", "tenant", "provenance", "judge"}
PARAMETERS = {"operation", "parameter", "cassette", "example"}


HOSTILE = """
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    import pytest
    import requests
    from tests.helpers.messages import NS, STOP, STOPPED

    ANSWERS = {
        "larger": ("utf-8", STOPPED.replace("</s:Body>", " " * 1_100_000 + "</s:Body>")),
        "deep": ("utf-8", "<a>" * 100_000),
        "dtd": ("utf-8", "<!DOCTYPE x [<!ENTITY a 'a'>]>" + STOPPED),
        "charset": ("no-such", STOPPED),
        "codec": ("rot13", STOPPED),
    }

    @pytest.fixture(scope="module")
    def url():
        class Answers(BaseHTTPRequestHandler):
            def do_POST(self):
                charset, text = ANSWERS[self.path.split("/")[1]]
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Type", f"text/xml; charset={charset}")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *about):
                pass

        with HTTPServer(("127.0.0.1", 0), Answers) as server:
            threading.Thread(target=server.serve_forever).start()
            yield f"http://127.0.0.1:{server.server_port}"
            server.shutdown()

    @pytest.mark.parametrize("name", ANSWERS)
    def test_it(name, url):
        head = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NS}/Batch/StopBatchJob"'}
        requests.post(f"{url}/{name}/Remote/Services85/Batch.svc", STOP.encode(), headers=head)
"""


def test_an_answer_that_is_meant_to_do_harm_is_a_failure_or_unjudged(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(HOSTILE)
    with use_limits({"size": 1}):
        result = pytester.runpytest_inprocess(*OPTIONS, "--services85-judge")
    result.assert_outcomes(failed=3, errors=2)
    result.stdout.no_fnmatch_line("INTERNALERROR*")


def test_fixtures_and_markers_are_documented(pytester: pytest.Pytester) -> None:
    shown = pytester.runpytest_inprocess(*OPTIONS, "--fixtures").stdout.str()
    told = {line.split(" ")[0]: text for line, text in pairwise(shown.splitlines()) if line.startswith("services85")}
    assert set(told) >= {"services85"} | {f"services85_{name}" for name in FIXTURES | PARAMETERS}
    assert not [name for name, text in told.items() if "no docstring" in text]
    pytester.runpytest_inprocess(*OPTIONS, "--markers").stdout.fnmatch_lines(["@pytest.mark.services85(judge=True): *"])


def test_nothing_is_imported_that_is_not_used(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_it="""
        import sys
        def test_it(services85_contract):
            assert not {"httpx", "aiohttp", "zeep", "waitress", "rich"} & set(sys.modules)
        """,
        test_other="""
        import sys
        def test_it(): assert "lxml" not in sys.modules
        """,
    )
    for file in ("test_it.py", "test_other.py"):
        command = [sys.executable, "-m", "pytest", "-q", *OPTIONS, file]
        assert subprocess.run(command, cwd=pytester.path, check=False, capture_output=True).returncode == 0, file
