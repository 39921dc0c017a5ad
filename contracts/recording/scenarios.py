"""What is recorded, one scenario a cassette: the table ``Services85/scenarios.toml``, which says what each means."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ..standin.agents import PASSWORD, USER_NAME
from ..wsdl.load import DATA

JOB = "services85-contracts"
"""The name of the job that is started on the stand-in tenant; on a live one it is what --allow-start says."""
UNKNOWN_TICKET = "7T:bm90IGEgdGlja2V0IG9mIGFueWJvZHk="


@dataclass(frozen=True, slots=True)
class Scenario:
    """One row of the table: ``call`` is an operation, the other names are those of its keys."""

    call: str
    case: str
    on: str = "any"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    live: Mapping[str, Any] | None = None
    ticket: str = "valid"
    outcome: str = "succeeded"
    says: Mapping[str, str] = field(default_factory=dict)
    breaks: tuple[str, ...] = ()
    soap12: bool = False

    @property
    def file(self) -> str:
        """``Batch/StopBatchJob.stopped.yaml``"""
        return f"{self.call.replace('.', '/')}.{self.case}.yaml"


@lru_cache
def read_scenarios() -> tuple[Scenario, ...]:
    """All of them, in the order in which they are recorded: a job is started before it is stopped."""
    table = tomllib.loads((DATA / "Services85" / "scenarios.toml").read_text("utf-8"))
    return tuple(Scenario(**row | {"breaks": tuple(row.get("breaks", ()))}) for row in table["scenario"])


def fill_in(value: Any, number: int | None, job: str) -> Any:
    """A value of the table, with what stands for the job and the user in it replaced."""
    if isinstance(value, Mapping):
        return {key: fill_in(item, number, job) for key, item in value.items()}
    known = {"{id}": number, "{job}": job, "{user}": USER_NAME, "{password}": PASSWORD}
    return known.get(value, value) if isinstance(value, str) else value
