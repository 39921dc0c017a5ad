"""The load of tests/load.py, in small: dripping connections, and a server that is killed while it is asked."""

from __future__ import annotations

import sys

import pytest

from tests import load

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the kills and limits of a POSIX system")


def test_connections_that_drip_lock_nobody_out() -> None:
    assert load.drip(requests=200, connections=100, files=160).startswith("200 requests")


def test_nothing_acknowledged_is_lost_by_a_kill() -> None:
    assert load.kill(2).endswith("none lost")
