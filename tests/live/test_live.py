"""A live tenant, played by the stand-in: what is called, what is refused, what is renewed, what is stopped."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import contracts
from contracts.live.guarded_tenant import GuardedTenant, NotAsDeclared
from contracts.live.guards import GuardRefusal
from contracts.live.http_session import CouldNotJudge
from contracts.live.job_journal import JobJournal, StartedJob
from contracts.live.tenant_lock import LockNotTaken, lock_tenant
from contracts.live.tenant_settings import TenantSettings
from contracts.model import ContractsError
from contracts.standin.agents import APPLICATION_TOKEN, PASSWORD, TICKET, USER_NAME
from contracts.wsdl.load import DATA
from tests.helpers.tenant_clock import Clock, StandIn

from ..standin import calls

READING: dict[str, dict[str, Any]] = {
    "Batch.GetBatchTaskInfo": {"Id": 42},
    "Batch.GetBatchTaskInfosByAssociates": {"AssociateIds": [0, 1]},
    "Batch.GetBatchTaskInfosByAssociatesAndState": {"AssociateIds": [0], "State": "All"},
    "Batch.GetBatchTaskInfosByNameAndAssociates": {"Name": "nightly", "AssociateIds": [0]},
    "Batch.GetBatchTaskInfosByNameAndState": {"Name": "nightly", "State": "All"},
    "Batch.GetBatchTaskInfosByState": {"State": "All"},
    "SoPrincipal.GetSystemInfo": {},
}
NEVER: dict[str, dict[str, Any]] = {
    "Batch.UpdateBatchTask": {"BatchTaskInfo": {"Id": 43}},
    "Batch.DeleteBatchTask": {"BatchTaskId": 43},
    "Batch.DeleteBatchTasks": {"BatchTaskIds": [43]},
    "SoPrincipal.AuthenticateImplicit": {},
    "SoPrincipal.AuthenticateUsernamePassword": {"UserName": "a", "Password": "b"},
    "SoPrincipal.AuthenticateGeneric": {"AuthenticationData": {"UserName": "a", "Password": "b"}},
}


def settings(tenant: StandIn, **changes: Any) -> TenantSettings:
    given: dict[str, Any] = {"application_token": APPLICATION_TOKEN, "user": USER_NAME, "password": PASSWORD}
    return TenantSettings(tenant.url, **(given | {"backoff": 0.0} | changes))


def test_a_contract_of_ones_own(tenant: StandIn, tmp_path: Path) -> None:
    """The vendor's WSDL of one agent: what may be called is known all the same, and a user can log in."""
    (tmp_path / "Batch.wsdl").write_bytes((DATA / "Services85" / "Batch" / "service.wsdl").read_bytes())
    with GuardedTenant(settings(tenant), contracts.load(str(tmp_path))) as running:
        exchange = running.call("Batch.StopBatchJob", {"Id": -1})
        assert (exchange.succeeded, exchange.text("Response")) == (True, "false")
        with pytest.raises(GuardRefusal):
            running.call("Batch.DeleteBatchTask", {"BatchTaskId": 43})


@pytest.fixture
def live(tenant: StandIn) -> Iterator[GuardedTenant]:
    with GuardedTenant(settings(tenant, allow_start=("report",))) as running:
        yield running


def sent(tenant: StandIn) -> list[str]:
    """The operations that reached the tenant, without logging in."""
    return [line.split()[0] for line in tenant.saw if not line.startswith("Authenticate")]


# --- what a contract that somebody else wrote may do ---------------------------------------------------------------

ACTION = "NetServer/Services85/Batch/"
# what is changed in the WSDL of Batch, and what is called that must not reach the tenant
FORGED = [
    ('element="tns:GetBatchTaskInfo"', 'element="tns:DeleteBatchTask"', "GetBatchTaskInfo", {"BatchTaskId": 42}),
    (f'soapAction="http://www.superoffice.net/ws/crm/{ACTION}GetBatchTaskInfo"',
     f'soapAction="http://www.superoffice.net/ws/crm/{ACTION}StopBatchJob"', "GetBatchTaskInfo", {"Id": 42}),
    ('element="tns:StopBatchJob"', 'element="tns:DeleteBatchTask"', "StopBatchJob", {"BatchTaskId": 42}),
    ("", "", "DeleteBatchTask", {"BatchTaskId": 42}),
]  # fmt: skip


