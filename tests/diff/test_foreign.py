"""WSDLs of other families: rpc, encoded, SOAP 1.2, choices, wildcards, attributes, unions, shared and derived types."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from contracts.diff.compare import compare
from contracts.model import ContractsError
from contracts.mutate.wsdl_editor import WSDL, XS

from .comparing import CALM, changes, pair, services, told

RPC = (Path(__file__).parent / "rpc.wsdl").read_text("utf-8")
START = '<part name="start" type="xsd:int"/>'
KEY = '<part name="key" type="xsd:string"/>'
ATTRIBUTE = '<xsd:attribute name="id" type="xsd:int"/>'


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (START, START.replace("int", "long"), [("type-widened", "P.Search/request/start")]),
        (KEY, "", [("parameter-removed", "P.Search/request/key")]),
        ('"title"', '"caption"', [("member-removed", "El.title"), ("required-member-added", "El.caption")]),
        ('"tns:El[]"', '"xsd:string[]"', [("type-changed", "ElArray.@arrayType")]),
        ("<xsd:choice>", '<xsd:choice maxOccurs="unbounded">', [("type-widened", "Pick")]),
        ("xsd:choice>", "xsd:sequence>", [("type-changed", "Pick")]),
        ('<xsd:any minOccurs="0"/>', "", [("type-narrowed", "Pick")]),
        ('<xsd:any minOccurs="0"/>', "<xsd:any/>", [("type-changed", "Pick")]),
        (ATTRIBUTE, "", [("attribute-removed", "Pick.@id")]),
        (ATTRIBUTE, ATTRIBUTE.replace("int", "short"), [("type-narrowed", "Pick.@id")]),
        (ATTRIBUTE, ATTRIBUTE.replace("/>", ' use="required"/>'), [("attribute-required", "Pick.@id")]),
        ('base="xsd:decimal"', 'base="xsd:integer"', [("type-narrowed", "Money")]),
        ('"xsd:int xsd:string"', '"xsd:int xsd:boolean"', [("type-changed", "U")]),
        ("urn:search", "urn:find", [("namespace-changed", "P/namespace")]),
        ('"return" type="tns:Result"', '"return" type="xsd:string"', [("type-changed", "P.Search/response/return")]),
        ('style="rpc"', 'style="document"', [("style-changed", "P/binding")]),
        ('"urn:a"', '"urn:b"', [("action-changed", "P.Search/SOAPAction")]),
    ],
)
def test_rpc(before: str, after: str, expected: list[tuple[str, str]]) -> None:
    assert before in RPC
    assert told(changes(RPC.encode(), RPC.replace(before, after).encode())) == expected


INLINE = """<xsd:attribute name="id" use="required"><xsd:simpleType><xsd:restriction base="xsd:string">
<xsd:enumeration value="a"/><xsd:enumeration value="b"/></xsd:restriction></xsd:simpleType></xsd:attribute>"""


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (INLINE, INLINE.replace('"b"', '"c"'), [("enum-value-added", "c"), ("enum-value-removed", "b")]),
        (INLINE, INLINE.replace("xsd:", "x:").replace("x:attribute ", f'x:attribute xmlns:x="{XS[1:-1]}" ', 1), []),
        (ATTRIBUTE, ATTRIBUTE.replace("/>", ' fixed="1"/>'), [("type-narrowed", "")]),
        (ATTRIBUTE.replace("/>", ' fixed="1"/>'), ATTRIBUTE.replace("/>", ' fixed="2"/>'), [("type-changed", "")]),
        (ATTRIBUTE.replace("/>", ' fixed="1"/>'), ATTRIBUTE.replace("/>", ' fixed=" 1 "/>'), []),
        (ATTRIBUTE.replace("/>", ' default="1"/>'), ATTRIBUTE, [("default-changed", "")]),
    ],
)
def test_what_an_attribute_may_say(before: str, after: str, expected: list[tuple[str, str]]) -> None:
    old, new = (RPC.replace(ATTRIBUTE, text).encode() for text in (before, after))
    assert told(changes(old, new)) == [(rule, f"Pick.@id{'.' if value else ''}{value}") for rule, value in expected]


def test_text_with_attributes_is_text_whatever_else_it_says() -> None:
    """``mixed`` and wildcards for attributes change nothing of a simple content."""
    data = pair("attribute-added")[1]
    head, _, tail = data.partition(b'<xs:complexType name="Note">')
    tail = tail.partition(b"</xs:complexType>")[2]
    kind = b"""<xs:complexType name="Note"%s><xs:simpleContent>
    <xs:extension base="xs:%s">%s</xs:extension></xs:simpleContent></xs:complexType>"""
    old = head + kind % (b"", b"int", b"<xs:anyAttribute/>") + tail
    assert told(changes(old, head + kind % (b' mixed="true"', b"int", b"<xs:anyAttribute/>") + tail)) == []
    assert told(changes(old, head + kind % (b"", b"long", b"<xs:anyAttribute/>") + tail)) == [("type-widened", "Note")]


def test_a_fixed_value_that_is_another() -> None:
    """The version that a request has to name."""
    data = pair("default-changed")[0]
    old, new = (data.replace(b'default="1"', b'fixed="%d"' % n) for n in (16, 20))
    (found,) = changes(old, new)
    assert (found.rule, found.severity, found.path) == ("type-changed", "breaking", "Note.Id")
    assert (found.old, found.new) == ("fixed '16'", "fixed '20'")
    assert told(changes(data.replace(b'default="1"', b""), new)) == [("type-narrowed", "Note.Id")]
    assert told(changes(old, data.replace(b'default="1"', b""))) == [("type-widened", "Note.Id")]


def test_what_a_fault_holds() -> None:
    data = pair("fault-added")[1]
    assert changes(data, data) == ()
    (found,) = changes(data, data.replace(b'name="Trace" type="xs:string"', b'name="Trace" type="xs:int"'))
    assert (found.rule, found.direction, found.path) == (
        "type-changed",
        "response",
        "Notes.SaveNote/response/fault/Trace",
    )
    (found,) = changes(data, data.replace(b'name="detail" element="t:Trace"', b'name="detail" element="t:Token"'))
    assert (found.rule, found.direction, found.path) == (
        "body-changed",
        "response",
        "Notes.SaveNote/response/fault/Locked",
    )
    typed = data.replace(b'name="Trace" type="xs:string"', b'name="Trace" type="t:NoteState"')
    typed = typed.replace(b'name="State" type="t:NoteState"', b'name="State" type="xs:string"')
    (found,) = changes(typed, typed.replace(b'<xs:enumeration value="Sent"/>', b""))
    assert (found.direction, found.operations) == ("response", ("Notes.SaveNote",))


def test_the_order_of_an_all_is_none() -> None:
    root = etree.fromstring(RPC.encode())
    for group in root.iter("{http://www.w3.org/2001/XMLSchema}all"):
        group.append(group[0])
    assert told(changes(RPC.encode(), etree.tostring(root))) == []


def test_the_order_of_parts_is_one() -> None:
    root = etree.fromstring(RPC.encode())
    message = root.find(f"{WSDL}message")
    assert message is not None
    message.insert(0, message[1])
    found = changes(RPC.encode(), etree.tostring(root))
    assert [(c.rule, c.path, c.old, c.new) for c in found] == [
        ("parameter-order-changed", "P.Search/request", "key, start", "start, key")
    ]


def test_reach_goes_through_soap_arrays() -> None:
    found = changes(RPC.encode(), RPC.replace('"title"', '"caption"').encode())
    assert {(c.operations, c.direction) for c in found} == {(("P.Search",), "response")}


SOURCES = [RPC.encode(), pair("base-changed")[0], pair("agent-removed")[0]]


@given(data=st.data())
@settings(CALM, max_examples=150)
def test_no_damage_is_a_traceback(data: st.DataObject) -> None:
    """Whatever is done to a WSDL: changes, or one line that says what is wrong with it."""
    source = data.draw(st.sampled_from(SOURCES))
    root = etree.fromstring(source)
    for _ in range(data.draw(st.integers(1, 4))):
        nodes = [n for n in root.iter() if isinstance(n.tag, str)]
        node = nodes[data.draw(st.integers(0, len(nodes) - 1))]
        kind = data.draw(st.sampled_from(["drop", "unset", "set", "copy", "rename"]))
        if kind == "drop" and (parent := node.getparent()) is not None:
            parent.remove(node)
        elif kind in ("unset", "set") and node.attrib:
            name = data.draw(st.sampled_from(sorted(node.attrib)))
            del node.attrib[name]
            if kind == "set":
                node.set(name, data.draw(st.sampled_from(["", "x", "a:b:c", "t:Note", "xs:int", "-1", "{", "9" * 30])))
        elif kind == "copy":
            node.append(etree.fromstring(etree.tostring(nodes[data.draw(st.integers(0, len(nodes) - 1))])))
        elif kind == "rename":
            node.tag = data.draw(st.sampled_from(sorted({str(n.tag) for n in nodes})))
    damaged = etree.tostring(root)
    for old, new in ((source, damaged), (damaged, source)):
        try:
            compare(services(old), services(new))
        except ContractsError as error:
            assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("sequence", "all", "type-widened"),
        ("all", "sequence", "type-narrowed"),
        ("sequence", "choice", "type-changed"),
        ('sequence minOccurs="0"', "sequence", "type-narrowed"),
        ("sequence", 'sequence maxOccurs="unbounded"', "type-widened"),
        ('choice maxOccurs="unbounded"', 'choice minOccurs="0"', "type-changed"),
    ],
)
def test_how_members_are_arranged(before: str, after: str, rule: str) -> None:
    """Whoever may send them in any order, or more often, may still send them as before."""
    choice = RPC[RPC.index("<xsd:choice>") : RPC.index("</xsd:choice>") + len("</xsd:choice>")]
    members = "".join(f'<xsd:element name="{name}" type="xsd:int"/>' for name in "ab")
    old, new = (RPC.replace(choice, f"<xsd:{kind}>{members}</xsd:{kind.split()[0]}>") for kind in (before, after))
    (found,) = changes(old.encode(), new.encode())
    assert (found.rule, found.path, found.direction) == (rule, "Pick", "request")
    assert found.severity == ("safe" if rule == "type-widened" else "breaking")
