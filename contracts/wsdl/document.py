"""One WSDL document -> Services: what it says of operations, headers, actions and binding."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePath
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from ..files.prolog import has_doctype, text_of
from ..model import Binding, Element, Operation, Part, UnreadableContract
from ..model.names import WSDL, WSDL_SOAP11, WSDL_SOAP12, XSD, local, namespace
from ..model.wording import escape_line
from ..xsd.schema import Schema
from .policies import read_policies
from .service import Service

Fetch = Callable[[str], bytes]
"""A place (a normalised path, a member of a zip, a URL) -> its bytes; raises UnreadableContract."""

_W = f"{{{WSDL}}}"
_X = f"{{{XSD}}}"
_VERSION = re.compile(r"/(Services\d+)/?$")
_SOAP = {"1.1": f"{{{WSDL_SOAP11}}}", "1.2": f"{{{WSDL_SOAP12}}}"}
_ACTIONS = (
    "{http://www.w3.org/2006/05/addressing/wsdl}Action",
    "{http://www.w3.org/2007/05/addressing/metadata}Action",
)


_FREE_TEXTS = ("value", "default", "fixed")
"""Attributes of a schema that hold any text."""


def parse_wsdl(data: bytes, source: str, fetch: Fetch | None = None, *, any_binding: bool = False) -> list[Service]:
    """The services of one WSDL: one for each port type that a SOAP 1.1 document/literal binding carries.

    ``source`` names it in errors and is the base of relative locations, which ``fetch`` reads. With ``any_binding``
    a WSDL whose binding is another one is taken too (for comparing). Raises UnreadableContract: one line.
    """
    root = parse_xml(data, source)
    if root.tag != f"{_W}definitions":
        raise UnreadableContract(f"{source}:{root.sourceline}: not a WSDL 1.1: its root is {_show_tag(root.tag)}")
    if data[:1] in (b"\xff", b"\xfe", b"\x00") or data[1:2] == b"\x00":  # UTF-16: what is searched for below is ASCII
        data = text_of(data, len(data)).encode()
    may_ask = b"Policy" in data or b"UsingAddressing" in data
    documents = _Documents(root, source, fetch, _prefixes_of_all(root, data), may_ask)
    alone = len(documents.definitions) == 1 and b"schemaLocation" not in data
    # The version's own name is folded. What is imported may change under a text: then only the same place is the same.
    version = _VERSION.search(documents.target)
    text = data.replace(f"/{version[1]}".encode(), b"") if version else data
    digest = hashlib.sha256(text if alone else text + source.encode()).hexdigest()[:16]
    bindings = [_BoundPort(documents, node) for node in documents.by_qname("binding").values()]
    services = [bound.service(digest) for bound in bindings if bound.is_usable(any_binding)]
    if any_binding:  # port types that nothing carries can be compared all the same
        carried = {bound.port_type for bound in bindings}
        ports = [_BoundPort(documents, node) for node in documents.each("portType")]
        services += [port.service(digest) for port in ports if port.port_type not in carried]
    if not services:
        raise UnreadableContract(
            f"{source}:{root.sourceline}: no SOAP 1.1 document/literal binding{_show_bindings(bindings)}"
        )
    return _prefer_soap11(services)


_NO_DTD = "a DTD, which no WSDL needs, is not read"


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
    if not data.isascii() or b"&#" in data:
        _refuse_unseen(root, source)
    return root


def _refuse_unseen(root: etree._Element, source: str) -> None:
    """Names and addresses are what reports are made of: a line break or a mark in them would be a command there."""
    for node in root.iter(etree.Element):
        for key, value in ((str(key), str(value)) for key, value in node.items()):
            if not value.isprintable() and key not in _FREE_TEXTS:
                found = f"{local(key)}='{escape_line(value)}'"
                raise UnreadableContract(f"{source}:{node.sourceline}: characters that nobody sees: {found}")


def drop_tree(service: Service, parse_again: Callable[[], list[Service]]) -> Service:
    """The same, without the document's tree in memory: it is read again for its operations, and for its schema."""
    space, agent = service.namespace, service.agent

    def again() -> Service:  # holds on to nothing of the service as it was
        return next(s for s in parse_again() if (s.namespace, s.agent) == (space, agent))

    schema = Schema(lambda: again().schema.roots, service.source)

    def dropped(bound: Service, place: int) -> Service:
        """The service as its first binding carries it, or a further one."""
        operations = _LazyOperations(bound.operations, lambda name: _all_bindings(again())[place].operations[name])
        return replace(bound, operations=operations, schema=schema, other_bindings=())

    first, *others = (dropped(bound, place) for place, bound in enumerate(_all_bindings(service)))
    return replace(first, other_bindings=tuple(others))


