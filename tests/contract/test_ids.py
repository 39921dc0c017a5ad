"""StopBatchJob's Id: every way to write an int32 is kept, everything else is broken; and where other readers differ."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable
from typing import Any

import pytest
import requests
import zeep.xsd
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from contracts import Contract, ContractBroken
from contracts.clients import zeep as strict

from .clients import Client, NothingSent
from .judging import judge_text, value_read, verdict_on
from .oracles import is_integer, plain_markup
from .printing import Falsified, expect_broken, expect_kept
from .spots import XSI, Spot, parameter
from .texts import ALPHABETS, XML_TEXT, dressed, integers

LOW, HIGH = -(2**31), 2**31 - 1
_NIL = f' xmlns:xsi="{XSI}" xsi:nil="{{}}"'


@pytest.fixture(scope="module")
def stop(services85_contract: Contract) -> Spot:
    """The Id of StopBatchJob."""
    found = services85_contract.services.find("Batch.StopBatchJob")
    if not found:
        pytest.skip("this contract has no Batch.StopBatchJob")
    service, operation = found[0]
    element = service.schema.element(operation.request.body or "")
    members = service.schema.members(element.type) if element else ()
    assert [m.local for m in members] == ["Id"], "StopBatchJob takes one parameter, Id"
    assert members[0].type == "{http://www.w3.org/2001/XMLSchema}int"
    return parameter(service, operation, members[0])


# --- kept -------------------------------------------------------------------------------------------------------------


@given(data=st.data(), pair=integers(LOW, HIGH))
def test_every_form_of_an_id(
    stop: Spot, services85_contract: Contract, data: st.DataObject, pair: tuple[int, str]
) -> None:
    """Signs, zeros, white space, references, CDATA, comments: kept, and read as the number that was meant."""
    number, text = pair
    _is_kept(services85_contract, stop, number, text, data.draw(dressed(text)))


@pytest.mark.parametrize(
    ("number", "markup"),
    [
        *((n, str(n)) for n in (0, 1, -1, 42, LOW, LOW + 1, HIGH - 1, HIGH)),
        *((n, f"{n:+012d}") for n in (0, 42, LOW, HIGH)),
        (0, "-0"), (0, "+0"), (0, "-000"), (42, "0" * 400 + "42"),
        (42, " 42 "), (42, "\t\n42"), (42, "&#13;&#10;42&#9;"), (42, "\n" * 1000 + "42"),
        (42, "4<!-- the answer -->2"), (42, "<!-- 7 -->42<!---->"), (42, "4<!--1--><!--2-->2"),
        (42, "<![CDATA[42]]>"), (42, "4<![CDATA[2]]>"), (42, "<![CDATA[4]]><![CDATA[2]]>"), (42, "<![CDATA[]]>42"),
        (42, "&#52;&#50;"), (42, "&#x34;2"), (42, "&#x00034;&#0000050;"), (-42, "&#45;42"), (42, "&#x2B;42"),
        (42, "<![CDATA[ 4]]><!-- -->&#50;&#32;"),
    ],
    ids=lambda value: ascii(value)[:32] if isinstance(value, str) else None,
)  # fmt: skip
def test_boundary_forms(stop: Spot, services85_contract: Contract, number: int, markup: str) -> None:
    """The boundaries and each kind of markup, always tried."""
    text = "".join(str(t) for t in etree.fromstring(f"<v>{markup}</v>").xpath("text()"))
    _is_kept(services85_contract, stop, number, text, markup)


def _is_kept(contract: Contract, stop: Spot, number: int, text: str, markup: str) -> None:
    __tracebackhide__ = True
    message = stop.message(markup)
    if not judge_text(contract, stop, text, markup):
        raise Falsified(f"{number} written as {text!r} has to be kept", message)
    if (read := value_read(stop, message)) != number:
        raise Falsified(f"{number} was meant, and {read} read", message)


# --- broken -----------------------------------------------------------------------------------------------------------


def _with_examples(*texts: str) -> Callable[[Any], Any]:
    def decorate(function: Any) -> Any:
        for text in texts:
            function = example(text=text)(function)
        return function

    return decorate


@given(text=st.text(ALPHABETS["integer"], max_size=14) | XML_TEXT | st.integers().map(str))
@_with_examples(str(HIGH), str(LOW), str(HIGH + 1), str(LOW - 1), str(2**32), str(2**63), "9" * 400, "-" + "9" * 400)
@_with_examples("", " ", "\n", "-", "+", "+-1", "--1", "1-", "1 2", "- 1", "1.0", "42.", ".5", "1e3", "1E0", "1,000")
@_with_examples("4'2", "0x2A", "#42", "42L", "42f", "$42", "42%", "1_000", "4_2", "NaN", "INF", "null", "None", "true")
@_with_examples("abc", "forty-two", "Id", "42;", "{}", "&", "<", "]]>", "42<!-- -->")
@_with_examples(
    *(f"{space}42" for space in "\u00a0\u0085\u1680\u2003\u2009\u200b\u2028\u202f\u3000\ufeff"), "42\u00a0", "42\u200b"
)
@_with_examples("\u0664\u0662", "\u06f4\u06f2", "\u096a\u0968", "\uff14\uff12", "\U0001d7d2", "\u2074\u00b2", "\u2163")
@_with_examples("\u221242", "\uff0b42", "\u201342", "4\u030332")
def test_everything_else(stop: Spot, services85_contract: Contract, text: str) -> None:
    """Kept where it is an int32 by XML Schema's form and range, and broken at Id, by one violation, where it is not."""
    kept = judge_text(services85_contract, stop, text, plain_markup(text))
    if kept != is_integer(text, LOW, HIGH):
        raise Falsified(f"{text!r}: {kept}", stop.message(plain_markup(text)))


