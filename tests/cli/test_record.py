"""`services85 record`: nothing that is there is lost unawares, and what a person names is in no cassette."""

from __future__ import annotations

import re
from pathlib import Path

from contracts.contract import load
from contracts.generate.rendering import render_message
from contracts.generate.sample import make_sample
from contracts.model import Direction

from .running import assert_refused, run

NAME = "Services85/Batch/GetBatchTaskInfo.one.yaml"


def _write_pair(folder: Path, text: str) -> list[str]:
    """Traffic of one call with a text in its answer, and the options that record it."""
    service, operation = load().operation("Batch.GetBatchTaskInfo")
    folder.mkdir(exist_ok=True)
    sides: tuple[Direction, ...] = ("request", "response")
    for side in sides:
        data = make_sample(service, operation, side, form="full").replace(b"Name>text<", f"Name>{text}<".encode())
        raw = render_message(service, operation, data, side, as_="http")
        raw = raw.replace(b"200 OK\r\n", b"200 OK\r\nDate: Fri, 27 Nov 2026 10:00:00 GMT\r\n")
        (folder / f"GetBatchTaskInfo.one.{side}.http").write_bytes(raw)
    return ["record", "--from-http", str(folder), "--source", "our stack", "--out", str(folder / "out")]


def test_a_dry_run_writes_nothing_and_says_what_would_change(tmp_path: Path) -> None:
    arguments = _write_pair(tmp_path, "one")
    path = tmp_path / "out" / NAME
    result = run(*arguments, "--dry-run")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, f"would be  {path}  (new)")
    assert "1 would be recorded" in result.stdout and not (tmp_path / "out").exists()
    assert run(*arguments).stdout.startswith(f"recorded  {path}\n")
    before = path.read_bytes()
    assert "(replaces one recorded from our stack on " in run(*arguments, "--dry-run").stdout
    assert "; no lines differ)" in run(*arguments, "--dry-run").stdout
    _write_pair(tmp_path, "another")
    assert re.search(r"; [1-9]\d* lines differ\)", run(*arguments, "--dry-run").stdout)
    assert path.read_bytes() == before


def test_what_is_there_is_kept_above_all_what_came_from_elsewhere(tmp_path: Path) -> None:
    run("record", "--out", str(tmp_path))
    other = sorted(tmp_path.rglob("*.yaml"))[-1]
    other.write_text(other.read_text().replace("from: stand-in", "from: a sandbox"))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.yaml")}
    refused = run("record", "--out", str(tmp_path))
    assert_refused(refused, f"{other} (recorded from a sandbox on ")
    assert "25 more are there already: --overwrite replaces" in refused.stderr
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.yaml")} == before
    assert run("record", "--out", str(tmp_path), "--overwrite").exit_code == 0
    assert "from: stand-in" in other.read_text()


def test_names_and_addresses_that_a_person_wants_out_are_out(tmp_path: Path) -> None:
    arguments = _write_pair(tmp_path, "Mail of Ann Lee (ann.lee+x@mail.example.org) to bo@b.example, on Li")
    cassette = tmp_path / "out" / NAME
    run(*arguments)
    assert "ann.lee+x@mail.example.org) to bo@b.example, on Li" in cassette.read_text()
    run(*arguments, "--overwrite", "--redact-emails", "--redact", "Ann Lee", "--redact", "Li")
    text = cassette.read_text()
    shown = "Mail of REDACTED-WORD-01 (REDACTED-EMAIL-01) to REDACTED-EMAIL-02, on REDACTED-WORD-02"
    assert " ".join(text.split()).count(shown) and "ann" not in text and "b.example" not in text
    assert run("check", str(cassette)).exit_code == 0
