"""What a WSDL asks of whoever calls, beside its messages: WS-Policy's assertions, and WS-Addressing."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from lxml import etree

from ..model.names import WSDL, local, namespace

_SPACES = (
    "http://schemas.xmlsoap.org/ws/2002/12/policy",
    "http://schemas.xmlsoap.org/ws/2004/09/policy",
    "http://www.w3.org/2006/07/ws-policy",
    "http://www.w3.org/ns/ws-policy",
)
_ATTACHED = ("{*}Policy", "{*}PolicyReference", "{*}UsingAddressing")


class Policies:
    """What is asked for in WSDL documents. Each policy is read once, however many refer to it."""

    def __init__(self, definitions: Iterable[etree._Element]) -> None:
        self._definitions = definitions
        self._asked: dict[etree._Element, set[str]] = {}
        self._referred: dict[str, set[str]] = {}

    def read(self, *nodes: etree._Element | None) -> tuple[str, ...]:
        """The local names of all that is asked for at these nodes, sorted; what is optional is left out.

        Where there are alternatives, and none of them asks for nothing, what they have in common is asked for, else
        one name tells them all. Raises RecursionError. Source: WS-Policy 1.2 and 1.5, WS-PolicyAttachment,
        WS-Addressing 1.0 WSDL Binding.
        """
        return tuple(sorted(set().union(*(self._asked_at(node) for node in nodes if node is not None))))

    def _asked_at(self, node: etree._Element) -> set[str]:
        if node not in self._asked:
            attached = (self._asked_by(each) for each in node.iterchildren(*_ATTACHED))
            uris = (uri for space in _SPACES for uri in node.get(f"{{{space}}}PolicyURIs", "").split())
            self._asked[node] = set[str]().union(*attached, *map(self._referred_to, uris))
        return self._asked[node]

    def _asked_by(self, node: etree._Element) -> set[str]:
        space, name = namespace(node.tag), local(node.tag)
        parent = node.getparent()
        if name == "UsingAddressing" and parent is not None and namespace(parent.tag) == WSDL:
            return {name} if node.get(f"{{{WSDL}}}required") in ("true", "1") else set()
        if name == "PolicyReference" and space in _SPACES:
            return self._referred_to(node.get("URI", ""))
        children = list(node.iterchildren(tag=etree.Element))
        asked = [self._asked_by(child) for child in children]
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

    def _referred_to(self, uri: str) -> set[str]:
        if uri not in self._referred:
            self._referred[uri] = set()  # for what refers to itself, which no policy may
            policy = self._by_id.get(uri.removeprefix("#"))
            self._referred[uri] = set() if policy is None else self._asked_by(policy)
        return self._referred[uri]

    @cached_property
    def _by_id(self) -> dict[str, etree._Element]:
        """Of several of one name the first counts."""
        found: dict[str, etree._Element] = {}
        for document in self._definitions:
            for policy in document.iterchildren("{*}Policy"):
                for key, value in policy.items():
                    if local(str(key)) in ("Id", "Name"):
                        found.setdefault(str(value), policy)
        return found