@pytest.mark.parametrize(
    ("markup", "attributes", "rule"),
    [
        ("", "", "value-lexical"),
        ("<!-- 42 -->", "", "value-lexical"),
        ("<![CDATA[]]>", "", "value-lexical"),
        ("<v>42</v>", "", "value-nested"),
        ("4<v/>2", "", "value-nested"),
        ("42<Id>42</Id>", "", "value-nested"),
        ("", _NIL.format("true"), "value-nil"),
        ("", _NIL.format("1"), "value-nil"),
        ("42", _NIL.format("true"), "value-nil"),
        ("42", ' value="42"', "body-attribute"),
        (str(HIGH + 1), "", "value-range"),
        (str(LOW - 1), "", "value-range"),
        ("9" * 40, "", "value-range"),
    ],
    ids=lambda value: value.rpartition(" ")[2][:24],
)
def test_what_is_no_text(stop: Spot, services85_contract: Contract, markup: str, attributes: str, rule: str) -> None:
    """Empty, nested, nil, out of range: which rule speaks."""
    message = stop.message(markup, attributes)
    expect_broken(verdict_on(services85_contract, stop, message), message, stop.path, {rule})


@pytest.mark.parametrize("byte", ["\x00", "\x0b", "&#0;", "&#11;", "&#xFFFE;", "&nbsp;"])
def test_what_xml_cannot_carry(stop: Spot, services85_contract: Contract, byte: str) -> None:
    """Characters and references that no XML has."""
    message = stop.message(f"4{byte}2")
    verdict = verdict_on(services85_contract, stop, message)
    if {v.rule for v in verdict.violations} != {"envelope-not-wellformed"}:
        raise Falsified(f"{byte!r} is no XML: {verdict.violations}", message)


# --- other readers ----------------------------------------------------------------------------------------------------

_REFUSED = object()
READERS: list[tuple[str, object, object, object]] = [
    # form, read by XML Schema (and WCF), by Python's int(), by the PyPI xmlschema
    ("42", 42, 42, 42),
    (" 42 ", 42, 42, 42),
    ("+42", 42, 42, 42),
    ("0042", 42, 42, 42),
    ("-0", 0, 0, 0),
    ("\u00a042", _REFUSED, 42, 42),
    ("\u200342", _REFUSED, 42, 42),
    ("\u0664\u0662", _REFUSED, 42, 42),
    ("\uff14\uff12", _REFUSED, 42, 42),
    ("4_2", _REFUSED, 42, 42),
    ("2147483648", _REFUSED, 2147483648, _REFUSED),
    ("1e3", _REFUSED, _REFUSED, _REFUSED),
    ("0x2A", _REFUSED, _REFUSED, _REFUSED),
    ("", _REFUSED, _REFUSED, _REFUSED),
]
_FORMS = [ascii(row[0]) for row in READERS]


@pytest.mark.parametrize(("text", "schema", "python", "package"), READERS, ids=_FORMS)
def test_python_int(
    stop: Spot, services85_contract: Contract, text: str, schema: object, python: object, package: object
) -> None:
    """Python's int() accepts what no receiver does; the verdict takes XML Schema's side, and so does WCF."""
    assert _tried(lambda: int(text)) == python
    message = stop.message(plain_markup(text))
    assert verdict_on(services85_contract, stop, message).kept is (schema is not _REFUSED)
    assert _tried(lambda: value_read(stop, message)) == schema


