"""Dictionaries: types that Microsoft's schema marks so, whose pairs have a Key and a Value."""

from __future__ import annotations

from lxml import etree

from ..model import XML_SPACE, Type, is_nil, local, text_of
from ..xsd.schema import Schema
from .case import MEASURED, REFUSES, Case, Rule, children_of, shown, tag
from .second_look import key_reader

KEY_TWICE = Rule(
    "body-key-twice", "wire", MEASURED, "a dictionary has each key once", "send each key once", REFUSES
)  # fmt: skip
KEY_NIL = Rule(
    "body-key-nil", "wire", MEASURED, "a dictionary's key has a value", "send a key, or leave the pair out", REFUSES
)  # fmt: skip


def check_keys(case: Case, schema: Schema, node: etree._Element, kind: Type) -> None:
    """The pairs of a dictionary: .NET refuses a key that is nil, or there twice (7 and 07 are one int)."""
    seen: set[object] = set()
    pairs = schema.members(kind.name)
    readers = {pair.name: key_reader(schema, pair.type) for pair in pairs}
    nillable = {m.name for pair in pairs for m in schema.members(pair.type) if m.nillable}
    for pair in children_of(node):
        entry = next((c for c in children_of(pair) if local(str(c.tag)).lower() == "key"), None)
        if entry is None:
            continue
        if is_nil(entry):
            # That the schema forbids it, or that there is content beside nil, is said.
            if str(entry.tag) in nillable and not len(entry) and not (entry.text or "").strip(XML_SPACE):
                case.add(KEY_NIL, entry, expected=f"{tag(str(entry.tag))} with a value", found="nil")
            continue
        key = readers.get(str(pair.tag), text_of)(entry)
        if key in seen:
            found = f"a second {tag(str(entry.tag))} {shown(text_of(entry), entry)}"
            case.add(KEY_TWICE, pair, expected="each key once", found=found)
        seen.add(key)
