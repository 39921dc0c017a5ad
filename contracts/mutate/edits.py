"""What operators on messages do to a draft, beyond its element: to its bytes, its HTTP head, its parts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from ..model import Headers, local, namespace
from .drafts import Draft, replace_tag
from .originals import Original

MessageDraft = Draft[Original]
Edit = Callable[[MessageDraft], object]

FOREIGN = "urn:example"
"""A namespace that is nobody's."""
_MARK = "services85-mark"
"""Stands for a text until the tree is serialized."""


def in_namespace(name: str, space: str) -> str:
    """The local part of a Clark name in another namespace; empty: in none."""
    return f"{{{space}}}{local(name)}" if space else local(name)


def part_of(draft: MessageDraft, name: str) -> Any:
    """The copy's Header or Body; None where there is none."""
    return draft.elements[0].find(f"{draft.original.soap}{name}")


# --- names ------------------------------------------------------------------------------------------------------------


def rename(name: Callable[[str], str] = str, space: Callable[[str], str] = str) -> Edit:
    """The element under another local name, in another namespace, or both."""
    return lambda draft: draft.rename(in_namespace(name(draft.node.local), space(namespace(draft.node.name))))


to_lower_case = rename(str.lower)
to_no_namespace = rename(space=lambda space: "")


def to_foreign_namespace(draft: MessageDraft) -> None:
    replace_tag(draft.element, in_namespace(draft.node.local, FOREIGN), {"e": FOREIGN})


def reverse_children(draft: MessageDraft) -> None:
    for child in list(draft.element):
        draft.element.insert(0, child)


def insert_foreign(draft: MessageDraft, *, first: bool = False) -> Any:
    new = etree.Element(f"{{{FOREIGN}}}Foreign", nsmap={"e": FOREIGN})
    draft.insert(new, first=first)
    return new


def set_version(draft: MessageDraft) -> None:
    """An attribute that nobody declares."""
    draft.set("version", "1")


# --- bytes ------------------------------------------------------------------------------------------------------------


def rewrite(change: Callable[[bytes], bytes]) -> Edit:
    """An edit of the bytes; where it changes none, there is no mutant."""

    def edit(draft: MessageDraft) -> None:
        draft.data = change(draft.original.data)
        draft.need(draft.data != draft.original.data)

    return edit


def after_declaration(data: bytes, text: bytes) -> bytes:
    """Puts something between the XML declaration and the root."""
    end = data.index(b"?>") + len(b"?>") if data.startswith(b"<?xml") else 0
    return data[:end] + text + data[end:]


def write_text(write: Callable[[str], bytes]) -> Edit:
    """The text at the spot as bytes that no serializer would write."""

    def edit(draft: MessageDraft) -> None:
        text = draft.element.text or ""
        draft.element.text = _MARK
        draft.data = draft.serialized().replace(_MARK.encode(), write(text))

    return edit


def append_bytes(content: bytes) -> Edit:
    """Bytes that may not stand in XML, after the text at the spot."""
    return write_text(lambda text: escape(text).encode() + content)


def as_utf16(data: bytes) -> bytes:
    """The message in UTF-16, declared as such in XML."""
    return re.sub(r"^<\?xml[^>]*\?>", '<?xml version="1.0" encoding="utf-16"?>', data.decode()).encode("utf-16")


# --- the HTTP head ----------------------------------------------------------------------------------------------------


def set_head(draft: MessageDraft, **changes: Any) -> None:
    """Another method, target, status, reason."""
    draft.http = replace(draft.original.http, **changes)


def set_fields(draft: MessageDraft, *dropped: str, **fields: str) -> None:
    """Fields of the HTTP head are replaced or added (``Content_Type``: a name has - for _), or dropped."""
    http = draft.http or draft.original.http
    new = {name.replace("_", "-").lower(): (name.replace("_", "-"), value) for name, value in fields.items()}
    gone = {name.lower() for name in dropped}
    kept = [new.pop(name.lower(), (name, value)) for name, value in http.headers if name.lower() not in gone]
    draft.http = replace(http, headers=Headers((*kept, *new.values())))
