"""For the length of a run: no other one talks to the same tenant, and a signal to end it lets its jobs be stopped."""

from __future__ import annotations

import hashlib
import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

SHARED_FOLDER = Path("/tmp")


class LockNotTaken(Exception):
    """Another run holds the lock, or the lock's file cannot be used."""


@contextmanager
def lock_tenant(tenant: str, wait: float = 0.0) -> Iterator[Path]:
    """Holds the lock of a tenant (`TenantSettings.tenant`) while the block runs; waits up to ``wait`` seconds for it.

    The operating system keeps the lock, and frees it when its process ends, however that ends: a lock is never stale.
    Its file stays. Every user of the machine may lock it, whatever the umask of the one who made it. Raises
    LockNotTaken.
    """
    digest = hashlib.sha256(tenant.encode()).hexdigest()[:16]
    path = _choose_folder() / f"services85-{digest}.lock"
    try:
        held = FileLock(path, timeout=wait, mode=0o666).acquire()
    except Timeout:
        raise LockNotTaken(f"another run is under way: it holds {path}") from None
    except OSError as error:
        raise LockNotTaken(f"a lock could not be taken: {path}: {error.strerror}") from None
    with held:
        yield path


def _choose_folder() -> Path:
    """One that all runs on this machine share: a job or a user of their own may have a TMPDIR of their own."""
    return SHARED_FOLDER if os.name == "posix" and os.access(SHARED_FOLDER, os.W_OK) else Path(tempfile.gettempdir())


@contextmanager
def interrupt_on_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP raise KeyboardInterrupt in the block, as Ctrl-C does, so that what was started is stopped.

    Only in the main thread, where Python allows it, and only where nobody else handles the signal.
    """
    known = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]  # Windows has no SIGHUP
    main = threading.current_thread() is threading.main_thread()
    ours = [number for number in known if main and signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)
