"""Responses: the element of the operation called, a Fault, Succeeded with ExceptionInfo."""

from __future__ import annotations

import re

from lxml import etree

from ..model import ENVELOPE, NIL, XML_SPACE, is_nil, local, namespace, text_of
from ..xsd.builtins import BOOLEANS
from .body import note_left_out
from .case import FAULT_NAMES, MEASURED, SOAP, WSI, Case, Rule, shown, tag, tag_and_space
from .elements import check_element
from .headers import LeftOut, find_left_out, is_boolean

_FAULT_PARTS = ("faultcode", "faultstring", "faultactor", "detail")
"""A Fault's children; SOAP 1.1 allows others, in namespaces of their own."""
_QNAME = re.compile(r"([^\W\d][\w.-]*:)?[^\W\d][\w.-]*")


def silent(case: Case) -> bool:
    if case.direction != "response":
        return True
    expected, frame = case.expected, case.frame
    if case.fault is not None or expected is None or frame is None or frame.outside or frame.again:
        return False
    sound = case.faultless == "everything"
    if (
        not case.body_nodes
        or case.body_nodes[0].tag != expected.body
        or not expected.is_complete(case.body_nodes[0], sound)
    ):
        return False
    if expected.succeeded is None:
        return True
    succeeded = 0
    for block in frame.inside:
        name = block.tag
        if name == expected.succeeded:
            if block.text not in ("true", "1") or len(block) or block.keys():
                return False
            succeeded += 1
        elif name == expected.exception and block.get(NIL) not in ("true", "1"):
            return False
    return succeeded == 1


def check(case: Case) -> None:
    """A response whose Body was found."""
    if case.direction != "response" or case.frame is None:
        return
    if case.misnamed_fault is not None:
        expected, found = f"<Fault> of {ENVELOPE}", tag_and_space(str(case.misnamed_fault.tag))
        case.add(FAULT, case.misnamed_fault, expected=expected, found=found, hint="mind case and namespace")
    elif case.fault is not None:
        if case.frame.space == ENVELOPE:  # a Fault of SOAP 1.2 has another form, and its envelope is what is wrong
            _check_fault(case, case.fault)
    elif case.body_nodes and _check_element(case, case.body_nodes[0]):
        _check_success(case)
        _check_members(case, case.body_nodes[0])


OPERATION = Rule(
    "answer-operation", "wsdl", "the WSDL's message", "a response holds the response element of the operation called",
    "another operation's answer: look at routing, caches and recordings", "never"
)  # fmt: skip
REQUEST = Rule(
    "answer-request", "wsdl", "the WSDL's message", "a response holds a response element", "a request came back",
    "never"
)  # fmt: skip


def _check_element(case: Case, node: etree._Element) -> bool:
    """Whether the element in Body is the one of the operation that was called."""
    if case.target is None or case.wsdl_message is None:
        expected = "the response element of an operation"
        case.add(OPERATION, node, expected=expected, found=tag(str(node.tag)))
        return False
    if node.tag == case.wsdl_message.body:
        return True
    rule = REQUEST if case.services.by_body(str(node.tag), "request") else OPERATION
    expected = f"{tag(case.wsdl_message.body or '')} of {case.target[0].namespace}"
    case.add(rule, node, expected=expected, found=tag(str(node.tag)))
    return False


RESPONSE_MISSING = Rule(
    "answer-response-missing", "wire", MEASURED, "a Response that cannot be null is there",
    "clients read its absence as None, 0 or false", "never: WCF writes every value"
)  # fmt: skip


def _check_members(case: Case, node: etree._Element) -> None:
    """Members that the schema lets be left out, and that clients then read as 0."""
    if case.service is None or case.wsdl_message is None or case.wsdl_message.body is None:
        return
    there = case.members_there if case.members_there is not None else {str(child.tag) for child in node}
    for member in case.service.schema.members(case.service.schema.declared(case.wsdl_message.body).type):
        if member.silently_zero and member.name not in there:
            case.add(RESPONSE_MISSING, node, expected=tag(member.name), found="it is missing")


SUCCEEDED_MISSING = Rule(
    "answer-succeeded-missing", "wsdl", "the WSDL's soap:header", "a response has the header Succeeded",
    "without it a client cannot tell a refusal from an answer", "never: WCF writes it"
)  # fmt: skip
SUCCEEDED_VALUE = Rule(
    "answer-succeeded-value", "wsdl", "the WSDL's soap:header", "Succeeded is an xs:boolean: true, false, 1 or 0",
    "clients read anything else as false, or as true", "never"
)  # fmt: skip
EXCEPTION_MISSING = Rule(
    "answer-exception-missing", "wire", MEASURED, "Succeeded=false comes with ExceptionInfo",
    "without it nobody learns what failed", "sends ExceptionInfo"
)  # fmt: skip
EXCEPTION_WITH_SUCCESS = Rule(
    "answer-exception-with-success", "wire", MEASURED, "ExceptionInfo is nil or absent where Succeeded is true",
    "one of the two is wrong", "never"
)  # fmt: skip


