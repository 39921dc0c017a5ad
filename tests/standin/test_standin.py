"""The stand-in tenant's operations: jobs that run and stop, tickets that are issued and expire."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
import tracemalloc
from pathlib import Path

import pytest

from contracts.model import ContractsError
from contracts.standin.agents import PASSWORD, USER_NAME
from contracts.standin.jobs import JobStore
from tests.helpers.tenant_clock import Clock, StandIn

from .calls import NIL, NOBODY, NS, call, login, stop


def start(tenant: StandIn, inner: str) -> int:
    return int(call(tenant.url, "StartBatchJob", f"<b:BatchTaskInfo>{inner}</b:BatchTaskInfo>").text("Response") or "")


def state(tenant: StandIn, number: int) -> str | None:
    return call(tenant.url, "GetBatchTaskInfo", f"<b:Id>{number}</b:Id>").text("State")


# --- jobs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("context", "end"), [("", "Succeeded"), ("<b:Context>fails</b:Context>", "Failed")])
def test_a_job_goes_its_way(tenant: StandIn, clock: Clock, context: str, end: str) -> None:
    number = start(tenant, f"<b:Name>report</b:Name>{context}")
    seen = []
    for seconds in (0, 1, 1, 7, 1):
        clock.now += seconds
        seen.append(state(tenant, number))
    assert seen == ["New", "Aquired", "Started", "Started", end]


def test_a_job_takes_as_long_as_it_says(tenant: StandIn, clock: Clock) -> None:
    number = start(tenant, "<b:Context>takes=100</b:Context>")
    clock.now += 99
    assert state(tenant, number) == "Started"
    clock.now += 1
    assert state(tenant, number) == "Succeeded"


def test_only_a_running_job_can_be_stopped(tenant: StandIn, clock: Clock) -> None:
    number = start(tenant, "<b:Name>report</b:Name>")
    assert stop(tenant, number) == "false"  # still New
    clock.now += 5
    assert stop(tenant, number) == "true"
    assert state(tenant, number) == "Failed"
    assert stop(tenant, number) == "false"
    assert stop(tenant, 999) == "false"


def test_a_fresh_tenant_has_one_running_and_one_finished_job(tenant: StandIn) -> None:
    every = call(tenant.url, "GetBatchTaskInfosByState", "<b:State>All</b:State>")
    assert (every.texts("Id"), every.texts("State")) == (["42", "43"], ["Started", "Succeeded"])
    assert stop(tenant, 42) == "true"
    assert start(tenant, "") == 44


def test_what_a_job_was_given_comes_back(tenant: StandIn) -> None:
    pair = "<b:StringKeyValuePair><b:Key>k</b:Key><b:Value>&lt;v&gt;</b:Value></b:StringKeyValuePair>"
    number = start(
        tenant,
        "<b:Name>report</b:Name><b:AssociateId>7</b:AssociateId><b:DetailsTable>-5</b:DetailsTable>"
        f"<b:IsSystemTask>1</b:IsSystemTask><b:ParameterObject>{pair}</b:ParameterObject>",
    )
    found = call(tenant.url, "GetBatchTaskInfo", f"<b:Id>{number}</b:Id>")
    wanted = {"Name": "report", "AssociateId": "7", "DetailsTable": "-5", "IsSystemTask": "true", "Key": "k"}
    assert {name: found.text(name) for name in wanted} == wanted
    assert found.text("Value") == "<v>"
    assert found.text("LastStarted") == "0001-01-01T00:00:00"  # it is New


@pytest.mark.parametrize(
    ("operation", "inner", "ids"),
    [
        (
            "GetBatchTaskInfosByAssociates",
            "<b:AssociateIds><a:int>1</a:int><a:int>2</a:int></b:AssociateIds>",
            ["44", "45"],
        ),
        ("GetBatchTaskInfosByAssociates", "<b:AssociateIds/>", []),
        ("GetBatchTaskInfosByAssociates", '<b:AssociateIds i:nil="true"/>', []),
        ("GetBatchTaskInfosByState", "<b:State>New</b:State>", ["44", "45"]),
        ("GetBatchTaskInfosByState", "<b:State>Failed</b:State>", []),
        ("GetBatchTaskInfosByNameAndState", "<b:Name>x</b:Name><b:State>All</b:State>", ["44", "45"]),
        ("GetBatchTaskInfosByNameAndState", "<b:Name>x</b:Name><b:State>Started</b:State>", []),
        (
            "GetBatchTaskInfosByNameAndAssociates",
            "<b:Name>x</b:Name><b:AssociateIds><a:int>2</a:int></b:AssociateIds>",
            ["45"],
        ),
        (
            "GetBatchTaskInfosByAssociatesAndState",
            "<b:AssociateIds><a:int>1</a:int></b:AssociateIds><b:State>New</b:State>",
            ["44"],
        ),
    ],
)
def test_jobs_are_found(tenant: StandIn, operation: str, inner: str, ids: list[str]) -> None:
    for associate in (1, 2):
        start(tenant, f"<b:Name>x</b:Name><b:AssociateId>{associate}</b:AssociateId>")
    assert call(tenant.url, operation, inner).texts("Id") == ids


def test_a_job_is_updated_but_not_how_far_it_is(tenant: StandIn) -> None:
    job = "<b:BatchTaskInfo><b:Id>43</b:Id><b:Name>renamed</b:Name><b:State>New</b:State></b:BatchTaskInfo>"
    answer = call(tenant.url, "UpdateBatchTask", job)
    assert (answer.text("Name"), answer.text("State")) == ("renamed", "Succeeded")
    assert call(tenant.url, "GetBatchTaskInfo", "<b:Id>43</b:Id>").text("Name") == "renamed"
    unknown = call(tenant.url, "UpdateBatchTask", "<b:BatchTaskInfo><b:Id>9</b:Id></b:BatchTaskInfo>")
    assert unknown.root.find(f".//{{{NS}}}Response").get(NIL) == "true"


def test_jobs_are_deleted(tenant: StandIn) -> None:
    for _ in range(2):
        start(tenant, "")
    call(tenant.url, "DeleteBatchTask", "<b:BatchTaskId>42</b:BatchTaskId>")
    call(tenant.url, "DeleteBatchTasks", "<b:BatchTaskIds><a:int>43</a:int><a:int>44</a:int></b:BatchTaskIds>")
    call(tenant.url, "DeleteBatchTasks", '<b:BatchTaskIds i:nil="true"/>')
    assert call(tenant.url, "GetBatchTaskInfosByState", "<b:State>All</b:State>").texts("Id") == ["45"]
    assert call(tenant.url, "GetBatchTaskInfo", "<b:Id>42</b:Id>").text("Id") is None


def test_jobs_and_tickets_survive_a_restart(tmp_path: Path, clock: Clock) -> None:
    file = tmp_path / "tenant.db"
    with StandIn(file, clock=clock, job_seconds=10) as tenant:
        number = start(tenant, "<b:Name>report</b:Name>")
        ticket = login(tenant)
        stop(tenant, 42)
    clock.now += 5
    with StandIn(file, clock=clock, job_seconds=99) as tenant:
        assert state(tenant, number) == "Started"
        assert state(tenant, 42) == "Failed"
        assert start(tenant, "") == number + 1
        assert call(tenant.url, "StopBatchJob", f"<b:Id>{number}</b:Id>", ticket=ticket).text("Response") == "true"
    assert ticket.encode() not in b"".join(f.read_bytes() for f in tmp_path.iterdir())


def test_several_tenants_on_one_file_make_it_once_and_a_job_is_stopped_once(tmp_path: Path) -> None:
    for run in range(5):
        gate, failed, stopped = threading.Barrier(4), [], []

        def use(path: Path, gate: threading.Barrier, failed: list[str], stopped: list[bool]) -> None:
            gate.wait()
            try:
                store = JobStore(path, time.time, 10)
                stopped.append(store.stop_job(42))
                store.close()
            except ContractsError as error:
                failed.append(str(error))

        path = tmp_path / f"{run}.db"
        threads = [threading.Thread(target=use, args=(path, gate, failed, stopped)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (failed, sorted(stopped)) == ([], [False, False, False, True])


KILLED = """if True:
    import os, sqlite3, sys, time
    from pathlib import Path
    class Killed(sqlite3.Connection):
        def execute(self, sql, *rest):
            done = super().execute(sql, *rest)
            if sql.startswith("CREATE TABLE"):
                os._exit(9)
            return done
    connect = sqlite3.connect
    sqlite3.connect = lambda *where, **how: connect(*where, **how, factory=Killed)
    from contracts.standin.jobs import JobStore
    JobStore(Path(sys.argv[1]), time.time, 10)
