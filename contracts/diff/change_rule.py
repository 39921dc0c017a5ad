"""What a kind of change is: a row of data, which stands as a constant above the code that reports it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from ..model import Severity, find_worst

UNREACHED = "no operation reaches it"


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """One kind of change. ``id`` is a promise: it never changes.

    ``request``, ``response``: how bad it is for a caller of the old contract, on that side of an operation.

    ``meets``: what a recorded message has to be or hold for the change to touch whoever recorded it. To be one of the
    ``operation``; to have what the path names (``present``), not to have it (``absent``), to have it as ``nil``, to
    have its type ``named`` in xsi:type; where the path names what is new, to have the ``owner`` that it came into.

    ``shown``: what a report shows beside the path. ``path``: nothing, it says all; ``sides``: old and new; ``moves``:
    what moved from the one order to the other.
    """

    id: str
    request: Severity
    response: Severity
    meets: Literal["operation", "present", "absent", "nil", "named", "owner"]
    shown: Literal["path", "sides", "moves"]
    requirement: str
    why: str
    hint: str

    def severity(self, directions: Iterable[str]) -> Severity:
        """The worse of the directions; what no operation reaches is safe."""
        return (
            find_worst(self.request if direction == "request" else self.response for direction in directions) or "safe"
        )


Emit = Callable[[ChangeRule, str, str | None, str | None], None]
"""(rule, path, old, new): reports one change, for the place the caller is at."""


def one_sided(
    before: Iterable[str], after: Iterable[str], removed: ChangeRule, added: ChangeRule
) -> Iterator[tuple[ChangeRule, str, str | None, str | None]]:
    """The names that only one side has, as what a change says of them: (rule, name, old, new)."""
    first, second = dict.fromkeys(before), dict.fromkeys(after)
    yield from ((removed, name, name, None) for name in first if name not in second)
    yield from ((added, name, None, name) for name in second if name not in first)
