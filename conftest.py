"""For every test: nothing talks to a host other than loopback, and recordings are matched on all that matters."""

from __future__ import annotations

pytest_plugins = ["pytester"]
