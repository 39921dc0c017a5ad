"""Files, folders, standard input."""

from __future__ import annotations

import io
import os
import sys
import tracemalloc
from pathlib import Path

import pytest

from contracts.cli.main import main
from contracts.messages import Skipped, list_paths, read, read_all
from contracts.model import Message
from tests.helpers.cost import within
from tests.helpers.messages import STOP

ENVELOPE = (
    b'<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>'
)
HTTP = b"POST /x.svc HTTP/1.1\r\n\r\n" + ENVELOPE
CASSETTE = b"interactions:\n- request: {method: POST, uri: x.svc, body: <a/>}\n  response: {status: {code: 200}}\n"
PAGE = b"---\ntitle: Services85.BatchAgent.StopBatchJob SOAP\n---\n```xml\n<a/>\n```\n```xml\n<b/>\n```\n"
WSDL = b'<?xml version="1.0"?><w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/"/>'


def only(path: Path | str, **options: object) -> Message:
    [found] = read(str(path), **options)  # type: ignore[arg-type]  # options stand for several keywords
    assert isinstance(found, Message)
    return found


def test_kinds(tmp_path: Path) -> None:
    kinds = {"a.xml": ENVELOPE, "b.http": HTTP, "c.yaml": CASSETTE, "d.yml": CASSETTE, "e.md": PAGE, "F.XML": ENVELOPE}
    parts = {"a.xml": 1, "b.http": 1, "c.yaml": 2, "d.yml": 2, "e.md": 2, "F.XML": 1}
    for name, data in kinds.items():
        (tmp_path / name).write_bytes(data)
        found = list(read(str(tmp_path / name)))
        assert all(isinstance(one, Message) and one.problem is None for one in found)
        assert len(found) == parts[name]
        assert {one.file for one in found} == {str(tmp_path / name)}
        for where, options in ((str(tmp_path / "noname"), {}), ("-", {"stdin": data})):
            (tmp_path / "noname").write_bytes(data)
            assert len(list(read(where, **options))) == parts[name]  # type: ignore[arg-type]  # as above


def test_envelope_is_the_bytes(tmp_path: Path) -> None:
    for data in (ENVELOPE, ENVELOPE[:-1], b"?" + ENVELOPE, b"\xff\xfe<\0", ENVELOPE.decode().encode("utf-16")):
        (tmp_path / "a.xml").write_bytes(data)
        found = only(tmp_path / "a.xml")
        assert (found.data, found.line, found.direction, found.http) == (data, 1, None, None)


def test_folder(tmp_path: Path) -> None:
    for name in ("b/2.xml", "b/1.xml", "a.xml", "c.xml", ".hidden.xml", ".git/x.xml", "b/.x/y.xml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(ENVELOPE)
    (tmp_path / "b" / "up").symlink_to(tmp_path)
    wanted = [f"{tmp_path}/{name}" for name in ("a.xml", "b/1.xml", "b/2.xml", "c.xml")]
    assert list(list_paths([str(tmp_path)])) == wanted
    assert list(list_paths([f"{tmp_path}/"])) == wanted
    given = [str(tmp_path / "c.xml"), "-", "missing", str(tmp_path / "b")]
    assert list(list_paths(given)) == [*given[:3], *wanted[1:3]]


def test_relative_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "a.xml").write_bytes(ENVELOPE)
    monkeypatch.chdir(tmp_path)
    assert list(list_paths(["x", "./x", "."])) == ["x/a.xml", "./x/a.xml", "./x/a.xml"]


