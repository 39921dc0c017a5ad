"""One run at a time against one tenant, on one machine."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path


class Locked(Exception):
    """Another run holds it."""


@contextlib.contextmanager
def lock(name: str, wait: float = 0.0) -> Iterator[Path]:
    """Holds the lock of that name (a tenant's URL) while the block runs; waits up to ``wait`` seconds for it.

    The operating system keeps it, and frees it when its process ends, however that ends: a lock is never stale. Raises
    Locked.
    """
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    path = Path(tempfile.gettempdir()) / f"services85-{digest}.lock"
    deadline = time.monotonic() + wait
    while (handle := _held(path)) is None:
        if time.monotonic() >= deadline:
            raise Locked(f"another run is under way: it holds {path}")
        time.sleep(min(0.1, wait))
    try:
        yield path
    finally:
        with contextlib.suppress(OSError):  # another user's, or Windows: it stays
            path.unlink()
        os.close(handle)


def _held(path: Path) -> int | None:
    """The file, opened and locked; None where somebody else holds it, or has just removed it."""
    try:
        handle = _open(path)
    except OSError as error:
        raise Locked(f"a lock could not be taken: {path}: {error.strerror}") from None
    with contextlib.suppress(OSError):
        if _take(handle) and os.path.samestat(os.fstat(handle), path.stat()):
            return handle
    os.close(handle)
    return None


def _open(path: Path) -> int:
    safe = getattr(os, "O_NOFOLLOW", 0)
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | safe)
    except PermissionError:  # another user's; to hold a lock on it, reading it is enough
        return os.open(path, os.O_RDONLY | safe)
    with contextlib.suppress(OSError):
        path.chmod(0o644)  # whatever the umask is: other users have to see that it is held
    return handle


if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
