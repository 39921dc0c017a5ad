"""What the tests of `diff` share: WSDLs, and what was changed between two of them."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, settings

from contracts.diff.change_rules import example_pair
from contracts.diff.compare import compare
from contracts.model import Change
from contracts.wsdl.document import parse_wsdl
from contracts.wsdl.service import Service

PACKAGE = Path(__file__).parents[2] / "contracts"
BATCH = PACKAGE / "Services85" / "Batch" / "service.wsdl"
EXAMPLES = PACKAGE / "diff" / "examples"
CALM = settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
"""For Hypothesis: the same examples on each run, and nothing that measures the machine."""


def services(data: bytes, name: str = "service.wsdl") -> list[Service]:
    return parse_wsdl(data, name, any_binding=True)


def pair(rule: str) -> tuple[bytes, bytes]:
    """The old and the new WSDL of the change's example."""
    old, new = example_pair(rule)
    return old.read_bytes(), new.read_bytes()


def changes(old: bytes, new: bytes) -> tuple[Change, ...]:
    return compare(services(old), services(new))


def told(found: tuple[Change, ...]) -> list[tuple[str, str]]:
    """(rule, path), sorted."""
    return sorted((change.rule, change.path) for change in found)
