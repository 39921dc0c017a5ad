"""An envelope taken apart into Header and Body, whatever of it is misplaced or misspelled. Finds nothing wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from ..model import ENVELOPE, ENVELOPE12, local, namespace

_NAMES = {f"{{{space}}}Envelope": (space, f"{{{space}}}Header", f"{{{space}}}Body") for space in (ENVELOPE, ENVELOPE12)}


@dataclass(slots=True)
class Frame:
    """``space`` is the SOAP namespace found.

    ``outside`` are header blocks beside Body, ``again`` those of a second Header. Where there is no Header or Body, a
    misspelled one (``header``, one of the other SOAP version) stands in its place, or a Header that Body holds.
    """

    root: etree._Element
    space: str
    header: etree._Element | None = None
    body: etree._Element | None = None
    inside: Sequence[etree._Element] = ()
    """The blocks in Header; they are held on to, as lxml makes a child anew each time that it is asked for."""
    contents: Sequence[etree._Element] = ()
    """The elements in Body."""
    outside: Sequence[etree._Element] = ()
    again: Sequence[etree._Element] = ()
    usual: bool = False
    """Whether the Envelope holds Header and Body, in that order, and nothing else, comments and the like included."""

    @property
    def blocks(self) -> list[etree._Element]:
        """All header blocks, wherever they stand."""
        return [*self.inside, *self.again, *self.outside]


def take_apart(root: etree._Element, plain: bool = False) -> Frame | None:
    """The frame of an Envelope of either version; None where the root is something else. ``plain``: as of `Parsed`."""
    names = _NAMES.get(root.tag)
    if names is None:
        return None
    space, head, body = names
    if plain and len(root) == 2:
        first, second = root[0], root[1]
        if first.tag == head and second.tag == body:  # as nearly every message has it
            return Frame(root, space, first, second, list(first), list(second), usual=True)
    frame = Frame(root, space)
    others: list[etree._Element] = []
    for child in root.iterchildren(tag=etree.Element):
        if child.tag == head and frame.header is None:
            frame.header = child
        elif child.tag == body and frame.body is None:
            frame.body = child
        elif child.tag == head:
            frame.again = (*frame.again, *child.iterchildren(tag=etree.Element))
        elif child.tag != body:
            others.append(child)
    if others:
        frame.header = frame.header if frame.header is not None else _find_misspelled(others, "header")
        frame.body = frame.body if frame.body is not None else _find_misspelled(others, "body")
        after = set() if frame.body is None else set(frame.body.itersiblings(tag=etree.Element))
        frame.outside = [c for c in others if c not in after and c is not frame.header and c is not frame.body]
    if frame.header is None and frame.body is not None and len(frame.body) > 1:
        frame.header = frame.body.find(head)
    header, contents = frame.header, _elements_of(frame.body)
    frame.inside, frame.contents = _elements_of(header), [node for node in contents if node is not header]
    return frame


def _elements_of(node: etree._Element | None) -> list[etree._Element]:
    return [] if node is None else list(node.iterchildren(tag=etree.Element))


def _find_misspelled(children: list[etree._Element], name: str) -> etree._Element | None:
    """The child whose name was meant to be that: in another case or number, of the other SOAP version, or of none."""
    for child in children:
        found, space = local(str(child.tag)).lower(), namespace(str(child.tag))
        if (found == name and not space) or (found[:4] == name[:4] and space in (ENVELOPE, ENVELOPE12)):
            return child
    return None
