"""MisbehaviourCounter on demand: what each does to an answer, to whom, and that what was done before it stays done."""

from __future__ import annotations

import http.client
import time

import pytest
from lxml import etree

from contracts.model import ContractsError
from contracts.standin.misbehaviour import MISBEHAVIOURS, Misbehaviour, MisbehaviourCounter
from tests.helpers.tenant_clock import StandIn

from .calls import NS, Reply, call, send


def stop(tenant: StandIn, number: int = 42) -> Reply:
    return call(tenant.url, "StopBatchJob", f"<b:Id>{number}</b:Id>")


def test_503() -> None:
    with StandIn(misbehaviours=["503=7"]) as tenant:
        answer = stop(tenant)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "7")
        assert send(f"{tenant.url}/Batch.svc?wsdl", "GET").status == 503
        assert tenant.saw == []


def test_slow() -> None:
    with StandIn(misbehaviours=["slow=0.3"]) as tenant:
        began = time.perf_counter()
        assert stop(tenant).text("Response") == "true"
        assert time.perf_counter() - began >= 0.3


def test_login_page() -> None:
    with StandIn(misbehaviours=["login-page"]) as tenant:
        answer = stop(tenant)
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/html")
        assert b"<html>" in answer.body
        assert tenant.saw == []


def test_empty() -> None:
    with StandIn(misbehaviours=["empty"]) as tenant:
        assert (stop(tenant).status, stop(tenant).body) == (200, b"")
        assert len(tenant.saw) == 2


def test_cut() -> None:
    with StandIn(misbehaviours=["cut#1"]) as tenant:
        with pytest.raises(http.client.IncompleteRead) as cut:
            stop(tenant)
        assert cut.value.partial.startswith(b"<s:Envelope")
        assert stop(tenant).text("Response") == "false"  # the first one did its work


def test_truncated() -> None:
    with StandIn(misbehaviours=["truncated"]) as tenant:
        answer = stop(tenant)
        assert answer.status == 200
        assert int(answer.headers["Content-Length"]) == len(answer.body)
        with pytest.raises(etree.XMLSyntaxError):
            etree.fromstring(answer.body)


def test_wrong_operation() -> None:
    with StandIn(misbehaviours=["wrong-operation"]) as tenant:
        body = stop(tenant).root[-1][0]
        assert body.tag.startswith(f"{{{NS}}}")
        assert body.tag.endswith("Response")
        assert body.tag != f"{{{NS}}}StopBatchJobResponse"
        login = call(tenant.url, "AuthenticateImplicit", agent="SoPrincipal")
        assert login.root[-1][0].tag == f"{{{NS}}}GetSystemInfoResponse"


def test_expired_ticket() -> None:
    with StandIn(misbehaviours=["expired-ticket"]) as tenant:
        answer = stop(tenant)
        assert (answer.status, answer.text("Succeeded"), answer.text("Response")) == (200, "false", "false")
        assert "expired" in (answer.text("Message") or "")
        assert call(tenant.url, "AuthenticateImplicit", agent="SoPrincipal").text("Succeeded") == "true"


def test_succeeded_false() -> None:
    with StandIn(misbehaviours=["succeeded-false@StopBatchJob#1"]) as tenant:
        answer = stop(tenant)
        assert (answer.text("Succeeded"), answer.text("Message")) == (
            "false",
            "The operation failed, as it was told to",
        )
        assert stop(tenant).text("Response") == "true"


def test_fault() -> None:
    with StandIn(misbehaviours=["fault@Batch#1"]) as tenant:
        answer = stop(tenant)
        assert (answer.status, answer.faultcode) == (500, "a:InternalServiceFault")
        assert tenant.saw == []
        assert stop(tenant).text("Response") == "true"


def test_not_supported() -> None:
    with StandIn(misbehaviours=["not-supported"]) as tenant:
        answer = stop(tenant)
        assert (answer.status, answer.faultcode) == (500, "a:ActionNotSupported")
        assert tenant.saw == []


def test_two_at_once() -> None:
    with StandIn(misbehaviours=["slow=0.1", "truncated@Batch.StopBatchJob"]) as tenant:
        began = time.perf_counter()
        assert not stop(tenant).body.endswith(b"</s:Envelope>")
        assert time.perf_counter() - began >= 0.1


def test_stopping_does_not_wait_for_the_slow() -> None:
    import threading

    with StandIn(misbehaviours=["slow=600"]) as tenant:
        url = tenant.url

        def ask() -> None:
            with pytest.raises((OSError, http.client.HTTPException)):
                assert call(url, "StopBatchJob", "<b:Id>42</b:Id>").status == 0, "answered"

        client = threading.Thread(target=ask)
        client.start()
        began = time.perf_counter()
    client.join()
    assert time.perf_counter() - began < 30


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("slow", Misbehaviour("slow", 10.0)),
        ("slow=0.5@StopBatchJob#3", Misbehaviour("slow", 0.5, "StopBatchJob", 3)),
        ("503", Misbehaviour("503")),
        ("cut@Batch.StopBatchJob", Misbehaviour("cut", operation="Batch.StopBatchJob")),
        ("empty#2", Misbehaviour("empty", nth=2)),
    ],
)
def test_a_misbehaviour_is_read(text: str, parsed: Misbehaviour) -> None:
    assert Misbehaviour.parse(text) == parsed


@pytest.mark.parametrize(
    "text", ["", "fast", "slow=", "slow=x", "slow=-1", "slow=nan", "slow=1e9", "cut=1", "cut#0", "cut#x"]
)
def test_what_is_none_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ContractsError) as refused:
        MisbehaviourCounter([text])
    assert "\n" not in str(refused.value)


def test_each_meets_the_requests_it_is_limited_to() -> None:
    misbehaviours = MisbehaviourCounter(["cut@StopBatchJob#2", "empty@SoPrincipal.GetSystemInfo", "truncated", "503#4"])
    asked = ["Batch.StopBatchJob", None, "Batch.StopBatchJob", "SoPrincipal.GetSystemInfo", "Batch.StopBatchJob"]
    assert [sorted(misbehaviours.pick(operation)) for operation in asked] == [
        ["truncated"],
        [],
        ["cut", "truncated"],
        ["503", "empty", "truncated"],
        ["truncated"],
    ]


def test_each_of_them_has_a_test() -> None:
    assert {f"test_{name.replace('-', '_')}" for name in MISBEHAVIOURS} <= set(globals())
