"""What the schemas of one WSDL declare globally, as nodes of their trees, and what a QName in them means."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property

from lxml import etree

from ..model.names import XSD, resolve_qname

_XS = f"{{{XSD}}}"
_KINDS = {
    f"{_XS}element": "element",
    f"{_XS}complexType": "type",
    f"{_XS}simpleType": "type",
    f"{_XS}group": "group",
    f"{_XS}attributeGroup": "attributeGroup",
    f"{_XS}attribute": "attribute",
}
_PREFIX = re.compile(rb"xmlns:([^\s=]+)")


class Declarations:
    """The global declarations of ``xs:schema`` elements. The nodes that it gives are not to be changed."""

    def __init__(self, roots: list[etree._Element]) -> None:
        self._roots = roots
        self._meanings = defaultdict[etree._Element | None, dict[str, str]](dict)
        """QNames that mean the same all over a schema (None: all over all of them)."""

    @cached_property
    def _declared_nodes(self) -> dict[str, dict[str, etree._Element]]:
        """Kind of declaration -> Clark name -> node; of two with one name the first counts."""
        tables: dict[str, dict[str, etree._Element]] = {kind: {} for kind in _KINDS.values()}
        for root in self._roots:
            target = root.get("targetNamespace")
            prefix = f"{{{target}}}" if target else ""
            for node in root.iterchildren(*_KINDS):
                tables[_KINDS[node.tag]].setdefault(prefix + (node.get("name") or ""), node)
        return tables

    @cached_property
    def elements(self) -> dict[str, etree._Element]:
        return self._declared_nodes["element"]

    @cached_property
    def types(self) -> dict[str, etree._Element]:
        return self._declared_nodes["type"]

    @cached_property
    def shared(self) -> tuple[bytes, ...]:
        """The text of what is referred to beside elements and types: groups, attribute groups, attributes; sorted."""
        tables = (self._declared_nodes[kind] for kind in ("group", "attributeGroup", "attribute"))
        return tuple(sorted(etree.tostring(node, with_tail=False) for table in tables for node in table.values()))

    @cached_property
    def heads(self) -> frozenset[str]:
        """The elements that others may stand for, by their ``substitutionGroup``."""
        groups = ((node, node.get("substitutionGroup")) for node in self.elements.values())
        return frozenset(self.resolve(node, head) for node, head in groups if head)

    def follow(self, node: etree._Element) -> etree._Element | None:
        """The group, attribute group or attribute that a node refers to; None where it is not there."""
        return self._declared_nodes[_KINDS[node.tag]].get(self.resolve(node, node.get("ref", "")))

    def resolve(self, node: etree._Element, value: str, schema: etree._Element | None = None) -> str:
        """The Clark name that a QName means where it stands; what has no known prefix is in no namespace.

        ``schema`` is the ``xs:schema`` around, for who knows it: to find it takes as long as all the rest.
        """
        meanings = self._meanings[schema]
        if known := meanings.get(value):
            return known
        prefix, colon, name = value.strip().rpartition(":")
        around = schema if schema is not None or not colon else find_schema(node)
        space = self._prefixes_in[around].get(prefix) if colon and around is not None else None
        if not space:
            return resolve_qname(node, value) or name
        found = f"{{{space}}}{name}"
        if schema is not None or prefix in self._shared_prefixes:
            meanings[value] = found
        return found

    @property
    def has_references(self) -> bool:
        """Whether anything is declared by reference (``ref``)."""
        return self._scan_prefixes[1]

    @property
    def _prefixes_in(self) -> dict[etree._Element, dict[str, str]]:
        """The prefixes that mean the same all over a schema: asking lxml for each node's is slow."""
        return self._scan_prefixes[0]

    @cached_property
    def _shared_prefixes(self) -> dict[str, str]:
        """Those that mean the same in all of them."""
        tables = list(self._prefixes_in.values())
        merged = {prefix: uri for table in tables for prefix, uri in table.items()}
        return {prefix: uri for prefix, uri in merged.items() if all(table.get(prefix) == uri for table in tables)}

    @cached_property
    def _scan_prefixes(self) -> tuple[dict[etree._Element, dict[str, str]], bool]:
        """`_prefixes_in` and `has_references`, found in one go over the text of each schema."""
        references = False
        tables: dict[etree._Element, dict[str, str]] = {}
        for root in self._roots:
            # As text: a search through it takes a fraction of what a walk over the nodes does.
            inside = etree.tostring(root, with_tail=False).partition(b">")[2]
            references |= b' ref="' in inside
            redeclared = {prefix.decode() for prefix in _PREFIX.findall(inside)}
            tables[root] = {p: uri for p, uri in root.nsmap.items() if p is not None and p not in redeclared}
        return tables, references


def find_schema(node: etree._Element) -> etree._Element | None:
    """The ``xs:schema`` around a node."""
    return next(node.iterancestors(f"{_XS}schema"), None)
