"""The clock and the tenant that it drives."""

from tests.helpers.tenant_clock import clock, tenant

__all__ = ["clock", "tenant"]
