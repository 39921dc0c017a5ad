"""`watch` and `serve --judge`: what is said as traffic passes, and what a run ends in."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

from contracts.messages import read
from contracts.model import Message
from contracts.standin.agents import TICKET
from contracts.standin.server import StandIn
from tests.helpers.messages import STOP
from tests.helpers.wires import Client, upstream_of
from tests.standin.calls import LOGIN, NOBODY, NS, Reply, call, send

from .running import assert_refused, run

GOOD, BAD = "<b:Id>42</b:Id>", "<b:id>42</b:id>"
TENANT = "/Cust12345/Remote/Services85"


@pytest.fixture(scope="module")
def tenant() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def run_beside(act: Callable[[str], object], command: str, *arguments: str) -> Result:
    """The command on a free port, while ``act`` is given its URL."""
    port = free_port()

    def work() -> None:
        for _ in range(400):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.01)
        act(f"http://127.0.0.1:{port}{TENANT}")

    client = threading.Thread(target=work)
    client.start()
    result = run(command, "--port", str(port), *arguments)
    client.join()
    return result


def watch(tenant: StandIn | str, act: Callable[[str], object], *arguments: str, exchanges: int = 1) -> Result:
    to = tenant if isinstance(tenant, str) else tenant.url
    return run_beside(act, "watch", "--to", to, "--exchanges", str(exchanges), *arguments)


def stop(url: str, inner: str = GOOD) -> Reply:
    return call(url, "StopBatchJob", inner)


def test_what_is_kept_is_a_line_and_status_0(tenant: StandIn) -> None:
    result = watch(tenant, stop)
    ready, line, counts = result.stdout.splitlines()
    local = r"http://127\.0\.0\.1:\d+"
    assert re.fullmatch(rf"judging proxy at {local}{TENANT}, before {local}", ready)
    assert re.fullmatch(r"kept      1  POST Batch\.StopBatchJob  200  \d+ ms", line)
    assert counts == "2 kept, 0 broken, 0 unjudged, 0 skipped  (Services85)"
    assert (result.exit_code, result.stderr) == (0, "")


def test_what_is_broken_is_said_as_check_says_it(tenant: StandIn) -> None:
    result = watch(tenant, lambda url: [stop(url, BAD), stop(url)], exchanges=2)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[1].startswith("broken    1  POST Batch.StopBatchJob  200  ")
    assert re.fullmatch(r"broken    127\.0\.0\.1:\d+ \(exchange 1 request\)  Batch\.StopBatchJob request", lines[2])
    assert lines[3].startswith("  body-case  /Envelope/Body/StopBatchJob/id, line ")
    assert lines[4:6] == ["    expected  <Id>", "    found     <id>"]
    assert lines[-1] == "3 kept, 1 broken, 0 unjudged, 0 skipped  (Services85)"


def test_a_broken_answer_is_broken_by_its_request() -> None:
    with StandIn(misbehaviours=["wrong-operation"]) as tenant:
        result = watch(tenant, stop)
    assert result.exit_code == 1 and "(exchange 1 response)  Batch.StopBatchJob response" in result.stdout


def test_reports_are_those_of_check_and_what_happens_is_said_beside_them(tenant: StandIn, tmp_path: Path) -> None:
    junit = tmp_path / "watch.xml"
    result = watch(tenant, lambda url: stop(url, BAD), "--format", "json", "--format", f"junit={junit}")
    report = json.loads(result.stdout)
    assert report["schema"] == "services85-check/1" and report["summary"]["broken"] == 1
    assert [one["part"] for one in report["verdicts"]] == ["exchange 1 request", "exchange 1 response"]
    assert "broken    1  POST Batch.StopBatchJob" in result.stderr and "judging proxy" in result.stderr
    assert 'failures="1"' in junit.read_text()


def test_quiet_says_only_where_it_is(tenant: StandIn, tmp_path: Path) -> None:
    result = watch(tenant, lambda url: stop(url, BAD), "--quiet", "--output", str(tmp_path / "watch.txt"))
    assert result.stdout == "" and result.stderr.startswith("judging proxy at ") and result.stderr.count("\n") == 1
    assert "body-case" in (tmp_path / "watch.txt").read_text()


def test_other_traffic_is_skipped_and_nothing_judged_is_2(tenant: StandIn) -> None:
    result = watch(tenant, lambda url: [send(f"{url}/Batch.svc?wsdl", "GET"), send(url, "OPTIONS")], exchanges=2)
    assert result.exit_code == 2
    assert f"skipped   1  GET {TENANT}/Batch.svc  200" in result.stdout
    assert result.stderr == "services85: nothing found to judge (2 without a SOAP message)\n"


def test_reject_answers_in_the_place_of_the_tenant(tenant: StandIn) -> None:
    replies: list[Reply] = []
    result = watch(tenant, lambda url: replies.extend([stop(url, BAD), stop(url)]), "--reject", exchanges=2)
    rejected, passed = replies
    assert rejected.status == 500 and rejected.faultcode == "s:Client"
    said = rejected.root.findtext(".//faultstring")
    assert said and "body-case: expected <Id>, found <id>" in said
    assert passed.text("Response") in ("true", "false")
    assert result.exit_code == 1 and "500" in result.stdout and "(rejected)" in result.stdout
    assert "2 kept, 1 broken, 0 unjudged, 0 skipped" in result.stdout


def test_record_keeps_cassettes_without_secrets_and_overwrites_none(tenant: StandIn, tmp_path: Path) -> None:
    folder = tmp_path / "Services85/Batch"
    folder.mkdir(parents=True)
    (folder / "StopBatchJob.1.yaml").write_text("mine")

    def act(url: str) -> None:
        stop(url)
        stop(url, BAD)
        call(url, "AuthenticateUsernamePassword", LOGIN, head=NOBODY, agent="SoPrincipal")
        send(f"{url}/Batch.svc?wsdl", "GET")

    result = watch(tenant, act, "--record", str(tmp_path), "--redact", "Employee", exchanges=4)
    assert result.exit_code == 1 and result.stderr == ""
    files = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.yaml"))
    batch, principal = "Services85/Batch/StopBatchJob", "Services85/SoPrincipal/AuthenticateUsernamePassword"
    assert files == [f"{batch}.1.yaml", f"{batch}.2.yaml", f"{batch}.3.yaml", f"{principal}.1.yaml"]
    assert (folder / "StopBatchJob.1.yaml").read_text() == "mine"
    kept = (folder / "StopBatchJob.2.yaml").read_text()
    assert "from: watch" in kept and "http://tenant.example/Cust00000/Remote/Services85/Batch.svc" in kept
    everything = "".join(path.read_text() for path in tmp_path.rglob("*.yaml"))
    assert not re.search(
        rf"Employee|127\.0\.0\.1|{re.escape(TICKET)}|stand-in password|tenant\.user|Cust12345", everything
    )
    messages = list(read(str(folder / "StopBatchJob.3.yaml")))
    assert len(messages) == 2 and isinstance(messages[0], Message) and b"id>" in messages[0].data
    assert run("check", str(folder / "StopBatchJob.2.yaml")).exit_code == 0
    assert run("check", str(folder / "StopBatchJob.3.yaml")).exit_code == 1


def test_the_first_steps_of_a_login_by_ntlm_are_skipped() -> None:
    offers = [b"Negotiate\r\nWWW-Authenticate: NTLM", b"NTLM TlRMTVNTUAACAAAA", b"NTLM"]
    refusals = [b"HTTP/1.1 401 No\r\nContent-Length: 0\r\nWWW-Authenticate: %s\r\n\r\n" % offer for offer in offers]

    def act(url: str) -> None:
        for given in ({}, {"Authorization": "NTLM TlRMTVNTUAABAAAA"}, {"Authorization": "NTLM TlRMTVNTUAADAAAA"}):
            head = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NS}/Batch/StopBatchJob"'}
            send(f"{url}/Batch.svc", data=STOP.encode(), headers={**head, **given})

    with upstream_of(*refusals) as upstream:
        result = watch(f"http://127.0.0.1:{upstream.port}{TENANT}", act, exchanges=3)
    assert result.exit_code == 1 and "3 kept, 1 broken, 0 unjudged, 2 skipped" in result.stdout


def test_waivers_hold_here_too(tenant: StandIn, tmp_path: Path) -> None:
    waivers = tmp_path / "waivers.toml"
    waivers.write_text('[[waiver]]\nrule = "body-case"\nreason = "the old client"\nuntil = 2099-01-01\n')
    result = watch(tenant, lambda url: stop(url, BAD), "--waivers", str(waivers))
    assert result.exit_code == 0 and "1 waived" in result.stdout


def test_a_tenant_that_is_not_there_is_reported() -> None:
    replies: list[Reply] = []
    to = f"http://127.0.0.1:{free_port()}{TENANT}"
    result = watch(to, lambda url: replies.append(stop(url)))
    assert replies[0].status == 502 and b"cannot be connected to: connection refused" in replies[0].body
    assert result.exit_code == 2
    assert "unjudged  1  POST Batch.StopBatchJob  502" in result.stdout
    assert "1 kept, 0 broken, 1 unjudged, 0 skipped" in result.stdout
    assert "could not be judged" in result.stderr and "connection refused" in result.stderr


def test_a_request_that_is_no_http_is_unjudged_and_not_repeated(tenant: StandIn) -> None:
    def act(url: str) -> None:
        with Client(int(url.split(":")[2].split("/")[0])) as client:
            client.send(b"POST / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\n folded\r\n\r\n")
            assert client.read_all().startswith(b"HTTP/1.1 400 ")

    result = watch(tenant, act)
    assert result.exit_code == 2 and "unjudged  1  no request  400" in result.stdout
    assert "secret" not in result.output


def test_large_bodies_pass_unjudged(tenant: StandIn) -> None:
    result = watch(tenant, lambda url: stop(url, GOOD + " " * 2**20), "--max-size", "1")
    assert result.exit_code == 2 and "larger than 1.0 MiB, passed on unjudged" in result.stdout


def test_no_secret_is_said(tenant: StandIn) -> None:
    def act(url: str) -> None:
        call(
            url, "AuthenticateUsernamePassword", LOGIN.replace("UserName", "username"), head=NOBODY, agent="SoPrincipal"
        )
        send(f"{url}/Batch.svc/7T:secret?token=secret", "GET")

    result = watch(tenant, act, "-v", exchanges=2)
    assert "stand-in password" not in result.output and "tenant.user" not in result.output
    assert "secret" not in result.output.replace("(secret)", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "tenant.example"], "--to: no http:// or https:// URL of a host"),
        (["--to", "http://me:pass@tenant.example"], "--to: a URL with a user in it"),
        (["--to", "https://tenant.example", "--ca", "missing.pem"], "missing.pem: no certificates"),
        (["--to", "http://localhost:8085", "--port", "8085"], "--to is the address that --port listens on"),
        (["--to", "http://127.0.0.1:1", "--record", __file__], "not a folder"),
        (["--to", "http://127.0.0.1:1", "--redact", "Maier"], "--record is not given"),
        (["--to", "http://127.0.0.1:1", "--contract", "missing.wsdl"], "missing.wsdl"),
        ([], "missing option '--to'"),
    ],
)
def test_options_that_cannot_be(arguments: list[str], said: str) -> None:
    assert_refused(run("watch", *arguments), said)


def test_a_port_that_is_taken() -> None:
    with upstream_of() as taken:
        assert_refused(run("watch", "--to", "http://127.0.0.1:1", "--port", str(taken.port)), "cannot listen on")


# --- serve ------------------------------------------------------------------------------------------------------------


def test_where_others_can_reach_it_that_is_said() -> None:
    said = "its tickets and password are public"
    assert said in run("serve", "--host", "192.0.2.1").stderr  # which is nobody's: it ends there
    assert said not in run_beside(lambda url: stop(url, BAD), "serve", "--judge", "--exchanges", "1").stderr


def test_serve_judges_as_watch_does() -> None:
    result = run_beside(lambda url: stop(url, BAD), "serve", "--judge", "--exchanges", "1")
    assert result.exit_code == 1 and result.stdout.startswith("stand-in tenant at http://127.0.0.1:")
    assert f"ticket {TICKET!r}\n" in result.stdout
    assert "(exchange 1 request)  Batch.StopBatchJob request\n  body-case" in result.stdout


def test_serve_knows_the_tickets_that_it_is_given() -> None:
    replies: list[Reply] = []

    def act(url: str) -> None:
        replies.extend(
            call(url, "StopBatchJob", GOOD, ticket=ticket) for ticket in ("7T:mine+mine+mine", "7T:other+other")
        )

    result = run_beside(act, "serve", "--judge", "--exchanges", "2", "--ticket", "7T:mine+mine+mine")
    assert [reply.text("Succeeded") for reply in replies] == ["true", "false"]
    assert "ticket '7T:mine+mine+mine'\n" in result.stdout and result.exit_code == 0


def test_what_is_judged_wants_judge() -> None:
    assert_refused(run("serve", "--reject"), "wants --judge")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_its_summary(number: int) -> None:
    command = [sys.executable, "-m", "contracts", "serve", "--judge"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        try:
            assert stop(url).text("Response") == "true"
        finally:
            process.send_signal(number)
            said, failed = process.communicate(timeout=60)
    assert (process.returncode, failed) == (0, "")
    assert said.endswith("2 kept, 0 broken, 0 unjudged, 0 skipped  (Services85)\n")


def test_serve_logs_what_it_is_asked() -> None:
    command = [sys.executable, "-m", "contracts", "serve", "-v"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        stop(url)
        process.terminate()
        _, logged = process.communicate(timeout=60)
    assert process.returncode == 0
    assert re.fullmatch(r"POST Batch\.StopBatchJob 200 [\d.]+ ms\n", logged)
