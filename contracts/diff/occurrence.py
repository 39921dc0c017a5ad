"""What changed in how an element may stand where it is: how often, nil or not, its default, its namespace."""

from __future__ import annotations

from ..model import Attribute, Element
from .change_rule import ChangeRule, Emit
from .simple_types import RETYPED

# fmt: off
ELEMENT_REQUIRED = ChangeRule("element-required", "breaking", "safe", "absent", "sides",
    "what may be left out still may",
    "a caller that leaves it out breaks the new contract",
    "send it always")
ELEMENT_OPTIONAL = ChangeRule("element-optional", "safe", "risky", "present", "sides",
    "what is always there in a response stays so",
    "the answer may lack it from now on",
    "be ready for its absence")
ELEMENT_NOT_NILLABLE = ChangeRule("element-not-nillable", "breaking", "safe", "nil", "sides",
    "what may be nil still may",
    "a caller that sends nil is refused",
    "leave it out, or send a value")
ELEMENT_NILLABLE = ChangeRule("element-nillable", "safe", "risky", "present", "sides",
    "what is never nil in a response stays so",
    "the answer may be nil from now on",
    "be ready for nil")
DEFAULT_CHANGED = ChangeRule("default-changed", "risky", "risky", "owner", "sides",
    "what stands for a value that is not said stays the same",
    "who leaves the value out, or reads it where it is left out, now has another",
    "say the value")
ELEMENT_LIMITED = ChangeRule("element-limited", "breaking", "safe", "present", "sides",
    "what may come several times still may",
    "the further ones are refused or lost",
    "send no more than are allowed")
ELEMENT_REPEATABLE = ChangeRule("element-repeatable", "safe", "breaking", "present", "sides",
    "what comes once in a response stays so",
    "the answer may hold several, of which the caller reads one",
    "read them all")
# fmt: on


def compare_occurrence(old: Element, new: Element, path: str, emit: Emit) -> None:
    """How often an element may stand there, whether it may be nil, what stands for it where it is not said."""
    if old.min_occurs != new.min_occurs:
        rule = ELEMENT_REQUIRED if new.min_occurs > old.min_occurs else ELEMENT_OPTIONAL
        emit(rule, path, *(f"minOccurs={e.min_occurs}" for e in (old, new)))
    if old.max_occurs != new.max_occurs:
        is_less = new.max_occurs is not None and (old.max_occurs is None or new.max_occurs < old.max_occurs)
        most = ("unbounded" if e.max_occurs is None else e.max_occurs for e in (old, new))
        emit(ELEMENT_LIMITED if is_less else ELEMENT_REPEATABLE, path, *(f"maxOccurs={n}" for n in most))
    if old.nillable != new.nillable:
        rule = ELEMENT_NILLABLE if new.nillable else ELEMENT_NOT_NILLABLE
        emit(rule, path, *("nillable" if e.nillable else "not nillable" for e in (old, new)))
    compare_preset(old, new, path, emit)


def compare_preset(old: Element | Attribute, new: Element | Attribute, path: str, emit: Emit) -> None:
    """A fixed value is a type that has no other; a default is what is read where nothing is said."""
    if old.preset == new.preset:
        return
    for kind in ("fixed", "default"):
        was, now = (p[1].strip() if (p := e.preset) and p[0] == kind else None for e in (old, new))
        if was == now:
            continue
        rule = DEFAULT_CHANGED
        if kind == "fixed":
            rule = RETYPED["changed" if was and now else "narrowed" if now else "widened"]
        emit(rule, path, *(f"no {kind}" if value is None else f"{kind} {value!r}" for value in (was, now)))