OTHERS = {
    "pom.xml": b'<!-- build --><project xmlns="http://maven.apache.org/POM/4.0.0"/>',
    "service.xml": WSDL,
    "service.wsdl": WSDL,
    "utf16.xml": WSDL.decode().replace('version="1.0"', 'version="1.0" encoding="utf-16"').encode("utf-16"),
    "compose.yaml": b"services: {}",
    "broken.yaml": b"a: [",
    "package.json": b"{}",
    "README.md": b"# Read me",
    "picture.png": b"\x89PNG\r\n\x1a\n",
    "garbage.xml": b"\x00\x01",
    "notes.txt": b"hello",
    "Reference.cs": b'[ServiceContract(Namespace="http://www.superoffice.net/ws/crm/NetServer/Services85")]',
    "app.config": b'<configuration><a ns="http://www.superoffice.net/ws/crm/NetServer/Services85"/></configuration>',
    "inline.md": b"# About\nA message begins with `<s:Envelope>`, as XML does.",
    "empty.txt": b"",
    "wsdl.http": b"GET /Batch.svc?wsdl HTTP/1.1\r\nHost: h\r\n\r\n",
    "wsdl-answer.http": b"HTTP/1.1 200 OK\r\n\r\n" + WSDL,
    "wsdl.cassette.yaml": b"interactions:\n- {request: {method: GET, uri: x.svc?wsdl}, response: {}}\n",
}
MEANT = {
    "prefixless.xml": b'<Envelope xmlns="urn:x"/>',
    "lower.xml": b"<envelope/>",
    "bare.xml": b'<StopBatchJob xmlns="http://www.superoffice.net/ws/crm/NetServer/Services85"/>',
    "body.xml": b'<s:Body xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>',
    "twelve.xml": b'<s:Envelop xmlns:s="http://www.w3.org/2003/05/soap-envelope"/>',
    "empty.xml": b"",
    "dtd.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><s:Envelope/>",
    "long.xml": b"<!--" + b" " * 10_000 + b"-->" + ENVELOPE,
    "get.http": b"GET /x.svc HTTP/1.1\r\n\r\n" + ENVELOPE,
    "post.http": b"POST /x.svc HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
    "html.http": b"HTTP/1.1 200 OK\r\n\r\n<html/>",
    "log.txt": b"2026-01-01 sent <s:Envelope xmlns:s='...'>",
    "export.json": b'{"requests": [{"body": "<s:Envelope/>"}]}',
    "wrapped.xml": b"<log><message>&lt;s:Envelope/></message></log>",
    "audit": b"x" * (2**20 - 2) + ENVELOPE,
    "noext": ENVELOPE,
    "raw.txt": HTTP,
}


def test_what_else_lies_in_a_folder(tmp_path: Path) -> None:
    for name, data in {**OTHERS, **MEANT}.items():
        (tmp_path / name).write_bytes(data)
    found = list(read_all([str(tmp_path)]))
    assert {Path(one.file).name for one in found if isinstance(one, Skipped)} == set(OTHERS)
    assert {Path(one.file).name for one in found if isinstance(one, Message)} == set(MEANT)
    assert len(found) == len(OTHERS) + len(MEANT)
    assert {Path(one.file).name for one in found if isinstance(one, Message) and one.problem} == UNREAD


UNREAD = {"empty.xml", "log.txt", "export.json", "wrapped.xml", "audit"}


def test_a_named_file_says_what_it_seems_to_be(tmp_path: Path) -> None:
    """It is never taken for a broken message."""
    for name, words in {
        "picture.png": "PNG", "pom.xml": "root is <project>", "service.wsdl": "<definitions>", "notes.txt": "text",
        "garbage.xml": "no XML", "package.json": "no cassette", "page.html": "HTML",
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(OTHERS.get(name, b"<!DOCTYPE html><html><body/></html>"))
        assert words in (only(tmp_path / name).problem or "")


def test_json_that_is_no_cassette(tmp_path: Path) -> None:
    (tmp_path / "session.har").write_text('{"log": {"entries": []}}')
    (found,) = read(str(tmp_path / "session.har"))
    assert isinstance(found, Message)
    assert found.problem == "holds no SOAP message (HAR without a message)"
    (found,) = read(str(tmp_path / "session.har"), named=False)
    assert isinstance(found, Skipped)


def test_named_files_are_not_skipped(tmp_path: Path) -> None:
    silent = {"wsdl.http", "wsdl.cassette.yaml"}  # a request for the WSDL is none, whoever names it
    for name in OTHERS.keys() - silent:
        (tmp_path / name).write_bytes(OTHERS[name])
        only(tmp_path / name)
    for name in ("README.md", "compose.yaml", "package.json"):
        problem = only(tmp_path / name).problem
        assert problem and "holds no SOAP message" in problem


def test_problems(tmp_path: Path) -> None:
    (tmp_path / "empty.http").touch()
    (tmp_path / "empty.yaml").write_bytes(b"\n\n")
    (tmp_path / "cut.yaml").write_bytes(b"interactions: [")
    (tmp_path / "nowhere.xml").symlink_to(tmp_path / "gone")
    wanted = {"empty.http": "empty", "empty.yaml": "empty", "cut.yaml": "YAML", "nowhere.xml": "cannot be read"}
    found = {Path(one.file).name: one.problem or "" for one in read_all([str(tmp_path)]) if isinstance(one, Message)}
    assert found.keys() == wanted.keys()
    for name, words in wanted.items():
        assert words in found[name]
    for path in (str(tmp_path / "missing.xml"), "", "a\0b"):
        problem = only(path).problem
        assert problem and "cannot be read" in problem


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="whoever runs this may read everything")
def test_permissions(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(ENVELOPE)
    (tmp_path / "a.xml").chmod(0)
    assert "Permission denied" in (only(tmp_path / "a.xml").problem or "")


def test_a_file_that_vanishes_meanwhile_is_told(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.xml").write_bytes(ENVELOPE)
    found = read_all([str(tmp_path)])
    next(found)
    (tmp_path / "b.xml").unlink()
    [gone] = found
    assert isinstance(gone, Message) and "cannot be read: No such file" in (gone.problem or "")


def test_sizes(tmp_path: Path) -> None:
    big = tmp_path / "big.xml"
    with big.open("wb") as stream:
        stream.truncate(100 * 2**20)
    tracemalloc.start()
    assert only(big).problem == "100.0 MiB, larger than the limit of 64.0 MiB (--limit size=N raises it)"
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()
    (tmp_path / "a.xml").write_bytes(ENVELOPE)
    assert only(tmp_path / "a.xml", max_size=len(ENVELOPE)).problem is None
    assert only(tmp_path / "a.xml", max_size=len(ENVELOPE) - 1).problem
    assert (
        only("-", stdin=ENVELOPE, max_size=9).problem == "larger than the limit of 9 bytes (--limit size=N raises it)"
    )


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ENVELOPE)))
    assert only("-").data == ENVELOPE
    assert only("-", stdin=b" \n").problem == "standard input is empty"
    assert only("-", stdin=b"junk").problem == "holds no SOAP message (text, but of no form that is read)"


