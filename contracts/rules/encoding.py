"""SOAP encoding: what rpc/encoded stacks send where values are meant literally."""

from __future__ import annotations

from lxml import etree

from ..model import ENVELOPE, SOAP_ENCODING, XSI_TYPE, expand_qname, local, namespace
from .case import SILENT, WSI, Case, Rule, shown, tag

_ENCODINGS = frozenset(
    (
        SOAP_ENCODING,
        "http://www.w3.org/2003/05/soap-encoding",
        "http://xml.apache.org/xml-soap",  # the Map that PHP and Axis make of an associative array
    )
)
ENCODING_STYLE = f"{{{ENVELOPE}}}encodingStyle"

ENCODED = Rule(
    "body-encoded", "wsi", f"{WSI}, R2706", "values stand where they are declared: the binding is literal",
    "switch SOAP encoding (rpc/encoded, multiRef, SOAP-ENC arrays) off: style document, use literal",
    f"{SILENT}: it reads 0, null or an empty list"
)  # fmt: skip


def is_encoded(case: Case, node: etree._Element) -> bool:
    """Whether an element is a reference of SOAP encoding, what one refers to, or an array of SOAP encoding."""
    if _shows_encoding(case, node):
        return True
    name = node.get("id")
    return name is not None and f"#{name}" in case.references


def _shows_encoding(case: Case, node: etree._Element) -> bool:
    if node.get("href", "").startswith("#"):
        return True
    prefixes = case.prefixes_at(node)
    if _ENCODINGS.isdisjoint(prefixes.values()):
        return False
    names = [str(node.tag), *map(str, node.keys()), expand_qname(prefixes, node.get(XSI_TYPE, "")) or ""]
    return any(namespace(name) in _ENCODINGS for name in names)


def is_encoding_shown(case: Case, node: etree._Element) -> bool:
    """Whether anything beside an element, in the same Header or Body, is reported as SOAP encoding."""
    holder = [node, *node.iterancestors()][-2]
    return any(_shows_encoding(case, at) for at in holder.iter(etree.Element))


def report_encoded(case: Case, node: etree._Element) -> None:
    """Says once for all such elements that they are encoded."""
    marks = ", ".join(f"{local(str(n))}={shown(str(v))}" for n, v in node.items()) or tag(str(node.tag))
    case.add(ENCODED, node, expected="the value itself, in place", found=marks, fault=ENCODED)
