"""When the tenant cannot be asked: neither a breach nor a success. And what is a breach all the same."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

import contracts
from contracts.generate.sample import make_sample
from contracts.live.exchange import Exchange
from contracts.live.guarded_tenant import GuardedTenant
from contracts.live.http_session import CouldNotJudge
from contracts.live.tenant_settings import TenantSettings
from contracts.model import Message
from contracts.standin.agents import APPLICATION_TOKEN, TICKET
from contracts.wsdl.load import DATA
from tests.helpers.tenant_clock import StandIn
from tests.helpers.wires import http, speaking


def settings(url: str, **changes: Any) -> TenantSettings:
    given: dict[str, Any] = {"application_token": APPLICATION_TOKEN, "ticket": TICKET, "backoff": 0.0}
    return TenantSettings(url, **(given | changes))


def ask(url: str, **changes: Any) -> Exchange:
    with GuardedTenant(settings(url, **changes)) as live:
        return live.call("Batch.GetBatchTaskInfo", {"Id": 42})


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("503", "unavailable"),
        ("login-page", "login-page"),
        ("cut", "unreachable"),
        ("expired-ticket", "expired"),
    ],
)
def test_it_could_not_be_asked(fault: str, cause: str) -> None:
    with StandIn(misbehaviours=[fault]) as tenant, pytest.raises(CouldNotJudge) as caught:
        ask(tenant.url)
    assert caught.value.cause == cause
    assert "127.0.0.1" in str(caught.value)
    assert TICKET not in str(caught.value)


@pytest.mark.parametrize("fault", ["empty", "truncated", "wrong-operation"])
def test_a_breach_stays_one(fault: str) -> None:
    with StandIn(misbehaviours=[fault]) as tenant:
        exchange = ask(tenant.url)
    verdict = contracts.load().judge(exchange.response)
    assert verdict.outcome == "broken"
    assert (verdict.agent, verdict.operation) == ("Batch", "GetBatchTaskInfo")


def test_a_breach_in_the_answer_to_a_login_is_one_too() -> None:
    fault = "wrong-operation@AuthenticateUsernamePassword"
    with StandIn(misbehaviours=[fault]) as tenant, pytest.raises(contracts.ContractBroken):
        ask(tenant.url, ticket=None, user="a", password="b")


def test_nobody_listens() -> None:
    with socket.socket() as taken:  # nobody else gets the port, and nobody listens on it
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(CouldNotJudge, match="cannot be connected to") as caught:
            ask(f"http://127.0.0.1:{taken.getsockname()[1]}/Cust12345/Remote/Services85")
    assert caught.value.cause == "unreachable"


def test_a_proxy_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(CouldNotJudge, match="the proxy of this machine's environment"):
        ask("https://sod.superoffice.com/Cust12345/Remote/Services85", attempts=1)


def test_a_login_that_is_refused_as_a_whole_says_how() -> None:
    with speaking(http("400 Bad Request")) as (url, _), pytest.raises(CouldNotJudge, match="log in: HTTP 400"):
        ask(url, ticket=None, user="a", password="b")


def test_one_that_is_too_slow_is_not_asked_again() -> None:
    with (
        StandIn(misbehaviours=["slow=3"]) as tenant,
        pytest.raises(CouldNotJudge, match=r"no complete answer within 0\.2 s"),
    ):
        ask(tenant.url, timeout=0.2)


_OK = b"HTTP/1.1 200 OK\r\n"


@contextmanager
def pouring(head: bytes, piece: bytes) -> Iterator[tuple[str, threading.Event]]:
    """A server that answers with a head, and then with the piece over and over; its URL, and when it was cut off."""
    cut = threading.Event()

    def pour() -> None:
        connection, _ = server.accept()
        with connection, suppress(OSError):
            connection.recv(65536)
            connection.sendall(head)
            while not cut.wait(0.02):
                connection.sendall(piece)
        cut.set()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=pour, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/Cust12345/Remote/Services85", cut
        cut.set()


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (_OK + b"Content-Length: 1000000\r\n\r\n", b" "),
        (_OK + b"Content-Length: 100000000\r\n\r\n", b" " * 70000),
        (_OK + b"Transfer-Encoding: chunked\r\n\r\n1;", b"e"),
        (_OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"a: b\r\n"),
        (_OK + b"X: ", b"y"),
        (b"HTTP/1.1 200 ", b"O"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
    ],
)
def test_an_answer_that_trickles_is_too_slow_as_a_whole_and_is_cut_off(head: bytes, piece: bytes) -> None:
    with pouring(head, piece) as (url, cut):
        begun = time.monotonic()
        with pytest.raises(CouldNotJudge, match="no complete answer"):
            ask(url, timeout=0.3)
        assert time.monotonic() - begun < 10
        assert cut.wait(5)


def test_what_a_redirect_holds_is_not_read() -> None:
    with (
        pouring(b"HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\n", b" " * 100_000) as (url, cut),
        pytest.raises(CouldNotJudge, match="302"),
    ):
        ask(url, timeout=5)
    assert cut.wait(5)


@pytest.mark.parametrize("fault", ["503", "cut"])
def test_retries_are_bounded_and_back_off(fault: str) -> None:
    waits: list[float] = []
    with (
        StandIn(misbehaviours=[fault]) as tenant,
        GuardedTenant(settings(tenant.url, backoff=0.5, attempts=4), sleep=waits.append) as live,
        pytest.raises(CouldNotJudge),
    ):
        live.call("Batch.GetBatchTaskInfo", {"Id": 42})
    assert waits == [0.5, 1.0, 2.0]


@pytest.mark.parametrize("fault", ["503#1", "cut#1"])
def test_a_passing_fault_is_got_over(fault: str) -> None:
    with StandIn(misbehaviours=[fault]) as tenant:
        assert ask(tenant.url).succeeded is True


def test_retry_after_is_heeded_within_bounds() -> None:
    waits: list[float] = []
    unavailable = [http("503 Service Unavailable", b"", f"Retry-After: {after}") for after in ("7", "86400", "soon")]
    with (
        speaking(*unavailable, None) as (url, _),
        GuardedTenant(settings(url, attempts=4, backoff=0.1), sleep=waits.append) as live,
        pytest.raises(CouldNotJudge),
    ):
        live.call("Batch.GetBatchTaskInfo", {"Id": 42})
    assert waits == [7.0, 30.0, 0.4]


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (http("302 Found", b"", "Location: https://login.example.com/?token=secret"), "login-page"),
        (http("302 Found", b"", "Location: https://1234567-1234-9876.example/"), "login-page"),
        (http("302 Found", b"", "Location: http://[secret/"), "login-page"),
        (http("302 Found", b"", "Location: http://login:99999999/"), "login-page"),
        (http("200 \xff" + "x" * 70_000), "unreachable"),
        (http("401 Unauthorized"), "login-page"),
        (http("403 Forbidden", b"<html>"), "login-page"),
        (http("200 OK", b"\n<!DOCTYPE HTML><p>", "Content-Type: text/xml"), "login-page"),
        (http("404 Not Found", b"<html>"), "not-found"),
        (http("429 Too Many Requests"), "unavailable"),
        (http("502 Bad Gateway", b"<html>"), "unavailable"),
        (b"no HTTP at all\r\n\r\n", "unreachable"),
    ],
)
def test_answers_that_are_not_the_services_and_are_asked_for_once(answer: bytes, cause: str) -> None:
    with speaking(answer) as (url, asked), pytest.raises(CouldNotJudge) as caught:
        ask(url, attempts=1)
    assert caught.value.cause == cause
    assert "secret" not in str(caught.value) and APPLICATION_TOKEN not in str(caught.value)
    assert len(asked) == 1


def test_no_other_credentials_go_along(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with speaking(http("401 Unauthorized")) as (url, asked), pytest.raises(CouldNotJudge):
        ask(url)
    assert b"authorization" not in asked[0][0].lower()


def test_an_agent_that_is_gone_is_a_breach_where_another_answers() -> None:
    contract = contracts.load()
    other = [service for service in contract.services if service.agent != "Batch"]
    with StandIn(services=other) as tenant, GuardedTenant(settings(tenant.url)) as live:
        live.call("SoPrincipal.GetSystemInfo")
        verdict = contract.judge(live.call("Batch.GetBatchTaskInfo", {"Id": 42}).response)
        assert [violation.rule for violation in verdict.violations] == ["http-status"]
        with pytest.raises(CouldNotJudge, match="no WSDL of Batch: HTTP 404"):  # it need not serve any
            live.drift()


# --- drift ----------------------------------------------------------------------------------------------------------


def test_no_drift() -> None:
    with StandIn() as tenant, GuardedTenant(settings(tenant.url)) as live:
        assert live.drift() == ()


def test_drift_is_what_changed_in_the_tenants_wsdl(tmp_path: Path) -> None:
    for service in contracts.load().services:
        described = Path(service.source).read_text(encoding="utf-8")
        changed = re.sub(r'<xs:enumeration value="Failed"(?:/>|>.*?</xs:enumeration>)', "", described, flags=re.DOTALL)
        (tmp_path / f"{service.agent}.wsdl").write_text(changed, encoding="utf-8")
    with (
        StandIn(services=contracts.load(tmp_path).services) as tenant,
        GuardedTenant(settings(tenant.url)) as live,
    ):
        changes = live.drift()
    assert "BatchTaskState.Failed" in {change.path for change in changes}


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("http://schemas.xmlsoap.org/wsdl/soap/", "http://schemas.xmlsoap.org/wsdl/soap12/", "soap-version-changed"),
        ('use="literal"', 'use="encoded"', "use-changed"),
        ("NetServer/Services85", "NetServer/Services86", "namespace-changed"),
    ],
)
def test_drift_to_what_no_caller_understands(before: str, after: str, rule: str) -> None:
    contract = contracts.load(str(DATA / "Services85" / "Batch"))
    served = (DATA / "Services85" / "Batch" / "service.wsdl").read_text("utf-8").replace(before, after)
    with (
        speaking(http("200 OK", served.encode(), "Content-Type: text/xml")) as (url, _),
        GuardedTenant(settings(f"{url}/Remote/Services85"), contract) as live,
    ):
        changes = live.drift()
    assert {(change.severity, change.rule) for change in changes} == {("breaking", rule)}


@pytest.mark.parametrize(
    ("fault", "cause"), [("503", "unavailable"), ("login-page", "login-page"), ("empty", "no-wsdl")]
)
def test_drift_that_cannot_be_seen(fault: str, cause: str) -> None:
    with (
        StandIn(misbehaviours=[fault]) as tenant,
        GuardedTenant(settings(tenant.url)) as live,
        pytest.raises(CouldNotJudge) as caught,
    ):
        live.drift()
    assert caught.value.cause == cause


@pytest.mark.parametrize(
    ("new", "declared"),
    [
        ('<xs:element name="AnswerOnly" type="xs:string" minOccurs="0" nillable="true"/>', True),
        ("", False),
    ],
)
def test_a_member_that_the_tenants_own_wsdl_declares(tmp_path: Path, new: str, declared: bool) -> None:
    """The same to a call as to drift: risky, and no breach; what no WSDL declares is one."""
    first = '<xs:element name="SoTimeZoneId" type="xs:int" minOccurs="0"/>'
    for service in contracts.load().services:
        text = Path(service.source).read_text(encoding="utf-8").replace(first, new + first)
        (tmp_path / f"{service.agent}.wsdl").write_text(text, encoding="utf-8")
    with StandIn(services=contracts.load(tmp_path).services) as tenant, GuardedTenant(settings(tenant.url)) as live:
        service, operation = contracts.load().operation("Batch.StopBatchJob")
        data = make_sample(service, operation, "response", form="full").replace(
            b"<Batch:SoTimeZoneId>", b"<Batch:AnswerOnly>x</Batch:AnswerOnly><Batch:SoTimeZoneId>"
        )
        answer = Message(data, direction="response")
        assert not contracts.load().judge(answer, operation=operation.label).kept
        assert live.declares_itself(service, answer, operation.label) == declared
        assert any("own WSDL declares it" in line for line in live.remarks) == declared
        assert [change.severity for change in live.drift() if "AnswerOnly" in change.path] == ["risky"] * declared
