"""`services85 score`: its table, and the same as JSON."""

from __future__ import annotations

import json

from .running import assert_refused, run


def test_score() -> None:
    result = run("score", "Batch.StopBatchJob", "--no-wsdl")
    lines = result.stdout.splitlines()
    assert lines[0].split()[:3] == ["operator", "mutants", "caught"]
    assert any(line.startswith("value-over ") for line in lines)
    assert "breaks caught" in lines[-1]
    assert max(map(len, lines)) <= 80 and "".join(lines).isascii()
    assert result.exit_code == (0 if "(100.00 %), 0 false alarms" in lines[-1] else 1)


def test_scores_json_adds_up() -> None:
    result = run("score", "SoPrincipal.GetSystemInfo", "--no-wsdl", "--format", "json")
    found = json.loads(result.stdout)
    assert found["schema"] == "services85-score/1" and found["summary"]["operations"] == 1
    rows, summary = found["operators"], found["summary"]
    for name in ("mutants", "caught", "survived", "equivalent"):
        assert sum(row[name] for row in rows) == summary[name]
    assert all(r["mutants"] == r["caught"] + r["survived"] + r["equivalent"] for r in rows)


def test_score_of_what_is_not_there() -> None:
    assert_refused(run("score", "Batch.Nonesuch"), "no such operation")
