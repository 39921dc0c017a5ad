"""How the stand-in tenant misbehaves when a test asks it to: the values of ``--fault``."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass

from ..model import ContractsError
from ..model.wording import suggest_nearest

MISBEHAVIOURS = {
    "slow": "waits before it answers, SECONDS long (slow=2; 10 where none is given)",
    "503": "answers 503 with Retry-After: SECONDS (503=1; 0 where none is given), and does nothing",
    "login-page": "answers 200 with the HTML of a login page, and does nothing",
    "empty": "does what it is asked, and answers 200 without a body",
    "cut": "does what it is asked, and cuts the connection in the middle of the answer",
    "truncated": "does what it is asked, and answers with XML that breaks off",
    "wrong-operation": "does what it is asked, and answers with another operation's response",
    "expired-ticket": "finds every ticket expired: Succeeded=false",
    "fault": "answers with a Fault, and does nothing",
    "not-supported": "answers as if it had no such operation, and does nothing",
    "succeeded-false": "answers Succeeded=false with an ExceptionInfo, and does nothing",
}
"""Their names, and what each does."""

_CALLS_ONLY = {"truncated", "wrong-operation", "expired-ticket", "succeeded-false", "fault", "not-supported"}
_DEFAULT_SECONDS = {"slow": 10.0, "503": 0.0}
_FORM = re.compile(r"(?P<name>[a-z0-9-]+)(?:=(?P<seconds>[^@#]+))?(?:@(?P<operation>[\w.]+))?(?:#(?P<nth>\d+))?")


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """One of them. ``operation``: ``StopBatchJob``, ``Batch.StopBatchJob`` or ``Batch``, None: any; ``nth``: only that
    request."""

    name: str
    seconds: float = 0.0
    operation: str | None = None
    nth: int | None = None

    @classmethod
    def parse(cls, text: str) -> Misbehaviour:
        """``NAME[=SECONDS][@OPERATION][#N]``; raises ContractsError with one line that says what is wrong."""
        match = _FORM.fullmatch(text)
        if match is None or match["name"] not in MISBEHAVIOURS:
            form = f"NAME[=SECONDS][@OPERATION][#N] with NAME one of {', '.join(MISBEHAVIOURS)}"
            raise ContractsError(f"no such fault: {text!r}{suggest_nearest(text, MISBEHAVIOURS, form)}")
        name, given = match["name"], match["seconds"]
        if given is not None and name not in _DEFAULT_SECONDS:
            raise ContractsError(f"fault {name} takes no argument: {text!r}")
        try:
            seconds = _DEFAULT_SECONDS.get(name, 0.0) if given is None else float(given)
        except ValueError:
            seconds = -1.0
        if not 0 <= seconds <= 3600:
            raise ContractsError(f"fault {name}: {given!r} is no number of seconds from 0 to 3600")
        nth = int(match["nth"]) if match["nth"] else None
        if nth == 0:
            raise ContractsError(f"fault {name}: requests are counted from 1: {text!r}")
        return cls(name, seconds, match["operation"], nth)

    def may_meet(self, label: str | None) -> bool:
        """Whether a request can meet it; ``label`` is ``Batch.StopBatchJob``, None for what is no call."""
        if label is None:
            return self.operation is None and self.name not in _CALLS_ONLY
        return self.operation in (None, label, *label.split("."))


class MisbehaviourCounter:
    """The misbehaviours of a tenant, each with a count of the requests that could have met it."""

    def __init__(self, given: Iterable[str] = ()) -> None:
        self._counts = {Misbehaviour.parse(text): 0 for text in given}
        self._lock = threading.Lock()

    def require_known(self, labels: Iterable[str]) -> None:
        """Raises ContractsError for one of an operation that is none of these: nothing would ever meet it."""
        known = {word for label in labels for word in (label, *label.split("."))}
        for one in self._counts:
            if one.operation is not None and one.operation not in known:
                hint = suggest_nearest(one.operation, known)
                raise ContractsError(f"fault {one.name}: the stand-in has no operation {one.operation}{hint}")

    def pick(self, label: str | None) -> dict[str, Misbehaviour]:
        """What this request meets, by name."""
        met = {}
        with self._lock:
            for one in self._counts:
                if one.may_meet(label):
                    self._counts[one] += 1
                    if one.nth in (None, self._counts[one]):
                        met[one.name] = one
        return met
