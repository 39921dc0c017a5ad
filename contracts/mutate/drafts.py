"""What an operator is: a row that says where a document is changed, how, and whether the change breaks anything.

An operator's ``where`` picks the spots of an original, its ``edit`` changes a draft of it at one spot. Originals are
messages (`originals.Original`) or WSDLs (`wsdl_editor.WsdlDocument`); rows and drafts are the same for both.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

from lxml import etree

from ..generate.forms import is_simple
from ..model import Element, Http, Type, local, namespace
from ..model.names import NIL, XSI_TYPE

# Where operators come from: the ``source`` of their rows.
OFFUTT = "Offutt and Xu 2004: data value perturbation"
RPC = "Offutt and Xu 2004: RPC communication perturbation"
MODEL = "Offutt and Xu 2004: data communication perturbation (tree grammar, nesting and order)"
SIBLINI = "Siblini and Mansour 2005: WSDL mutation operators"
VENDOR = "measured: what the vendor's published versions changed"
SOAP = "SOAP 1.1"
WSI = "WS-I Basic Profile 1.1"
XML = "XML 1.0"
HTTP = "HTTP 1.1"
LENIENT = "measured: WCF answers 200, and acts on something else"
REFUSED = "measured: WCF refuses it"
CLIENTS = "measured: what clients send or read"
LEGAL = "XML's and SOAP's freedoms: has to be kept"

Side = Literal["request", "response", "wsdl"]
REQUEST: tuple[Side, ...] = ("request",)
RESPONSE: tuple[Side, ...] = ("response",)
BOTH: tuple[Side, ...] = ("request", "response")


@dataclass(frozen=True, slots=True)
class Node:
    """A typed element of a message. ``index`` counts the elements of the document.

    ``role``: ``operation``, ``parameter`` (its child), ``header`` (a block), or ``member`` (anything inside those).
    ``owner`` is the type whose member it is.
    """

    index: int
    path: str
    element: Element
    type: Type
    owner: Type | None
    role: str

    @property
    def in_header(self) -> bool:
        """Whether it is a header block, or within one."""
        return self.path.startswith("/Envelope/Header/")

    @property
    def is_simple(self) -> bool:
        """Whether its value is text."""
        return is_simple(self.type)

    @property
    def name(self) -> str:
        """The Clark name that the schema gives it."""
        return self.element.name

    @property
    def local(self) -> str:
        return self.element.local


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an edit is made. ``index`` counts the elements of the document; ``text`` is what shall stand there,
    where one place is tried with several texts."""

    path: str
    index: int = 0
    node: Node | None = None
    text: str = ""


class Document:
    """XML that mutants are made of. What is read from it is never changed: an edit works on a `Draft`."""

    data: bytes
    http: Http | None
    """The head that it comes with; None for a WSDL."""

    @cached_property
    def root(self) -> etree._Element:
        return etree.fromstring(self.data)

    @cached_property
    def elements(self) -> tuple[etree._Element, ...]:
        """All elements in document order, the root first."""
        return tuple(self.root.iter(etree.Element))

    @cached_property
    def indexes(self) -> dict[etree._Element, int]:
        """The place of each among them."""
        return {element: index for index, element in enumerate(self.elements)}

    def serialize(self, root: etree._Element) -> bytes:
        """The bytes of a changed copy of the root."""
        raise NotImplementedError


def take_out(element: Any) -> Any:
    """Takes an element out, with what follows it as text; returns it."""
    element.getparent().remove(element)
    element.tail = None
    return element


def replace_tag(element: Any, tag: str, prefixes: dict[str, str]) -> Any:
    """Puts an element of another name in its place, with prefixes of its own; returns it."""
    new = etree.Element(tag, element.attrib, nsmap=prefixes)
    new.text, new.tail = element.text, element.tail
    new.extend(list(element))
    element.getparent().replace(element, new)
    return new


class NothingToDo(Exception):
    """An edit finds nothing at the spot that it could change."""


D = TypeVar("D", bound=Document)


