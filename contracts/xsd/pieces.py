"""Elements that libxml2 may take long to validate are given to it in pieces, between which it can be stopped.

As a whole they are one call that nobody can end: each error in it costs a walk over the element's siblings, and a
pattern may be tried in a million ways for every value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from lxml import etree

from ..files.limits import TooLarge
from ..model.names import XSD

_PIECE = 2**18  # bytes
_FEW_VALUES = 500  # of an enumeration
_QUICK_PATTERNS = (
    r"\-?P(\d*D)?(T(\d*H)?(\d*M)?(\d*(\.\d*)?S)?)?",
    r"[\da-fA-F]{8}-[\da-fA-F]{4}-[\da-fA-F]{4}-[\da-fA-F]{4}-[\da-fA-F]{12}",
)
"""The patterns of the schema that every WCF service embeds, which are quick."""
GIVES_UP = "a value that libxml2 gives up on: a pattern of the WSDL would have to be tried in too many ways"
"""Why a message cannot be judged; no option raises that limit."""


class _NoTree:
    """A parser's target that drops all events, so that validating builds no tree."""

    def close(self) -> None:
        pass


def has_hard_values(roots: Iterable[etree._Element]) -> bool:
    """Whether a single value may take long: by a pattern, or as the error would list hundreds of names."""
    for root in roots:
        for node in root.iter(f"{{{XSD}}}pattern", f"{{{XSD}}}restriction"):
            if len(node) > _FEW_VALUES or node.get("value", _QUICK_PATTERNS[0]) not in _QUICK_PATTERNS:
                return True
    return False


def find_error(
    validator: etree.XMLSchema, node: etree._Element, heed_limits: Callable[[], None], *, by_value: bool
) -> str | None:
    """The first error of a global element, in libxml2's words; None where it is valid. ``by_value``: a value a piece.

    Raises TooLarge where libxml2 gives up, and what ``heed_limits`` raises, which is called between the pieces.
    """
    nothing: Any = _NoTree()  # lxml-stubs ask for methods that lxml does without
    parser = etree.XMLParser(schema=validator, huge_tree=True, target=nothing)
    for piece in _cut_pieces(etree.tostring(node, encoding="utf-8", with_tail=False), by_value):
        parser.feed(piece)
        for error in parser.feed_error_log:
            if error.type == etree.ErrorTypes.SCHEMAV_INTERNAL:
                raise TooLarge(GIVES_UP)
            return " ".join(error.message.split())
        heed_limits()
    return None


def _cut_pieces(data: bytes, by_value: bool) -> Iterator[bytes]:
    """Pieces that end with a tag each, or large ones.

    Never small ones within a text: with each piece libxml2 copies all that it has of the text so far.
    """
    if by_value:
        yield from (piece + b">" for piece in data.split(b">")[:-1])
    else:
        yield from (data[at : at + _PIECE] for at in range(0, len(data), _PIECE))
