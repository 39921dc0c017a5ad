"""What pytest shows of values (-l, -vv, --full-trace, JUnit) holds no ticket, token or password of a tenant's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contracts.standin.agents import APPLICATION_TOKEN, PASSWORD, USER_NAME
from contracts.standin.server import StandIn

ASK = """
def test_ask(services85_tenant):
    seen = "a value of the test's own"
    tenant = services85_tenant
    exchange = tenant.call("Batch.GetBatchTaskInfo", {"Id": 42})
    exchange.verdict.raise_if_broken()
    assert not exchange
"""

CALL = """
from contracts.clients import make_client

def test_call(services85_tenant):
    seen = "a value of the test's own"
    settings = services85_tenant.settings
    client = make_client(
        None, "Batch", address=settings.url, application_token=settings.application_token,
        ticket=services85_tenant.ticket,
    )
    client.service.StopBatchJob(Id=42)
"""


@pytest.mark.parametrize("code", [ASK, CALL], ids=["ask", "zeep"])
@pytest.mark.parametrize("fault", ["cut@SoPrincipal", "fault@SoPrincipal", "cut@Batch", "truncated@Batch", "slow=0"])
def test_no_secret_in_any_trace(
    code: str, fault: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = {"APPLICATION_TOKEN": APPLICATION_TOKEN, "USER": USER_NAME, "PASSWORD": PASSWORD}
    for name, value in secrets.items():
        monkeypatch.setenv(f"SERVICES85_{name}", value)
    pytester.makepyfile(code)
    with StandIn(misbehaviours=[fault]) as tenant:
        options = ("-l", "-vvv", "--full-trace", "--junitxml=out.xml", "-pno:cacheprovider", "-pno:xdist")
        result = pytester.runpytest(*options, f"--services85-tenant={tenant.url}")
    text = result.stdout.str() + result.stderr.str() + Path(pytester.path, "out.xml").read_text(encoding="utf-8")
    assert result.ret != 0 or fault == "slow=0"
    assert result.ret == 0 or "a value of the test's own" in text
    assert not [value for value in secrets.values() if value in text]
    assert not re.search(r"7T:[A-Za-z0-9+/]{10}", text)
