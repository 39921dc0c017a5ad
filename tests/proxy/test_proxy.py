"""What the proxy passes on, byte by byte, and what it hands to its callback."""

from __future__ import annotations

from contracts.proxy.server import Exchange, Proxy
from contracts.proxy.upstream import read_address
from contracts.standin.server import StandIn
from tests.standin.calls import call


def test_an_exchange_passes_and_is_handed_over() -> None:
    seen: list[Exchange] = []
    with StandIn() as tenant, Proxy(read_address(tenant.url), seen.append) as proxy:
        assert call(proxy.url, "StopBatchJob", "<b:Id>42</b:Id>").text("Response") == "true"
    assert [(one.number, one.status, one.problem) for one in seen] == [(1, 200, "")]
