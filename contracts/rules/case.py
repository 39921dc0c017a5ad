"""One message on its way to a verdict: what a rule is, where findings go, how places and values are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from time import thread_time
from typing import Literal

from lxml import etree

from ..files.limits import TooLarge, current_limits, heed_time
from ..messages.tree import Parsed
from ..model import (
    ENVELOPE,
    ENVELOPE12,
    XML_SPACE,
    Authority,
    Direction,
    Finding,
    Http,
    Message,
    Operation,
    WsdlMessage,
    local,
    namespace,
)
from ..model.secrets import is_secret_name, mask_secrets
from ..model.wording import cut_middle, cut_words, escape_character, escape_line
from ..wsdl.service import Service
from ..wsdl.services import Services, Target
from ..xsd.schema import Schema
from .expected import Expected
from .frame import Frame

SOAP = "SOAP 1.1"
WSI = "WS-I Basic Profile 1.1"
XML_SCHEMA = "the WSDL's schema"
PAGE = "the documented page"
MEASURED = "measured on a WCF stack"

SILENT = "answers 200 and acts on something else"
REFUSES = "answers 500 with a Fault"
DENIES = "answers 200 with Succeeded=false"

_MOST_READ = 2000
"""Characters of a text that are looked through for what may be told of it: of a reason phrase, say, that never ends."""
_MOST_ATTRIBUTES = 5
"""Of an element that an excerpt shows."""
_STEPS = 32
ODD_SPACE = "no-break and other spaces that XML takes for text"
"""What an editor puts in all over a message is one fault."""
_ZERO_WIDTH = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff")
FAULT_NAMES = (f"{{{ENVELOPE}}}Fault", f"{{{ENVELOPE12}}}Fault")


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A requirement on a message, declared above the check that reports it. Ids never change: waivers name them.

    ``server``: what a WCF server does with a message that breaks it. ``level``: ``violation`` or ``note``.
    """

    id: str
    authority: Authority
    source: str
    requirement: str
    hint: str
    server: str
    level: str = "violation"

    def find(
        self, path: str, line: int | None, expected: str, found: str, hint: str = "", node: etree._Element | None = None
    ) -> Finding:
        """A finding of this rule; ``hint`` where there is a better one than the rule's own. ``node``: what it is on."""
        why = f"{self.source}: {self.requirement}"
        found = escape_line(cut_words(_mask_beginning(found)))
        path, expected = cut_words(path), escape_line(cut_words(expected))
        xml = "" if node is None else excerpt(node)
        return Finding(self.id, self.authority, path, line, expected, found, why, cut_words(hint or self.hint), xml=xml)


@dataclass(frozen=True, slots=True)
class Look:
    """What a head says, read once. ``usual_request``: nothing is to be said against it as one, but its address.

    ``action`` is the SOAPAction as it should be written, where there is one; ``actions`` are all, as they stand.
    ``refuses``: a response of such a head holds no envelope. ``path`` is None where any may be right.
    """

    usual_request: bool
    usual_response: bool
    refuses: bool
    charset: str | None
    actions: tuple[str, ...]
    action: str | None
    path: str | None


Faultless = Literal["nothing", "frame", "everything"]
"""What the schema is known to find valid, and is worth no second look, of an envelope of the plainest form: the frame
is all but the element in Body, Header as far as it is declared. ``nothing``: that is not known."""


@dataclass(frozen=True, slots=True)
class BodyValidity:
    """What the compiled schema says of the element in Body.

    ``complained``: as `complaints.find_complained` has them; none where it is valid.
    """

    complained: Sequence[etree._Element] | None

    @property
    def is_valid(self) -> bool:
        return self.complained is not None and not self.complained


