"""`services85 watch`: a judging proxy between any client and a tenant, until Ctrl-C."""

from __future__ import annotations

from pathlib import Path

import click

from ..contract import load
from ..model import ContractsError
from . import options
from .watching import Watching, watch_options, watch_traffic


@options.command
@click.option("--to", required=True, metavar="URL", help="The tenant, or any service, that requests are passed on to.")
@options.listening
@options.contract
@watch_options
@click.option(
    "--ca", type=click.Path(path_type=Path), metavar="FILE", help="Trust these certificates (PEM) of the tenant's."
)
@click.option("--insecure", is_flag=True, help="Trust any certificate of the tenant's.")
def watch(
    *, to: str, host: str, port: int, contract: str | None, watching: Watching, ca: Path | None, insecure: bool
) -> int:
    """Examples:
      services85 watch --to https://sod.superoffice.com/Cust12345/Remote/Services85
      services85 watch --to http://127.0.0.1:8085 --port 8086 --reject
      services85 watch --to URL --record traffic/ --format junit=watch.xml

    Point the client at what is printed first. A WSDL fetched through the proxy
    points back at it. What the tenant answers is passed on as it came.

    Exit status, after Ctrl-C or --exchanges: as check's
    """
    from ..proxy.upstream import read_address, trust_upstream

    try:
        address = read_address(to)
    except ContractsError as bad:
        raise ContractsError(f"--to: {bad}") from None
    if port and (address.host, address.port) in ((host, port), ("localhost", port)):
        raise ContractsError("--to is the address that --port listens on")
    tls = trust_upstream(address, ca, insecure)
    return watch_traffic(address, load(contract), watching, host, port, tls=tls)
