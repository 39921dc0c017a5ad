"""The frame of a message: Envelope, Header, Body, and what must not stand beside them."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from ..model import local, namespace
from .judging import ENVELOPE, ENVELOPE12, Judging, shown, tag


@dataclass(slots=True)
class Frame:
    """An envelope taken apart. ``outside`` are header blocks beside Body; ``space`` is the SOAP namespace found."""

    space: str
    header: etree._Element | None = None
    body: etree._Element | None = None
    outside: list[etree._Element] = field(default_factory=list)

    def blocks(self) -> list[etree._Element]:
        """All header blocks, wherever they stand."""
        inside = [] if self.header is None else list(self.header.iterchildren(tag=etree.Element))
        return inside + self.outside

    def contents(self) -> list[etree._Element]:
        """The elements in Body."""
        return [] if self.body is None else list(self.body.iterchildren(tag=etree.Element))


def take_apart(root: etree._Element) -> Frame | None:
    """The frame of an Envelope of either version; None where the root is something else. Finds nothing wrong."""
    space = namespace(str(root.tag))
    if local(str(root.tag)) != "Envelope" or space not in (ENVELOPE, ENVELOPE12):
        return None
    frame = Frame(space)
    head, body = f"{{{space}}}Header", f"{{{space}}}Body"
    for child in root.iterchildren(tag=etree.Element):
        if child.tag == head and frame.header is None:
            frame.header = child
        elif child.tag == body and frame.body is None:
            frame.body = child
        elif frame.body is None and child.tag not in (head, body):
            frame.outside.append(child)
    return frame


def judge_frame(judging: Judging, root: etree._Element, frame: Frame, moved: set[str]) -> None:
    """``moved``: names of declared headers, which beside Body are misplaced rather than unknown."""
    if frame.space == ENVELOPE12:
        judging.add("envelope-version", root, f"Envelope of {ENVELOPE}", "Envelope of SOAP 1.2")
    head, body = f"{{{frame.space}}}Header", f"{{{frame.space}}}Body"
    seen_body = False
    for child in root.iterchildren(tag=etree.Element):
        if child.tag == head:
            if seen_body and child is frame.header:
                judging.add("envelope-header-after-body", child, "Header before Body", "Header after Body")
            elif child is not frame.header:
                judging.add("envelope-header-twice", child, "one Header", "a second one")
        elif child.tag == body:
            if seen_body:
                judging.add("envelope-body-twice", child, "one Body", "a second one")
            seen_body = True
        elif seen_body:
            what = "a header block" if child.tag in moved else tag(str(child.tag))
            judging.add("envelope-after-body", child, "nothing after Body", what)
    if frame.outside:
        names = ", ".join(tag(str(c.tag)) for c in frame.outside[:5])
        judging.add("envelope-header-outside", frame.outside[0], "header blocks in Header", f"{names} beside Body")
    if frame.body is None:
        judging.add("envelope-body-missing", root, "Body", "no Body")
    for holder in (root, frame.header, frame.body):
        if holder is None:
            continue
        stray = (holder.text or "").strip() + "".join((c.tail or "").strip() for c in holder)
        if stray:
            judging.add("envelope-text", holder, "elements only", shown(stray, holder))
