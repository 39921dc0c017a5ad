"""The stand-in tenant's state in SQLite: batch jobs and tickets.

A job's state is never written: it is worked out from when the job was made, how long it takes and when it was
stopped, so that nothing has to run in the background and a restart changes nothing.

How a job goes is settled by words in the Context of the BatchTaskInfo that starts it:

* ``takes=SECONDS``: how long until it has ended; else as long as the stand-in's jobs take by default
* ``endless``: it runs until it is stopped
* ``fails``: it ends as Failed, not as Succeeded

The first tenth of that time it is New, the second tenth Aquired, then Started. A stopped job is Failed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..model import ContractsError

_TAKES = re.compile(r"takes=(\d+(?:\.\d+)?)")
_PATIENCE = 30.0
"""Seconds to wait for another process that writes."""
_SHAPE = 1  # of the tables: a file with another number was not made by this version
_TABLES = (
    "CREATE TABLE job (id INTEGER PRIMARY KEY AUTOINCREMENT, created REAL NOT NULL, takes REAL,"
    " fails INTEGER NOT NULL, stopped REAL, carrier TEXT NOT NULL)",
    "CREATE TABLE ticket (digest TEXT PRIMARY KEY, login TEXT NOT NULL, expires REAL NOT NULL)",
    f"PRAGMA user_version = {_SHAPE}",
)


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the table. Times are seconds since 1970; ``takes`` None: until it is stopped; ``carrier``: JSON."""

    id: int
    created: float
    takes: float | None
    fails: int
    stopped: float | None
    carrier: str

    def state(self, now: float) -> str:
        """A BatchTaskState."""
        if self.stopped is not None:
            return "Failed"
        age = now - self.created
        if self.takes is None:
            return "Started"
        if age < self.takes:
            return "New" if age < self.takes / 10 else "Aquired" if age < self.takes / 5 else "Started"
        return "Failed" if self.fails else "Succeeded"

    def info(self, now: float) -> dict[str, Any]:
        """The BatchTaskInfo: the carrier, and what the service itself knows of the job."""
        state = self.state(now)
        waiting = state in ("New", "Aquired")
        done = 0.0 if waiting or not self.takes else ((self.stopped or now) - self.created) / self.takes
        results = {"Succeeded": "Done", "Failed": "Stopped" if self.stopped is not None else "Failed"}
        own: dict[str, Any] = {"Id": self.id, "State": state, "Created": _date_time(self.created)}
        own["ProgressPercent"] = int(100 * min(1.0, done))
        if not waiting:
            own |= {"LastStarted": _date_time(self.created + (self.takes or 0) / 5), "StartCount": 1}
        if state in results:
            own["Result"] = results[state]
        carrier: dict[str, Any] = json.loads(self.carrier)
        return carrier | own


