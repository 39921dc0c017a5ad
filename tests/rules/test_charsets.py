"""Bytes, their charset, and who says which one it is: the HTTP head, a byte order mark, the XML declaration."""

from __future__ import annotations

import codecs
import gzip

import pytest

from tests.helpers.messages import FIND, STOP, STOPPED, check_request, check_response, heads, rules

TEXT = FIND.replace("nightly", "Sk\u00f8 \u20ac")
HEAD = heads("Batch/GetBatchTaskInfosByNameAndState")


def declared(charset: str | None, text: str = TEXT) -> str:
    return f'<?xml version="1.0" encoding="{charset}"?>{text}' if charset else text


UTF8 = TEXT.encode()
LE, BE = codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be")
MISMATCH, OTHER, BAD = "envelope-charset-mismatch", "envelope-charset", "envelope-not-wellformed"
HEADED = "http-charset"
LATIN = declared("iso-8859-1", FIND.replace("nightly", "Sk\u00f8")).encode("latin-1")
CP1252 = declared("windows-1252").encode("cp1252")

CASES = {
    # name: (bytes, charset of the head, the rule without a head, the rule with it)
    "utf-8": (UTF8, "utf-8", None, None),
    "utf-8-declared": (declared("utf-8").encode(), "utf-8", None, None),
    "utf-8-declared-in-capitals": (declared("UTF-8").encode(), "UTF-8", None, None),
    "utf-8-without-a-dash": (UTF8, "utf8", None, HEADED),
    "utf-8-with-a-mark": (codecs.BOM_UTF8 + UTF8, "utf-8", None, None),
    "utf-8-with-a-mark-declared": (codecs.BOM_UTF8 + declared("utf-8").encode(), "utf-8", None, None),
    "us-ascii": (FIND.encode(), "us-ascii", None, HEADED),
    "utf-16-le": (LE, "utf-16", None, None),
    "utf-16-be": (BE, "utf-16", None, None),
    "utf-16-le-without-a-mark": (TEXT.encode("utf-16-le"), "utf-16", BAD, None),
    "utf-16-be-without-a-mark": (TEXT.encode("utf-16-be"), "utf-16", BAD, None),
    "utf-16-without-a-mark-as-utf-8": (TEXT.encode("utf-16-le"), "utf-8", BAD, MISMATCH),
    "utf-16-le-named-so": (LE, "utf-16le", None, HEADED),
    "utf-16-be-named-so": (BE, "utf-16be", None, HEADED),
    "utf-16-declared": (declared("utf-16").encode("utf-16"), "utf-16", None, None),
    "utf-16-as-utf-8": (LE, "utf-8", None, MISMATCH),
    "utf-16-be-as-utf-8": (BE, "utf-8", None, MISMATCH),
    "utf-8-as-utf-16": (UTF8, "utf-16", None, MISMATCH),
    "latin-1-declared": (LATIN, "iso-8859-1", OTHER, HEADED),
    "latin-1-declared-as-utf-8": (LATIN, "utf-8", OTHER, OTHER),
    "latin-1-undeclared": (FIND.replace("nightly", "Sk\u00f8").encode("latin-1"), "utf-8", BAD, MISMATCH),
    "latin-1-named-in-the-head-only": (
        FIND.replace("nightly", "Sk\u00f8").encode("latin-1"),
        "iso-8859-1",
        BAD,
        HEADED,
    ),
    "windows-1252-declared": (CP1252, "windows-1252", OTHER, HEADED),
    "windows-1252-in-the-head-only": (TEXT.encode("cp1252"), "windows-1252", BAD, HEADED),
    "utf-8-as-windows-1252": (UTF8, "windows-1252", None, HEADED),
    "unknown-charset": (UTF8, "x-nobody-knows", None, HEADED),
    "utf-8-declared-without-a-dash": (declared("utf8").encode(), "utf-8", OTHER, OTHER),
    "us-ascii-declared": (declared("us-ascii", FIND).encode(), "utf-8", OTHER, OTHER),
    "utf-8-declared-by-a-code-page": (declared("cp65001").encode(), "utf-8", OTHER, OTHER),
    "charset-without-a-value": (UTF8, "utf-8; charset", None, HEADED),
    "unknown-declared": (declared("x-nobody-knows").encode(), "utf-8", OTHER, OTHER),
    "bad-utf-8": (UTF8.replace(b"Sk", b"Sk\xff"), "utf-8", BAD, MISMATCH),
    "bad-utf-8-after-the-root": (UTF8 + b"\xff", "utf-8", BAD, MISMATCH),
    "truncated-utf-8": (UTF8.replace("\u20ac".encode(), b"\xe2\x82"), "utf-8", BAD, MISMATCH),
    "overlong-utf-8": (UTF8.replace(b"Sk", b"\xc0\xaf"), "utf-8", BAD, MISMATCH),
    "surrogate-in-utf-8": (UTF8.replace(b"Sk", b"\xed\xa0\x80"), "utf-8", BAD, MISMATCH),
    "utf-32": (TEXT.encode("utf-32"), "utf-32", OTHER, HEADED),
    "nul": (UTF8.replace(b"Sk", b"S\x00k"), "utf-8", BAD, BAD),
    "control-character": (UTF8.replace(b"Sk", b"S\x0bk"), "utf-8", BAD, BAD),
    "reference-to-nul": (UTF8.replace(b"Sk", b"&#0;"), "utf-8", BAD, BAD),
    "reference-to-a-surrogate": (UTF8.replace(b"Sk", b"&#xD800;"), "utf-8", BAD, BAD),
    "beyond-the-basic-plane": (FIND.replace("nightly", "\U0001f600").encode(), "utf-8", None, None),
}


