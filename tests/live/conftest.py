"""The clock and the tenant that it drives."""

from tests.tenant_clock import clock, tenant

__all__ = ["clock", "tenant"]
