"""The words of the suite as data: what a contract says, what a message is, what a verdict holds.

Names of elements and types are in Clark notation, ``{namespace}local``. Nothing here reads a file or knows a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from .sources.schema import Schema

Direction = Literal["request", "response"]
Authority = Literal["xsd", "wsdl", "documented", "soap", "wsi", "http", "wire"]
Outcome = Literal["kept", "broken", "unjudged"]
Severity = Literal["breaking", "risky", "safe"]


def local(name: str) -> str:
    """``{namespace}local`` -> ``local``."""
    return name.rpartition("}")[2]


def namespace(name: str) -> str:
    """``{namespace}local`` -> ``namespace``; empty where the name is in none."""
    return name[1:].partition("}")[0] if name.startswith("{") else ""


def is_anonymous(type_name: str) -> bool:
    """Whether a type has no name of its own, but one that was made up for it (see `Element`)."""
    plain = local(type_name)
    return plain.startswith("#") or "/" in plain


class ContractsError(Exception):
    """Something that cannot be used (a file, a URL, an option): one clear line that names it, exit status 2."""


class UnreadableContract(ContractsError):
    """A WSDL, folder, zip or URL from which no contract could be read."""


# --- what a contract says -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Element:
    """A declared element: a global one, or a member of a type (then with its occurrence).

    ``max_occurs`` is None where it is unbounded. ``type`` of an anonymous type is a made-up name that
    `Schema.type` knows (``{ns}#Element`` of a global element, ``{ns}Owner/Member`` of a member). ``preset`` is
    ``("default"|"fixed", value)`` where the schema has one.
    """

    name: str
    type: str
    min_occurs: int = 1
    max_occurs: int | None = 1
    nillable: bool = False
    preset: tuple[str, str] | None = None

    @property
    def local(self) -> str:
        return local(self.name)

    @property
    def silently_zero(self) -> bool:
        """Whether it may be left out by the schema and cannot be null: the reader then takes the type's default."""
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


@dataclass(frozen=True, slots=True)
class Type:
    """A resolved type. ``members`` are its own, in order, without those of ``base`` (`Schema.members` has all).

    kind: ``complex``; ``enum`` (has values); ``list`` (``item`` is the item type); ``simple`` (a builtin of XSD,
    or a restriction of one by ``facets``). ``content`` is ``sequence`` for the complex types of this family of
    schemas; anything else (``choice``, ``all``, ``mixed``, ``wildcard``, ``simple``, ``restriction``, ``union``)
    is a construct whose rules only the compiled schema knows.
    """

    name: str
    kind: Literal["complex", "enum", "list", "simple"]
    base: str | None = None
    members: tuple[Element, ...] = ()
    values: tuple[EnumValue, ...] = ()
    item: str | None = None
    facets: tuple[tuple[str, str], ...] = ()
    attributes: tuple[Attribute, ...] = ()
    content: str = "sequence"
    dictionary: bool = False
    abstract: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One direction of an operation: the body's element, the headers' elements in order, the action.

    ``body`` is None where the message has no part. ``header_use``/``body_use`` are ``literal`` or ``encoded``.
    ``parts`` is what the body holds beside ``body``: rpc's parameters, parts given by a type (``type`` is empty where
    the part names an element). It is empty in a document/literal message as WS-I has it.
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

    ``faults`` are the declared ones: (name, the element that the detail holds).
    """

    version: str
    agent: str
    name: str
    action: str
    request: Part
    response: Part | None
    style: str = "document"
    faults: tuple[tuple[str, str], ...] = ()

    @property
    def label(self) -> str:
        """``Batch.StopBatchJob``"""
        return f"{self.agent}.{self.name}"

    def part(self, direction: Direction) -> Part | None:
        return self.request if direction == "request" else self.response


@dataclass(frozen=True, slots=True)
class Binding:
    """What carries the messages: ``soap`` is ``1.1``, ``1.2`` or the namespace of something else."""

    name: str
    soap: str
    style: str
    transport: str


@dataclass(frozen=True, eq=False)
class Service:
    """One agent of one version, as one WSDL says it. ``source`` is the file it came from, as the user named it.

    ``digest`` is of its text, the version folded (`sources.meaning.digest` is of what it means),
    ``imports`` are the WSDLs it imports, ``also_in`` are other files that say the same.
    """

    version: str
    agent: str
    namespace: str
    binding: Binding
    address: str
    operations: Mapping[str, Operation]
    schema: Schema
    source: str
    digest: str
    examples: Mapping[tuple[str, Direction], bytes] = field(default_factory=dict)
    imports: frozenset[str] = frozenset()
    also_in: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """What the endpoint's URL path ends with: ``/Services85/Batch.svc``."""
        return f"/{self.version}/{self.agent}.svc"


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that a contract could not use, and why."""

    file: str
    reason: str


# --- what a message is ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Headers:
    """HTTP header fields in order; names are found in any case."""

    fields: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, given: Mapping[str, str] | Headers | None) -> Headers | None:
        if given is None or isinstance(given, Headers):
            return given
        return cls(tuple([(str(k), str(v)) for k, v in given.items()]))

    def get(self, name: str) -> str | None:
        found = self.all(name)
        return found[0] if found else None

    def all(self, name: str) -> tuple[str, ...]:
        wanted = name.lower()
        return tuple([value for key, value in self.fields if key.lower() == wanted])

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.fields)


@dataclass(frozen=True, slots=True)
class Http:
    """The head of an HTTP message. A request has ``method`` and ``target``, a response ``status`` and ``reason``."""

    headers: Headers
    method: str | None = None
    target: str | None = None
    status: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it was read, before it is judged.

    ``data`` is the envelope, with transfer and content encodings undone. ``line`` is the line of the file on which
    ``data`` begins (1 for an .xml file), None where lines of the file mean nothing. ``part`` tells the messages
    of one file apart. ``http`` is None where the source has no HTTP head. ``documented`` marks a page's example.
    ``title`` is what a page calls its operation, ``(version, agent, operation)``. ``answers`` is the request of a
    response, where the source has both. ``problem``: why what was read holds no message that could be judged.
    ``expects``: the rules that a recording says it breaks on purpose.
    """

    data: bytes
    file: str = ""
    part: str = ""
    direction: Direction | None = None
    http: Http | None = None
    line: int | None = 1
    documented: bool = False
    title: tuple[str, str, str] | None = None
    answers: Message | None = None
    problem: str | None = None
    expects: tuple[str, ...] = ()


