"""Where two services differ in meaning."""

from __future__ import annotations

from contracts.model import Service
from contracts.sources.meaning import facts


def differences(one: Service, other: Service) -> list[str]:
    """The paths whose facts differ."""
    left, right = facts(one), facts(other)
    return sorted(path for path in left.keys() | right.keys() if left.get(path) != right.get(path))
