"""Every kind of change by its id. Each is declared as a constant above the code that reports it."""

from __future__ import annotations

from pathlib import Path

from . import (
    compare,
    compare_all_types,
    compare_bindings,
    compare_services,
    compare_types,
    occurrence,
    simple_types,
    type_matching,
)
from .change_rule import ChangeRule

_MODULES = (
    compare,
    compare_bindings,
    compare_services,
    compare_types,
    type_matching,
    compare_all_types,
    simple_types,
    occurrence,
)
CHANGE_RULES: dict[str, ChangeRule] = {
    rule.id: rule for module in _MODULES for rule in vars(module).values() if isinstance(rule, ChangeRule)
}

_EXAMPLES = Path(__file__).with_name("examples")


def example_pair(rule: str) -> tuple[Path, Path]:
    """Two WSDLs that differ in this change and in nothing else; many have the same old one."""
    own, new = (_EXAMPLES / rule / name for name in ("old.wsdl", "new.wsdl"))
    return own if own.exists() else _EXAMPLES / own.name, new
