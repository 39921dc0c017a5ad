"""Clients that send nothing whole make room for those that do: by time, by number, and where no descriptor is left."""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from contracts.standin import connections
from tests.helpers.tenant_clock import StandIn

from .test_standin_load import Client

STOP_42 = ("StopBatchJob", "<b:Id>42</b:Id>")


@contextlib.contextmanager
def waiting(url: str, count: int) -> Iterator[list[socket.socket]]:
    """Connections that have sent the beginning of a request."""
    parts = urlsplit(url)
    with contextlib.ExitStack() as stack:
        made = []
        for _ in range(count):
            made.append(stack.enter_context(socket.create_connection((parts.hostname or "", parts.port or 0), 5)))
            made[-1].sendall(b"POST / HTTP/1.1\r\nX-")
        yield made


def is_closed(one: socket.socket) -> bool:
    """Whether the other side closes it within its time-out."""
    with contextlib.suppress(ConnectionError):
        return one.recv(1) == b""
    return True


def test_the_head_of_a_request_has_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.5)
    with StandIn() as tenant, waiting(tenant.url, 1) as (slow,):
        client = Client(tenant.url)
        for _ in range(20):
            with contextlib.suppress(OSError):
                slow.sendall(b"x")
            client.ask("GetBatchTaskInfo", "<b:Id>42</b:Id>")
            time.sleep(0.1)
        assert is_closed(slow)
        client.close()


def test_who_waits_longest_makes_room_and_nobody_who_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "count_allowed", lambda: 20)
    with StandIn() as tenant:
        first = Client(tenant.url)
        assert b"<Response>true" in first.ask(*STOP_42)
        with waiting(tenant.url, 60) as slow:
            others = [Client(tenant.url) for _ in range(10)]
            for _ in range(3):
                assert all(b"<Response>false" in client.ask(*STOP_42) for client in (first, *others))
            assert is_closed(slow[0])
        for client in (first, *others):
            client.close()


def test_without_a_descriptor_it_waits_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    tried = []

    def full(self: object) -> None:
        tried.append(time.monotonic())
        raise OSError(errno.EMFILE, "Too many open files")

    with StandIn() as tenant:
        with monkeypatch.context() as patch, waiting(tenant.url, 0):
            patch.setattr("waitress.wasyncore.dispatcher.accept", full)
            parts = urlsplit(tenant.url)
            with socket.create_connection((parts.hostname or "", parts.port or 0), 5):
                time.sleep(1.2)
        assert 1 <= len(tried) <= 5
        client = Client(tenant.url)
        assert b"<Response>true" in client.ask(*STOP_42)
        client.close()
    assert [record.getMessage() for record in caplog.records] == ["no connection can be accepted: Too many open files"]