def forged(folder: Path, old: str, new: str) -> contracts.Contract:
    """The shipped contract of Batch with something changed, and a live.toml beside it that allows everything."""
    text = (DATA / "Services85" / "Batch" / "service.wsdl").read_text("utf-8")
    assert old in text
    (folder / "service.wsdl").write_text(text.replace(old, new) if old else text, "utf-8")
    names = sorted(label.partition(".")[2] for label in {*READING, *NEVER, "Batch.StopBatchJob"} if "Batch." in label)
    (folder / "live.toml").write_text(f"reading = {names}", "utf-8")
    return contracts.load(str(folder / "service.wsdl"))


@pytest.mark.parametrize(("old", "new", "name", "given"), FORGED)
def test_a_contract_does_not_permit_itself(
    tenant: StandIn, tmp_path: Path, old: str, new: str, name: str, given: dict[str, Any]
) -> None:
    with GuardedTenant(settings(tenant), forged(tmp_path, old, new)) as running:
        assert running.call("Batch.GetBatchTaskInfosByState", {"State": "All"}).succeeded
        before = len(tenant.saw)
        with pytest.raises(GuardRefusal):
            running.call(f"Batch.{name}", given)
    assert len(tenant.saw) == before


@pytest.mark.parametrize("ids", [[-1, 42], [42, -1]])
def test_of_several_ids_each_is_held_against_the_guard(tenant: StandIn, tmp_path: Path, ids: list[int]) -> None:
    one = 'name="StopBatchJob">\n        <xs:complexType>\n          <xs:sequence>\n            <xs:element name="Id"'
    inner = "".join(f"<b:Id>{number}</b:Id>" for number in ids)
    running = GuardedTenant(settings(tenant), forged(tmp_path, one, f'{one} maxOccurs="2"'))
    with running, pytest.raises(GuardRefusal, match="not for 42"):
        running.call("Batch.StopBatchJob", calls.envelope(f"<b:StopBatchJob>{inner}</b:StopBatchJob>"))
    assert tenant.saw == []


def test_what_a_person_names_is_allowed_and_nothing_else(tenant: StandIn, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        '[Batch]\nreading = ["DeleteBatchTask"]\n[SoPrincipal.login]\noperation = "AuthenticateUsernamePassword"'
    )
    with GuardedTenant(settings(tenant, live=str(file))) as running:
        assert running.call("Batch.DeleteBatchTask", {"BatchTaskId": 43}).succeeded
        for label, given in (("Batch.StopBatchJob", {"Id": -1}), ("SoPrincipal.GetSystemInfo", {})):
            with pytest.raises(GuardRefusal, match="not on the list"):
                running.call(label, given)


@pytest.mark.parametrize(
    "wrong", ["Batch = 1", "[Batch]\nreading = 'x'", "[Batch.stop]\nid = 3", "[Batch]\nfree = 1", "["]
)
def test_a_list_that_cannot_be_read_allows_nothing(tenant: StandIn, tmp_path: Path, wrong: str) -> None:
    (tmp_path / "mine.toml").write_text(wrong)
    running = GuardedTenant(settings(tenant, live=str(tmp_path / "mine.toml")))
    with running, pytest.raises(ContractsError, match=r"mine\.toml"):
        running.call("Batch.StopBatchJob", {"Id": -1})
    assert tenant.saw == []


# --- what is called -------------------------------------------------------------------------------------------------


def test_every_operation_is_either_reading_or_refused() -> None:
    known = {operation.label for _, operation in contracts.load().targets()}
    assert known == {*READING, *NEVER, "Batch.StartBatchJob", "Batch.StopBatchJob"}


@pytest.mark.parametrize("label", READING)
def test_reading_is_called(live: GuardedTenant, label: str) -> None:
    exchange = live.call(label, READING[label])
    live.contract.judge(exchange.request).raise_if_broken()
    live.contract.judge(exchange.response).raise_if_broken()
    assert exchange.succeeded is True


