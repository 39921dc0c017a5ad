"""`services85 watch`: a judging proxy between any client and a tenant, until Ctrl-C."""

from __future__ import annotations

from pathlib import Path

from ..contract import load
from ..model import ContractsError
from ..proxy.upstream import read_address, trust_upstream
from . import options
from .options import flag, option
from .watching import Watching, watch_traffic, watching_options


@options.command
def watch(
    *,
    to: str = option(required=True, metavar="URL", help="The tenant, or any service, that requests are passed on to."),
    host: str = options.host,
    port: int = options.port,
    contract: str | None = options.contract,
    watching: Watching = watching_options,
    ca: Path | None = option(type=Path, metavar="FILE", help="Trust these certificates (PEM) of the tenant's."),
    insecure: bool = flag(help="Trust any certificate of the tenant's."),
) -> int:
    """Examples:
      services85 watch --to https://sod.superoffice.com/Cust12345/Remote/Services85
      services85 watch --to http://127.0.0.1:8085 --port 8086 --reject
      services85 watch --to URL --record traffic/ --format junit=watch.xml

    Point the client at what is printed first. A WSDL fetched through the proxy
    points back at it. What the tenant answers is passed on as it came.

    Exit status, after Ctrl-C or --exchanges: as check's
    """
    try:
        address = read_address(to)
    except ContractsError as bad:
        raise ContractsError(f"--to: {bad}") from None
    if port and (address.host, address.port) in ((host, port), ("localhost", port)):
        raise ContractsError("--to is the address that --port listens on")
    tls = trust_upstream(address, ca, insecure)
    return watch_traffic(address, load(contract), watching, host, port, tls=tls)
