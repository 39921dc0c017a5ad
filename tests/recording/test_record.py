"""Recording runs: from the stand-in tenant, from one that is guarded like a live one, from raw HTTP messages."""

from __future__ import annotations

import base64
import re
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml

import contracts
from contracts.files.limits import TooLarge
from contracts.files.writing import write_whole
from contracts.live.http_session import CouldNotJudge
from contracts.live.tenant_settings import TenantSettings
from contracts.messages import Skipped, read_all
from contracts.recording.convert import convert_pairs, convert_traffic
from contracts.recording.provenance import digest_contract, read_provenance
from contracts.recording.record import record
from contracts.recording.redaction import Redactor
from contracts.recording.scenarios import JOB, UNKNOWN_TICKET, read_scenarios
from contracts.recording.writing import RecordingResult
from contracts.standin.agents import APPLICATION_TOKEN, PASSWORD, TICKET, USER_NAME
from contracts.standin.server import TENANT
from tests.cli.running import expect
from tests.helpers.containers import FORMATS
from tests.helpers.messages import NS, STOP, envelope, request
from tests.helpers.tenant_clock import StandIn

CASSETTES = Path(__file__).parents[2] / "cassettes"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[RecordingResult]]:
    folder = tmp_path_factory.mktemp("cassettes")
    return folder, record(None, folder)


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.yaml")}


def broken(folder: Path) -> list[str]:
    contract = contracts.load()
    messages = [m for m in read_all([str(folder)]) if not isinstance(m, Skipped)]
    assert messages
    return [f"{v.file} {v.part} {v.violations}" for v in map(contract.judge, messages) if not v.kept]


# --- from a stand-in of its own -------------------------------------------------------------------------------------


def test_all_is_recorded_and_kept(recorded: tuple[Path, list[RecordingResult]]) -> None:
    folder, outcomes = recorded
    assert all(outcome.written for outcome in outcomes)
    assert files(folder) == {f"Services85/{scenario.file}" for scenario in read_scenarios()}
    assert broken(folder) == []


def test_every_operation_is_recorded() -> None:
    assert {s.call for s in read_scenarios()} == {operation.label for _, operation in contracts.load().targets()}


def test_the_shipped_cassettes_are_those_of_a_run() -> None:
    assert files(CASSETTES) >= {f"Services85/{scenario.file}" for scenario in read_scenarios()}
    assert broken(CASSETTES) == []


def test_the_shipped_cassettes_are_of_the_shipped_contract() -> None:
    """Else each user's report says of each of them that the contract was another one then."""
    today = {service.agent: digest_contract([service]) for service in contracts.load().services}
    for path in CASSETTES.rglob("*.yaml"):
        block = read_provenance(path)
        assert block is not None and block.digest == today[path.parent.name], path.name


def test_each_says_where_it_is_from_and_what_it_breaks_on_purpose(recorded: tuple[Path, list[RecordingResult]]) -> None:
    folder, _ = recorded
    for scenario in read_scenarios():
        block = read_provenance(folder / "Services85" / scenario.file)
        assert block is not None
        assert (block.source, block.version) == ("stand-in", "Services85")
        assert block.digest == digest_contract([contracts.load().operation(scenario.call)[0]])
        assert tuple(block.expects) == scenario.breaks


def test_what_it_shows(recorded: tuple[Path, list[RecordingResult]]) -> None:
    folder, _ = recorded

    def answer(name: str) -> tuple[int, str]:
        text = (folder / "Services85" / f"{name}.yaml").read_text("utf-8")
        response = yaml.safe_load(text)["interactions"][0]["response"]
        return response["status"]["code"], response["body"]["string"]

    stop = "Batch/StopBatchJob"
    for case, response in (("stopped", "true"), ("not-running", "false"), ("unknown-id", "false")):
        assert f"<Response>{response}</Response>" in answer(f"{stop}.{case}")[1]
    for case in ("bad-ticket", "expired-ticket"):
        status, body = answer(f"{stop}.{case}")
        assert status == 200
        assert ">false</" in body.partition("Succeeded")[2]
        assert "SoAuthenticationException" in body
    assert answer(f"{stop}.fault")[0] == 500
    assert answer(f"{stop}.unsupported-media-type")[0] == 415
    login = (folder / "Services85/SoPrincipal/AuthenticateUsernamePassword.accepted.yaml").read_text("utf-8")
    assert ":UserName>REDACTED-USER-01<" in login
    assert ":Password>REDACTED-PASSWORD-01<" in login
    assert "<AuthenticationSucceeded>false" in answer("SoPrincipal/AuthenticateUsernamePassword.refused")[1]