@dataclass(slots=True)
class Case:
    """A message with all that is known of it. What is not told yet is None, empty or false:

    | told by | what |
    |---|---|
    | the caller | services, message, wanted (the operations that are named), onsite (no ApplicationToken is wanted) |
    | `judge.open_case` | direction (else `place_case`), head, look, parsed, frame, contents, fault |
    | `place.place_case` | target, expected, all_agree, faultless, body_nodes, body_target, header_target |
    | `judge`, after the quick tests | all_silent |
    | the rooms, test or check | headers_there; members_there; body_validity, unless place_case had to ask already |
    | `add` | findings, told, shared, started |

    Without a ``frame`` the message could not be taken apart: then ``parsed`` says why, or is None where its HTTP head
    said it all. All that is ``expected`` is of the ``target``.
    """

    services: Services
    message: Message
    wanted: Sequence[Target] = ()
    onsite: bool = False
    direction: Direction | None = None
    head: Http | None = None
    look: Look | None = None
    parsed: Parsed | None = None
    frame: Frame | None = None
    contents: Sequence[etree._Element] = ()
    """The elements in Body."""
    fault: etree._Element | None = None
    """The first Fault in Body, of SOAP 1.1 or 1.2."""
    target: Target | None = None
    """The operation that the message belongs to, by all that names one."""
    expected: Expected | None = None
    """What follows from what the WSDL says of this direction of it."""
    faultless: Faultless = "nothing"
    body_nodes: Sequence[etree._Element] = ()
    """``contents`` without declared headers that stand there by mistake."""
    body_target: Target | None = None
    """The operation whose element Body holds, where that is not what is wrong."""
    all_agree: bool = False
    """Whether all that names the operation agrees, a request's whole HTTP head included."""
    header_target: Target | None = None
    """The operation by whose headers a request is judged."""
    all_silent: bool = False
    """Whether every room was silent."""
    body_validity: BodyValidity | None = None
    """None where the schema was not asked, or takes the whole envelope."""
    members_there: set[str] | None = None
    """The members of the operation's element that are there, or were meant to be; None where nothing is wrong."""
    headers_there: Set[str] = frozenset()
    """The declared headers that are there, or were meant to be."""
    findings: list[Finding] = field(default_factory=list)
    told: int = 0
    """How often a room had something to say, shared faults included."""
    shared: dict[object, tuple[Finding, int]] = field(default_factory=dict)
    """Faults that several elements share: the finding on the first of them, and the number of others."""
    started: float | None = None
    """The thread's processor time when first it was looked at; None where all was well at a glance."""
    _steps: int = 0
    _prefixes: dict[str | None, str] | None = None
    _numbers: dict[etree._Element, dict[etree._Element, int]] | None = None
    _references: set[str] | None = None

    @property
    def service(self) -> Service | None:
        return self.target[0] if self.target else None

    @property
    def operation(self) -> Operation | None:
        return self.target[1] if self.target else None

    @property
    def wsdl_message(self) -> WsdlMessage | None:
        """What the WSDL says of this direction of the operation."""
        return self.expected.wsdl_message if self.expected else None

    @property
    def holds_answer(self) -> bool:
        """Whether this is a response with the element of the operation that was called."""
        wsdl_message = self.wsdl_message if self.direction == "response" and self.fault is None else None
        return wsdl_message is not None and bool(self.body_nodes) and self.body_nodes[0].tag == wsdl_message.body

    @property
    def misnamed_fault(self) -> etree._Element | None:
        """What stands in a response's Body in place of a Fault, and was meant to be one."""
        first = self.contents[0] if self.contents and self.fault is None and self.direction == "response" else None
        return first if first is not None and local(str(first.tag)).lower() == "fault" else None

    def add(
        self,
        rule: Rule,
        where: str | etree._Element,
        *,
        expected: str,
        found: str,
        hint: str = "",
        line: int | None = None,
        fault: object = None,
    ) -> None:
        """Notes a finding at an element, or at a named place (``SOAPAction``), which has no line but the one given.

        ``fault``: what several elements may share; it is laid at the first of them, which says how many more there are.
        """
        self.told += 1
        self.count_step()
        if len(self.findings) > current_limits().findings:
            raise TooLarge(current_limits().refuse("findings"))
        if fault is not None and fault in self.shared:
            first, more = self.shared[fault]
            self.shared[fault] = first, more + 1
            return
        if isinstance(where, str):
            finding = rule.find(where, line, expected, found, hint)
        else:
            finding = rule.find(self.place_of(where), self.line_of(where), expected, found, hint, where)
        self.findings.append(finding)
        if fault is not None:
            self.shared[fault] = self.findings[-1], 0

    def heed_limits(self) -> None:
        """Raises TooLarge where the message takes too long."""
        if self.started is None:
            self.started = thread_time()
        else:
            heed_time(self.started)

    def count_step(self) -> None:
        """The same, now and then, for what is done for each element: the clock takes as long as the rest."""
        if self._steps % _STEPS == 0:
            self.heed_limits()
        self._steps += 1

    @property
    def prefixes(self) -> Mapping[str | None, str]:
        """The message's prefixes, where all are declared at its root, as nearly always; else none."""
        if self._prefixes is None:
            root = self.frame.root if self.frame else None
            table = root.nsmap if root is not None else {}
            self._prefixes = table if self.message.data.count(b"xmlns") == len(table) else {}
        return self._prefixes

    def prefixes_at(self, node: etree._Element) -> Mapping[str | None, str]:
        """Those in scope."""
        return self.prefixes or node.nsmap  # which lxml has to gather

    def accepts(self, schema: Schema, node: etree._Element) -> bool:
        """Whether the compiled schema takes an element of the message, or the whole. Raises TooLarge."""
        return schema.accepts(node, self.message.data, self.heed_limits)

    @property
    def references(self) -> set[str]:
        """All that ``href`` says anywhere in the message, as in SOAP encoding: ``#id1``."""
        if self._references is None:
            root = self.frame.root if self.frame else None
            self._references = set() if root is None else {at.get("href", "") for at in root.iter(etree.Element)}
        return self._references

    def count_shared(self) -> list[Finding]:
        """The findings, each with the number of further elements that share its fault."""
        more = {id(first): number for first, number in self.shared.values() if number}
        return [replace(f, found=f"{f.found} (and {more[id(f)]} more)") if id(f) in more else f for f in self.findings]

    def line_of(self, node: etree._Element) -> int | None:
        """The line in the file; None where lines of the file mean nothing."""
        line = node.sourceline
        return self.message.line + line - 1 if isinstance(line, int) and self.message.line is not None else None

    def place_of(self, node: etree._Element) -> str:
        """``/Envelope/Body/StopBatchJob/Id[2]``: local names; a number from the second of its name on."""
        steps = []
        at: etree._Element | None = node
        while at is not None:
            if isinstance(at.tag, str):
                number = self._number_of(at)
                steps.append(local(at.tag) + (f"[{number}]" if number > 1 else ""))
            at = at.getparent()
        return "/" + "/".join(reversed(steps))

    def _number_of(self, node: etree._Element) -> int:
        """Which of its siblings of that local name it is; counted once for all of them, as thousands may be wrong."""
        parent = node.getparent()
        if parent is None:
            return 1
        if self._numbers is None:
            self._numbers = {}
        numbers = self._numbers.get(parent)
        if numbers is None:
            counts: dict[str, int] = {}
            numbers = self._numbers[parent] = {}
            for child in parent.iterchildren(tag=etree.Element):
                name = local(str(child.tag))
                numbers[child] = counts[name] = counts.get(name, 0) + 1
        return numbers[node]


