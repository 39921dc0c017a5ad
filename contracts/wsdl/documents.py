"""A WSDL and what it imports, as trees: the nodes in them by name, and the schemas."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from lxml import etree

from ..files.prolog import decode_beginning, has_doctype
from ..model import Element, UnreadableContract
from ..model.names import SOAP_ENCODING, WSDL, XML, XSD, local, namespace
from ..model.wording import escape_line
from .places import as_place, locate_import
from .policies import Policies

Fetch = Callable[[str], bytes]
"""A place (a normalised path, a member of a zip, a URL) -> its bytes; raises UnreadableContract."""

MessageParts = dict[str, "str | Element"]
"""The parts of a message by name: the Clark name of the element that it is; or, where it is given by a type, that."""

_W = f"{{{WSDL}}}"
_X = f"{{{XSD}}}"
_DEFINITIONS = f"{_W}definitions"
_SCHEMA = f"{_X}schema"
_PART = f"{_W}part"
_NO_DTD = "a DTD, which no WSDL needs, is not read"
_STANDARD = (XML, SOAP_ENCODING)
"""Imported from their authors' hosts by many a WSDL that uses nothing of them."""
_FEW = 16
"""QNames for which it is quicker to ask lxml than to search the text: of most WSDLs only few messages are read."""
_MOST_PREFIXES = 5_000
"""At the root: libxml2 looks for each of them from the first one on."""
_PLAIN_CHARSETS = (None, "UTF-8", "utf-8")
_FREE_TEXTS = ("value", "default", "fixed")
"""Attributes of a schema that hold any text."""


