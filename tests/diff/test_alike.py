"""What both sides say in the same words is not resolved: nothing may be missed by that."""

from __future__ import annotations

import re

import pytest

from contracts.model import UnreadableContract
from tests.helpers.shared import needs_shared, shared
from tests.helpers.wsdls import OPERATORS, apply_edits, find_edits, open_wsdl

from .comparing import EXAMPLES, changes, pair, told
from .test_change_rules import PAIRS

TARGET = b"http://www.superoffice.net/ws/crm/NetServer/Services85"
NOTES = (EXAMPLES / "old.wsdl").read_bytes()


def _in_other_words(data: bytes) -> bytes:
    """With one more prefix at the root, which every start tag then has in scope: no text is the same any more."""
    return re.sub(rb"(<(?:\w+:)?definitions) ", rb'\1 xmlns:nobody="urn:nobody" ', data, count=1)


@pytest.mark.parametrize("rule", PAIRS)
def test_a_change_is_the_same_where_all_is_resolved(rule: str) -> None:
    old, new = pair(rule)
    found = changes(old, new)
    assert found
    assert changes(old, _in_other_words(new)) == found


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_edit_is_the_same_where_all_is_resolved(operator: str) -> None:
    document = open_wsdl(NOTES)
    for edit in find_edits(document, operator):
        new = apply_edits(document, [edit])
        for before, after in ((NOTES, new), (new, NOTES)):
            assert _outcome(before, _in_other_words(after)) == _outcome(before, after), edit


def _outcome(old: bytes, new: bytes) -> object:
    try:
        return changes(old, new)
    except UnreadableContract as error:
        return str(error)


@needs_shared
def test_a_version_step_is_the_same_where_all_is_resolved() -> None:
    paths = [shared() / "vendor" / version / "Contact" / "service.wsdl" for version in ("Services85", "Services86")]
    old, new = (path.read_bytes() for path in paths)
    found = changes(old, new)
    assert len(found) > 1
    assert changes(old, _in_other_words(new)) == found


def test_a_version_is_folded_before_texts_are_compared() -> None:
    assert changes(NOTES, NOTES.replace(b"Services85", b"Services86")) == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b'name="parameters" element="t:SaveNote"', b'name="parameters" element="t:Token"', "body-changed"),
        (
            b'name="parameters" element="t:SaveNote"',
            b'name="parameters" element="q:Token" xmlns:q="urn:q"',
            "body-changed",
        ),
        (b'<xs:element name="SaveNoteResponse">', b'<xs:element name="Another">', "body-changed"),
        (b"<soap:binding transport", b'<soap:binding style="rpc" transport', "style-changed"),
    ],
)
def test_what_an_operation_refers_to_counts_where_the_operation_is_said_alike(
    old: bytes, new: bytes, expected: str
) -> None:
    plain = NOTES.replace(b' style="document"', b"")
    edited = plain.replace(old, new)
    for before, after in ((plain, edited), (edited, plain)):
        found = changes(before, after)
        assert expected in {change.rule for change in found}
        assert changes(before, _in_other_words(after)) == found


DOCUMENTED = b"""<xs:complexType name="Note">
        <xs:annotation><xs:documentation>Such as
      <wsdl:any xmlns:wsdl="urn:any"/> and more
      </xs:documentation></xs:annotation>"""


def test_documentation_that_looks_like_a_declaration_hides_no_change() -> None:
    old = NOTES.replace(b'<xs:complexType name="Note">', DOCUMENTED.replace(b"      <wsdl", b"  <wsdl"))
    new = old.replace(b'name="Text" type="xs:string"', b'name="Text" type="xs:int"')
    assert told(changes(old, new)) == [("type-changed", "Note.Text")]


@pytest.mark.parametrize("member", [b'<xs:element name="Kind" type="t:Kind"/>', b'<xs:element ref="t:Kind"/>'])
@pytest.mark.parametrize("in_group", [False, True])
def test_a_type_is_traced_to_its_operations_through_groups_references_and_unions(member: bytes, in_group: bool) -> None:
    kind = (
        b'<xs:simpleType name="Colour"><xs:restriction base="xs:string"><xs:enumeration value="Red"/></xs:restriction>'
        b'</xs:simpleType><xs:simpleType name="Kind"><xs:union memberTypes="xs:int t:Colour"/></xs:simpleType>'
        b'<xs:element name="Kind" type="t:Kind"/>'
    )
    group = b'<xs:group name="Shared"><xs:sequence>' + member + b"</xs:sequence></xs:group>" if in_group else b""
    inside = b'<xs:group ref="t:Shared"/>' if in_group else member
    text = b'<xs:element name="Text"'
    old = NOTES.replace(text, inside + text, 1).replace(
        b'<xs:complexType name="Note">', kind + group + b'<xs:complexType name="Note">'
    )
    new = old.replace(b'<xs:enumeration value="Red"/>', b'<xs:enumeration value="Red"/><xs:enumeration value="Blue"/>')
    (found,) = changes(old, new)
    assert (found.rule, found.operations) == ("enum-value-added", ("Notes.SaveNote",))


