"""What something may cost: processor time, as whoever runs the tests may have a busy machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fails where the block takes longer; the bounds are far above what it takes, and far below what it must not."""
    begun = time.process_time()
    yield
    assert time.process_time() - begun < seconds