@pytest.mark.parametrize("folder", ["recorded", "shipped"])
def test_no_secret_is_in_any_file(recorded: tuple[Path, list[RecordingResult]], folder: str) -> None:
    where = recorded[0] if folder == "recorded" else CASSETTES
    secrets = [APPLICATION_TOKEN, PASSWORD, USER_NAME, TICKET, TENANT, "127.0.0.1"]
    forms = {form for s in secrets for form in (s, quote(s, safe=""), base64.b64encode(s.encode()).decode())}
    for file in where.rglob("*.yaml"):
        text = file.read_text("utf-8")
        assert not [form for form in forms if form in text], file
        tickets = [rest.split("<")[0] for rest in text.split("Ticket>")[1::2]]
        assert all(ticket.startswith(("7T:REDACTED", "8A:Cust00000.REDACTED")) for ticket in tickets if ticket), file


def test_what_is_there_is_replaced_only_where_that_is_wanted(tmp_path: Path) -> None:
    old = tmp_path / "Services85" / "Batch" / "StopBatchJob.stopped.yaml"
    old.parent.mkdir(parents=True)
    text = "interactions: []\nrecorded: {from: elsewhere, at: 2020-01-01, expects: [value-lexical]}\n"
    old.write_text(text)
    said = r"stopped\.yaml \(recorded from elsewhere on 2020-01-01 .*\) is there already: --overwrite"
    with pytest.raises(contracts.ContractsError, match=said):
        record(None, tmp_path)
    with StandIn() as tenant, pytest.raises(contracts.ContractsError, match=said):
        record(live(tenant), tmp_path)
    assert files(tmp_path) == {"Services85/Batch/StopBatchJob.stopped.yaml"} and old.read_text() == text
    record(None, tmp_path, overwrite=True)
    block = read_provenance(old)
    assert block is not None
    assert (block.source, tuple(block.expects)) == ("stand-in", ())


def test_what_cannot_be_written_whole_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    write_whole(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "new" * 100_000 + "\ud800")
    assert path.read_text() == "old" and files(tmp_path) == {"a.yaml"}
    write_whole(path, "new")
    assert path.read_text() == "new" and files(tmp_path) == {"a.yaml"}


# --- from a tenant that is guarded ----------------------------------------------------------------------------------


def live(tenant: StandIn, *allow: str, **changes: str | None) -> TenantSettings:
    given = {"application_token": APPLICATION_TOKEN, "user": USER_NAME, "password": PASSWORD} | changes
    return TenantSettings(tenant.url, allow_start=allow, backoff=0.0, **given)  # type: ignore[arg-type]  # texts all of them


def test_from_a_live_tenant_only_what_the_guards_allow(tmp_path: Path) -> None:
    with StandIn() as tenant:
        outcomes = record(live(tenant), tmp_path)
        verbs = {line.split()[0] for line in tenant.saw}
        stopped = [line.split()[1] for line in tenant.saw if line.startswith("Stop ")]
    assert not verbs & {"Start", "Update", "DeleteBatchTask", "DeleteBatchTasks", "AuthenticateImplicit"}
    assert set(stopped) == {"Id=2147483647", "Id=-2147483648", "Id=-1"}
    assert {o.skipped is None for o in outcomes if "DeleteBatchTask" in o.file} == {False}
    assert broken(tmp_path) == []
    assert "nightly" not in "".join(path.read_text("utf-8") for path in tmp_path.rglob("*.yaml"))
    block = read_provenance(tmp_path / "Services85/SoPrincipal/GetSystemInfo.found.yaml")
    assert block is not None
    assert block.source == "loopback"


def with_a_job(folder: Path, seconds: float, patch: pytest.MonkeyPatch) -> dict[str, RecordingResult]:
    """What is recorded of a tenant whose jobs take so long; its clock goes on by a second whenever it is read."""
    patch.setattr("contracts.live.guarded_tenant.PAUSE", 0)
    clock = map(float, count(1_800_000_000))
    with StandIn(clock=lambda: next(clock), job_seconds=seconds) as tenant:
        outcomes = record(live(tenant, "report"), folder)
        assert any(line.startswith("Start Name=report ") for line in tenant.saw)
        assert "Stop Id=44" in " ".join(tenant.saw)
    return {Path(outcome.file).stem: outcome for outcome in outcomes}


