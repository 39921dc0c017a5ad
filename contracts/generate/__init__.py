"""Valid messages from a contract: samples, and Hypothesis strategies.

* `messages`, `values`: strategies for a test-suite; `contracts.mutate` has `broken`
* `contracts.generate.sample`: `make_sample`, one readable message of an operation
* `contracts.generate.rendering`: `render_message`, as a program that sends it
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.lazy import load_lazily

if TYPE_CHECKING:
    from .strategies import messages, values

__all__ = ["messages", "values"]
__getattr__ = load_lazily(__name__, {"messages": "strategies", "values": "strategies"})
"""The strategies import Hypothesis."""
