"""Whatever Content-Type calls a charset, there is a verdict."""

from __future__ import annotations

import pytest

from contracts.messages import tree as envelope
from tests.rules.messages import NS, STOP, check_request

NAMES = ("cp037", "base64", "hex", "rot13", "idna", "punycode", "undefined", "unicode_escape", "utf\0-8", "", "..", "é")


@pytest.mark.parametrize("name", NAMES)
def test_a_charset_that_is_none_of_xml(name: str) -> None:
    head = {"Content-Type": f"text/xml; charset={name}", "SOAPAction": f'"{NS}/Batch/StopBatchJob"'}
    assert [f.rule for f in check_request(STOP, headers=head).violations] == ["envelope-charset"]


@pytest.mark.parametrize("name", ["cp037", "base64", "x-nobody-knows"])
def test_a_charset_that_is_none_of_xml_declared_in_the_document(name: str) -> None:
    parsed = envelope.parse(f'<?xml version="1.0" encoding="{name}"?>{STOP}'.encode())
    assert parsed.rule == "envelope-charset" or parsed.charset


def test_utf_16_declared_in_a_document_that_is_not() -> None:
    """What .NET's StringWriter makes of a message."""
    parsed = envelope.parse(f'<?xml version="1.0" encoding="utf-16"?>{STOP}'.encode())
    assert (parsed.rule, parsed.found) == ("envelope-not-wellformed", "encoding utf-16 declared, other bytes")
