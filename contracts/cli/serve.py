"""`services85 serve`: the stand-in tenant, until Ctrl-C."""

from __future__ import annotations

import argparse
import sys

EPILOG = """\
examples:
  services85 serve                        a free port of 127.0.0.1
  services85 serve --port 8085 --db jobs.sqlite
  services85 serve --fault 503#2 --fault slow=3@StopBatchJob

A fault: NAME[=SECONDS][@OPERATION][#N], N: only the n-th request.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument("--db", metavar="FILE", help="keep the jobs in this SQLite file")
    parser.add_argument("--fault", action="append", default=[], metavar="FAULT", help="misbehave; may be repeated")


def run(args: argparse.Namespace) -> int:
    """Serves until it is stopped."""
    from ..standin.server import serve

    serve(args.host, args.port, args.db, args.fault, sys.stdout)
    return 0
