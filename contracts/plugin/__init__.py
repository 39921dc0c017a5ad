"""The pytest plugin: options, fixtures and parametrisation for the contract suite and for a team's own tests.

Thin: what costs time is imported where a fixture or an argument asks for it.

    def test_every_request(services85_operation, services85_contract): ...
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

PROFILES = ("dev", "ci", "nightly")
"""What HYPOTHESIS_PROFILE may be for the suite, which registers them."""

pytest_plugins = [f"{__name__}.{part}" for part in ("options", "reports", "parameters", "fixtures", "traffic")]
"""None before one that it imports: pytest warns of a plugin that is imported before it is named."""

_NAMES = {"services85", __name__}
"""Of the entry point, and what ``-p`` or a conftest.py name: pytest refuses one plugin under two names."""


def pytest_plugin_registered(plugin: object, plugin_name: str, manager: pytest.PytestPluginManager) -> None:
    if plugin is sys.modules[__name__]:
        for other in _NAMES - {plugin_name}:
            manager.set_blocked(other)
