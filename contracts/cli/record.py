"""`services85 record`: cassettes from the stand-in tenant, a live one, or raw HTTP messages."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..files.pyproject import contract_source, read_settings
from ..model import ContractsError

EPILOG = """\
examples:
  services85 record                         all cassettes, from the stand-in
  services85 record --tenant live --allow-start NAME    from a sandbox
  services85 record --from-http traffic/ --source "WCF on Mono" --suffix .wcf

A live tenant is named by SERVICES85_HOST and the like: see the README. Nothing
is changed there but a job of that name, which is started and stopped again.

exit status: 1 a message was broken, and its cassette is not written; 2 the
tenant could not be asked; else 0
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--tenant", default="stand-in", metavar="stand-in|live|URL", help="default: stand-in")
    parser.add_argument("--out", type=Path, default=Path("cassettes"), metavar="FOLDER", help="default: cassettes")
    parser.add_argument("--contract", metavar="PATH", help="a WSDL, a folder or .zip of them (default: Services85)")
    parser.add_argument("--production", metavar="HOST", help="names the tenant's host again, if it is no sandbox")
    parser.add_argument("--allow-start", action="append", default=[], metavar="NAME", help="a job that may be started")
    parser.add_argument("--from-http", type=Path, metavar="FOLDER", help="NAME.request.http with NAME.response.http")
    parser.add_argument("--source", metavar="TEXT", help="with --from-http: what stack it was")
    parser.add_argument("--suffix", default="", metavar="TEXT", help="with --from-http: after the cassettes' names")


def run(args: argparse.Namespace) -> int:
    """Records and prints a line for each cassette; returns the exit status."""
    from ..contract import load
    from ..live.tenant_settings import TenantSettings
    from ..recording.record import convert, record

    if args.out.exists() and not args.out.is_dir():
        raise ContractsError(f"--out {args.out}: not a folder")
    if args.from_http and not args.from_http.is_dir():
        raise ContractsError(f"--from-http {args.from_http}: no such folder")
    contract = load(contract_source(args.contract, read_settings()))
    if args.from_http:
        if not args.source:
            raise ContractsError("--from-http wants --source: what stack the messages are from")
        outcomes = convert(args.from_http, args.out, args.source, suffix=args.suffix, contract=contract)
    elif args.tenant == "stand-in":
        outcomes = record(None, args.out, contract)
    else:
        url = None if args.tenant == "live" else args.tenant
        settings = TenantSettings.read(url=url, production=args.production, allow_start=args.allow_start)
        outcomes = record(settings, args.out, contract)
    for outcome in outcomes:
        state = "recorded" if outcome.written else "skipped " if outcome.skipped else "BROKEN  "
        print(f"{state}  {outcome.file}" + (f"  ({outcome.skipped})" if outcome.skipped else ""))
        for verdict in outcome.verdicts:
            for finding in () if outcome.written else verdict.violations:
                print(f"          {verdict.message} {finding}")
    written = sum(outcome.written for outcome in outcomes)
    skipped = sum(outcome.skipped is not None for outcome in outcomes)
    print(f"{written} recorded, {len(outcomes) - written - skipped} broken, {skipped} skipped")
    return 0 if written + skipped == len(outcomes) else 1
