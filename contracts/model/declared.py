"""What a contract declares: elements, types, operations. Names are in Clark notation, ``{namespace}local``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from .names import local

Direction = Literal["request", "response"]
DIRECTIONS: tuple[Direction, ...] = ("request", "response")


@dataclass(slots=True, unsafe_hash=True)
class Element:
    """A declared element: a global one, or a member of a type (then with its occurrence).

    ``max_occurs`` is None where it is unbounded. ``type`` of an anonymous type is a made-up name that
    `Schema.type` knows (``{ns}#Element`` of a global element, ``{ns}Owner/Member`` of a member). ``preset`` is
    ``("default"|"fixed", value)`` where the schema has one.

    Its fields are Final, for a type checker, and so are those of `Type`: ``frozen`` would make reading a schema a
    sixth slower.
    """

    name: Final[str]
    type: Final[str]
    min_occurs: Final[int] = 1
    max_occurs: Final[int | None] = 1
    nillable: Final[bool] = False
    preset: Final[tuple[str, str] | None] = None

    @property
    def local(self) -> str:
        return local(self.name)

    @property
    def silently_zero(self) -> bool:
        """Whether the schema lets it be left out though it cannot be null: .NET then reads 0 or false."""
        return not self.nillable and self.max_occurs == 1 and not self.min_occurs


@dataclass(frozen=True, slots=True)
class Attribute:
    """A declared attribute. ``use`` is ``required``, ``optional`` or ``prohibited``; ``preset`` as of `Element`."""

    name: str
    type: str
    use: str = "optional"
    preset: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class EnumValue:
    """One value of an enumeration; ``number`` where the schema gives one (Microsoft's EnumerationValue)."""

    name: str
    number: int | None = None


@dataclass(slots=True, unsafe_hash=True)
class Type:
    """A resolved type. ``members`` are its own, in order, without those of ``base`` (`Schema.members` has all).

    kind: ``complex``; ``enum`` (has values); ``list`` (``item`` is the item type); ``simple`` (a builtin of XSD,
    or a restriction of one by ``facets``). ``content`` is ``sequence`` for nearly every complex type that .NET
    writes: its members, each once, in order. Anything else (``choice``, ``all``, ``nested``, ``mixed``, ``wildcard``,
    ``group``, ``substitution``, ``simple``, ``restriction``, ``union``) names a construct whose rules only the
    compiled schema knows. ``dictionary``: .NET marks the type as one, of keys and values.
    """

    name: Final[str]
    kind: Final[Literal["complex", "enum", "list", "simple"]]
    base: Final[str | None] = None
    members: Final[tuple[Element, ...]] = ()
    values: Final[tuple[EnumValue, ...]] = ()
    item: Final[str | None] = None
    facets: Final[tuple[tuple[str, str], ...]] = ()
    attributes: Final[tuple[Attribute, ...]] = ()
    content: Final[str] = "sequence"
    dictionary: Final[bool] = False
    abstract: Final[bool] = False


@dataclass(frozen=True, slots=True)
class WsdlMessage:
    """What a WSDL declares of an operation's request or response: body, headers in their order, action.

    ``body`` and ``headers`` are names of elements; ``body`` is None where the message is empty. ``header_use`` and
    ``body_use`` are ``literal`` or ``encoded``. ``parts`` are those of the WSDL's message beside ``body``: the
    parameters of rpc style, parts given by a type (``type`` is empty where the part names an element). A
    document/literal message as WS-I wants it has none.
    """

    body: str | None
    headers: tuple[str, ...]
    action: str
    body_use: str = "literal"
    header_use: str = "literal"
    parts: tuple[Element, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of one agent of one version. ``action`` is what SOAPAction has to be.

    ``faults`` are the declared ones: (name, the element that the detail holds). ``policies`` as of `Binding`, for
    this operation alone.
    """

    version: str
    agent: str
    name: str
    action: str
    request: WsdlMessage
    response: WsdlMessage | None
    style: str = "document"
    faults: tuple[tuple[str, str], ...] = ()
    policies: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """``Batch.StopBatchJob``"""
        return f"{self.agent}.{self.name}"

    @property
    def messages(self) -> tuple[WsdlMessage, ...]:
        """The request, and the response where there is one."""
        return (self.request,) if self.response is None else (self.request, self.response)

    def message(self, direction: Direction) -> WsdlMessage | None:
        """One of them; None for the response of an operation without one."""
        return self.request if direction == "request" else self.response


@dataclass(frozen=True, slots=True)
class Binding:
    """What carries the messages: ``soap`` is ``1.1``, ``1.2`` or the namespace of something else.

    ``policies`` are the names of what WS-Policy and WS-Addressing ask for there, by local name.
    """

    name: str
    soap: str
    style: str
    transport: str
    policies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnusableFile:
    """A file that a contract could not use, and why."""

    file: str
    reason: str