class Draft(Generic[D]):
    """A copy of an original at one spot, made for one edit: of its tree, of its bytes, or of its HTTP head.

    An edit changes ``element`` or what is around it, or sets ``data`` (the bytes, instead of the tree) or ``http``.
    """

    def __init__(self, original: D, spot: Spot) -> None:
        self.original = original
        self.spot = spot
        self.data: bytes | None = None
        self.http: Http | None = None

    @cached_property
    def elements(self) -> list[Any]:
        """The copy's elements in document order, the root first; the copy is made when they are first asked for."""
        return list(copy.deepcopy(self.original.root).iter(etree.Element))

    @property
    def element(self) -> Any:
        """The copy's element at the spot."""
        return self.elements[self.spot.index]

    @property
    def given(self) -> Any:
        """The original's element at the spot, to be read only: no copy is made for it."""
        return self.original.elements[self.spot.index]

    @property
    def node(self) -> Node:
        """What the schema says of that element. Only for spots that are typed."""
        assert self.spot.node is not None
        return self.spot.node

    def serialized(self) -> bytes:
        """The tree as it is now."""
        return self.original.serialize(self.elements[0])

    def need(self, condition: object) -> None:
        """Ends the edit where the condition does not hold: there is nothing to do at the spot, and no mutant."""
        if not condition:
            raise NothingToDo

    # --- edits of the element at the spot ---------------------------------------------------------------------------

    def remove(self) -> object:
        return take_out(self.element)

    def remove_children(self) -> None:
        del self.element[:]

    def clear(self) -> None:
        """Takes out all that is in the element; its attributes stay."""
        self.remove_children()
        self.element.text = None

    def duplicate(self, *, empty: bool = False) -> None:
        second = copy.deepcopy(self.element)
        self.element.addnext(second)
        if empty:
            del second[:]
            second.text = None

    def rename(self, tag: str) -> None:
        self.element.tag = tag

    def set_text(self, text: str) -> None:
        self.element.text = text

    def set_spots_text(self) -> None:
        """What the spot says, instead of all that is there."""
        self.clear()
        self.element.text = self.spot.text

    def set(self, attribute: str, value: str) -> None:
        self.element.set(attribute, value)

    def set_nil(self) -> None:
        self.clear()
        self.element.set(NIL, "true")

    def insert(self, new: Any, *, first: bool = False) -> None:
        """One more child, as the last or as the first."""
        self.element.insert(0 if first else len(self.element), new)

    def insert_text(self) -> None:
        """Text before the first child."""
        self.element.text = "stray" + (self.element.text or "")

    def mark_type(self, name: str) -> None:
        """xsi:type with the type of that Clark name, and a prefix that is declared where it stands."""
        element = self.element
        if space := namespace(name):
            element = replace_tag(element, str(element.tag), {"t": space})
            prefix = next((p for p, s in element.nsmap.items() if s == space and p), None)
            name = f"{prefix}:{local(name)}" if prefix else local(name)
        element.set(XSI_TYPE, name)

    # --- its result -------------------------------------------------------------------------------------------------

    def result(self) -> bytes | None:
        """The bytes after the edit; None where neither tree nor bytes were touched."""
        if self.data is None and "elements" in self.__dict__:  # the cached property: the copy was asked for
            return self.serialized()
        return self.data


@dataclass(frozen=True)
class Operator(Generic[D]):
    """A named way of changing a document. ``source``: the literature or the measurement that it comes from.

    ``harmless`` is why what it makes breaks nothing: a text, or what tells by the draft (None: it does break
    something). ``in_head``: the fault shows in the HTTP head only, or not in every message without its head. ``most``:
    no more mutants than that of one document.
    """

    id: str
    description: str
    source: str
    where: Callable[[D], Iterable[Spot]]
    edit: Callable[[Draft[D]], object]
    targets: tuple[Side, ...] = BOTH
    harmless: str | Callable[[Draft[D]], str | None] | None = None
    in_head: bool = False
    most: int | None = None
