"""A WSDL's embedded schemas -> libxml2's compiled form, in which they find each other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from lxml import etree

from ..model import UnreadableContract
from ..model.names import ENVELOPE, XML, XSD, resolve_qname
from .qname_values import find_qname_types, has_qname_values, rewrite_qname_values
from .trial import is_costly, try_compiling

_XS = f"{{{XSD}}}"
_LOCATION = "services85-schema:"
"""How the made-up places of embedded schemas begin."""
_DRIVER = "urn:services85:driver"
"""The namespace of the schema that imports all others, and declares nothing."""
_XML_ATTRIBUTES = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="%s">
<xs:attribute name="lang" type="xs:string"/><xs:attribute name="base" type="xs:anyURI"/>
<xs:attribute name="id" type="xs:ID"/><xs:attribute name="space"><xs:simpleType><xs:restriction base="xs:NCName">
<xs:enumeration value="default"/><xs:enumeration value="preserve"/></xs:restriction></xs:simpleType></xs:attribute>
</xs:schema>""" % XML.encode()
"""XML's own attributes, which a schema may refer to, and which no WSDL embeds."""
_ENVELOPE = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="%s"
elementFormDefault="qualified"><xs:element name="Envelope"><xs:complexType><xs:sequence>
<xs:element name="Header"><xs:complexType><xs:sequence>
<xs:any processContents="lax" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
<xs:element name="Body"><xs:complexType><xs:sequence><xs:any/></xs:sequence></xs:complexType></xs:element>
</xs:sequence></xs:complexType></xs:element></xs:schema>""" % ENVELOPE.encode()
"""The plainest envelope. A message that is valid by it has a faultless frame and body: one call of libxml2 tells."""
_COMPILING = threading.Lock()


def compile_schema(document: etree._Element) -> etree.XMLSchema:
    """One compiled schema; raises `etree.XMLSchemaParseError`.

    libxml2 makes its builtin types while it compiles the first schema of a process: a thread that compiles another one
    at that time finds them half made, and refuses the schema. So one is compiled at a time.
    """
    with _COMPILING:
        return etree.XMLSchema(document)


def compile_schemas(roots: list[etree._Element], source: str) -> etree.XMLSchema:
    """The ``xs:schema`` elements as one schema; any global element can be its root, and an Envelope around one.

    Raises UnreadableContract.
    """
    if any(root.find(f"{_XS}redefine") is not None for root in roots):
        raise UnreadableContract(f"{source}: its schemas do not compile: xs:redefine is not read")
    try:
        return compile_documents(*_write_documents(roots))
    except etree.XMLSchemaParseError as error:
        raise UnreadableContract(f"{source}: its schemas do not compile: {_first_error(error)}") from None


def explain_cost(roots: list[etree._Element]) -> str:
    """Why libxml2 would need too long for schemas, or too much memory; empty where it does not."""
    return try_compiling(*_write_documents(roots)) if is_costly(roots) else ""


def compile_documents(driver: bytes, documents: dict[str, bytes]) -> etree.XMLSchema:
    """Compiles the text of a schema, ``driver``, that imports others; ``documents``: their texts by their places.

    Raises `etree.XMLSchemaParseError`.
    """
    parser = etree.XMLParser(no_network=True, resolve_entities=False, huge_tree=True)
    parser.resolvers.add(_EmbeddedSchemas(documents))
    return compile_schema(etree.fromstring(driver, parser))


def _write_documents(roots: list[etree._Element]) -> tuple[bytes, dict[str, bytes]]:
    """The text of a schema that imports all of these, and the texts of these by their places.

    An import names a namespace, so each namespace has one place; several schemas of one are included there.
    """
    by_namespace: dict[str | None, list[etree._Element]] = {}
    for root in roots:
        by_namespace.setdefault(root.get("targetNamespace"), []).append(root)
    places = {space: f"{_LOCATION}{i}" for i, space in enumerate(by_namespace)}
    documents: dict[str, bytes] = {}
    if XML not in places and any(_refers_to_xml(root) for root in roots):
        places[XML] = f"{_LOCATION}xml"
        documents[places[XML]] = _XML_ATTRIBUTES
    if ENVELOPE not in places:
        places[ENVELOPE] = f"{_LOCATION}envelope"
        documents[places[ENVELOPE]] = _ENVELOPE
    _locate_imports(roots, places)
    qname_types = cache(partial(find_qname_types, roots))  # which few schemas need
    for space, parts in by_namespace.items():
        place = places[space]
        if len(parts) == 1:
            documents[place] = _write_schema(parts[0], qname_types)
            continue
        whole = etree.Element(f"{_XS}schema", nsmap={"xs": XSD})
        if space:
            whole.set("targetNamespace", space)
        # Documents that import each other may all embed the same schema: once is enough.
        different = {etree.tostring(root, method="c14n", exclusive=True): root for root in parts}
        for i, root in enumerate(different.values()):
            documents[f"{place}.{i}"] = _write_schema(root, qname_types)
            etree.SubElement(whole, f"{_XS}include", schemaLocation=f"{place}.{i}")
        documents[place] = etree.tostring(whole)
    return _write_driver(places), documents


def _locate_imports(roots: list[etree._Element], places: dict[str | None, str]) -> None:
    """Gives each import its place: embedded schemas import each other without one, and libxml2 then finds nothing.

    Includes are taken out: what they name was read already, and is among the roots.
    """
    for root in roots:
        for node in root.iterchildren(f"{_XS}import"):
            if (place := places.get(node.get("namespace"))) is not None:
                node.set("schemaLocation", place)
            else:
                node.attrib.pop("schemaLocation", "")
        for node in list(root.iterchildren(f"{_XS}include")):
            root.remove(node)


def _write_driver(places: dict[str | None, str]) -> bytes:
    """A schema that imports every namespace. It has one of its own: else it could not import schemas without one."""
    driver = etree.Element(f"{_XS}schema", nsmap={"xs": XSD}, targetNamespace=_DRIVER)
    for space, place in places.items():
        node = etree.SubElement(driver, f"{_XS}import", schemaLocation=place)
        if space:
            node.set("namespace", space)
    return etree.tostring(driver)


def _refers_to_xml(root: etree._Element) -> bool:
    """Whether it uses an attribute such as xml:lang. Adds the import of XML's namespace that many schemas forget."""
    if not any(node.get("ref", "").startswith("xml:") for node in root.iter(f"{_XS}attribute")):
        return False
    if not any(node.get("namespace") == XML for node in root.iterchildren(f"{_XS}import")):
        root.insert(0, root.makeelement(f"{_XS}import", {"namespace": XML}))
    return True


