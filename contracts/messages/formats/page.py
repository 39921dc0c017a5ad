"""A documented page (Markdown) -> its two examples.

A page names its operation in the front matter (``title: Services85.BatchAgent.StopBatchJob SOAP``) and shows two
``xml`` code blocks: the request and the response.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from heapq import merge

from ...files.limits import Unreadable
from ...model import DIRECTIONS, Direction, Message
from ..exchange import read_inside
from ..reader import Item, NoMessage, Reader, Source, shift_line
from .curl import READER as CURL
from .powershell import READER as POWERSHELL
from .raw_http import looks_like as is_raw_http
from .raw_http import parse_http

_FRONT = re.compile(r"\s*---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_TITLE = re.compile(r"^title:[ \t]*([\"']?)(Services\d+)\.(\w+?)Agent\.(\w+)[ \t]+SOAP\1[ \t]*\r?$", re.MULTILINE)
_UID = re.compile(r"^uid:[ \t]*([\"']?)(Services\d+)-(\w+)-(\w+)\1[ \t]*\r?$", re.MULTILINE)
_FENCES = re.compile(r"(```+)([^\n]*)"), re.compile(r"(~~~+)([^\n]*)")
"""Two, as each begins with letters: those are found many times as fast as one of a set."""
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+([^\n]*)")
_ENVELOPE = re.compile(r"<(?:[\w.-]+:)?Envelope\b")
_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:---[ \t]*\r?\n\w+:(?<!interactions:)|# )")
"""Front matter or a heading. A cassette may begin with ``---`` as well, and has interactions next."""
_ANY_FENCE = re.compile(rb"^[ \t]*(?:```|~~~)", re.MULTILINE)
_BODY = re.compile(r"<(?:[\w.-]+:)?Body\b[^>]*>\s*<(?:[\w.-]+:)?([\w.-]+)")
_OF_A_MESSAGE = ("", "xml", "soap", "http", "html", "text", "txt", "plain", "plaintext")
"""What marks a block that is a message, and no program that holds one."""
_LANGUAGES = frozenset(
    """c c# cpp cs csharp delphi f# fsharp go groovy java javascript js jsx kotlin pascal perl php pl py python rb ruby
    rust scala swift ts tsx typescript vb vbnet""".split()  # noqa: SIM905
)
_COMMANDS = (CURL, POWERSHELL)
_NO_PAGE = "a Markdown file without the title of an operation and without an envelope"


@dataclass(frozen=True, slots=True)
class _CodeBlock:
    """A code block: ``info`` is the word that marks it, ``heading`` the last one before it."""

    text: str
    line: int
    info: str
    heading: str


def looks_like(head: bytes) -> bool:
    """Whether a file begins as Markdown does, with front matter or a heading, and has a code block soon after."""
    return bool(_BEGINNING.match(head)) and bool(_ANY_FENCE.search(head))


def parse(data: bytes, source: Source) -> Iterator[Item]:
    """The examples of a page, marked as documented.

    Which side one is, the heading above it says, else its place. Any other Markdown file gives its blocks that hold
    an envelope (``block 1`` …). Raises NoMessage where there are none, Unreadable for what is no text.
    """
    text = _decode_page(data)
    front = _FRONT.match(text)
    match = front and (_TITLE.search(front[1]) or _UID.search(front[1]))
    title = (match[2], match[3], match[4]) if match else None
    blocks = [b for b in _find_blocks(text) if _ENVELOPE.search(b.text) or (title and b.info == "xml" and b.text)]
    if not blocks:
        what = f"the page of {'.'.join(title)} without an example" if title else _NO_PAGE
        raise NoMessage(what, certain=True)
    # Without a title two examples are a pair only if they look like one: there are pages with two requests.
    paired = len(blocks) == 2 and (title is not None or _is_answer(blocks[1]) > _is_answer(blocks[0]))
    parts: Counter[str] = Counter()
    for number, block in enumerate(blocks, 1):
        side = _find_side(block, number if paired else 0) if title or paired else None
        part = side or f"block {number}"
        parts[part] += 1
        part = part if parts[part] == 1 else f"{part} {parts[part]}"
        yield from _read_block(block, source, part, side, title)


def _read_block(
    block: _CodeBlock, source: Source, part: str, side: Direction | None, title: tuple[str, str, str] | None
) -> Iterator[Item]:
    data = block.text.encode()
    command = next((each for each in _COMMANDS if each.looks_like(data)), None)
    if block.info == "xml" and "<" not in block.text:  # [!include …]
        yield source.skip_part(part, "the example lies in another file")
    elif is_raw_http(data):
        message = parse_http(data, file=source.file, part=part, max_size=source.max_size)
        yield shift_line(replace(message, documented=True, title=title), block.line - 1)
    elif command:
        yield from read_inside(command, block.text, source, part, block.line)
    elif block.info in _OF_A_MESSAGE or block.text.startswith("<"):
        yield Message(data, source.file, part, side, None, block.line, documented=True, title=title)
    elif block.info in _LANGUAGES:
        yield source.skip_part(part, f"an example in {block.info}")
    else:
        yield source.refuse_part(part, "speaks of an envelope, and is of no form that is read", side)


def _is_answer(block: _CodeBlock) -> bool:
    body = _BODY.search(block.text)
    return bool(body) and body[1].endswith(("Response", "Fault"))  # type: ignore[index]  # it is there


def _find_side(block: _CodeBlock, place: int) -> Direction | None:
    """By the heading above, else by the ``place`` of the block, 1 or 2 (0: that says nothing)."""
    said = block.heading.lower()
    for side in DIRECTIONS:
        if side in said and not (side == "request" and "response" in said):  # "Response to the request"
            return side
    return DIRECTIONS[place - 1] if place else None


def _decode_page(data: bytes) -> str:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as bad:
        line = data.count(b"\n", 0, bad.start) + 1
        raise Unreadable(f"not {encoding[:6].upper().rstrip('-')} text: {bad.reason} on line {line}") from None


def _find_blocks(text: str) -> Iterator[_CodeBlock]:
    """The code blocks, by CommonMark's rules for fences: a block left open ends with the file."""
    opened: re.Match[str] | None = None
    line, counted, after, heading = 1, 0, 0, ""
    for fence in merge(*(mark.finditer(text) for mark in _FENCES), key=re.Match.start):
        start = text.rfind("\n", 0, fence.start()) + 1
        line, counted = line + text.count("\n", counted, start), start
        if text[start : fence.start()].strip(" \t"):
            continue
        if opened is None and (fence[1][0] == "~" or "`" not in fence[2]):
            rows = reversed(text[after:start].split("\n"))
            heading = next((found[1] for row in rows if (found := _HEADING.match(row))), heading)
            opened, begun, indent, after = fence, line + 1, fence.start() - start, fence.end() + 1
        elif opened is not None and fence[1].startswith(opened[1]) and not fence[2].strip():
            yield _cut_block(text[after:start], indent, opened[2], begun, heading)
            opened, after = None, fence.end()
    if opened is not None:
        yield _cut_block(text[after:], indent, opened[2], begun, heading)


def _cut_block(text: str, indent: int, said: str, line: int, heading: str) -> _CodeBlock:
    if indent:
        text = re.sub(rf"^[ \t]{{1,{indent}}}", "", text, flags=re.MULTILINE)
    lead = len(text) - len(text.lstrip())  # an XML declaration has to be the very first
    info = next(iter(said.lower().split()), "")
    return _CodeBlock(text[lead:], line + text.count("\n", 0, lead), info, heading)


READER = Reader("page", ("md", "mdx", "markdown"), looks_like, parse)
