"""A new format is one file: here this one."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import TextIO

import pytest

from contracts.model import Finding
from contracts.report.formats import FORMATS, render_lines
from contracts.report.results import CheckResult, SuiteResult, SuiteTest

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


SUITE = SuiteResult(
    "Services85 against stand-in",
    {"when": "2026-11-27 10:00:00+00:00", "contract": "Services85 (0123456789abcdef)"},
    [
        SuiteTest("live", "test_stop[1]", "broken", 0.1, "body-case\n```\n::error::x"),
        SuiteTest("live", "test_stop[2]", "broken", 0.1, "body-case\n```\n::error::x"),
        SuiteTest("drift", "test_drift", "unjudged", 0.1, "a page of <b>HTML</b>"),
        SuiteTest("live", "test_start", "skipped", 0.0, "no --allow-start"),
        SuiteTest("sources", "test_example", "kept", 0.2),
    ],
)


@pytest.mark.parametrize(
    ("form", "name", "tag"),
    [
        ("text", "broken    stop: 1 and 1 more\n", "<b>"),
        ("markdown", "### broken: stop: 1 and 1 more\n", "<b>"),
        ("github", "::error title=broken%3A stop%3A 1 and 1 more::body-case%0A```%0A::error::x", "<b>"),
        ("html", "2 calls", "&lt;b&gt;"),
        ("json", "test_stop[1]", "<b>"),
        ("junit", 'name="test_stop[1]"', "&lt;b&gt;"),
    ],
)
def test_each_format_of_the_suite(form: str, name: str, tag: str) -> None:
    shown = "\n".join(render_lines("verify", form, SUITE, StringIO()))
    assert name in shown and tag in shown and "Services85 against stand-in" in shown
    assert form in ("json", "junit") or shown.count("body-case") == 1, "a cause is said once"
    assert form in ("text", "github") or "0123456789abcdef" in shown
    if form == "markdown":
        assert not re.search("^```$", shown, re.MULTILINE), "what is quoted ends no fence"


@pytest.mark.parametrize("form", FORMATS["check"])
def test_each_format_of_nothing(form: str) -> None:
    assert all(
        isinstance(line, str) for line in render_lines("check", form, CheckResult("Services85", [], []), StringIO())
    )


def test_several_formats_in_one_run(message: Path, tmp_path: Path) -> None:
    files = {form: tmp_path / f"check.{form}" for form in ("json", "junit")}
    options = [f"--format={form}={path}" for form, path in files.items()]
    result = run("check", *options, str(message))
    assert result.stdout == "1 kept, 0 broken, 0 unjudged, 0 skipped  (Services85)\n"
    for form, path in files.items():
        assert path.read_text() == run("check", "--format", form, str(message)).stdout
    assert run("check", "--quiet", *options, str(message)).output == ""


def test_output_is_what_would_be_printed(message: Path, tmp_path: Path) -> None:
    file = tmp_path / "out.txt"
    for options in ([], ["--all"], ["--format", "github"], ["--quiet"]):
        printed = run("check", *[option for option in options if option != "--quiet"], str(message)).stdout
        assert run("check", *options, "--output", str(file), str(message)).output == ""
        assert file.read_text() == printed


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--format", "jso=x.json"], "'jso' is none of text, json"),
        (["--format", "json=nope/x.json"], "nope/x.json: its folder does not exist"),
        (["--output", "."], "'--output': .: a folder"),
    ],
)
def test_what_cannot_be_written_is_said_first(options: list[str], said: str) -> None:
    assert_refused(run("check", *options, "missing.xml"), said)


EVIL = "<script>|`*_[x](y)</script>"


def test_html_and_markdown_say_each_cause_once_and_escape_it(message: Path, tmp_path: Path) -> None:
    text = message.read_text()
    for number in range(3):
        (tmp_path / f"{number}.xml").write_text(text.replace("Id>", "id>"))
    (tmp_path / "evil.xml").write_text(re.sub(r"Id>\d+<", f"Id>{html.escape(EVIL)}<", text))
    page, table = (run("check", "--format", form, str(tmp_path)).stdout for form in ("html", "markdown"))
    assert page.count("body-case") == 1 and "3 messages" in page and "services85 check: broken</h1>" in page
    assert table.count("body-case") == 1 and " and 2 more |" in table
    for shown in (page, table):
        assert "script" in shown and "<script" not in shown
    rows = [line for line in table.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {8}


def test_html_and_markdown_name_what_was_not_judged(tmp_path: Path) -> None:
    (tmp_path / "a.http").write_text("POST /x HTTP/1.1\nContent-Length: 999\n\n<a/>")
    for form, shown in (("html", "check: not judged</h1>"), ("markdown", "| not judged | in |")):
        result = run("check", "--format", form, str(tmp_path / "a.http"))
        assert result.exit_code == 2 and shown in result.stdout and "a.http" in result.stdout


def test_lines_for_an_editor(message: Path) -> None:
    message.write_text(message.read_text().replace("Id>", "id>"))
    result = run("check", "--format", "line", str(message))
    assert re.fullmatch(r".*message\.xml:\d+: body-case: expected <Id>, found <id>\n", result.stdout)


def _speaking(operation: str, rule: str, room: str = "live") -> SuiteTest:
    found = Finding(rule, "xsd", f"/Envelope/Body/{operation}", 1, "<Id>", "<id>", "names are spelled so", "mind it")
    text = f"Batch.{operation}: it is broken\n  {found}\n\n<Envelope/>"
    asks = "reading: Its answer is kept."
    return SuiteTest(
        room, f"test_reading[{operation}]", "broken", 0.1, text, asks, f"Batch.{operation}", (found,), "<x/>"
    )


@pytest.mark.parametrize("form", FORMATS["verify"])
def test_each_format_names_operation_rule_and_place_and_a_cause_once(form: str) -> None:
    tests = [_speaking(f"Call{number}", "body-case") for number in range(13)]
    result = SuiteResult("Services85", tests=[*tests, _speaking("Call0", "body-order")])
    shown = "\n".join(render_lines("verify", form, result, StringIO()))
    assert ("Call0" in shown and "body-order" in shown and "test_reading" not in shown) or form in ("json", "junit")
    assert "/Envelope/Body/Call0" in shown
    if form in ("text", "markdown", "github", "html"):
        assert shown.count("body-case") <= 2 and "and 12 more" in shown, "once in the heading, once above its place"
    if form == "json":
        first = json.loads(shown)["failures"][0]
        assert (first["operation"], first["violations"][0]["rule"]) == ("Batch.Call0", "body-case")


def test_several_formats_in_one_file_stand_one_after_the_other(message: Path, tmp_path: Path) -> None:
    both = ["--format", "text", "--format", "line", "--format", "github"]
    printed = run("check", *both, str(message)).stdout
    assert run("check", *both, "--output", str(tmp_path / "out"), str(message)).output == ""
    assert (tmp_path / "out").read_text() == printed and printed.count("kept") == 2


def test_colour_is_for_the_terminal_or_where_it_is_forced(
    message: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    message.write_text(message.read_text().replace("Id>", "id>"))
    assert "\x1b[" not in run("check", str(message)).stdout
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1;31mbroken" in run("check", str(message)).stdout
    run("check", "--output", str(tmp_path / "out"), str(message))
    assert "\x1b[" not in (tmp_path / "out").read_text()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("check", str(message)).stdout


@pytest.mark.parametrize("text", ["größe 日本 ñ ß № € \N{GRINNING FACE}", "e\N{COMBINING ACUTE ACCENT}"])
@pytest.mark.parametrize("form", FORMATS["check"])
def test_letters_marks_and_symbols_are_shown_as_they_are(message: Path, form: str, text: str) -> None:
    message.write_text(re.sub(r"Id>\d+<", f"Id>{text}<", message.read_text()), encoding="utf-8")
    shown = run("check", "--format", form, str(message)).stdout
    assert text in " ".join(shown.split()) or (form == "junit" and html.escape(text) in shown)