def parse_xml(data: bytes, source: str) -> etree._Element:
    """The root element of a WSDL or schema, from a hardened parser; raises UnreadableContract with the line."""
    if not data.strip():
        raise UnreadableContract(f"{source}: the file is empty")
    if has_doctype(data):
        raise UnreadableContract(f"{source}:1: {_NO_DTD}")
    parser = etree.XMLParser(
        no_network=True, resolve_entities=False, huge_tree=True, remove_comments=True, remove_blank_text=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise UnreadableContract(f"{source}:{line}: not well-formed XML: {' '.join(str(error.msg).split())}") from None
    if root.getroottree().docinfo.internalDTD is not None:  # in a charset that nobody expected
        raise UnreadableContract(f"{source}:1: {_NO_DTD}")
    if len(root.nsmap) > _MOST_PREFIXES:
        raise UnreadableContract(f"{source}:1: more than {_MOST_PREFIXES} namespaces are declared at its root")
    if b"&" in data or not data.isascii():  # looking for the one character is ten times as fast as for &#
        _refuse_unseen(root, source)
    return root


def _refuse_unseen(root: etree._Element, source: str) -> None:
    """Names and addresses are what reports are made of: a line break or a mark in them would be a command there."""
    for node in root.iter(etree.Element):
        for key, value in ((str(key), str(value)) for key, value in node.items()):
            if not value.isprintable() and key not in _FREE_TEXTS:
                found = f"{local(key)}='{escape_line(value)}'"
                raise UnreadableContract(f"{source}:{node.sourceline}: characters that nobody sees: {found}")


def begin_tag(node: etree._Element) -> bytes:
    """How the start tag begins of a node, and of others that are written with its prefix: ``<wsdl:``."""
    return f"<{node.prefix}:".encode() if node.prefix else b"<"


def write_text(root: etree._Element) -> bytes:
    """A document as text, as `Documents.texts` has it."""
    return etree.tostring(root, encoding="utf-8", with_tail=False)


def find_child(node: etree._Element, tag: str) -> etree._Element | None:
    """The first child of that tag."""
    return next(node.iterchildren(tag), None)


def show_tag(tag: str) -> str:
    """``<local> of namespace``"""
    return f"<{local(tag)}>" + (f" of {namespace(tag)}" if namespace(tag) else "")


class Documents:
    """A WSDL (its text is ``data``) and what it imports, which is read once it is asked for.

    Raises UnreadableContract.
    """

    def __init__(self, data: bytes, source: str, fetch: Fetch | None) -> None:
        self.root = parse_xml(data, source)
        self.source = source
        if self.root.tag != _DEFINITIONS:
            raise self.error(self.root, f"not a WSDL 1.1: its root is {show_tag(self.root.tag)}")
        self.target = self.root.get("targetNamespace", "")
        is_wide = data[:1] in (b"\xff", b"\xfe", b"\x00") or data[1:2] == b"\x00"
        self.data = decode_beginning(data, len(data)).encode() if is_wide else data  # what is searched for is ASCII
        self._fetch = fetch
        self._asked = 0
        self._qnames: dict[str, str] = {}
        self._parts: dict[str, MessageParts] = {}

    # --- imports ------------------------------------------------------------------------------------------------

    @cached_property
    def places(self) -> dict[etree._Element, str]:
        """Where each document lies; the WSDL itself is the first. The WSDLs that it imports, and the schemas that it
        imports as if they were some, which WSDL 1.1 does in its own examples."""
        found = {self.root: self.source}
        seen = {self.source, as_place(self.source)}
        todo = [self.root]
        for document in todo:  # grows while it is read: imports of imports
            for node, place in self._list_imports(document, found[document]):
                if place in seen:
                    continue
                seen.add(place)
                imported = parse_xml(self._read_import(place, node), place)
                if imported.tag in (_DEFINITIONS, _SCHEMA):
                    todo.append(imported)
                    found[imported] = place
        return found

    @cached_property
    def imports(self) -> frozenset[str]:
        """Where what is imported lies."""
        return frozenset(self.places.values()) - {self.source}

    def own_imports(self) -> frozenset[str]:
        """Where what the WSDL itself names lies: nothing of it is read for that."""
        return frozenset(place for _, place in self._list_imports(self.root, self.source))

    def _list_imports(self, document: etree._Element, base: str) -> Iterator[tuple[etree._Element, str]]:
        for node in document.iterchildren(f"{_W}import"):
            if location := node.get("location"):
                yield node, self._locate_import(node, base, location)

    def _locate_import(self, node: etree._Element, base: str, location: str) -> str:
        try:
            return locate_import(base, location)
        except ValueError as error:
            raise UnreadableContract(f"{base}:{node.sourceline}: imports {error}") from None

    def _read_import(self, place: str, node: etree._Element) -> bytes:
        if self._fetch is None:
            raise self.error(node, f"imports {place}, which is not at hand")
        try:
            return self._fetch(place)
        except UnreadableContract as error:
            raise self.error(node, str(error)) from None

    def schemas(self) -> list[etree._Element]:
        """Every xs:schema of the WSDL and of what it imports, each once."""
        imported = [(document, place) for document, place in self.places.items() if document.tag == _SCHEMA]
        found = imported + [
            (schema, place)
            for document, place in self.places.items()
            for types in document.iterchildren(f"{_W}types")
            for schema in types.iterchildren(_SCHEMA)
        ]
        seen: set[object] = {place for _, place in imported}
        for root, base in found:  # grows while it is read: schemas that schemas name
            for node in root.iterchildren(f"{_X}import", f"{_X}include", f"{_X}redefine"):
                location = node.get("schemaLocation")
                if not location:
                    continue
                place = self._locate_import(node, base, location)
                target = root.get("targetNamespace", "") if node.tag != f"{_X}import" else ""
                if place in seen or (place, target) in seen or place in (base, as_place(base)):
                    continue
                try:
                    schema = parse_xml(self._read_import(place, node), place)
                except UnreadableContract:
                    if node.get("namespace") in _STANDARD:  # what is used of it is known, or missed by the compiler
                        continue
                    raise
                if schema.tag != _SCHEMA:
                    shown = show_tag(schema.tag)
                    raise UnreadableContract(f"{place}:{schema.sourceline}: not a schema: its root is {shown}")
                if target and not schema.get("targetNamespace"):
                    schema = _adopt_schema(schema, target)
                    seen.add((place, target))  # for another namespace it is another schema
                else:
                    seen.add(place)
                found.append((schema, place))
        return [root for root, _ in found]

    @cached_property
    def texts(self) -> list[tuple[etree._Element, bytes]]:
        """The root of each WSDL, and its text: UTF-8, without comments, line breaks and single quotes from there on.

        So .NET writes it, and that is taken as it is: to write it anew takes as long as to parse it.
        """
        begun = self.data.find(begin_tag(self.root) + b"definitions")
        is_plain = not any(self.data.find(sign, begun) >= 0 for sign in (b"\n", b"!", b"'"))
        charset = self.root.getroottree().docinfo.encoding
        text = self.data if is_plain and charset in _PLAIN_CHARSETS else write_text(self.root)
        imported = [document for document in self.places if document.tag == _DEFINITIONS and document is not self.root]
        return [(self.root, text), *((document, write_text(document)) for document in imported)]

    # --- nodes by name ------------------------------------------------------------------------------------------

    def by_qname(self, tag: str) -> dict[str, etree._Element]:
        """Imported WSDLs of other namespaces may have equal names, so that a local name alone names nothing.

        Of two with one name the first counts.
        """
        found: dict[str, etree._Element] = {}
        for document in self.places:
            target = document.get("targetNamespace")
            prefix = f"{{{target}}}" if target else ""
            for node in document.iterchildren(f"{_W}{tag}"):
                found.setdefault(prefix + node.get("name", ""), node)
        return found

    @cached_property
    def port_types(self) -> dict[str, etree._Element]:
        return self.by_qname("portType")

    @cached_property
    def _messages_by_name(self) -> dict[str, etree._Element]:
        return self.by_qname("message")

    @cached_property
    def ports(self) -> dict[str, list[etree._Element]]:
        """The ports of each binding."""
        found: dict[str, list[etree._Element]] = {}
        for document in self.places:
            for service in document.iterchildren(f"{_W}service"):
                for port in service.iterchildren(f"{_W}port"):
                    found.setdefault(self.qname(port, port.get("binding", "")), []).append(port)
        return found

    @cached_property
    def _tail(self) -> int:
        """Where the schemas end in the text, or before: what is about operations comes after them."""
        begun = self.data.find(b"types>")
        return max(self.data.find(b"types>", begun + 1), 0)

    @cached_property
    def _prefixes(self) -> dict[str | None, str] | None:
        """Those of every node; None where each has to be asked for its own, which lxml takes long to tell."""
        first = find_child(self.root, "*")
        is_types_first = first is not None and first.tag == f"{_W}types"
        if len(self.places) > 1 or not is_types_first or self.data.find(b"xmlns", self._tail) >= 0:
            return None
        return dict(self.root.nsmap)

    @cached_property
    def may_ask(self) -> bool:
        """Whether operations may say anything of policies, for which each node is searched then."""
        marks = (b"Policy", b"UsingAddressing")
        return len(self.places) > 1 or any(self.data.find(mark, self._tail) >= 0 for mark in marks)

    def qname(self, node: etree._Element, value: str) -> str:
        """The Clark name that a QName of a node means; without a namespace where its prefix is not declared."""
        self._asked += 1
        if self._asked <= _FEW or self._prefixes is None:
            return _expand(node.nsmap, value)
        if value not in self._qnames:
            self._qnames[value] = _expand(self._prefixes, value)
        return self._qnames[value]

    def parts(self, node: etree._Element) -> MessageParts | None:
        """The parts of the message that an input, an output, a fault or a header names; None where it is not there.

        Raises UnreadableContract for an undeclared prefix.
        """
        name = self.qname(node, node.get("message", ""))
        found = self._parts.get(name)
        if found is None and (message := self._messages_by_name.get(name)) is not None:
            found = self._parts[name] = {p.get("name", ""): self._read_part(p) for p in message.iterchildren(_PART)}
        return found

    def _read_part(self, part: etree._Element) -> str | Element:
        value = part.get("element")
        if not value:
            return Element(part.get("name", ""), self.qname(part, part.get("type", "")))
        name = self.qname(part, value)
        if name[0] != "{" and ":" in value:
            raise self.error(part, f"the prefix of {value!r} is not declared")
        return name

    def policies(self, *nodes: etree._Element | None) -> tuple[str, ...]:
        """What WS-Policy and WS-Addressing ask for at these nodes."""
        try:
            return self._policies.read(*nodes)
        except RecursionError:
            raise self.error(self.root, "its policies are nested too deep") from None

    @cached_property
    def _policies(self) -> Policies:
        return Policies(self.places)

    def error(self, node: etree._Element, what: str) -> UnreadableContract:
        return UnreadableContract(f"{self.source}:{node.sourceline}: {what}")


def _expand(prefixes: Mapping[str | None, str], value: str) -> str:
    prefix, colon, name = value.strip().rpartition(":")
    target = prefixes.get(prefix if colon else None)
    return f"{{{target}}}{name}" if target else name


def _adopt_schema(schema: etree._Element, target: str) -> etree._Element:
    """A schema without a namespace, in that of the one that includes it (XSD 1.0, 4.2.1): a chameleon."""
    prefixes: Any = dict([(None, target), *schema.nsmap.items()])  # a name without a prefix means the new namespace too
    adopted = etree.Element(schema.tag, nsmap=prefixes)
    for name, value in schema.items():
        adopted.set(name, value)
    adopted.set("targetNamespace", target)
    adopted.extend(list(schema))
    return adopted
