"""What is wanted of a message: one room a part of it, each rule a constant above the check that reports it."""

from __future__ import annotations

from . import answers, body, dictionaries, elements, encoding, envelope, headers, http, recording, values
from .case import Rule

RULES: dict[str, Rule] = {
    rule.id: rule
    for room in (http, envelope, headers, body, encoding, elements, dictionaries, values, answers, recording)
    for rule in vars(room).values()
    if isinstance(rule, Rule)
}
"""Every rule of a message by its id, room by room; those from encoding to values are of what an element holds."""
