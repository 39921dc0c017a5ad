"""What a WSDL asks of whoever calls, beside its messages: WS-Policy's assertions, and WS-Addressing."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from ..model.names import WSDL, local, namespace

_SPACES = (
    "http://schemas.xmlsoap.org/ws/2002/12/policy",
    "http://schemas.xmlsoap.org/ws/2004/09/policy",
    "http://www.w3.org/2006/07/ws-policy",
    "http://www.w3.org/ns/ws-policy",
)
_ATTACHED = ("{*}Policy", "{*}PolicyReference", "{*}UsingAddressing")


def read_policies(definitions: Iterable[etree._Element], nodes: Iterable[etree._Element | None]) -> tuple[str, ...]:
    """The local names of all that is asked for at these nodes, sorted; what is optional is left out.

    Where there are alternatives, and none of them asks for nothing, what they have in common is asked for, else one
    name tells them all. Source: WS-Policy 1.2 and 1.5, WS-PolicyAttachment, WS-Addressing 1.0 WSDL Binding.
    """
    found: set[str] = set()
    for node in nodes:
        if node is None:
            continue
        for attached in node.iterchildren(*_ATTACHED):
            found |= _asked_by(attached, definitions, ())
        for space in _SPACES:
            for uri in node.get(f"{{{space}}}PolicyURIs", "").split():
                found |= _referred_to(uri, definitions, ())
    return tuple(sorted(found))


def _asked_by(node: etree._Element, definitions: Iterable[etree._Element], entered: tuple[str, ...]) -> set[str]:
    """``entered`` are the references followed so far: a policy may refer to itself."""
    space, name = namespace(node.tag), local(node.tag)
    parent = node.getparent()
    if name == "UsingAddressing" and parent is not None and namespace(parent.tag) == WSDL:
        return {name} if node.get(f"{{{WSDL}}}required") in ("true", "1") else set()
    if name == "PolicyReference" and space in _SPACES:
        return _referred_to(node.get("URI", ""), definitions, entered)
    children = list(node.iterchildren(tag=etree.Element))
    asked = [_asked_by(child, definitions, entered) for child in children]
    if space not in _SPACES:
        marks = (node.get(f"{{{s}}}{mark}") for s in _SPACES for mark in ("Optional", "Ignorable"))
        if any(mark in ("true", "1") for mark in marks):
            return set()
        policies = (a for a, child in zip(asked, children, strict=True) if namespace(child.tag) in _SPACES)
        return {name}.union(*policies)
    if name != "ExactlyOne":
        return set().union(*asked)
    if not all(asked):  # one of the alternatives asks for nothing
        return set()
    common = set.intersection(*asked) if asked else set()
    return common or ({" or ".join(sorted(set().union(*asked)))} if asked else set())


def _referred_to(uri: str, definitions: Iterable[etree._Element], entered: tuple[str, ...]) -> set[str]:
    for document in definitions if uri not in entered else ():
        for policy in document.iterchildren("{*}Policy"):
            names = (value for key, value in policy.items() if local(str(key)) in ("Id", "Name"))
            if uri.removeprefix("#") in names:
                return _asked_by(policy, definitions, (*entered, uri))
    return set()
