"""``--tenant stand-in|live|URL`` -> an open `live.Tenant`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ..contract import Contract
from ..model import ContractsError
from .config import Settings
from .signals import terminable
from .tenant import Tenant

SUITE_JOB = "services85-contracts"
"""The name of the job that is started on the stand-in, where nobody's jobs are at stake."""


@contextmanager
def connect(
    which: str,
    contract: Contract,
    *,
    faults: Sequence[str] = (),
    production: str | None = None,
    allow_start: str | None = None,
) -> Iterator[Tenant]:
    """The tenant for the length of a ``with`` block.

    ``which``: ``stand-in`` (started for the block; ``faults`` let it misbehave), ``live`` (what the environment or
    pyproject.toml say), or a URL. Raises ContractsError: nothing could be judged then.
    """
    settings = settings_for(which, faults=faults, production=production, allow_start=allow_start)
    if settings is None:
        from ..standin.server import APPLICATION_TOKEN, PASSWORD, USER_NAME, StandIn

        with StandIn(faults=faults) as server:
            settings = Settings(
                server.url,
                APPLICATION_TOKEN,
                USER_NAME,
                PASSWORD,
                allow_start=(allow_start or SUITE_JOB,),
                timeout=5.0 if faults else 60.0,  # a machine may be busy; a fault may be that nothing comes
                backoff=0.05,
            )
            with terminable(), Tenant(settings, contract) as tenant:
                yield tenant
        return
    with terminable(), Tenant(settings, contract) as tenant:
        yield tenant


def settings_for(
    which: str, *, faults: Sequence[str] = (), production: str | None = None, allow_start: str | None = None
) -> Settings | None:
    """What `connect` would use; None for the stand-in. Talks to nobody. Raises ContractsError for what is wrong."""
    if which == "stand-in":
        from ..standin.faults import Fault

        for fault in faults:
            Fault.parse(fault)
        return None
    if faults:
        raise ContractsError(f"--fault is for the stand-in, not for {which}")
    if which != "live" and not which.startswith(("http://", "https://")):
        raise ContractsError(f"--tenant {which}: stand-in, live, or a URL")
    return Settings.read(
        url=None if which == "live" else which,
        production=production,
        allow_start=(allow_start,) if allow_start else (),
    )
