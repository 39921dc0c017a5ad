"""A WSDL to be changed: what is in it, by kind, and edits of its elements. The operators on WSDLs are rows of these."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from zipfile import ZipFile, is_zipfile

from lxml import etree

from ..model import local
from ..model.names import WSDL as WSDL_NAMESPACE
from ..model.names import WSDL_SOAP11, XSD
from ..wsdl.service import Service
from .drafts import Document, Draft, Spot

WSDL, SOAP, XS = f"{{{WSDL_NAMESPACE}}}", f"{{{WSDL_SOAP11}}}", f"{{{XSD}}}"
"""Namespaces of element names, in braces."""

MOST = 4
"""Mutants of one WSDL by one operator."""


@dataclass(frozen=True, eq=False)
class WsdlDocument(Document):
    """A WSDL document, and the one service of it that is looked at."""

    service: Service
    data: bytes
    http: None = None

    def serialize(self, root: etree._Element) -> bytes:
        return etree.tostring(root, xml_declaration=True, encoding="utf-8")

    @cached_property
    def reached(self) -> set[str]:
        """The types that a message of the service can hold."""
        schema, operations = self.service.schema, self.service.operations.values()
        messages = [message for o in operations for message in o.messages]
        names = {name for message in messages for name in (message.body, *message.headers) if name}
        return schema.reach(*(e.type for name in names if (e := schema.element(name))))

    def global_nodes(self, *tags: str) -> Iterator[tuple[str, etree._Element]]:
        """(Clark name, declaration) of what the schemas declare at their top level."""
        for schema in self.root.iter(f"{XS}schema"):
            for node in schema.iterchildren(*tags):
                yield f"{{{schema.get('targetNamespace')}}}{node.get('name')}", node

    def types(self) -> Iterator[etree._Element]:
        """The declarations of the global types that are reached."""
        nodes = self.global_nodes(f"{XS}complexType", f"{XS}simpleType")
        return (node for name, node in nodes if name in self.reached)

    def members(self) -> Iterator[etree._Element]:
        """The parameters of the operations, and the members of the types that are reached."""
        bodies = {message.body for o in self.service.operations.values() for message in o.messages}
        for name, node in self.global_nodes(f"{XS}element"):
            if name in bodies:
                yield from node.iterdescendants(f"{XS}element")
        for node in self.types():
            yield from node.iterdescendants(f"{XS}element")


Pick = Callable[[WsdlDocument], Iterator[etree._Element]]
WsdlDraft = Draft[WsdlDocument]


def spread(pick: Pick) -> Callable[[WsdlDocument], Iterator[Spot]]:
    """The ``where`` of an operator: the picked nodes, first `MOST` of them that are spread over the document."""

    def where(document: WsdlDocument) -> Iterator[Spot]:
        nodes = list(pick(document))
        for node in dict.fromkeys([*nodes[:: max(1, len(nodes) // MOST)], *nodes]):
            names = [name for n in (node, *node.iterancestors()) if (name := _name_of(n))]
            yield Spot(".".join(reversed(names[:2])) or local(str(node.tag)), document.indexes[node])

    return where


def _name_of(node: etree._Element) -> str | None:
    """What a declaration goes by: a value of an enumeration by itself, a header by its part."""
    return next((str(node.get(key)) for key in ("name", "value", "part") if node.get(key)), None)


# --- edits of the element at a spot -----------------------------------------------------------------------------------


def set_type(draft: WsdlDraft, old: str, new: str) -> None:
    """Another type of XSD for one of XSD."""
    prefix, colon, name = (draft.given.get("type") or "").rpartition(":")
    draft.need(name == old and draft.given.nsmap.get(prefix or None) == XSD)
    draft.set("type", f"{prefix}{colon}{new}")


def replace_attribute(draft: WsdlDraft, name: str, old: tuple[str | None, ...], new: str) -> None:
    """``new`` where the attribute is one of ``old`` (None: it is not there)."""
    draft.need(draft.given.get(name) in old)
    draft.set(name, new)


def append_to_attribute(draft: WsdlDraft, name: str) -> None:
    """The attribute's value with a digit after it, as another name."""
    draft.need(name in draft.given.attrib)
    draft.set(name, draft.given.get(name) + "2")


def swap_with_next(draft: WsdlDraft) -> None:
    """Within a sequence. An element that moves loses prefixes that it declares itself: such ones stay."""
    parent, after = draft.given.getparent(), draft.given.getnext()
    draft.need(after is not None and local(str(parent.tag)) == "sequence" and draft.given.nsmap == parent.nsmap)
    draft.element.getnext().addnext(draft.element)


def add_member_before(draft: WsdlDraft) -> None:
    prefix = draft.element.prefix  # that of XSD: lxml drops another one, which the type would need
    type_name = f"{prefix}:string" if prefix else "string"
    given = {"name": "AddedLately", "type": type_name, "minOccurs": "0", "nillable": "true"}
    draft.element.addprevious(etree.Element(f"{XS}element", given))


def add_value_before(draft: WsdlDraft) -> None:
    draft.element.addprevious(etree.Element(f"{XS}enumeration", value="AddedLately"))


def remove_operation(draft: WsdlDraft) -> None:
    """From the binding and from the port type."""
    name = draft.element.get("name")
    for holder in draft.elements[0].iterchildren(f"{WSDL}portType", f"{WSDL}binding"):
        for operation in holder.findall(f"{WSDL}operation[@name='{name}']"):
            holder.remove(operation)


def reverse_schemas(data: bytes) -> bytes:
    """What each schema declares, the other way round. Moved as text: elements that move lose prefixes they declare."""
    root = etree.fromstring(data)
    texts: dict[bytes, bytes] = {}
    for number, schema in enumerate(list(root.iter(f"{XS}schema"))):
        children = list(schema)
        first = [c for c in children if c.tag in (f"{XS}import", f"{XS}include")]
        rest = [c for c in reversed(children) if c not in first]
        mark = f"services85-schema-{number};"
        texts[mark.encode()] = b"".join(etree.tostring(c, with_tail=False) for c in [*first, *rest])
        for child in children:
            schema.remove(child)
        schema.text = mark
    document = etree.tostring(root)
    for found, text in texts.items():
        document = document.replace(found, text)
    return document


# --- where it lies ----------------------------------------------------------------------------------------------------


def wsdl_bytes(service: Service) -> bytes | None:
    """The WSDL that a service was read from: a file, or a member of a zip; None where it came from elsewhere."""
    path = Path(service.source)
    if path.is_file():
        return path.read_bytes()
    for parent in path.parents:
        if parent.is_file() and is_zipfile(parent):
            wanted = path.relative_to(parent).as_posix()
            with ZipFile(parent) as archive:
                for name in archive.namelist():
                    if name.replace("\\", "/") == wanted:
                        return archive.read(name)
    return None