@pytest.mark.parametrize(("text", "schema", "python", "package"), READERS, ids=_FORMS)
def test_package_xmlschema(text: str, schema: object, python: object, package: object) -> None:
    """The PyPI xmlschema goes by int() too, apart from the range: no oracle for this."""
    xmlschema = pytest.importorskip(
        "xmlschema", reason="the package xmlschema, a reader to compare with, is not installed"
    )
    declared = xmlschema.XMLSchema(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="v" type="xs:int"/></xs:schema>'
    )
    assert _tried(lambda: declared.decode(f"<v>{plain_markup(text)}</v>")) == package


def _tried(read: Callable[[], object]) -> object:
    try:
        return read()
    except Exception:  # each reader refuses in its own way; that it does is the fact
        return _REFUSED


def test_comment_between_digits(stop: Spot, services85_contract: Contract) -> None:
    """A comment inside a number: 42 to XML Schema and WCF, 4 to zeep (as a server's answer), refused by xmlschema."""
    markup = "4<!--c-->2"
    message = stop.message(markup)
    expect_kept(verdict_on(services85_contract, stop, message), message)
    assert value_read(stop, message) == 42
    assert zeep.xsd.Integer().parse_xmlelement(etree.fromstring(f"<v>{markup}</v>")) == 4


# --- zeep -------------------------------------------------------------------------------------------------------------

_VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(LOW, HIGH), st.floats(), st.decimals(), st.fractions(),
    XML_TEXT, st.text(ALPHABETS["integer"], max_size=6), st.binary(max_size=4), st.dates(), st.just([42]), st.just({}),
)  # fmt: skip


@pytest.fixture(scope="module")
def client(services85_contract: Contract, stop: Spot) -> Client:
    return Client(services85_contract, stop.service)


@given(value=_VALUES)
@example(value=None)
@example(value=True)
@example(value="True")
@example(value=42)
@example(value="42")
@example(value=HIGH + 1)
@example(value=1.5)
@example(value=42.0)
@example(value="abc")
@example(value="")
@example(value="\u0664\u0662")
@example(value=decimal.Decimal("42"))
@example(value=datetime.date(2026, 6, 30))
def test_what_zeep_sends(stop: Spot, client: Client, value: object) -> None:
    """zeep checks nothing: whatever Python value it takes, the verdict on what it sends is right."""
    try:
        request = client.request(stop.operation, {"Id": value})
    except NothingSent:
        return  # zeep itself, or lxml, refused
    node = etree.fromstring(request.data).find(f".//{stop.element.name}")
    verdict = client.judge(request)
    if node is None:
        expect_broken(
            verdict, request.data, stop.path.rpartition("/")[0], {"body-parameter-missing", "body-parameter-default"}
        )
    elif is_integer(node.text or "", LOW, HIGH):
        expect_kept(verdict, request.data, f"{value!r} went out as {node.text!r}")
    else:
        rules = {"value-lexical", "value-range", "value-nested", "value-nil"}
        expect_broken(verdict, request.data, stop.path, rules, f"{value!r} went out as {node.text!r}")


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (None, None),
        (True, "True"),
        (1.5, "1.5"),
        ("abc", "abc"),
        (HIGH + 1, str(HIGH + 1)),
        (42, "42"),
        (" 42 ", " 42 "),
    ],
)
def test_zeep_facts(stop: Spot, client: Client, value: object, sent: str | None) -> None:
    """zeep 4.3 sends what it is given; None leaves the element out, which the server reads as 0."""
    request = client.request(stop.operation, {"Id": value})
    node = etree.fromstring(request.data).find(f".//{stop.element.name}")
    assert (None if node is None else node.text) == sent


@pytest.mark.parametrize("value", [None, True, 1.5, "abc", HIGH + 1, LOW - 1, "\u00a042", ""])
def test_strict_client_sends_nothing_broken(stop: Spot, services85_contract: Contract, value: object) -> None:
    """The strict client raises, with the violation, before anything is sent."""

    class NoSession(requests.Session):
        def send(self, *_: object, **__: object) -> requests.Response:
            raise AssertionError("it was sent")

    client = Client(services85_contract, stop.service, strict.StrictTransport(services85_contract, NoSession()))
    with pytest.raises(ContractBroken, match="Id"):
        client.call(stop.operation, {"Id": value})
