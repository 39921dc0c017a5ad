"""`services85 drift`: the WSDLs that a tenant serves today against the contract."""

from __future__ import annotations

from ..contract import load
from ..diff.comparison import Comparison
from ..live.open_tenant import open_tenant
from ..model.urls import hide_in_urls
from . import options


@options.command
def drift(
    *,
    tenant: str = options.tenant,
    contract: str | None = options.contract,
    production: str | None = options.production,
    faults: tuple[str, ...] = options.faults,
    reports: options.Reports = options.reports("diff"),
    fail_on: str = options.fail_on,
) -> int:
    """Examples:
      services85 drift --tenant live
      services85 drift --tenant live --contract WSDL.zip --format markdown
      services85 drift --tenant http://127.0.0.1:8085/Cust12345/Remote/Services85

    Exit status: 0 nothing as bad as --fail-on, 1 something is, 2 the tenant could
    not be asked
    """
    loaded = load(contract)
    with open_tenant(tenant, loaded, misbehaviours=faults, production=production) as opened:
        changes = opened.drift()
    comparison = Comparison(loaded.name, f"what {hide_in_urls(tenant)} serves", changes)
    reports.write(comparison)
    return 1 if options.is_too_bad(comparison.worst, fail_on) else 0
