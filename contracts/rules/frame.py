"""An envelope taken apart into Header and Body, whatever of it is misplaced or misspelled. Finds nothing wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from ..model import ENVELOPE, ENVELOPE12, local, namespace


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
    outside: list[etree._Element] = field(default_factory=list)
    again: list[etree._Element] = field(default_factory=list)

    def blocks(self) -> list[etree._Element]:
        """All header blocks, wherever they stand."""
        inside = [] if self.header is None else list(self.header.iterchildren(tag=etree.Element))
        return inside + self.again + self.outside

    def contents(self) -> list[etree._Element]:
        """The elements in Body."""
        if self.body is None:
            return []
        return [child for child in self.body.iterchildren(tag=etree.Element) if child is not self.header]


def take_apart(root: etree._Element) -> Frame | None:
    """The frame of an Envelope of either version; None where the root is something else."""
    space = namespace(str(root.tag))
    if local(str(root.tag)) != "Envelope" or space not in (ENVELOPE, ENVELOPE12):
        return None
    frame = Frame(root, space)
    head, body = f"{{{space}}}Header", f"{{{space}}}Body"
    others = []
    for child in root.iterchildren(tag=etree.Element):
        if child.tag == head and frame.header is None:
            frame.header = child
        elif child.tag == body and frame.body is None:
            frame.body = child
        elif child.tag == head:
            frame.again += child.iterchildren(tag=etree.Element)
        elif child.tag != body:
            others.append(child)
    if others:
        frame.header = frame.header if frame.header is not None else _find_misspelled(others, "header")
        frame.body = frame.body if frame.body is not None else _find_misspelled(others, "body")
        after = set() if frame.body is None else set(frame.body.itersiblings(tag=etree.Element))
        frame.outside = [c for c in others if c not in after and c is not frame.header and c is not frame.body]
    if frame.header is None and frame.body is not None and len(frame.body) > 1:
        frame.header = frame.body.find(head)
    return frame


def _find_misspelled(children: list[etree._Element], name: str) -> etree._Element | None:
    """The child whose name was meant to be that: in another case or number, of the other SOAP version, or of none."""
    for child in children:
        found, space = local(str(child.tag)).lower(), namespace(str(child.tag))
        if (found == name and not space) or (found[:4] == name[:4] and space in (ENVELOPE, ENVELOPE12)):
            return child
    return None
