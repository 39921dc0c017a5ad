"""WCF's message log (.svclog): E2ETraceEvents one after the other, without a root, the last one often cut off.

Source: https://learn.microsoft.com/dotnet/framework/wcf/diagnostics/configuring-message-logging.
"""

from __future__ import annotations

import re
from codecs import iterdecode
from collections.abc import Iterable, Iterator
from dataclasses import replace
from http import HTTPStatus
from itertools import chain, pairwise

from lxml import etree

from ...files.limits import limit_size
from ...files.prolog import decode_beginning, find_wide_charset
from ...model import Direction, Headers, Http, Message, local
from ..reader import SNIFFED, Item, Reader, Source
from ..stored import encode_escaped
from ..tree import new_parser

_BEGINNING = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<\w+>\s*)?<(?:\w+:)?E2ETraceEvent\b")
_EVENT = re.compile(r"<(?:\w+:)?E2ETraceEvent\b")
_EVENT_END = re.compile(r".*(?:</(?:\w+:)?E2ETraceEvent\s*>|^<(?:\w+:)?E2ETraceEvent\b[^>]*/>)", re.DOTALL)
_ENVELOPE = re.compile(r"<((?:[\w.-]+:)?)Envelope\b")
_NOT_SENT = re.compile(
    r"<((?:[\w.-]+:)?)(To|Action|ReplyTo|MessageID|RelatesTo|From|FaultTo)\b[^>]*/addressing/none[\"'][^>]*?(?:/>|>.*?</\1\2\s*>)",
    re.DOTALL,
)
"""Headers that the log alone has at service level: WCF's own notes of where a message without WS-Addressing goes."""
_NO_TEXT = re.compile(r"(?:\s++|</[^<>]*+>|<!--(?:[^-]|-(?!->))*+-->|\0)*+")
"""What may stand outside the events: the end of a root, too."""
_MOST_ACTIVITIES = 10_000
"""Whose last request is kept for its answer."""
_STATUSES = {status.phrase.replace(" ", ""): status.value for status in HTTPStatus}
_SIDES: dict[str, Direction] = {
    "ServiceLevelSendRequest": "request",
    "ServiceLevelReceiveRequest": "request",
    "ServiceLevelSendReply": "response",
    "ServiceLevelReceiveReply": "response",
}
_HEADS: dict[str, Direction] = {"HttpRequest": "request", "HttpResponse": "response"}


def looks_like(head: bytes) -> bool:
    """Whether the first element is a trace event, in UTF-8 or UTF-16."""
    return bool(_BEGINNING.match(decode_beginning(head, SNIFFED)))


def parse(data: bytes, source: Source) -> Iterator[Item]:
    """The messages logged, ``record 1 request`` …, by the number of their event; other trace events are Skipped.

    An answer has the last request of its activity, as far as one was logged at its level.
    """
    yield from parse_pieces([data], source)


def parse_pieces(pieces: Iterable[bytes], source: Source) -> Iterator[Item]:
    """`parse` of a log that comes in pieces."""
    number = traces = stray = 0
    requests: dict[tuple[str, str], Message] = {}
    for number, (line, text) in enumerate(_split_events(pieces, source.max_size), 1):
        event = _EVENT_END.match(text)
        if event is None and "<TraceRecord" not in text:  # that is no message's record
            yield source.refuse_part(f"record {number}", "truncated: the log ends within this record")
            continue
        if event and not stray and not _NO_TEXT.fullmatch(text, event.end()):
            stray = number
        found = event and _read_event(event[0], source, f"record {number}", line)
        if found is None:
            traces += 1
            continue
        message, key = found
        if message.direction == "request":
            requests[key] = message
            if len(requests) > _MOST_ACTIVITIES:
                del requests[next(iter(requests))]
        elif message.direction == "response" and key[0]:
            message = replace(message, answers=requests.get(key))
        yield message
    if not number:
        yield source.refuse_part("", "a message log of which no record can be read")
    if stray:
        yield source.refuse_part(f"after record {stray}", "text that is in no record", mixed=True)
    if traces:
        yield source.skip_part(f"{traces} records", "trace events without a message")


