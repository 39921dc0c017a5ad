"""A documented page (Markdown) -> its two examples.

A page names its operation in the front matter (``title: Services85.BatchAgent.StopBatchJob SOAP``) and shows two
``xml`` code blocks: the request and the response.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...files.limits import Unreadable
from ...model import Direction, Message
from ..reader import NoMessage, Reader, Source

_FRONT = re.compile(r"\s*---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_TITLE = re.compile(r"^title:[ \t]*([\"']?)(Services\d+)\.(\w+?)Agent\.(\w+)[ \t]+SOAP\1[ \t]*\r?$", re.MULTILINE)
_UID = re.compile(r"^uid:[ \t]*([\"']?)(Services\d+)-(\w+)-(\w+)\1[ \t]*\r?$", re.MULTILINE)
_FENCE = re.compile(r"^([ \t]*)(`{3,}|~{3,})([^\n]*)$", re.MULTILINE)
_ENVELOPE = re.compile(r"<(?:[\w.-]+:)?Envelope\b")
_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:---[ \t]*\r?\n\w+:(?<!interactions:)|# )")
_ANY_FENCE = re.compile(rb"^[ \t]*(?:```|~~~)", re.MULTILINE)
_DIRECTIONS: tuple[Direction, Direction] = ("request", "response")


@dataclass(frozen=True, slots=True)
class _Block:
    text: str
    line: int


def looks_like(head: bytes) -> bool:
    """Whether a file begins as Markdown does, with front matter or a heading, and has a code block soon after."""
    return bool(_BEGINNING.match(head)) and bool(_ANY_FENCE.search(head))


def parse(data: bytes, source: Source) -> Iterator[Message]:
    """The examples of a page, marked as documented.

    Any other Markdown file gives its ``xml`` blocks that hold an envelope (``block 1`` …), or raises NoMessage where
    it has none. Raises Unreadable for a page that does not have two blocks, or for what is no text.
    """
    text = _decode(data)
    front = _FRONT.match(text)
    match = front and (_TITLE.search(front[1]) or _UID.search(front[1]))
    title = (match[2], match[3], match[4]) if match else None
    blocks = list(_find_blocks(text))
    if title is None:
        blocks = [block for block in blocks if _ENVELOPE.search(block.text)]
        if not blocks:
            raise NoMessage("a Markdown file without the title of an operation and without an envelope", certain=True)
    elif len(blocks) != 2:
        name = ".".join(title)
        raise Unreadable(f"the page of {name} has {len(blocks)} xml blocks, not two (a request and a response)")
    if len(blocks) == 2:
        for direction, block in zip(_DIRECTIONS, blocks, strict=True):
            yield Message(block.text.encode(), source.file, direction, direction, None, block.line, True, title)
    else:
        for number, block in enumerate(blocks, 1):
            yield Message(block.text.encode(), source.file, f"block {number}", None, None, block.line, True)


def _decode(data: bytes) -> str:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as bad:
        line = data.count(b"\n", 0, bad.start) + 1
        raise Unreadable(f"not {encoding[:6].upper().rstrip('-')} text: {bad.reason} on line {line}") from None


def _find_blocks(text: str) -> Iterator[_Block]:
    """The code blocks marked xml, by CommonMark's rules for fences: a block left open ends with the file."""
    opened: re.Match[str] | None = None
    line, counted = 1, 0
    for fence in _FENCE.finditer(text):
        if opened is None:
            if fence[2][0] == "~" or "`" not in fence[3]:
                opened = fence
            continue
        if fence[2][0] == opened[2][0] and len(fence[2]) >= len(opened[2]) and not fence[3].strip():
            line, counted = line + text.count("\n", counted, opened.end()), opened.end()
            yield from _cut_block(text[opened.end() + 1 : fence.start()], opened, line + 1)
            opened = None
    if opened is not None:
        line += text.count("\n", counted, opened.end())
        yield from _cut_block(text[opened.end() + 1 :], opened, line + 1)


def _cut_block(text: str, fence: re.Match[str], line: int) -> Iterator[_Block]:
    if fence[3].split()[:1] not in (["xml"], ["XML"]):
        return
    if indent := len(fence[1]):
        text = re.sub(rf"^[ \t]{{1,{indent}}}", "", text, flags=re.MULTILINE)
    lead = len(text) - len(text.lstrip())  # an XML declaration has to be the very first
    yield _Block(text[lead:], line + text.count("\n", 0, lead))


READER = Reader("page", ("md",), looks_like, parse)