def test_with_a_job_that_may_be_started_and_is_stopped_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is waited for: at first it cannot be stopped, nor found among those that run."""
    outcomes = with_a_job(tmp_path, 60, monkeypatch)
    assert outcomes["StartBatchJob.started"].written
    answers = {"StopBatchJob.stopped": "<Response>true<", "StopBatchJob.not-running": "<Response>false<"}
    answers["GetBatchTaskInfosByNameAndState.found"] = "<State>Started<"
    for name, answer in answers.items():
        assert outcomes[name].written
        response = yaml.safe_load(Path(outcomes[name].file).read_text("utf-8"))["interactions"][0]["response"]
        assert answer in response["body"]["string"], name


def test_a_job_that_has_ended_was_not_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = with_a_job(tmp_path, 1, monkeypatch)
    assert outcomes["StopBatchJob.stopped"].skipped and not outcomes["StopBatchJob.stopped"].written
    assert outcomes["StopBatchJob.not-running"].written


def test_a_stand_in_that_runs_is_recorded_like_a_live_one(tmp_path: Path) -> None:
    with StandIn() as tenant:
        record(tenant, tmp_path)
        assert any(line.startswith(f"Start Name={JOB} ") for line in tenant.saw)
    assert broken(tmp_path) == []


def test_a_tenant_that_cannot_be_asked_is_told(tmp_path: Path) -> None:
    with StandIn(misbehaviours=["login-page"]) as tenant, pytest.raises(CouldNotJudge):
        record(live(tenant), tmp_path)
    assert files(tmp_path) == set()


# how the tenant misbehaves, the scenario it spoils, and what is said
OTHER_ANSWERS = [
    ("fault@StartBatchJob", "StartBatchJob.started", "ended in a:InternalServiceFault: The operation failed"),
    ("succeeded-false@GetSystemInfo", "GetSystemInfo.found", "ended in SoException: The operation failed"),
    ("not-supported@GetBatchTaskInfosByState", "GetBatchTaskInfosByState.none", "ended in a:ActionNotSupported"),
]


@pytest.mark.parametrize(("misbehaviour", "name", "said"), OTHER_ANSWERS)
def test_an_answer_that_is_not_what_the_scenario_shows_is_not_written(
    tmp_path: Path, misbehaviour: str, name: str, said: str
) -> None:
    with StandIn(misbehaviours=[misbehaviour]) as tenant:
        results = {Path(one.file).stem: one for one in record(live(tenant, "report"), tmp_path)}
    assert said in (results[name].unexpected or "") and not results[name].written
    assert not any(name in file for file in files(tmp_path))
    assert results["StopBatchJob.bad-ticket"].written
    assert results["StopBatchJob.negative-id"].written


def test_a_lie_in_a_proper_answer_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenant that says it stopped what is not there, and takes a ticket of nobody's."""
    monkeypatch.setattr("contracts.standin.jobs.JobStore.stop_job", lambda *_: True)
    with StandIn(tickets=[UNKNOWN_TICKET, TICKET]) as tenant:
        results = {Path(one.file).stem: one for one in record(live(tenant), tmp_path)}
    assert "ended in succeeded" in (results["StopBatchJob.bad-ticket"].unexpected or "")
    assert results["StopBatchJob.negative-id"].unexpected == "Response has to be false, and is true"
    assert results["GetBatchTaskInfo.unknown-id"].written


def test_what_is_broken_is_told_without_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contracts.standin.server.write_answer", lambda *_: f"<a>{PASSWORD}</a>".encode())
    with StandIn() as tenant:
        (only,) = record(live(tenant), tmp_path)
    assert only.findings and PASSWORD not in str(only.findings)


def test_a_broken_login_is_one_result(tmp_path: Path) -> None:
    with StandIn(misbehaviours=["truncated@AuthenticateUsernamePassword"]) as tenant:
        (only,) = record(live(tenant), tmp_path)
    assert [v.outcome for v in only.verdicts] == ["broken"] and not only.written


def test_a_broken_answer_is_not_written(tmp_path: Path) -> None:
    with StandIn(misbehaviours=["truncated@GetBatchTaskInfo"]) as tenant:
        outcomes = record(live(tenant), tmp_path)
    (bad,) = [outcome for outcome in outcomes if not outcome.written and not outcome.skipped]
    assert bad.file.endswith("GetBatchTaskInfo.unknown-id.yaml")
    assert [verdict.outcome for verdict in bad.verdicts] == ["kept", "broken"]
    assert not any("GetBatchTaskInfo.unknown" in file for file in files(tmp_path))


# --- from raw messages ----------------------------------------------------------------------------------------------


