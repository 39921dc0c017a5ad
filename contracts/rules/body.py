"""What Body holds: the element of the operation that is called, alone, with every parameter that it needs."""

from __future__ import annotations

from functools import lru_cache

from lxml import etree

from ..messages.tree import parse
from ..model import (
    Element,
    Operation,
    is_nil,
    local,
    namespace,
    xsi_type,
)
from ..wsdl.service import Service
from ..wsdl.services import Target
from ..xsd.schema import Schema
from ..xsd.values import default_value, write_value
from .case import (
    FAULT_NAMES,
    MEASURED,
    PAGE,
    SILENT,
    SOAP,
    WSI,
    BodyValidity,
    Case,
    Rule,
    stray_text,
    tag,
)
from .complaints import find_complained
from .elements import check_element
from .encoding import is_encoded, report_encoded
from .expected import members_read_as_zero
from .second_look import find_suspicious, watch_elements

_MOST_DEFAULTS = 12
"""Members left out of one element that a note names one by one."""


def silent(case: Case) -> bool:
    """Whether Body holds the operation's element alone, valid, of a request with all that is read as 0 if left out."""
    expected = case.expected
    if expected is None or expected.body is None or len(case.contents) != 1 or len(case.body_nodes) != 1:
        return False
    node = case.body_nodes[0]
    if node.tag != expected.body or case.fault is not None:
        return False
    if case.faultless != "everything":
        if case.body_validity is None:
            case.body_validity = BodyValidity(find_complained(case, expected.schema, node))
        if not case.body_validity.is_valid or find_suspicious(node, watch_elements(expected.schema, expected.body)):
            return False
    return case.direction == "response" or expected.is_complete(node, case.faultless == "everything")


# --- which element stands in Body -------------------------------------------------------------------------------------


def check(case: Case) -> None:
    """What Body holds."""
    if case.frame is None or case.misnamed_fault is not None:
        return
    if case.direction == "response":
        one_way = case.operation is not None and case.operation.response is None
        expected = "no envelope: the operation has no output" if one_way else "the response's element, or a Fault"
        if _check_presence(case, expected, "send the answer in it, or no envelope where there is none"):
            _check_company(case)
            if case.holds_answer and case.target:
                _check_content(case, case.target)
        return
    if case.body_nodes and not (case.target and case.body_nodes[0].tag == case.target[1].request.body):
        _check_operation(case, case.body_nodes[0])
    _check_presence(case, "the operation's element")
    _check_company(case)
    actual = case.body_target
    if actual is not None and case.body_nodes and actual[1].request.body == case.body_nodes[0].tag:
        _check_content(case, actual)
        _check_parameters(case, actual, case.body_nodes[0])


EMPTY = Rule(
    "body-empty", "soap", f"{SOAP}, section 4.3; {WSI}, R2201", "Body holds the operation's element",
    "put the operation's element in Body", "drops the connection"
)  # fmt: skip


def _check_presence(case: Case, expected: str, hint: str = "") -> bool:
    """Whether there is an element in Body; headers that stand there by mistake are none of a request's."""
    frame = case.frame
    held = case.contents if case.direction == "response" else case.body_nodes
    holds_nothing = case.wsdl_message is not None and case.wsdl_message.body is None
    if frame is not None and frame.body is not None and not held and not holds_nothing:
        # Of a 500 it is said that it lacks a Fault; of what stands as text, or in a second Body, that it does.
        told = case.direction == "response" and case.head is not None and case.head.status == 500
        again = any(beside.tag == frame.body.tag for beside in frame.body.itersiblings(tag=etree.Element))
        if not told and not again and not stray_text(frame.body):
            case.add(EMPTY, frame.body, expected=expected, found="nothing", hint=hint)
    return bool(held)


OPERATION = Rule(
    "body-operation", "wsdl", "the WSDL's message", "Body holds the element of the operation that is called",
    "the name and the namespace have to be the WSDL's, case included", "drops the connection"
)  # fmt: skip
DIRECTION = Rule(
    "body-direction", "wsdl", "the WSDL's message", "a request holds the request's element",
    "a response was sent as a request", "drops the connection"
)  # fmt: skip


def _check_operation(case: Case, node: etree._Element) -> None:
    """The element in Body is not the one of the operation that SOAPAction, path or the caller name."""
    name = str(node.tag)
    if case.target is None:
        names = ", ".join(sorted({s.agent for s in case.services})[:5])
        case.add(OPERATION, node, expected=f"the element of an operation of {names}", found=tag(name))
        return
    if case.body_target is not None:
        return  # said by http-action
    service, operation = case.target
    wanted = operation.request.body
    if wanted is None:
        case.add(OPERATION, node, expected="an empty Body: the message has no part", found=tag(name))
    elif case.services.by_body(name, "request"):
        case.add(OPERATION, node, expected=tag(wanted), found=tag(name))
    elif case.services.by_body(name, "response") or name in FAULT_NAMES:
        case.add(DIRECTION, node, expected=tag(wanted), found=tag(name))
    else:
        found = tag(name)
        if local(name) == local(wanted) and namespace(name) != service.namespace:
            found = f"{found} of {namespace(name)}" if namespace(name) else f"{found} in no namespace"
        case.add(OPERATION, node, expected=f"{tag(wanted)} of {service.namespace}", found=found)


TWO_OPERATIONS = Rule(
    "body-two-operations", "wsi", f"{WSI}, R9981", "Body has one child", "send one message for each",
    "runs the first and ignores the rest"
)  # fmt: skip


