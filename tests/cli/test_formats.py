"""A new format is one file: here this one."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import TextIO

import pytest

from contracts.report.formats import FORMATS, render_lines
from contracts.report.results import CheckResult

from .running import assert_refused, run


def render_toy(result: CheckResult, stream: TextIO) -> Iterator[str]:
    for verdict in result.verdicts:
        yield f"{verdict.outcome}! {Path(verdict.file).name}"


@pytest.fixture
def message(tmp_path: Path) -> Path:
    path = tmp_path / "message.xml"
    path.write_bytes(run("sample", "Batch.StopBatchJob").stdout_bytes)
    return path


def test_a_format_of_ones_own(message: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_refused(run("check", "--format", "toy", str(message)), "'toy' is none of text, json, ")
    monkeypatch.setitem(FORMATS["check"], "toy", render_toy)
    result = run("check", "--format", "toy", str(message))
    assert (result.exit_code, result.stdout) == (0, "kept! message.xml\n")
    assert "|toy" in "".join(run("check", "--help").stdout.split())


@pytest.mark.parametrize("form", FORMATS["check"])
def test_each_format_of_nothing(form: str) -> None:
    assert all(
        isinstance(line, str) for line in render_lines("check", form, CheckResult("Services85", [], 0), StringIO())
    )
