"""XML names in Clark notation, ``{namespace}local``, and the namespaces of the field, each told once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
"""SOAP 1.1's envelope."""
ENVELOPE12 = "http://www.w3.org/2003/05/soap-envelope"
"""SOAP 1.2's envelope."""
SOAP_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
XML = "http://www.w3.org/XML/1998/namespace"
"""Bound to the prefix xml everywhere, declared or not."""
XSD = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
WSDL = "http://schemas.xmlsoap.org/wsdl/"
WSDL_SOAP11 = "http://schemas.xmlsoap.org/wsdl/soap/"
WSDL_SOAP12 = "http://schemas.xmlsoap.org/wsdl/soap12/"
SERIALIZATION = "http://schemas.microsoft.com/2003/10/Serialization/"
"""Microsoft's DataContract serializer: ser:char, ser:guid, ser:duration, z:Id and z:Ref."""
ARRAYS = f"{SERIALIZATION}Arrays"
ADDRESSING = "http://www.w3.org/2005/08/addressing"

NIL = f"{{{XSI}}}nil"
XSI_TYPE = f"{{{XSI}}}type"
ANY_TYPE = f"{{{XSD}}}anyType"
REQUIRED_HEADERS = ("ApplicationToken", "Credentials")
"""What a request says of its caller, where its operation declares it: local names."""
EXAMPLE_TOKEN, EXAMPLE_TICKET = "1234567-1234-9876", "7T:1234abcxyzExample=="
"""The documented pages' placeholders of an ApplicationToken and of a Ticket."""
XML_SPACE = " \t\r\n"
"""What XML calls white space; Python's strip() takes more."""


def local(name: str) -> str:
    """``{namespace}local`` -> ``local``."""
    return name.rpartition("}")[2]


def namespace(name: str) -> str:
    """``{namespace}local`` -> ``namespace``; empty where the name is in none."""
    return name[1:].partition("}")[0] if name.startswith("{") else ""


def is_anonymous(type_name: str) -> bool:
    """Whether a type has no name of its own, but one that was made up for it (see `Element`)."""
    plain = local(type_name)
    return plain.startswith("#") or "/" in plain


def text_of(node: etree._Element) -> str:
    """The character content of an element that should hold nothing else."""
    text: str = node.text or ""
    if len(node):
        text += "".join(child.tail or "" for child in node)
    return text


def is_nil(node: etree._Element) -> bool:
    """Whether an element says xsi:nil: ``true`` or ``1``, white space around it or not."""
    said = node.get(NIL)
    return said is not None and said.strip(XML_SPACE) in ("true", "1")


def resolve_qname(node: etree._Element, value: str) -> str | None:
    """The Clark name that a QName means where it stands; None where its prefix is not declared there."""
    return expand_qname(node.nsmap, value)


def expand_qname(prefixes: Mapping[str | None, str], value: str) -> str | None:
    """The Clark name of a QName by a table of prefixes (None: the default namespace); None for an unknown prefix."""
    prefix, colon, name = value.strip(XML_SPACE).rpartition(":")
    space = XML if prefix == "xml" else prefixes.get(prefix if colon else None)
    if space is None:
        return None if colon else name
    return f"{{{space}}}{name}"


def xsi_type(node: etree._Element) -> str | None:
    """The type that xsi:type names; None where there is no such attribute, or its prefix is not declared."""
    given = node.get(XSI_TYPE)
    return None if given is None else resolve_qname(node, given)
