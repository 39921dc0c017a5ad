"""Where two services differ in meaning."""

from __future__ import annotations

from contracts.wsdl.fingerprint import gather_facts
from contracts.wsdl.service import Service


def differences(one: Service, other: Service) -> list[str]:
    """The paths whose facts differ."""
    left, right = gather_facts(one), gather_facts(other)
    return sorted(path for path in left.keys() | right.keys() if left.get(path) != right.get(path))
