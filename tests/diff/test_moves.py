"""Names that went into another namespace, and more changed beside."""

from __future__ import annotations

import pytest

from .comparing import changes, pair

MOVED, ENUM = pair("type-moved"), pair("type-name-moved")
GONE = ["enum-value-added NoteState.Gone", "enum-value-removed NoteState.Sent"]
ENUM_MOVED = ["type-name-moved NoteState"]
WORDS = ["member-added Note.Words", "member-removed Note.Text"]
TEXT = 'name="Text" type="xs:string"'
SPACE = 'targetNamespace="http://schemas.datacontract.org/2004/07/Notes"'


@pytest.mark.parametrize(
    ("sides", "before", "after", "expected"),
    [
        (MOVED, TEXT, TEXT.replace("Text", "Words"), [*WORDS, "type-moved Note"]),
        (MOVED, TEXT, TEXT.replace("string", "int"), ["type-changed Note.Text", "type-moved Note"]),
        (ENUM, 'value="Sent"', 'value="Gone"', [*GONE, *ENUM_MOVED]),
        (MOVED, f'elementFormDefault="qualified" {SPACE}', SPACE, ["type-moved Note"]),
        (MOVED, 'name="Note">', 'name="Memo">', ["type-moved Note"]),
    ],
)  # fmt: skip
def test_a_move_and_what_changed_beside_are_told(
    sides: tuple[bytes, bytes], before: str, after: str, expected: list[str]
) -> None:
    assert before.encode() in sides[1]
    new = sides[1].decode().replace(before, after)
    if "Memo" in after:
        new = new.replace('"d:Note"', '"d:Memo"')
    assert sorted(f"{c.rule} {c.path}" for c in changes(sides[0], new.encode())) == expected


def test_an_unbound_prefix_is_told_by_the_namespaces() -> None:
    data = pair("type-moved")[0]
    found = changes(data, data.replace(b'name="Response" type="t:Note"', b'name="Response" type="q:Note"'))
    assert [(c.rule, c.old, c.new) for c in found] == [
        ("type-changed", "Note (http://www.superoffice.net/ws/crm/NetServer/Services85)", "Note (no namespace)")
    ]


def test_a_namespace_of_enumerations_alone_that_moved_is_told_of_each() -> None:
    found = changes(ENUM[1], ENUM[1].replace(b"07/Notes", b"07/Other"))
    assert [(c.severity, c.rule, c.path) for c in found] == [("risky", "type-name-moved", "NoteState")]


def test_what_moved_and_came_back_is_the_same() -> None:
    for old, new in (MOVED, ENUM, pair("header-moved"), pair("body-moved")):
        assert [c.severity for c in changes(new, old)] == [c.severity for c in changes(old, new)]
