"""Which jobs were started on a tenant and may still run, on disk: a run that is killed leaves them to the next one."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

from platformdirs import user_state_path

from ..files.writing import write_whole
from ..model import ContractsError


@dataclass(frozen=True, slots=True)
class StartedJob:
    """``agent`` and ``name`` of the job; ``number``: its id, None as long as no answer has told it."""

    agent: str
    name: str
    number: int | None = None


class JobJournal:
    """The jobs of one tenant, in this user's own folder; ``tenant`` None: in memory only. To be used under the tenant's
    lock. Raises ContractsError where it cannot be read or written: then nothing is started."""

    def __init__(self, tenant: str | None) -> None:
        digest = hashlib.sha256((tenant or "").encode()).hexdigest()[:16]
        self._path = user_state_path("services85-contracts") / f"jobs-{digest}.json" if tenant else None
        self.jobs: list[StartedJob] = []
        try:
            if self._path is not None and self._path.exists():
                self.jobs = [StartedJob(**row) for row in json.loads(self._path.read_text("utf-8"))]
        except (OSError, ValueError, TypeError) as error:
            raise ContractsError(f"{self._path}: the journal of started jobs cannot be read: {error}") from None

    def add(self, job: StartedJob) -> None:
        """Before the job is started."""
        self._write_jobs([*self.jobs, job])

    def replace(self, job: StartedJob, known: StartedJob) -> None:
        """Once an answer has told its id; in one step, as a run may be killed at any."""
        self._write_jobs([known if one == job else one for one in self.jobs])

    def remove(self, job: StartedJob) -> None:
        """Once it has ended, or somebody was told of it, or it turns out that it was never started."""
        self._write_jobs([one for one in self.jobs if one != job])

    def _write_jobs(self, jobs: list[StartedJob]) -> None:
        if self._path is not None:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                write_whole(self._path, json.dumps([asdict(job) for job in jobs]), lasting=True)
            except OSError as error:
                raise ContractsError(f"{self._path}: the journal of started jobs cannot be written: {error}") from None
        self.jobs = jobs
