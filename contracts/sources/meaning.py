"""A service as plain facts: all that its WSDL means, nothing of prefixes, of order of declarations, of files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

from ..model import Element, Part, Service, Type
from .schema import Schema


@lru_cache(maxsize=1024)
def digest(service: Service) -> str:
    """16 hex digits that are the same for services equal in meaning, however their WSDLs are written.

    Raises UnreadableContract where the schemas cannot be read.
    """
    return hashlib.sha256(repr(sorted(facts(service).items())).encode()).hexdigest()[:16]


def facts(service: Service) -> dict[str, object]:
    """Path -> fact; two services are equal in meaning where these are equal. Their files and address are none."""
    return dict(_facts(service))


def _facts(service: Service) -> Iterator[tuple[str, object]]:
    yield "service", (service.version, service.agent, service.namespace)
    yield "binding", (service.binding.soap, service.binding.style, service.binding.transport)
    yield "operations", sorted(service.operations)
    for name, operation in service.operations.items():
        yield f"{name}/soap", (operation.action, operation.style)
        yield f"{name}/request", _part(operation.request)
        yield f"{name}/response", _part(operation.response)
        yield f"{name}/faults", sorted(operation.faults)
    schema = service.schema
    yield "elements", sorted(schema.element_names())
    for name in schema.element_names():
        element = schema.element(name)
        assert element is not None
        yield f"element {name}", _element(element)
    # An anonymous type is known once its element was asked for; a member's is reached from its owner.
    todo = [*schema.type_names(), *(e.type for n in schema.element_names() if (e := schema.element(n)))]
    for name in sorted(schema.reach(*todo)):
        kind = schema.type(name)
        if kind is not None:
            yield f"type {name}", _type(kind, schema)


def _part(part: Part | None) -> object:
    if part is None:
        return None
    others = tuple(_element(element) for element in part.parts)
    return part.body, part.headers, part.action, part.body_use, part.header_use, others


def _element(element: Element) -> object:
    return element.name, element.type, element.min_occurs, element.max_occurs, element.nillable, element.preset


def _type(kind: Type, schema: Schema) -> object:
    return (
        kind.kind,
        kind.base,
        tuple(_element(member) for member in kind.members),
        tuple((value.name, value.number) for value in kind.values),
        kind.item,
        tuple(sorted(kind.facets)),
        tuple(sorted((a.name, a.type, a.use, a.preset or ()) for a in kind.attributes)),
        kind.content,
        kind.dictionary,
        kind.abstract,
        _text(kind, schema),
    )


def _text(kind: Type, schema: Schema) -> bytes:
    """The declaration itself, for a construct of which `Type` does not say all: a choice, a wildcard, a union."""
    node = None if kind.content == "sequence" else schema.node(kind.name)
    return b"" if node is None else etree.tostring(node, method="c14n", exclusive=True, with_tail=False)
