"""For every test: nothing talks to a host other than loopback, and recordings are matched on all that matters."""

from __future__ import annotations

import os
import tempfile
from typing import Any

import pytest

pytest_plugins = ["pytester"]


def pytest_configure(config: pytest.Config) -> None:
    """The journals of jobs that tests start lie in no user's folder."""
    state = tempfile.TemporaryDirectory()
    config.add_cleanup(state.cleanup)
    os.environ["XDG_STATE_HOME"] = state.name


def pytest_recording_configure(config: pytest.Config, vcr: Any) -> None:
    """vcrpy knows nothing of SOAPAction, and would replay another operation's response."""
    from contracts.recording.vcr import register

    register(vcr)


@pytest.fixture(scope="module")
def vcr_config() -> dict[str, Any]:
    from contracts.recording import vcr

    return vcr.vcr_config()
