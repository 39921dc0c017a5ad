"""A command: the stand-in under load, and killed over and over. Nothing that it acknowledged may be lost or wrong.

    python tests/load.py drip [REQUESTS [DRIPPING [FILES]]]   20,000 at 50 at once, beside 1,000 connections that drip
    python tests/load.py kill [TIMES]                         200 kills of a server that is being asked
    python tests/load.py interrupt [TIMES]                    100 runs with --allow-start, interrupted by each signal

FILES: how many descriptors the server may have.

It prints one line, and ends with exit status 1 where an answer was wrong or a job was lost.
"""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.standin.calls import APPLICATION_TOKEN, NS, PASSWORD, USER_NAME, envelope  # noqa: E402 - found by the path above

_RESPONSE = re.compile(rb"<Response[^>]*>([^<]*)</Response>")
_NAME = re.compile(rb"<Name>([^<]*)</Name>")
_LISTED = re.compile(rb"<Id>(\d+)</Id>")
CLIENTS = 50


class Client:
    """One client with one connection, which it opens anew where it broke off between two requests."""

    def __init__(self, url: str, seconds: float = 60) -> None:
        parts = urlsplit(url)
        self._path = f"{parts.path}/Batch.svc"
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(self, operation: str, inner: str) -> bytes:
        """The answer's body; raises OSError or http.client.HTTPException where there is none, AssertionError."""
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NS}/Batch/{operation}"'}
        self._connection.request("POST", self._path, envelope(f"<b:{operation}>{inner}</b:{operation}>"), headers)
        response = self._connection.getresponse()
        data = response.read()
        assert response.status == 200, (response.status, data[:300])
        return data

    def start(self, name: str) -> int:
        job = f"<b:BatchTaskInfo><b:Name>{name}</b:Name><b:Context>endless</b:Context></b:BatchTaskInfo>"
        return int(_find(_RESPONSE, self.ask("StartBatchJob", job)))

    def name_of(self, number: int) -> str:
        return _find(_NAME, self.ask("GetBatchTaskInfo", f"<b:Id>{number}</b:Id>"))

    def stop(self, number: int) -> str:
        return _find(_RESPONSE, self.ask("StopBatchJob", f"<b:Id>{number}</b:Id>"))

    def running(self) -> set[int]:
        return {int(n) for n in _LISTED.findall(self.ask("GetBatchTaskInfosByState", "<b:State>Started</b:State>"))}


def _find(pattern: re.Pattern[bytes], data: bytes) -> str:
    match = pattern.search(data)
    assert match, data[:300]
    return match[1].decode()


