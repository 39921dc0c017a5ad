"""One WSDL document -> Services: what it says of operations, headers, actions and binding."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import urljoin

from lxml import etree

from ..files.prolog import has_doctype
from ..model import Binding, Element, Operation, Part, UnreadableContract, local, namespace
from ..xsd.schema import XSD, Schema
from .service import Service

WSDL = "http://schemas.xmlsoap.org/wsdl/"
SOAP11 = "http://schemas.xmlsoap.org/wsdl/soap/"
SOAP12 = "http://schemas.xmlsoap.org/wsdl/soap12/"

Fetch = Callable[[str], bytes]
"""A place (a normalised path, a member of a zip, a URL) -> its bytes; raises UnreadableContract."""

_W = f"{{{WSDL}}}"
_VERSION = re.compile(r"/(Services\d+)/?$")
_ACTIONS = (
    "{http://www.w3.org/2006/05/addressing/wsdl}Action",
    "{http://www.w3.org/2007/05/addressing/metadata}Action",
)


def parse(data: bytes, source: str, fetch: Fetch | None = None, *, any_binding: bool = False) -> list[Service]:
    """The services of one WSDL: one for each port type that a SOAP 1.1 document/literal binding carries.

    ``source`` names it in errors and is the base of relative locations, which ``fetch`` reads. With ``any_binding``
    a WSDL whose binding is another one is taken too (for comparing). Raises UnreadableContract: one line.
    """
    root = parse_xml(data, source)
    if root.tag != f"{_W}definitions":
        raise UnreadableContract(f"{source}:{root.sourceline}: not a WSDL 1.1: its root is {_shown(root.tag)}")
    documents = _Documents(root, source, fetch, _flat(root, data))
    alone = len(documents.definitions) == 1 and b"schemaLocation" not in data
    # The version's own name is folded. What is imported may change under a text: then only the same place is the same.
    version = _VERSION.search(documents.target)
    text = data.replace(f"/{version[1]}".encode(), b"") if version else data
    digest = hashlib.sha256(text if alone else text + source.encode()).hexdigest()[:16]
    services = [s for b in documents.bindings() if (s := documents.service(b, digest, any_binding=any_binding))]
    if not services:
        raise UnreadableContract(f"{source}:{root.sourceline}: no SOAP 1.1 document/literal binding{documents.found()}")
    return _one_each(services)


def _flat(root: etree._Element, data: bytes) -> dict[str | None, str] | None:
    """The root's prefixes, where nothing after the types declares another: asking lxml for each node's is slow."""
    first = next(root.iterchildren(tag=etree.Element), None)
    if first is None or local(first.tag) != "types" or b"xmlns" in data[data.rfind(b"types>") :]:
        return None
    return dict(root.nsmap)


def parse_xml(data: bytes, source: str) -> etree._Element:
    """The root element of a WSDL or schema, from a hardened parser; raises UnreadableContract with the line."""
    if not data.strip():
        raise UnreadableContract(f"{source}: the file is empty")
    if has_doctype(data):
        raise UnreadableContract(f"{source}:1: a DTD, which no WSDL needs, is not read")
    parser = etree.XMLParser(
        no_network=True, resolve_entities=False, huge_tree=True, remove_comments=True, remove_blank_text=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise UnreadableContract(f"{source}:{line}: not well-formed XML: {' '.join(str(error.msg).split())}") from None
    return root


def _one_each(services: list[Service]) -> list[Service]:
    """Of several bindings of one port type the first SOAP 1.1 one counts."""
    chosen: dict[tuple[str, str], Service] = {}
    for service in services:
        have = chosen.get((service.version, service.agent))
        if have is None or (have.binding.soap != "1.1" and service.binding.soap == "1.1"):
            chosen[service.version, service.agent] = service
    return list(chosen.values())


def _encoded(binding: etree._Element) -> bool:
    return any(body.get("use") == "encoded" for body in binding.iter(f"{{{SOAP11}}}body"))


def _shown(tag: str) -> str:
    space = tag[1:].partition("}")[0] if tag.startswith("{") else ""
    return f"<{local(tag)}>" + (f" of {space}" if space else "")


class _OnDemand(Mapping[str, Operation]):
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


def shelved(service: Service, parse_again: Callable[[], list[Service]]) -> Service:
    """The same, without the document's tree in memory: it is read again for its operations, and for its schema."""
    version, agent = service.version, service.agent

    def again() -> Service:  # holds on to nothing of the service as it was
        return next(s for s in parse_again() if (s.version, s.agent) == (version, agent))

    @cache
    def resolved() -> dict[str, Operation | UnreadableContract]:
        return {name: _resolved(operations, name) for operations in (again().operations,) for name in operations}

    def operation(name: str) -> Operation:
        found = resolved()[name]
        if isinstance(found, UnreadableContract):
            raise found
        return found

    return replace(
        service,
        operations=_OnDemand(service.operations, operation),
        schema=Schema(lambda: again().schema.roots, service.source),
    )


