"""`services85 serve`: the stand-in tenant, until Ctrl-C."""

from __future__ import annotations

import logging
import sys

import click

from ..contract import load
from ..model.urls import is_loopback
from ..proxy.upstream import read_address
from ..standin import server
from ..standin.agents import TICKET
from . import options
from .options import flag, many, option
from .watching import Watching, watch_traffic, watching_options


@options.command
def serve(
    *,
    host: str = options.host,
    port: int = options.port,
    db: str | None = option(metavar="FILE", help="Keep the jobs in this SQLite file."),
    tickets: tuple[str, ...] = many("--ticket", metavar="TEXT", help="A ticket that is valid."),
    faults: tuple[str, ...] = options.faults,
    judge: bool = flag(help="Judge what is asked and answered, as watch does."),
    watching: Watching = watching_options,
) -> int:
    """Examples:
      services85 serve                        a free port of 127.0.0.1
      services85 serve --port 8085 --db jobs.sqlite
      services85 serve --fault 503#2 --fault slow=3@StopBatchJob
      services85 serve --judge                broken requests are named as they come

    It has Batch and SoPrincipal of Services85, and two jobs: 42 runs, 43 is done.
    -v logs each request. The options from --reject on want --judge.
    """
    if not is_loopback(host):
        options.remark(f"on {host} others can reach it, and its tickets and password are public")
    valid = (*tickets, TICKET)
    if not judge:
        if watching.is_asked_for:
            raise click.UsageError("what is judged, and reported, wants --judge")
        if watching.verbose:
            server.log.setLevel(logging.INFO)
            server.log.addHandler(logging.StreamHandler())
        tenant = server.StandIn(db, list(faults), host, port, tickets=valid, onsite=watching.onsite)
        server.run_tenant(tenant, sys.stdout)
        return 0
    with server.StandIn(db, list(faults), tickets=valid, onsite=watching.onsite) as tenant:
        says = server.describe_login(valid)
        return watch_traffic(read_address(tenant.url), load(), watching, host, port, says=says, what="stand-in tenant")
