"""Lexical forms and ranges of every simple type, as XML Schema 1.0 and .NET have them: a table of values a type."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import contracts
from contracts.contract import Contract
from contracts.model.names import SERIALIZATION
from contracts.wsdl import document as wsdl
from tests.helpers.messages import START, STOP, Row, check_request, hold, row

WSDL = (Path(contracts.__file__).parent / "Services85" / "Batch" / "service.wsdl").read_text(encoding="utf-8")
MEMBER = '<xs:element name="Id" type="xs:int" minOccurs="0"/>'
AT = WSDL.index(MEMBER, WSDL.index('<xs:element name="StopBatchJob">'))
INTEGERS = {
    "byte": (-128, 127),
    "short": (-32768, 32767),
    "int": (-2147483648, 2147483647),
    "long": (-(2**63), 2**63 - 1),
    "unsignedByte": (0, 255),
    "unsignedShort": (0, 65535),
    "unsignedInt": (0, 4294967295),
    "unsignedLong": (0, 2**64 - 1),
}
OTHER_SCRIPTS = ("\u0664\u0662", "\uff14\uff12", "\u096a\u0968", "\U0001d7d2")
NO_XML_SPACE = ("\u00a0", "\u2003", "\u3000", "\u200b", "\ufeff", "\u0085", "\u2028")


@cache
def contract(kind: str) -> Contract:
    """A contract whose StopBatchJob takes a value of that type."""
    member = f'<xs:element name="Id" type="{kind}" xmlns:ser="{SERIALIZATION}" minOccurs="0" nillable="true"/>'
    text = WSDL[:AT] + member + WSDL[AT + len(MEMBER) :]
    return Contract(wsdl.parse_wsdl(text.encode(), "kinds.wsdl"))


def rule_of(kind: str, value: str, beside: str = "") -> str | None:
    """The one rule that the value breaks, if it breaks any."""
    escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace("\r", "&#13;")
    message = STOP.replace(">42<", f">{escaped}<").replace("</b:StopBatchJob>", f"{beside}</b:StopBatchJob>")
    verdict = contract(kind).check_request(message)
    found = [f for f in verdict.violations if f.rule != "body-unknown"]
    assert len(found) <= 1, found
    assert not found or (found[0].path == "/Envelope/Body/StopBatchJob/Id" and found[0].expected)
    return found[0].rule if found else None


GOOD = {
    "xs:int": ["42", "+42", "-42", "0042", "-0", "+0", " 42 ", "\n42\t", "\r42", "0" * 300 + "42"],
    "xs:boolean": ["true", "false", "1", "0", " true ", "\nfalse\t"],
    "xs:dateTime": ["2026-11-23T10:00:00", "2026-11-23T10:00:00Z", "2026-11-23T10:00:00+01:00",
        "2026-11-23T10:00:00-14:00", "2026-11-23T10:00:00.1234567", "2026-11-23T23:59:59", "2024-02-29T00:00:00",
        "0001-01-01T00:00:00", "9999-12-31T23:59:59.9999999", " 2026-11-23T10:00:00\n"],
    "xs:double": ["1", "1.5", ".5", "5.", "-1.5e10", "+1E-5", "1e+5", "0", "-0", "INF", "-INF", "NaN", " 1.5 ",
        "1.7976931348623157e308", "-1.7976931348623157E+308", "1e-999", "0" * 400],
    "xs:float": ["1", "1.5e3", "INF", "-INF", "NaN", "3.4028234663852886e38", "3.4028235E+38", "3.40282347E+38",
        "1e-99"],
    "xs:decimal": ["1", "1.50", ".5", "5.", "-0", "+1", "79228162514264337593543950335",
        "-79228162514264337593543950335", "0.0000000000000000000000000001", " 1.5 ",
        "000000000000000000000000000000000000000001"],
    "xs:string": ["", " ", "a", "\u00a0", "\u0664", "<&>", "\U0001f600", "x" * 100_000],
    "xs:base64Binary": ["", "AAAA", "AAA=", "AA==", "AA AA", " AAAA\n", "+/+/"],
    "xs:anyURI": ["", "urn:x", "http://h/a?b#c", "a b"],
    "xs:QName": ["x", "b:x"],
    "ser:guid": ["00000000-0000-0000-0000-000000000000", "DEADBEEF-dead-beef-0123-456789abcdef"],
    "ser:duration": ["P1D", "PT0S", "-P1DT2H3M4.5S", "PT1H", "P10675199D", "PT4.1234567S"],
    "ser:char": ["65", "0", " 65535 ", "+0065"],
    "xs:duration": ["P1Y2M3DT4H5M6.7S", "-P29220Y"],
    "tns:BatchTaskState": ["Unknown", "New", "Aquired", "Started", "Succeeded", "Failed", "All"],
    "tns:ETableRight": ["", "Select", "Select Update", " Select  Update ", "Select Select", "RestrictedUpdate"],
}  # fmt: skip

NO_INTEGERS = [
    "", " ", "abc", "1.5", "42.0", "1e3", "0x2A", "4_2", "4 2", "+", "-", "+-1", "--1", "- 1", "\u221242", "True",
    "NaN", "42;", "1,000", *OTHER_SCRIPTS, *(f"{space}42" for space in NO_XML_SPACE), "42\u00a0",
]  # fmt: skip

LEXICAL = {
    **{f"xs:{name}": NO_INTEGERS for name in INTEGERS},
    "xs:boolean": ["", "True", "TRUE", "False", "yes", "no", "2", "01", "-1", "t", "true false", "\u00a0true", "1.0"],
    "xs:dateTime": ["", "2026-11-23", "2026-11-23 10:00:00", "2026-11-23T10:00", "26-11-23T10:00:00",
        "2026-02-30T10:00:00", "2025-02-29T10:00:00", "2026-13-01T10:00:00", "2026-00-01T10:00:00",
        "2026-11-31T10:00:00", "2026-11-23T25:00:00", "2026-11-23T24:00:01", "2026-11-23T10:60:00",
        "2026-11-23T10:00:61", "2026-11-23T10:00:00+15:00", "2026-11-23T10:00:00+1:00", "2026-11-23t10:00:00",
        "2026-11-23T10:00:00z", "2026-11-23T10:00:00.", "0000-01-01T00:00:00", "02026-11-23T10:00:00", "23.11.2026",
        "now", "\u0662\u0660\u0662\u0666-11-23T10:00:00", "2026-11-23T10:00:00\u00a0", "+2026-11-23T10:00:00",
        "2026-11-23T10:00:00 Z"],
    "xs:double": ["", "1e", "e1", "1e5.5", ".", "-", "Inf", "+INF", "inf", "nan", "Infinity", "1,5", "0x1", "1f", "1 2",
        "\u0661", "--1", "1e\u0661", "-NaN"],
    "xs:float": ["", "1e", "+INF", "1.5f", "\uff11"],
    "xs:decimal": ["", "1e3", "INF", "NaN", ".", "+.", "1,5", "1.5.5", "\u0661", "\u00a01", "0x1"],
    "xs:base64Binary": ["A", "AA=", "A===", "====", "AAAA=", "\u00c3AAA", "AA-_", "AAAA*"],
    "xs:QName": ["", ":x", "x:", "1x", "a b", "b:x:y"],
    "ser:guid": ["", "{00000000-0000-0000-0000-000000000000}", "00000000000000000000000000000000",
        "0000000-0000-0000-0000-000000000000", "\u0660" * 8 + "-0000-0000-0000-000000000000",
        " 00000000-0000-0000-0000-000000000000", "g0000000-0000-0000-0000-000000000000"],
    "ser:duration": ["", "P", "PT", "P1Y", "P1M", "1D", "P1DT", "-PT", "P-1D", "P1.5D", "P\u0661D", "01:00:00", "PT1.S",
        "PT.5S"],
    "ser:char": ["", "A", "\u0664"],
}  # fmt: skip

RANGE = {
    **{f"xs:{name}": [str(low - 1), str(high + 1), f"+{high + 1}", f"000{high + 1}", "9" * 30, "-" + "9" * 30,
        "9" * 5000] for name, (low, high) in INTEGERS.items()},
}  # fmt: skip

ENUM = {
    "tns:BatchTaskState": ["", " ", "Acquired", "all", "ALL", " All", "All ", "0", "1", "99999", "New New", "New,All",
        "A\u0406l"],
    "tns:ETableRight": ["select", "Write", "Select,Update", "Select\u00a0Update", "1", "Select Write",
        "Select|Update"],
}  # fmt: skip

NET = {
    "xs:dateTime": ["2026-11-23T24:00:00", " 2026-11-23T24:00:00Z", "2026-12-31T24:00:00.000+01:00",
        "10000-01-01T00:00:00", "-0001-01-01T00:00:00", "-2026-11-23T10:00:00", "123456-11-23T10:00:00"],
    "xs:decimal": ["79228162514264337593543950336", "-79228162514264337593543950336", "9" * 60,
        "79228162514264337593543950336.0"],
    "xs:double": ["1.8e308", "-1e309", "1E+400", "9" * 400],
    "xs:float": ["3.5e38", "3.402824E38", "-1e39", "1e308"],
    "xs:duration": ["P30000Y", "-P400000M", "P10675200D", "PT99999999999999S"],
    "ser:char": ["-1", "65536", "2147483647"],
    "tns:ETableRight": ["Select\tUpdate", "Select\nUpdate", " Select \n Update ", "Select\r", "\tSelect"],
}  # fmt: skip


@pytest.mark.parametrize("kind", GOOD)
def test_good(kind: str) -> None:
    for value in GOOD[kind]:
        assert rule_of(kind, value) is None, value
        assert rule_of(kind, value, beside="<b:Foo/>") is None, value  # where something else is wrong, the walk agrees


@pytest.mark.parametrize("kind", INTEGERS)
def test_the_ends_of_a_range(kind: str) -> None:
    low, high = INTEGERS[kind]
    for value in (low, high, f"+{high}", f"000{high}", f" {low} "):
        assert rule_of(f"xs:{kind}", str(value)) is None, value


BAD = {"value-lexical": LEXICAL, "value-range": RANGE, "value-enum": ENUM, "value-net-range": NET}


@pytest.mark.parametrize(("rule", "kind"), [(rule, kind) for rule, table in BAD.items() for kind in table])
def test_bad(rule: str, kind: str) -> None:
    for value in BAD[rule][kind]:
        assert rule_of(kind, value) == rule, ascii(value[:100])
        assert rule_of(kind, value, beside="<b:Foo/>") == rule, ascii(value[:100])


def test_a_number_of_a_million_digits_is_answered_at_once() -> None:
    assert rule_of("xs:int", "9" * 1_000_000) == "value-range"
    assert rule_of("xs:decimal", "9" * 1_000_000) == "value-net-range"


ID = "/Envelope/Body/StopBatchJob/Id"
TASK = "/Envelope/Body/StartBatchJob/BatchTaskInfo"
XSI = [
    row("type-declared", STOP, "<b:Id>", '<b:Id i:type="x:int">'),
    row("type-derived", STOP, "<b:Id>", '<b:Id i:type="x:short">'),
    row("type-derived-twice", STOP, "<b:Id>", '<b:Id i:type=" x:byte ">'),
    row("type-derived-and-out-of-its-range", STOP, "<b:Id>42", '<b:Id i:type="x:byte">200', "value-range ~/Id"),
    row("type-base", STOP, "<b:Id>", '<b:Id i:type="x:long">', "value-xsi-type ~/Id"),
    row("type-other", STOP, "<b:Id>", '<b:Id i:type="x:string">', "value-xsi-type ~/Id"),
    row("type-unknown", STOP, "<b:Id>", '<b:Id i:type="x:number">', "value-xsi-type ~/Id"),
    row("type-unbound", STOP, "<b:Id>", '<b:Id i:type="q:int">', "value-xsi-type ~/Id"),
    row("type-without-a-prefix", STOP, "<b:Id>", '<b:Id i:type="int">', "value-xsi-type ~/Id"),
    row("type-empty", STOP, "<b:Id>", '<b:Id i:type="">', "value-xsi-type ~/Id"),
    row("type-of-a-complex-one", START, "<b:BatchTaskInfo>", '<b:BatchTaskInfo i:type="b:BatchTaskInfo">'),
    row("type-of-its-base", START, "<b:BatchTaskInfo>", '<b:BatchTaskInfo i:type="b:Carrier">', "value-xsi-type ~~"),
    row("type-of-another", START, "<b:BatchTaskInfo>", '<b:BatchTaskInfo i:type="b:TableRight">', "value-xsi-type ~~"),
    row("nil-on-a-value", STOP, "<b:Id>42</b:Id>", '<b:Id i:nil="true"/>', "value-nil ~/Id"),
    row("nil-1-on-a-value", STOP, "<b:Id>42</b:Id>", '<b:Id i:nil="1"/>', "value-nil ~/Id"),
    # XML Schema 1.0, cvc-elt 3.1: an element that is not nillable has no xsi:nil at all.
    row("nil-false-on-a-value", STOP, "<b:Id>", '<b:Id i:nil="false">', "value-nil ~/Id"),
    row("nil-0-on-a-value", STOP, "<b:Id>", '<b:Id i:nil="0">', "value-nil ~/Id"),
    row("nil-on-a-value-with-content", STOP, "<b:Id>", '<b:Id i:nil="true">', "value-nil ~/Id"),
    row("nil-on-an-enum", START, "<b:State>New</b:State>", '<b:State i:nil="true"/>', "value-nil ~~/State"),
    row("nil-on-the-operation", STOP, "<b:StopBatchJob>", '<b:StopBatchJob i:nil="true">', "value-nil ~"),
    row("nil-on-a-string", START, "<b:Name>nightly</b:Name>", '<b:Name i:nil="true"/>'),
    row("nil-with-space-around", START, "<b:Name>nightly</b:Name>", '<b:Name i:nil=" true "/>'),
    row("nil-false-on-a-string", START, "<b:Name>", '<b:Name i:nil="false">'),
    row("nil-with-a-comment", START, "<b:Name>nightly</b:Name>", '<b:Name i:nil="true"><!-- none --></b:Name>'),
    row("nil-with-content", START, "<b:Name>", '<b:Name i:nil="true">', "value-nil-content ~~/Name"),
    row("nil-with-a-space", START, "<b:Name>nightly<", '<b:Name i:nil="true"> <'),
    row("nil-with-members", START, "<b:BatchTaskInfo>", '<b:BatchTaskInfo i:nil="true">', "value-nil-content ~~"),
    row("nil-yes", START, "<b:Name>", '<b:Name i:nil="yes">', "value-lexical ~~/Name"),
    row("nil-True", START, "<b:Name>", '<b:Name i:nil="True">', "value-lexical ~~/Name"),
    row("nil-with-a-no-break-space", START, "<b:Name>", '<b:Name i:nil="&#160;true">', "value-lexical ~~/Name"),
    row("nil-of-no-namespace", START, "<b:Name>", '<b:Name nil="true">', "body-attribute ~~/Name"),
]  # fmt: skip


@pytest.mark.parametrize("case", XSI)
def test_xsi(case: Row) -> None:
    hold(case, check_request(case.text))


# fmt: off
LEXICAL, RANGE = "value-lexical", "value-range"
INLINE: dict[str, dict[str, str | None]] = {  # what stands in a type without a name -> the rules that its values break
    '<xs:restriction base="xs:decimal"><xs:minInclusive value="7"/></xs:restriction>': {
        "7": None, " +7.50 ": None, "3": LEXICAL, "x": LEXICAL, "": LEXICAL, "9" * 40: "value-net-range"},
    '<xs:restriction base="xs:string"><xs:pattern value="[A-Z]{2}"/></xs:restriction>': {
        "NO": None, "no": LEXICAL, " NO": LEXICAL},
    '<xs:restriction base="xs:int"><xs:maxExclusive value="10"/></xs:restriction>': {
        "9": None, " 09 ": None, "10": LEXICAL, "x": LEXICAL, "9" * 12: RANGE},
    '<xs:restriction><xs:simpleType><xs:restriction base="xs:string"><xs:maxLength value="2"/></xs:restriction>'
    '</xs:simpleType><xs:minLength value="1"/></xs:restriction>': {
        "a": None, "": LEXICAL, "abc": LEXICAL},
    '<xs:list><xs:simpleType><xs:restriction base="xs:int"><xs:maxInclusive value="5"/></xs:restriction>'
    '</xs:simpleType></xs:list>': {
        "": None, "1 5": None, "1 6": LEXICAL},
    '<xs:union memberTypes="xs:int xs:boolean"/>': {
        "7": None, "true": None, "True": LEXICAL},
}
# fmt: on


def _inline(content: str) -> Contract:
    data = (Path(contracts.__file__).parent / "diff/examples/old.wsdl").read_text(encoding="utf-8")
    member = '<xs:element name="Id" type="xs:int" minOccurs="0"/>'
    assert member in data
    inline = f'<xs:element name="Id" minOccurs="0"><xs:simpleType>{content}</xs:simpleType></xs:element>'
    return Contract(wsdl.parse_wsdl(data.replace(member, inline).encode(), "notes.wsdl"), "notes.wsdl")


@pytest.mark.parametrize("content", INLINE)
def test_a_value_of_a_type_without_a_name(content: str) -> None:
    """xsi:type has no name for it; its value is judged at its place all the same."""
    contract = _inline(content)
    space, soap = contract.services[0].namespace, "http://schemas.xmlsoap.org/soap/envelope/"
    for value, rule in INLINE[content].items():
        body = f'<SaveNote xmlns="{space}"><Id>{value}</Id></SaveNote>'
        header = f'<Token xmlns="{space}">t</Token>'
        data = f'<s:Envelope xmlns:s="{soap}"><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>'
        found = [(v.rule, v.path) for v in contract.check_request(data, operation="Notes.SaveNote").violations]
        assert found == ([(rule, "/Envelope/Body/SaveNote/Id")] if rule else []), value


def test_a_sample_has_a_value_that_a_type_without_a_name_takes() -> None:
    from contracts.generate.sample import make_sample

    service = _inline(next(iter(INLINE))).services[0]
    assert b"<Notes:Id>7</Notes:Id>" in make_sample(service, "SaveNote", "request")


# --- QNames -----------------------------------------------------------------------------------------------------------


def judge_qname(member: str, prefixes: str, value: str) -> str | None:
    """`rule_of` a member that is declared so."""
    text = WSDL[:AT] + member + WSDL[AT + len(MEMBER) :]
    contract = Contract(wsdl.parse_wsdl(text.encode(), "qnames.wsdl"))
    outcomes = []
    for beside in ("", "<b:Foo/>"):  # alone, and where the walk comes by
        message = STOP.replace("<b:Id>42</b:Id>", f"<b:Id {prefixes}>{value}</b:Id>{beside}")
        found = [f.rule for f in contract.check_request(message).violations if f.rule != "body-unknown"]
        outcomes.append(found[0] if found else None)
    assert outcomes[0] == outcomes[1] or outcomes == ["body-schema", None]  # told where nothing else is
    return outcomes[0]


SAME_QNAME = [('xmlns:q="urn:u"', "q:gif"), ('xmlns="urn:u"', "gif")]
OTHER_QNAMES = [("", "gif"), ('xmlns:q="urn:u"', "q:png"), ('xmlns:q="urn:v"', "q:gif"), ('xmlns="urn:v"', "gif")]
DECLARED = [('xmlns:u="urn:u"', "u:gif"), ('xmlns="urn:u"', "gif")]
"""The prefixes in scope in the schema, and what means {urn:u}gif there."""


@pytest.mark.parametrize(("scope", "name"), DECLARED)
@pytest.mark.parametrize("base", ["QName", "NOTATION"])
def test_a_name_of_an_enumeration_is_one_by_its_namespace_whatever_its_prefix(base: str, scope: str, name: str) -> None:
    inner = f'<xs:restriction base="xs:{base}"><xs:enumeration value="{name}"/></xs:restriction>'
    member = f'<xs:element name="Id" {scope}><xs:simpleType>{inner}</xs:simpleType></xs:element>'
    assert {judge_qname(member, *value) for value in SAME_QNAME} == {None}
    assert {judge_qname(member, *value) for value in [*OTHER_QNAMES, ("", "")]} == {"value-enum"}


@pytest.mark.parametrize(("scope", "name"), DECLARED)
def test_a_fixed_name_is_compared_by_its_namespace(scope: str, name: str) -> None:
    member = f'<xs:element name="Id" type="xs:QName" {scope} fixed="{name}"/>'
    assert {judge_qname(member, *value) for value in [*SAME_QNAME, ("", "")]} == {None}
    assert {judge_qname(member, *value) for value in OTHER_QNAMES} == {"body-schema"}


@pytest.mark.parametrize(("scope", "name"), DECLARED)
def test_a_default_name_needs_no_prefix_in_the_message(scope: str, name: str) -> None:
    member = f'<xs:element name="Id" type="xs:QName" {scope} default="{name}"/>'
    assert {judge_qname(member, *value) for value in [*SAME_QNAME, *OTHER_QNAMES, ("", "")]} == {None}
    assert judge_qname(member, "", "1x") == judge_qname(member, "", "q:gif") == "value-lexical"


def test_an_attribute_with_a_fixed_name() -> None:
    held = '<xs:attribute name="kind" type="xs:QName" xmlns:u="urn:u" fixed="u:gif"/>'
    member = f'<xs:element name="Id"><xs:complexType>{held}</xs:complexType></xs:element>'
    assert {judge_qname(member, f'{prefixes} kind="{value}"', "") for prefixes, value in SAME_QNAME} == {None}
    assert judge_qname(member, 'xmlns:q="urn:v" kind="q:gif"', "") == "body-schema"
    assert judge_qname(member, "", "") is None


def test_what_is_empty_and_has_a_default_is_right_beside_what_is_wrong() -> None:
    assert judge_qname('<xs:element name="Id" type="xs:int" default="7"/>', "", "") is None
