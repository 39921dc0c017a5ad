"""Raw HTTP messages, one or several in a file: start line, header fields, blank line, body.

Both CRLF and LF end a line, the target is a path or an absolute URL. Editors leave their marks on such files (a final
newline, other line ends, comments before the request): what they do is understood, anything else that contradicts
Content-Length is a problem. What editors' request files have beyond that is `http_file`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ...files.limits import Unreadable, current_limits, limit_size
from ...model import Headers, Http, Message
from ..coding import is_text, join_chunks, list_codings, unpack_body
from ..exchange import LOGIN_STEP, is_bare, is_login_step
from ..reader import Item, Reader, Skipped, Source
from .envelope import DESCRIPTIONS, find_root, is_xml

_MAX_HEAD = 256 * 1024
_MAX_INTERIM = 100
_LEAD = re.compile(rb"(?:\xef\xbb\xbf)?(?:(?:#|//)[^\n]*+\n|\r?\n)*+")
"""What may stand before a head: blank lines, and the comments and ``###`` of editors' request files."""
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_STATUS = re.compile(r"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?:[ \t]+(.*))?")
_METHOD = re.compile(_TOKEN)
_VERSION = re.compile(r"HTTP/\d(?:\.\d)?")
_FIELD = re.compile(rf"({_TOKEN})[ \t]*:(.*)", re.DOTALL)
_LENGTH = re.compile(r"[0-9]{1,18}")
_BEGINNING = re.compile(rb"HTTP/\d|[A-Z]{3,10} (?:/|https?://)\S*[ \t]*(?:HTTP/\d|\r?\n)")
_BETWEEN = re.compile(rb"\s*+(?:#[^\n]{0,200}\n\s*+)*+")
"""What may stand between a message and the next one's head: blank lines, a separator."""
_ENVELOPE_END = re.compile(rb"Envelope\s*+>\s*+(?:0\s++)?")
"""The end of an envelope, and of the last chunk."""
EDITORS = re.compile(
    rb"^(?:###|@[\w.-]+[ \t]*=|(?:#|//)[ \t]*@\w|[<>][ \t]*\{%|<(?:@[\w-]*)?[ \t]+[\w./~\\]"
    rb"|(?:>>!?|<>)[ \t]+\S|[A-Z]{3,10}[ \t]+\{\{)",
    re.MULTILINE,
)
"""Lines that only editors' request files have: separators, variables, scripts, other files to read and to write."""
_MEASURED = re.compile(rb"^(?:HTTP/\d|content-length[ \t]*:)", re.MULTILINE | re.IGNORECASE)


def looks_like(head: bytes) -> bool:
    """Whether the beginning of a file is that of a raw HTTP message."""
    return _begins(head) and not EDITORS.search(head) and not has_placeholders(head)


def has_placeholders(head: bytes) -> bool:
    """Whether it is a request that was never sent: placeholders are in it, and no length."""
    return b"{{" in head and _begins(head) and not _MEASURED.search(head)


def _begins(head: bytes) -> bool:
    return _BEGINNING.match(head, _skip_pattern(_LEAD, head, 0)) is not None


def parse(data: bytes, source: Source) -> Iterator[Item]:
    """The messages, ``request 1``, ``response 1`` … where there are several; Skipped what was never meant as SOAP."""
    held: Item | None = None
    for found in _parse_each(data, source):
        is_step = isinstance(found, Skipped) and found.why == LOGIN_STEP
        # Clients send the first steps of a login without the body.
        if held is not None and not (is_step and isinstance(held, Message) and not held.data.strip()):
            yield held
        held = found
    if held is not None:
        yield held


def _parse_each(data: bytes, source: Source) -> Iterator[Item]:
    pieces = list(_split_messages(data))
    number, lines, before = 0, 0, 0
    asked: Item | None = None
    for start, end in pieces:
        lines, before = lines + data.count(b"\n", before, start), start  # once for all: there may be thousands
        message = parse_http(data[start:end], file=source.file, max_size=source.max_size)
        if message.line is not None:
            message = replace(message, line=message.line + lines)
        if len(pieces) == 1:
            yield skip_others(message, source)
            return
        answers = asked if message.direction == "response" else None
        number += answers is None
        message = replace(message, part=f"{message.direction or 'message'} {number}", mixed=True)
        if isinstance(answers, Skipped):
            yield replace(answers, part=message.part)
            continue
        found = skip_others(replace(message, answers=answers), source)
        asked = found if message.direction == "request" else None
        yield found


