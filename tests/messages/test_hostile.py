"""Readers meet odd addresses, folders one may not look into, and answers that never come."""

from __future__ import annotations

import contextlib
import io
import os
import random
import resource
import sys
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import pytest

from contracts.cli.main import main
from contracts.files.archive import Archive
from contracts.files.limits import Unreadable
from contracts.messages import list_paths, read
from contracts.messages.formats import raw_http as http
from contracts.model import Message
from tests.helpers.cost import within
from tests.helpers.messages import NS, STOP, STOPPED, check_request

HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NS}/Batch/StopBatchJob"'}


@pytest.mark.parametrize(
    "target", ["http://[::1/Services85/Batch.svc", "//[/Services85/Batch.svc?x", "http://[", "http://a]b/x", "%zz", ""]
)
def test_an_address_that_is_none(target: str) -> None:
    assert check_request(STOP, headers=HEADERS, method="POST", target=target).kept


def test_an_address_that_is_none_of_another_agent() -> None:
    verdict = check_request(STOP, headers=HEADERS, method="POST", target="http://[::1/Services85/Sale.svc")
    assert [(f.rule, f.found) for f in verdict.violations] == [("http-path", "…/Services85/Sale.svc")]


def test_a_hundred_thousand_interim_responses() -> None:
    """They are read up to a number; what remains is no envelope."""
    message = http.parse_http(b"HTTP/1.1 100 Continue\r\n\r\n" * 100_000 + b"HTTP/1.1 200 OK\r\n\r\n<a/>")
    assert message.http is not None and message.http.status == 100


@pytest.mark.parametrize("rest", ["Envelope>\n#", "Envelope >", "Envelope>\n\n", "#Envelope>\n", "Envelope>0 "])
def test_looking_for_a_second_message_takes_linear_time(rest: str, tmp_path: Path) -> None:
    path = tmp_path / "a.http"
    path.write_text(f"POST /Services85/Batch.svc HTTP/1.1\nContent-Type: text/xml\n\n{STOP}{rest * 40_000}")
    with within(2):  # by the square it was minutes
        (message,) = read(str(path))
    assert isinstance(message, Message)


def test_thousands_of_messages_in_a_file_take_linear_time(tmp_path: Path) -> None:
    (tmp_path / "a.http").write_bytes(b"HTTP/1.1 100 Continue\r\n\r\n" * 40_000)
    with within(5):
        found = list(read(str(tmp_path / "a.http")))
    assert len(found) > 100


