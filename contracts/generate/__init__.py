"""Valid messages from a contract: samples, and Hypothesis strategies.

* `messages`, `values`: strategies for a test-suite; `contracts.mutate` has `broken`
* `contracts.generate.sample`: `sample`, one readable message of an operation; `contracts.generate.rendering`: `render`
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .strategies import messages, values

__all__ = ["messages", "values"]


def __getattr__(name: str) -> Any:
    """The strategies, once they are asked for: they import Hypothesis."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import strategies

    return getattr(strategies, name)
