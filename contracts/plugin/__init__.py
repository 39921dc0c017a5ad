"""The pytest plugin: options, fixtures and parametrisation for the contract suite and for a team's own tests.

Thin: what costs time is imported where a fixture or an argument asks for it.

    def test_every_request(services85_operation, services85_contract): ...
"""

from __future__ import annotations

from .fixtures import (
    services85,
    services85_candidate,
    services85_cassette,
    services85_cassettes,
    services85_contract,
    services85_evidence,
    services85_example,
    services85_judge,
    services85_operation,
    services85_parameter,
    services85_provenance,
    services85_tenant,
)
from .options import pytest_addoption, pytest_configure
from .parameters import pytest_generate_tests
from .reports import pytest_report_teststatus, pytest_runtest_makereport, pytest_terminal_summary
from .traffic import (
    pytest_collection_modifyitems,
    pytest_runtest_call,
    pytest_runtest_setup,
    pytest_runtest_teardown,
)

PROFILES = ("dev", "ci", "nightly")
"""What HYPOTHESIS_PROFILE may be for the suite, which registers them."""

__all__ = [
    "PROFILES",
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_generate_tests",
    "pytest_report_teststatus",
    "pytest_runtest_call",
    "pytest_runtest_makereport",
    "pytest_runtest_setup",
    "pytest_runtest_teardown",
    "pytest_terminal_summary",
    "services85",
    "services85_candidate",
    "services85_cassette",
    "services85_cassettes",
    "services85_contract",
    "services85_evidence",
    "services85_example",
    "services85_judge",
    "services85_operation",
    "services85_parameter",
    "services85_provenance",
    "services85_tenant",
]
