"""``--tenant stand-in|live|URL`` -> an open tenant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ..contract import Contract
from ..model import ContractsError
from ..model.wording import suggest_nearest
from .guarded_tenant import GuardedTenant
from .tenant_settings import TenantSettings

SUITE_JOB = "services85-contracts"
"""The name of the job that is started on the stand-in, where nobody's jobs are at stake."""


@contextmanager
def open_tenant(
    which: str,
    contract: Contract,
    *,
    misbehaviours: Sequence[str] = (),
    production: str | None = None,
    allow_start: str | None = None,
) -> Iterator[GuardedTenant]:
    """The tenant for the length of a ``with`` block.

    ``which``: ``stand-in`` (started for the block; it misbehaves as ``misbehaviours`` say), ``live`` (what the
    environment or pyproject.toml say), or a URL. Raises ContractsError: nothing could be judged then.
    """
    settings = choose_settings(which, misbehaviours=misbehaviours, production=production, allow_start=allow_start)
    if settings is not None:
        with GuardedTenant(settings, contract) as tenant:
            yield tenant
        return
    from ..standin.server import StandIn

    with StandIn(misbehaviours=misbehaviours) as server:
        # A machine may be busy, so an answer has a minute; where it is told to misbehave, none may ever come.
        timeout = 5.0 if misbehaviours else 60.0
        agents = frozenset(server.agents)
        settings = stand_in_settings(server.url, allow_start or SUITE_JOB, timeout=timeout, backoff=0.05, agents=agents)
        with GuardedTenant(settings, contract) as tenant:
            yield tenant


def stand_in_settings(url: str, allow_start: str = SUITE_JOB, **options: Any) -> TenantSettings:
    """The settings for a stand-in tenant that runs; ``options`` are other fields."""
    from ..standin.agents import APPLICATION_TOKEN, PASSWORD, USER_NAME

    return TenantSettings(
        url, APPLICATION_TOKEN, USER_NAME, PASSWORD, allow_start=(allow_start,), keep_journal=False, **options
    )


def choose_settings(
    which: str, *, misbehaviours: Sequence[str] = (), production: str | None = None, allow_start: str | None = None
) -> TenantSettings | None:
    """What `open_tenant` would use; None for the stand-in. Talks to nobody. Raises ContractsError for what is wrong."""
    if which == "stand-in":
        from ..standin.server import StandIn

        StandIn(misbehaviours=misbehaviours)
        return None
    if misbehaviours:
        raise ContractsError(f"--fault is for the stand-in, not for {which}")
    if which != "live" and not which.startswith(("http://", "https://")):
        hint = suggest_nearest(which, ("stand-in", "live"))
        raise ContractsError(f"--tenant {which}: stand-in, live, or a URL{hint}")
    return TenantSettings.read(
        url=None if which == "live" else which,
        production=production,
        allow_start=(allow_start,) if allow_start else (),
    )
