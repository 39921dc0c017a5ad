"""`services85 check` and its fellows, as a person calls them."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

import contracts
from contracts.files.pyproject import read_settings
from contracts.report.check_text import summarize_counts
from contracts.report.results import CheckResult
from tests.cli.running import Run
from tests.helpers.messages import CREDENTIALS, NS, TOKEN, envelope, request

GOOD = request("<b:StopBatchJob>\n<b:Id>42</b:Id></b:StopBatchJob>", TOKEN + CREDENTIALS)
BAD = GOOD.replace("b:Id>", "b:id>")
ANSWER_WITHOUT_HEADERS = envelope(
    "<b:StopBatchJobResponse><b:Response>true</b:Response></b:StopBatchJobResponse>", header=""
)

NO_PAGE = "a Markdown file without the title of an operation and without an envelope"


@pytest.fixture
def traffic(tmp_path: Path) -> Path:
    folder = tmp_path / "traffic"
    folder.mkdir()
    (folder / "bad.xml").write_text(BAD)
    (folder / "good.xml").write_text(GOOD)
    (folder / "README.md").write_text("# nothing\n")
    return folder


def test_text(run: Run, traffic: Path) -> None:
    status, out, err = run("check", "traffic")
    assert status == 1 and err == ""
    lines = out.splitlines()
    assert lines[0].startswith("broken    traffic/bad.xml  Batch.StopBatchJob request")
    assert lines[1] == "  body-case  /Envelope/Body/StopBatchJob/id, line 2"
    assert [line.split()[0] for line in lines[2:5]] == ["expected", "found", "why"]
    assert lines[-1] == "1 kept, 1 broken, 0 unjudged, 1 skipped  (Services85)"
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in out


def test_json(run: Run, traffic: Path) -> None:
    status, out, _ = run("check", "--format", "json", "traffic")
    data = json.loads(out)
    assert status == 1
    assert set(data) == {"schema", "contract", "verdicts", "skipped", "summary"}
    assert data["schema"] == "services85-check/1" and data["contract"] == "Services85"
    assert data["skipped"] == [{"file": "traffic/README.md", "part": "", "why": NO_PAGE}]
    assert data["summary"] == {"kept": 1, "broken": 1, "unjudged": 0, "skipped": 1}
    bad, good = data["verdicts"]
    assert bad["file"] == "traffic/bad.xml" and bad["part"] == "" and bad["message"] == "request"
    assert (bad["version"], bad["agent"], bad["operation"]) == ("Services85", "Batch", "StopBatchJob")
    assert (bad["verdict"], bad["reason"], bad["candidates"], bad["notes"]) == ("broken", None, [], [])
    finding = {
        "rule": "body-case",
        "authority": "xsd",
        "path": "/Envelope/Body/StopBatchJob/id",
        "line": 2,
        "expected": "<Id>",
        "found": "<id>",
    }
    assert bad["violations"][0].items() >= finding.items()
    assert set(bad["violations"][0]) == {*finding, "why", "hint"}
    assert good["violations"] == [] and good["tolerated"][0]["deviation"] == "optional-request-headers"


def test_junit(run: Run, traffic: Path) -> None:
    (traffic / "other.xml").write_text(BAD.replace("Services85", "Services99"))
    status, out, _ = run("check", "--format", "junit", "traffic")
    root = etree.fromstring(out.encode())
    assert status == 1 and root.tag == "testsuites"
    suite = root[0]
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["4", "1", "1", "1"]
    cases = suite.findall("testcase")
    assert [c.get("classname") for c in cases] == [
        f"traffic/{n}" for n in ("bad.xml", "good.xml", "other.xml", "README.md")
    ]
    assert cases[3].find("skipped") is not None
    failure = cases[0].find("failure")
    assert failure is not None and failure.get("type") == "body-case" and "<id>" in (failure.text or "")
    assert cases[2].find("error") is not None


def test_github(run: Run, traffic: Path) -> None:
    _, out, _ = run("check", "--format", "github", "traffic")
    first, last = out.splitlines()
    assert first.startswith(
        "::error file=traffic/bad.xml,line=2,title=body-case::/Envelope/Body/StopBatchJob/id: expected <Id>"
    )
    assert last == "::notice title=services85 check::1 kept, 1 broken, 0 unjudged, 1 skipped (Services85)"


def test_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(GOOD.encode())

    monkeypatch.setattr(sys, "stdin", Stdin())
    status, out, _ = run("check", "--all", "-")
    assert status == 0 and out.startswith("kept      -  Batch.StopBatchJob request")


def test_kept_is_zero_and_verbose_tells_more(run: Run, traffic: Path) -> None:
    status, out, _ = run("check", "-v", str(traffic / "good.xml"))
    assert status == 0
    assert "header-optional-missing" in out and "tolerated: deviation optional-request-headers" in " ".join(out.split())


def test_what_is_tolerated_is_named_but_for_what_nearly_every_message_has(run: Run, traffic: Path) -> None:
    page = Path("Services85-Batch-StopBatchJob.md")
    page.write_text(f"# StopBatchJob\n```xml\n{GOOD}\n```\n```xml\n{ANSWER_WITHOUT_HEADERS}\n```\n")
    status, out, _ = run("check", "--all", str(page), "traffic/good.xml")
    assert status == 0
    assert out.splitlines()[1:3] == [
        f"kept      {page} (response)  Batch.StopBatchJob response",
        "    tolerated page-no-response-headers",
    ]
    assert out.count("tolerated") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.xml"], "missing.xml: cannot be read: No such file or directory\n"),
        (["empyt/a.xml"], "empyt/a.xml: cannot be read: No such file or directory; did you mean empty?"),
        (["--only", "*.nonesuch", "good.xml"], "nothing found to judge: --only and --exclude leave no file"),
        (["--contract", "missing.wsdl", "good.xml"], "missing.wsdl: No such file"),
        (["--contract", "bad.wsdl", "good.xml"], "bad.wsdl:1: not well-formed XML"),
        (["--contract", "foreign.wsdl", "good.xml"], "foreign.wsdl:1: no SOAP 1.1 document/literal binding"),
        (["--operation", "Batch.StopBatchJobs", "good.xml"], "did you mean Batch.StopBatchJob?"),
        (["--waivers", "missing.toml", "good.xml"], "missing.toml: No such file"),
        (["empty"], "nothing found to judge"),
        (
            ["elsewhere.xml"],
            "elsewhere.xml: no loaded contract declares <GetThing> of urn:elsewhere",
        ),
        (["truncated.http"], "truncated.http: "),
        (["a.docx"], "a zip archive; one of WSDLs is named with --contract"),
        (["--contract", "no.zip", "good.xml"], "no.zip: not a zip"),
        (["--contract", "Services88", "good.xml"], "Services88: not shipped with this package, which has Services85"),
    ],
)
def test_what_cannot_be_judged_is_one_line_and_two(run: Run, tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "good.xml").write_text(GOOD)
    (tmp_path / "bad.wsdl").write_text("<wsdl:definitions")
    (tmp_path / "foreign.wsdl").write_text('<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>')
    (tmp_path / "elsewhere.xml").write_text(
        GOOD.replace("b:StopBatchJob", "x:GetThing").replace("<s:Body", '<s:Body xmlns:x="urn:elsewhere"')
    )
    (tmp_path / "truncated.http").write_text("POST /x HTTP/1.1\nContent-Length: 999\n\n<a/>")
    (tmp_path / "a.docx").write_bytes(b"PK\x03\x04 and so on")
    (tmp_path / "no.zip").write_bytes(b"no zip")
    (tmp_path / "empty").mkdir()
    status, _, err = run("check", *arguments)
    assert status == 2
    assert err.startswith("services85: ") and said in err and err.count("\n") == 1 and "Traceback" not in err


def test_a_file_that_is_not_there_is_named_once(run: Run, tmp_path: Path) -> None:
    _, out, err = run("check", "missing.xml", "absent.xml")
    assert [(out + err).count(name) for name in ("missing.xml", "absent.xml")] == [1, 1] and "(and 1 more)" in err
    assert (
        "unjudged  missing.xml\n" in run("check", "missing.xml", "--output", "out.txt")[1] + Path("out.txt").read_text()
    )


def test_broken_wins_over_unjudged(run: Run, traffic: Path) -> None:
    (traffic / "nothing.http").write_text("")
    status, _, err = run("check", "traffic")
    assert status == 1 and "could not be judged: traffic/nothing.http" in err


def test_after_a_hundred_messages_the_rest_is_counted_by_rule(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for i in range(150):
        (folder / f"{i:03}.xml").write_text(BAD if i < 120 else GOOD)
    status, out, err = run("check", "many")
    assert status == 1 and err == "" and out.count("broken    many/") == 100 and "kept  " not in out
    assert out.splitlines()[-3:-1] == ["… 20 more (--all)", "    broken    body-case 20"]
    assert out.splitlines()[-1].startswith("30 kept, 120 broken")
    _, full, _ = run("check", "--all", "many")
    assert full.count("broken    ") == 120 and full.count("kept      ") == 30


def test_processes_agree_with_one(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for i in range(600):
        (folder / f"{i:03}.xml").write_text(BAD if i % 7 == 0 else GOOD)
    one = run("check", "--format", "json", "--jobs", "1", "many")
    two = run("check", "--format", "json", "--jobs", "2", "many")
    assert one == two


WAIVER = (
    '[[waiver]]\nid = "old"\nrule = "body-case"\noperation = "Batch.*"\nreason = "the old client"\nuntil = {until}\n'
)


@pytest.mark.parametrize(
    ("text", "status", "remark"),
    [
        (WAIVER.format(until="2999-01-01"), 0, ""),
        (WAIVER.format(until="2020-01-01"), 1, "waiver old excuses nothing: it held until 2020-01-01"),
        (WAIVER.format(until="2999-01-01").replace("the old client", ""), 1, "it has no reason"),
        ('[[waiver]]\nrule = "body-case"\nreason = "x"\n', 1, "it has no date"),
        (WAIVER.format(until="2999-01-01").replace("Batch.*", "Sale.*"), 1, "no such violation any more"),
        (WAIVER.format(until="2999-01-01").replace("body-case", "body-cased"), 2, "no rule 'body-cased'"),
        (WAIVER.format(until="2999-01-01") + "ticket = 1\n", 2, "unknown key 'ticket'"),
        ("[[waiver", 2, "not TOML"),
        ('[[waivers]]\nrule = "body-case"\n', 2, "unknown table 'waivers'"),
    ],
)
def test_waivers(run: Run, traffic: Path, text: str, status: int, remark: str) -> None:
    Path("waivers.toml").write_text(text)
    found, out, err = run("check", "--waivers", "waivers.toml", "-v", "traffic/bad.xml")
    assert found == status, (out, err)
    assert remark in err
    assert ("tolerated: waiver old" in out) == ("1 waived" in out) == (status == 0)
    _, out, _ = run("check", "--all", "--waivers", "waivers.toml", "traffic/bad.xml")
    assert ("    tolerated old\n" in out) == (status == 0)


def test_settings_of_the_project(run: Run, traffic: Path) -> None:
    Path("pyproject.toml").write_text('[tool.services85]\nwaivers = "w.toml"\n')
    Path("w.toml").write_text(WAIVER.format(until="2999-01-01"))
    assert run("check", "traffic")[0] == 0
    Path("pyproject.toml").write_text('[tool.services85]\ncontracts = "nowhere"\n')
    status, _, err = run("check", "traffic")
    assert status == 2 and "nowhere: No such file" in err
    Path("pyproject.toml").write_text('[tool.services85]\ncontract = "nowhere"\n')
    status, _, err = run("check", "traffic")
    assert status == 2 and "unknown key 'contract' in [tool.services85]" in err


@pytest.mark.parametrize("below", [".", "a", "a/b"])
def test_the_nearest_settings_upwards(run: Run, traffic: Path, monkeypatch: pytest.MonkeyPatch, below: str) -> None:
    Path("pyproject.toml").write_text('[tool.services85]\nwaivers = "w.toml"\n')
    Path("w.toml").write_text(WAIVER.format(until="2999-01-01"))
    Path("a/b").mkdir(parents=True)
    Path("a/pyproject.toml").write_text("[tool.other]\n")
    monkeypatch.chdir(below)
    assert run("check", str(traffic))[0] == 0
    Path("pyproject.toml").write_text("[tool.services85]\n")
    assert run("check", str(traffic))[0] == 1, "the nearest counts, and it has no waivers"


def test_paths_in_settings(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    text = '[tool.services85]\ncontracts = "{}"\ncassettes = "/c"\nhost = "h"\n'
    for given, placed in (
        ("w/x.zip", str(tmp_path / "w/x.zip")),
        ("Services85", "Services85"),
        ("https://h/x?wsdl", "https://h/x?wsdl"),
    ):
        (tmp_path / "pyproject.toml").write_text(text.format(given))
        assert read_settings(tmp_path / "a") == {"contracts": placed, "cassettes": "/c", "host": "h"}


def other_agent(path: str, action: str, body: str = "GetSaleEntity", space: str = NS) -> str:
    text = GOOD.replace("b:StopBatchJob", f"b:{body}").replace(NS, space)
    head = f"POST {path} HTTP/1.1\nHost: h\nContent-Type: text/xml; charset=utf-8\nSOAPAction: {action}\n\n"
    return head + text


SALE = f'"{NS}/Sale/GetSaleEntity"'
STOP = f'"{NS}/Batch/StopBatchJob"'
NS88 = NS.replace("85", "88")


@pytest.mark.parametrize(
    ("message", "status", "said"),
    [
        (other_agent("/Services85/Sale.svc", SALE), 2, "no loaded contract has Sale of Services85 (loaded: Batch, S"),
        (other_agent("/elsewhere", SALE), 2, "no loaded contract has Sale of Services85"),
        (other_agent("/Services85/Sale.svc", '""'), 2, "no loaded contract has Sale of Services85"),
        (
            other_agent("/Services88/Batch.svc", f'"{NS88}/Batch/StopBatchJob"', "StopBatchJob", NS88),
            2,
            "no loaded contract has Batch of Services88 (loaded: Batch, SoPrincipal of Services85)",
        ),
        (other_agent("/Services85/Batch.svc", SALE), 1, ""),
        (other_agent("/Services85/Batch.svc", STOP), 1, ""),
        (other_agent("/Services85/Batch.svc", STOP.replace("Job", "Jobs"), "StopBatchJobs"), 1, ""),
        (other_agent("/Services85/Batches.svc", STOP, "StopBatchJob"), 1, ""),
        (other_agent("/Services85/Sale.svc", SALE, "StopBatchJob"), 1, ""),
        (other_agent("/Services85/Batch.svc", f'"{NS88}/Batch/StopBatchJob"', "StopBatchJob"), 1, ""),
        (other_agent("/Services85/Batch.svc", STOP, "StopBatchJob", NS88), 1, ""),
        (other_agent("/Services88/Batch.svc", STOP, "StopBatchJob"), 1, ""),
    ],
)
def test_another_agent_is_unjudged_and_a_misspelled_one_broken(
    run: Run, tmp_path: Path, message: str, status: int, said: str
) -> None:
    (tmp_path / "m.http").write_text(message)
    found, out, err = run("check", "m.http")
    assert found == status, (out, err)
    assert said in err


@pytest.mark.parametrize(
    ("body", "status"),
    [("GetSaleEntity", 2), ("StopBatchJobs", 1), ("StopJob", 1), ("stopbatchjob", 1), ("State", 1), ("Credentials", 1)],
)
def test_a_body_alone(run: Run, tmp_path: Path, body: str, status: int) -> None:
    (tmp_path / "m.xml").write_text(GOOD.replace("b:StopBatchJob", f"b:{body}"))
    assert run("check", "m.xml")[0] == status
    alone = Path(contracts.__file__).parent / "Services85" / "Batch" / "service.wsdl"
    assert run("check", "m.xml", "--contract", str(alone))[0] == 1  # no other agent is asked for


def test_standard_input_twice_is_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(GOOD.encode())

    monkeypatch.setattr(sys, "stdin", Stdin())
    status, out, err = run("check", "-", "-")
    assert (status, err) == (0, "") and out.splitlines()[-1].startswith("1 kept, 0 broken, 0 unjudged")


def test_wsdls_that_say_the_same_are_told(run: Run, traffic: Path) -> None:
    text = (Path(contracts.__file__).parent / "Services85" / "Batch" / "service.wsdl").read_text(encoding="utf-8")
    Path("w").mkdir()
    Path("w/a.wsdl").write_text(text, encoding="utf-8")
    Path("w/b.wsdl").write_text(text.replace("tns:", "q:").replace(":tns", ":q"), encoding="utf-8")
    status, _, err = run("check", "--contract", "w", "traffic/good.xml")
    assert (status, err) == (0, "services85: w/a.wsdl and w/b.wsdl say the same of Services85/Batch\n")
    Path("w/b.wsdl").write_text(text.replace('type="xs:short"', 'type="xs:int"', 1), encoding="utf-8")
    status, _, err = run("check", "--contract", "w", "traffic/good.xml")
    assert status == 2 and "(w/a.wsdl)" in err and "(w/b.wsdl)" in err and err.count("\n") == 1


def test_a_wsdl_that_turns_out_unusable_costs_its_own_messages_only(run: Run, traffic: Path) -> None:
    folder = Path(contracts.__file__).parent / "Services85"
    text = (folder / "Batch" / "service.wsdl").read_text(encoding="utf-8")
    Path("w").mkdir()
    Path("w/a.wsdl").write_text((folder / "SoPrincipal" / "service.wsdl").read_text(encoding="utf-8"), encoding="utf-8")
    Path("w/b.wsdl").write_text(text.replace('type="xs:short"', 'type="xs:shorter"', 1), encoding="utf-8")
    login = GOOD.replace("<b:Credentials><b:Ticket>7T:9876zyxcbaExample==</b:Ticket></b:Credentials>", "")
    login = login.replace("StopBatchJob", "GetSystemInfo").replace("\n<b:Id>42</b:Id>", "")
    Path("traffic/login.xml").write_text(login)
    Path("traffic/bad.xml").unlink()
    status, out, err = run("check", "--contract", "w", "traffic")
    assert status == 2 and "1 kept, 0 broken, 1 unjudged" in out, out
    assert "traffic/good.xml: w/b.wsdl: its schemas do not compile" in err and err.count("\n") == 1


@pytest.mark.parametrize(
    ("names", "shown"),
    [("Services84, Services85", "(Services84, Services85)"), ("S84, S85, S86, S87", "(S84 to S87)")],
)
def test_many_versions_fit_on_a_line(names: str, shown: str) -> None:
    assert summarize_counts(CheckResult(names, [], [])).endswith(shown)


def packed(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo("x")
            info.filename = name  # backslashes, as the vendor's have them
            archive.writestr(info, data)
    return path


HEAD = f"POST /Services85/Batch.svc HTTP/1.1\nHost: h\nContent-Type: text/xml; charset=utf-8\nSOAPAction: {STOP}\n\n"


def test_messages_in_a_zip(run: Run, tmp_path: Path) -> None:
    members: dict[str, str | bytes] = {
        "sub\\bad.xml": BAD,
        "good.xml": GOOD,
        "good.http": HEAD + GOOD,
        "note.txt": "nothing",
        "WSDL/pom.xml": "<project/>",
        "__MACOSX/._good.xml": b"\0\5",
        "sub\\": b"",
        "": b"a name of no length",
    }
    packed(tmp_path / "a.zip", members)
    for folder, name in (("folder", "B.ZIP"), ("folder.zip", "c.zip")):
        (tmp_path / folder).mkdir()
        packed(tmp_path / folder / name, members)
    for given, file in (("a.zip", "a.zip"), ("folder", "folder/B.ZIP"), ("folder.zip", "folder.zip/c.zip")):
        status, out, err = run("check", "--all", given)
        assert (status, err) == (1, "")
        assert f"broken    {file}/sub/bad.xml  Batch.StopBatchJob request" in out
        assert f"kept      {file}/good.http" in out
        assert out.splitlines()[-1] == "2 kept, 1 broken, 0 unjudged, 2 skipped  (Services85)"
    assert run("check", "a.zip/sub/bad.xml")[0] == 1
    assert "not in the zip" in run("check", "a.zip/none.xml")[2]


def test_a_recording_of_fiddler(run: Run, tmp_path: Path) -> None:
    members: dict[str, str | bytes] = {"raw/1_c.txt": HEAD + GOOD, "raw/1_m.xml": "<Session/>", "_index.htm": "<html/>"}
    tunnel = "Encrypted traffic flows through this tunnel."
    members |= {"raw/2_c.txt": f"CONNECT h:443 HTTP/1.1\nHost: h\n\n{tunnel}"}
    members |= {"raw/2_s.txt": f"HTTP/1.1 200 Connection Established\nConnection: close\n\n{tunnel}"}
    packed(tmp_path / "a.saz", members)
    for given in ("a.saz", "."):
        status, out, err = run("check", "--all", given)
        assert (status, err) == (0, "")
        assert "a.saz (session 1 request)  Batch.StopBatchJob request" in out
        assert out.splitlines()[-1] == "1 kept, 0 broken, 0 unjudged, 1 skipped  (Services85)"


def test_processes_share_a_zip(run: Run, tmp_path: Path) -> None:
    packed(tmp_path / "a.zip", {f"{i:03}.xml": BAD if i % 7 == 0 else GOOD for i in range(600)})
    one = run("check", "--format", "json", "--jobs", "1", "a.zip")
    assert one[1].count('"broken"') > 80
    assert one == run("check", "--format", "json", "--jobs", "2", "a.zip")


def encrypted(path: Path) -> Path:
    data = bytearray(packed(path, {"a.xml": GOOD}).read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    return path


def test_zips_that_cannot_be_read(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = packed(tmp_path / "whole.zip", {"a.xml": GOOD}).read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[:-30])
    encrypted(tmp_path / "locked.zip")
    packed(tmp_path / "empty.zip", {})
    damaged = bytearray(whole)
    damaged[60:90] = bytes(30)
    (tmp_path / "damaged.zip").write_bytes(damaged)
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "cut.zip").write_bytes(whole[:-30])
    for name, said in (
        ("cut.zip", "not a zip, or a damaged one"),
        ("f", "f/cut.zip: not a zip, or a damaged one"),
        ("locked.zip", "locked.zip: an encrypted zip"),
        ("empty.zip", "nothing found to judge"),
        ("damaged.zip", "damaged.zip/a.xml: cannot be unpacked"),
    ):
        for arguments in ([name], ["--contract", name, "whole.zip"]):
            status, _, err = run("check", *arguments)
            assert status == 2 and err.count("\n") == 1, (arguments, err)
            assert arguments[0] != name or said in err
    packed(tmp_path / "bomb.zip", {f"{i}.xml": b" " * 2**20 for i in range(4)})
    less = ("--limit", "unpacked=2")
    assert "3.xml" in run("check", "--all", *less, "bomb.zip")[1]
    assert "limit of 2 MB unpacked" in run("check", *less, "bomb.zip")[2]


def test_onsite(run: Run, tmp_path: Path) -> None:
    (tmp_path / "m.xml").write_text(GOOD.replace("<b:ApplicationToken>1234567-1234-9876</b:ApplicationToken>", ""))
    assert run("check", "m.xml")[0] == 1
    assert run("check", "--onsite", "m.xml")[0] == 0


def test_request_and_response_pick_a_side(run: Run, tmp_path: Path) -> None:
    (tmp_path / "m.xml").write_text(GOOD)
    assert run("check", "--request", "m.xml")[0] == 0
    status, out, _ = run("check", "--response", "m.xml")
    assert status == 1 and "answer-request" in out
    page = f"# StopBatchJob\n```xml\n{GOOD}\n```\n```xml\n{ANSWER_WITHOUT_HEADERS}\n```\n"
    Path("Services85-Batch-StopBatchJob.md").write_text(page)
    for side in ("request", "response"):  # the other side of a page is skipped, and counted
        _, out, _ = run("check", "--all", f"--{side}", "Services85-Batch-StopBatchJob.md")
        assert out.splitlines()[-1].startswith("1 kept, 0 broken, 0 unjudged, 1 skipped") and f"({side})" in out


def test_colour_is_for_a_terminal_that_wants_it(run: Run, traffic: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b" not in run("check", "traffic")[1]
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert "\x1b[1;31mbroken" in run("check", "traffic")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run("check", "traffic")[1]
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" not in run("check", "traffic")[1]
    monkeypatch.delenv("NO_COLOR")
    assert "\x1b[1;31mbroken" in run("check", "traffic")[1]


def test_a_long_path_keeps_the_lines_of_what_is_broken_within_80_columns(run: Run, tmp_path: Path) -> None:
    name = f"{'a' * 60}.xml"
    (tmp_path / name).write_text(GOOD)
    assert f"kept      {name}  Batch.StopBatchJob request\n" in run("check", "--all", name)[1]
    (tmp_path / name).write_text(GOOD.replace("b:Id>", "b:id>"))
    _, out, _ = run("check", name)
    assert f"broken    {name}\n          Batch.StopBatchJob request\n  body-case  /Envelope" in out
    assert max(map(len, out.splitlines())) <= 80
    (tmp_path / "short.xml").write_text(GOOD.replace("b:Id>", "b:id>"))
    assert "broken    short.xml  Batch.StopBatchJob request\n" in run("check", "short.xml")[1]


def _fail(*_: Any, **__: Any) -> Any:
    raise KeyError("what nobody thought of\n")


def test_a_defect_of_ours_leaves_its_message_unjudged_and_the_rest_judged(
    run: Run, traffic: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = contracts.Contract.judge
    bad = (traffic / "bad.xml").read_bytes()
    monkeypatch.setattr(contracts.Contract, "judge", lambda *a, **b: (_fail if a[1].data == bad else judge)(*a, **b))
    status, out, err = run("check", "traffic")
    assert status == 3 and out.splitlines()[-1].startswith("1 kept, 0 broken, 1 unjudged")
    assert err.startswith("services85: internal error: KeyError: 'what nobody") and err.count("\n") == 1
    assert "Traceback" in run("check", "-v", "traffic")[2]
    (traffic / "worse.xml").write_text(BAD.replace("42", "43"))
    assert run("check", "traffic")[0] == 3, "over 1"


@pytest.mark.parametrize(
    ("options", "counts"),
    [
        (["--only", "bad*"], "0 kept, 1 broken, 0 unjudged, 0 skipped"),
        (["--only", "*/good.xml", "--only", "*.md"], "1 kept, 0 broken, 0 unjudged, 1 skipped"),
        (["--exclude", "*.md", "--exclude", "traffic/bad*"], "1 kept, 0 broken, 0 unjudged, 0 skipped"),
        (["--only", "*.xml", "--exclude", "good.xml"], "0 kept, 1 broken, 0 unjudged, 0 skipped"),
    ],
)
def test_only_and_exclude(run: Run, traffic: Path, options: list[str], counts: str) -> None:
    assert run("check", *options, "traffic")[1].splitlines()[-1].startswith(counts)


def test_what_is_skipped_is_named_with_its_reason(run: Run, traffic: Path) -> None:
    _, out, _ = run("check", "-v", "traffic")
    assert "skipped   traffic/README.md\n" in out


def test_waivers_of_all_that_is_broken_today(run: Run, traffic: Path) -> None:
    (traffic / "again.xml").write_text(BAD.replace("<b:id>", '<b:id old="1">'))
    (traffic / "text.xml").write_text(GOOD.replace("<b:StopBatchJob>", "<b:StopBatchJob>\"'\\"))
    assert run("check", "traffic", "--write-waivers", "w.toml")[0] == 2
    status, _, err = run("check", "traffic", "--write-waivers", "w.toml", "--until", "2999-01-31")
    rows = Path("w.toml").read_text().count("[[waiver]]")
    assert status == 1 and err == f"services85: {rows} waivers in w.toml, for --waivers\n"
    status, out, err = run("check", "traffic", "--waivers", "w.toml")
    assert (status, err) == (0, "") and " waived" in out
    status, _, err = run("check", "traffic", "--write-waivers", "w.toml", "--until", "2999-01-31")
    assert status == 2 and "w.toml: is there already" in err
    (traffic / "new.xml").write_text(GOOD.replace("42", "x"))
    assert run("check", "traffic", "--waivers", "w.toml")[0] == 1


def test_one_waiver_is_written_for_all_that_it_excuses(run: Run, traffic: Path) -> None:
    for value in "xyz":
        (traffic / f"{value}.xml").write_text(GOOD.replace("42", value))
    assert run("check", "traffic", "--write-waivers", "w.toml", "--until", "2999-01-31")[0] == 1
    assert Path("w.toml").read_text().count("value-lexical") == 1
    assert run("check", "traffic", "--waivers", "w.toml")[0] == 0