def _split_events(pieces: Iterable[bytes], max_size: int) -> Iterator[tuple[int, str]]:
    """The events, each with its line. Raises Unreadable where one is larger than what is held."""
    line, held = 1, ""
    for text in _decode_pieces(pieces):
        held += text
        starts = [event.start() for event in _EVENT.finditer(held)]
        for start, end in pairwise([0, *starts]):
            if end > start:
                if _EVENT.match(held, start):
                    yield line, held[start:end]
                line += held.count("\n", start, end)
        held = limit_size(held[starts[-1] :] if starts else held, max_size, "a record ")
    if _EVENT.match(held):
        yield line, held


def _decode_pieces(pieces: Iterable[bytes]) -> Iterator[str]:
    """The text of UTF-8, whose wrong bytes stay what they are, or of UTF-16."""
    rest = iter(pieces)
    first = next(rest, b"")
    wide, all_of_it = find_wide_charset(first), chain([first], rest)
    return iterdecode(all_of_it, wide, "replace") if wide else iterdecode(all_of_it, "utf-8-sig", "surrogateescape")


def _read_event(text: str, source: Source, part: str, line: int) -> tuple[Message, tuple[str, str]] | None:
    """A message, and what tells which request an answer belongs to: the activity, and the level of the log."""
    if "MessageLogTraceRecord" not in text and "Envelope" not in text:  # a log may have millions of such
        return None
    envelope = _ENVELOPE.search(text)
    try:
        root = etree.fromstring(encode_escaped(text), new_parser(huge=True))
    except (etree.XMLSyntaxError, ValueError):
        if "Envelope" not in text:
            return None
        return source.refuse_part(part, "the record is not well-formed XML", mixed=True), ("", "")
    record = root.find(".//{*}MessageLogTraceRecord")
    if record is None:
        return None
    origin = record.get("Source", "")
    head = next(record.iter("{*}HttpRequest", "{*}HttpResponse"), None)
    side = _SIDES.get(origin) or (None if head is None else _HEADS[local(head.tag)])
    http = None if head is None else _read_http(record, head)
    part = f"{part} {side}" if side else part
    correlation = root.find(".//{*}Correlation")
    activity = "" if correlation is None else correlation.get("ActivityID", "")
    activity = activity if activity.strip("{}0-") else ""  # all zeros: nobody propagates any
    if envelope:
        line += text.count("\n", 0, envelope.start())
        end = f"</{envelope[1]}Envelope"
        held = text[envelope.start() : text.rfind(end)] + f"{end}>"
        held = _NOT_SENT.sub(lambda header: "\n" * header[0].count("\n"), held)
        message = Message(encode_escaped(held), source.file, part, side, http, line, mixed=True)
    elif "Envelope" in (held := etree.tostring(record, method="text", encoding="unicode")):  # one that is malformed
        data = encode_escaped(held[max(held.find("<"), 0) :])
        message = Message(data, source.file, part, side, http, None, mixed=True)
    else:
        return None
    level = origin[:9]  # enough to tell "ServiceLevelSendRequest" from "TransportSend": WCF may log a message at both
    return message, (activity, level)


def _read_http(record: etree._Element, head: etree._Element) -> Http | None:
    """The head, where the log has the whole of it: of what is sent it often has a few fields only."""
    fields = head.iterfind(".//{*}WebHeaders/*")
    headers = Headers(tuple([(local(field.tag), field.text or "") for field in fields]))
    if headers.get("Content-Type") is None:
        return None
    if _HEADS[local(head.tag)] == "response":
        status = _STATUSES.get(head.findtext(".//{*}StatusCode") or "")
        return Http(headers, status=status) if status else None
    if headers.get("SOAPAction") is None:
        return None
    method, target = head.findtext(".//{*}Method") or "POST", record.findtext(".//{*}To") or None
    return Http(headers, method=method, target=target)


READER = Reader("WCF message log", ("svclog", "e2e"), looks_like, parse, parse_pieces)
