"""Envelopes of any operation, built from the schema: what may be chosen is asked of a `MessageChoices`.

Samples choose always the same, Hypothesis strategies draw; everything that has no choice is written here once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from lxml import etree

from ..model import (
    Attribute,
    ContractsError,
    Direction,
    Element,
    Operation,
    Type,
    UnreadableContract,
    WsdlMessage,
    local,
    namespace,
)
from ..model.names import (
    ANY_TYPE,
    ARRAYS,
    ENVELOPE,
    ENVELOPE12,
    NIL,
    REQUIRED_HEADERS,
    SERIALIZATION,
    XSD,
    XSI,
    XSI_TYPE,
    is_anonymous,
    resolve_qname,
)
from ..wsdl.service import Service
from ..xsd.values import read_value
from .forms import is_simple


@dataclass(frozen=True, slots=True)
class ChoicePoint:
    """Where in a message something is to be chosen.

    ``owners``: the complex types around it, outermost first. ``member``: the element itself, None where the choice is
    about the members of the innermost type.
    """

    owners: tuple[str, ...] = ()
    member: Element | None = None

    @property
    def depth(self) -> int:
        """0 for the children of the operation's element and of a header block."""
        return len(self.owners) - 1

    def enter_type(self, owner: str) -> ChoicePoint:
        """The point inside the element, which is of the complex type ``owner``."""
        return ChoicePoint((*self.owners, owner), self.member)


class MessageChoices(Protocol):
    """What is free in a valid message."""

    def has_header(self, name: str, direction: Direction) -> bool:
        """Whether an optional header block (Clark name) is there."""

    def count_members(self, members: Sequence[Element], place: ChoicePoint) -> Sequence[int]:
        """How often each member is there; what the schema does not allow is corrected."""

    def is_nil(self, place: ChoicePoint) -> bool:
        """Whether a nillable element is nil."""

    def pick_type(self, declared: str, derived: tuple[str, ...], place: ChoicePoint) -> str:
        """The type of an element: the declared one, or one that derives from it."""

    def pick_text(self, type_name: str, place: ChoicePoint) -> str:
        """A value of a simple type."""

    def pick_secret(self, name: str) -> str:
        """The ApplicationToken or Ticket: never empty."""


@lru_cache(maxsize=65536)
def derived_types(service: Service, name: str) -> tuple[str, ...]:
    """The types that may stand for a declared complex one by xsi:type."""
    schema = service.schema
    if is_simple(schema.type(name)):
        return ()
    return tuple(t for t in schema.derived(name) if (found := schema.type(t)) and not found.abstract)


def message_prefixes(service: Service, *, soap: str = ENVELOPE) -> dict[str, str]:
    """Prefix -> namespace for a message of the service; the agent's name for its own, as the documented pages do."""
    own = {service.agent: service.namespace}
    return {"soap": soap} | own | {"xsi": XSI, "xsd": XSD, "ser": SERIALIZATION, "arrays": ARRAYS}


def find_operation(service: Service, operation: str | Operation, direction: Direction) -> Operation:
    """The operation of that name. Raises ContractsError where the WSDL declares no such message of it."""
    found = service.operations[operation] if isinstance(operation, str) else operation
    if found.message(direction) is None:
        raise ContractsError(f"{found.label}: the WSDL declares no {direction}")
    return found