@pytest.mark.parametrize("label", NEVER)
def test_nothing_else_is(tenant: StandIn, live: GuardedTenant, label: str) -> None:
    with pytest.raises(GuardRefusal, match="not on the list"):
        live.call(label, NEVER[label])
    assert tenant.saw == []


@pytest.mark.parametrize("number", [-1, -2147483648, 2147483647])
def test_ids_that_no_job_has_may_be_stopped(live: GuardedTenant, number: int) -> None:
    assert live.call("Batch.StopBatchJob", {"Id": number}).text("Response") == "false"


@pytest.mark.parametrize("number", [0, 1, 42, 43, 2147483646, "-0", "+42", " 042 "])
def test_other_ids_are_not(tenant: StandIn, live: GuardedTenant, number: object) -> None:
    with pytest.raises(GuardRefusal, match="cannot exist"):
        live.call("Batch.StopBatchJob", {"Id": number})
    assert tenant.saw == []


@pytest.mark.parametrize(
    "inner",
    [
        "<b:Id>4<!-- -->2</b:Id>",
        "<b:Id><![CDATA[42]]></b:Id>",
        "<b:Id>&#52;2</b:Id>",
    ],
)
def test_an_id_is_read_as_the_server_reads_it(tenant: StandIn, live: GuardedTenant, inner: str) -> None:
    with pytest.raises(GuardRefusal, match="not for 42"):
        live.call("Batch.StopBatchJob", calls.envelope(f"<b:StopBatchJob>{inner}</b:StopBatchJob>"))
    assert tenant.saw == []


def test_a_decoy_in_another_place_does_not_help(tenant: StandIn, live: GuardedTenant) -> None:
    head = (
        "<x:Trace xmlns:x='urn:x'><b:StopBatchJob><b:Id>-1</b:Id></b:StopBatchJob></x:Trace>"
        "<b:ApplicationToken>t</b:ApplicationToken><b:Credentials><b:Ticket>7T:t</b:Ticket></b:Credentials>"
    )
    with pytest.raises((GuardRefusal, contracts.ContractBroken)):
        live.call("Batch.StopBatchJob", calls.envelope("<b:StopBatchJob><b:Id>42</b:Id></b:StopBatchJob>", head))
    assert tenant.saw == []


@pytest.mark.parametrize("value", ["abc", 2147483648, "", "٤٢"])
def test_a_broken_request_is_not_sent(tenant: StandIn, live: GuardedTenant, value: object) -> None:
    with pytest.raises(contracts.ContractBroken):
        live.call("Batch.StopBatchJob", {"Id": value})
    with pytest.raises(contracts.ContractBroken):
        live.call("Batch.StopBatchJob", b"<no envelope")
    assert tenant.saw == []


def test_one_operation_in_the_clothes_of_another(tenant: StandIn, live: GuardedTenant) -> None:
    data = calls.envelope("<b:DeleteBatchTask><b:BatchTaskId>43</b:BatchTaskId></b:DeleteBatchTask>")
    with pytest.raises(contracts.ContractBroken):
        live.call("Batch.GetBatchTaskInfo", data)
    assert tenant.saw == []


def test_a_whole_envelope_gets_the_tenants_credentials(tenant: StandIn, live: GuardedTenant) -> None:
    data = calls.envelope("<b:StopBatchJob><b:Id> -1 </b:Id></b:StopBatchJob>", ticket="7T:another", token="another")
    exchange = live.call("Batch.StopBatchJob", data)
    assert exchange.succeeded is True
    assert b"<b:Id> -1 </b:Id>" in exchange.request.data


def test_a_ticket_of_somebody_else_is_an_answer(live: GuardedTenant) -> None:
    exchange = live.call("Batch.StopBatchJob", {"Id": -1}, ticket="7T:bm9ib2R5")
    assert exchange.succeeded is False
    assert exchange.outcome == "credentials-refused"
    assert live.contract.judge(exchange.response).kept


OUTCOMES = [
    ("slow=0", "succeeded", None),
    ("fault@Batch", "InternalServiceFault", "refuses calls: a:InternalServiceFault: The operation failed"),
    ("succeeded-false@Batch", "SoException", "refuses calls: SoException: The operation failed"),
    ("not-supported@Batch", "ActionNotSupported", "not there as the contract declares it: a:ActionNotSupported"),
]