def _all_bindings(service: Service) -> list[Service]:
    return [service, *service.other_bindings]


class _LazyOperations(Mapping[str, Operation]):
    """Operations by name, each resolved when first asked for: of List's 239 a message needs one."""

    def __init__(self, names: Iterable[str], resolve: Callable[[str], Operation]) -> None:
        self._known: dict[str, Operation | None] = dict.fromkeys(names)
        self._resolve = resolve

    def __getitem__(self, name: str) -> Operation:
        found = self._known[name]
        if found is None:
            found = self._known[name] = self._resolve(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, name: object) -> bool:
        return name in self._known


def _prefixes_of_all(root: etree._Element, data: bytes) -> dict[str | None, str] | None:
    """The root's prefixes, where nothing after the types declares another: asking lxml for each node's is slow."""
    first = next(root.iterchildren(tag=etree.Element), None)
    if first is None or local(first.tag) != "types" or b"xmlns" in data[data.rfind(b"types>") :]:
        return None
    return dict(root.nsmap)


def _prefer_soap11(services: list[Service]) -> list[Service]:
    """Of several bindings of one port type the first SOAP 1.1 one counts; the others go along with it."""
    bound: dict[tuple[str, str], list[Service]] = {}
    for service in services:
        bound.setdefault((service.namespace, service.agent), []).append(service)
    each = [sorted(found, key=lambda s: s.binding.soap != "1.1") for found in bound.values()]
    return [replace(first, other_bindings=tuple(others)) if others else first for first, *others in each]


def _show_tag(tag: str) -> str:
    return f"<{local(tag)}>" + (f" of {namespace(tag)}" if namespace(tag) else "")


def _show_bindings(bindings: list[_BoundPort]) -> str:
    """What there is instead of a usable one, for the error line."""
    if not bindings:
        return " (it has no binding at all)"
    kinds = sorted({bound.soap if bound.soap in _SOAP else "none" for bound in bindings})
    styles = sorted({bound.binding.style for bound in bindings})
    encoded = "; use encoded" if any(bound.is_encoded() for bound in bindings) else ""
    return f" (SOAP {', '.join(kinds)}; style {', '.join(styles)}{encoded})"


# --- the WSDL and what it imports -------------------------------------------------------------------------------------