def test_a_prefix_that_a_part_declares_is_part_of_what_it_says() -> None:
    old = NOTES.replace(b'element="t:SaveNote"', b'element="q:SaveNote" xmlns:q="%b"' % TARGET)
    found = told(changes(old, old.replace(b'xmlns:q="%b"' % TARGET, b'xmlns:q="urn:other"')))
    assert ("body-moved", "Notes.SaveNote/request") in found


def test_prefixes_that_are_only_counted_otherwise_are_no_other_words() -> None:
    """As .NET counts them: where a type comes, each that follows has another."""
    member = b'<xs:element name="State" type="t:NoteState"'
    old, new, moved = (
        NOTES.replace(member, b'<xs:element xmlns:%b="%b" name="State" type="%b:NoteState"' % (prefix, uri, prefix))
        for prefix, uri in ((b"q1", TARGET), (b"q2", TARGET), (b"q2", b"urn:other"))
    )
    assert changes(old, new) == ()
    assert [rule for rule, _ in told(changes(old, moved))] == ["type-changed"]


FLAT = (
    re.sub(rb"\s+", b" ", NOTES.partition(b"?>")[2])
    .replace(b"> <", b"><")
    .replace(
        b"</wsdl:portType>",
        b'<wsdl:operation name="Erase"><wsdl:input message="t:SaveNoteIn"/></wsdl:operation></wsdl:portType>',
    )
    .replace(b"</wsdl:binding>", b'<wsdl:operation name="Erase"><wsdl:input/></wsdl:operation></wsdl:binding>')
    .strip()
)
"""On one line, as .NET writes it, with one more operation: then the text itself is cut, not a copy of it."""
TRAPS = {
    "names that come late": (b'<xs:complexType name="Note">', b'<xs:complexType abstract="false" name="Note">'),
    "names in single quotes": (b'<xs:complexType name="Note">', b"<xs:complexType name='Note'>"),
    "space around the sign": (b'<xs:complexType name="Note">', b'<xs:complexType name = "Note">'),
    "operations' names that come late": (b'<wsdl:operation name="', b'<wsdl:operation parameterOrder="a" name="'),
    "an operation's name that comes late in the port type alone": (
        b'<wsdl:operation name="Erase"><wsdl:input m',
        b'<wsdl:operation parameterOrder="a" name="Erase"><wsdl:input m',
    ),
    "messages' names that come late": (b"<wsdl:message name=", b'<wsdl:message xmlns:a="urn:a" name='),
    "a comment that looks like a declaration": (b"</xs:schema>", b'<!-- <xs:complexType name="Note"> --></xs:schema>'),
    "text that looks like an end": (
        b'<xs:complexType name="Note">',
        b'<xs:complexType name="Note"><xs:annotation><xs:documentation>a/>b</xs:documentation></xs:annotation>',
    ),
    "a declaration within one": (
        b'<xs:complexType name="Note">',
        b'<xs:complexType name="Note"><xs:annotation><xs:appinfo><xs:complexType name="Inner"/></xs:appinfo>'
        b"</xs:annotation>",
    ),
    "an operation within one": (
        b'<wsdl:operation name="SaveNote">',
        b'<wsdl:operation name="SaveNote"><wsdl:documentation><wsdl:operation name="Inner"/></wsdl:documentation>',
    ),
    "messages at the end": (b"<wsdl:types>", b"<wsdl:types>"),
}
EDITS = (
    (b'name="Text" type="xs:string"', b'name="Text" type="xs:int"'),
    (b'<xs:enumeration value="Sent"/>', b""),
    (b'element="t:SaveNoteResponse"', b'element="t:SaveNote"'),
    (b'NetServer/Services85/Notes/SaveNote" style', b'NetServer/Services85/Notes/Other" style'),
    (b'<soap:header message="t:Headers" part="Token" use="literal"/>', b""),
)


@pytest.mark.parametrize("trap", TRAPS)
def test_a_text_on_one_line_hides_no_change_however_it_is_written(trap: str) -> None:
    plain, written = TRAPS[trap]
    old = FLAT.replace(plain, written)
    if trap == "messages at the end":
        messages = old[old.index(b"<wsdl:message") : old.index(b"<wsdl:portType")]
        old = old.replace(messages, b"").replace(b"</wsdl:definitions>", messages + b"</wsdl:definitions>")
    elif trap != "names that come late":
        assert old != FLAT
    for before, after in EDITS:
        new = old.replace(before, after)
        assert new != old
        for one, other in ((old, new), (new, old)):
            found = changes(one, other)
            assert found == changes(one, _in_other_words(other)) != (), (before, after)
