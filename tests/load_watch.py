"""Many clients at once through `watch`: nothing lost, changed or reordered, and memory flat. Not part of the test run:

python -m tests.load_watch [--clients 50] [--exchanges 10000]
"""

from __future__ import annotations

import argparse
import http.client
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO
from urllib.parse import urlsplit

from tests.helpers.messages import NS
from tests.standin.calls import call, envelope

HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NS}/Batch/GetBatchTaskInfo"'}
FLAT = 8 * 1024
"""KB that the proxy may grow by after its first tenth of the exchanges: it lists the first 10,000 verdicts."""


@contextmanager
def running(log: IO[bytes], *arguments: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A command that says first at which URL it is; its standard error goes to ``log``."""
    command = [sys.executable, "-m", "contracts", *arguments]
    with TemporaryFile() as said, subprocess.Popen(command, stdout=said, stderr=log) as process:
        while not (line := re.match(rb".* at (http\S+)\n", read_all(said))):
            time.sleep(0.05)
        try:
            yield line[1].decode(), process
        finally:
            process.terminate()
            process.wait(60)
            print(f"{arguments[0]}: exit status {process.returncode}; {read_all(said).splitlines()[-1].decode()}")


def read_all(file: IO[bytes]) -> bytes:
    with Path(f"/proc/self/fd/{file.fileno()}").open("rb") as again:
        return again.read()


def memory_of(process: subprocess.Popen[bytes]) -> int:
    """KB that it holds."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())
    return int(found[1]) if found else 0


class Client:
    """One client with one connection; it asks for its own job and for those of others, in turn."""

    def __init__(self, url: str, number: int, wanted: dict[int, bytes]) -> None:
        parts = urlsplit(url)
        self.path = f"{parts.path}/Batch.svc"
        self.connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
        self.jobs, self.wanted, self.at = sorted(wanted), wanted, number
        self.wrong = 0

    def work(self, turns: int) -> None:
        for _ in range(turns):
            self.at += 1
            job = self.jobs[self.at % len(self.jobs)]
            body = envelope(f"<b:GetBatchTaskInfo><b:Id>{job}</b:Id></b:GetBatchTaskInfo>")
            self.connection.request("POST", self.path, body, HEADERS)
            self.wrong += self.connection.getresponse().read() != self.wanted[job]


def start_jobs(url: str, count: int) -> dict[int, bytes]:
    """Jobs of different names, with the tenant's own answer for each."""
    wanted = {}
    for number in range(count):
        job = f"<b:BatchTaskInfo><b:Name>job {number}</b:Name><b:Context>endless</b:Context></b:BatchTaskInfo>"
        started = int(call(url, "StartBatchJob", job).text("Response") or "")
        wanted[started] = call(url, "GetBatchTaskInfo", f"<b:Id>{started}</b:Id>").body
    return wanted


def ask_all(url: str, clients: int, turns: int, wanted: dict[int, bytes]) -> tuple[float, int]:
    """Seconds, and how many answers were others than the tenant's own."""
    asking = [Client(url, number, wanted) for number in range(clients)]
    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(lambda client: client.work(turns), asking))
    took = time.perf_counter() - began
    for client in asking:
        client.connection.close()
    return took, sum(client.wrong for client in asking)


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--clients", type=int, default=50)
    options.add_argument("--exchanges", type=int, default=10_000)
    given = options.parse_args()
    turns = given.exchanges // given.clients
    with TemporaryFile() as log, running(log, "serve", "-v") as (tenant, _), TemporaryFile() as complaints:
        wanted = start_jobs(tenant, given.clients)
        direct, _ = ask_all(tenant, given.clients, turns // 10, wanted)
        before = read_all(log).count(b"GetBatchTaskInfo")
        with running(complaints, "watch", "--to", tenant) as (url, proxy):
            first, wrong_first = ask_all(url, given.clients, turns // 10, wanted)
            memory = memory_of(proxy)
            rest, wrong_rest = ask_all(url, given.clients, turns - turns // 10, wanted)
            grown = memory_of(proxy) - memory
        reached = read_all(log).count(b"GetBatchTaskInfo") - before
        sys.stdout.write(read_all(complaints).decode())
    asked, wrong = turns * given.clients, wrong_first + wrong_rest
    print(f"{asked} exchanges of {given.clients} clients: {reached} reached the tenant, {wrong} answers were changed")
    print(f"{asked / (first + rest):.0f} a second through watch, {turns // 10 * given.clients / direct:.0f} without it")
    print(f"the proxy's memory: {memory / 1024:.1f} MB after a tenth of them, {grown / 1024:+.1f} MB at the end")
    return 0 if reached == asked and not wrong and grown < FLAT else 1


if __name__ == "__main__":
    sys.exit(main())
