"""Where in a message an operator is tried: the ``where`` of its row.

Each gives `Spot` after `Spot`. To keep the number of mutants small, most give one node of each kind: a hundred strings
of one type would all be judged alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice

from ..generate.builder import derived_types
from ..generate.forms import invalid_forms, valid_forms, value_space
from ..model import local
from ..model.names import NIL, REQUIRED_HEADERS
from .drafts import Node, Spot
from .originals import Original

Where = Callable[[Original], Iterable[Spot]]

_MOST_FORMS = 100
"""Of one type: some enumerations have thousands of values."""


def make_spot(node: Node, text: str = "") -> Spot:
    return Spot(node.path, node.index, node, text)


# --- by their names ---------------------------------------------------------------------------------------------------


def named_places(*paths: str) -> Where:
    """Spots that are no elements: the bytes as a whole (``/``), a field of the HTTP head (``SOAPAction``)."""
    return lambda original: [Spot(path) for path in paths]


def frame_part(name: str, path: str | None = None) -> Where:
    """Header or Body, where the message has it. ``path``: where the finding is expected, if not there."""

    def where(original: Original) -> Iterator[Spot]:
        if (index := original.find_part(name)) is not None:
            yield Spot(path or f"/Envelope/{name}", index)

    return where


WHOLE = named_places("/")
ENVELOPE, HEADER, BODY = named_places("/Envelope"), frame_part("Header"), frame_part("Body")
ACTION, CONTENT_TYPE, PATH = named_places("SOAPAction"), named_places("Content-Type"), named_places("path")


# --- by what the schema says of them ----------------------------------------------------------------------------------


def _by_member(node: Node) -> object:
    return (node.owner.name if node.owner else None, node.element.name)


def _by_type(node: Node) -> object:
    return node.type.name


def each_member(wanted: Callable[[Node], bool]) -> Where:
    """The wanted nodes, the first of each member of each type."""
    return lambda original: map(make_spot, original.pick_distinct(wanted, _by_member))


def each_type(wanted: Callable[[Node], bool]) -> Where:
    """The wanted nodes, the first of each type."""
    return lambda original: map(make_spot, original.pick_distinct(wanted, _by_type))


def all_of(wanted: Callable[[Node], bool]) -> Where:
    """The wanted nodes, every one."""
    return lambda original: (make_spot(node) for node in original.nodes if wanted(node))


def is_child(node: Node) -> bool:
    """A parameter, or a member of a type. Not a Ticket, whose own operators are in `header_operators`."""
    return node.role in ("parameter", "member") and not is_ticket(node)


def is_ticket(node: Node) -> bool:
    return node.in_header and node.role == "member" and node.local == "Ticket"


def is_any(node: Node) -> bool:
    return local(node.element.type) in ("anyType", "anySimpleType")


def is_block(node: Node) -> bool:
    return node.role == "header"


def is_required_block(node: Node) -> bool:
    return is_block(node) and node.local in REQUIRED_HEADERS


def _is_struct(node: Node) -> bool:
    """An element with members of which the schema alone decides: not the headers that have operators of their own."""
    return not node.is_simple and not (node.in_header and node.local in ("ExceptionInfo", "Credentials"))


OPERATION = each_member(lambda n: n.role == "operation")
PARAMETERS = each_member(lambda n: n.role == "parameter")
CHILDREN, CHILD_TYPES = each_member(is_child), each_type(is_child)
STRUCTS = each_type(_is_struct)
NILLABLE = each_member(lambda n: is_child(n) and n.element.nillable)
DICTIONARIES = each_type(lambda n: n.type.dictionary)
BLOCKS, REQUIRED, TICKET = all_of(is_block), all_of(is_required_block), all_of(is_ticket)


def required_headers(original: Original) -> Iterable[Spot]:
    """The Header, where it has to have blocks in it."""
    return HEADER(original) if any(map(is_required_block, original.nodes)) else ()


def any_value(original: Original) -> Iterable[Spot]:
    """One value that is not empty."""
    node = original.find_leaf()
    return () if node is None else [make_spot(node)]


_SUCCEEDED = all_of(lambda n: is_block(n) and n.local == "Succeeded")


def succeeded_header(path: str) -> Where:
    """The header Succeeded of a response; ``path`` is where the fault is laid."""
    return lambda original: (replace(at, path=path) for at in islice(_SUCCEEDED(original), 1))


# --- with what shall stand there --------------------------------------------------------------------------------------


def bad_values(operator: str) -> Where:
    """Values whose type has a form by this name in `invalid_forms`, each with the text of that form."""

    def where(original: Original) -> Iterator[Spot]:
        for node in original.values:
            text = dict(invalid_forms(value_space(original.service.schema, node.type.name))).get(operator)
            if text is not None:
                yield make_spot(node, text)

    return where


def good_values(original: Original) -> Iterator[Spot]:
    """Values, and each other form of their types. Of some headers other values mean something else."""
    for node in original.values:
        if not (node.in_header and node.local in ("Succeeded", "Ticket", "ApplicationToken")):
            for text in valid_forms(value_space(original.service.schema, node.type.name))[:_MOST_FORMS]:
                yield make_spot(node, text)


def true_values(original: Original) -> Iterator[Spot]:
    """Succeeded, and other ways to write true."""
    return (replace(at, text=text) for at in _SUCCEEDED(original) for text in ("1", " true "))


def written_values(original: Original) -> Iterator[Spot]:
    """Some values that are not empty."""
    return (make_spot(node) for node in original.values[:4] if original.elements[node.index].text)


def derived_spots(original: Original) -> Iterator[Spot]:
    """Elements of a complex type, each with the name of a type that derives from it: two types at most."""
    for node in original.pick_distinct(lambda n: n.role in ("parameter", "member") and not n.is_simple, _by_type):
        for name in derived_types(original.service, node.element.type)[:2]:
            yield make_spot(node, name)


def first_not_nil(original: Original) -> Iterator[Spot]:
    """A nillable element of Body that says nothing about nil."""
    for node in original.nodes:
        in_body = node.role in ("parameter", "member") and not node.in_header
        if in_body and node.element.nillable and NIL not in original.elements[node.index].attrib:
            yield make_spot(node)
            return
