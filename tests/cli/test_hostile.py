"""What messages, heads and file names bring along reaches nobody's terminal, build server or log as it is."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from pathlib import Path

import pytest

import contracts
from contracts.cli.main import main
from contracts.report.formats import FORMATS
from tests.helpers.messages import LOGIN, STOP, TOKEN, check_request, check_response

HEAD = "POST /Services85/Batch.svc HTTP/1.1\r\nSOAPAction: x\r\nContent-Type: text/xml; charset=utf-8\r\n"
SECRET = "7T:c2VjcmV0c2VjcmV0=="
ESCAPE = "\x1b[31m"

HEADS = {
    "a-reason": f"HTTP/1.1 418 {ESCAPE}{SECRET}\r\n\r\n",
    "a-refusal": f"HTTP/1.1 400 {ESCAPE}{SECRET}\r\n\r\n",
    "a-status-line": f"HTTP/1.1 Ticket {SECRET}{ESCAPE}\r\n\r\n",
    "a-length": f"{HEAD}Content-Length: {SECRET}{ESCAPE}\r\n\r\nx",
    "a-coding": f"{HEAD}Content-Encoding: {SECRET}{ESCAPE}\r\n\r\nx",
    "a-transfer-coding": f"{HEAD}Transfer-Encoding: {SECRET}{ESCAPE}\r\n\r\nx",
    "a-charset": f"{HEAD.replace('utf-8', SECRET + ESCAPE)}\r\n{STOP}",
    "a-media-type": f"{HEAD.replace('text/xml', 'text/' + SECRET + ESCAPE)}\r\n{STOP}",
    "an-action": f"{HEAD.replace(': x', ': ' + SECRET + ESCAPE)}\r\n{STOP}",
    "a-namespace": f"{HEAD}\r\n" + STOP.replace("<b:Id>", f'<b:Id xmlns:w="{SECRET}">'),
}


@pytest.mark.parametrize("form", FORMATS["check"])
@pytest.mark.parametrize("name", HEADS)
def test_no_secret_and_no_escape_sequence(
    name: str, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "message.http"
    path.write_bytes(HEADS[name].encode("latin-1"))
    main(["check", "-v", "--format", form, str(path)])
    out, err = capsys.readouterr()
    assert "c2VjcmV0" not in out + err and "c2vjcmv0" not in out + err
    assert "\x1b" not in out + err
    if form == "json":
        assert all("\x1b" not in found["found"] for v in json.loads(out)["verdicts"] for found in v["violations"])


@pytest.mark.parametrize("form", [*FORMATS["check"]])
@pytest.mark.parametrize("command", ["::error::", "  ::stop-commands::", "##[add-mask]", "##vso[task.setvariable]"])
def test_no_line_is_a_command_of_a_build_server(
    command: str, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They take off the space at the begin of a line, so that one that was wrapped is no other."""
    path = tmp_path / "message.http"
    path.write_text(f"{HEAD.replace(': x', f': {70 * chr(97)} {command}')}\r\n{STOP}", newline="")
    main(["check", "--format", form, str(path)])
    lines = [line.strip() for line in "".join(capsys.readouterr()).splitlines()]
    ours = ("::error ", "::notice ") if form == "github" else ()
    assert not [line for line in lines if line.startswith("::") and not line.startswith(ours)]
    assert not [line for line in lines if "##[" in line or "##vso[" in line]
    assert 70 * "a" in "".join(lines) or form == "markdown"


