"""What the rules share while one message is judged: where findings go, and how places and values are shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from lxml import etree

from ..model import Finding, Message, Operation, Part, local
from ..model.escaping import printable
from ..model.secrets import is_secret_name, mask_secrets
from ..wsdl.service import Service
from .catalogue import RULES

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
ENVELOPE12 = "http://www.w3.org/2003/05/soap-envelope"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
NIL = f"{{{XSI}}}nil"
XSI_TYPE = f"{{{XSI}}}type"
XML_SPACE = " \t\r\n"
"""What XML calls space; Python's strip() takes more."""


@dataclass(slots=True)
class Judging:
    """One message on its way to a verdict. ``part`` is None where no operation is known (a Fault).

    ``invalid``: what the schema says of the body is known; libxml2 takes seconds for thousands of errors.
    """

    message: Message
    service: Service | None = None
    operation: Operation | None = None
    part: Part | None = None
    invalid: bool = False
    findings: list[Finding] = field(default_factory=list)
    _numbers: dict[etree._Element, dict[etree._Element, int]] = field(default_factory=dict)

    def line(self, node: etree._Element | None) -> int | None:
        line = None if node is None else node.sourceline
        return self.message.line + line - 1 if isinstance(line, int) and self.message.line is not None else None

    def add(
        self, rule: str, where: str | etree._Element, expected: str, found: str, hint: str = "", line: int | None = None
    ) -> None:
        """Notes a finding at an element, or at a named place (``SOAPAction``), which has no line but the one given."""
        if isinstance(where, str):
            path = where
        else:
            path, line = self.place(where), self.line(where)
        self.findings.append(finding(rule, path, line, expected, found, hint))

    def place(self, node: etree._Element) -> str:
        """``/Envelope/Body/StopBatchJob/Id[2]``: local names; a number from the second of its name on."""
        steps = []
        at: etree._Element | None = node
        while at is not None:
            if isinstance(at.tag, str):
                number = self._number(at)
                steps.append(local(at.tag) + (f"[{number}]" if number > 1 else ""))
            at = at.getparent()
        return "/" + "/".join(reversed(steps))

    def _number(self, node: etree._Element) -> int:
        """Which of its siblings of that local name it is; counted once for all of them, as thousands may be wrong."""
        parent = node.getparent()
        if parent is None:
            return 1
        numbers = self._numbers.get(parent)
        if numbers is None:
            counts: dict[str, int] = {}
            numbers = self._numbers[parent] = {}
            for child in parent.iterchildren(tag=etree.Element):
                name = local(str(child.tag))
                numbers[child] = counts[name] = counts.get(name, 0) + 1
        return numbers[node]


def finding(rule: str, path: str, line: int | None, expected: str, found: str, hint: str = "") -> Finding:
    declared = RULES[rule]
    return Finding(
        rule,
        declared.authority,
        path,
        line,
        printable(expected),
        printable(mask_secrets(found)),
        f"{declared.source}: {declared.requirement}",
        hint or declared.hint,
    )


_MISSING = {
    "answer-response-missing", "body-member-missing", "body-parameter-default", "body-parameter-missing",
    "header-missing",
}  # fmt: skip
_MISPLACED = {"body-two-operations", "body-unknown", "header-undeclared", "value-nested"}


def settled(findings: list[Finding]) -> list[Finding]:
    """Without those on elements that are missing because they stand in a wrong place, of which it is said."""
    astray = Counter(f.found.split(" ", 1)[0] for f in findings if f.rule in _MISPLACED)
    kept = []
    for one in findings:
        if one.rule in _MISSING and astray[one.expected]:
            astray[one.expected] -= 1
        else:
            kept.append(one)
    return kept


def text_of(node: etree._Element) -> str:
    """The character content of an element that should hold nothing else."""
    text: str = node.text or ""
    if len(node):
        text += "".join(child.tail or "" for child in node)
    return text


def shown(text: str, node: etree._Element | None = None, attribute: str = "") -> str:
    """A value in quotes, cut short; never one that could be a secret. ``node``, ``attribute``: where it stands."""
    names = () if node is None else (*_names(node), local(attribute))
    if text.strip() and any(map(is_secret_name, names)):
        return f"a value of {len(text)} characters"
    text = mask_secrets(text)
    short = text if len(text) <= 60 else text[:57] + "…"
    return (
        ascii(short)
        if any(not c.isprintable() or (c.isspace() and c != " ") or ord(c) > 126 for c in short)
        else f"'{short}'"
    )


def _names(node: etree._Element) -> list[str]:
    return [local(node.tag) if isinstance(node.tag, str) else ""] + [
        local(a.tag)
        for a in node.iterancestors()
        if isinstance(a.tag, str) and local(a.tag) in ("Credentials", "AuthenticationData")
    ]


def tag(name: str) -> str:
    """``{ns}local`` as a person reads it: ``<local>``."""
    return f"<{local(name)}>"


def is_nil(node: etree._Element) -> bool:
    return node.get(NIL, "").strip(XML_SPACE) in ("true", "1")
