"""Operators on values: all that is outside a type's lexical or value space, one operator for each kind of bad form."""

from __future__ import annotations

import tomllib
from pathlib import Path

from . import places as at
from .drafts import OFFUTT, Draft, Operator
from .edits import MessageDraft
from .originals import Original

_DESCRIPTIONS: dict[str, str] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
"""Operator -> what it writes, in the order of the score's table."""


def _why_harmless(draft: MessageDraft) -> str | None:
    default = draft.node.element.preset is not None and not draft.spot.text
    return "an element without content has the default value" if default else None


OPERATORS: tuple[Operator[Original], ...] = tuple(
    Operator(id_, description, OFFUTT, at.bad_values(id_), Draft.set_spots_text, harmless=_why_harmless)
    for id_, description in _DESCRIPTIONS.items()
)