@pytest.mark.parametrize("name", CASES)
def test_charset(name: str) -> None:
    data, charset, alone, with_head = CASES[name]
    assert rules(check_request(data)) == ([alone] if alone else [])
    verdict = check_request(data, headers=HEAD | {"Content-Type": f"text/xml; charset={charset}"})
    assert rules(verdict) == ([with_head] if with_head else [])
    assert verdict.label == "Batch.GetBatchTaskInfosByNameAndState"
    assert not verdict.notes


NAMES = ("cp037", "base64", "hex", "rot13", "idna", "punycode", "undefined", "unicode_escape", "utf\0-8", "", "..", "é")


@pytest.mark.parametrize("name", NAMES)
def test_a_charset_that_is_none_of_xml(name: str) -> None:
    head = HEAD | {"Content-Type": f"text/xml; charset={name}"}
    assert rules(check_request(FIND, headers=head)) == [HEADED]


@pytest.mark.parametrize("name", ["cp037", "base64", "x-nobody-knows"])
def test_a_charset_that_is_none_of_xml_declared_in_the_document(name: str) -> None:
    assert rules(check_request(declared(name).encode())) == ["envelope-charset"]


def test_utf_16_declared_in_a_document_that_is_not() -> None:
    """What .NET's StringWriter makes of a message."""
    (found,) = check_request(declared("utf-16").encode()).violations
    assert (found.rule, found.found) == ("envelope-not-wellformed", "encoding utf-16 declared, other bytes")


def test_a_response_likewise() -> None:
    for data, charset, rule in ((STOPPED.encode(), "utf-8", None), (STOPPED.encode("utf-16"), "utf-8", MISMATCH)):
        verdict = check_response(data, status=200, headers={"Content-Type": f"text/xml; charset={charset}"})
        assert rules(verdict) == ([rule] if rule else [])


@pytest.mark.parametrize("charset", [None, "utf-8", "utf-16", "iso-8859-1", "x-nobody-knows"])
def test_a_text_has_no_charset(charset: str | None) -> None:
    """Python's str was decoded already: what its declaration says of a charset is past."""
    assert check_request(declared(charset)).kept
    assert check_request("\ufeff" + declared(charset)).kept
    assert check_response(declared(charset, STOPPED)).kept


def test_a_text_that_is_no_unicode() -> None:
    assert rules(check_request(FIND.replace("nightly", "\ud800"))) == [BAD]


def test_xml_versions() -> None:
    assert check_request('<?xml version="1.0"?>' + STOP).kept
    assert check_request('<?xml version="1.0" standalone="yes"?>' + STOP).kept
    assert check_request(' <?xml version="1.0"?>' + STOP).outcome == "broken"
    assert check_request("\n" + STOP).kept


def test_packed_without_saying_so() -> None:
    (found,) = check_request(gzip.compress(UTF8, mtime=0)).violations
    assert (found.rule, found.found) == (BAD, "gzip, which no Content-Encoding names")


@pytest.mark.parametrize(
    "parameters", ['; type="a;charset=latin1"; charset=utf-8', '; action="urn:x"', '; charset="UTF-8"; action=""', ";"]
)
def test_parameters_of_the_media_type(parameters: str) -> None:
    assert check_request(UTF8, headers=HEAD | {"Content-Type": f"text/xml{parameters}"}).kept