def skip_others(message: Message, source: Source) -> Item:
    """The message, or why it was never meant as SOAP."""
    http, why = message.http, ""
    if http is None:
        return message
    if is_bare(message):
        why = f"{http.method} carries no SOAP message"
    elif is_tunnel(http):
        why = "a proxy's tunnel, no SOAP message"
    elif message.answers is not None and is_login_step(message.answers, message):
        why = LOGIN_STEP
    elif not source.named and http.status and (find_root(message.data) or ("", ""))[1] in DESCRIPTIONS:
        why = "a description of a service, no SOAP message"
    return source.skip_part(message.part, why) if why else message


def _split_messages(data: bytes) -> Iterator[tuple[int, int]]:
    """Where each message begins and ends; one that cannot be measured goes on to the end."""
    at = 0
    while at < len(data):
        try:
            end = _find_end(data, at)
        except Unreadable:
            end = len(data)
        yield at, end
        at = _find_head(data, end) or len(data)


def _find_end(data: bytes, at: int) -> int:
    """Where the message ends that begins there: by its Content-Length, if another head follows; else by its envelope.

    Editors change what they save, so that a Content-Length alone proves little.
    """
    http, body = _read_last_head(data, at)
    said = http.headers.get("Content-Length") or ""
    measured = body + int(said) if _LENGTH.fullmatch(said) else body
    if _find_head(data, measured):
        return measured
    second = _find_second(data, body)
    return second[0] if second else len(data)


def _find_head(data: bytes, at: int) -> int | None:
    """Where the next message's head begins, after what may stand between two."""
    begin = _skip_pattern(_BETWEEN, data, at)
    return begin if _BEGINNING.match(data, begin) else None


def _find_second(data: bytes, at: int) -> tuple[int, int] | None:
    """The end of the first envelope that another head follows, and where that begins; None where none does.

    What was looked over once, comments that quote envelopes as well, is not looked over again.
    """
    while found := _ENVELOPE_END.search(data, at):
        at = _skip_pattern(_BETWEEN, data, found.end())
        if _BEGINNING.match(data, at):
            return found.end(), at
    return None


def parse_http(data: bytes, *, file: str = "", part: str = "", max_size: int | None = None) -> Message:
    """The message that the bytes hold; the responses that only led to it (`_is_interim`) are passed over.

    ``line`` is where the body begins, None where codings leave no relation between its lines and the file's.
    What cannot be read as HTTP is a message with a ``problem``; nothing is raised.
    """
    max_size = max_size or current_limits().bytes
    try:
        http, at = _read_last_head(data, 0)
        body, line = _read_body(http, data, at, max_size)
    except Unreadable as bad:
        return Message(b"", file, part, line=None, problem=str(bad))
    return Message(body, file, part, "request" if http.method else "response", http, line)


