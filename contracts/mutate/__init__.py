"""Damage with a name: what one fault makes of a valid message, and how many of those the suite catches.

* `broken`: a Hypothesis strategy for a test-suite
* `contracts.mutate.mutants`: `OPERATORS`, `mutants`; `contracts.mutate.scoring`: `score`
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .strategies import broken

__all__ = ["broken"]


def __getattr__(name: str) -> Any:
    """The strategy, once it is asked for: it imports Hypothesis."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import strategies

    return getattr(strategies, name)
