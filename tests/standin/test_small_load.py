"""The load of tests/load.py, in small: dripping connections, and a server that is killed while it is asked."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests import load

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the kills and limits of a POSIX system")


def test_connections_that_drip_lock_nobody_out() -> None:
    assert load.drip(requests=200, connections=100, files=160).startswith("200 requests")


def test_nothing_acknowledged_is_lost_by_a_kill() -> None:
    assert load.kill(2).endswith("none lost")


def test_a_database_that_can_grow_no_more_is_said_in_the_log(tmp_path: Path) -> None:
    with load.serving(tmp_path / "db", tmp_path / "log", "-f 90") as (url, _), load.Client(url) as client:
        started = set()
        with pytest.raises(AssertionError, match="InternalServiceFault"):
            while len(started) < 1000:
                started.add(client.start("x" * 500))
        assert client.running() == {42, *started}
    assert (tmp_path / "log").read_text() in (
        "internal error: disk I/O error\n",
        "internal error: database or disk is full\n",
    )
