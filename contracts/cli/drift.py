"""`services85 drift`: the WSDLs that a tenant serves today against the contract."""

from __future__ import annotations

from ..contract import load
from ..model.urls import hide_in_urls
from . import options


@options.command
@options.tenant
@options.contract
@options.production
@options.faults
@options.reports("diff")
@options.fail_on
def drift(
    *,
    tenant: str,
    contract: str | None,
    production: str | None,
    faults: tuple[str, ...],
    reports: options.Reports,
    fail_on: str,
) -> int:
    """Examples:
      services85 drift --tenant live
      services85 drift --tenant live --contract WSDL.zip --format markdown
      services85 drift --tenant http://127.0.0.1:8085/Cust12345/Remote/Services85

    Exit status: 0 nothing as bad as --fail-on, 1 something is, 2 the tenant could
    not be asked
    """
    from ..diff.compare import AGENT_REMOVED
    from ..diff.comparison import Comparison
    from ..live.open_tenant import open_tenant

    loaded = load(contract)
    with open_tenant(tenant, loaded, misbehaviours=faults, production=production) as opened:
        changes = opened.drift()
    if tenant == "stand-in":  # it speaks for two agents only
        changes = tuple(change for change in changes if change.rule != AGENT_REMOVED.id)
    comparison = Comparison(loaded.name, f"what {hide_in_urls(tenant)} serves", changes)
    reports.write(comparison)
    return 1 if options.is_too_bad(comparison.worst, fail_on) else 0
