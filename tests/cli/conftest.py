"""A command as a test of it calls it: in this process, in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.cli.main import main

from .running import Run


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        status = main(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call