def _skip_pattern(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    """Where that ends which the pattern finds there; it may find nothing."""
    found = pattern.match(data, at)
    return found.end() if found else at


def _line_at(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


def is_tunnel(http: Http) -> bool:
    """Whether this opens a proxy's tunnel: the request, or the answer to it."""
    return http.method == "CONNECT" or (http.status == 200 and http.reason.lower() == "connection established")


def _is_interim(http: Http) -> bool:
    """Whether a response is none to the request itself: ``100 Continue``, a redirect, a log-in, a proxy's tunnel."""
    status = http.status
    return status is not None and (status < 200 or 300 <= status < 400 or status in (401, 407) or is_tunnel(http))


def _read_last_head(data: bytes, at: int) -> tuple[Http, int]:
    """The head of the message that begins there, and where its body does; after the responses that only led to it."""
    http, body = _read_head(data, _skip_pattern(_LEAD, data, at))
    for _ in range(_MAX_INTERIM):
        if not _is_interim(http) or not data.startswith(b"HTTP/", body):
            break
        http, body = _read_head(data, body)
    return http, body


def _read_head(data: bytes, start: int) -> tuple[Http, int]:
    """The head that starts there, and where its body does."""
    end = _HEAD_END.search(data, start, start + _MAX_HEAD)
    if not end and len(data) - start > _MAX_HEAD:
        raise Unreadable(f"no blank line ends the HTTP head within {_MAX_HEAD // 1024} KiB")
    lines = data[start : end.start() if end else len(data)].decode("latin-1").split("\n")
    if not any(line.strip() for line in lines):
        raise Unreadable("empty: there is no HTTP head")
    headers = Headers(_read_fields(lines[1:], data, start))
    opening = lines[0].strip()
    after = end.end() if end else len(data)
    if status := _STATUS.fullmatch(opening):
        return Http(headers, status=int(status[1]), reason=status[2] or ""), after
    method, *words = opening.split()
    if words and _VERSION.fullmatch(words[-1]):
        words.pop()
    if words and _METHOD.fullmatch(method):
        return Http(headers, method=method, target=" ".join(words)), after
    line = _line_at(data, start)
    raise Unreadable(f"line {line} is neither an HTTP request line nor a status line: {opening[:60]!r}")


def _read_fields(lines: list[str], data: bytes, start: int) -> tuple[tuple[str, str], ...]:
    """The fields of the head that starts there, after its first line."""
    fields: list[tuple[str, str]] = []
    for number, line in enumerate(lines, 1):
        line = line.rstrip("\r")
        if line[:1] in (" ", "\t") and fields:  # a folded line continues the field before it
            name, value = fields[-1]
            fields[-1] = name, f"{value} {line.strip()}".strip()
        elif field := _FIELD.fullmatch(line):
            fields.append((field[1], field[2].strip(" \t")))
        elif line.strip():
            at = _line_at(data, start) + number
            raise Unreadable(f"line {at} is no HTTP header field; is the blank line after the head missing?")
    return tuple(fields)


def _read_body(http: Http, data: bytes, at: int, max_size: int) -> tuple[bytes, int | None]:
    """The body that begins there, its codings undone, and its line; None where its lines are not those of the file."""
    line: int | None = _line_at(data, at)
    if second := _find_second(data, at):
        begins = _line_at(data, second[1])
        raise Unreadable(f"a second HTTP message begins in line {begins}: put each into a file of its own")
    if _is_decoded(http, data[at:]):
        return limit_size(data[at:], max_size, "the body has "), line
    transfer = list_codings(http.headers.get_all("Transfer-Encoding"))
    if transfer and transfer[-1] == "chunked":
        body, chunks = join_chunks(data[at:])
        line = line + 1 if line and chunks == 1 else None  # the chunk's size has a line of its own
        transfer.pop()
    elif transfer:
        raise Unreadable(f"Transfer-Encoding '{transfer[-1][:40]}' is not known")
    else:
        body = _cut_to_length(http, data[at:], head_has_crlf=data.rfind(b"\r\n", 0, at) >= 0)
    body = limit_size(body, max_size, "the body has ")
    applied = list_codings(http.headers.get_all("Content-Encoding")) + transfer
    return (unpack_body(body, applied, max_size), None) if applied and body else (body, line)


def _is_decoded(http: Http, rest: bytes) -> bool:
    """Whether the codings that the head names were undone by the tool that saved it, as ``curl -i`` does."""
    coded = http.headers.get_all("Content-Encoding") + http.headers.get_all("Transfer-Encoding")
    return bool(list_codings(coded)) and is_xml(rest[:64]) and is_text(rest)


def _cut_to_length(http: Http, rest: bytes, *, head_has_crlf: bool) -> bytes:
    """The body by its Content-Length; what editors do to line ends and at the end of a file is let pass."""
    said = {value.strip() for field in http.headers.get_all("Content-Length") for value in field.split(",")}
    if not said:
        return rest if rest.strip() else b""
    if len(said) > 1:
        raise Unreadable(f"Content-Length contradicts itself: {', '.join(sorted(said))[:60]}")
    text = said.pop()
    if not _LENGTH.fullmatch(text):
        raise Unreadable(f"Content-Length {text[:40]!r} is no number of bytes")
    length, have, crlf = int(text), len(rest), rest.count(b"\r\n")
    if have >= length and not rest[length:].strip():
        return rest[:length]
    # An editor that saves with other line ends adds or takes a byte a line, of any number of the lines.
    lf_became_crlf = crlf and have - crlf <= length < have
    crlf_became_lf = not crlf and not head_has_crlf and have < length <= have + rest.count(b"\n")
    if lf_became_crlf or crlf_became_lf:
        return rest
    if have < length:
        raise Unreadable(f"truncated: Content-Length says {length} bytes, {have} are here")
    raise Unreadable(f"Content-Length says {length} bytes, but {have} follow the head: correct it, or leave it out")


READER = Reader("raw HTTP", ("http",), looks_like, parse)
