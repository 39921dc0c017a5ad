"""Where two services differ in meaning."""

from __future__ import annotations

from contracts.wsdl.fingerprint import facts
from contracts.wsdl.service import Service


def differences(one: Service, other: Service) -> list[str]:
    """The paths whose facts differ."""
    left, right = facts(one), facts(other)
    return sorted(path for path in left.keys() | right.keys() if left.get(path) != right.get(path))
