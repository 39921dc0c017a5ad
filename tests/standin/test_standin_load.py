"""Fifty clients at once: every answer right, no job lost, nothing in the log."""

from __future__ import annotations

import http.client
import logging
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.helpers.tenant_clock import StandIn

from .calls import NS, envelope

CLIENTS, ROUNDS = 50, 10
_RESPONSE = re.compile(rb"<Response[^>]*>([^<]*)</Response>")
_NAME = re.compile(rb"<Name>([^<]*)</Name>")


class Client:
    """One client with one connection that it keeps."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._path = parts.path
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)

    def ask(self, operation: str, inner: str) -> bytes:
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NS}/Batch/{operation}"'}
        body = envelope(f"<b:{operation}>{inner}</b:{operation}>")
        self._connection.request("POST", f"{self._path}/Batch.svc", body, headers)
        response = self._connection.getresponse()
        data = response.read()
        assert response.status == 200, data
        return data

    def close(self) -> None:
        self._connection.close()


def work(url: str, gate: threading.Barrier, client: int) -> tuple[list[int], int]:
    """Starts jobs, reads each back, stops every second one; the ids of those left running, and the requests made."""
    connection = Client(url)
    running, asked = [], 0
    gate.wait()
    for turn in range(ROUNDS):
        name = f"client {client} job {turn}"
        job = f"<b:BatchTaskInfo><b:Name>{name}</b:Name><b:Context>endless</b:Context></b:BatchTaskInfo>"
        number = int(found(_RESPONSE, connection.ask("StartBatchJob", job)))
        assert found(_NAME, connection.ask("GetBatchTaskInfo", f"<b:Id>{number}</b:Id>")) == name
        asked += 2
        if turn % 2:
            for expected in ("true", "false"):
                assert found(_RESPONSE, connection.ask("StopBatchJob", f"<b:Id>{number}</b:Id>")) == expected
                asked += 1
        else:
            running.append(number)
    connection.close()
    return running, asked


def found(pattern: re.Pattern[bytes], data: bytes) -> str:
    match = pattern.search(data)
    assert match, data
    return match[1].decode()


@pytest.mark.parametrize("kept", [False, True], ids=["in memory", "in a file"])
def test_fifty_clients_at_once(tmp_path: Path, caplog: pytest.LogCaptureFixture, kept: bool) -> None:
    caplog.set_level(logging.WARNING)
    gate = threading.Barrier(CLIENTS)
    with StandIn(tmp_path / "tenant.db" if kept else None) as tenant, ThreadPoolExecutor(CLIENTS) as pool:
        done = list(pool.map(lambda client: work(tenant.url, gate, client), range(CLIENTS)))
        last = Client(tenant.url)
        everything = last.ask("GetBatchTaskInfosByState", "<b:State>Started</b:State>")
        last.close()
        saw = len(tenant.saw)
    running = [number for numbers, _ in done for number in numbers]
    assert len(running) == len(set(running)) == CLIENTS * ROUNDS // 2
    listed = {int(number) for number in re.findall(rb"<Id>(\d+)</Id>", everything)}
    assert listed == {42, *running}
    assert saw == sum(asked for _, asked in done) + 1 == CLIENTS * ROUNDS * 3 + 1
    assert caplog.records == []