# --- what a verdict holds -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule found. ``excuse`` is ``("deviation"|"waiver", id)`` where it is tolerated."""

    rule: str
    authority: Authority
    path: str
    line: int | None
    expected: str
    found: str
    why: str
    hint: str
    excuse: tuple[str, str] | None = None

    def as_dict(self) -> dict[str, Any]:
        shape: dict[str, Any] = {
            "rule": self.rule,
            "authority": self.authority,
            "path": self.path,
            "line": self.line,
            "expected": self.expected,
            "found": self.found,
            "why": self.why,
            "hint": self.hint,
        }
        if self.excuse:
            shape[self.excuse[0]] = self.excuse[1]
        return shape

    def __str__(self) -> str:
        return f"{self.path}: {self.rule}: expected {self.expected}, found {self.found} ({self.authority}: {self.why})"


class ContractBroken(AssertionError):
    """A message breaks the contract; ``verdict`` says how."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        what = f"{verdict.label} {verdict.message or 'message'}"
        super().__init__("\n".join([f"{what} breaks the contract:", *(f"  {v}" for v in verdict.violations)]))


class NotJudged(ContractsError):
    """A message could not be judged; ``verdict`` says why."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        super().__init__(verdict.reason or "not judged")


@dataclass(frozen=True, eq=False)
class Verdict:
    """What was found about one message. ``operation`` is None where several share the message.

    ``notes`` are worked out when first asked for: they cost a walk over the whole message.
    """

    outcome: Outcome
    message: Direction | None
    version: str | None = None
    agent: str | None = None
    operation: str | None = None
    violations: tuple[Finding, ...] = ()
    tolerated: tuple[Finding, ...] = ()
    reason: str | None = None
    candidates: tuple[str, ...] = ()
    file: str = ""
    part: str = ""
    find_notes: Callable[[], tuple[Finding, ...]] | None = field(default=None, repr=False)

    @property
    def kept(self) -> bool:
        return self.outcome == "kept"

    @cached_property
    def notes(self) -> tuple[Finding, ...]:
        return self.find_notes() if self.find_notes else ()

    @property
    def label(self) -> str:
        """``Batch.StopBatchJob``, as far as it is known."""
        return ".".join(part for part in (self.agent, self.operation) if part) or "?"

    def raise_if_broken(self) -> None:
        """Raises ContractBroken with the violations, or NotJudged with the reason."""
        if self.outcome == "broken":
            raise ContractBroken(self)
        if self.outcome == "unjudged":
            raise NotJudged(self)

    def as_dict(self) -> dict[str, Any]:
        """The shape of one entry of ``verdicts`` in services85-check/1."""
        return {
            "file": self.file,
            "part": self.part,
            "message": self.message,
            "version": self.version,
            "agent": self.agent,
            "operation": self.operation,
            "verdict": self.outcome,
            "reason": self.reason,
            "candidates": list(self.candidates),
            "violations": [f.as_dict() for f in self.violations],
            "tolerated": [f.as_dict() for f in self.tolerated],
            "notes": [f.as_dict() for f in self.notes],
        }


# --- what changed between two contracts -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two contracts, for a caller written against the old one that talks to the new one.

    ``versions`` are the old versions in which it was found, where several were compared.
    """

    rule: str
    severity: Severity
    direction: Literal["request", "response", "both"]
    agents: tuple[str, ...]
    operations: tuple[str, ...]
    path: str
    old: str | None
    new: str | None
    why: str
    versions: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "severity": self.severity,
            "direction": self.direction,
            "agents": list(self.agents),
            "operations": list(self.operations),
            "path": self.path,
            "old": self.old,
            "new": self.new,
            "why": self.why,
            **({"versions": list(self.versions)} if self.versions else {}),
        }
