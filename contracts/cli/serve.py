"""`services85 serve`: the stand-in tenant, until Ctrl-C."""

from __future__ import annotations

import sys

import click

from . import options


@options.command
@options.listening
@click.option("--db", metavar="FILE", help="Keep the jobs in this SQLite file.")
@options.faults
def serve(*, host: str, port: int, db: str | None, faults: tuple[str, ...]) -> int:
    """Examples:
      services85 serve                        a free port of 127.0.0.1
      services85 serve --port 8085 --db jobs.sqlite
      services85 serve --fault 503#2 --fault slow=3@StopBatchJob

    A fault: NAME[=SECONDS][@OPERATION][#N], N: only the n-th request.
    """
    from ..standin import server

    server.serve(host, port, db, list(faults), sys.stdout)
    return 0
