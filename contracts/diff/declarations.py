"""Declarations as text: where both sides have the same, nothing has to be resolved to know that nothing changed."""

from __future__ import annotations

import re
from typing import Literal

from lxml import etree

from ..model import XSD
from ..wsdl.service import Service

_REFERENCE = re.compile(rb'\s(type|base|itemType)="([^":]*):([^":]*)"')
_NOT_PLAIN = re.compile(rb'xmlns:|\sref="|arrayType=|\s(?:type|base|itemType)="[^:"]*"')


class Declarations:
    """The declarations of one service's schemas, the version in their namespaces folded."""

    def __init__(self, service: Service) -> None:
        self._declared = service.schema.declarations
        is_versioned = re.fullmatch(r"Services\d+", service.version)
        self._version = f"/{service.version}".encode() if is_versioned else b""
        self._known: dict[tuple[str, str], bytes | None] = {}
        self._in_scope: dict[etree._Element | None, dict[str | None, str]] = {}

    @property
    def shared(self) -> list[bytes]:
        """What declarations refer to beside types and elements: where it differs, no text tells enough."""
        return [self._folded(text) for text in self._declared.shared]

    def text_of(self, kind: Literal["element", "type"], name: str) -> bytes | None:
        """A global element or type, or the element whose own type it is; None where there is no such declaration."""
        key = (kind, name)
        if key not in self._known:
            node = self._node(kind, name)
            self._known[key] = None if node is None else self._written(node)
        return self._known[key]

    def references(self, name: str) -> tuple[str | None, tuple[str, ...]] | None:
        """The base of a type and the types it mentions beside, builtins left out; None where the text cannot tell."""
        text = self.text_of("type", name)
        if text is None:
            return None
        prefixes = self._prefixes(name)
        inside = text[text.find(b">") :]
        bases = inside.count(b' base="')
        if _NOT_PLAIN.search(inside) or (bases and (bases > 1 or inside.count(b"complexType>") > 1)):
            return None
        base: str | None = None
        held: list[str] = []
        for attribute, prefix, plain in _REFERENCE.findall(inside):
            space = prefixes.get(prefix.decode())
            if space is None:
                return None
            if attribute == b"base":
                base = f"{{{space}}}{plain.decode()}"
            elif space != XSD:
                held.append(f"{{{space}}}{plain.decode()}")
        return base, tuple(held)

    def _prefixes(self, name: str) -> dict[str | None, str]:
        """Those of the schema that declares the type; asked once a schema, as lxml takes long to tell."""
        node = self._node("type", name)
        schema = None if node is None else node.getparent()
        if schema not in self._in_scope:
            self._in_scope[schema] = {} if schema is None else dict(schema.nsmap)
        return self._in_scope[schema]

    def _node(self, kind: str, name: str) -> etree._Element | None:
        if "}#" in name:
            kind, name = "element", name.replace("}#", "}", 1)
        return (self._declared.elements if kind == "element" else self._declared.types).get(name)

    def _written(self, node: etree._Element) -> bytes:
        """The text with the prefixes in scope, and what the schema around it says of its names."""
        schema = node.getparent()
        forms = "" if schema is None else f"{schema.get('elementFormDefault')} {schema.get('attributeFormDefault')} "
        return forms.encode() + self._folded(etree.tostring(node, with_tail=False))

    def _folded(self, text: bytes) -> bytes:
        return text.replace(self._version, b"/*") if self._version else text
