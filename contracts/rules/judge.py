"""One message -> its verdict: which operation it belongs to, then every rule in turn."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

from ..messages import tree as reading
from ..model import Direction, Finding, Message, Operation, Part, Verdict, local, namespace
from ..wsdl.service import Service
from . import answers, body, headers, http
from .case import ENVELOPE, ENVELOPE12, XML_SPACE, Judging, settled, tag
from .envelope import Frame, judge_frame, take_apart
from .excuses import deviation_for
from .identify import direction_of, hinted_targets, identify, only, unjudged
from .notes import find_notes
from .quick import optional_missing, recognise
from .watching import watch

if TYPE_CHECKING:
    from ..contract import Contract, Target

_FAULTS = (answers.FAULT, f"{{{ENVELOPE12}}}Fault")


def judge(contract: Contract, message: Message, *, operation: str | None = None, onsite: bool = False) -> Verdict:
    """``operation``: the label of the one it has to be; None: taken from the message."""
    wanted = contract.candidates(operation) if operation else []
    try:
        known = recognise(contract, message, wanted, onsite)
        return known or _judge(contract, message, wanted, onsite, invalid=known is False)
    except RecursionError:
        return unjudged(message, message.direction, "nested deeper than any message of this contract")


def _judge(
    contract: Contract, message: Message, wanted: list[Target], onsite: bool, *, invalid: bool = False
) -> Verdict:
    if message.problem is not None:
        return unjudged(message, message.direction, message.problem)
    judging = Judging(message, invalid=invalid)
    head = message.http
    direction = message.direction
    if direction == "response" and head is not None and answers.settled_by_status(judging, head, message.data):
        target = only(hinted_targets(contract, message, wanted))
        return _verdict(contract, judging, direction, target, None, None)
    charset = reading.charset_of(head.headers.get("Content-Type")) if head else None
    parsed = reading.parse(message.data, charset)
    if parsed.unjudged:
        return unjudged(message, direction, parsed.unjudged)
    if parsed.rule:
        return _unreadable(contract, judging, direction, wanted, parsed)
    root = parsed.root
    assert root is not None
    frame = take_apart(root)
    if frame is None:
        return _no_envelope(contract, judging, direction, wanted, root)
    if parsed.charset:
        judging.add(
            parsed.charset[0], root if charset is None else "Content-Type", parsed.charset[1], parsed.charset[2]
        )
    if (instruction := reading.instruction(root, message.data)) is not None:
        rule = "envelope-processing-instruction"
        holder = instruction.getparent()
        judging.add(rule, root if holder is None else holder, "no processing instruction", "one")
    contents = frame.contents()
    fault = next((c for c in contents if c.tag in _FAULTS), None)
    if direction is None:
        direction = direction_of(contract, contents, fault, message)
    target, problem = identify(contract, message, wanted, frame, contents, direction, fault)
    if problem is not None:
        return replace(problem, file=message.file, part=message.part)
    if target is not None:
        judging.service, judging.operation = target
        judging.part = target[1].part(direction or "request")
    moved = {n for t in [target] if t for p in (t[1].request, t[1].response) if p for n in p.headers}
    _frame(judging, root, frame, moved)
    if direction == "response":
        _response(contract, judging, frame, contents, fault, target)
    else:
        _request(contract, judging, frame, contents, target, onsite)
    return _verdict(contract, judging, direction, target, root, frame)


def _frame(judging: Judging, root: etree._Element, frame: Frame, moved: set[str]) -> None:
    """The usual frame, [Header] Body, needs no look at its parts."""
    children = list(root)
    head, body = f"{{{ENVELOPE}}}Header", f"{{{ENVELOPE}}}Body"
    tags = [c.tag for c in children]
    plain = (tags == [head, body] or (tags == [body] and frame.header is None)) and not root.attrib
    if plain and not children[0].attrib:
        texts = [root.text, *(c.tail for c in children)]
        for holder in children:
            texts.append(holder.text)
            texts += [c.tail for c in holder]
        if not any(t and t.strip(XML_SPACE) for t in texts):
            return
    judge_frame(judging, root, frame, moved)


# --- messages that cannot be taken apart ------------------------------------------------------------------------------


def _unreadable(
    contract: Contract, judging: Judging, direction: Direction | None, wanted: list[Target], parsed: reading.Parsed
) -> Verdict:
    message = judging.message
    target = only(hinted_targets(contract, message, wanted))
    head = message.http
    line = None if parsed.line is None or message.line is None else message.line + parsed.line - 1
    foreign = False
    if head is not None and head.status is None and direction != "response":
        if head.method not in (None, "POST"):
            judging.add("http-method", "method", "POST", head.method or "")
            foreign = not message.data.strip()
        kind = http.media_type(head)
        if kind is not None and kind != "text/xml" and not message.data.lstrip().startswith(b"<"):
            http.judge_media_type(judging, head)
            foreign = True
    if not foreign:
        judging.add(parsed.rule or "envelope-not-wellformed", "/", parsed.expected, parsed.found, line=line)
    return _verdict(contract, judging, direction, target, None, None)


def _no_envelope(
    contract: Contract, judging: Judging, direction: Direction | None, wanted: list[Target], root: etree._Element
) -> Verdict:
    target = only(hinted_targets(contract, judging.message, wanted))
    space = namespace(str(root.tag))
    found = tag(str(root.tag)) + (f" of {space}" if space else " in no namespace")
    judging.add("envelope-root", root, f"<Envelope> of {ENVELOPE}", found)
    return _verdict(contract, judging, direction, target, None, None)


# --- requests and responses -------------------------------------------------------------------------------------------


def _request(
    contract: Contract,
    judging: Judging,
    frame: Frame,
    contents: list[etree._Element],
    target: Target | None,
    onsite: bool,
) -> None:
    head = judging.message.http
    service = target[0] if target else None
    declared = set(target[1].request.headers) if target else set()
    nodes = [c for c in contents if c.tag not in declared]
    actual = target
    if target is not None and nodes and nodes[0].tag != target[1].request.body:
        actual = _disagreement(contract, judging, nodes[0], target)
    elif target is None and nodes:
        names = ", ".join(sorted({s.agent for s in contract.services})[:5])
        judging.add("body-operation", nodes[0], f"the element of an operation of {names}", tag(str(nodes[0].tag)))
        actual = None
    if head is not None and target is not None:
        # Where SOAPAction and Body disagree, the path and the method still have to be right.
        named = actual or target
        http.judge_request_head(judging, head, named[0], named[1], soap12=frame.space == ENVELOPE12)
    if frame.body is not None and not nodes:
        judging.add("body-empty", frame.body, "the operation's element", "nothing")
    _beside(contract, judging, nodes)
    if service is None or target is None:
        return
    owners = contract.by_body(str(nodes[0].tag), "request") if actual is None and nodes else []
    speaking = actual or (owners[0] if owners else target)
    if actual is None and not owners and nodes and _elsewhere(contract, frame, nodes[0], target):
        return
    headers.judge_headers(judging, speaking[0], speaking[1], frame, onsite=onsite)
    _optional(judging, frame, speaking[1].request, "header-optional-missing")
    if actual is not None and nodes and actual[1].request.body == nodes[0].tag:
        _content(judging, actual, actual[1].request, nodes[0], "request")


def _elsewhere(contract: Contract, frame: Frame, node: etree._Element, target: Target) -> bool:
    """Whether headers and body are together something else: of a version that is not loaded, in none, or an answer."""
    service, operation = target
    space = namespace(str(node.tag))
    if contract.by_body(str(node.tag), "response") or node.tag in _FAULTS:
        asked = set(operation.request.headers).difference(operation.response.headers if operation.response else ())
        return not any(b.tag in asked for b in frame.blocks())
    return space != service.namespace and any(namespace(str(b.tag)) == space for b in frame.blocks())


def _disagreement(contract: Contract, judging: Judging, node: etree._Element, target: Target) -> Target | None:
    """The body is not the element of the operation that SOAPAction, path or the caller name."""
    service, operation = target
    wanted = tag(operation.request.body or "")
    name = str(node.tag)
    others = [t for t in contract.by_body(name, "request") if t[0] is service] or contract.by_body(name, "request")
    if others:
        head = judging.message.http
        here = http.endpoint(head) == (service.version.lower(), service.agent.lower()) and others[0][0] is not service
        named = head is not None and http.action(head) == operation.action != others[0][1].action
        if named and not here:
            return others[0]  # said by http-action: the SOAPAction is another operation's
        judging.add("body-operation", node, wanted, tag(name))
        return None
    if contract.by_body(name, "response") or name in _FAULTS:
        judging.add("body-direction", node, wanted, tag(name))
        return None
    found = tag(name)
    if local(name) == local(operation.request.body or "") and namespace(name) != service.namespace:
        found = f"{found} of {namespace(name)}" if namespace(name) else f"{found} in no namespace"
    judging.add("body-operation", node, f"{wanted} of {service.namespace}", found)
    return None


def _beside(contract: Contract, judging: Judging, nodes: list[etree._Element]) -> None:
    """Where the first is nobody's element, that is the fault: an operation's parameters without the operation."""
    if len(nodes) < 2:
        return
    name = str(nodes[0].tag)
    known = [
        n
        for n in nodes[:2]
        if n.tag in _FAULTS or contract.by_body(str(n.tag), "request") or contract.by_body(str(n.tag), "response")
    ]
    if nodes[0] in known:
        found = f"{tag(str(nodes[1].tag))} after {tag(name)}"
        hint = "" if len(known) == 2 else f"a parameter stands in {tag(name)}, under its own name"
        judging.add("body-two-operations", nodes[1], "one child of Body", found, hint)


def _optional(judging: Judging, frame: Frame, part: Part, rule: str) -> None:
    """Declared headers that may be left out; a deviation from WS-I, so each is a finding that is tolerated."""
    there = {local(str(b.tag)) for b in (*frame.blocks(), *frame.contents())}
    if not frame.blocks():
        return  # that there is none at all is said once
    found = optional_missing(rule, part, there, "/Envelope/Header" if frame.header is not None else "/Envelope")
    if found is not None:
        judging.findings.append(found)


def _content(judging: Judging, target: Target, part: Part, node: etree._Element, direction: Direction) -> None:
    service, operation = target
    if part.body is None:
        return
    declared = service.schema.declared(part.body)
    present = body.judge_element(judging, service, node, declared, watch(service.schema, (part.body,)))
    there: set[str] = {str(c.tag) for c in node} if present is None else present
    for member in service.schema.members(declared.type):
        if member.name in there or not member.silently_zero:
            continue
        if direction == "response":
            judging.add("answer-response-missing", node, tag(member.name), "it is missing")
        else:
            rule = (
                "body-parameter-missing" if member.name in _documented(service, operation) else "body-parameter-default"
            )
            judging.add(rule, node, tag(member.name), "it is missing")


@lru_cache(maxsize=4096)
def _documented(service: Service, operation: Operation) -> frozenset[str]:
    """The parameters that the documented example of an operation shows."""
    example = service.examples.get((operation.name, "request"))
    root = reading.parse(example).root if example else None
    if root is None:
        return frozenset()
    return frozenset(str(c.tag) for node in root.iter(operation.request.body or "") for c in node)


def _response(
    contract: Contract,
    judging: Judging,
    frame: Frame,
    contents: list[etree._Element],
    fault: etree._Element | None,
    target: Target | None,
) -> None:
    head = judging.message.http
    if contents and fault is None and local(str(contents[0].tag)).lower() == "fault":
        judging.add("answer-fault", contents[0], f"<Fault> of {ENVELOPE}", tag(str(contents[0].tag)))
        return
    if head is not None:
        answers.judge_status(judging, head, fault, frame.body)
    if frame.body is not None and not contents:
        if head is None or head.status != 500:  # of a 500 it is said that it lacks a Fault
            judging.add("body-empty", frame.body, "the response's element, or a Fault", "nothing")
        return
    if fault is not None:
        if frame.space == ENVELOPE:  # a Fault of SOAP 1.2 has another form, and its envelope is what is wrong
            answers.judge_fault(judging, fault)
        if contents[0].tag in _FAULTS or contract.by_body(str(contents[0].tag), "response"):
            _beside(contract, judging, contents)
        else:  # what stands before it is nobody's
            found = f"{tag(str(contents[0].tag))} before {tag(str(fault.tag))}"
            judging.add("body-two-operations", contents[0], "one child of Body", found, "a Fault stands alone")
        return
    declared = set(target[1].response.headers) if target and target[1].response else set()
    nodes = [c for c in contents if c.tag not in declared]
    if not nodes:
        return
    node = nodes[0]
    _beside(contract, judging, nodes)
    if target is None or target[1].response is None:
        judging.add("answer-operation", node, "the response element of an operation", tag(str(node.tag)))
        return
    service, operation = target
    part = target[1].response
    if node.tag != part.body:
        rule = "answer-request" if contract.by_body(str(node.tag), "request") else "answer-operation"
        judging.add(rule, node, f"{tag(part.body or '')} of {service.namespace}", tag(str(node.tag)))
        return
    answers.judge_answer_headers(judging, service, operation, frame)
    _optional(judging, frame, part, "answer-header-missing")
    _content(judging, target, part, node, "response")


# --- the verdict ------------------------------------------------------------------------------------------------------


def _verdict(
    contract: Contract,
    judging: Judging,
    direction: Direction | None,
    target: Target | None,
    root: etree._Element | None,
    frame: Frame | None,
) -> Verdict:
    message = judging.message
    violations: list[Finding] = []
    tolerated: list[Finding] = []
    for finding in settled(judging.findings):
        row = deviation_for(finding, direction, message.documented)
        if row is None:
            violations.append(finding)
        else:
            tolerated.append(replace(finding, excuse=("deviation", row.id)))
    if message.expects:
        violations, tolerated = _expected(judging, violations, tolerated)
    operation: str | None = None
    version = contract.services[0].version if len(contract.by_version) == 1 else None
    agent = contract.services[0].agent if len(contract.services) == 1 else None
    if target is not None:
        service, found = target
        version, agent, operation = service.version, service.agent, found.name
        if direction == "response" and found.response is not None and message.answers is None and not message.title:
            shared = contract.by_body(found.response.body or "", "response")
            if sum(1 for t in shared if t[0] is service) > 1:
                operation = None
    return Verdict(
        "broken" if violations else "kept",
        direction,
        version,
        agent,
        operation,
        tuple(violations),
        tuple(tolerated),
        file=message.file,
        part=message.part,
        find_notes=lambda: find_notes(judging, root, frame),
    )


def _expected(
    judging: Judging, violations: list[Finding], tolerated: list[Finding]
) -> tuple[list[Finding], list[Finding]]:
    """A recording that is broken on purpose names its rules: exactly those, no more and no less."""
    expects = set(judging.message.expects)
    met = [f for f in violations if f.rule in expects]
    left = [f for f in violations if f.rule not in expects]
    tolerated = tolerated + [replace(f, excuse=("deviation", "expected-by-the-recording")) for f in met]
    missed = Judging(judging.message)
    for rule in sorted(expects - {f.rule for f in met}):
        missed.add("recording-expects", "recorded", f"a violation of {rule}, as the recording says", "none")
    return left + missed.findings, tolerated