@dataclass
class _Documents:
    """The WSDL and what it imports. ``prefixes`` are those of every node, None where each has to be asked for its.

    ``may_ask``: whether anything is said of policies, which are looked for at each node then.
    """

    root: etree._Element
    source: str
    fetch: Fetch | None
    prefixes: dict[str | None, str] | None
    may_ask: bool

    def __post_init__(self) -> None:
        self.target = self.root.get("targetNamespace", "")
        self.definitions = [self.root]
        self.places = {id(self.root): self.source}
        seen = {self.source, as_place(self.source)}
        for document in self.definitions:  # grows while it is read: imports of imports
            for node in document.iterchildren(f"{_W}import"):
                place = self._locate(node, self.places[id(document)], node.get("location", ""))
                if place in seen or not node.get("location"):
                    continue
                seen.add(place)
                imported = parse_xml(self._fetch(place, node), place)
                if imported.tag == f"{_W}definitions":
                    self.definitions.append(imported)
                    self.places[id(imported)] = place
        if len(self.definitions) > 1:
            self.prefixes, self.may_ask = None, True
        self.messages, self.port_types = self.by_qname("message"), self.by_qname("portType")
        self.schema = Schema(self._schemas, self.source)
        """One for all services of the document: compiling rewrites the locations in its tree."""

    @cached_property
    def ports(self) -> dict[str, list[etree._Element]]:
        """The ports of each binding."""
        found: dict[str, list[etree._Element]] = {}
        for service in self.each("service"):
            for port in service.iterchildren(f"{_W}port"):
                found.setdefault(self.qname(port, port.get("binding", "")), []).append(port)
        return found

    def each(self, tag: str) -> list[etree._Element]:
        """The nodes of one kind in all documents."""
        return [node for document in self.definitions for node in document.iterchildren(f"{_W}{tag}")]

    def by_qname(self, tag: str) -> dict[str, etree._Element]:
        """Imported WSDLs of other namespaces may have equal names, so that a local name alone names nothing.

        Of two with one name the first counts.
        """
        found: dict[str, etree._Element] = {}
        for node in self.each(tag):
            found.setdefault(_declared_name(node), node)
        return found

    def qname(self, node: etree._Element, value: str) -> str:
        """The Clark name that a QName of a node means; without a namespace where its prefix is not declared."""
        prefix, colon, name = value.strip().rpartition(":")
        target = (self.prefixes or node.nsmap).get(prefix if colon else None)
        return f"{{{target}}}{name}" if target else name

    def element(self, part: etree._Element) -> str:
        """The name of the element that a message's part is. Raises UnreadableContract for an undeclared prefix."""
        value = part.get("element", "")
        name = self.qname(part, value)
        if ":" in value and not name.startswith("{"):
            raise self.error(part, f"the prefix of {value!r} is not declared")
        return name

    def message(self, node: etree._Element) -> etree._Element | None:
        """The message that an input, an output, a fault or a header names."""
        return self.messages.get(self.qname(node, node.get("message", "")))

    def policies(self, *nodes: etree._Element | None) -> tuple[str, ...]:
        """What WS-Policy and WS-Addressing ask for at these nodes."""
        return read_policies(self.definitions, nodes) if self.may_ask else ()

    def error(self, node: etree._Element, what: str) -> UnreadableContract:
        return UnreadableContract(f"{self.source}:{node.sourceline}: {what}")

    def _locate(self, node: etree._Element, base: str, location: str) -> str:
        if "://" not in base + location:  # for files, urljoin goes up no further than where the base begins
            location = location.replace("\\", "/")  # as Windows' tools write it
            if location.startswith("//"):  # Windows would ask that machine, and say who asks
                raise UnreadableContract(f"{base}:{node.sourceline}: imports {location!r} from another machine")
            return posixpath.normpath(posixpath.join(posixpath.dirname(as_place(base)), location))
        try:
            return urljoin(base, location)
        except ValueError as error:
            raise UnreadableContract(f"{base}:{node.sourceline}: imports {location!r}, no address: {error}") from None

    def _fetch(self, place: str, node: etree._Element) -> bytes:
        if self.fetch is None:
            raise self.error(node, f"imports {place}, which is not at hand")
        try:
            return self.fetch(place)
        except UnreadableContract as error:
            raise self.error(node, str(error)) from None

    def _schemas(self) -> list[etree._Element]:
        """Every xs:schema of the WSDL and of what it imports, each once."""
        found = [
            (schema, self.places[id(document)])
            for document in self.definitions
            for types in document.iterchildren(f"{_W}types")
            for schema in types.iterchildren(f"{_X}schema")
        ]
        seen: set[object] = set()
        for root, base in found:  # grows while it is read: schemas that schemas name
            for node in root.iterchildren(f"{_X}import", f"{_X}include", f"{_X}redefine"):
                location = node.get("schemaLocation")
                if not location:
                    continue
                place = self._locate(node, base, location)
                target = root.get("targetNamespace", "") if node.tag != f"{_X}import" else ""
                if place in seen or (place, target) in seen or place in (base, as_place(base)):
                    continue
                schema = parse_xml(self._fetch(place, node), place)
                if schema.tag != f"{_X}schema":
                    shown = _show_tag(schema.tag)
                    raise UnreadableContract(f"{place}:{schema.sourceline}: not a schema: its root is {shown}")
                if target and not schema.get("targetNamespace"):
                    schema = _adopt_schema(schema, target)
                    seen.add((place, target))  # for another namespace it is another schema
                else:
                    seen.add(place)
                found.append((schema, place))
        return [root for root, _ in found]


