"""Messages from a contract: samples, Hypothesis strategies, mutants and the score they give the suite.

* `messages`, `broken`: Hypothesis strategies for a test-suite; `contracts.generate.strategies` has `values` too
* `contracts.generate.sample`: `sample`, one readable message of an operation; `contracts.generate.rendering`: `render`
* `contracts.mutate.mutants`: `OPERATORS`, `mutants`; `contracts.mutate.scoring`: `score`
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .strategies import broken, messages

__all__ = ["broken", "messages"]


def __getattr__(name: str) -> Any:
    """The strategies, once they are asked for: they import Hypothesis."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import strategies

    return getattr(strategies, name)
