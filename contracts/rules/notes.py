"""What is worth knowing about a message and breaks nothing. Worked out when asked for: it walks the whole message."""

from __future__ import annotations

from lxml import etree

from ..messages.tree import charset_of
from ..model import Element, Finding, local, namespace
from ..model.secrets import mask_secrets
from ..xsd.schema import XSD, Schema
from .answers import FAULT
from .case import XML_SPACE, XSI_TYPE, Judging, is_nil, shown, tag, text_of
from .envelope import Frame
from .headers import demands
from .http import REFUSALS

_XS = f"{{{XSD}}}"


def find_notes(judging: Judging, root: etree._Element | None, frame: Frame | None) -> tuple[Finding, ...]:
    """All notes on one message; ``judging`` is the one that its rules used."""
    noting = Judging(judging.message, judging.service, judging.operation, judging.part)
    _http(noting)
    if root is not None and frame is not None:
        _envelope(noting, root, frame)
        contents = frame.contents()
        if contents and contents[0].tag == FAULT:
            _fault(noting, contents[0])
        elif contents and noting.service and noting.part and noting.part.body == contents[0].tag:
            declared = noting.service.schema.element(noting.part.body)
            if declared is not None:
                _defaults(noting, noting.service.schema, contents[0], declared, top=True)
    return tuple(noting.findings)


def _http(noting: Judging) -> None:
    http = noting.message.http
    if http is None:
        return
    if http.status in REFUSALS:
        noting.add("http-refused", "status", "200, or 500 with a Fault", f"{http.status} {http.reason}".strip()[:120])
    kind = http.headers.get("Content-Type")
    if kind is not None and charset_of(kind) is None and kind.strip().lower().startswith("text/xml"):
        noting.add("http-charset-missing", "Content-Type", "; charset=utf-8", shown(kind))
    action = http.headers.get("SOAPAction") if http.status is None else None
    if action and action.strip() and action.strip()[0] not in "\"'":
        noting.add("http-action-unquoted", "SOAPAction", f'"{mask_secrets(action.strip())}"'[:200], "no quotes")


def _envelope(noting: Judging, root: etree._Element, frame: Frame) -> None:
    for node in (root, frame.header, frame.body):
        if node is not None and node.get(f"{{{frame.space}}}encodingStyle") is not None:
            noting.add(
                "envelope-encoding-style",
                node,
                "no encodingStyle",
                shown(node.get(f"{{{frame.space}}}encodingStyle", "")),
            )
    declared = set(noting.part.headers) if noting.part else set()
    ours = noting.service.namespace if noting.service else None
    for block in frame.blocks():
        name = str(block.tag)
        if (
            name not in declared
            and namespace(name) not in ("", ours)
            and noting.part
            and local(name) not in {local(n) for n in declared}
            and not demands(block, frame.space)
        ):
            noting.add(
                "header-foreign",
                block,
                ", ".join(tag(n) for n in declared),
                f"{tag(name)} of {namespace(name) or 'no namespace'}",
            )


def _fault(noting: Judging, fault: etree._Element) -> None:
    code = fault.find("faultcode")
    if code is not None and (text := text_of(code).strip()) and ":" not in text and None not in code.nsmap:
        noting.add("answer-fault-code-unqualified", code, "a qualified name, as s:Client", shown(text))


def _defaults(noting: Judging, schema: Schema, node: etree._Element, declared: Element, *, top: bool = False) -> None:
    """One note for each element that lacks members: what the receiver uses for them."""
    kind = schema.type(declared.type)
    if given := node.get(XSI_TYPE):
        prefix, colon, name = given.strip(XML_SPACE).rpartition(":")
        actual = f"{{{node.nsmap.get(prefix if colon else None)}}}{name}"
        kind = schema.type(actual) if schema.derives(actual, declared.type) else kind
    if kind is None or kind.kind != "complex" or is_nil(node):
        return
    members = schema.members(kind.name)
    by_name = {m.name: m for m in members}
    children = list(node.iterchildren(tag=etree.Element))
    # What is there in another case or namespace, or as an attribute, is no default: that is a violation of its own.
    there = {local(str(name)).lower() for name in (*(c.tag for c in children), *node.attrib)}
    left_out = [m for m in members if m.local.lower() not in there and m.max_occurs == 1 and m.min_occurs == 0]
    if top:
        left_out = [m for m in left_out if m.nillable]
    if left_out:
        rule = "body-member-default"
        if top:
            rule = "body-parameter-null" if noting.part is noting.operation.request else "answer-response-null"  # type: ignore[union-attr]
        listed = ", ".join(f"{m.local}={default(schema, m)}" for m in left_out[:12])
        more = f" and {len(left_out) - 12} more" if len(left_out) > 12 else ""
        noting.add(
            rule,
            node,
            ", ".join(tag(m.name) for m in left_out[:12]) + more,
            f"left out; the receiver uses {listed}{more}",
        )
    for child in children:
        member = by_name.get(str(child.tag))
        if member is not None and len(child):
            _defaults(noting, schema, child, member)


def default(schema: Schema, member: Element) -> str:
    """What .NET has for a member that is left out."""
    if member.nillable:
        return "null"
    kind = schema.type(member.type)
    if kind is None or kind.kind == "complex":
        return "null"
    if kind.kind == "enum":
        zero = next((v.name for v in kind.values if v.number in (0, None)), None)
        return zero or "0"
    if kind.kind == "list":
        return "none"
    builtin = next((local(t.name) for t in schema.lineage(kind.name) if t.name.startswith(_XS)), "")
    return {"boolean": "false", "dateTime": "0001-01-01T00:00:00", "string": "null", "base64Binary": "null"}.get(
        builtin, "0"
    )