def pair(folder: Path, value: str = "42", answer: str = "true") -> None:
    head = f"<b:ApplicationToken>{APPLICATION_TOKEN}</b:ApplicationToken>"
    head += f"<b:Credentials><b:Ticket>{TICKET}</b:Ticket></b:Credentials>"
    ask = request(f"<b:StopBatchJob><b:Id>{value}</b:Id></b:StopBatchJob>", head)
    say = f"<b:StopBatchJobResponse><b:Response>{answer}</b:Response></b:StopBatchJobResponse>"
    say = envelope(say, "<s:Header><b:Succeeded>true</b:Succeeded></s:Header>")
    (folder / "StopBatchJob.stopped.request.http").write_text(
        f"POST /{TENANT}/Remote/Services85/Batch.svc HTTP/1.1\nHost: crm.example.com\n"
        f'Content-Type: text/xml; charset=utf-8\nSOAPAction: "{NS}/Batch/StopBatchJob"\n\n{ask}'
    )
    (folder / "StopBatchJob.stopped.response.http").write_text(
        f"HTTP/1.1 200 OK\nContent-Type: text/xml; charset=utf-8\nDate: Tue, 03 Mar 2026 10:00:00 GMT\n\n{say}"
    )


def test_raw_messages_become_a_cassette(tmp_path: Path) -> None:
    pair(tmp_path)
    (outcome,) = convert_pairs(tmp_path, tmp_path / "out", "WCF on Mono", suffix=".wcf")
    assert outcome.written
    block = read_provenance(tmp_path / "out/Services85/Batch/StopBatchJob.stopped.wcf.yaml")
    assert str(block).startswith("recorded from WCF on Mono on 2026-03-03 by services85-contracts ")
    text = Path(outcome.file).read_text("utf-8")
    assert not [secret for secret in (TICKET, APPLICATION_TOKEN, TENANT) if secret in text]
    assert broken(tmp_path / "out") == []


def test_what_their_requests_break_is_on_purpose_and_their_answers_have_to_be_kept(tmp_path: Path) -> None:
    pair(tmp_path, value="abc", answer="yes")
    (outcome,) = convert_pairs(tmp_path, tmp_path / "out", "somewhere")
    assert [verdict.outcome for verdict in outcome.verdicts] == ["kept", "broken"]
    assert not outcome.written
    pair(tmp_path, value="abc")
    (outcome,) = convert_pairs(tmp_path, tmp_path / "out", "somewhere")
    with pytest.raises(contracts.ContractsError, match=r"from somewhere .* is there already"):
        convert_pairs(tmp_path, tmp_path / "out", "elsewhere")
    (outcome,) = convert_pairs(tmp_path, tmp_path / "out", "somewhere", overwrite=True)
    block = read_provenance(outcome.file)
    assert block is not None
    assert tuple(block.expects) == ("value-lexical",)


def test_raw_messages_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(contracts.ContractsError, match=r"no NAME\.request\.http"):
        convert_pairs(tmp_path, tmp_path, "somewhere")
    pair(tmp_path)
    (tmp_path / "StopBatchJob.stopped.response.http").unlink()
    with pytest.raises(contracts.ContractsError, match="no HTTP message: cannot be read"):
        convert_pairs(tmp_path, tmp_path, "somewhere")


# --- from traffic ---------------------------------------------------------------------------------------------------

CALLS = {"flows": "mitmproxy flows", "session.har": "HAR", "session.saz": "Fiddler sessions"}


def traffic(folder: Path, text: str = STOP) -> None:
    folder.mkdir()
    for name, (build, *_) in FORMATS.items():
        (folder / name).write_bytes(build(text))


def test_each_container_of_whole_calls_gives_redacted_cassettes(tmp_path: Path) -> None:
    traffic(tmp_path / "in")
    outcomes = convert_traffic([str(tmp_path / "in")], tmp_path / "out")
    written = [Path(outcome.file) for outcome in outcomes if outcome.written]
    whence = {str(block.source) for file in written if (block := read_provenance(file))}
    assert {f"{name}, {FORMATS[name][1].removesuffix(' request')} ({form})" for name, form in CALLS.items()} < whence
    text = "".join(file.read_text("utf-8") for file in written)
    assert not [secret for secret in ("7T:9876", "1234567-1234-9876", "sod.superoffice", "Cust12345") if secret in text]
    assert broken(tmp_path / "out") == []
    reasons = {Path(o.file.partition(" (")[0]).name: o.skipped for o in outcomes if o.skipped}
    assert reasons["stop.xml.gz"] == "no answer to it is there"
    assert reasons["session.har"] == "5 parts without a message of the contract"


