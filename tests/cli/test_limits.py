"""One budget: what goes past a limit is unjudged, and the reason names the limit and the option that raises it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from contracts.files.limits import NAMES, current_limits, use_limits
from contracts.model import ContractsError
from tests.cli.running import assert_refused, run
from tests.helpers.messages import DELETE, STOP

MANY = DELETE.replace("<a:int>42</a:int>", "<a:int>42</a:int>" * 100)


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        ("elements=50", MANY),
        ("findings=9", MANY.replace(">42<", ">x<")),
        ("size=1", STOP.replace("<b:Id>", f"<!--{'x' * 2**20}--><b:Id>")),
    ],
)
def test_what_goes_past_a_limit_is_unjudged(limit: str, text: str, at: Path) -> None:
    (at / "a.xml").write_text(text)
    name = limit.partition("=")[0]
    result = run("check", "a.xml", "--limit", limit)
    assert_refused(result, "larger than the limit")
    assert f"--limit {name}=N raises it" in result.stderr
    assert run("check", "a.xml").exit_code in (0, 1)


def test_limits_in_the_settings_are_below_the_option(at: Path) -> None:
    (at / "a.xml").write_text(MANY)
    (at / "pyproject.toml").write_text("[tool.services85.limits]\nelements = 50\n")
    assert run("check", "a.xml").exit_code == 2
    assert run("check", "a.xml", "--limit", "elements=5000").exit_code == 0
    assert current_limits().elements > 50


@pytest.mark.parametrize("given", ["element=5", "elements", "elements=", "elements=0", "elements=-1", "elements=1.5"])
def test_what_is_no_limit(given: str, at: Path) -> None:
    (at / "a.xml").write_text(STOP)
    assert_refused(
        run("check", "a.xml", "--limit", given), "did you mean elements?" if given == "element=5" else "number"
    )


@pytest.mark.parametrize("value", [True, "5", 1.5, 0, -1, 10**30])
def test_a_limit_is_a_whole_number(value: object) -> None:
    with pytest.raises(ContractsError, match="whole number"), use_limits({"files": value}):
        pass


def test_every_limit_can_be_raised() -> None:
    with use_limits(dict.fromkeys(NAMES, 10**9)) as raised:
        assert {getattr(raised, name) for name in NAMES} == {10**9}
        assert current_limits() is raised


# --- settings that are none -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "[tool]\nservices85 = 3",
        "[tool.services85]\nwaivers = ''",
        "[tool.services85]\ncassettes = ''",
        "[tool.services85]\ncontracts = ' '",
        '[tool.services85]\nwaivers = "\\u0000"',
        "[tool.services85]\nurl = 3",
        "[tool.services85]\nlimits = 3",
        "[tool.services85]\nlimits = {elements = 'x'}",
        "[tool.services85.limits]\nnothing = 3",
        "tool = {services85 = 3}",
    ],
)
def test_settings_that_are_none_are_said(text: str, at: Path) -> None:
    (at / "a.xml").write_text(STOP)
    (at / "pyproject.toml").write_text(text)
    assert_refused(run("check", "a.xml"), "")


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes lie in folders on POSIX only")
def test_a_pipe_in_the_place_of_settings_is_none(at: Path) -> None:
    (at / "a.xml").write_text(STOP)
    os.mkfifo(at / "pyproject.toml")
    assert run("check", "a.xml").exit_code == 0


def test_settings_of_many_megabytes_are_not_read(at: Path) -> None:
    (at / "a.xml").write_text(STOP)
    for size, status in ((3_000_000, 0), (5_000_000, 2)):
        (at / "pyproject.toml").write_text("[tool.services85]\nonsite = true\n#" + "x" * size)
        result = run("check", "a.xml")
        assert result.exit_code == status
    assert_refused(result, "larger than 4.0 MiB, as no settings are")


def test_other_projects_settings_are_none_of_ours(at: Path) -> None:
    (at / "a.xml").write_text(STOP)
    for text in ("[project]\ndependencies = ['services85-contracts']\n", "tool = 1\n", "[tool.other]\nservices85x = 1"):
        (at / "pyproject.toml").write_text(text)
        assert run("check", "a.xml").exit_code == 0


def test_waivers_without_a_file(at: Path) -> None:
    (at / "a.xml").write_text(STOP)
    assert_refused(run("check", "--waivers", "", "a.xml"), "names no file")
