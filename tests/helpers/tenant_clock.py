"""A tenant that tells what reached it, and whose time stands still until a test moves it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from contracts.standin import server
from contracts.standin.calls import Call

VERBS = {
    "GetBatchTaskInfo": "Get",
    "StartBatchJob": "Start",
    "StopBatchJob": "Stop",
    "UpdateBatchTask": "Update",
    "GetBatchTaskInfosByState": "ByState",
}
"""As the recordings of a real server say them."""


class StandIn(server.StandIn):
    """``saw``: what the service acted on, oldest first, without passwords: ``Stop Id=42 token=… ticket=…``."""

    def __init__(self, *given: Any, **options: Any) -> None:
        self.saw: list[str] = []
        super().__init__(*given, **options, on_call=lambda call: self.saw.append(described(call)))


def described(call: Call) -> str:
    credentials = call.headers.get("Credentials")
    ticket = "-" if credentials is None else "nil" if credentials["Ticket"] is None else credentials["Ticket"]
    token = call.headers.get("ApplicationToken")
    verb = VERBS.get(call.operation.name, call.operation.name)
    return f"{verb} {_asked(verb, call.parameters)} token={'-' if token is None else token} ticket={ticket}"


def _asked(verb: str, asked: Any) -> str:
    if "BatchTaskInfo" in asked:
        job = asked["BatchTaskInfo"]
        if job is None:
            return "null"
        params = -1 if job["ParameterObject"] is None else len(job["ParameterObject"])
        return f"Name={job['Name'] or ''} State={job['State']} Details={job['DetailsTable']} params={params}"
    if verb == "ByState":
        return str(asked["State"])
    return " ".join(
        f"{name}={value}" for name, value in asked.items() if name not in ("Password", "AuthenticationData")
    )


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tenant(clock: Clock) -> Iterator[StandIn]:
    with StandIn(clock=clock, job_seconds=10, ticket_seconds=100) as running:
        yield running
