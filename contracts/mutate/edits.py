"""What operators do to a draft: the ``edit`` of a row. One that has nothing to do returns False."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

from lxml import etree

from ..model import local, namespace
from ..model.names import NIL, XSI_TYPE
from .drafts import Draft
from .originals import Original, with_headers

Message = Draft[Original]
Edit = Callable[[Message], object]

FOREIGN = "urn:example"
"""A namespace that is nobody's."""
_MARK = "services85-mark"


# --- elements ---------------------------------------------------------------------------------------------------------


def take_out(element: Any) -> Any:
    """Takes an element out, with what follows it as text; returns it."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
    element.tail = None
    return element


def remove_children(element: Any) -> object:
    for child in list(element):
        element.remove(child)
    return None


def clear(element: Any) -> None:
    """Takes out all that is in an element; attributes stay."""
    remove_children(element)
    element.text = None


def replace_tag(element: Any, tag: str, prefixes: dict[str, str]) -> Any:
    """Puts an element of another name in its place, with prefixes of its own; returns it."""
    parent = element.getparent()
    new = etree.Element(tag, element.attrib, nsmap=prefixes)
    new.text, new.tail = element.text, element.tail
    new.extend(list(element))
    if parent is not None:
        parent.replace(element, new)
    return new


def mark_type(element: Any, name: str) -> object:
    """xsi:type with the type of that Clark name, and a prefix that is declared where it stands."""
    if space := namespace(name):
        element = replace_tag(element, str(element.tag), {"t": space})
        prefix = next((p for p, s in element.nsmap.items() if s == space and p), None)
        name = f"{prefix}:{local(name)}" if prefix else local(name)
    return element.set(XSI_TYPE, name)


def in_namespace(name: str, space: str) -> str:
    """The local part of a Clark name in another namespace; empty: in none."""
    return f"{{{space}}}{local(name)}" if space else local(name)


def part_of(draft: Message, name: str) -> Any:
    """The copy's Header or Body; None where there is none."""
    return draft.elements[0].find(f"{draft.original.soap}{name}")


# --- edits of the element at the spot ---------------------------------------------------------------------------------


def remove(draft: Draft[Any]) -> None:
    take_out(draft.element)


def empty(draft: Draft[Any]) -> None:
    clear(draft.element)


def duplicate(draft: Draft[Any]) -> None:
    draft.element.addnext(copy.deepcopy(draft.element))


def duplicate_empty(draft: Draft[Any]) -> None:
    second = copy.deepcopy(draft.element)
    clear(second)
    draft.element.addnext(second)


def rename(tag: Callable[[Message], str]) -> Edit:
    def edit(draft: Message) -> None:
        draft.element.tag = tag(draft)

    return edit


def to_foreign_namespace(draft: Message) -> None:
    replace_tag(draft.element, f"{{{FOREIGN}}}{draft.node.element.local}", {"e": FOREIGN})


def set_text(text: str) -> Callable[[Draft[Any]], object]:
    def edit(draft: Draft[Any]) -> None:
        draft.element.text = text

    return edit


def set_spots_text(draft: Draft[Any]) -> None:
    """What the spot says, instead of all that is there."""
    clear(draft.element)
    draft.element.text = draft.spot.text


def set_attribute(name: str, value: str) -> Callable[[Draft[Any]], object]:
    def edit(draft: Draft[Any]) -> None:
        draft.element.set(name, value)

    return edit


def set_nil(draft: Draft[Any]) -> object:
    clear(draft.element)
    return draft.element.set(NIL, "true")


def add_text_before(draft: Draft[Any]) -> None:
    draft.element.text = "stray" + (draft.element.text or "")


def add_text_after(draft: Draft[Any]) -> object:
    if not len(draft.element):
        return False
    draft.element[-1].tail = "stray" + (draft.element[-1].tail or "")
    return None


def insert(make: Callable[[Message], Any], *, first: bool = False) -> Edit:
    """One more child, as the last, or as the first; ``make`` returns None where there is none to add."""

    def edit(draft: Message) -> object:
        new = make(draft)
        if new is None:
            return False
        draft.element.insert(0 if first else len(draft.element), new)
        return None

    return edit


# --- edits of the bytes and of the head -------------------------------------------------------------------------------


def rewrite(change: Callable[[bytes], bytes | None]) -> Edit:
    """The bytes after a change; None: there is nothing to change."""

    def edit(draft: Message) -> object:
        draft.data = change(draft.original.data)
        return draft.data is not None and draft.data != draft.original.data

    return edit


def after_declaration(text: bytes) -> Callable[[bytes], bytes]:
    """Puts something between the XML declaration and the root."""

    def change(data: bytes) -> bytes:
        end = data.index(b"?>") + 2 if data.startswith(b"<?xml") else 0
        return data[:end] + text + data[end:]

    return change


def escape_text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def write_text(write: Callable[[str], bytes]) -> Edit:
    """The text at the spot as bytes that no serializer would write."""

    def edit(draft: Message) -> None:
        text = draft.element.text or ""
        draft.element.text = _MARK
        draft.data = draft.serialized().replace(_MARK.encode(), write(text))

    return edit


def append_bytes(content: bytes) -> Edit:
    """Bytes that may not stand in XML, after the text at the spot."""
    return write_text(lambda text: escape_text(text).encode() + content)


def as_utf16(data: bytes) -> bytes:
    """The message in UTF-16, declared as such in XML."""
    return re.sub(r"^<\?xml[^>]*\?>", '<?xml version="1.0" encoding="utf-16"?>', data.decode()).encode("utf-16")


def set_fields(**fields: str) -> Edit:
    """Fields of the HTTP head, _ for -."""

    def edit(draft: Message) -> None:
        draft.http = with_headers(draft.original.http, **fields)

    return edit


def drop_field(name: str) -> Edit:
    def edit(draft: Message) -> None:
        draft.http = with_headers(draft.original.http, drop=[name])

    return edit