def test_what_is_broken_in_traffic_is_not_recorded(tmp_path: Path) -> None:
    traffic(tmp_path / "in", STOP.replace("b:Id>", "b:id>"))
    outcomes = convert_traffic([str(tmp_path / "in")], tmp_path / "out")
    assert {"body-case" in str(outcome.findings) for outcome in outcomes if not outcome.skipped} == {True}
    assert files(tmp_path / "out") == set()


def test_a_call_that_cannot_be_redacted_is_told_and_the_rest_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = Redactor.redact_body

    def give_up(self: Redactor, data: bytes, charset: str | None = None) -> bytes:
        if b"too long" in data:
            raise TooLarge("takes longer")
        return body(self, data, charset)

    monkeypatch.setattr(Redactor, "redact_body", give_up)
    traffic(tmp_path / "in")
    slow = STOP.replace("<b:Id>", "<!--too long--><b:Id>")
    (tmp_path / "in/slow.har").write_bytes(FORMATS["session.har"][0](slow))
    outcomes = convert_traffic([str(tmp_path / "in")], tmp_path / "out")
    (late,) = [outcome for outcome in outcomes if "slow" in outcome.file and not outcome.skipped]
    assert late.state == "unjudged" and "takes longer" in str(late.unexpected)
    assert sum(outcome.written for outcome in outcomes) >= len(CALLS)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (r"<s:Header>.*</s:Header>", "<s:Header/>", "Header with <ApplicationToken> and <Credentials>, found a Header"),
        (r"<b:Id>42", "<b:Id>Password=hunter22", "found 'Password=(secret)'"),
        (r"<b:Id>42", "<b:Id>7T:9876abcd/Example+Ticket==", "found '(secret)'"),
    ],
)
def test_a_finding_on_traffic_loses_its_secrets_and_no_word_of_ours(
    before: str, after: str, shown: str, tmp_path: Path
) -> None:
    traffic(tmp_path / "in", re.sub(before, after, STOP, flags=re.DOTALL))
    outcomes = convert_traffic([str(tmp_path / "in" / "session.har")], tmp_path / "out")
    (text,) = {text for outcome in outcomes for text in outcome.findings}
    assert shown in text


def test_cassettes_stay_what_they_are_and_are_not_overwritten(tmp_path: Path) -> None:
    wanted = "Services85/Batch/StopBatchJob.fault.yaml"
    convert_traffic([str(CASSETTES / wanted)], tmp_path)
    block = read_provenance(tmp_path / wanted)
    assert block and block.source == "StopBatchJob.fault.yaml, interaction 1 (cassette)"
    assert tuple(block.expects) == ("value-lexical",)
    with pytest.raises(contracts.ContractsError, match="is there already"):
        convert_traffic([str(CASSETTES / wanted)], tmp_path)


def test_the_command_tells_what_of_traffic_it_could_not_record(tmp_path: Path) -> None:
    (tmp_path / "a.sh").write_bytes(FORMATS["stop.sh"][0](STOP))
    result = expect(2, "record", "--from", str(tmp_path / "a.sh"), "--out", str(tmp_path / "out"))
    assert "no answer to it is there" in result.stdout and "nothing was recorded" in result.stderr
    (tmp_path / "b.har").write_bytes(FORMATS["session.har"][0](STOP)[:2000])
    assert "truncated" in expect(2, "record", "--from", str(tmp_path / "b.har"), "--out", str(tmp_path / "out")).stderr


# --- the command ----------------------------------------------------------------------------------------------------


def test_the_command_records_all(tmp_path: Path) -> None:
    *_, last = expect(0, "record", "--out", str(tmp_path)).stdout.splitlines()
    assert last == f"{len(read_scenarios())} recorded, 0 broken, 0 skipped"


def test_the_command_converts(tmp_path: Path) -> None:
    pair(tmp_path, answer="yes")
    arguments = ["record", "--from-http", str(tmp_path), "--out", str(tmp_path / "out")]
    assert "--source" in expect(2, *arguments).stderr
    assert "BROKEN" in expect(1, *arguments, "--source", "somewhere").stdout


def test_the_command_refuses_production(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in (("URL", ""), ("HOST", ""), ("TICKET", "7T:x"), ("APPLICATION_TOKEN", "x")):
        monkeypatch.setenv(f"SERVICES85_{name}", value)
    assert (
        "--production online.superoffice.com"
        in expect(2, "record", "--tenant", "https://online.superoffice.com/Cust1/Remote/Services85").stderr
    )
    assert "no tenant" in expect(2, "record", "--tenant", "live").stderr
