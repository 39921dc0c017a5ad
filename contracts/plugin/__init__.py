"""The pytest plugin: options, fixtures and parametrisation for the contract suite and for a team's own tests.

Thin: what costs time is imported where a fixture or an argument asks for it.

    def test_every_request(services85_operation, services85_contract): ...
"""

from __future__ import annotations

PROFILES = ("dev", "ci", "nightly")
"""What HYPOTHESIS_PROFILE may be for the suite, which registers them."""

pytest_plugins = [f"{__name__}.{part}" for part in ("options", "reports", "parameters", "fixtures", "traffic")]
"""None before one that it imports: pytest warns of a plugin that is imported before it is named."""
