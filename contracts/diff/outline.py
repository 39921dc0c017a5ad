"""Two services' WSDLs as text, cut into what they say of each name: what both say alike did not change.

Most of a version step is alike, and to see that takes a fraction of the time that resolving it would.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Set
from functools import cached_property
from html import unescape
from typing import Literal
from weakref import WeakKeyDictionary

from lxml import etree

from ..model.names import WSDL
from ..wsdl.service import Service
from ..xsd.schema import Schema
from .folding import NameFolding, is_numbered

_W = f"{{{WSDL}}}"
_START = re.compile(rb'(?:[^ :>]*:)?([^ :>/]+)(?:[^>]*? name="([^"]*)")?')
_NUMBERED = re.compile(rb'xmlns:(q\d+)="([^"<>]*)"([^<>]{0,300}?)="\1:')
"""A prefix as .NET writes it, counted through all of a schema: one type more, and each that follows has another."""
_MESSAGE = re.compile(rb' message="([^"]*)"')
_KINDS = {"complexType": "type", "simpleType": "type", "attributeGroup": "group", "attribute": "group"}
_SILENT = {"operation", "element", "type", "documentation", "import", "include", "annotation"}
"""What says nothing of others that are beside it."""

Kind = Literal["element", "type", "group"]
"""Of a declaration; ``group`` is whatever others refer to beside elements and types."""
_Named = tuple[str, str]
"""The kind and the local name of a declaration."""


class Outline:
    """What one service's WSDL and schemas say, the version in their namespaces folded."""

    def __init__(self, service: Service) -> None:
        self.pieces: dict[bytes, set[bytes]] = {}
        """The texts of what is in a schema, a port type, a binding, by its start tag."""
        self.messages: dict[str, list[tuple[str, str]]] = {}
        """The name of each message's parts, and the element or type that it is."""
        self.is_clear = True
        """Whether the texts could be cut where children begin."""
        self._version = f"/{service.version}".encode() if is_numbered(service.version) else b""
        for schema in service.schema.roots:
            self._cut_pieces(schema)
        trees = {root.getroottree().getroot(): None for root in service.schema.roots}
        for tree in (tree for tree in trees if tree.tag == f"{_W}definitions"):
            self._read_definitions(tree)
        self.has_operations = bool(self.messages) and not service.imports
        """Whether all that is said of operations is in it: what is imported is not."""

    def _read_definitions(self, tree: etree._Element) -> None:
        prefixes = {"", *(f"{prefix}:" for prefix in tree.nsmap)}
        for node in tree:
            if node.tag == f"{_W}message":
                parts = [(part.get("name", ""), part.get("element", "") or part.get("type", "")) for part in node]
                if not prefixes.issuperset(held[: held.find(":") + 1] for _, held in parts):
                    parts.append(("declares prefixes", self._write_node(node).decode()))
                self.messages[node.get("name", "")] = parts
            elif node.tag in (f"{_W}portType", f"{_W}binding"):
                self._cut_pieces(node)
            elif node.tag not in (f"{_W}types", f"{_W}service", f"{_W}import"):
                self.pieces.setdefault(b"", set()).add(self._write_node(node))

    def _write_node(self, node: etree._Element) -> bytes:
        text = etree.tostring(node, encoding="utf-8", pretty_print=True, with_tail=False)
        text = text.replace(self._version, b"/*") if self._version else text
        return _NUMBERED.sub(rb'xmlns:q="\2"\3="q:', text) if b"xmlns:q" in text else text

    def _cut_pieces(self, node: etree._Element) -> None:
        """One call for the whole takes a fifth of the time of one for each child."""
        text = self._write_node(node)
        start, *lines = (text.rpartition(b"\n</")[0] or text).split(b"\n  <")  # without its own end
        pieces = [line for line in lines if not line.startswith(b"/")]  # else it is the end of a child
        self.pieces.setdefault(start, set()).update(pieces)
        if len(pieces) != len(node):  # a line of documentation looks like a child
            self.is_clear = False

    def operations(self) -> Iterator[tuple[str, bytes]]:
        """Each one's name and text, in every port type and binding."""
        for piece in (piece for pieces in self.pieces.values() for piece in pieces):
            kind, name = _name_piece(piece)
            if kind == "operation":
                yield name, piece


class TextComparison:
    """What an old and a new service say alike."""

    def __init__(self, old: Service, new: Service, names: NameFolding) -> None:
        before, after = _find_outline(old), _find_outline(new)
        self._old = before
        self._differing: set[_Named] = set()
        for around in before.pieces.keys() | after.pieces.keys():
            self._differing.update(map(_name_piece, before.pieces.get(around, set()) ^ after.pieces.get(around, set())))
        self._messages = {n for n, parts in before.messages.items() if after.messages.get(n) != parts}
        """Those of the old side that the new one has not, or not so."""
        kinds = {kind for kind, _ in self._differing}
        # Where something moved, the same name means another thing.
        is_clear = before.is_clear and after.is_clear and not names.moved
        self._tells_declarations = is_clear and "group" not in kinds
        self._tells_operations = is_clear and before.has_operations and after.has_operations and kinds <= _SILENT
        self._all_operations = {*old.operations, *new.operations}

    def is_alike(self, kind: Kind, name: str) -> bool:
        """Whether both sides say the same of all that has that local name; what it refers to may differ."""
        return self._tells_declarations and (kind, name) not in self._differing

    @cached_property
    def differing_operations(self) -> set[str]:
        """The operations of which the sides do not say the same, or not of their messages."""
        if not self._tells_operations:
            return self._all_operations
        senders = (self._message_owners[name] for name in self._messages)
        return {name for kind, name in self._differing if kind == "operation"}.union(*senders)

    def users(self, name: str) -> Set[str]:
        """The operations beside `differing_operations` that may have what has that local name in a message.

        It is an element, or the type of a part.
        """
        return self._element_owners.get(name, frozenset()) if self._tells_operations else frozenset()

    @cached_property
    def _message_owners(self) -> dict[str, set[str]]:
        """The old side's messages -> the operations that have them."""
        found = defaultdict[str, set[str]](set)
        for name, piece in self._old.operations():
            for message in set(_MESSAGE.findall(piece)):
                found[message.rpartition(b":")[2].decode()].add(name)
        return found

    @cached_property
    def _element_owners(self) -> dict[str, set[str]]:
        """The old side's elements, and types of parts -> the operations that have them in a message."""
        found = defaultdict[str, set[str]](set)
        for name, parts in self._old.messages.items():
            for _, held in parts:
                found[held.rpartition(":")[2]] |= self._message_owners[name]
        return found


_OUTLINES = WeakKeyDictionary[Schema, dict[tuple[str, bool], Outline]]()


def _find_outline(service: Service) -> Outline:
    """Services of one WSDL share its schemas: all that it says is cut once for all of them."""
    known = _OUTLINES.setdefault(service.schema, {})
    key = service.version, not service.imports
    if key not in known:
        known[key] = Outline(service)
    return known[key]


def _name_piece(piece: bytes) -> _Named:
    """What a piece declares."""
    found = _START.match(piece)
    kind, name = (found[1].decode(), (found[2] or b"").decode()) if found else ("", "")
    return _KINDS.get(kind, kind), unescape(name)