def _write_schema(root: etree._Element, qname_types: Callable[[], frozenset[str]]) -> bytes:
    """The text of a schema, with what libxml2 does not know, or takes amiss, in other words."""
    data = etree.tostring(root)
    refers = b'schema"' in data[data.find(b">") :]
    if not refers and not has_qname_values(data):
        return data
    root = etree.fromstring(data)  # a copy would lose the prefixes that its WSDL declares
    if refers:
        _replace_schemas(root)
    rewrite_qname_values(root, qname_types())
    return etree.tostring(root)


def _replace_schemas(root: etree._Element) -> None:
    """.NET's DataSet refers to the element ``xs:schema``, which libxml2 does not know: any element of XSD's namespace
    stands in its place."""
    for node in [node for node in root.iter(f"{_XS}element") if _means_schema(node)]:
        node.tag = f"{_XS}any"
        del node.attrib["ref"]
        node.set("namespace", XSD)
        node.set("processContents", "skip")


def _means_schema(node: etree._Element) -> bool:
    reference = node.get("ref")
    return reference is not None and reference.endswith("schema") and resolve_qname(node, reference) == f"{_XS}schema"


def _first_error(error: etree.XMLSchemaParseError) -> str:
    text = next((entry.message for entry in error.error_log if entry.level_name != "WARNING"), str(error))
    return " ".join(text.split())


class _EmbeddedSchemas(etree.Resolver):
    """Gives libxml2 the schemas that one WSDL embeds, by their made-up places; anything else is empty."""

    def __init__(self, documents: dict[str, bytes]) -> None:
        self._documents = documents

    # lxml-stubs leave out the context that lxml passes.
    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:  # type: ignore[override]
        return self.resolve_string(self._documents.get(system_url, b""), context, base_url=system_url)
