"""What the messages of one direction of an operation are to hold: worked out once, and asked by the quick tests."""

from __future__ import annotations

from collections.abc import Callable, Set
from functools import cached_property, lru_cache

from lxml import etree

from ..model import Direction, is_anonymous, local
from ..model.names import REQUIRED_HEADERS
from ..wsdl.service import Service
from ..wsdl.services import Services
from ..xsd.builtins import BOOLEANS
from .second_look import Watch, watch_elements


class Expected:
    """The facts of one direction of an operation, which every message of it is held against.

    ``succeeded`` and ``exception`` are declared headers of a response. ``optional`` are the headers that may be left
    out, which is told.
    """

    def __init__(self, service: Service, name: str, direction: Direction) -> None:
        operation = service.operations[name]
        self.service, self.schema = service, service.schema
        self.target = service, operation
        self.action, self.path = operation.action, service.path
        self.wsdl_message = operation.message(direction)
        self.body = self.wsdl_message.body if self.wsdl_message else None
        self.headers = self.wsdl_message.headers if self.wsdl_message else ()
        self.is_header = self.body in self.headers
        self.names: tuple[str, str, str] = service.version, service.agent, name
        self._names = {local(n): n for n in self.headers}
        self.locals = self._names.keys()
        request = direction == "request"
        self.succeeded = None if request else self._names.get("Succeeded")
        self.exception = None if request else self._names.get("ExceptionInfo")
        required = REQUIRED_HEADERS if request else ("Succeeded",)
        self.required = frozenset(name for plain, name in self._names.items() if plain in required)
        self.required_onsite = self.required - {self._names.get("ApplicationToken")}
        # Of a header that stands in Body too, all is said.
        told = (*REQUIRED_HEADERS, "Succeeded", local(self.body or ""))
        self.optional = tuple(n for n in self.headers if local(n) not in told)

    @cached_property
    def blocks(self) -> dict[str, Callable[[etree._Element], bool] | None]:
        """The declared headers; whether a valid block is plainly as it should be, None where any is."""
        return {name: self._find_test(name) for name in self.headers}

    def _find_test(self, name: str) -> Callable[[etree._Element], bool] | None:
        schema = self.schema
        if name == self.succeeded:
            return _is_boolean
        if name not in self.required:
            return None
        if local(name) == "ApplicationToken":
            return _has_text
        holder = schema.element(name)
        ticket = next((m.name for m in schema.members(holder.type) if m.local == "Ticket"), None) if holder else None
        return lambda block: len(block) == 1 and (child := block[0]).tag == ticket and _has_text(child)

    @cached_property
    def watch(self) -> Watch:
        """What is looked at again of a message."""
        return watch_elements(self.schema, *([self.body] if self.body else []), *self.headers)

    @cached_property
    def zeroed(self) -> Set[str]:
        """The members of the element in Body that are read as 0 if left out."""
        return members_read_as_zero(self.service, self.body) if self.body else frozenset()

    @cached_property
    def _full_size(self) -> int | None:
        """How many members the element in Body has, if that tells that none is left out."""
        schema = self.schema
        declared = schema.element(self.body or "")
        kind = schema.type(declared.type) if declared and is_anonymous(declared.type) else None  # no other derives
        members = kind.members if kind and kind.content == "sequence" and not kind.base else ()
        return len(members) if all(m.max_occurs == 1 for m in members) else None

    def is_complete(self, node: etree._Element, sound: bool) -> bool:
        """Whether the element in Body lacks none of them."""
        return (sound and len(node) == self._full_size) or self.zeroed <= {child.tag for child in node}


def _is_boolean(block: etree._Element) -> bool:
    return block.text in BOOLEANS


def _has_text(node: etree._Element) -> bool:
    text = node.text
    return text is not None and text != "" and not text.isspace()


expect = lru_cache(maxsize=4096)(Expected)
"""One for each service, name of an operation and direction."""


@lru_cache(maxsize=4096)
def expect_body(services: Services, element: str, direction: Direction) -> Expected | None:
    """Of the only operation whose element in Body this is; None where there is none, or several."""
    owners = services.by_body(element, direction)
    return expect(owners[0][0], owners[0][1].name, direction) if len(owners) == 1 else None


@lru_cache(maxsize=4096)
def members_read_as_zero(service: Service, element: str) -> Set[str]:
    """The members that may be left out by the schema, and then are not null but 0; in the schema's order."""
    declared = service.schema.declared(element)
    return dict.fromkeys(m.name for m in service.schema.members(declared.type) if m.silently_zero).keys()