@pytest.mark.parametrize(("misbehaviour", "outcome", "said"), OUTCOMES)
def test_what_a_call_ends_in(misbehaviour: str, outcome: str, said: str | None) -> None:
    """A refusal says nothing of the contract, unless it says that the operation is not there."""
    with StandIn(misbehaviours=[misbehaviour]) as tenant, GuardedTenant(settings(tenant)) as running:
        exchange = running.call("Batch.StopBatchJob", {"Id": -1})
        assert exchange.outcome == outcome
        if said is None:
            running.require_outcome(exchange)
            return
        with pytest.raises(NotAsDeclared if "declares" in said else CouldNotJudge, match=said):
            running.require_outcome(exchange)


def test_what_has_to_be_refused_and_succeeds_is_a_breach(live: GuardedTenant) -> None:
    with pytest.raises(NotAsDeclared, match="has to be refused"):
        live.require_outcome(live.call("Batch.StopBatchJob", {"Id": -1}), "credentials-refused")


def test_what_a_refusal_says_is_shown_without_secrets_and_moves_no_terminal(live: GuardedTenant) -> None:
    why = f"no {PASSWORD} 7T:QmFzZTY0abc== pwd='abc' Id=42\x9b31m\u202e"
    said = f"<faultcode>a:X</faultcode><faultstring>{why}</faultstring>"
    exchange = live.call("Batch.StopBatchJob", {"Id": -1})
    refused = replace(exchange, response=replace(exchange.response, data=f"<F>{said}</F>".encode()))
    with pytest.raises(CouldNotJudge, match=r"no \(password\) \(secret\) pwd='\(secret\)' Id=42\\u009b31m\\u202e$"):
        live.require_outcome(refused)


def test_a_login_whose_answer_is_broken_is_a_breach_once() -> None:
    with (
        StandIn(misbehaviours=["truncated@AuthenticateUsernamePassword"]) as tenant,
        GuardedTenant(settings(tenant)) as running,
    ):
        with pytest.raises(contracts.ContractBroken):
            running.login()
        with pytest.raises(CouldNotJudge, match="the answer to the login breaks the contract"):
            running.call("SoPrincipal.GetSystemInfo")
            running.call("Batch.StopBatchJob", {"Id": -1})


def test_what_a_contract_does_not_have(live: GuardedTenant) -> None:
    with pytest.raises(contracts.ContractsError, match="no such operation"):
        live.call("Batch.StopBatchJobs", {"Id": -1})
    with pytest.raises(contracts.ContractsError, match="StopBatchJob has no id"):
        live.call("Batch.StopBatchJob", {"id": -1})


# --- tickets --------------------------------------------------------------------------------------------------------


def test_a_ticket_that_expires_in_the_middle_is_renewed(tenant: StandIn, live: GuardedTenant, clock: Clock) -> None:
    for _ in range(3):
        assert live.call("Batch.GetBatchTaskInfo", {"Id": 42}).succeeded is True
        clock.now += 101
    assert [line.split()[0] for line in tenant.saw].count("AuthenticateUsernamePassword") == 3


def test_without_a_password_it_is_not(tenant: StandIn, clock: Clock) -> None:
    ticket = calls.login(tenant)
    with GuardedTenant(settings(tenant, user=None, password=None, ticket=ticket)) as live:
        assert live.call("Batch.GetBatchTaskInfo", {"Id": 42}).succeeded is True
        clock.now += 101
        with pytest.raises(CouldNotJudge, match="refuses the credentials") as caught:
            live.call("Batch.GetBatchTaskInfo", {"Id": 42})
    assert caught.value.cause == "expired"
    assert ticket not in str(caught.value)


def test_a_ready_ticket_needs_no_login(tenant: StandIn) -> None:
    with GuardedTenant(settings(tenant, user=None, password=None, ticket=TICKET)) as live:
        live.call("Batch.GetBatchTaskInfo", {"Id": 42})
    assert len(tenant.saw) == 1


