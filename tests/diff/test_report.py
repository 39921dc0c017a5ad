"""``services85 diff``: its formats and its exit status."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest

from contracts.diff.change_rules import example_pair
from contracts.diff.comparison import Comparison, Usage, Use
from contracts.model import Change
from contracts.report.diff_html import render_html
from contracts.report.diff_markdown import render_github, render_markdown
from contracts.report.diff_text import render_text
from contracts.standin.server import StandIn
from tests.cli.running import expect, refused, run

from .comparing import BATCH, changes

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DATA = BATCH.read_bytes()
EVIL = "<img src=x onerror=alert(1)> | `\"'&\n::error::x"


def _pair(rule: str) -> list[str]:
    return [str(path) for path in example_pair(rule)]


def _outcome() -> Comparison:
    new = DATA.replace(b'name="Description"', b'name="Words"').replace(b'value="Failed"', b'value="Crashed"')
    found = changes(DATA, new.replace(b'"StopBatchJob"', b'"HaltBatchJob"'))
    return Comparison("old.wsdl", "new.wsdl", found)


def _evil() -> Comparison:
    change = Change("member-removed", "breaking", "both", (EVIL,), (EVIL,), EVIL, EVIL, EVIL, EVIL)
    return Comparison(EVIL, EVIL, (change,), Usage({0: Use("breaking", ((EVIL, EVIL),))}, 1, (EVIL,), ((EVIL, ""),)))


# --- exit status --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "fail_on", "status"),
    [
        ("member-removed", "breaking", 1),
        ("member-added", "breaking", 0),
        ("member-added", "risky", 1),
        ("operation-added", "risky", 0),
        ("operation-added", "any", 1),
    ],
)
def test_fail_on(rule: str, fail_on: str, status: int) -> None:
    assert rule in expect(status, "diff", *_pair(rule), "--fail-on", fail_on).stdout


def test_no_changes() -> None:
    assert expect(0, "diff", "Services85", "Services85", "--fail-on", "any").stdout.splitlines()[1:] == ["no changes"]
    outcome = Comparison("old", "new", (), Usage({}, 2, ("Batch.StopBatchJob",)))
    assert list(render_text(outcome, StringIO())) == ["old -> new", "no changes (2 recorded messages, 1 operation)"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["nowhere.wsdl", "Services85"],
        ["Services85", __file__],
        ["Services85", "Services85", "--from", "Services12"],
        ["Services85", "Services85", "--agent", "Nobody"],
        ["Services85", "Services85", "--used-by", "nowhere"],
        ["Services85", "Services85", "--used-by", ""],
        ["Services85", "Services85", "--uses", "nowhere.txt"],
        ["Services85", "Services85", "--agent", ""],
        ["Services85", "Services85", "--from", "services85"],
        ["Services85", "Services85", "--to", "Services86"],
        ["Services85", ""],
        ["Services85", "Services85", "--used-by", str(Path(__file__).parent / "rpc.wsdl")],
    ],
)
def test_what_cannot_be_used_is_one_line(arguments: list[str]) -> None:
    refused("diff", *arguments)


def test_a_file_that_cannot_be_read_does_not_make_its_agent_gone(tmp_path: Path) -> None:
    for side in ("old", "new"):
        (tmp_path / side).mkdir()
        (tmp_path / side / "WSDL-Services85-Batch.wsdl").write_bytes(DATA)
        (tmp_path / side / "WSDL-Services85-Notes.wsdl").write_bytes(Path(_pair("member-added")[0]).read_bytes())
    (tmp_path / "new" / "WSDL-Services85-Notes.wsdl").write_bytes(b"<torn")
    result = expect(2, "diff", str(tmp_path / "old"), str(tmp_path / "new"))
    assert "no changes" in result.stdout
    assert "not well-formed" in result.stderr
    assert "Notes: not reported as gone" in result.stderr


def test_a_service_that_turns_out_unreadable_leaves_the_others(tmp_path: Path) -> None:
    for side in ("old", "new"):
        (tmp_path / side).mkdir()
        (tmp_path / side / "one.wsdl").write_bytes(DATA)
        (tmp_path / side / "two.wsdl").write_bytes(Path(_pair("member-added")[0]).read_bytes())
    torn = Path(_pair("member-added")[1]).read_bytes().replace(b'message="t:SaveNoteIn"', b'message="t:Gone"')
    (tmp_path / "new" / "two.wsdl").write_bytes(torn)
    result = expect(2, "diff", str(tmp_path / "old"), str(tmp_path / "new"))
    assert "no changes" in result.stdout
    assert "t:Gone" in result.stderr
    refused("diff", str(tmp_path / "old" / "two.wsdl"), str(tmp_path / "new" / "two.wsdl"))


def test_the_vendors_zip_with_backslashes(tmp_path: Path) -> None:
    archive = tmp_path / "WSDL.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for version in (b"Services85", b"Services88"):
            name = zipfile.ZipInfo("x")
            name.filename = f"WSDL\\WSDL-{version.decode()}-Batch.xml"
            out.writestr(name, DATA.replace(b"Services85", version))
    result = expect(0, "diff", str(archive), str(archive), "--from", "Services85", "--to", "Services88")
    assert "no changes" in result.stdout
    expect(0, "diff", str(BATCH), str(archive))


@pytest.mark.parametrize("part", [str(BATCH), "Services85"])
def test_a_part_says_nothing_of_other_agents(part: str, tmp_path: Path) -> None:
    """A WSDL, or what is shipped; what is not compared is said."""
    (tmp_path / "Batch.wsdl").write_bytes(DATA)
    (tmp_path / "SoPrincipal.wsdl").write_bytes((BATCH.parents[1] / "SoPrincipal" / "service.wsdl").read_bytes())
    (tmp_path / "Notes.wsdl").write_bytes(Path(_pair("member-added")[0]).read_bytes())
    result = expect(0, "diff", str(tmp_path), part)
    assert "no changes" in result.stdout
    assert result.stderr.startswith("services85: compared only: Batch")
    assert "Notes" in result.stderr
    assert expect(0, "diff", str(tmp_path), part, "--agent", "Batch").stderr == ""


def test_versions_and_agents_that_only_one_side_holds(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder, numbers in ((old, (84, 85)), (new, (85, 88))):
        folder.mkdir()
        for n in numbers:
            (folder / f"{n}.wsdl").write_bytes(DATA.replace(b"Services85", b"Services%d" % n))
    (new / "Notes.wsdl").write_bytes(Path(_pair("member-added")[0]).read_bytes())
    result = expect(1, "diff", str(old), str(new), "--format", "json")
    found = [(c["rule"], c["path"], c["versions"]) for c in json.loads(result.stdout)["changes"]]
    assert found == [("agent-removed", "Batch", ["Services84"]), ("agent-added", "Notes", ["Services85"])]
    assert result.stderr.count("\n") == 1
    assert "Services88 compared with nothing" in result.stderr
    chosen = ["diff", str(old), str(new), "--from", "Services84", "--to", "Services88"]
    assert "no agent Notes" in expect(2, *chosen, "--agent", "Notes").stderr
    assert expect(0, *chosen).stderr == ""


def test_an_endpoints_wsdl_says_nothing_of_other_agents() -> None:
    with StandIn() as server:
        assert (
            "no changes"
            in expect(0, "diff", f"{server.url}/Batch.svc?singleWsdl", "Services85", "--fail-on", "any").stdout
        )


# --- formats ------------------------------------------------------------------------------------------------------


def test_json() -> None:
    found = json.loads(expect(1, "diff", *_pair("member-removed"), "--format", "json").stdout)
    assert found["schema"] == "services85-diff/1"
    assert set(found) == {"schema", "old", "new", "changes", "summary"}
    assert found["summary"] == {"breaking": 1, "risky": 0, "safe": 0, "operations": 1, "used": None}
    (change,) = found["changes"]
    assert set(change) == {"rule", "severity", "direction", "agents", "operations", "path", "old", "new", "why", "do"}


def test_text_reads_at_80_columns() -> None:
    text = list(render_text(_outcome(), StringIO()))
    assert max(map(len, text)) <= 80
    assert "\x1b" not in "".join(text)
    headings = [line for line in text if line.isupper() or re.match(r"[A-Z]+ \(\d+\)", line)]
    assert [h.split()[0] for h in headings] == ["BREAKING", "RISKY", "SAFE"]
    assert text[1].startswith("6 changes: 3 breaking, 2 risky, 1 safe")


def test_what_may_come_is_told_in_a_paragraph_and_an_order_by_what_moved() -> None:
    many = [f"A.New{i}" for i in range(30)]
    added = [Change("operation-added", "safe", "both", ("A",), (name,), name, None, name[2:], "why") for name in many]
    types = [
        Change("type-added", "safe", "both", ("A",), (), f"T{i}", None, f"T{i}", "why", ("S1", "S2")) for i in (1, 2)
    ]
    gone = [
        Change("operation-removed", "breaking", "both", ("A",), (n,), n, n[2:], None, "why") for n in ("A.X", "A.Y")
    ]
    names = "abcdefghijkl"
    moved = (", ".join(names), ", ".join(names[1:] + names[0]))
    order = Change("member-order-changed", "breaking", "both", ("A",), ("A.X",), "T", *moved, "why")
    text = list(render_text(Comparison("old", "new", (*gone, order, *added, *types)), StringIO()))
    assert sum("A.New" in line for line in text) < 10
    assert sum(line.strip() in ("A.X", "A.Y") for line in text) == 2
    assert "    T: a: first -> last" in text
    assert [line for line in text if line.strip().startswith((";", "T1"))] == ["    T1, T2"]
    assert sum(line == "      of A; in S1, S2" for line in text) == 1


def test_colour_only_on_a_terminal() -> None:
    import io

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert "\x1b[" in "".join(render_text(_outcome(), Terminal()))


def test_markdown_keeps_its_tables() -> None:
    text = "\n".join(render_markdown(_evil(), StringIO()))
    assert "<img" not in re.sub(r"`[^`]*`", "", text)
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1
    assert len("\n".join(render_markdown(_outcome(), StringIO())).splitlines()) > 12


def test_annotations_are_one_line_each() -> None:
    text = "\n".join(render_github(_evil(), StringIO()))
    assert [line.split(" ")[0] for line in text.splitlines()] == ["::error", "::notice"]
    assert "\n".join(render_github(_outcome(), StringIO())).count("::error") == 3


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loaded += [value or "" for name, value in attrs if name in ("src", "href")]


def test_the_page_is_escaped_and_fetches_nothing() -> None:
    reader = _Reader()
    reader.feed("\n".join(render_html(_evil(), StringIO())))
    assert "img" not in reader.tags
    assert reader.loaded == []
    assert reader.tags.count("script") == 1


def _browse(folder: Path, *queries: str) -> list[tuple[int, int]]:
    """Of each page as a browser shows it: the rows that it says it shows, and those that it hides."""
    assert CHROMIUM
    frames = "".join(f'<iframe src="{query}"></iframe>' for query in queries)
    hidden = "f.contentDocument.querySelectorAll('tr[data-severity][hidden]').length"
    tell = f"f => `<p>${{/\\d+ of 6 shown/.exec(f.contentDocument.body.innerText)}}, ${{{hidden}}}`"
    script = f"onload = () => document.body.innerHTML = [...document.querySelectorAll('iframe')].map({tell}).join('')"
    (folder / "all.html").write_text(f"<body>{frames}<script>{script}</script>", "utf-8")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    command += ["--allow-file-access-from-files", "--virtual-time-budget=3000", "--dump-dom"]
    page = (folder / "all.html").as_uri()
    done = subprocess.run([*command, page], capture_output=True, text=True, timeout=120, check=True)
    return [(int(shown), int(hidden)) for shown, hidden in re.findall(r"<p>(\d+) of 6 shown, (\d+)", done.stdout)]


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")
def test_the_page_filters_in_a_browser_and_shows_what_is_used_first_of_all(tmp_path: Path) -> None:
    usage = Usage({2: Use("breaking", (("a.xml", ""),))}, 1, ("Batch.StopBatchJob",))
    for name, found in (("all", _outcome()), ("used", replace(_outcome(), usage=usage))):
        (tmp_path / f"diff-{name}.html").write_text("\n".join(render_html(found, StringIO())), "utf-8")
    shown = {
        "diff-all.html": 6,
        "diff-all.html#hide=breaking": 3,
        "diff-all.html#hide=breaking,risky": 1,
        "diff-all.html#agent=Batch": 6,
        "diff-all.html#operation=Batch.StopBatchJob": 1,
        "diff-all.html#operation=getbatchtaskinfosbystate": 4,
        "diff-all.html#hide=safe&operation=Nothing": 0,
        "diff-used.html": 1,
        "diff-used.html#used=0": 6,
    }
    assert _browse(tmp_path, *shown) == [(rows, 6 - rows) for rows in shown.values()]


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json", "github"])
def test_a_type_without_a_name_is_told_of(form: str, tmp_path: Path) -> None:
    added = b'<xs:complexType name=""/></xs:schema>'
    (tmp_path / "new.wsdl").write_bytes(DATA.replace(b"</xs:schema>", added, 1))
    assert run("diff", str(BATCH), str(tmp_path / "new.wsdl"), "--format", form).exit_code in (0, 1)
