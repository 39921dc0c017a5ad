"""A service as plain facts: all that its WSDL means, nothing of prefixes, of order of declarations, of files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache

from lxml import etree

from ..model import Type
from ..xsd.schema import Schema
from .service import Service


@lru_cache(maxsize=1024)
def digest_service(service: Service) -> str:
    """16 hex digits that are the same for services equal in meaning, however their WSDLs are written.

    Raises UnreadableContract where the schemas cannot be read.
    """
    return hashlib.sha256(repr(sorted(gather_facts(service).items())).encode()).hexdigest()[:16]


def gather_facts(service: Service) -> dict[str, object]:
    """Path -> fact; two services are equal in meaning where these are equal. Their files and address are none."""
    return dict(_list_facts(service))


def _list_facts(service: Service) -> Iterator[tuple[str, object]]:
    yield "service", (service.version, service.agent, service.namespace)
    yield "binding", _fold_fact(replace(service.binding, name=""))
    if service.other_bindings:
        yield "other bindings", sorted(repr(_fold_fact(replace(s.binding, name=""))) for s in service.other_bindings)
    for name, operation in service.operations.items():
        yield f"operation {name}", _fold_fact(replace(operation, faults=tuple(sorted(operation.faults))))
    schema = service.schema
    elements = {name: element for name in schema.element_names() if (element := schema.element(name))}
    for name, element in elements.items():
        yield f"element {name}", _fold_fact(element)
    # An anonymous type is known once its element was asked for; a member's is reached from its owner.
    for name in sorted(schema.reach(*schema.type_names(), *(element.type for element in elements.values()))):
        if kind := schema.type(name):
            attributes = tuple(sorted(kind.attributes, key=lambda a: a.name))
            kind = replace(kind, facets=tuple(sorted(kind.facets)), attributes=attributes)
            yield f"type {name}", (_fold_fact(kind), _canonical_text(kind, schema))


def _fold_fact(fact: object) -> object:
    """A dataclass as pairs of name and value, without what is at its default.

    So a kind of fact that a later version of this package reads too changes no digest where a WSDL has none of it.
    """
    if isinstance(fact, tuple):
        return tuple(map(_fold_fact, fact))
    if not is_dataclass(fact):
        return fact
    pairs = ((f.name, f.default, getattr(fact, f.name)) for f in fields(fact))
    return tuple((name, _fold_fact(value)) for name, default, value in pairs if value != default)


def _canonical_text(kind: Type, schema: Schema) -> bytes:
    """The declaration itself, for a construct of which `Type` does not say all: a choice, a wildcard, a union."""
    node = None if kind.content == "sequence" else schema.node(kind.name)
    return b"" if node is None else etree.tostring(node, method="c14n", exclusive=True, with_tail=False)