class JobStore:
    """Jobs and tickets, safe to use from many threads and processes. ``path`` None: in memory.

    Raises ContractsError for a file that cannot be used.
    """

    def __init__(self, path: Path | str | None, clock: Callable[[], float], job_seconds: float) -> None:
        self._clock, self._job_seconds = clock, job_seconds
        self._lock = threading.Lock()
        try:
            # Without an isolation level of Python's: transactions begin where _open_transaction says.
            self._db = sqlite3.connect(
                path or ":memory:", timeout=_PATIENCE, check_same_thread=False, isolation_level=None
            )
        except sqlite3.Error as error:
            raise ContractsError(f"{path}: cannot be used as the tenant's database: {error}") from None
        try:
            self._prepare_tables()
        except (sqlite3.Error, ContractsError) as error:
            self._db.close()
            raise ContractsError(f"{path}: cannot be used as the tenant's database: {error}") from None

    def _prepare_tables(self) -> None:
        if self._is_empty():
            with self._open_transaction() as db:  # whole or not at all, and once, whoever else opens the file now
                if self._is_empty():
                    for statement in _TABLES:
                        db.execute(statement)
                    # A fresh tenant has two jobs: 42 runs until it is stopped, 43 is done. The next one is 44.
                    now = self._clock()
                    running = {"Name": "nightly", "ParameterObject": {"a": "b"}, "Context": "endless"}
                    self._insert_job(42, now, None, False, running)
                    self._insert_job(43, now - 60, 30.0, False, {"Name": "done"})
        if self._db.execute("PRAGMA user_version").fetchone()[0] != _SHAPE:
            raise ContractsError("it holds something else")
        with suppress(sqlite3.OperationalError):  # it is for speed; somebody else may be doing it just now
            self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")

    def _is_empty(self) -> bool:
        return not self._db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def _open_transaction(self) -> Iterator[sqlite3.Connection]:
        """A transaction that nobody else writes in, from its first look on."""
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            yield self._db

    # --- jobs ---------------------------------------------------------------------------------------------------

    def start_job(self, carrier: dict[str, Any]) -> int:
        """Makes a job; returns its id."""
        words = (carrier.get("Context") or "").split()
        takes = next((float(m[1]) for word in words if (m := _TAKES.fullmatch(word))), self._job_seconds)
        with self._open_transaction():
            return self._insert_job(
                None, self._clock(), None if "endless" in words else takes, "fails" in words, carrier
            )

    def _insert_job(
        self, number: int | None, created: float, takes: float | None, fails: bool, carrier: dict[str, Any]
    ) -> int:
        row = (number, created, takes, fails, None, json.dumps(carrier))
        return self._db.execute("INSERT INTO job VALUES (?, ?, ?, ?, ?, ?)", row).lastrowid or 0

    def list_jobs(self) -> list[dict[str, Any]]:
        """The BatchTaskInfos of all jobs, by id."""
        with self._lock:
            rows = self._db.execute("SELECT * FROM job ORDER BY id").fetchall()
        now = self._clock()
        return [Job(*row).info(now) for row in rows]

    def find_job(self, number: int) -> dict[str, Any] | None:
        with self._lock:
            job = self._find_job(number)
        return job.info(self._clock()) if job else None

    def stop_job(self, number: int) -> bool:
        """True when the job was running; it is Failed from now on."""
        with self._open_transaction() as db:
            now = self._clock()
            job = self._find_job(number)
            if job is None or job.state(now) != "Started":
                return False
            db.execute("UPDATE job SET stopped = ? WHERE id = ?", (now, number))
            return True

    def update_job(self, carrier: dict[str, Any]) -> dict[str, Any] | None:
        """Replaces what a caller may say of a job; how far it is, it is. None where there is no such job."""
        with self._open_transaction() as db:
            db.execute("UPDATE job SET carrier = ? WHERE id = ?", (json.dumps(carrier), carrier["Id"]))
        return self.find_job(carrier["Id"])

    def delete_jobs(self, numbers: Iterable[int]) -> None:
        with self._open_transaction() as db:
            db.executemany("DELETE FROM job WHERE id = ?", [(n,) for n in numbers])

    def _find_job(self, number: int) -> Job | None:
        row = self._db.execute("SELECT * FROM job WHERE id = ?", (number,)).fetchone()
        return Job(*row) if row else None

    # --- tickets ------------------------------------------------------------------------------------------------

    def add_ticket(self, ticket: str, login: str, seconds: float) -> None:
        """Makes a ticket valid. Only its digest is kept."""
        with self._open_transaction() as db:
            now = self._clock()
            # One that expired is remembered for an hour: its caller is told so, and not that it is unknown.
            db.execute("DELETE FROM ticket WHERE expires <= ?", (now - 3600,))
            db.execute("INSERT OR REPLACE INTO ticket VALUES (?, ?, ?)", (_digest_ticket(ticket), login, now + seconds))

    def ticket_status(self, ticket: str) -> str:
        """``valid``, ``expired`` or ``unknown``."""
        with self._lock:
            row = self._db.execute("SELECT expires FROM ticket WHERE digest = ?", (_digest_ticket(ticket),)).fetchone()
        if row is None:
            return "unknown"
        return "valid" if row[0] > self._clock() else "expired"


def _digest_ticket(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()


def _date_time(seconds: float) -> str:
    """A dateTime without a zone, as the service's own times are: UTC here."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S")