def _check_company(case: Case) -> None:
    """What stands beside the first element of Body."""
    fault = case.fault if case.direction == "response" else None
    nodes = case.body_nodes if fault is None else case.contents
    if encoded := [node for node in nodes[1:] if is_encoded(case, node)]:
        for node in encoded:
            report_encoded(case, node)
        nodes = [node for node in nodes if node not in encoded]
    if len(nodes) < 2:
        return
    first = str(nodes[0].tag)
    if fault is not None and first not in FAULT_NAMES and not case.services.by_body(first, "response"):
        found = f"{tag(first)} before {tag(str(fault.tag))}"  # it is nobody's
        case.add(TWO_OPERATIONS, nodes[0], expected="one child of Body", found=found, hint="a Fault stands alone")
        return
    known = [node for node in nodes[:2] if _is_known(case, str(node.tag))]
    # Where the first is nobody's element, that is the fault: an operation's parameters without the operation.
    if nodes[0] in known:
        name = tag(str(nodes[0].tag))
        hint = "" if len(known) == 2 else f"a parameter stands in {name}, under its own name"
        found = f"{tag(str(nodes[1].tag))} after {name}"
        case.add(TWO_OPERATIONS, nodes[1], expected="one child of Body", found=found, hint=hint)


def _is_known(case: Case, name: str) -> bool:
    owners = case.services.by_body(name, "request") or case.services.by_body(name, "response")
    return name in FAULT_NAMES or bool(owners)


def _check_content(case: Case, target: Target) -> None:
    service, operation = target
    wsdl_message = operation.message(case.direction or "request")
    if wsdl_message is not None and wsdl_message.body is not None:
        case.members_there = check_element(
            case, service, case.body_nodes[0], service.schema.declared(wsdl_message.body)
        )


PARAMETER_MISSING = Rule(
    "body-parameter-missing", "documented", f"{PAGE}: the request example",
    "a documented parameter that cannot be null is there", "send it: left out it is read as 0",
    f"{SILENT}: 0, or the type's default"
)  # fmt: skip
PARAMETER_DEFAULT = Rule(
    "body-parameter-default", "wire", MEASURED, "a parameter that cannot be null is there",
    "send it: left out it is read as 0", f"{SILENT}: 0, or the type's default"
)  # fmt: skip


def _check_parameters(case: Case, target: Target, node: etree._Element) -> None:
    service, operation = target
    there = {str(child.tag) for child in node} if case.members_there is None else case.members_there
    for name in members_read_as_zero(service, operation.request.body or ""):
        if name not in there:
            rule = PARAMETER_MISSING if name in _documented_parameters(service, operation) else PARAMETER_DEFAULT
            case.add(rule, node, expected=tag(name), found="it is missing")


@lru_cache(maxsize=4096)
def _documented_parameters(service: Service, operation: Operation) -> frozenset[str]:
    """The parameters that the documented example of an operation shows."""
    example = service.examples.get((operation.name, "request"))
    root = parse(example).root if example else None
    if root is None:
        return frozenset()
    return frozenset(str(c.tag) for node in root.iter(operation.request.body or "") for c in node)


# --- what was left out ------------------------------------------------------------------------------------------------

PARAMETER_NULL = Rule(
    "body-parameter-null", "wire", MEASURED, "a nillable parameter is there", "left out, the server uses null",
    "uses null", "note"
)  # fmt: skip
MEMBER_DEFAULT = Rule(
    "body-member-default", "wire", MEASURED, "every member of a type is there",
    "left out, the server uses the type's default", "uses the default of each", "note"
)  # fmt: skip


def note(case: Case) -> None:
    """What the receiver of a request uses for what was left out."""
    if case.direction != "response":
        note_left_out(case, PARAMETER_NULL)


def note_left_out(case: Case, rule: Rule) -> None:
    """One note for each element that lacks members; ``rule``: the one on the operation's element itself."""
    wsdl_message, service = case.wsdl_message, case.service
    node = case.contents[0] if case.contents else None
    if node is None or wsdl_message is None or service is None or node.tag != wsdl_message.body:
        return
    declared = service.schema.element(wsdl_message.body)
    if declared is not None:
        _note_members(case, service.schema, node, declared, rule)


def _note_members(case: Case, schema: Schema, node: etree._Element, declared: Element, rule: Rule) -> None:
    kind = schema.type(declared.type)
    actual = xsi_type(node)
    if actual is not None and schema.derives(actual, declared.type):
        kind = schema.type(actual)
    if kind is None or kind.kind != "complex" or is_nil(node):
        return
    members = schema.members(kind.name)
    by_name = {m.name: m for m in members}
    children = list(node.iterchildren(tag=etree.Element))
    # What is there in another case or namespace, or as an attribute, is no default: that is a violation of its own.
    there = {local(str(name)).lower() for name in (*(c.tag for c in children), *node.attrib)}
    gone = [m for m in members if m.local.lower() not in there and m.max_occurs == 1 and m.min_occurs == 0]
    if rule is not MEMBER_DEFAULT:  # of an operation's own, those that are not nillable are violations
        gone = [m for m in gone if m.nillable]
    if gone:
        first = gone[:_MOST_DEFAULTS]
        more = f" and {len(gone) - _MOST_DEFAULTS} more" if len(gone) > _MOST_DEFAULTS else ""
        listed = ", ".join(f"{m.local}={_default_of(schema, m)}" for m in first)
        expected = ", ".join(tag(m.name) for m in first) + more
        case.add(rule, node, expected=expected, found=f"left out; the receiver uses {listed}{more}")
    for child in children:
        member = by_name.get(str(child.tag))
        if member is not None and len(child):
            _note_members(case, schema, child, member, MEMBER_DEFAULT)


def _default_of(schema: Schema, member: Element) -> str:
    """What .NET has for a member that is left out."""
    value = default_value(schema, member)
    return "null" if value is None else "none" if value == [] else write_value(value)
