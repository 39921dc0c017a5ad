"""`services85 rules` and `services85 explain`."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import pytest

from contracts.cli.rules import EXAMPLES

from .running import Run


def test_rules_and_explain(run: Run) -> None:
    status, out, _ = run("rules")
    assert status == 0 and "body-parameter-missing" in out and "member-added" in out
    rows: list[dict[str, Any]] = json.loads(run("rules", "--format", "json")[1])
    assert {r["kind"] for r in rows} == {"violation", "note", "change"}
    for row in rows:
        status, out, _ = run("explain", row["rule"])
        assert status == 0 and out.startswith(row["rule"] + "\n")
        first, second = ("before:", "after:") if row["kind"] == "change" else ("breaks it:", "keeps it:")
        assert first in out and second in out, row["rule"]
        room, checked = ("diff", "found") if row["kind"] == "change" else ("rules", "checked")
        assert re.search(rf"^  {checked} +contracts/{room}/\w+\.py:\d+", out, re.MULTILINE), row["rule"]
    status, _, err = run("explain", "body-cas")
    assert status == 2 and "did you mean body-case?" in err


def test_explain_a_deviation(run: Run) -> None:
    status, out, _ = run("explain", "page-soap-12")
    assert status == 0 and "excuses    envelope-version at /Envelope\n" in out and "deviations.toml" in out
    assert "did you mean page-soap-12?" in run("explain", "page-soap-11")[2]


def test_the_examples_are_what_explain_shows(run: Run) -> None:
    _, out, _ = run("explain", "body-case")
    bad = next((EXAMPLES / "body-case").glob("bad-*"))
    assert bad.name in out and bad.read_text().splitlines()[-1].strip() in out


def test_explain_shows_two_examples_that_differ_little_and_names_the_others(run: Run) -> None:
    _, out, _ = run("explain", "body-case")
    assert out.count("<s:Envelope") == 1 and len(out.splitlines()) < 40
    assert "  -       <b:Username>tt</b:Username>\n  +       <b:UserName>tt</b:UserName>\n" in out
    assert all(path.name in out for path in (EXAMPLES / "body-case").iterdir())


@pytest.mark.parametrize("columns", [40, 80])
def test_rules_are_a_line_each_and_filled_on_a_terminal(
    columns: int, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    _, out, _ = run("rules")
    rows = [line for line in out.splitlines() if line]
    assert len(rows) == len(json.loads(run("rules", "--format", "json")[1]))
    assert "\n\nenvelope-not-wellformed " in out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    filled = run("rules")[1].splitlines()
    assert len(filled) > len(rows) and max(map(len, filled)) <= max(columns, 64)
