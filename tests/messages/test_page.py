"""Documented pages."""

from __future__ import annotations

import pytest

from contracts.files.limits import Unreadable
from contracts.messages import Skipped
from contracts.messages.formats import page
from contracts.messages.reader import NoMessage, Source
from contracts.model import Message
from tests.helpers.shared import needs_shared, shared

FRONT = "---\ntitle: Services85.BatchAgent.StopBatchJob SOAP\nuid: Services85-Batch-StopBatchJob\n---\n\n"
ASKED = "<?xml version='1.0'?>\n<s:Envelope>ask</s:Envelope>\n"
ANSWERED = "<s:Envelope>answer</s:Envelope>\n"
PAGE = f"{FRONT}## Request\n\n```xml\n{ASKED}```\n\n## Response\n\n```xml\n{ANSWERED}\n```\n"
TITLE = ("Services85", "Batch", "StopBatchJob")


def read(text: str | bytes) -> list[Message]:
    found = page.parse(text.encode() if isinstance(text, str) else text, Source("p.md"))
    return [one for one in found if isinstance(one, Message)]


def test_page() -> None:
    asked, answered = read(PAGE)
    assert (asked.part, asked.direction, asked.line, asked.title) == ("request", "request", 9, TITLE)
    assert (answered.part, answered.direction, answered.line, answered.title) == ("response", "response", 16, TITLE)
    assert asked.data == ASKED.encode()
    assert asked.documented and answered.documented
    assert PAGE.splitlines()[asked.line - 1] == ASKED.splitlines()[0]
    assert PAGE.splitlines()[answered.line - 1] == ANSWERED.splitlines()[0]


@pytest.mark.parametrize(
    "text",
    [
        PAGE.replace("```", "~~~~"),
        PAGE.replace("```xml", "  ````` xml ", 1).replace("```\n", "  ``````\n", 1),
        PAGE.replace("```xml", "```XML"),
        PAGE.replace("title: Services85.BatchAgent.StopBatchJob SOAP\n", ""),
        PAGE.replace(
            "title: Services85.BatchAgent.StopBatchJob SOAP", 'title: "Services85.BatchAgent.StopBatchJob SOAP"'
        ),
        PAGE.replace("## Request", "```csharp\n```xml\n var x = 1;\n```\n"),
        PAGE.replace("## Request", "~~~\n```xml\n<a/>\n```\n~~~"),
        PAGE.replace("```xml\n<?xml", "```xml\n\n  \n<?xml"),
        PAGE.removesuffix("```\n"),
        "\ufeff" + PAGE,
    ],
)
def test_ways_to_write_it(text: str) -> None:
    asked, answered = read(text)
    assert (asked.title, answered.title) == (TITLE, TITLE)
    assert asked.data.startswith(b"<?xml") and b"ask" in asked.data
    assert b"answer" in answered.data and b"`" not in answered.data
    lines = text.splitlines()
    assert asked.line and lines[asked.line - 1] == "<?xml version='1.0'?>"
    assert answered.line and lines[answered.line - 1] == ANSWERED.strip()


def test_other_line_ends_and_encodings() -> None:
    crlf = PAGE.replace("\n", "\r\n")
    for data in (crlf.encode(), crlf.encode("utf-16"), crlf.encode("utf-8-sig")):
        asked, answered = read(data)
        assert (asked.line, answered.line, asked.title) == (9, 16, TITLE)
        assert asked.data == ASKED.replace("\n", "\r\n").encode()


def test_indented_blocks_lose_their_indentation() -> None:
    text = FRONT + "* one\n\n    ```xml\n    <a>\n      <b/>\n    </a>\n    ```\n\n```xml\n<c/>\n```\n"
    assert read(text)[0].data == b"<a>\n  <b/>\n</a>\n"


BLOCK = f"```xml\n{ASKED}```\n"
HTTP = f"```http\nPOST /x.svc HTTP/1.1\nSOAPAction: a\n\n{ASKED}```\n"


@pytest.mark.parametrize(
    ("blocks", "parts"),
    [
        (f"## Request\n{BLOCK}", ["request"]),
        (f"## Response\n{BLOCK}", ["response"]),
        (f"## SOAP Request\n{BLOCK}\nor\n{BLOCK}## SOAP Response\n{BLOCK}", ["request", "request 2", "response"]),
        (f"## Request\n{BLOCK}## Another request\n{BLOCK}", ["request", "request 2"]),
        (BLOCK * 2, ["request", "response"]),
        (BLOCK * 3, ["block 1", "block 2", "block 3"]),
        (BLOCK.replace("```xml", "```soap") + BLOCK.replace("```xml", "```"), ["request", "response"]),
        (f"```json\n{{}}\n```\n{BLOCK}```csharp\nvar x = 1;\n```\n{BLOCK}", ["request", "response"]),
        (f"```xml\n```\n{BLOCK * 2}", ["request", "response"]),
        (f"{HTTP}{BLOCK}", ["request", "response"]),
    ],
)
def test_which_side_an_example_is(blocks: str, parts: list[str]) -> None:
    found = read(FRONT + blocks)
    assert [one.part for one in found] == parts
    for one in found:
        assert one.direction == (one.part.split()[0] if "block" not in one.part else None)
        assert one.data == ASKED.encode() and one.title == TITLE
        assert one.line and (FRONT + blocks).splitlines()[one.line - 1] == ASKED.splitlines()[0]


def test_an_example_in_another_file() -> None:
    included = "## Request\n```xml\n[!include[x](../includes/x.xml)]\n```\n"
    found = list(page.parse((FRONT + included + f"## Response\n{BLOCK}").encode(), Source("p.md")))
    assert [type(one) for one in found] == [Skipped, Message]


@pytest.mark.parametrize(
    "text", [FRONT, FRONT + "```json\n{}\n```\n", FRONT + "```xml\n\n```\n", "# About\nversion: 1\n"]
)
def test_a_page_without_examples(text: str) -> None:
    with pytest.raises(NoMessage):
        read(text)


def test_other_markdown() -> None:
    for text in ("# Read me\n", "# Read me\n```xml\n<project/>\n```\n", "---\ntitle: Something\n---\n"):
        with pytest.raises(NoMessage):
            read(text)
    [only] = read(f"# Notes\n```xml\n{ASKED}```\n```xml\n<project/>\n```\n")
    assert (only.part, only.direction, only.title, only.line) == ("block 1", None, None, 3)


def test_not_text() -> None:
    with pytest.raises(Unreadable, match=r"not UTF-8 text: .* on line 7"):
        read(PAGE.encode().replace(b"## Request", b"\n## R\xe9quest"))


@needs_shared
def test_published_pages() -> None:
    pages = [file for file in sorted((shared() / "vendor").rglob("*.md")) if file.name != "README.md"]
    assert len(pages) > 200
    for file in pages:
        asked, answered = read(file.read_bytes())
        assert asked.title and (asked.title[0], asked.title[1]) == (file.parts[-3], file.parts[-2])
        assert asked.title[2] in file.stem
        lines = file.read_bytes().split(b"\n")
        for found in (asked, answered):
            assert found.line and lines[found.line - 1] == found.data.split(b"\n")[0]
            assert found.data.rstrip().endswith(b"Envelope>")
