"""The WSDLs that a tenant serves today against the contract: what changed underneath us."""

from __future__ import annotations

import pytest

from contracts import Change
from contracts.live.guarded_tenant import GuardedTenant


def _line(change: Change) -> str:
    became = f"{change.old or 'nothing'} -> {change.new or 'nothing'}"
    return f"{change.severity}: {change.path}: {change.rule}: {became} ({change.why})"


def test_drift(services85_tenant: GuardedTenant, services85_provenance: list[str]) -> None:
    """Nothing that breaks a caller; whatever else changed is in the report."""
    changes = services85_tenant.drift()
    services85_provenance += [f"drift: {_line(change)}" for change in changes]
    breaking = [_line(change) for change in changes if change.severity == "breaking"]
    if breaking:
        pytest.fail("\n".join(["the tenant's WSDLs are not the contract's any more:", *breaking]), pytrace=False)
