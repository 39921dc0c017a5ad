"""Where the reference material that is not part of the project lies, if it is at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_GIVEN = Path(os.environ.get("TESTS_SHARED", Path(__file__).parents[3] / "shared"))

SHARED: Path | None = _GIVEN if (_GIVEN / "vendor").is_dir() else None
"""The folder with vendor/ and wire/, or None."""

needs_shared = pytest.mark.skipif(SHARED is None, reason="the vendor's files and recorded messages are not at hand")


def shared() -> Path:
    """The folder; skips the calling test where it is not at hand."""
    if SHARED is None:
        pytest.skip("the vendor's files and recorded messages are not at hand")
    return SHARED