def test_a_link_that_cannot_be_followed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``/proc/1/cwd`` is one such; here a link to itself, and a file whose kind cannot be asked for."""
    (tmp_path / "loop.xml").symlink_to(tmp_path / "loop.xml")
    (tmp_path / "message.xml").write_text(STOP)
    assert list(list_paths([str(tmp_path)])) == [str(tmp_path / "loop.xml"), str(tmp_path / "message.xml")]
    (problem,) = read(str(tmp_path / "loop.xml"))
    assert "cannot be read" in str(getattr(problem, "problem", ""))
    assert main(["check", str(tmp_path)]) == 2


def test_folders_in_folders_without_end(tmp_path: Path) -> None:
    (tmp_path / "message.xml").write_text(STOP)
    deepest = str(tmp_path)
    for _ in range(1_200):
        deepest += "/d"
        os.mkdir(deepest)  # noqa: PTH102 - pathlib would go down from the root each time
    try:
        assert list(list_paths([str(tmp_path)])) == [str(tmp_path / "message.xml")]
    finally:
        os.removedirs(deepest)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_packed_in_a_way_that_unpacks_without_bounds(method: int, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as archive:
        archive.writestr("a.xml", b" " * 2**20)
    (problem,) = read(str(tmp_path / "a.zip" / "a.xml"))
    assert "another way than by deflate" in str(getattr(problem, "problem", ""))


def test_files_of_one_name_in_a_zip_are_all_judged(tmp_path: Path) -> None:
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for _ in range(20_000):
            archive.writestr("a.xml", STOP)
    with within(2):
        names = list(list_paths([str(tmp_path / "a.zip")]))
    assert len(set(names)) == 20_000
    assert str(tmp_path / "a.zip" / "a (2).xml") in names


@pytest.mark.parametrize("before", [b"", b"MZ" + b"PK\x05\x06" * 9], ids=["", "after a program"])
@pytest.mark.parametrize("large", [False, True], ids=["", "in the form for large ones"])
def test_a_zip_is_read_as_the_standard_library_reads_it(before: bytes, large: bool) -> None:
    held = {"b\\c.xml": b"c", "é.xml": b"e" * 70_000, "a (2).xml": b"2", "a.xml": b""}
    stream = io.BytesIO(before)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as written:
        for name, data in held.items():
            with written.open(name, "w", force_zip64=large) as member:
                member.write(data)
        written.comment = b"PK" * 9_000
    archive = Archive(stream)
    assert list(archive) == ["a (2).xml", "a.xml", "b/c.xml", "é.xml"]
    assert {name: archive.read(name, 10**6) for name in archive} == {n.replace("\\", "/"): d for n, d in held.items()}
    assert archive.read("é.xml", 9) == b"e" * 9
    with pytest.raises(Unreadable, match="not in the zip"):
        archive.read("b.xml", 9)


def test_a_zip_that_is_damaged_is_never_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    chance, stream = random.Random(85), io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as written:
        for name in ("a.xml", "b/c.xml"):
            written.writestr(name, STOP)
    for _ in range(500):
        data = bytearray(stream.getvalue())
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.choice((0, 1, 127, 255))
        path.write_bytes(data)
        with contextlib.suppress(Unreadable):
            for name in (archive := Archive(str(path))):
                assert archive.read(name, 2**20) == STOP.encode()


@pytest.mark.parametrize("order", ["sorted", "unsorted", "each name twice"])
def test_the_directory_of_a_zip_takes_no_memory(order: str) -> None:
    numbers = list(range(6_000)) if order != "each name twice" else [*range(3_000), *range(3_000)]
    if order == "unsorted":
        random.Random(85).shuffle(numbers)
    stream = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(stream, "w") as written:
        for number in numbers:
            written.writestr(f"{number:05}.xml", "")
    tracemalloc.start()
    archive = Archive(stream)
    last, count = "", 0
    for name in archive:
        assert last < name
        last, count = name, count + 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 6_000
    assert peak < 600_000  # zipfile takes 5 MB
    assert archive.read("00042.xml", 9) == archive.read(last, 9) == b""


def test_the_names_of_a_folder_take_no_memory(tmp_path: Path) -> None:
    odd = ["a", "a.xml", "a\n.xml", "é.xml", "\U0001f600.xml", "\uffee.xml"] + ["\udcff.xml"] * (os.name == "posix")
    names = [*odd, *(f"message-{number:05}.xml" for number in range(10_000))]
    for name in names:
        os.close(os.open(tmp_path / name, os.O_CREAT))
    tracemalloc.start()
    found = list_paths([str(tmp_path)])
    first = next(found)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [first, *found] == [str(tmp_path / name) for name in sorted(names)]
    assert peak < 1_500_000  # a list of paths takes 3 MB


def test_files_of_one_name_keep_the_order_in_which_they_stand() -> None:
    stream = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(stream, "w") as written:
        for name in ("b.xml", "a (2).xml", "a.xml", "b.xml", "a.xml", "a.json", "a.xml", "a.json"):
            written.writestr(name, str(written.start_dir))
    archive = Archive(stream)
    held = {name: int(archive.read(name, 99)) for name in archive}
    assert list(held) == sorted(held)
    assert sorted(held, key=held.__getitem__) == [
        "b.xml", "a (2).xml", "a.xml", "b (2).xml", "a (3).xml", "a.json", "a (4).xml", "a (2).json"
    ]  # fmt: skip


def test_a_zip_of_very_many_files(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in "abc":
            archive.writestr(f"{name}.xml", STOP)
    assert main(["check", str(tmp_path / "a.zip"), "--limit", "files=2"]) == 2
    assert main(["check", str(tmp_path / "a.zip"), "--limit", "files=3"]) == 0


# --- a DTD that is not to be seen -------------------------------------------------------------------------------------

PATH = "/Remote/Services85/Batch.svc"
DTD = '<!DOCTYPE a [<!ENTITY b "42">]>'


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-32", "utf-32-be", "utf-7"])
@pytest.mark.parametrize("filler", ["", "x" * 2_000_000], ids=["", "after two megabytes"])
def test_a_hidden_dtd_is_broken(charset: str, filler: str) -> None:
    declared = '<?xml version="1.0" encoding="utf-7"?>' if charset == "utf-7" else ""
    hidden = f"<!--{filler}-->{DTD}{STOP.replace('>42<', '>&b;<')}"
    assert check_request(declared.encode() + hidden.encode(charset)).outcome == "broken"


# --- what much of one thing costs -------------------------------------------------------------------------------------


def test_twenty_megabytes_of_comments_before_a_request(tmp_path: Path) -> None:
    (tmp_path / "a.http").write_text("# c\n" * 5_000_000 + f"POST {PATH} HTTP/1.1\n\n{STOP}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with within(5):
        found = list(read(str(tmp_path / "a.http")))
    assert [m.problem for m in found if isinstance(m, Message)] == [None]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400 * 2**10


def test_a_value_of_megabytes_that_is_none() -> None:
    with within(5):
        assert check_request(STOP.replace(">42<", f">{'A' * 10_000_000}<")).outcome == "broken"


def test_a_page_of_thousands_of_examples(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Samples\n\n" + "```xml\n<Envelope>\n```\n" * 20_000)
    with within(5):  # by the square it was a minute
        assert len({found.part for found in read(str(tmp_path / "a.md"))}) == 20_000


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes lie in folders on POSIX only")
def test_a_pipe_that_nobody_writes_to(tmp_path: Path) -> None:
    for name in ("named.xml", "a.request.http"):
        os.mkfifo(tmp_path / name)
    (tmp_path / "a.response.http").write_text(f"HTTP/1.1 200 OK\nContent-Type: text/xml; charset=utf-8\n\n{STOPPED}")
    (problem,) = read(str(tmp_path / "named.xml"))
    assert "named pipe" in str(getattr(problem, "problem", ""))
    (answer,) = read(str(tmp_path / "a.response.http"))
    assert isinstance(answer, Message) and answer.answers is None
    for option in ("--waivers", "--contract"):
        assert main(["check", option, str(tmp_path / "named.xml"), str(tmp_path / "a.response.http")]) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="what a shell pipes is no file on Windows")
def test_a_pipe_that_a_shell_writes_to() -> None:
    reading, writing = os.pipe()
    os.write(writing, STOP.encode())
    os.close(writing)
    (message,) = read(f"/dev/fd/{reading}")
    os.close(reading)
    assert isinstance(message, Message) and message.data == STOP.encode()


def test_chunks_of_one_byte(tmp_path: Path) -> None:
    chunks = "".join(f"1\r\n{c}\r\n" for c in STOPPED + " " * 200_000) + "0\r\n\r\n"
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
    (tmp_path / "a.http").write_text(head + chunks, newline="")
    with within(3):
        (answer,) = read(str(tmp_path / "a.http"))
    assert isinstance(answer, Message) and answer.data.strip() == STOPPED.encode()


def test_a_variable_that_is_a_file_of_the_script(tmp_path: Path) -> None:
    (tmp_path / "a.sh").write_text(f"BODY=x$(cat body.xml)\ncurl -d \"$BODY\" 'http://h{PATH}'\n")
    assert main(["check", str(tmp_path / "a.sh")]) in (1, 2)


def test_a_log_of_nothing_but_traces(tmp_path: Path) -> None:
    (tmp_path / "a.svclog").write_text("<E2ETraceEvent/>" * 300_000)
    with within(5):  # parsed one by one they took a minute
        (found,) = read(str(tmp_path / "a.svclog"))
    assert found.part == "300000 records"


@pytest.mark.parametrize(
    ("name", "one"),
    [
        ("a.sh", f"curl 'http://h{PATH}' -d '<Envelope>'\n{' ' * 900}\n"),
        ("a.http", f"###\nPOST http://h{PATH}\n\n<Envelope>\n{' ' * 900}\n"),
    ],
)
def test_the_lines_of_thousands_of_requests_are_counted_once(name: str, one: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(one * 5_000)
    with within(5):  # by the square it was a minute
        *_, found = read(str(tmp_path / name))
    assert isinstance(found, Message) and found.line == one.count("\n") * 4_999 + one.split("<")[0].count("\n") + 1
