"""Messages and WSDLs after public bug reports and real stacks, each the smallest that shows its kind of fault."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import contracts
from contracts.cli.main import main
from tests.helpers.shared import SHARED, needs_shared

pytestmark = needs_shared
OWN = Path(contracts.__file__).parent / "Services85" / "Batch" / "service.wsdl"
OPEN: dict[str, str] = {}
"""What is not right yet, by the row's first file, and why. A row that has become right fails here: take it out."""


def listed(name: str) -> list[Any]:
    """The rows of a list of cases, each known by its first file."""
    if SHARED is None:
        return []
    found = []
    for row in json.loads((SHARED / "cases" / name).read_text(encoding="utf-8")):
        known = Path(row["files"][0] if "files" in row else row["new"])
        case = f"{known.parent}/{known.name.partition('.')[0]}"
        marks = [pytest.mark.xfail(reason=OPEN[case], strict=True)] if case in OPEN else []
        found.append(pytest.param(row, id=case, marks=marks))
    return found


def place(name: str) -> str:
    """Where a file or contract of a row lies."""
    assert SHARED is not None
    return str(SHARED / name if name.startswith("vendor/") else SHARED / "cases" / name)


def report(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """What a command prints as JSON."""
    main([*arguments, "--format", "json"])
    out, err = capsys.readouterr()
    assert out, err
    found: dict[str, Any] = json.loads(out)
    return found


@pytest.mark.parametrize("row", listed("cases.json"))
def test_messages(row: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    contract = ["--contract", place(row["contract"])] if row["contract"] else []
    found = report(capsys, "check", *row["args"], *contract, *map(place, row["files"]))
    worst = next((v for v in ("broken", "unjudged", "kept") if found["summary"][v]), None)
    rules = [finding["rule"] for verdict in found["verdicts"] for finding in verdict["violations"]]
    reasons = [verdict["reason"] for verdict in found["verdicts"] if verdict["reason"]]
    assert worst == row["expect"], (row["why"], rules, reasons)
    assert row["findings"] in (None, len(rules)), (row["why"], rules)
    assert row.get("rule") in (None, *rules), row["why"]


@pytest.mark.parametrize("row", listed("diff.json"))
def test_changes(row: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    old = str(OWN) if row["old"] == "own" else place(row["old"])
    found = report(capsys, "diff", old, place(row["new"]))
    worst = next((s for s in ("breaking", "risky") if found["summary"][s]), "safe")
    assert worst == row["expect"], (row["why"], [change["rule"] for change in found["changes"]])


def test_what_is_open_is_in_a_list() -> None:
    ids = {param.id for name in ("cases.json", "diff.json") for param in listed(name)}
    assert set(OPEN) <= ids