@pytest.mark.parametrize("wrong", [{"password": "wrong-password"}, {"application_token": "wrong-token"}])
def test_a_failed_login_is_no_breach_and_is_tried_once(tenant: StandIn, wrong: dict[str, str]) -> None:
    with GuardedTenant(settings(tenant, **wrong)) as live, pytest.raises(CouldNotJudge) as caught:
        live.call("Batch.GetBatchTaskInfo", {"Id": 42})
    assert caught.value.cause == "login-failed"
    assert "wrong" not in str(caught.value)
    assert len(tenant.saw) == 1


def test_a_wrong_application_token_where_no_ticket_is_wanted(tenant: StandIn) -> None:
    with GuardedTenant(settings(tenant, application_token="wrong")) as live, pytest.raises(CouldNotJudge) as caught:
        live.call("SoPrincipal.GetSystemInfo")
    assert caught.value.cause == "expired"


# --- jobs -----------------------------------------------------------------------------------------------------------

JOB = {"Name": "report", "Context": "endless"}


def test_a_job_is_started_and_stopped_again(tenant: StandIn, live: GuardedTenant) -> None:
    with live.job(JOB) as number:
        assert live.call("Batch.GetBatchTaskInfo", {"Id": number}).text("State") == "Started"
        assert live.started == (number,)
    assert calls.stop(tenant, number) == "false"
    assert live.started == ()


def test_it_is_stopped_where_the_test_fails(tenant: StandIn) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        GuardedTenant(settings(tenant, allow_start=("report",))) as live,
        live.job(JOB) as number,
    ):
        raise ZeroDivisionError
    assert calls.stop(tenant, number) == "false"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"])
def test_it_is_stopped_where_the_run_is_told_to_end(tenant: StandIn, name: str) -> None:
    """By the run itself, or, where it is killed, by the next one."""
    code = f"""if True:
        import signal, sys
        from contracts import load
        from contracts.live.open_tenant import open_tenant
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup may have told the parent to ignore it
        with open_tenant({tenant.url!r}, load(), allow_start="report") as live, live.job({JOB!r}) as number:
            print(number, flush=True)
            sys.stdin.read()"""
    given = {"APPLICATION_TOKEN": APPLICATION_TOKEN, "USER": USER_NAME, "PASSWORD": PASSWORD}
    environment = os.environ | {f"SERVICES85_{name}": value for name, value in given.items()}
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen([sys.executable, "-c", code], env=environment, **pipes) as process:
        assert process.stdout is not None
        job = int(process.stdout.readline())
        process.send_signal(getattr(signal, name))
        _, said = process.communicate()
    assert (b"KeyboardInterrupt" in said) is (name != "SIGKILL")
    if name == "SIGKILL":
        assert sent(tenant)[-1] == "Start"
        with GuardedTenant(settings(tenant)):
            pass
    assert sent(tenant)[-1] == "Stop" and calls.stop(tenant, job) == "false"
    before = len(tenant.saw)
    with GuardedTenant(settings(tenant)):
        pass
    assert len(tenant.saw) == before


def test_a_job_that_still_waits_is_stopped_as_soon_as_it_runs(tenant: StandIn, clock: Clock) -> None:
    def sleep(seconds: float) -> None:
        clock.now += seconds

    with (
        GuardedTenant(settings(tenant, allow_start=("report",)), sleep=sleep) as live,
        live.job({"Name": "report"}) as number,
    ):
        assert live.call("Batch.GetBatchTaskInfo", {"Id": number}).text("State") == "New"
    found = calls.call(tenant.url, "GetBatchTaskInfo", f"<b:Id>{number}</b:Id>")
    assert (found.text("State"), found.text("Result")) == ("Failed", "Stopped")


def test_a_job_that_waits_for_too_long_is_told(tenant: StandIn) -> None:
    start = settings(tenant, allow_start=("report",))
    left = "job 44 was started by this run and could not be stopped"
    with (
        pytest.raises(CouldNotJudge, match=left),
        GuardedTenant(start, sleep=lambda seconds: None) as live,
        live.job({"Name": "report"}),
    ):
        pass


def test_a_job_that_is_started_by_a_plain_call_is_stopped_at_the_end(tenant: StandIn) -> None:
    with GuardedTenant(settings(tenant, allow_start=("report",))) as live:
        live.call("Batch.StartBatchJob", {"BatchTaskInfo": JOB})
        (number,) = live.started
    assert calls.stop(tenant, number) == "false"


