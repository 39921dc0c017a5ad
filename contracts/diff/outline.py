"""Two services' WSDLs as text, cut into what they say of each name: what both say alike did not change.

Most of a version step is alike, and to see that takes a fraction of the time that resolving it would. So the texts
are cut roughly first, where some byte strings stand; only pieces that one side alone has are looked at tag by tag.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import cached_property
from html import unescape
from itertools import chain, pairwise
from typing import Literal, NamedTuple

from lxml import etree

from ..model.names import XSD
from ..wsdl.documents import begin_tag, write_text
from ..wsdl.service import Service
from .folding import NameFolding, ServicePair, is_numbered

Kind = Literal["element", "type", "group"]
"""Of a declaration; ``group`` is whatever others refer to beside elements and types."""

_KINDS = {
    "element": "element",
    "complexType": "type",
    "simpleType": "type",
    **dict.fromkeys(("group", "attributeGroup", "attribute"), "group"),
    "message": "message",
    "operation": "operation",
}
"""What declares something that has a name, as it is told here."""
_LEVELS = {
    **dict.fromkeys(("types", "message", "portType", "binding", "service"), (1,)),
    **dict.fromkeys(("schema", "operation", "port"), (2,)),
    **dict.fromkeys(("element", "complexType", "simpleType", "group", "attributeGroup", "attribute"), (3,)),
    **dict.fromkeys(("include", "annotation"), (3,)),
    "import": (1, 3),
    "documentation": (1, 2),
}
"""How deep in a WSDL things stand that say nothing of others."""
_TAG = re.compile(rb"""(?:[^\s:>]*:)?([^\s:>/]+)(?:[^>]*?\sname\s*=\s*["']([^"']*))?""")
_NUMBERED = (
    (re.compile(rb'xmlns:(q\d+)="([^"<>]*)"([^<>]{0,300}?)="\1:'), rb'xmlns:q="\2"\3="q:'),
    (re.compile(rb'="(q\d+):([^"<>]*)"([^<>]{0,300}?)xmlns:\1="'), rb'="q:\2"\3xmlns:q="'),
)
"""A prefix as .NET writes it, counted through all of a schema: one type more, and each that follows has another."""
_MESSAGES, _OPERATIONS = b'message name="', b'operation name="'
_MESSAGE = re.compile(rb'message\s*=\s*"(?:[^":]*:)?([^"]*)')
_VALUE = re.compile(rb'=\s*"(?:[^":]*:)?([^"]*)')


class _Section(NamedTuple):
    """Where a piece of text is: start tags ``around`` it, how deep in them it begins, what stood before it."""

    around: bytes
    level: int
    begin: bytes


class _Declared(NamedTuple):
    """What is said of something."""

    around: bytes
    kind: str
    name: str
    text: bytes


class _UnclearError(Exception):
    """A text is cut where nothing begins, or tells something of others."""


def _list_texts(service: Service) -> Iterator[tuple[etree._Element, bytes]]:
    """The roots and the texts of its WSDLs, and of schemas in files of their own; the version in them folded."""
    alone = ((root, write_text(root)) for root in service.schema.roots if root.getparent() is None)
    for root, text in chain(service.read_texts(), alone):
        yield root, text.replace(f"/{service.version}".encode(), b"/*") if is_numbered(service.version) else text


def _cut_sections(root: etree._Element, text: bytes) -> Iterator[tuple[_Section, list[bytes]]]:
    """The pieces of a WSDL's schemas, port types and bindings, and of what is around and between them."""
    wsdl = begin_tag(root)
    schemas = {begin_tag(schema) for schema in root.iterfind(f"{{*}}types/{{{XSD}}}schema")} or {wsdl}
    sections = {
        **{schema + b"schema": (3, schema + b"complexType name=") for schema in schemas},
        b"</" + wsdl[1:] + b"types": (1, wsdl + _MESSAGES),
        wsdl + b"portType": (2, wsdl + _OPERATIONS),
        wsdl + b"binding": (2, wsdl + _OPERATIONS),
    }
    first = max(text.find(wsdl + b"definitions"), 0)
    starts = sorted((at, begin) for begin in sections for at in _find_all(text, begin))
    whole, _, _ = text[first : starts[0][0] if starts else len(text)].partition(b">")
    for (start, section), (end, _) in pairwise([(first, b""), *starts, (len(text), b"")]):
        level, begin = sections.get(section, (1, wsdl + _MESSAGES))
        head, *pieces = _forget_numbers(text[start:end]).split(begin)
        tag, _, inside = head.partition(b">")
        yield _Section(whole + tag, level, b""), [inside]
        yield _Section(whole + tag, level, begin), pieces


def _forget_numbers(text: bytes) -> bytes:
    """A schema without the numbers of .NET's prefixes."""
    for numbered, plain in _NUMBERED if b"xmlns:q" in text else ():
        text = numbered.sub(plain, text)
    return text


def _find_all(text: bytes, wanted: bytes) -> Iterator[int]:
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)


def _list_declared(section: _Section, pieces: Set[bytes]) -> Iterator[_Declared]:
    """What some pieces of a section declare, tag by tag. Raises _UnclearError."""
    for piece in pieces:
        level = begun = section.level
        kind, name, said = "", "", list[bytes]()
        for tag in (section.begin + piece).split(b"<")[1:]:
            if tag.startswith(b"/"):
                level -= 1
                if level >= begun:
                    said.append(tag)
                continue
            if level <= begun:  # another thing begins, maybe behind the end of the section
                if said:
                    yield _Declared(section.around, kind, name, b"<".join(said))
                begun = level
                kind, name = _name_tag(tag, level)
                said = []
            said.append(tag)
            level += b"/>" not in tag
        if level > begun and kind != "types":
            raise _UnclearError
        if said:
            yield _Declared(section.around, kind, name, b"<".join(said))


def _name_tag(tag: bytes, level: int) -> tuple[str, str]:
    """The kind and the name of what begins so, on that level. Raises _UnclearError."""
    found = _TAG.match(tag)
    what = found[1].decode() if found else ""
    if found is None or level not in _LEVELS.get(what, ()) or (what in _KINDS and found[2] is None):
        raise _UnclearError
    return _KINDS.get(what, what), unescape((found[2] or b"").decode())


_Pieces = dict[_Section, set[bytes]]


def _cut_pieces(service: Service) -> _Pieces:
    """All that the WSDLs of a service say."""
    found = defaultdict[_Section, set[bytes]](set)
    for root, text in _list_texts(service):
        for section, pieces in _cut_sections(root, text):
            found[section].update(pieces)
    return found


def _find_differing(old: _Pieces, new: _Pieces) -> set[tuple[str, str]]:
    """The kinds and the names of what is not declared on both sides, or not so. Raises _UnclearError."""
    declared = set[_Declared](), set[_Declared]()
    for section in old.keys() | new.keys():
        before, after = old.get(section, set()), new.get(section, set())
        declared[0].update(_list_declared(section, before - after))
        declared[1].update(_list_declared(section, after - before))
    return {(one.kind, one.name) for one in declared[0] ^ declared[1]}


_Named = tuple[bytes, bytes]
"""A name, and the text behind it."""


def _list_named(pieces: _Pieces, kind: bytes) -> Iterator[_Named]:
    """All messages, or operations. Raises _UnclearError where one is cut, or is not by itself: a name came late."""
    for section, found in pieces.items():
        if section.begin.endswith(kind):
            another = section.begin.removesuffix(b'name="')
            for piece in found:
                ends = 2 * piece.count(b"</") + piece.count(b"/>")
                if another in piece or 1 + piece.count(b"<") > ends:
                    raise _UnclearError
                yield piece.partition(b'"')[0], piece


def _index_pieces(pieces: Iterable[_Named], mention: re.Pattern[bytes]) -> dict[bytes, set[bytes]]:
    """What is mentioned in pieces -> the names of those that mention it."""
    found = defaultdict[bytes, set[bytes]](set)
    for name, piece in pieces:
        for mentioned in mention.findall(piece):
            found[mentioned].add(name)
    return found


class _Outline:
    """What two WSDLs do not say alike, and who has what in the old one: the same for all services in them."""

    def __init__(self, old: Service, new: Service) -> None:
        before, after = _cut_pieces(old), _cut_pieces(new)
        self.differing = set[tuple[str, str]]()
        self._messages, self._operations = list[_Named](), list[_Named]()
        try:
            self.differing = _find_differing(before, after)
            self._messages += _list_named(before, _MESSAGES)
            self._operations += _list_named(before, _OPERATIONS)
        except _UnclearError:
            self.is_clear = False
        else:
            are_all_there = self._message_owners.keys() <= {name for name, _ in self._messages}
            self.is_clear = are_all_there and all(kind != "group" for kind, _ in self.differing)

    @cached_property
    def operations(self) -> set[str]:
        """The names of those of the old side."""
        return {name.decode() for name, _ in self._operations}

    @cached_property
    def _message_owners(self) -> dict[bytes, set[bytes]]:
        """The local names of the old side's messages -> the operations that name them."""
        return _index_pieces(self._operations, _MESSAGE)

    @cached_property
    def _mentioning(self) -> dict[bytes, set[bytes]]:
        """Local names in the old side's messages, of elements and types of parts among others -> these messages."""
        return _index_pieces(self._messages, _VALUE)

    def list_senders(self, message: str) -> set[str]:
        """The operations of the old side that have a message."""
        return {operation.decode() for operation in self._message_owners.get(message.encode(), ())}

    def list_users(self, name: str) -> set[str]:
        """The operations of the old side that may have in a message what has that local name."""
        messages = self._mentioning.get(name.encode(), ())
        return {o.decode() for message in messages for o in self._message_owners.get(message, ())}


class TextComparison:
    """What the services of an old and a new document say alike."""

    def __init__(self, pairs: Sequence[ServicePair], names: NameFolding) -> None:
        each = [(one, *one.other_bindings) for pair in pairs for one in pair]
        self._all_operations = {name for services in each for one in services for name in one.operations}
        self._outline = _Outline(*pairs[0])
        is_known = self._outline.is_clear and all(self._outline.operations.issuperset(o.operations) for o, _ in pairs)
        self._is_clear = is_known and not names.moved  # where something moved, the same name means another thing

    def is_alike(self, kind: Kind, name: str) -> bool:
        """Whether both sides say the same of all that has that local name; what it refers to may differ."""
        return self._is_clear and (kind, name) not in self._outline.differing

    def list_differing(self, kind: Kind) -> set[str]:
        """The local names of which the sides do not say the same; none where it is not known of which they do."""
        return {name for what, name in self._outline.differing if what == kind} if self._is_clear else set()

    @cached_property
    def differing_operations(self) -> set[str]:
        """The operations of which the sides do not say the same, or not of their messages."""
        if not self._is_clear:
            return self._all_operations
        found = set[str]()
        for kind, name in self._outline.differing:
            if kind == "operation":
                found.add(name)
            elif kind == "message":
                found |= self._outline.list_senders(name)
        return found & self._all_operations

    def users(self, name: str) -> set[str]:
        """The operations beside `differing_operations` that may have what has that local name in a message.

        It is an element, or the type of a part.
        """
        return self._outline.list_users(name) & self._all_operations if self._is_clear else set()