def _resolved(operations: Mapping[str, Operation], name: str) -> Operation | UnreadableContract:
    try:
        return operations[name]
    except UnreadableContract as error:
        return error.with_traceback(None)  # which would hold on to the tree


@dataclass
class _Documents:
    """The WSDL and what it imports."""

    root: etree._Element
    source: str
    fetch: Fetch | None
    prefixes: dict[str | None, str] | None

    def __post_init__(self) -> None:
        self.definitions = [self.root]
        self.places = {id(self.root): self.source}
        seen = {self.source, posixpath.normpath(self.source)}
        for document in self.definitions:  # grows while it is read: imports of imports
            for node in document.iterchildren(f"{_W}import"):
                place = self._place(node, self.places[id(document)], node.get("location", ""))
                if place in seen or not node.get("location"):
                    continue
                seen.add(place)
                imported = parse_xml(self._bytes(place, node), place)
                if imported.tag == f"{_W}definitions":
                    self.definitions.append(imported)
                    self.places[id(imported)] = place
        self.target = self.root.get("targetNamespace", "")
        if len(self.definitions) > 1:
            self.prefixes = None

    def _qname(self, node: etree._Element, value: str) -> str:
        prefix, colon, name = value.strip().rpartition(":")
        target = (self.prefixes or node.nsmap).get(prefix if colon else None)
        return f"{{{target}}}{name}" if target else name

    def _element(self, part: etree._Element) -> str:
        value = part.get("element", "")
        name = self._qname(part, value)
        if ":" in value and not name.startswith("{"):
            raise UnreadableContract(f"{self.source}:{part.sourceline}: the prefix of {value!r} is not declared")
        return name

    def _place(self, node: etree._Element, base: str, location: str) -> str:
        if "://" not in base + location:  # for files, urljoin goes up no further than where the base begins
            return posixpath.normpath(posixpath.join(posixpath.dirname(base), location))
        try:
            return urljoin(base, location)
        except ValueError as error:
            raise UnreadableContract(f"{base}:{node.sourceline}: imports {location!r}, no address: {error}") from None

    def _bytes(self, place: str, node: etree._Element) -> bytes:
        if self.fetch is None:
            raise UnreadableContract(f"{self.source}:{node.sourceline}: imports {place}, which is not at hand")
        try:
            return self.fetch(place)
        except UnreadableContract as error:
            raise UnreadableContract(f"{self.source}:{node.sourceline}: {error}") from None

    def _each(self, tag: str) -> list[etree._Element]:
        return [node for document in self.definitions for node in document.iterchildren(f"{_W}{tag}")]

    def bindings(self) -> list[etree._Element]:
        return self._each("binding")

    def found(self) -> str:
        """What there is instead, for the error line."""
        kinds = sorted({b.soap if b.soap in ("1.1", "1.2") else "none" for b in map(self._binding, self.bindings())})
        if not kinds:
            return " (it has no binding at all)"
        styles = sorted({self._binding(b).style for b in self.bindings()})
        encoded = "; use encoded" if any(_encoded(b) for b in self.bindings()) else ""
        return f" (SOAP {', '.join(kinds)}; style {', '.join(styles)}{encoded})"

    @staticmethod
    def _binding(node: etree._Element) -> Binding:
        for space, soap in ((SOAP11, "1.1"), (SOAP12, "1.2")):
            if (found := node.find(f"{{{space}}}binding")) is not None:
                style = found.get("style") or next(
                    (o.get("style", "") for o in node.iter(f"{{{space}}}operation") if o.get("style")), "document"
                )
                return Binding(node.get("name", ""), soap, style, found.get("transport", ""))
        other = next((c.tag for c in node.iterchildren(tag=etree.Element) if not c.tag.startswith(_W)), "")
        return Binding(node.get("name", ""), other[1:].partition("}")[0] or "none", "", "")

    def service(self, node: etree._Element, digest: str, *, any_binding: bool) -> Service | None:
        binding = self._binding(node)
        if not any_binding and (binding.soap != "1.1" or binding.style != "document"):
            return None
        if binding.soap not in ("1.1", "1.2"):
            return None
        port_type = self._qname(node, node.get("type", ""))
        agent = local(port_type)
        # A WSDL that imports the port type may have a namespace of its own.
        target = namespace(port_type) or self.target
        match = _VERSION.search(target)
        version = match[1] if match else target.rstrip("/").rpartition("/")[2]
        operations = self._operations(node, binding, version, agent)
        if not any_binding and _encoded(node):
            return None
        return Service(
            version=version,
            agent=agent,
            namespace=target,
            binding=binding,
            address=self._address(node.get("name", "")),
            operations=operations,
            schema=Schema(self._schemas, self.source),
            source=self.source,
            digest=digest,
            imports=frozenset(self.places.values()) - {self.source},
        )

    def _address(self, binding: str) -> str:
        for service in self._each("service"):
            for port in service.iterchildren(f"{_W}port"):
                if local(self._qname(port, port.get("binding", ""))) == binding:
                    found = next((c.get("location") for c in port.iterchildren(tag=etree.Element)), None)
                    return found or ""
        return ""

    def _operations(self, node: etree._Element, binding: Binding, version: str, agent: str) -> Mapping[str, Operation]:
        space = f"{{{SOAP11 if binding.soap == '1.1' else SOAP12}}}"
        messages = {m.get("name", ""): m for m in self._each("message")}
        port_type = next((p for p in self._each("portType") if p.get("name") == agent), None)
        abstract = {} if port_type is None else {o.get("name", ""): o for o in port_type.iterchildren(f"{_W}operation")}

        def resolve(name: str) -> Operation:
            bound, declared = bindings[name], abstract.get(name)
            soap = bound.find(f"{space}operation")
            request = self._part(bound.find(f"{_W}input"), declared, "input", messages, space)
            if request is None:
                raise UnreadableContract(f"{self.source}:{bound.sourceline}: operation {name} has no input message")
            return Operation(
                version=version,
                agent=agent,
                name=name,
                action="" if soap is None else soap.get("soapAction", ""),
                request=request,
                response=self._part(bound.find(f"{_W}output"), declared, "output", messages, space),
                style=binding.style if soap is None else soap.get("style", binding.style),
                faults=tuple(self._faults(declared, messages)),
            )

        bindings = {o.get("name", ""): o for o in node.iterchildren(f"{_W}operation")}
        return _OnDemand(bindings, resolve)

    def _part(
        self,
        bound: etree._Element | None,
        declared: etree._Element | None,
        side: str,
        messages: dict[str, etree._Element],
        space: str,
    ) -> Part | None:
        abstract = None if declared is None else declared.find(f"{_W}{side}")
        if bound is None or abstract is None:
            return None
        message = messages.get(local(abstract.get("message", "")).rpartition(":")[2])
        if message is None:
            raise UnreadableContract(
                f"{self.source}:{abstract.sourceline}: message {abstract.get('message', '')!r} is not there"
            )
        body = bound.find(f"{space}body")
        wanted = None if body is None or body.get("parts") is None else body.get("parts", "").split()
        parts = [p for p in message.iterchildren(f"{_W}part") if wanted is None or p.get("name") in wanted]
        headers, use = [], "literal"
        named: dict[str, dict[str | None, etree._Element]] = {}
        for node in bound.iterchildren(f"{space}header"):
            use = node.get("use", "literal")
            holder = node.get("message", "").rpartition(":")[2]
            if holder not in named:
                found = messages.get(holder)
                named[holder] = {} if found is None else {p.get("name"): p for p in found.iterchildren(f"{_W}part")}
            part = named[holder].get(node.get("part"))
            if part is None or not part.get("element"):
                raise UnreadableContract(
                    f"{self.source}:{node.sourceline}: header part {node.get('part')!r} of message "
                    f"{node.get('message')!r} is not there"
                )
            headers.append(self._element(part))
        action = next((abstract.get(a, "") for a in _ACTIONS if abstract.get(a)), "")
        element = parts[0].get("element") if parts else None
        return Part(
            body=self._element(parts[0]) if element else None,
            headers=tuple(headers),
            action=action,
            body_use="literal" if body is None else body.get("use", "literal"),
            header_use=use,
            parts=tuple(self._typed(p) for p in (parts[1:] if element else parts)),
        )

    def _faults(
        self, declared: etree._Element | None, messages: dict[str, etree._Element]
    ) -> Iterator[tuple[str, str]]:
        for fault in () if declared is None else declared.iterchildren(f"{_W}fault"):
            message = messages.get(fault.get("message", "").rpartition(":")[2])
            part = None if message is None else next(message.iterchildren(f"{_W}part"), None)
            yield fault.get("name", ""), "" if part is None else self._element(part)

    def _typed(self, part: etree._Element) -> Element:
        if part.get("element"):
            return Element(self._element(part), "")
        return Element(part.get("name", ""), self._qname(part, part.get("type", "")))

    def _schemas(self) -> list[etree._Element]:
        """Every xs:schema of the WSDL and of what it imports, each once."""
        roots: list[etree._Element] = []
        places: list[str] = []
        for document in self.definitions:
            for types in document.iterchildren(f"{_W}types"):
                for schema in types.iterchildren(f"{{{XSD}}}schema"):
                    roots.append(schema)
                    places.append(self.places[id(document)])
        seen: set[str] = set()
        for root, base in zip(roots, places, strict=False):  # both grow while they are read
            for node in root.iterchildren(f"{{{XSD}}}import", f"{{{XSD}}}include", f"{{{XSD}}}redefine"):
                location = node.get("schemaLocation")
                if not location:
                    continue
                place = self._place(node, base, location)
                if place in seen or place in (base, posixpath.normpath(base)):
                    continue
                seen.add(place)
                found = parse_xml(self._bytes(place, node), place)
                if found.tag != f"{{{XSD}}}schema":
                    shown = _shown(found.tag)
                    raise UnreadableContract(f"{place}:{found.sourceline}: not a schema: its root is {shown}")
                roots.append(found)
                places.append(place)
        return roots
