"""What WS-Policy and WS-Addressing ask for, and what they leave open."""

from __future__ import annotations

import pytest
from lxml import etree

from contracts.wsdl.policies import Policies

SPACES = (
    'xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:p="http://schemas.xmlsoap.org/ws/2004/09/policy"'
    ' xmlns:q="http://www.w3.org/ns/ws-policy" xmlns:wsaw="http://www.w3.org/2006/05/addressing/wsdl"'
    ' xmlns:s="urn:security" xmlns:u="urn:utility"'
)
SEVERAL = "<p:ExactlyOne><p:All><s:A/><s:B/></p:All><p:All><s:A/><s:C/></p:All></p:ExactlyOne>"
EITHER = "<p:ExactlyOne><s:A/><s:B/></p:ExactlyOne>"
PERHAPS = "<p:ExactlyOne><p:All><s:A/></p:All><p:All/></p:ExactlyOne>"
TOKEN = "<s:Tokens><p:Policy><s:UsernameToken/></p:Policy></s:Tokens>"


@pytest.mark.parametrize(
    ("attached", "asked"),
    [
        ('<p:PolicyReference URI="#one"/>', "Binary"),
        ('<q:Policy><q:PolicyReference URI="#one"/><s:More/></q:Policy>', "Binary More"),
        ('<p:PolicyReference URI="#none"/>', ""),
        ('<p:PolicyReference URI="#itself"/>', "Lone"),
        (f"<p:Policy>{SEVERAL}</p:Policy>", "A"),
        (f"<p:Policy>{EITHER}</p:Policy>", "A or B"),
        (f"<p:Policy>{PERHAPS}</p:Policy>", ""),
        (f"<p:Policy>{TOKEN}</p:Policy>", "Tokens UsernameToken"),
        ('<p:Policy><s:A p:Optional="true"/></p:Policy>', ""),
        ('<q:Policy><s:A q:Ignorable="1"/></q:Policy>', ""),
        ("<p:Policy><p:ExactlyOne/></p:Policy>", ""),
        ("<p:Policy><wsaw:UsingAddressing/></p:Policy>", "UsingAddressing"),
        ('<p:Policy><wsaw:UsingAddressing p:Optional="true"/></p:Policy>', ""),
        ('<wsaw:UsingAddressing w:required="true"/>', "UsingAddressing"),
        ('<wsaw:UsingAddressing w:required="false"/>', ""),
        ("<wsaw:UsingAddressing/>", ""),
        ("<s:Other/>", ""),
    ],
)
def test_what_is_asked_for(attached: str, asked: str) -> None:
    policies = (
        '<p:Policy u:Id="one"><s:Binary/></p:Policy>'
        '<p:Policy u:Id="itself"><s:Lone/><p:PolicyReference URI="#itself"/></p:Policy>'
    )
    root = etree.fromstring(f"<w:definitions {SPACES}>{policies}<w:binding>{attached}</w:binding></w:definitions>")
    assert " ".join(Policies([root]).read(None, root[-1])).split(" ") == asked.split(" ")


def test_what_an_attribute_names() -> None:
    policy, port_type = '<p:Policy u:Id="one"><s:Binary/></p:Policy>', '<w:portType p:PolicyURIs="#one"/>'
    root = etree.fromstring(f"<w:definitions {SPACES}>{policy}{port_type}</w:definitions>")
    assert Policies([root]).read(root[-1]) == ("Binary",)
