"""A service as plain facts: all that its WSDL means, nothing of prefixes, of order of declarations, of files."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.model import Element, Part, Service, Type

Fact = tuple[str, object]


def facts(service: Service) -> dict[str, object]:
    """Path -> fact; two services are equal in meaning where these are equal."""
    return dict(_facts(service))


def differences(one: Service, other: Service) -> list[str]:
    """The paths whose facts differ."""
    left, right = facts(one), facts(other)
    return sorted(path for path in left.keys() | right.keys() if left.get(path) != right.get(path))


def _facts(service: Service) -> Iterator[Fact]:
    yield "service", (service.version, service.agent, service.namespace)
    yield "binding", (service.binding.name, service.binding.soap, service.binding.style, service.binding.transport)
    yield "operations", sorted(service.operations)
    for name, operation in service.operations.items():
        yield f"{name}/soap", (operation.action, operation.style)
        yield f"{name}/request", _part(operation.request)
        yield f"{name}/response", _part(operation.response)
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
            yield f"type {name}", _type(kind)


def _part(part: Part | None) -> object:
    return None if part is None else (part.body, part.headers, part.action, part.body_use, part.header_use)


def _element(element: Element) -> object:
    return element.name, element.type, element.min_occurs, element.max_occurs, element.nillable


def _type(kind: Type) -> object:
    return (
        kind.kind,
        kind.base,
        tuple(_element(member) for member in kind.members),
        tuple((value.name, value.number) for value in kind.values),
        kind.item,
        kind.facets,
        tuple(sorted(kind.attributes)),
        kind.content,
        kind.dictionary,
        kind.abstract,
    )
