"""The frame of a message: Envelope, Header, Body, and what must not stand beside them."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from ..model import local, namespace
from .case import ENVELOPE, ENVELOPE12, XML_SPACE, Judging, shown, tag


@dataclass(slots=True)
class Frame:
    """An envelope taken apart. ``space`` is the SOAP namespace found.

    ``outside`` are header blocks beside Body, ``again`` those of a second Header. Where there is no Header or Body, a
    misspelled one (``header``, one of the other SOAP version) stands in its place, or a Header that Body holds.
    """

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
        return (
            [] if self.body is None else [c for c in self.body.iterchildren(tag=etree.Element) if c is not self.header]
        )


def take_apart(root: etree._Element) -> Frame | None:
    """The frame of an Envelope of either version; None where the root is something else. Finds nothing wrong."""
    space = namespace(str(root.tag))
    if local(str(root.tag)) != "Envelope" or space not in (ENVELOPE, ENVELOPE12):
        return None
    frame = Frame(space)
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
        frame.header = frame.header if frame.header is not None else _meant(others, "header")
        frame.body = frame.body if frame.body is not None else _meant(others, "body")
        after = set() if frame.body is None else set(frame.body.itersiblings(tag=etree.Element))
        frame.outside = [c for c in others if c not in after and c is not frame.header and c is not frame.body]
    if frame.header is None and frame.body is not None and len(frame.body) > 1:
        frame.header = frame.body.find(head)
    return frame


def _meant(children: list[etree._Element], name: str) -> etree._Element | None:
    """The child whose name was meant to be that: in another case or number, of the other SOAP version, or of none."""
    for child in children:
        found, space = local(str(child.tag)).lower(), namespace(str(child.tag))
        if (found == name and not space) or (found[:4] == name[:4] and space in (ENVELOPE, ENVELOPE12)):
            return child
    return None


def judge_frame(judging: Judging, root: etree._Element, frame: Frame, moved: set[str]) -> None:
    """``moved``: names of declared headers, which beside Body are misplaced rather than unknown."""
    if frame.space == ENVELOPE12:
        judging.add("envelope-version", root, f"Envelope of {ENVELOPE}", "Envelope of SOAP 1.2")
    head, body = f"{{{frame.space}}}Header", f"{{{frame.space}}}Body"
    seen_body = False
    for child in root.iterchildren(tag=etree.Element):
        if child is frame.header or child.tag == head:
            if child.tag != head:
                judging.add("envelope-header-outside", child, "header blocks in Header", _named(child))
            if seen_body and child is frame.header:
                judging.add("envelope-header-after-body", child, "Header before Body", "Header after Body")
            elif child is not frame.header:
                judging.add("envelope-header-twice", child, "one Header", "a second one")
        elif child is frame.body or child.tag == body:
            if child.tag != body:
                judging.add("envelope-body-missing", root, f"<Body> of {frame.space}", _named(child))
            if seen_body:
                judging.add("envelope-body-twice", child, "one Body", "a second one")
            seen_body = True
        elif seen_body:
            what = "a header block" if child.tag in moved else tag(str(child.tag))
            judging.add("envelope-after-body", child, "nothing after Body", what)
    if frame.header is not None and frame.header.getparent() is frame.body:
        judging.add("envelope-header-after-body", frame.header, "Header before Body", "Header in Body")
    # Where there is no Body, what stands beside Header may be what it should hold.
    if frame.body is None:
        frame.outside = [c for c in frame.outside if c.tag in moved]
    if frame.outside:
        names = ", ".join(tag(str(c.tag)) for c in frame.outside[:5])
        judging.add("envelope-header-outside", frame.outside[0], "header blocks in Header", f"{names} beside Body")
    if frame.body is None:
        judging.add("envelope-body-missing", root, "Body", "no Body")
    for holder in (root, frame.header, frame.body):
        if holder is None:
            continue
        bare = [] if holder is frame.body else [str(name) for name in holder.attrib if not namespace(str(name))]
        if bare:
            judging.add("envelope-attribute", holder, "attributes that are in a namespace", f"{bare[0]} in none")
        stray = "".join((text or "").strip(XML_SPACE) for text in (holder.text, *(c.tail for c in holder)))
        if stray:
            judging.add("envelope-text", holder, "elements only", shown(stray, holder))


def _named(node: etree._Element) -> str:
    space = namespace(str(node.tag))
    return f"{tag(str(node.tag))} {f'of {space}' if space else 'in no namespace'}"
