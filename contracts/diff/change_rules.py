"""Every kind of change by its id. Each is declared as a constant above the code that reports it."""

from __future__ import annotations

from . import compare, compare_services, compare_types, occurrence, simple_types
from .change_rule import ChangeRule

CHANGE_RULES: dict[str, ChangeRule] = {
    rule.id: rule
    for module in (compare, compare_services, compare_types, simple_types, occurrence)
    for rule in vars(module).values()
    if isinstance(rule, ChangeRule)
}
