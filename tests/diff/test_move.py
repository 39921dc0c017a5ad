"""``services85 diff`` answers an upgrade: what every caller has to do, then what changed, each cause once."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from contracts.diff.change_rules import example_pair
from contracts.diff.comparison import Comparison, Usage, Use
from contracts.diff.move import Move
from contracts.diff.orders import find_moved
from contracts.model import Change
from contracts.report.diff_markdown import render_github, render_markdown
from contracts.report.diff_text import render_text
from contracts.report.formats import Renderer
from tests.cli.running import assert_refused, run
from tests.helpers.shared import needs_shared, shared

from .comparing import BATCH

DATA = BATCH.read_bytes()


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """Services88 with another value of an enumeration, and two operations of the same name in two agents."""
    new = DATA.replace(b"Services85", b"Services88").replace(b'value="Failed"', b'value="Crashed"')
    folder = tmp_path / "later"
    folder.mkdir()
    (folder / "Batch.wsdl").write_bytes(new)
    return folder


def _changes(count: int, rule: str = "enum-value-removed", owner: str = "MimeType") -> list[Change]:
    return [
        Change(rule, "breaking", "both", ("List",), ("List.GetAll",), f"{owner}.V{i}", f"V{i}", None, "why")
        for i in range(count)
    ]


def _lines(*changes: Change, **more: object) -> list[str]:
    return list(render_text(Comparison("old", "new", changes, **more), StringIO()))  # type: ignore[arg-type]


def test_it_begins_with_what_every_caller_has_to_do(later: Path) -> None:
    result = run("diff", "Services85", str(later))
    text = " ".join(result.stdout.split())
    assert result.stdout.startswith("To move from Services85 to Services88\n")
    for step in (
        "namespace http://www.superoffice.net/ws/crm/NetServer/Services85 -> http://www.superoffice.net/ws/crm/NetSer",
        "actions begin with the new namespace: .../Batch/",
        "Remote/Services88/Batch.svc",
        "proxies regenerate them: Batch",
        "): what breaks",
        "): what to look at",
    ):
        assert step in text


def test_in_place_nothing_is_said_to_move(tmp_path: Path) -> None:
    (tmp_path / "new.wsdl").write_bytes(DATA.replace(b'value="Failed"', b'value="Crashed"'))
    text = run("diff", str(BATCH), str(tmp_path / "new.wsdl")).stdout
    assert "the same   namespace, actions, endpoint" in text
    assert "-> http" not in text
    same = run("diff", "Services85", "Services85").stdout.splitlines()
    assert same == ["Nothing to move from Services85 to Services85", "no changes"]


def test_values_of_one_type_are_one_line_and_each_its_own_with_all() -> None:
    changes = _changes(78)
    text = _lines(*changes)
    assert "    MimeType (78): V0, V1, V2, V3, V4, V5 and 72 more" in text
    assert sum("MimeType" in line for line in text) == 1
    everything = _lines(*changes, show_all=True)
    assert sum(line.startswith("    MimeType.V") for line in everything) == 78


def test_a_member_of_another_reach_is_not_told_with_the_others() -> None:
    one, *others = _changes(3, "member-removed", "Note")
    text = _lines(*others, Change(**{**{f: getattr(one, f) for f in one.__slots__}, "operations": ("A.B", "A.C")}))
    assert [line.split(": V1")[0] for line in text if "Note" in line] == ["    Note (2)", "    Note.V0: V0"]


def test_a_report_has_at_most_80_lines_of_80_columns_and_says_what_is_left_out() -> None:
    changes = [c for i in range(300) for c in _changes(2, "member-removed", f"Type{i}")]
    safe = [
        Change("operation-added", "safe", "both", (f"A{i}",), (f"A{i}.Op",), f"A{i}.Op", None, "Op", "why")
        for i in range(100)
    ]
    text = _lines(*changes, *safe)
    assert 40 < len(text) <= 80 and max(map(len, text)) <= 80
    shown = sum(line.startswith("    Type") for line in text)
    assert f"    … {600 - 2 * shown} more (--all)" in text
    assert "SAFE (100): what is new, or harms nobody" in text
    assert len(_lines(*changes, *safe, show_all=True)) > 700


@needs_shared
@pytest.mark.parametrize(("old", "new"), [("84", "86"), ("86", "84"), ("85", "86")])
def test_the_vendors_versions_fit_a_screen(old: str, new: str) -> None:
    sides = [str(shared() / "vendor" / f"Services{number}") for number in (old, new)]
    result = run("diff", *sides)
    lines = result.stdout.splitlines()
    assert len(lines) <= 80 and max(map(len, lines)) <= 80
    assert lines[0] == f"To move from Services{old} to Services{new}" and "(--all)" not in result.stdout
    assert len(run("diff", *sides, "--all").stdout.splitlines()) > len(lines)


def test_some_of_each_kind_are_shown_rather_than_all_of_one() -> None:
    kinds = ("member-removed", "enum-value-removed", "type-changed", "element-required", "parameter-removed")
    changes = [c for rule in kinds for i in range(60) for c in _changes(1, rule, f"Type{i}")]
    text = _lines(*changes)
    assert len(text) <= 80
    assert all(any(line.startswith(f"  {rule} (60)") for line in text) for rule in kinds)
    many = [c for i in range(200) for c in _changes(1, "member-removed", f"Type{i}")]
    wide = [replace(c, severity=s, operations=(f"A.{i}",)) for s in ("breaking", "risky") for i, c in enumerate(many)]
    assert len(_lines(*wide, usage=Usage({i: Use("risky", ()) for i in range(300)}, 1, ("A.1", "A.2")))) <= 80


def test_with_evidence_only_what_is_used_is_shown_and_the_rest_counted() -> None:
    changes = _changes(5)
    usage = Usage({2: Use("breaking", (("a.xml", ""),))}, 1, ("List.GetAll", "List.GetOne"))
    text = "\n".join(_lines(*changes, usage=usage))
    assert "  List.GetAll  1 breaking: MimeType.V2\n  not touched: List.GetOne" in text
    assert "MimeType.V2" in text and "MimeType.V1" not in text
    assert text.endswith("4 further changes touch nothing you use (--all)")
    everything = "\n".join(_lines(*changes, usage=usage, show_all=True))
    assert "4 further changes touch nothing you use\n\nBREAKING (4)" in everything


@pytest.mark.parametrize(
    ("render", "one"), [(render_markdown, "| enum-value-removed | `MimeType (78): V0, V1"), (render_github, "::error")]
)
def test_a_cause_is_told_once_in_other_formats_too(render: Renderer, one: str) -> None:
    move = Move((("Services85", "Services88"),), (), (), ("List",), ())
    comparison = Comparison("old", "new", tuple(_changes(78)), move=move)
    text = "\n".join(render(comparison, StringIO()))
    assert text.count(one) == 1 and "MimeType (78): V0, V1, V2, V3, V4, V5 and 72 more" in text
    assert "To move from Services85 to Services88" in text
    assert "\n".join(render(replace(comparison, show_all=True), StringIO())).count("MimeType.V") == 78


def test_other_formats_show_what_is_used_and_count_the_rest() -> None:
    usage = Usage({2: Use("breaking", (("a.xml", ""),))}, 1, ("List.GetAll", "List.GetOne"))
    comparison = Comparison("old", "new", tuple(_changes(5)), usage)
    for render in (render_markdown, render_github):
        text = "\n".join(render(comparison, StringIO()))
        assert "MimeType.V2" in text and "V1" not in text
        assert "4 further changes touch nothing you use" in text


@pytest.mark.parametrize(
    ("old", "new", "moved"),
    [
        ("a b c p", "p a b c", [("p", "last", "first")]),
        ("a b c d", "a c b d", [("c", "after b", "after a")]),
        ("a b", "a b", []),
    ],
)
def test_what_moved_is_named(old: str, new: str, moved: list[tuple[str, str, str]]) -> None:
    assert find_moved(old.split(), new.split()) == moved


# --- what is compared ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--from", "85", "--to", "88"], 1),
        (["--agent", "Batch,SoPrincipal"], 1),
        (["--agent", "SoPrincipal, Batch", "--only", "enum-value-added"], 0),
        (["--only", "BatchTaskState.*"], 1),
        (["--only", "Batch.StopBatchJob"], 0),
        (["--only", "Batch.Get*"], 1),
        (["--exclude", "enum-*"], 0),
        (["--exclude", "Batch"], 0),
        (["--exclude", "Batch.GetBatchTaskInfo"], 1),
    ],
)
def test_what_is_asked_for_counts(later: Path, arguments: list[str], status: int) -> None:
    principal = Path(BATCH.parents[1] / "SoPrincipal" / "service.wsdl").read_bytes()
    (later / "SoPrincipal.wsdl").write_bytes(principal.replace(b"Services85", b"Services88"))
    result = run("diff", "Services85", str(later), *arguments)
    assert (result.exit_code, result.stderr) == (status, "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--agent", "batch"], "no agent batch on either side; did you mean Batch?"),
        (["--agent", "Batch,Notes"], "no agent Notes on either side"),
        (["--from", "84"], "no version Services84; did you mean Services85?"),
        (["--only", "Batch.StopBatchJobs"], "did you mean Batch.StopBatchJob?"),
        (["--exclude", "member-aded"], "did you mean member-added?"),
    ],
)
def test_what_is_misspelled_is_one_line(later: Path, arguments: list[str], said: str) -> None:
    assert_refused(run("diff", "Services85", str(later), *arguments), said)


# --- git ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One with a revision v1, in which ``wsdl/Notes.wsdl`` is the old one; it has gone since."""
    old, _ = example_pair("member-removed")
    folder = tmp_path / "repository"
    (folder / "wsdl").mkdir(parents=True)
    (folder / "wsdl" / "Notes.wsdl").write_bytes(old.read_bytes())
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "-m", "one"],
        ["tag", "v1"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True)
    (folder / "wsdl" / "Notes.wsdl").unlink()
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("path", ["wsdl", "wsdl/", "", "wsdl/Notes.wsdl", "./wsdl/Notes.wsdl"])
def test_a_side_at_a_revision(repository: Path, path: str) -> None:
    new = str(example_pair("member-removed")[1])
    result = run("diff", f"git:v1:{path}", new)
    assert result.exit_code == 1
    assert "member-removed" in result.stdout and f"git:v1:{path} " in " ".join(result.stdout.split())
    assert "services85-git" not in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("side", "said"),
    [
        ("git:v2:wsdl", "git:v2:wsdl: git has no revision v2"),
        ("git:--help:wsdl", "git has no revision --help"),
        ("git:v1:other", "other: not in git at v1"),
        ("git:v1", "is not of the form git:REV:path"),
    ],
)
def test_a_revision_that_is_not_there_is_one_line(repository: Path, side: str, said: str) -> None:
    assert_refused(run("diff", side, "Services85"), said)


def test_without_git_or_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert_refused(run("diff", "git:HEAD:a", "Services85"), "not a git repository")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert_refused(run("diff", "git:HEAD:b", "Services85"), "git is not installed")
