"""What somebody else named at length is cut in whatever is said of it, in every format, and can still be recognised."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import contracts
from contracts.report.formats import FORMATS
from tests.cli.running import run
from tests.helpers.messages import STOP, STOPPED

LONG = "Begun" + "x" * 100_000 + "Ended"
HEAD = "POST /Remote/Services85/Batch.svc HTTP/1.1\r\nContent-Type: text/xml; charset=utf-8\r\n"
BODY = f"\r\n{STOP}"
ACTION = 'SOAPAction: "http://www.superoffice.net/ws/crm/NetServer/Services85/Batch/StopBatchJob"\r\n'
MESSAGES = {
    "a-member.xml": STOP.replace("b:Id>", f"b:{LONG}>"),
    "a-member-beside.xml": STOP.replace("<b:Id>", f"<b:{LONG}/><b:Id>"),
    "a-member-in-one.xml": STOP.replace("42", f"<b:{LONG}>1</b:{LONG}>"),
    "an-attribute.xml": STOP.replace("<b:Id>", f'<b:Id {LONG}="1">'),
    "a-value-of-an-attribute.xml": STOP.replace("<b:Id>", f'<b:Id a="{LONG}">'),
    "a-value.xml": STOP.replace("42", LONG),
    "a-value-of-words.xml": STOP.replace("42", "Begun " + "a bc " * 60_000 + "Ended"),
    "a-prefix.xml": STOP.replace("b:Id>", f"{LONG}:Id>").replace("<b:Stop", f'<b:Stop xmlns:{LONG}="urn:x"'),
    "a-namespace.xml": STOP.replace("<b:Id>", f'<Id xmlns="urn:{LONG}">').replace("</b:Id>", "</Id>"),
    "an-operation.xml": STOP.replace("StopBatchJob", LONG),
    "a-type.xml": STOP.replace(
        "<b:Id>", f'<b:Id xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="b:{LONG}">'
    ),
    "a-header.xml": STOP.replace("<b:Credentials>", f"<b:{LONG}/><b:Credentials>"),
    "a-root.xml": f"<{LONG} xmlns='http://schemas.xmlsoap.org/soap/envelope/'/>",
    "not-well-formed.xml": STOP.replace("</b:Id>", f"</b:{LONG}>"),
    "an-entity.xml": STOP.replace("42", f"&{LONG};"),
    "an-instruction.xml": STOP.replace("42", f"<?{LONG} x?>42"),
    "a-declaration.xml": f'<?xml version="1.0" encoding="{LONG}"?>{STOP}',
    "a-body.xml": STOP.replace("soap:Body", f"soap:{LONG}").replace("s:Body", f"s:{LONG}"),
    "an-action.http": f"{HEAD}SOAPAction: {LONG}\r\n{BODY}",
    "a-media-type.http": HEAD.replace("text/xml", f"text/{LONG}") + ACTION + BODY,
    "a-charset.http": HEAD.replace("utf-8", LONG) + ACTION + BODY,
    "a-method.http": HEAD.replace("POST", LONG[:5_000]) + ACTION + BODY,
    "a-path.http": HEAD.replace("Batch.svc", f"{LONG}.svc") + ACTION + BODY,
    "a-version.http": HEAD.replace("Services85", f"Services{'1' * 100_000}") + ACTION + BODY,
    "a-reason.http": f"HTTP/1.1 418 {LONG}\r\nContent-Type: text/xml\r\n\r\n{STOPPED}",
    "a-fault.xml": STOPPED.replace("<b:Response>", f"<b:{LONG}>").replace("</b:Response>", f"</b:{LONG}>"),
    "an-answer.xml": STOPPED.replace("true", LONG, 1),
    "a-coding.http": f"{HEAD}Content-Encoding: {LONG}\r\n{ACTION}{BODY}",
    "a-block.md": f"# StopBatchJob\n\n```{LONG}\n{STOP}\n```\n",
    "a-title.md": f"# {LONG}\n\n```xml\n{STOP.replace('42', 'x')}\n```\n",
    "titles.http": "".join(f"### {LONG[-2_000:]} {n}\n{HEAD}{ACTION}{BODY.replace('42', 'x')}\n" for n in (1, 2)),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("long")
    for name, text in MESSAGES.items():
        (path / name).write_text(text, encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("form", FORMATS["check"])
def test_nothing_of_any_length_is_quoted_whole(folder: Path, form: str) -> None:
    result = run("check", str(folder), "-v", "--all", "--format", form)
    out, err = result.stdout, result.stderr
    words = re.findall(r"[^\s/]+", f"{out} {err}")
    assert max(map(len, words)) < 200
    assert max(map(len, out.splitlines())) < 3_000
    assert out.count("Begun") > 20


def test_nor_is_what_was_given_to_a_command(tmp_path: Path) -> None:
    for arguments in (["explain", LONG], ["check", "--operation", f"Batch.{LONG}", "a.xml"], ["check", f"--{LONG}"]):
        result = run(*arguments)
        assert result.exit_code == 2 and result.stderr.count("\n") == 1
        assert 100 < len(result.stderr) < 500 and "Begunx" in result.stderr


@pytest.mark.parametrize("form", FORMATS["diff"])
def test_nor_is_a_member_that_was_added(tmp_path: Path, form: str) -> None:
    old = Path(contracts.__file__).with_name("Services85") / "Batch" / "service.wsdl"
    member = '<xs:element name="Id" type="xs:int" minOccurs="0"/>'
    text = old.read_text(encoding="utf-8").replace(member, member + member.replace("Id", LONG), 1)
    (tmp_path / "new.wsdl").write_text(text, encoding="utf-8")
    result = run("diff", str(old), str(tmp_path / "new.wsdl"), "--format", form)
    assert "Begunx" in result.stdout.replace("<wbr>", "") or form == "github"
    assert len(result.stdout) < 20_000