def test_only_jobs_that_are_allowed_by_name_are_started(tenant: StandIn, live: GuardedTenant) -> None:
    for carrier in ({"Name": "nightly"}, {}, {"Name": ""}, {"Name": None}, None):
        with pytest.raises(GuardRefusal, match="--allow-start"):
            live.call("Batch.StartBatchJob", {"BatchTaskInfo": carrier})
    assert tenant.saw == []


def test_a_job_is_started_with_a_fresh_ticket_and_never_sent_twice(tenant: StandIn, clock: Clock) -> None:
    with GuardedTenant(settings(tenant, allow_start=("report",))) as live:
        live.call("Batch.GetBatchTaskInfo", {"Id": 42})
        clock.now += 101
        with live.job(JOB):
            assert sent(tenant).count("Start") == 1


@pytest.mark.parametrize("fault", ["cut@StartBatchJob", "503@StartBatchJob", "expired-ticket@StartBatchJob"])
def test_start_is_sent_once_whatever_comes_back(clock: Clock, fault: str) -> None:
    with StandIn(misbehaviours=[fault], clock=clock) as tenant:
        with GuardedTenant(settings(tenant, allow_start=("report",))) as live, pytest.raises(CouldNotJudge) as caught:
            live.call("Batch.StartBatchJob", {"BatchTaskInfo": JOB})
        assert ("may have been started" in str(caught.value)) is (caught.value.cause != "expired")
        assert sent(tenant).count("Start") == (0 if "503" in fault else 1)


def test_a_job_whose_id_nobody_knows_is_told_once(clock: Clock) -> None:
    with StandIn(misbehaviours=["truncated@StartBatchJob"], clock=clock) as tenant:
        with (
            pytest.raises(CouldNotJudge, match="a job named report may have been started") as caught,
            GuardedTenant(settings(tenant, allow_start=("report",))) as live,
        ):
            live.call("Batch.StartBatchJob", {"BatchTaskInfo": JOB})
        assert caught.value.cause == "job-left"
        with GuardedTenant(settings(tenant)) as live:
            assert live.call("Batch.GetBatchTaskInfo", {"Id": 44}).succeeded


def test_a_job_of_an_earlier_run_is_stopped_only_if_it_is_still_that_one(tenant: StandIn) -> None:
    """An id may have become somebody else's: its name tells."""
    journal = JobJournal(settings(tenant).tenant)
    journal.add(StartedJob("Batch", "report", 42))  # 42 is named nightly
    with GuardedTenant(settings(tenant)):
        pass
    assert sent(tenant) == ["Get"]
    assert JobJournal(settings(tenant).tenant).jobs == []


