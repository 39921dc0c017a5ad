"""The hook that other repositories use: its command, on the files that pre-commit would give it."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
import yaml

from contracts.cli.main import main

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "contracts" / "rules" / "examples" / "body-case"
[HOOK] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


def run_hook(*staged: str) -> int:
    """The command is an entry point of the distribution, which pre-commit installs for ``language: python``."""
    program, *arguments = shlex.split(HOOK["entry"])
    assert program == "services85"
    given = [name for name in staged if re.search(HOOK["files"], name)]
    return main([*arguments, *given]) if given else 0


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another project: messages, and files of the same suffixes that are none."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(EXAMPLES / "good-declared.xml", "good.xml")
    shutil.copy(EXAMPLES / "bad-lower.xml", "bad.xml")
    Path("pom.xml").write_text("<project/>", encoding="utf-8")
    Path("ci.yaml").write_text("on: push\n", encoding="utf-8")
    Path("data.json").write_text("{}", encoding="utf-8")
    Path("notes.txt").write_text("<Envelope", encoding="utf-8")


@pytest.mark.parametrize(
    ("staged", "status"),
    [
        (["good.xml", "pom.xml", "ci.yaml", "data.json", "notes.txt"], 0),
        (["bad.xml", "pom.xml"], 1),
        (["good.xml", "bad.xml"], 1),
        (["pom.xml", "ci.yaml"], 0),
        (["notes.txt"], 0),
    ],
)
def test_a_commit_is_stopped_by_a_broken_message_alone(staged: list[str], status: int) -> None:
    assert run_hook(*staged) == status


def test_what_speaks_of_an_envelope_and_cannot_be_read_stops_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    Path("cut.json").write_text('{"log": "<s:Envelope xmlns:s=', encoding="utf-8")
    assert run_hook("cut.json") == 2
    assert "cut.json" in capsys.readouterr().err