@pytest.mark.parametrize("form", FORMATS["check"])
def test_a_url_that_is_named_as_a_file_is_told_without_its_user(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--format", form, "http://joe:hunter2@x.example/a.xml?token=hunter2"]) == 2
    out, err = capsys.readouterr()
    assert "http://x.example/a.xml" in err and "hunter2" not in out + err


def test_no_text_of_places_where_secrets_are_expected() -> None:
    for text in (
        STOP.replace("<s:Header>", "<s:Header>hush"),
        LOGIN.replace("b:Password>", "b:password>").replace(">pw<", "><b:x/>hush<"),
        LOGIN.replace("<b:UserName>", "hush<b:UserName>"),
        STOP.replace(TOKEN, "<b:applicationtoken><b:x/>hush</b:applicationtoken>"),
    ):
        verdict = check_request(text)
        assert verdict.violations and "hush" not in str(verdict.as_dict())


def test_a_bad_reason_of_a_response_is_one_line() -> None:
    (found,) = check_response("", status=302).violations
    assert found.found.isprintable()


@pytest.mark.skipif(sys.platform == "win32", reason="a file name with a line end needs a POSIX file system")
@pytest.mark.parametrize("form", FORMATS["check"])
def test_a_file_name_begins_no_line(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for broken in ("broken", "<s:Envelope"):
        (tmp_path / f"a\n::error::{broken}\x1b.xml").write_text(broken)
    (tmp_path / "b\n::error::.http").write_text("nothing")
    main(["check", "--format", form, str(tmp_path)])
    out, err = capsys.readouterr()
    assert not any(line.startswith("::error::") for line in (out + err).splitlines())
    assert "\x1b" not in out + err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("form", FORMATS["check"])
def test_a_file_name_that_is_no_text(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = os.path.join(os.fsencode(tmp_path), b"bad\xff.xml")  # noqa: PTH118 - Path has no bytes
    try:
        with open(name, "wb") as stream:  # noqa: PTH123
            stream.write(STOP.encode())
    except OSError as error:
        pytest.skip(f"this file system has no such name: {error}")
    assert main(["check", "--format", form, str(tmp_path)]) == 0
    out = capsys.readouterr().out
    out.encode("utf-8")
    if form == "json":
        assert json.loads(out)["verdicts"][0]["file"] == os.fsdecode(name)


UNSEEN = "\n::error::x\x85\u202e\ufeff\xa0"
SEEN = "\u00e9\u6f22\U0001f600"
"""A letter with a mark, a sign, a symbol."""


def hold_harmless(text: str) -> None:
    """No command of a build server's begins a line, and each character of the text is seen."""
    for line in text.splitlines():
        assert not line.lstrip().startswith("::error::"), line
        assert line.isprintable() or line.replace("\t", "").isprintable(), ascii(line)


@pytest.mark.parametrize("form", FORMATS["check"])
def test_what_nobody_sees_is_written_as_a_number(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    references = "".join(f"&#{ord(c)};" for c in UNSEEN)
    (tmp_path / "value.xml").write_text(STOP.replace(">42<", f">{references}{SEEN}<"), encoding="utf-8")
    (tmp_path / "attribute.xml").write_text(STOP.replace("<b:Id>", f'<b:Id x="{references}">'), encoding="utf-8")
    (tmp_path / "action.http").write_text(f"{HEAD}Via: a\r\n\r\n{STOP}".replace(": x", ": ::error::x"), newline="")
    main(["check", "-v", "--format", form, str(tmp_path)])
    out, err = capsys.readouterr()
    hold_harmless(out + err)
    if form in ("text", "json", "html"):
        assert "\\u202e" in out and "\\u0085" in out and SEEN in out


WSDL = (Path(contracts.__file__).parent / "Services85/Batch/service.wsdl").read_text(encoding="utf-8")
REFERENCES = "".join(f"&#{ord(c)};" for c in UNSEEN)


@pytest.mark.parametrize("form", FORMATS["diff"])
@pytest.mark.parametrize(
    ("old", "status"),
    [('operation name="StopBatchJob', 2), ('portType name="Batch', 2), ("soap/http", 2), ('value="Failed', 1)],
)
def test_what_a_wsdl_hides_in_names(
    old: str, status: int, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "old.wsdl").write_text(WSDL, encoding="utf-8")
    (tmp_path / "new.wsdl").write_text(WSDL.replace(old, old + REFERENCES), encoding="utf-8")
    assert main(["diff", "--format", form, str(tmp_path / "old.wsdl"), str(tmp_path / "new.wsdl")]) == status
    out, err = capsys.readouterr()
    hold_harmless(out + err)
    assert (len(err.splitlines()), bool(out)) == ((1, False) if status == 2 else (0, True))


@pytest.mark.parametrize("form", FORMATS["check"])
@pytest.mark.parametrize("charset", ["ascii", "cp1252"])
def test_a_console_of_another_charset(form: str, charset: str, tmp_path: Path) -> None:
    """Pages and what programs read are UTF-8 all the same; in text, letters that it lacks are written as numbers."""
    (tmp_path / "value.xml").write_text(STOP.replace(">42<", f">{SEEN}<"), encoding="utf-8")
    screen = io.TextIOWrapper(buffer := io.BytesIO(), encoding=charset)
    with contextlib.redirect_stdout(screen):
        assert main(["check", "--all", "--format", form, str(tmp_path)]) == 1
    screen.flush()
    if form in ("text", "line"):
        shown = buffer.getvalue().decode(charset)
        assert "\\u6f22\\U0001f600" in shown
    else:
        assert form == "line" or SEEN in buffer.getvalue().decode("utf-8")
