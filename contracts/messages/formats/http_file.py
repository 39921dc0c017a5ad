"""Request files of VS Code's REST Client and of JetBrains: ``###`` between requests, ``@name = value``, ``{{name}}``.

Sources: https://github.com/Huachao/vscode-restclient and https://www.jetbrains.com/help/idea/exploring-http-syntax.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from ...files.limits import Unreadable
from ...model import Message
from ..exchange import read_inside
from ..reader import Item, NoMessage, Reader, Source, shift_line
from ..stored import decode_escaped, encode_escaped, fill_placeholders, load_beside, name_part, read_beside
from .curl import READER as CURL
from .envelope import is_xml
from .raw_http import EDITORS, has_placeholders, parse_http, skip_others

_REQUEST = re.compile(rb"^(?:[A-Z]{3,10}[ \t]+)?(?:/|https?://|\{\{)\S|^HTTP/\d", re.MULTILINE)
_SEPARATOR = re.compile(r"^###[^\n]*(?:\n|\Z)", re.MULTILINE)
_NAME = re.compile(r"^(?:###|(?:#|//)[ \t]*@name[ \t=]+)[ \t]*(\S[^\n]*)", re.MULTILINE)
_VARIABLE = re.compile(r"^@([\w.-]+)[ \t]*=[ \t]*([^\n]*?)[ \t\r]*$", re.MULTILINE)
_SCRIPT = re.compile(r"^[<>][ \t]*\{%.*?%\}[ \t\r]*$", re.MULTILINE | re.DOTALL)
_AFTERWARDS = re.compile(r"^(?:>>?!?|<>)[ \t]+[^\n]*$", re.MULTILINE)
"""What JetBrains does with the answer: a script in a file, a file to write it to, one that was written."""
_OTHER_FILE = re.compile(r"<(?:@[\w-]*)?[ \t]+(\S[^\n]*?)\s*")


def looks_like(head: bytes) -> bool:
    """Whether there are both requests and lines that only these files have; or a request with placeholders."""
    begins_as_xml = is_xml(head) and not EDITORS.match(head)
    return bool((EDITORS.search(head) and _REQUEST.search(head)) or has_placeholders(head)) and not begins_as_xml


def parse(data: bytes, source: Source) -> Iterator[Item]:
    """The messages by their names, or ``request 2``; ``{{name}}`` is replaced where the file says by what, or the one
    environment of JetBrains' environment files beside it."""
    text = decode_escaped(data)
    values = _read_environment(source) | {found[1]: found[2] for found in _VARIABLE.finditer(text)}
    starts = [0, *(found.start() for found in _SEPARATOR.finditer(text) if found.start())]
    found, above = [], 0  # the blocks with a request, and how many lines are above each
    for start, end in pairwise([*starts, len(text)]):
        if _holds_request(block := text[start:end]):
            found.append((above, block))
        above += block.count("\n")
    if not found:
        raise NoMessage("no request in it")
    for number, (above, block) in enumerate(found, 1):
        name = _NAME.search(block)
        part = "" if len(found) == 1 else (name_part(name[1]) if name else f"request {number}")
        if CURL.looks_like(encode_escaped(block)):
            yield from read_inside(CURL, fill_placeholders(block, values), source, part, above + 1)
            continue
        message = replace(_read_block(block, source, values), part=part, mixed=len(found) > 1)
        yield shift_line(skip_others(message, source), above)


def _holds_request(block: str) -> bool:
    """A request, or a curl command in the place of one."""
    data = encode_escaped(block)
    return bool(_REQUEST.search(data) or CURL.looks_like(data))


def _read_environment(source: Source) -> dict[str, str]:
    """What ``http-client.env.json`` and its private part say of an environment, where there is only one."""
    values: dict[str, dict[str, str]] = {}
    for held in load_beside(source, "http-client*.env.json"):
        for name, given in held.items():
            texts = {key: str(value) for key, value in given.items()} if isinstance(given, dict) else {}
            values.setdefault(name, {}).update(texts)
    return next(iter(values.values())) if len(values) == 1 else {}


def _read_block(block: str, source: Source, values: dict[str, str]) -> Message:
    head, body, line = _split_block(_SCRIPT.sub(lambda script: "\n" * script[0].count("\n"), block))
    unread = ""
    if other := _OTHER_FILE.fullmatch(body):
        try:
            body, line = decode_escaped(read_beside(source, other[1])), None
        except Unreadable as bad:  # where it was to go, tells whether that matters
            body, unread = "", str(bad)
    filled = fill_placeholders("\r\n".join(head) + "\r\n\r\n" + body, values)
    message = parse_http(encode_escaped(filled), file=source.file, max_size=source.max_size)
    if unread:
        return replace(message, line=None, problem=unread)
    return message if message.line is None else replace(message, line=line)


def _split_block(block: str) -> tuple[list[str], str, int | None]:
    """The lines of the head, without comments; the body; the line of the block on which that begins."""
    head: list[str] = []
    lines = iter(block.splitlines(keepends=True))
    for line in lines:
        plain = line.strip()
        if not plain and head:
            break
        if line[:1] in (" ", "\t") and plain[:1] in ("?", "&") and len(head) == 1:
            head[0] += plain  # a long address, over several lines
        elif plain and not plain.startswith(("#", "//", "@")):
            head.append(plain)
    if head and "://" in head[0].split(maxsplit=1)[0]:
        head[0] = f"GET {head[0]}"
    rest = "".join(lines)
    body = _AFTERWARDS.sub("", rest)
    lead = block[: len(block) - len(rest)] + body[: len(body) - len(body.lstrip())]
    return head, body.strip(), lead.count("\n") + 1


READER = Reader("HTTP request file", ("rest",), looks_like, parse)
