"""A run within this process forgets what it imports: what most of them need is imported before them, and once."""

import filelock  # noqa: F401
import hypothesis  # noqa: F401
import zeep  # noqa: F401

import contracts.live.open_tenant
import contracts.standin.server  # noqa: F401
