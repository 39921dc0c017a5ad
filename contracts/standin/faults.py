"""Faults on demand: how the stand-in tenant misbehaves when a test asks it to."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass

from ..model import ContractsError

KINDS = {
    "slow": "waits before it answers, SECONDS long (slow=2; 10 where none is given)",
    "503": "answers 503 with Retry-After: SECONDS (503=1; 0 where none is given), and does nothing",
    "login-page": "answers 200 with the HTML of a login page, and does nothing",
    "empty": "does what it is asked, and answers 200 without a body",
    "cut": "does what it is asked, and cuts the connection in the middle of the answer",
    "truncated": "does what it is asked, and answers with XML that breaks off",
    "wrong-operation": "does what it is asked, and answers with another operation's response",
    "expired-ticket": "finds every ticket expired: Succeeded=false",
    "succeeded-false": "answers Succeeded=false with an ExceptionInfo, and does nothing",
}
"""The faults by name, and what each does."""

_SOAP_ONLY = {"truncated", "wrong-operation", "expired-ticket", "succeeded-false"}
_DEFAULTS = {"slow": 10.0, "503": 0.0}
_FORM = re.compile(r"(?P<kind>[a-z0-9-]+)(?:=(?P<seconds>[^@#]+))?(?:@(?P<operation>[\w.]+))?(?:#(?P<nth>\d+))?")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. ``operation``: ``StopBatchJob`` or ``Batch.StopBatchJob``, None: any; ``nth``: that request only."""

    kind: str
    seconds: float = 0.0
    operation: str | None = None
    nth: int | None = None

    @classmethod
    def parse(cls, text: str) -> Fault:
        """``NAME[=SECONDS][@OPERATION][#N]``; raises ContractsError with one line that says what is wrong."""
        match = _FORM.fullmatch(text)
        if match is None or match["kind"] not in KINDS:
            form = f"NAME[=SECONDS][@OPERATION][#N] with NAME one of {', '.join(KINDS)}"
            raise ContractsError(f"no such fault: {text!r}; {form}")
        kind, given = match["kind"], match["seconds"]
        if given is not None and kind not in _DEFAULTS:
            raise ContractsError(f"fault {kind} takes no argument: {text!r}")
        try:
            seconds = _DEFAULTS.get(kind, 0.0) if given is None else float(given)
        except ValueError:
            seconds = -1.0
        if not 0 <= seconds <= 3600:
            raise ContractsError(f"fault {kind}: {given!r} is no number of seconds from 0 to 3600")
        nth = int(match["nth"]) if match["nth"] else None
        if nth == 0:
            raise ContractsError(f"fault {kind}: requests are counted from 1: {text!r}")
        return cls(kind, seconds, match["operation"], nth)

    def meets(self, operation: str | None) -> bool:
        """Whether a request can have it; ``operation`` is ``Batch.StopBatchJob``, None for what is no call."""
        if operation is None:
            return self.operation is None and self.kind not in _SOAP_ONLY
        return self.operation in (None, operation, operation.partition(".")[2])


class Faults:
    """The faults of a tenant, each with a count of the requests that it could have met."""

    def __init__(self, faults: Iterable[Fault | str] = ()) -> None:
        self._faults = [Fault.parse(fault) if isinstance(fault, str) else fault for fault in faults]
        self._counts = [0] * len(self._faults)
        self._lock = threading.Lock()

    def of(self, operation: str | None) -> dict[str, Fault]:
        """The faults that this request has, by kind."""
        met = {}
        with self._lock:
            for i, fault in enumerate(self._faults):
                if fault.meets(operation):
                    self._counts[i] += 1
                    if fault.nth in (None, self._counts[i]):
                        met[fault.kind] = fault
        return met