class MessageBuilder:
    """Builds the messages of one service. ``typed``: xsi:type on every element, as the documented pages do."""

    def __init__(self, service: Service, choices: MessageChoices, *, typed: bool = False) -> None:
        self.service = service
        self.schema = service.schema
        self.choices = choices
        self.typed = typed
        self._used: set[str] = set()

    def build_envelope(self, operation: Operation, direction: Direction, *, documented: bool = False) -> etree._Element:
        """An Envelope of the operation. ``documented``: in the pages' form, SOAP 1.2 and header blocks beside Body."""
        message = operation.message(direction)
        soap = ENVELOPE12 if documented else ENVELOPE
        names = message_prefixes(self.service, soap=soap)
        root = etree.Element(f"{{{soap}}}Envelope", nsmap=names)
        self._used = {"soap"}
        if not documented or direction == "request":
            header = root if documented else etree.SubElement(root, f"{{{soap}}}Header")
            self._add_headers(header, message, direction)
            if not documented and not len(header):
                root.remove(header)
        body = etree.SubElement(root, f"{{{soap}}}Body")
        if message is not None and message.body is not None:
            declared = self.schema.declared(message.body)
            self._fill_typed(etree.SubElement(body, declared.name), declared, ChoicePoint(), typed=False)
        etree.cleanup_namespaces(root, keep_ns_prefixes=sorted(self._used))
        return root

    # --- headers ------------------------------------------------------------------------------------------------

    def _add_headers(self, header: etree._Element, message: WsdlMessage | None, direction: Direction) -> None:
        required = REQUIRED_HEADERS if direction == "request" else ("Succeeded",)
        for name in message.headers if message else ():
            plain, declared = local(name), self.schema.element(name)
            if declared is None or not (plain in required or self.choices.has_header(name, direction)):
                continue
            if plain == "ExceptionInfo" and not declared.nillable:
                continue  # with Succeeded=true it can only be nil
            node = etree.SubElement(header, name)
            if direction == "request" and plain == "ApplicationToken":
                node.text = self.choices.pick_secret(plain)
            elif direction == "request" and plain == "Credentials":
                for member in self.schema.members(declared.type):
                    if member.local == "Ticket":
                        etree.SubElement(node, member.name).text = self.choices.pick_secret("Ticket")
            elif plain == "Succeeded":
                node.text = "true"
            elif plain == "ExceptionInfo":
                self._make_nil(node)
            else:
                self._fill_typed(node, declared, ChoicePoint(), typed=False)

    def fill_element(self, node: etree._Element, declared: Element) -> None:
        """Gives an element the content that its declaration wants."""
        self._fill_typed(node, declared, ChoicePoint())

    # --- elements -----------------------------------------------------------------------------------------------

    def _make_nil(self, node: etree._Element) -> None:
        self._used.add("xsi")
        node.set(NIL, "true")

    def _mark_type(self, node: etree._Element, type_name: str) -> None:
        space = namespace(type_name)
        prefix = next((p for p, s in node.nsmap.items() if s == space and p), None)
        if prefix and not is_anonymous(type_name):
            self._used |= {prefix, "xsi"}
            node.set(XSI_TYPE, f"{prefix}:{local(type_name)}")

    def _move_qname(self, node: etree._Element, type_name: str) -> None:
        """Gives a name that the schema itself says, in an enumeration or as a fixed value, a prefix of the message."""
        text = node.text or ""
        declared = [self.schema.node(t.name) for t in self.schema.lineage(type_name) if t.kind == "enum"]
        if ":" in text:
            declared += [root for root in self.schema.roots if root.get("targetNamespace") == namespace(str(node.tag))]
        meant = next((name for at in declared if at is not None and (name := resolve_qname(at, text))), text)
        if namespace(meant):
            node.text = etree.QName(meant)  # type: ignore[assignment]  # lxml declares a prefix for it
            self._used.add(str(node.text).partition(":")[0])

    def _fill_typed(
        self, node: etree._Element, declared: Element, place: ChoicePoint, *, typed: bool | None = None
    ) -> None:
        place = ChoicePoint(place.owners, declared)
        if declared.nillable and self.choices.is_nil(place):
            self._make_nil(node)
            return
        name = self.choices.pick_type(declared.type, derived_types(self.service, declared.type), place)
        found = self.schema.type(name)
        if name == ANY_TYPE or name == f"{{{SERIALIZATION}}}anyType":
            # Without xsi:type WCF makes a bare System.Object of it, and loses the text.
            self._mark_type(node, f"{{{XSD}}}string")
            node.text = self.choices.pick_text(f"{{{XSD}}}string", place)
            return
        if name != declared.type or (self.typed if typed is None else typed):
            self._mark_type(node, name)
        if found is None:
            raise UnreadableContract(f"{self.schema.source}: no schema declares the type {local(name)}")
        if is_simple(found):
            only = fixed_value(declared)
            node.text = self.choices.pick_text(name, place) if only is None else only
            if self.schema.has_qnames(name):
                self._move_qname(node, name)
            return
        self._fill_complex(node, found, place.enter_type(name))

    def _fill_complex(self, node: etree._Element, found: Type, place: ChoicePoint) -> None:
        for attribute in (a for t in self.schema.lineage(found.name) for a in t.attributes):
            if attribute.use == "required":
                only = fixed_value(attribute)
                node.set(attribute.name, self.choices.pick_text(attribute.type, place) if only is None else only)
        if found.content == "simple" and found.base:
            simple = (t.name for t in self.schema.lineage(found.name) if t.kind != "complex")
            node.text = self.choices.pick_text(next(simple, f"{{{XSD}}}string"), place)
            return
        members = self.schema.members(found.name)
        counts = [
            self._limit_count(m, n, place)
            for m, n in zip(members, self.choices.count_members(members, place), strict=True)
        ]
        if found.content == "choice" and members:
            chosen = next((i for i, n in enumerate(counts) if n), 0)
            counts = [max(n, 1) if i == chosen else 0 for i, n in enumerate(counts)]
        keys: set[str] = set()
        for member, count in zip(members, counts, strict=True):
            for _ in range(count):
                child = etree.SubElement(node, member.name)
                self._fill_typed(child, member, place)
                if found.dictionary and (key := self._key_of(child, member)) is not None:
                    if key in keys:
                        node.remove(child)
                    keys.add(key)

    @staticmethod
    def _limit_count(member: Element, count: int, place: ChoicePoint) -> int:
        """A count that the schema allows; at least 1 for a parameter that cannot be nil, as the server would read 0."""
        low = member.min_occurs
        if place.depth == 0 and not member.nillable and member.max_occurs == 1:
            low = 1
        count = max(count, low)
        return count if member.max_occurs is None else min(count, member.max_occurs)

    def _key_of(self, pair: etree._Element, member: Element) -> str | None:
        """What has to be unique about a pair of a dictionary: the value of its key, as .NET compares it (7 is 07)."""
        members = self.schema.members(member.type)
        if not len(pair) or not members:
            return None
        if pair[0].get(NIL):
            return "nil"
        if not is_simple(self.schema.type(members[0].type)):
            return etree.tostring(pair[0]).decode()
        return f"={read_value(self.schema, members[0].type, pair[0].text or '')}"


def fixed_value(declared: Element | Attribute) -> str | None:
    """The only value that it may have, where the schema says one."""
    return declared.preset[1] if declared.preset and declared.preset[0] == "fixed" else None


def serialize(root: etree._Element) -> bytes:
    """UTF-8 with an XML declaration."""
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + etree.tostring(root, encoding="utf-8")
