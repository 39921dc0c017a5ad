"""Responses: status, Fault, Succeeded with ExceptionInfo."""

from __future__ import annotations

import re

from lxml import etree

from ..model import Http, Operation, local, namespace
from ..wsdl.service import Service
from .case import ENVELOPE, NIL, XML_SPACE, Judging, is_nil, shown, tag, text_of
from .envelope import Frame
from .headers import in_body, judge_blocks
from .http import REFUSALS, judge_media_type, media_type

FAULT = f"{{{ENVELOPE}}}Fault"
_PARTS = ("faultcode", "faultstring", "faultactor", "detail")
"""A Fault's children; SOAP 1.1 allows others, in namespaces of their own."""
_QNAME = re.compile(r"([^\W\d][\w.-]*:)?[^\W\d][\w.-]*")
_BOOLEANS = ("true", "false", "1", "0")


def settled_by_status(judging: Judging, http: Http, data: bytes) -> bool:
    """Whether the head of a response says it all, so that the body need not be looked at."""
    status = http.status
    if status in REFUSALS:
        return True
    if status is not None and status not in (200, 500):
        judging.add("http-status", "status", "200, or 500 with a Fault", f"{status} {http.reason}".strip())
        return True
    if not data.strip():
        judging.add("http-empty", "status", "an envelope", f"no body with status {status}")
        return True
    kind = media_type(http)
    if kind is None:
        return False
    judge_media_type(judging, http)
    return kind != "text/xml"


def judge_fault(judging: Judging, fault: etree._Element) -> None:
    children = list(fault.iterchildren(tag=etree.Element))
    parts = {str(c.tag): c for c in reversed(children)}  # the first of each
    missing = [name for name in ("faultcode", "faultstring") if name not in parts]
    if missing:
        judging.add(
            "answer-fault",
            fault,
            " and ".join(tag(n) for n in missing),
            f"{', '.join(tag(str(c.tag)) for c in children) or 'nothing'}",
        )
    elif stray := [
        c for c in children if not namespace(str(c.tag)) and (c.tag not in _PARTS or parts[str(c.tag)] is not c)
    ]:
        judging.add("answer-fault", stray[0], f"{', '.join(map(tag, _PARTS))}, each once", tag(str(stray[0].tag)))
    code = parts.get("faultcode")
    if code is None:
        return
    text = text_of(code).strip()
    prefix, colon, _ = text.partition(":")
    if not _QNAME.fullmatch(text) or (colon and prefix not in code.nsmap):
        judging.add("answer-fault-code", code, "a QName whose prefix is declared", shown(text) if text else "nothing")


def judge_status(judging: Judging, http: Http, fault: etree._Element | None, body: etree._Element | None) -> None:
    if http.status == 200 and fault is not None:
        judging.add("http-fault-status", "status", "500 with a Fault", "200 with a Fault")
    elif http.status == 500 and fault is None and body is not None:
        judging.add("http-fault-missing", "status", "a Fault with 500", "500 without one")


def judge_answer_headers(judging: Judging, service: Service, operation: Operation, frame: Frame) -> None:
    """The headers of an operation's response. Left-out ones other than Succeeded are a registered deviation."""
    if operation.response is None:
        return
    names = operation.response.headers
    blocks = frame.blocks()
    succeeded = next((n for n in names if local(n) == "Succeeded"), None)
    info = next((n for n in names if local(n) == "ExceptionInfo"), None)
    by_name = {str(b.tag): b for b in reversed(blocks)}  # the first of each
    flag = by_name.get(succeeded or "")
    sound = flag is None or text_of(flag).strip(" \t\r\n") in _BOOLEANS
    others = [b for b in blocks if sound or b is not flag]
    there = judge_blocks(judging, service, names, others, frame) | set(in_body(judging, frame, set(names)))
    if succeeded is None:
        return
    if flag is None:
        if succeeded not in there and frame.body is not None:
            where = frame.header if frame.header is not None else frame.body.getparent()
            if where is not None:
                judging.add("answer-succeeded-missing", where, tag(succeeded), "it is missing")
        return
    if not sound:
        judging.add(
            "answer-succeeded-value",
            flag,
            "xs:boolean: true, false, 1 or 0",
            shown(text_of(flag)) if text_of(flag) else "nothing",
        )
        return
    failed = text_of(flag).strip() in ("false", "0")
    exception = by_name.get(info or "")
    told = exception is not None and not is_nil(exception)
    again = any(b is not by_name[str(b.tag)] for b in blocks if b.tag in (succeeded, info))
    if info is None or is_nil(flag) or again:
        return
    if exception is not None and exception.get(NIL, "false").strip(XML_SPACE) not in ("true", "1", "false", "0"):
        return  # said already: whether it is nil is open
    if failed and not told:
        if exception is None and info in there:
            return
        where = exception if exception is not None else flag.getparent()
        if where is not None:
            judging.add(
                "answer-exception-missing",
                where,
                f"{tag(info)} with Succeeded=false",
                "nil" if exception is not None else "it is missing",
            )
    elif not failed and told and exception is not None:
        judging.add(
            "answer-exception-with-success", exception, f"no {tag(info)} with Succeeded=true", "one that is not nil"
        )
