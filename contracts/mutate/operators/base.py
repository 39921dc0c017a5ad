"""What a mutation operator is, and what it yields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from lxml import etree

from ...generate.building import TYPE
from ...model import Http, local, namespace
from ..originals import Original

Target = Literal["request", "response", "wsdl"]

OFFUTT = "Offutt and Xu 2004: data value perturbation"
RPC = "Offutt and Xu 2004: RPC communication perturbation"
MODEL = "Offutt and Xu 2004: data communication perturbation (tree grammar, nesting and order)"
SIBLINI = "Siblini and Mansour 2005: WSDL mutation operators"
SOAP = "SOAP 1.1"
WSI = "WS-I Basic Profile 1.1"
XML = "XML 1.0"
HTTP = "HTTP 1.1"
LENIENT = "measured: WCF answers 200, and acts on something else"
REFUSED = "measured: WCF refuses it"
CLIENTS = "measured: what clients send or read"
LEGAL = "XML's and SOAP's freedoms: has to be kept"


@dataclass(frozen=True, slots=True)
class Change:
    """What an operator did: the new body or head (None: as it was) and where.

    ``equivalent``: why this is no break of the contract; None: it is one.
    """

    place: str
    data: bytes | None = None
    http: Http | None = None
    equivalent: str | None = None


Apply = Callable[[Original], Iterator[Change]]


@dataclass(frozen=True, slots=True)
class Operator:
    """A named way of changing a message. ``source``: the literature or the measurement that it comes from."""

    id: str
    targets: tuple[Target, ...]
    description: str
    source: str
    apply: Apply


BOTH: tuple[Target, ...] = ("request", "response")


def retag(node: etree._Element, tag: str, prefixes: dict[str, str] | None = None) -> etree._Element:
    """Renames an element, where wanted with prefixes of its own; returns the one that stands in its place."""
    parent = node.getparent()
    new = etree.Element(tag, nsmap=prefixes)
    for name, value in node.attrib.items():
        new.set(name, value)
    new.text, new.tail = node.text, node.tail
    new.extend(list(node))
    if parent is not None:
        parent.replace(node, new)
    return new


def mark_type(node: etree._Element, name: str) -> None:
    """xsi:type with the type of that Clark name, and a prefix that is declared where it stands."""
    space = namespace(name)
    if space:
        node = retag(node, str(node.tag), {"t": space})
        prefix = next((p for p, s in node.nsmap.items() if s == space and p), None)
        name = f"{prefix}:{local(name)}" if prefix else local(name)
    node.set(TYPE, name)


def remove(node: etree._Element) -> etree._Element:
    """Takes an element out, with what follows it as text."""
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)
    node.tail = None
    return node