def children_of(node: etree._Element) -> Iterator[etree._Element]:
    """The child elements."""
    return node.iterchildren(tag=etree.Element)


def stray_text(node: etree._Element) -> str:
    """What stands between the children of an element that should hold no text, without the space that XML allows."""
    texts = (node.text, *(child.tail for child in node))
    return "".join(text for text in texts if text and text.strip(XML_SPACE)).strip(XML_SPACE)


def shown(text: str, node: etree._Element | None = None, attribute: str = "") -> str:
    """A value in quotes, cut short; never one that could be a secret. ``node``, ``attribute``: where it stands."""
    if text.strip() and node is not None and is_secret_at(node, attribute):
        return f"a value of {len(text)} characters"
    # Another script's digits would be taken for those that the type has.
    plain = "".join(escape_character(c) if c.isdecimal() and not c.isascii() else c for c in cut_text(text))
    return f"'{escape_line(plain)}'"


def is_secret_at(node: etree._Element, attribute: str = "") -> bool:
    """Whether a text may be secret that stands in this element, or in this attribute of it."""
    if is_secret_name(local(attribute)) or (isinstance(node.tag, str) and is_secret_name(local(node.tag))):
        return True
    return next(node.iterancestors("{*}Credentials", "{*}AuthenticationData"), None) is not None


def excerpt(node: etree._Element) -> str:
    """An element as a line of XML, without what is in its children: ``<Id i:nil="true"/>``; never with a secret."""
    if not isinstance(node.tag, str):
        return ""
    keys = list(map(str, node.keys()[:_MOST_ATTRIBUTES]))  # lxml looks each value up from the first attribute on
    prefixes = {space: prefix for prefix, space in node.nsmap.items() if prefix} if keys else {}
    name = cut_middle(f"{node.prefix}:{local(node.tag)}" if node.prefix else local(node.tag))
    start = name
    for key in keys:
        prefix = prefixes.get(namespace(key))
        attribute = cut_middle(f"{prefix}:{local(key)}" if prefix else local(key))
        start += f' {attribute}="{_write_text(node.get(key, ""), node, key)}"'
    text = "…" if len(node) else _write_text(node.text or "", node)
    return f"<{start}>{text}</{name}>" if text else f"<{start}/>"


def _write_text(text: str, node: etree._Element, attribute: str = "") -> str:
    text = "…" if text.strip() and is_secret_at(node, attribute) else escape_line(cut_text(text))
    for character, reference in (("&", "&amp;"), ("<", "&lt;"), ('"', "&quot;" if attribute else '"')):
        text = text.replace(character, reference)  # not saxutils, which imports urllib.request
    return text


def cut_text(text: str) -> str:
    """What is told of a text that somebody else wrote."""
    return cut_middle(_mask_beginning(text))


def _mask_beginning(text: str) -> str:
    """A text without secrets; of a very long one not the end, which may be that of a secret."""
    return mask_secrets(text) if len(text) <= _MOST_READ else f"{mask_secrets(text[:_MOST_READ])}…"


def is_odd_space(text: str) -> bool:
    """Whether all of a text is space that nobody sees and XML takes for text; those of no width are none to Python."""
    bare = text.translate(_ZERO_WIDTH)
    return not bare or bare.isspace()


def tag(name: str) -> str:
    """``{ns}local`` as a person reads it: ``<local>``."""
    return f"<{cut_middle(local(name))}>"


def tag_and_space(name: str) -> str:
    """The same with its namespace: ``<local> of urn:x``, ``<local> in no namespace``."""
    space = name[1:].partition("}")[0] if name.startswith("{") else ""
    return f"{tag(name)} of {space}" if space else f"{tag(name)} in no namespace"