def _check_success(case: Case) -> None:
    """Succeeded and ExceptionInfo: the other response headers may be left out."""
    frame, names = case.frame, case.wsdl_message.headers if case.wsdl_message else ()
    succeeded = next((n for n in names if local(n) == "Succeeded"), None)
    info = next((n for n in names if local(n) == "ExceptionInfo"), None)
    if succeeded is None or frame is None:
        return
    blocks = frame.blocks
    by_name = {str(b.tag): b for b in reversed(blocks)}  # the first of each
    flag = by_name.get(succeeded)
    if flag is None:
        where = frame.header if frame.header is not None else frame.root
        if succeeded not in case.headers_there and frame.body is not None:
            case.add(SUCCEEDED_MISSING, where, expected=tag(succeeded), found="it is missing")
        return
    if not is_boolean(flag):
        found = shown(text_of(flag)) if text_of(flag) else "nothing"
        case.add(SUCCEEDED_VALUE, flag, expected="xs:boolean: true, false, 1 or 0", found=found)
        return
    again = any(b is not by_name[str(b.tag)] for b in blocks if b.tag in (succeeded, info))
    if info is None or is_nil(flag) or again:
        return
    failed = text_of(flag).strip() in ("false", "0")
    exception = by_name.get(info)
    if exception is not None and exception.get(NIL, "false").strip(XML_SPACE) not in BOOLEANS:
        return  # said already: whether it is nil is open
    told = exception is not None and not is_nil(exception)
    if failed and not told:
        if exception is None and info in case.headers_there:
            return  # it is there under another name, which is said
        holder = exception if exception is not None else flag.getparent()
        found = "nil" if exception is not None else "it is missing"
        if holder is not None:
            case.add(EXCEPTION_MISSING, holder, expected=f"{tag(info)} with Succeeded=false", found=found)
    elif not failed and told and exception is not None:
        expected = f"no {tag(info)} with Succeeded=true"
        case.add(EXCEPTION_WITH_SUCCESS, exception, expected=expected, found="one that is not nil")


FAULT = Rule(
    "answer-fault", "soap", f"{SOAP}, section 4.4", "a Fault has faultcode and faultstring, in no namespace, once",
    f"a {SOAP} Fault has unqualified faultcode and faultstring", "never"
)  # fmt: skip
FAULT_CODE = Rule(
    "answer-fault-code", "soap", f"{SOAP}, section 4.4.1", "faultcode is a QName whose prefix is declared",
    "write a code such as s:Client, and declare its prefix", "never"
)  # fmt: skip


def _check_fault(case: Case, fault: etree._Element) -> None:
    children = list(fault.iterchildren(tag=etree.Element))
    parts = {str(c.tag): c for c in reversed(children)}  # the first of each
    missing = [name for name in ("faultcode", "faultstring") if name not in parts]
    stray = [
        c for c in children if not namespace(str(c.tag)) and (c.tag not in _FAULT_PARTS or parts[str(c.tag)] is not c)
    ]
    if missing:
        found = ", ".join(tag(str(c.tag)) for c in children) or "nothing"
        case.add(FAULT, fault, expected=" and ".join(map(tag, missing)), found=found)
    elif stray:
        expected = f"{', '.join(map(tag, _FAULT_PARTS))}, each once"
        case.add(FAULT, stray[0], expected=expected, found=tag(str(stray[0].tag)))
    if (detail := parts.get("detail")) is not None:
        _check_detail(case, detail)
    code = parts.get("faultcode")
    if code is None:
        return
    text = text_of(code).strip()
    prefix, colon, _ = text.partition(":")
    if not _QNAME.fullmatch(text) or (colon and prefix not in code.nsmap):
        found = shown(text) if text else "nothing"
        case.add(FAULT_CODE, code, expected="a QName whose prefix is declared", found=found)


HEADER_MISSING = Rule(
    "answer-header-missing", "wsi", f"{WSI}, R2738", "every declared response header is there",
    "clients must not rely on it", "leaves out headers that are null"
)  # fmt: skip


def _check_detail(case: Case, detail: etree._Element) -> None:
    """What a declared fault says; what else a detail holds is nobody's to judge."""
    for node in detail.iterchildren(tag=etree.Element):
        name = str(node.tag)
        if (owner := case.service or case.services.find_fault_owner(name)) is not None:
            element = owner.schema.element(name)
            if element is not None and owner.declares_fault(name):
                check_element(case, owner, node, element)


def left_out(case: Case) -> LeftOut | None:
    """The declared headers of an answer that may be left out and are."""
    holds_answer = case.all_silent or case.holds_answer
    return (
        find_left_out(case, HEADER_MISSING, case.wsdl_message.headers) if holds_answer and case.wsdl_message else None
    )


FAULT_CODE_UNQUALIFIED = Rule(
    "answer-fault-code-unqualified", "soap", f"{SOAP}, section 4.4.1", "faultcode is a qualified name",
    "Mono writes Receiver, without a namespace", "Mono does so", "note"
)  # fmt: skip
RESPONSE_NULL = Rule(
    "answer-response-null", "wire", MEASURED, "a nillable Response is there", "clients read it as null",
    "WCF writes i:nil", "note"
)  # fmt: skip


def note(case: Case) -> None:
    """What is worth knowing of an answer."""
    if case.direction == "response":
        note_left_out(case, RESPONSE_NULL)
    if case.fault is None or case.fault is not case.contents[0] or case.fault.tag != FAULT_NAMES[0]:
        return
    code = case.fault.find("faultcode")
    if code is not None and (text := text_of(code).strip()) and ":" not in text and None not in code.nsmap:
        case.add(FAULT_CODE_UNQUALIFIED, code, expected="a qualified name, as s:Client", found=shown(text))
