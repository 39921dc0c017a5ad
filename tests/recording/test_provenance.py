"""Where a cassette comes from, and what a report says of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from contracts.files.limits import Unreadable
from contracts.recording.provenance import (
    Provenance,
    digest_contract,
    parse_provenance,
    read_provenance,
    report_outdated,
    state_provenance,
)

AT = datetime(2026, 11, 24, 18, tzinfo=UTC)
ONE = Provenance("stand-in", AT, "us", "Services85", "0123", {"interaction 1 request": ["body-order"]})


def test_round_trip(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(yaml.safe_dump({"interactions": [], "recorded": ONE.as_dict()}))
    assert read_provenance(file) == ONE
    assert str(ONE) == "recorded from stand-in on 2026-11-24 by us"


@pytest.mark.parametrize("at", ["'2026-11-24T18:00:00Z'", "2026-11-24T18:00:00Z", "2026-11-24 18:00:00"])
def test_times(at: str) -> None:
    found = parse_provenance(yaml.safe_load(f"recorded: {{from: x, at: {at}}}"))
    assert found and found.at == AT
    day = parse_provenance(yaml.safe_load("recorded: {at: 2026-11-24}"))
    assert day and day.at == datetime(2026, 11, 24, tzinfo=UTC)


def test_no_block() -> None:
    assert parse_provenance({"interactions": []}) is None
    assert parse_provenance([]) is None


@pytest.mark.parametrize("wrong", ["x", {"from": "x"}, {"at": "soon"}, {"at": 3}, {"at": AT, "contract": "x"}])
def test_wrong_blocks(wrong: object) -> None:
    with pytest.raises(Unreadable, match="recorded: block"):
        parse_provenance({"recorded": wrong})


def test_unreadable_files(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("a: [")
    for name in ("c.yaml", "missing.yaml"):
        with pytest.raises(Unreadable, match=name):
            read_provenance(tmp_path / name)


def test_lines() -> None:
    now = AT + timedelta(days=30)
    assert report_outdated([("a.yaml", ONE)], {"Services85": "0123"}, now=now) == []
    [old] = report_outdated([("a.yaml", ONE)], {"Services85": "0123"}, now=now, max_age=timedelta(days=7))
    assert old == "a.yaml: recorded from stand-in on 2026-11-24 by us: 30 days old, more than 7"
    [changed] = report_outdated([("a.yaml", ONE)], {"Services85": "4567"}, now=now)
    assert "another one then (Services85 0123, today 4567)" in changed
    [unknown] = report_outdated([("a.yaml", None)], {}, now=now)
    assert "does not say where" in unknown


def test_now() -> None:
    found = state_provenance("stand-in", [])
    assert found.digest == digest_contract([]) and len(found.digest) == 16
    assert "vcrpy" in found.by and found.at.tzinfo
