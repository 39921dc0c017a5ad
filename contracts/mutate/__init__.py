"""Damage with a name: what one fault makes of a valid message, and how many of those the suite catches.

* `broken`: a Hypothesis strategy for a test-suite
* `contracts.mutate.mutants`: `OPERATORS`, `make_mutants`; `contracts.mutate.scoring`: `score`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.lazy import load_lazily

if TYPE_CHECKING:
    from .strategies import broken

__all__ = ["broken"]
__getattr__ = load_lazily(__name__, {"broken": "strategies"})
"""The strategy imports Hypothesis."""
