"""WCF's message log (.svclog): E2ETraceEvents one after the other, without a root, the last one often cut off.

Source: https://learn.microsoft.com/dotnet/framework/wcf/diagnostics/configuring-message-logging.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from itertools import pairwise

from lxml import etree

from ...files.prolog import text_of
from ...model import Direction, Headers, Http, Message, local
from ..reader import SNIFFED, Reader, Skipped, Source

_BEGINNING = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<\w+>\s*)?<(?:\w+:)?E2ETraceEvent\b")
_EVENT = re.compile(r"<(?:\w+:)?E2ETraceEvent\b")
_EVENT_END = re.compile(r".*(?:</(?:\w+:)?E2ETraceEvent\s*>|^<(?:\w+:)?E2ETraceEvent\b[^>]*/>)", re.DOTALL)
_ENVELOPE = re.compile(r"<((?:[\w.-]+:)?)Envelope\b")
_NOT_SENT = re.compile(
    r"<((?:[\w.-]+:)?)(To|Action|ReplyTo|MessageID|RelatesTo|From|FaultTo)\b[^>]*/addressing/none[\"'][^>]*?(?:/>|>.*?</\1\2\s*>)",
    re.DOTALL,
)
"""Headers that the log alone has at service level: WCF's own notes of where a message without WS-Addressing goes."""
_STATUSES = {status.phrase.replace(" ", ""): status.value for status in HTTPStatus}
_SIDES: dict[str, Direction] = {
    "ServiceLevelSendRequest": "request",
    "ServiceLevelReceiveRequest": "request",
    "ServiceLevelSendReply": "response",
    "ServiceLevelReceiveReply": "response",
}


def looks_like(head: bytes) -> bool:
    """Whether the first element is a trace event, in UTF-8 or UTF-16."""
    return bool(_BEGINNING.match(text_of(head, SNIFFED)))


def parse(data: bytes, source: Source) -> Iterator[Message | Skipped]:
    """The messages logged, ``record 1 request`` …, by the number of their event; other trace events are Skipped.

    An answer has the last request of its activity, as far as one was logged at its level.
    """
    text = text_of(data, len(data))
    if not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")) and b"\x00" not in data[:2]:
        text = data.decode("utf-8", "surrogateescape")
    starts = [event.start() for event in _EVENT.finditer(text)]
    at, line, traces = 0, 1, 0
    requests: dict[tuple[str, str], Message] = {}
    if not starts:
        yield Message(b"", source.file, line=None, problem="a message log of which no record can be read")
    for number, (start, end) in enumerate(pairwise([*starts, len(text)]), 1):
        line, at = line + text.count("\n", at, start), start
        event = _EVENT_END.match(text[start:end])
        if event is None and "<TraceRecord" not in text[start:end]:  # that is no message's record
            problem = "truncated: the log ends within this record"
            yield Message(b"", source.file, f"record {number}", line=None, problem=problem)
            continue
        found = event and _read_event(event[0], source, f"record {number}", line)
        if found is None:
            traces += 1
            continue
        message, key = found
        if message.direction == "request":
            requests[key] = message
        elif message.direction == "response" and key[0]:
            message = replace(message, answers=requests.get(key))
        yield message
    if traces:
        yield Skipped(source.file, f"{traces} records", "trace events without a message")


def _read_event(text: str, source: Source, part: str, line: int) -> tuple[Message, tuple[str, str]] | None:
    """A message, and what tells which request an answer belongs to: the activity, and the level of the log."""
    envelope = _ENVELOPE.search(text)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "surrogateescape"), parser)
    except (etree.XMLSyntaxError, ValueError):
        if "Envelope" not in text:
            return None
        problem = "the record is not well-formed XML"
        return Message(b"", source.file, part, line=None, problem=problem, mixed=True), ("", "")
    record = _find(root, "MessageLogTraceRecord")
    if record is None:
        return None
    origin = record.get("Source", "")
    http = _read_http(record)
    side = _SIDES.get(origin) or ("request" if _find(record, "HttpRequest") is not None else None)
    side = side or ("response" if _find(record, "HttpResponse") is not None else None)
    part = f"{part} {side}" if side else part
    correlation = _find(root, "Correlation")
    activity = "" if correlation is None else correlation.get("ActivityID", "")
    if envelope:
        line += text.count("\n", 0, envelope.start())
        end = f"</{envelope[1]}Envelope"
        held = text[envelope.start() : text.rfind(end)] + f"{end}>"
        data = _NOT_SENT.sub(lambda header: "\n" * header[0].count("\n"), held).encode("utf-8", "surrogateescape")
        message = Message(data, source.file, part, side, http, line, mixed=True)
    elif "Envelope" in (held := etree.tostring(record, method="text", encoding="unicode")):  # one that is malformed
        data = held[max(held.find("<"), 0) :].encode("utf-8", "surrogateescape")
        message = Message(data, source.file, part, side, http, None, mixed=True)
    else:
        return None
    return message, (activity, origin[:9])


def _find(node: etree._Element, name: str) -> etree._Element | None:
    return next((found for found in node.iter(etree.Element) if local(found.tag) == name), None)


def _read_http(record: etree._Element) -> Http | None:
    """The head, where the log has the whole of it: of what is sent it often has a few fields only."""
    head = _find(record, "HttpRequest")
    answer = _find(record, "HttpResponse") if head is None else None
    fields = None if (node := head if head is not None else answer) is None else _find(node, "WebHeaders")
    headers = Headers(tuple([(local(f.tag), f.text or "") for f in ([] if fields is None else fields)]))
    if headers.get("Content-Type") is None:
        return None
    if head is not None:
        method, target = _find(head, "Method"), _find(record, "To")
        if headers.get("SOAPAction") is None:
            return None
        return Http(
            headers,
            method="POST" if method is None else method.text or "POST",
            target=None if target is None else target.text,
        )
    status = None if answer is None else _find(answer, "StatusCode")
    number = (
        {"OK": 200, "InternalServerError": 500, "Accepted": 202}.get(status.text or "") if status is not None else None
    )
    return None if number is None else Http(headers, status=number)


READER = Reader("WCF message log", ("svclog", "e2e"), looks_like, parse)