def _adopt_schema(schema: etree._Element, target: str) -> etree._Element:
    """A schema without a namespace, in that of the one that includes it (XSD 1.0, 4.2.1): a chameleon."""
    prefixes: Any = dict([(None, target), *schema.nsmap.items()])  # a name without a prefix means the new namespace too
    adopted = etree.Element(schema.tag, nsmap=prefixes)
    for name, value in schema.items():
        adopted.set(name, value)
    adopted.set("targetNamespace", target)
    adopted.extend(list(schema))
    return adopted


# --- a binding --------------------------------------------------------------------------------------------------------


class _BoundPort:
    """A binding, and the port type that it carries; or a port type alone, which nothing carries."""

    def __init__(self, documents: _Documents, node: etree._Element) -> None:
        self.documents, self.node = documents, node
        self.ports = list(self._read_ports())
        services = [port.getparent() for port in self.ports]
        attached = [node, documents.port_types.get(documents.qname(node, node.get("type", ""))), *self.ports, *services]
        self.binding = replace(_read_binding(node), policies=documents.policies(*attached))
        self.soap = self.binding.soap
        is_bound = node.tag == f"{_W}binding"
        self.port_type = documents.qname(node, node.get("type", "")) if is_bound else _declared_name(node)
        self.space = _SOAP.get(self.soap, "{}")
        self._headers: dict[tuple[str, str], str] = {}
        """Elements by message and part, where all nodes have the same prefixes: every operation has the same ones."""

    def is_encoded(self) -> bool:
        return any(body.get("use") == "encoded" for body in self.node.iter(f"{_SOAP['1.1']}body"))

    def is_usable(self, any_binding: bool) -> bool:
        """Whether it is SOAP 1.1 document/literal, or, where any will do, SOAP."""
        if any_binding:
            return self.soap in _SOAP
        return self.soap == "1.1" and self.binding.style == "document" and not self.is_encoded()

    def service(self, digest: str) -> Service:
        documents, agent = self.documents, local(self.port_type)
        # A WSDL that imports the port type may have a namespace of its own.
        target = namespace(self.port_type) or documents.target
        match = _VERSION.search(target)
        version = match[1] if match else target.rstrip("/").rpartition("/")[2]
        return Service(
            version=version,
            agent=agent,
            namespace=target,
            binding=self.binding,
            address=self._address(),
            operations=self._operations(version, agent),
            schema=documents.schema,
            source=documents.source,
            digest=digest,
            imports=frozenset(documents.places.values()) - {documents.source},
        )

    def _read_ports(self) -> Iterator[etree._Element]:
        yield from self.documents.ports.get(_declared_name(self.node), ())

    def _address(self) -> str:
        found = (child.get("location") for port in self.ports[:1] for child in port.iterchildren(tag=etree.Element))
        return next(filter(None, found), "")

    def _operations(self, version: str, agent: str) -> Mapping[str, Operation]:
        declared = _operations_by_name(self.documents.port_types.get(self.port_type))
        bindings = _operations_by_name(self.node)

        def resolve(name: str) -> Operation:
            bound, abstract = bindings[name], declared.get(name)
            request = self._part(bound, abstract, "input")
            if request is None:
                raise self.documents.error(bound, f"operation {name} has no input message")
            soap = bound.find(f"{self.space}operation")
            return Operation(
                version=version,
                agent=agent,
                name=name,
                action="" if soap is None else soap.get("soapAction", ""),
                request=request,
                response=self._part(bound, abstract, "output"),
                style=self.binding.style if soap is None else soap.get("style", self.binding.style),
                faults=() if abstract is None else tuple(self._faults(abstract)),
                policies=self.documents.policies(bound, *bound, abstract),
            )

        return _LazyOperations(bindings, resolve)

    def _part(self, bound: etree._Element, declared: etree._Element | None, side: str) -> Part | None:
        """What one direction carries: the binding says how, the port type's message says what."""
        documents, space = self.documents, self.space
        carried = bound.find(f"{_W}{side}")
        abstract = None if declared is None else declared.find(f"{_W}{side}")
        if carried is None or abstract is None:
            return None
        message = documents.message(abstract)
        if message is None:
            raise documents.error(abstract, f"message {abstract.get('message', '')!r} is not there")
        body = carried.find(f"{space}body")
        wanted = None if body is None or body.get("parts") is None else body.get("parts", "").split()
        parts = [p for p in message.iterchildren(f"{_W}part") if wanted is None or p.get("name") in wanted]
        element = parts[0].get("element") if parts else None
        headers = list(carried.iterchildren(f"{space}header"))
        return Part(
            body=documents.element(parts[0]) if element else None,
            headers=tuple([self._header(node) for node in headers]),
            action=next((abstract.get(a, "") for a in _ACTIONS if abstract.get(a)), ""),
            body_use="literal" if body is None else body.get("use", "literal"),
            header_use=next((use for node in headers if (use := node.get("use", "literal")) != "literal"), "literal"),
            parts=tuple(self._typed(p) for p in (parts[1:] if element else parts)),
        )

    def _header(self, node: etree._Element) -> str:
        """The element of a header block. Raises UnreadableContract where its message has no such part."""
        named = node.get("message", ""), node.get("part", "")
        if named in self._headers:
            return self._headers[named]
        message = self.documents.message(node)
        parts = () if message is None else message.iterchildren(f"{_W}part")
        part = next((p for p in parts if p.get("name") == named[1]), None)
        if part is None or not part.get("element"):
            raise self.documents.error(node, f"header part {named[1]!r} of message {named[0]!r} is not there")
        found = self.documents.element(part)
        if self.documents.prefixes is not None:
            self._headers[named] = found
        return found

    def _faults(self, declared: etree._Element) -> Iterator[tuple[str, str]]:
        for fault in declared.iterchildren(f"{_W}fault"):
            message = self.documents.message(fault)
            part = None if message is None else next(message.iterchildren(f"{_W}part"), None)
            yield fault.get("name", ""), "" if part is None else self.documents.element(part)

    def _typed(self, part: etree._Element) -> Element:
        if part.get("element"):
            return Element(self.documents.element(part), "")
        return Element(part.get("name", ""), self.documents.qname(part, part.get("type", "")))


def as_place(path: str) -> str:
    """A file's path as imports are found and told by: with slashes, on Windows too, and without ``.`` and ``..``."""
    return posixpath.normpath(PurePath(path).as_posix())


def _declared_name(node: etree._Element) -> str:
    """The Clark name of what a WSDL's root holds."""
    definitions = node.getparent()
    space = "" if definitions is None else definitions.get("targetNamespace", "")
    return f"{{{space}}}{node.get('name', '')}" if space else node.get("name", "")


def _operations_by_name(node: etree._Element | None) -> dict[str, etree._Element]:
    return {} if node is None else {o.get("name", ""): o for o in node.iterchildren(f"{_W}operation")}


def _read_binding(node: etree._Element) -> Binding:
    name = node.get("name", "")
    for soap, space in _SOAP.items():
        if (found := node.find(f"{space}binding")) is not None:
            styles = (o.get("style") for o in (found, *node.iter(f"{space}operation")))
            return Binding(name, soap, next(filter(None, styles), "document"), found.get("transport", ""))
    other = next((c.tag for c in node.iterchildren(tag=etree.Element) if not c.tag.startswith(_W)), "")
    return Binding(name, namespace(other) or "none", "", "")