@contextmanager
def serving(db: Path, log: Path, limit: str = "") -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`services85 serve` in a process of its own: its URL, and the process. ``limit``: as ulimit takes it."""
    command = [sys.executable, "-m", "contracts", "serve", "--db", str(db)]
    if limit:
        command = ["sh", "-c", f'ulimit {limit} && exec "$0" "$@"', *command]
    with log.open("a") as errors:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1], process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def dripping(url: str, count: int, seconds: float = 1.0) -> Iterator[None]:
    """That many connections, each of which sends a byte of a request every ``seconds`` and comes back when closed."""
    parts = urlsplit(url)
    address, over = (parts.hostname or "", parts.port or 80), threading.Event()

    def drip() -> None:
        open_ones: list[socket.socket] = []
        while not over.wait(seconds):
            for one in list(open_ones):
                try:
                    one.send(b"X")
                except OSError:
                    open_ones.remove(one)
                    one.close()
            while len(open_ones) < count and not over.is_set():
                try:
                    open_ones.append(one := socket.create_connection(address, timeout=5))
                    one.sendall(b"POST / HTTP/1.1\r\nX-")
                    one.setblocking(False)
                except OSError:
                    break
        for one in open_ones:
            one.close()

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def rss_of(process: subprocess.Popen[str]) -> int:
    """MB in memory now; 0 where the system does not say."""
    with suppress(OSError):
        pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") >> 20
    return 0


def work(url: str, client: int, requests: int) -> tuple[list[int], int]:
    """Starts jobs, reads each back, stops every second one: those left running, and the requests that were made."""
    running, asked = list[int](), 0
    with Client(url) as caller:
        while asked < requests:
            name = f"client {client} job {asked}"
            number = caller.start(name)
            assert caller.name_of(number) == name
            asked += 2
            if asked % 4 and asked + 1 < requests:
                assert (caller.stop(number), caller.stop(number)) == ("true", "false")
                asked += 2
            else:
                running.append(number)
    return running, asked


def drip(requests: int = 20_000, connections: int = 1_000, files: int = 0) -> str:
    """The load; raises AssertionError for whatever was answered wrong."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        with (
            serving(Path(folder, "db"), log, f"-n {files}" if files else "") as (url, process),
            dripping(url, connections),
        ):
            time.sleep(2)
            before, began = rss_of(process), time.monotonic()
            with ThreadPoolExecutor(CLIENTS) as pool:
                done = list(pool.map(lambda client: work(url, client, requests // CLIENTS), range(CLIENTS)))
            took, after = time.monotonic() - began, rss_of(process)
            expected = {number for running, _ in done for number in running}
            with Client(url) as caller:
                assert caller.running() == {42, *expected}, "jobs were lost"
        asked = sum(made for _, made in done)
        said = len(log.read_text())
    return (
        f"{asked} requests in {took:.0f} s ({asked / took:.0f} a second), {before} -> {after} MB, {said} bytes logged"
    )


@dataclass
class Told:
    """What a server acknowledged before it was killed."""

    started: dict[int, str]
    stopped: set[int]


def ask_until_killed(url: str, client: str, told: Told) -> None:
    number = 0
    with suppress(OSError, http.client.HTTPException), Client(url, 10) as caller:
        while True:
            name = f"{client}-{number}"
            told.started[job := caller.start(name)] = name
            if number % 2 and caller.stop(job) == "true":
                told.stopped.add(job)
            number += 1


def kill(times: int = 200) -> str:
    """Kills a server that four clients ask, and looks after each what it knows; some are killed at their birth."""
    kept = 0
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(times):
            db, log = Path(folder, f"db{turn // 20}"), Path(folder, "log")
            told = Told({}, set())
            with serving(db, log) as (url, process), ThreadPoolExecutor(4) as pool:
                asking = [pool.submit(ask_until_killed, url, f"{turn}-{c}", told) for c in range(4)]
                time.sleep(0.02 + turn % 10 * 0.02)
                process.send_signal(signal.SIGKILL)
                for one in asking:
                    one.result()
            if turn % 10 == 0:
                kill_at_birth(Path(folder, f"new{turn}"), log)
            with serving(db, log) as (url, _), Client(url) as caller:
                running = caller.running()
                lost = [n for n, name in told.started.items() if caller.name_of(n) != name]
                assert not lost, f"started jobs are lost: {lost}"
                assert not told.stopped & running, "stopped jobs run again"
                kept += len(told.started) + len(told.stopped)
        assert "Traceback" not in log.read_text(), log.read_text()[-2000:]
    return f"{times} kills, {kept} acknowledged starts and stops, none lost"


def kill_at_birth(db: Path, log: Path) -> None:
    """Kills servers of one new database while they create it: it is usable ever after."""
    command = [sys.executable, "-m", "contracts", "serve", "--db", str(db)]
    for pause in (0.25, 0.3, 0.35):
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(pause)
        process.kill()
        process.wait()
    with serving(db, log) as (url, _), Client(url) as caller:
        assert caller.name_of(42) == "nightly"


def interrupt(times: int = 100) -> str:
    """Ends runs that may start a job, by each signal in turn: what they leave running, they or the next run names."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)
    started = left = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder, "db"), Path(folder, "log")) as (url, _),
        Client(url) as caller,
    ):
        named = {"APPLICATION_TOKEN": APPLICATION_TOKEN, "USER": USER_NAME, "PASSWORD": PASSWORD}
        state = {f"SERVICES85_{name}": value for name, value in named.items()}
        environment = {**os.environ, **state, "XDG_STATE_HOME": folder}
        command = [sys.executable, "-m", "contracts", "verify", "--only", "live", "--tenant", url]
        command += ["--allow-start", "ours"]
        seen = {42}
        for turn in range(times):
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
            until = time.monotonic() + 30
            while not caller.running() - seen and process.poll() is None and time.monotonic() < until:
                time.sleep(0.01)
            time.sleep(turn % 7 * 0.02)
            process.send_signal(signals[turn % len(signals)])
            said = process.communicate()[0]
            running = caller.running() - seen
            started += 1
            if signals[turn % len(signals)] == signal.SIGKILL:
                said = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True).stdout
                left += bool(running)
                running = caller.running() - seen
            unnamed = {number for number in running if str(number) not in said}
            assert not unnamed, f"{unnamed} run on after {signals[turn % len(signals)].name}: {said[-500:]}"
            seen |= running
    return f"{started} runs interrupted, {left} of the killed ones left a job, which the next run stopped"


if __name__ == "__main__":
    what = {"drip": drip, "kill": kill, "interrupt": interrupt}.get(sys.argv[1] if len(sys.argv) > 1 else "")
    if what is None:
        sys.exit(__doc__)
    try:
        print(what(*map(int, sys.argv[2:])))
    except AssertionError as error:
        sys.exit(f"wrong: {error}")
