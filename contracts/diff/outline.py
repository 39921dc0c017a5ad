"""Two services' WSDLs as text, cut into what they say of each name: what both say alike did not change.

Most of a version step is alike, and to see that takes a fraction of the time that resolving it would.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Literal

from lxml import etree

from ..model.names import WSDL, XSD
from ..wsdl.service import Service
from .folding import NameFolding, is_numbered

_W, _XS = f"{{{WSDL}}}", f"{{{XSD}}}"
_ROOMY = {f"{_W}definitions", f"{_W}types"}
_AROUND = {*_ROOMY, f"{_W}portType", f"{_W}binding", f"{_XS}schema"}
"""What stands around declarations; the first two around such as do."""
_START = re.compile(rb'(?:[^ :>]*:)?([^ :>/]+)(?:[^>]*? name="([^"]*)")?')
_HELD = re.compile(rb' (?:element|type)="([^"]*)"')
_MESSAGE = re.compile(rb' message="([^"]*)"')
_KINDS = {"complexType": "type", "simpleType": "type", "attributeGroup": "group", "attribute": "group"}
_SILENT = {"message", "operation", "element", "type", "documentation", "import", "include", "annotation", "service"}
"""What says nothing of others that are beside it."""

_Named = tuple[str, str]
"""The kind and the local name of a declaration."""


class Outline:
    """The text of one service's WSDL and schemas, the version in their namespaces folded."""

    def __init__(self, service: Service) -> None:
        self.pieces: dict[tuple[bytes, ...], set[bytes]] = {}
        """The text of what is in an element, child by child, by the start tags from the root down to that element."""
        self.is_clear = True
        """Whether it could be cut where children begin."""
        version = f"/{service.version}".encode() if is_numbered(service.version) else b""
        trees = {root.getroottree().getroot(): None for root in service.schema.roots}
        self.has_operations = not service.imports and any(tree.tag == f"{_W}definitions" for tree in trees)
        """Whether all that is said of operations is in it: what is imported is not."""
        for tree in trees:
            # One call for a whole tree takes a fifth of the time of one for each declaration.
            text = etree.tostring(tree, encoding="utf-8", pretty_print=True)
            self._cut(tree, text.replace(version, b"/*") if version else text, b"\n  <", ())

    def _cut(self, node: etree._Element, text: bytes, begin: bytes, around: tuple[bytes, ...]) -> None:
        start, *lines = text.split(begin)
        around = (*around, start)
        pieces = [line for line in lines if not line.startswith(b"/")]  # else it is the end of a child
        if len(pieces) != len(node):  # a line of documentation looks like a child
            self.is_clear = False
            return
        nested = [(c, p) for c, p in zip(node, pieces, strict=True) if c.tag in _AROUND] if node.tag in _ROOMY else []
        for child, piece in nested:
            self._cut(child, piece, begin.replace(b"<", b"  <"), around)
        self.pieces.setdefault(around, set()).update(set(pieces).difference(piece for _, piece in nested))

    def pieces_of(self, kind: str) -> Iterator[bytes]:
        """The text of every ``message``, or of every ``operation`` in port types and bindings."""
        begin = re.compile(rb"(?:[^ :>/]*:)?%b " % kind.encode())
        return (piece for pieces in self.pieces.values() for piece in pieces if begin.match(piece))


class TextComparison:
    """What an old and a new service say alike."""

    def __init__(self, old: Service, new: Service, names: NameFolding) -> None:
        before, after = Outline(old), Outline(new)
        self._old = before
        self._differing: set[_Named] = set()
        for around in before.pieces.keys() | after.pieces.keys():
            self._differing.update(map(_tell, before.pieces.get(around, set()) ^ after.pieces.get(around, set())))
        kinds = {kind for kind, _ in self._differing}
        # Where something moved, the same name means another thing.
        is_clear = before.is_clear and after.is_clear and not names.moved
        self._tells_declarations = is_clear and "group" not in kinds
        self._tells_operations = is_clear and before.has_operations and after.has_operations and kinds <= _SILENT
        self._all_operations = {*old.operations, *new.operations}

    def is_alike(self, kind: Literal["element", "type"], name: str) -> bool:
        """Whether both sides say the same of all that has that local name; what it refers to may differ."""
        return self._tells_declarations and (kind, name) not in self._differing

    @cached_property
    def differing_operations(self) -> set[str]:
        """The operations of which the sides do not say the same, or not of their messages."""
        if not self._tells_operations:
            return self._all_operations
        senders = (self._senders[name] for kind, name in self._differing if kind == "message")
        return {name for kind, name in self._differing if kind == "operation"}.union(*senders)

    def users(self, name: str) -> set[str]:
        """The operations that may have an element, or a part of a type, of that local name in a message."""
        return self.differing_operations | self._users[name] if self._tells_operations else self._all_operations

    @cached_property
    def _senders(self) -> dict[str, set[str]]:
        """The old side's messages -> the operations that have them."""
        found = defaultdict[str, set[str]](set)
        for piece in self._old.pieces_of("operation"):
            for message in set(_MESSAGE.findall(piece)):
                found[_local(message)].add(_tell(piece)[1])
        return found

    @cached_property
    def _users(self) -> dict[str, set[str]]:
        """The old side's elements, and types of parts -> the operations that have them in a message."""
        found = defaultdict[str, set[str]](set)
        for piece in self._old.pieces_of("message"):
            for held in _HELD.findall(piece):
                found[_local(held)] |= self._senders[_tell(piece)[1]]
        return found


def _tell(piece: bytes) -> _Named:
    """What a piece declares."""
    found = _START.match(piece)
    kind, name = (found[1].decode(), (found[2] or b"").decode()) if found else ("", "")
    return _KINDS.get(kind, kind), name


def _local(qname: bytes) -> str:
    """``tns:Id`` -> ``Id``"""
    return qname.rpartition(b":")[2].decode()
