"""`services85 record`: cassettes from the stand-in tenant, a live one, or traffic that is there already."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..model import ContractsError
from . import options


@options.command
@options.tenant
@click.option("--out", type=Path, default=Path("cassettes"), metavar="FOLDER", help="Default: cassettes.")
@options.contract
@options.production
@click.option("--allow-start", metavar="NAME", multiple=True, help="A job that may be started (repeatable).")
@click.option("--from", "from_files", metavar="FILE|FOLDER", multiple=True, help="Of traffic in any form (repeatable).")
@click.option("--from-http", type=Path, metavar="FOLDER", help="NAME.request.http with NAME.response.http.")
@click.option("--source", metavar="TEXT", help="With --from, --from-http: what stack it was.")
@click.option("--suffix", default="", metavar="TEXT", help="With --from, --from-http: after the cassettes' names.")
@click.option("--overwrite", is_flag=True, help="Cassettes that are there are replaced.")
def record(
    *,
    tenant: str,
    out: Path,
    contract: str | None,
    production: str | None,
    allow_start: tuple[str, ...],
    from_files: tuple[str, ...],
    from_http: Path | None,
    source: str | None,
    suffix: str,
    overwrite: bool,
) -> int:
    """Examples:
      services85 record                         all cassettes, from the stand-in
      services85 record --tenant live --allow-start NAME    from a sandbox
      services85 record --from capture.har --from calls.saz
      services85 record --from-http traffic/ --source "WCF on Mono" --suffix .wcf

    --from takes what check takes, and writes a redacted cassette of each call of
    the contract that is kept; --from-http takes what requests break to be meant.

    A live tenant is named by SERVICES85_HOST and the like: see the README. Nothing
    is changed there but a job of that name, which is started and stopped again.

    Exit status: 1 a message was broken, and its cassette is not written; 2 the
    tenant could not be asked, or answered otherwise than a scenario is there to
    show (it is not written either); else 0
    """
    from ..contract import load
    from ..live.tenant_settings import TenantSettings
    from ..recording.convert import convert, convert_traffic
    from ..recording.record import record as record_tenant

    if out.exists() and not out.is_dir():
        raise ContractsError(f"--out {out}: not a folder")
    if from_http and not from_http.is_dir():
        raise ContractsError(f"--from-http {from_http}: no such folder")
    loaded = load(contract)
    if from_http:
        if not source:
            raise ContractsError("--from-http wants --source: what stack the messages are from")
        cassettes = convert(from_http, out, source, suffix=suffix, contract=loaded, overwrite=overwrite)
    elif from_files:
        cassettes = convert_traffic(
            from_files, out, source=source or "", suffix=suffix, contract=loaded, overwrite=overwrite
        )
    elif tenant == "stand-in":
        cassettes = record_tenant(None, out, loaded, overwrite=overwrite)
    else:
        url = None if tenant == "live" else tenant
        settings = TenantSettings.read(url=url, production=production, allow_start=allow_start)
        cassettes = record_tenant(settings, out, loaded, overwrite=overwrite)
    for cassette in cassettes:
        why = cassette.skipped or cassette.unexpected
        state = (
            "recorded" if cassette.written else "skipped " if cassette.skipped else "UNJUDGED" if why else "BROKEN  "
        )
        print(f"{state}  {cassette.file}" + (f"  ({why})" if why else ""))
        for finding in cassette.findings:
            print(f"          {finding}")
    written = sum(cassette.written for cassette in cassettes)
    skipped = sum(cassette.skipped is not None for cassette in cassettes)
    unmeant = sum(cassette.unexpected is not None for cassette in cassettes)
    broken = len(cassettes) - written - skipped - unmeant
    others = f" {unmeant} unjudged," if unmeant else ""
    print(f"{written} recorded, {broken} broken,{others} {skipped} skipped")
    if unmeant and not broken:
        first = next(cassette for cassette in cassettes if cassette.unexpected)
        print(f"services85: not recorded: {first.file}: {first.unexpected}", file=sys.stderr)
    if from_files and not written and not broken and not unmeant:
        print("services85: nothing was recorded: no whole call of the contract is there", file=sys.stderr)
        return 2
    return 1 if broken else 2 if unmeant else 0
