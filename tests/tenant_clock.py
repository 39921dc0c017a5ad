"""A tenant whose time stands still until a test moves it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contracts.standin.server import StandIn


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
