"""A format of one's own is one module with a row: here queue dumps, a line of a head and an envelope each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.cli.main import main
from contracts.messages.formats import READERS
from contracts.messages.reader import Reader, Source
from contracts.model import Message
from tests.helpers.messages import STOP


def parse(data: bytes, source: Source) -> Iterator[Message]:
    for number, line in enumerate(data.splitlines()[1:], 1):
        yield Message(line, source.file, f"message {number}", line=number + 1)


QUEUE = Reader("queue dump", ("queue",), lambda head: head.startswith(b"QUEUE 1\n"), parse)


@pytest.mark.parametrize("name", ["a.queue", "a.txt", "a.xml", "a"])
def test_a_reader_is_a_row(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("contracts.messages.formats.READERS", [*READERS, QUEUE])
    good = STOP.replace("\n", " ")
    (tmp_path / name).write_text(f"QUEUE 1\n{good}\n{good.replace('Id>', 'id>')}\n")
    assert main(["check", "--format", "json", str(tmp_path)]) == 1
    kept, broken = json.loads(capsys.readouterr().out)["verdicts"]
    assert (kept["part"], kept["verdict"]) == ("message 1", "kept")
    assert (broken["part"], broken["violations"][0]["rule"]) == ("message 2", "body-case")
    assert broken["violations"][0]["line"] == 3