def test_a_device_is_read_no_further_than_the_limit() -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("there is no /dev/zero here")
    assert only("/dev/zero", max_size=1000).problem == "larger than the limit of 1000 bytes (--limit size=N raises it)"


def test_many_prologs_cost_no_time(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(b"<?a?>" * 800)
    with within(1):
        list(read_all([str(tmp_path)]))


@pytest.mark.parametrize(
    ("request_name", "response_name", "is_pair"),
    [
        ("call.request.http", "call.response.http", True),
        ("a.b.request.xml", "a.b.response.xml", True),
        ("other.request.http", "call.response.http", False),
        ("request.http", "response.http", False),
    ],
)
def test_a_call_in_two_files(tmp_path: Path, request_name: str, response_name: str, is_pair: bool) -> None:
    envelope = b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>'
    heads = (b"POST /x HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n")
    for name, head in zip((request_name, response_name), heads, strict=True):
        (tmp_path / name).write_bytes((head if name.endswith(".http") else b"") + envelope)
    found = {m.file: m for m in read_all([str(tmp_path)]) if isinstance(m, Message)}
    assert len(found) == 2
    asked = found[str(tmp_path / response_name)].answers
    assert (asked is not None and asked.file == str(tmp_path / request_name)) is is_pair
    assert found[str(tmp_path / request_name)].answers is None


def test_what_is_named_and_holds_no_message(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(STOP)
    (tmp_path / "b.png").write_bytes(OTHERS["picture.png"])
    named = [str(tmp_path / "a.xml"), str(tmp_path / "b.png")]
    assert main(["check", *named]) == 2
    assert main(["check", "--skip-other", *named]) == 0
    assert main(["check", "--skip-other", named[1]]) == 2


@pytest.mark.parametrize("name", ["a.tar", "a.pcap", "a.sqlite"])
def test_a_binary_file_in_which_messages_stand_as_they_are(name: str, tmp_path: Path) -> None:
    """What it holds is not read; in a folder it is passed over only where it speaks of none."""
    kinds = {"a.tar": "a tar archive", "a.pcap": "a packet capture", "a.sqlite": "a database"}
    marks = {
        "a.tar": b"a\0".ljust(257, b"\0") + b"ustar",
        "a.pcap": b"\xd4\xc3\xb2\xa1",
        "a.sqlite": b"SQLite format 3",
    }
    for held, is_message in ((STOP.encode(), True), (b"<Other/>", False)):
        (tmp_path / name).write_bytes(marks[name] + b"\0\0" + held)
        (found,) = read_all([str(tmp_path)])
        assert isinstance(found, Message) is is_message
        assert kinds[name] in str(found.problem if isinstance(found, Message) else found.why)


def test_a_program_that_speaks_of_an_envelope_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "proxy.dll").write_bytes(b"MZ\0\0" + STOP.encode())
    (found,) = read_all([str(tmp_path)])
    assert not isinstance(found, Message)


def test_a_request_of_another_kind_in_a_folder_is_another_service_s(tmp_path: Path) -> None:
    for path, outcome in (("/api/orders", "skipped"), ("/Cust1/Remote/Services85/Batch.svc", "broken")):
        head = f"POST {path} HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n"
        (tmp_path / "a.http").write_bytes(head.encode() + b"{}")
        assert main(["check", str(tmp_path)]) == (2 if outcome == "skipped" else 1)