"""


def test_a_file_whose_making_was_killed_is_made_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    assert subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False).returncode == 9
    assert path.exists()
    store = JobStore(path, time.time, 10)
    assert store.stop_job(42)
    store.close()


def test_what_was_seen_takes_no_memory() -> None:
    with StandIn() as tenant:
        call(tenant.url, "StopBatchJob", "<b:Id>42</b:Id>")
        tracemalloc.start()
        for number in range(100):
            call(tenant.url, "StopBatchJob", f"<b:Id>{number}</b:Id>", head=f"<b:x>{'x' * 100_000}</b:x>")
        kept = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
    assert kept < 5_000_000  # ten were sent


def test_a_file_that_is_no_database_is_refused_in_one_line(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE t (x)")
    db.close()
    text = tmp_path / "text.db"
    text.write_text("no database, but long enough to be read as one" * 50)
    for path in (other, text, tmp_path, tmp_path / "missing" / "tenant.db"):
        with pytest.raises(ContractsError, match="cannot be used as the tenant's database") as refused:
            StandIn(path).start()
        assert "\n" not in str(refused.value)


# --- tickets --------------------------------------------------------------------------------------------------------


def test_a_ticket_is_issued_and_expires(tenant: StandIn, clock: Clock) -> None:
    ticket = login(tenant)
    assert ticket.startswith("7T:")
    assert call(tenant.url, "StopBatchJob", "<b:Id>1</b:Id>", ticket=ticket).text("Succeeded") == "true"
    clock.now += 101
    expired = call(tenant.url, "StopBatchJob", "<b:Id>1</b:Id>", ticket=ticket)
    assert (expired.status, expired.text("Succeeded")) == (200, "false")
    assert "expired" in (expired.text("Message") or "")


@pytest.mark.parametrize(
    ("operation", "inner"),
    [
        ("AuthenticateImplicit", ""),
        (
            "AuthenticateGeneric",
            "<b:AuthenticationData>"
            f"<b:AuthenticationGenericDataKeyValuePair><b:Key>username</b:Key><b:Value>{USER_NAME}</b:Value>"
            "</b:AuthenticationGenericDataKeyValuePair>"
            f"<b:AuthenticationGenericDataKeyValuePair><b:Key>password</b:Key><b:Value>{PASSWORD}</b:Value>"
            "</b:AuthenticationGenericDataKeyValuePair></b:AuthenticationData>",
        ),
    ],
)
def test_the_other_ways_to_a_ticket(tenant: StandIn, operation: str, inner: str) -> None:
    ticket = call(tenant.url, operation, inner, agent="SoPrincipal", head=NOBODY).text("Ticket") or ""
    assert call(tenant.url, "StopBatchJob", "<b:Id>1</b:Id>", ticket=ticket).text("Succeeded") == "true"


@pytest.mark.parametrize(
    "inner",
    ["", f"<b:UserName>{USER_NAME}</b:UserName>", f"<b:UserName>{USER_NAME}</b:UserName><b:Password>no</b:Password>"],
)
def test_no_ticket_for_a_wrong_password(tenant: StandIn, inner: str) -> None:
    answer = call(tenant.url, "AuthenticateUsernamePassword", inner, agent="SoPrincipal", head=NOBODY)
    assert answer.text("AuthenticationSucceeded") == "false"
    assert answer.text("Ticket") is None


@pytest.mark.parametrize("ticket", ["", "7T:unknown", "8A:Cust12345.x"])
def test_nothing_is_done_without_a_valid_ticket(tenant: StandIn, ticket: str) -> None:
    answer = call(tenant.url, "StopBatchJob", "<b:Id>42</b:Id>", ticket=ticket)
    assert (answer.status, answer.text("Succeeded"), answer.text("Response")) == (200, "false", "false")
    assert answer.text("ExceptionType") == "SoAuthenticationException"
    assert stop(tenant, 42) == "true"


def test_the_application_token_is_checked_unless_onsite(tenant: StandIn, clock: Clock) -> None:
    assert call(tenant.url, "StopBatchJob", "<b:Id>42</b:Id>", token="other").text("Succeeded") == "false"
    assert call(tenant.url, "AuthenticateImplicit", agent="SoPrincipal", head="").text("Succeeded") == "false"
    with StandIn(clock=clock, onsite=True) as onsite:
        assert call(onsite.url, "AuthenticateImplicit", agent="SoPrincipal", head="").text("Succeeded") == "true"
