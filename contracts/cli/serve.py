"""`services85 serve`: the stand-in tenant, until Ctrl-C."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

import click

from ..model.urls import is_loopback
from . import options
from .watching import Watching, watch_options, watch_traffic


@options.command
@options.listening
@click.option("--db", metavar="FILE", help="Keep the jobs in this SQLite file.")
@click.option("--ticket", "tickets", multiple=True, metavar="TEXT", help="A ticket that is valid (repeatable).")
@options.faults
@click.option("--judge", is_flag=True, help="Judge what is asked and answered, as watch does.")
@watch_options
def serve(
    *,
    host: str,
    port: int,
    db: str | None,
    tickets: Sequence[str],
    faults: tuple[str, ...],
    judge: bool,
    watching: Watching,
) -> int:
    """Examples:
      services85 serve                        a free port of 127.0.0.1
      services85 serve --port 8085 --db jobs.sqlite
      services85 serve --fault 503#2 --fault slow=3@StopBatchJob
      services85 serve --judge                broken requests are named as they come

    -v logs each request. The options from --reject on want --judge.
    """
    from ..standin import server
    from ..standin.agents import TICKET

    if not is_loopback(host):
        print(f"services85: on {host} others can reach it, and its tickets and password are public", file=sys.stderr)
    valid = (*tickets, TICKET)
    if not judge:
        if watching.is_asked_for:
            raise click.UsageError("what is judged, and reported, wants --judge")
        if watching.verbose:
            server.log.setLevel(logging.INFO)
            server.log.addHandler(logging.StreamHandler())
        server.serve(host, port, db, list(faults), sys.stdout, valid, onsite=watching.onsite)
        return 0

    from ..contract import load
    from ..proxy.upstream import read_address

    with server.StandIn(db, list(faults), tickets=valid, onsite=watching.onsite) as tenant:
        says = server.describe_login(valid)
        return watch_traffic(read_address(tenant.url), load(), watching, host, port, says=says, what="stand-in tenant")