@pytest.mark.skipif(os.name != "posix", reason="elsewhere no folder is synchronised")
def test_a_job_is_on_the_disk_before_it_is_started_and_until_it_is_stopped(
    tenant: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a power cut would leave, whenever it comes."""
    told, sync = [], os.fsync

    def look(file: int) -> None:
        sync(file)
        if stat.S_ISDIR(os.fstat(file).st_mode):
            told.append(([job.number for job in JobJournal(settings(tenant).tenant).jobs], "Start" in sent(tenant)))

    monkeypatch.setattr(os, "fsync", look)
    with GuardedTenant(settings(tenant, allow_start=("report",))) as live, live.job(JOB):
        pass
    assert told == [([None], False), ([44], True), ([], True)]


def test_nothing_is_started_where_it_cannot_be_written_down(tenant: StandIn, monkeypatch: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    live = GuardedTenant(settings(tenant, allow_start=("report",)))
    with live, pytest.raises(ContractsError, match="journal of started jobs cannot be written"):
        live.call("Batch.StartBatchJob", {"BatchTaskInfo": JOB})
    assert "Start" not in sent(tenant)


def test_a_job_that_cannot_be_stopped_is_told(clock: Clock) -> None:
    with StandIn(misbehaviours=["503@StopBatchJob"], clock=clock) as tenant:
        left = "job 44 was started by this run and could not be stopped"
        start = settings(tenant, allow_start=("report",))
        with pytest.raises(CouldNotJudge, match=left) as caught, GuardedTenant(start) as live, live.job(JOB):
            pass
        assert caught.value.cause == "job-left"
        with pytest.raises(ZeroDivisionError) as failed, GuardedTenant(start) as live, live.job(JOB):
            raise ZeroDivisionError
        assert "job 45 was started" in failed.value.__notes__[0]


# --- one run at a time ----------------------------------------------------------------------------------------------


def test_two_runs_do_not_meet(tenant: StandIn, live: GuardedTenant) -> None:
    with pytest.raises(CouldNotJudge, match="another run") as caught:
        GuardedTenant(settings(tenant)).__enter__()
    assert caught.value.cause == "locked"


def test_a_run_waits_for_another_one(tenant: StandIn) -> None:
    held = threading.Event()

    def hold() -> None:
        with GuardedTenant(settings(tenant)):
            held.set()
            time.sleep(0.2)

    first = threading.Thread(target=hold)
    first.start()
    assert held.wait(60)
    with GuardedTenant(settings(tenant), wait=60) as second:
        assert second.call("SoPrincipal.GetSystemInfo").succeeded is True
    first.join()


def test_the_lock_of_a_run_that_was_killed_is_free(tenant: StandIn) -> None:
    code = """
import os, sys
from contracts.live.tenant_lock import lock_tenant
with lock_tenant(sys.argv[1]):
    os._exit(9)
"""
    name = settings(tenant).tenant
    assert subprocess.run([sys.executable, "-c", code, name], check=False).returncode == 9
    with GuardedTenant(settings(tenant)) as live:
        assert live.call("SoPrincipal.GetSystemInfo").succeeded is True


def test_a_lock_is_for_every_user_and_may_not_be_taken(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("contracts.live.tenant_lock.SHARED_FOLDER", tmp_path)
    before = os.umask(0o077)
    try:
        with lock_tenant("a") as path:
            assert stat.S_IMODE(path.stat().st_mode) == 0o666 or os.name == "nt"
            with pytest.raises(LockNotTaken, match="another run is under way"), lock_tenant("a"):
                pass
    finally:
        os.umask(before)
    path.unlink(missing_ok=True)
    path.mkdir()
    with pytest.raises(LockNotTaken, match="a lock could not be taken"), lock_tenant("a"):
        pass


@pytest.mark.skipif(os.name == "nt", reason="every user has a TEMP of their own there")
def test_a_lock_is_the_same_wherever_a_run_puts_its_temporary_files(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with lock_tenant("a") as path:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "other"))
        with pytest.raises(LockNotTaken, match="another run is under way"), lock_tenant("a"):
            pass
    assert not path.is_relative_to(tmp_path)


def test_another_tenant_is_another_lock(live: GuardedTenant) -> None:
    with StandIn() as other, GuardedTenant(settings(other)) as second:
        assert second.call("SoPrincipal.GetSystemInfo").succeeded is True


# --- secrets --------------------------------------------------------------------------------------------------------


def test_no_secret_is_shown(live: GuardedTenant, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    exchange = live.call("Batch.GetBatchTaskInfo", {"Id": 42})
    shown = f"{exchange!r} {live!r} {live.settings!r} {caplog.text}"
    for _, secret in live.secrets():
        if secret != live.settings.host:
            assert secret not in shown


def test_no_secret_is_among_the_locals_that_pytest_shows(pytester: pytest.Pytester, tenant: StandIn) -> None:
    pytester.makepyfile(
        f"""
        from contracts.live.guarded_tenant import GuardedTenant
        from contracts.live.open_tenant import stand_in_settings

        def test_login():
            with GuardedTenant(stand_in_settings({tenant.url!r})) as live:
                live.settings.timeout
                live.call("Batch.StopBatchJob", {{"Id": "abc"}})

        def test_broken(monkeypatch):
            with GuardedTenant(stand_in_settings({tenant.url!r})) as live:
                monkeypatch.setattr(live._session, "send", lambda *_, **__: 1 / 0)
                live.call("Batch.StopBatchJob", {{"Id": -1}})
        """
    )
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:xdist", "--showlocals", "-vv")
    said = "\n".join(result.outlines)
    assert result.ret == 1 and "GuardedTenant object" in said
    for secret in (APPLICATION_TOKEN, PASSWORD, "<s:Envelope"):
        assert secret not in said, said
