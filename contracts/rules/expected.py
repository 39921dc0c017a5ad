"""What the messages of one direction of an operation are to hold: worked out once, and asked by the quick tests."""

from __future__ import annotations

from collections.abc import Set
from functools import cached_property, lru_cache

from lxml import etree

from ..model import Direction, local
from ..wsdl.service import Service

REQUIRED = ("ApplicationToken", "Credentials")
"""The headers that every documented request has (Credentials where declared)."""


class Expected:
    """The facts of one direction of an operation, which every message of it is held against.

    ``token``, ``credentials``, ``succeeded`` and ``exception`` are the declared headers of a request and of a response
    that have a test of their own. ``optional`` are those that may be left out, which is told.
    """

    def __init__(self, service: Service, name: str, direction: Direction) -> None:
        request = direction == "request"
        self.service = service
        self.part = service.operations[name].part(direction)
        self.body = self.part.body if self.part else None
        self.bodies = (self.body,) if self.body else ()
        self.headers = self.part.headers if self.part else ()
        names = {local(n): n for n in self.headers}
        self.locals = frozenset(names)
        self.token = names.get("ApplicationToken") if request else None
        self.credentials = names.get("Credentials") if request else None
        self.succeeded = None if request else names.get("Succeeded")
        self.exception = None if request else names.get("ExceptionInfo")
        self.required = frozenset(n for n in (self.token, self.credentials, self.succeeded) if n)
        self.required_onsite = self.required - {self.token}
        told = (*REQUIRED, "Succeeded", local(self.body or ""))  # of a header that stands in Body too all is said
        self.optional = tuple(n for n in self.headers if local(n) not in told)

    @cached_property
    def ticket(self) -> str | None:
        """The element in Credentials."""
        holder = self.service.schema.element(self.credentials) if self.credentials else None
        members = self.service.schema.members(holder.type) if holder else ()
        return next((m.name for m in members if m.local == "Ticket"), None)

    @cached_property
    def zeroed(self) -> Set[str]:
        """The members of the element in Body that are read as 0 if left out."""
        return members_read_as_zero(self.service, self.body) if self.body else frozenset()

    def is_complete(self, node: etree._Element) -> bool:
        """Whether the element in Body lacks none of them."""
        return not self.zeroed or self.zeroed <= {child.tag for child in node}


expect = lru_cache(maxsize=4096)(Expected)
"""One for each service, name of an operation and direction."""


@lru_cache(maxsize=4096)
def members_read_as_zero(service: Service, element: str) -> Set[str]:
    """The members that may be left out by the schema, and then are not null but 0; in the schema's order."""
    declared = service.schema.declared(element)
    return dict.fromkeys(m.name for m in service.schema.members(declared.type) if m.silently_zero).keys()
