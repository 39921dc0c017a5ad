"""Containers of messages: in each the same request, right and wrong, is found at its place; nothing else is judged."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from contracts.messages import Skipped, read
from contracts.messages.formats import READERS
from contracts.messages.reader import Source
from contracts.model import ContractsError, Message
from tests.cli.running import run
from tests.helpers.containers import (
    ACTION,
    FORMATS,
    URL,
    har,
    head,
    saz,
    svclog,
)
from tests.helpers.cost import within
from tests.helpers.messages import STOP


def verdicts(path: Path) -> tuple[int, dict[str, Any]]:
    result = run("check", "--format", "json", str(path))
    return result.exit_code, json.loads(result.stdout)


@pytest.mark.parametrize("name", FORMATS)
def test_only_what_belongs_to_the_contract_is_judged(name: str, tmp_path: Path) -> None:
    build, part, _, judged, skipped = FORMATS[name]
    (tmp_path / name).write_bytes(build(STOP))
    for given in (tmp_path / name, tmp_path):
        status, found = verdicts(given)
        assert [(v["part"], v["verdict"], v["violations"]) for v in found["verdicts"] if v["verdict"] != "kept"] == []
        assert (status, found["summary"]["kept"], found["summary"]["skipped"]) == (0, judged, skipped)
        assert found["verdicts"][0]["part"] == part


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_broken_is_found_at_its_place(name: str, tmp_path: Path) -> None:
    build, part, line, *_ = FORMATS[name]
    (tmp_path / name).write_bytes(build(STOP.replace("b:Id>", "b:id>")))
    status, found = verdicts(tmp_path / name)
    broken = next(v for v in found["verdicts"] if v["verdict"] == "broken")
    assert (status, broken["file"], broken["part"]) == (1, str(tmp_path / name), part)
    assert [(v["rule"], v["line"]) for v in broken["violations"]] == [("body-case", line)]


def test_an_answer_is_judged_by_its_request(tmp_path: Path) -> None:
    for name, (build, *_) in FORMATS.items():
        (tmp_path / name).write_bytes(build(STOP))
        for message in read(str(tmp_path / name)):
            if isinstance(message, Message) and message.direction == "response" and name != "soapui-project.xml":
                assert message.answers and message.answers.direction == "request", name


@pytest.mark.parametrize("name", ["session.har", "messages.svclog", "flows"])
def test_one_that_is_too_large_to_be_held_is_read_in_pieces(name: str, tmp_path: Path) -> None:
    data = FORMATS[name][0](STOP.replace("63", "6\u00e63"))
    [reader] = [one for one in READERS if one.looks_like(data)]
    assert reader.parse_pieces
    whole = list(reader.parse(data, Source("a")))
    for size in (1, 7, 1000):
        pieces = [data[at : at + size] for at in range(0, len(data), size)]
        assert list(reader.parse_pieces(pieces, Source("a"))) == whole
    (tmp_path / name).write_bytes(data)
    found = list(read(str(tmp_path / name), max_size=len(data) - 1))
    assert [one.part for one in found] == [one.part for one in whole]
    pieces = [data[at : at + 100] for at in range(0, len(data), 100)]
    with pytest.raises(ContractsError, match="larger than the limit of 500 bytes"):
        list(reader.parse_pieces(pieces, Source("a", max_size=500)))


CUT = ("session.har", "messages.svclog", "soapui-project.xml", "jobs.postman_collection.json", "insomnia.json",
       "session.saz", "stop.sh", "flows", "stop.xml.gz")  # fmt: skip


@pytest.mark.parametrize("name", CUT)
@pytest.mark.parametrize("share", [0.4, 0.6, 0.8, 0.95])
def test_what_is_cut_off_is_never_passed_over(name: str, share: float, tmp_path: Path) -> None:
    data = FORMATS[name][0](STOP)
    (tmp_path / name).write_bytes(data[: int(len(data) * share)])
    assert run("check", str(tmp_path)).exit_code in (1, 2)


def test_calls_without_an_activity_are_not_paired(tmp_path: Path) -> None:
    zeros = b"{00000000-0000-0000-0000-000000000000}"
    (tmp_path / "a.svclog").write_bytes(svclog(STOP).replace(b'"{1}"', b'"%s"' % zeros))
    found = [one for one in read(str(tmp_path / "a.svclog")) if isinstance(one, Message)]
    assert [one.direction for one in found].count("response") == 1 and not any(one.answers for one in found)


def test_utf16_logs(tmp_path: Path) -> None:
    (tmp_path / "a.svclog").write_bytes(svclog(STOP, "\n<!-- end -->").decode().encode("utf-16"))
    assert verdicts(tmp_path / "a.svclog")[0] == 0
    (tmp_path / "a.svclog").write_bytes(
        svclog(STOP, "\n<E2ETraceEvent xmlns='x'><a><s:Envelope").decode().encode("utf-16")
    )
    status, found = verdicts(tmp_path / "a.svclog")
    assert status == 2 and "truncated" in found["verdicts"][-1]["reason"]


HOSTILE: dict[str, bytes] = {
    "deep.har": b'{"log": {"entries": [' + b'{"a":' * 100_000,
    "wide.har": b'{"log": {"entries": [{"request": {"headers": [' + b"{}," * 200_000 + b"{}]}}]}}",
    "odd.har": b'{"log": {"entries": [1, [], {"request": []}, {"request": {"method": {}, "url": 3, "headers": "x"}}]}}',
    "base64.har": har(STOP).replace(b"PHM6RW52", b"P!!!RW52"),
    "number.flows": b"9999999999:9:x" * 9,
    "kind.flows": b"13:4:type,3:abc?}",
    "deep.flows": b"9:4:type;1:" + b"1:" * 9000,
    "empty.saz": b"PK\x05\x06" + b"\0" * 18,
    "many.svclog": b"<E2ETraceEvent>" * 40_000,
    "utf-32.svclog": svclog(STOP).decode().encode("utf-32"),
    "entity.svclog": b"<E2ETraceEvent><!DOCTYPE a><MessageLogTraceRecord><Envelope/></MessageLogTraceRecord>"
    b"</E2ETraceEvent>",
    "entity-project.xml": b'<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b'<p xmlns="http://eviware.com/soapui/config"><request>&a;Envelope</request></p>',
    "placeholders.http": b"@a={{b}}{{b}}\n@b={{a}}{{a}}\n###\nPOST http://h/x\n\n<s:Envelope>"
    + b"{{a}}" * 9
    + b"</s:Envelope>",
    "outside.http": b"###\nPOST http://h/x.svc\n\n< ../../../etc/passwd",
    "missing.http": b"###\nPOST http://h/x.svc\n\n< gone.xml",
    "open.sh": b"curl http://h/x.svc -d '<s:Envelope",
    "heredoc.sh": b"curl http://h/x.svc -d @- <<END\n<s:Envelope>",
    "file.sh": b"curl http://h/x.svc -d @/etc/passwd",
    "doubling.sh": b"curl x\n" + b"a=$a$a\n" * 200 + b'curl http://h/x.svc -d "$a"',
    "doubling.ps1": b'$a = "<s:Envelope>"\n' + b'$a = "$a$a"\n' * 200 + b"Invoke-WebRequest http://h/x.svc -Body $a",
    "holding.ps1": b"Invoke-WebRequest x\n" + b'$a = @"\n' * 40_000 + b"<s:Envelope>",
    "unclosed.ps1": b"Invoke-WebRequest http://h/x.svc -Headers @{ " + b'@"\n' * 100_000 + b"<s:Envelope>",
    "blank.json": b"{" + b"\n" * 300_000 + b"Envelope",
    "items.postman.json": b'{"info": {"_postman_id": 1}, "item": [1, {"item": 3}, {"request": {"url": 3}}]}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_containers_end_in_one_line(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(HOSTILE[name])
    with within(10):
        result = run("check", str(tmp_path / name))
    assert result.exit_code in (1, 2)
    err = result.stderr
    assert err.count("\n") <= 1 and "Traceback" not in err and "root:" not in err
    assert all(m.problem or m.data for m in read(str(tmp_path / name)) if not isinstance(m, Skipped))


def test_a_session_that_is_larger_than_what_is_held_is_unjudged(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(io.BytesIO(saz(STOP.replace("<s:Body>", "<s:Body>" + " " * 5000)))) as held,
        zipfile.ZipFile(tmp_path / "a.saz", "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in held.namelist():
            archive.writestr(name, held.read(name))
    found = [one for one in read(str(tmp_path / "a.saz"), max_size=4000) if isinstance(one, Message)]
    assert "larger than the limit" in (found[0].problem or "") and not found[1].problem


def test_fiddlers_archive_unpacked_is_read_as_the_archive_is(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(saz(STOP))) as archive:
        archive.extractall(tmp_path)
    found = verdicts(tmp_path)[1]
    assert found["summary"] == {"kept": 2, "broken": 0, "unjudged": 0, "skipped": 5}
    answer = tmp_path / "raw" / "2_s.txt"
    answer.write_text(answer.read_text().replace("StopBatchJobResponse", "StartBatchJobResponse"))
    [broken] = [v for v in verdicts(tmp_path)[1]["verdicts"] if v["verdict"] == "broken"]
    assert (broken["file"], broken["operation"]) == (str(answer), "StopBatchJob"), "judged by its request"


def test_a_body_in_a_file_beside_the_request(tmp_path: Path) -> None:
    (tmp_path / "stop.xml").write_text(STOP)
    (tmp_path / "a.http").write_text(f"###\n{head()}< ./stop.xml\n")
    (tmp_path / "a.sh").write_text(
        f"curl {URL} -H 'Content-Type: text/xml' -H 'SOAPAction: {ACTION}' --data-binary @stop.xml"
    )
    assert verdicts(tmp_path)[1]["summary"] == {"kept": 3, "broken": 0, "unjudged": 0, "skipped": 0}


@pytest.mark.parametrize("name", ["mitmproxy.flows", "mitmproxy.har", "chromium.har"])
def test_what_the_tools_themselves_write(name: str) -> None:
    """A right and a wrong request to the stand-in: made by mitmdump 11.0.2, by ``-w`` and ``hardump``, and by Chromium
    156, whose devtools protocol Playwright 1.65 recorded."""
    status, found = verdicts(Path(__file__).parent / "real" / name)
    assert (status, [v["verdict"] for v in found["verdicts"]]) == (1, ["kept", "kept", "broken", "kept"])
    assert [f["rule"] for f in found["verdicts"][2]["violations"]] == ["body-case"]


PLACEHOLDERS = [("soapui-project.xml", "?"), ("soapui-project.xml", "${#TestCase#id}"), ("requests.http", "{{id}}")]


@pytest.mark.parametrize(("name", "value"), PLACEHOLDERS)
def test_a_placeholder_that_nothing_fills_is_named_as_one(name: str, value: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(FORMATS[name][0](STOP.replace("<b:Id>42", f"<b:Id>{value}")))
    [finding] = verdicts(tmp_path / name)[1]["verdicts"][0]["violations"]
    assert finding["found"] == f"'{value}'" and "placeholder" in finding["hint"]


def test_text_after_the_records_of_a_log_is_told(tmp_path: Path) -> None:
    log = tmp_path / "a.svclog"
    for end in ("", "\n", "</E2ETraceEvents>\n", "<!-- end -->"):
        log.write_bytes(svclog(STOP, end))
        assert not [one for one in read(str(log)) if isinstance(one, Message) and one.problem]
    log.write_bytes(svclog(STOP, STOP))
    (told,) = [one for one in read(str(log)) if isinstance(one, Message) and one.problem]
    assert (told.part, told.problem) == ("after record 5", "text that is in no record")


@pytest.mark.parametrize("name", ["requests.http", "several.http", "stop.sh", "messages.svclog", "session.saz"])
def test_bytes_that_are_no_utf8_stay_what_they_are(name: str, tmp_path: Path) -> None:
    """They are reported, never mended."""
    (tmp_path / name).write_bytes(
        FORMATS[name][0](STOP.replace("7T:9876", "7T:XXXX")).replace(b"XXXX", b"\xe9\xe9\xe9\xe9")
    )
    assert run("check", str(tmp_path)).exit_code in (1, 2)
