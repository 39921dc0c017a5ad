"""The Python interface: what goes in, and how a verdict and a failure read."""

from __future__ import annotations

import gzip
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

import contracts
from contracts.cli.main import main
from tests.helpers.messages import CONTRACT, STOP, STOPPED

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "contracts" / "rules" / "examples"
PACKED = gzip.compress(STOP.encode())
LOWER = EXAMPLES / "body-case" / "bad-lower.xml"
STOP_ACTION = "http://www.superoffice.net/ws/crm/NetServer/Services85/Batch/StopBatchJob"
HEAD = (
    "POST /x/Remote/Services85/Batch.svc HTTP/1.1\nContent-Type: text/xml; charset=utf-8\n"
    f'SOAPAction: "{STOP_ACTION}"\n\n'
)


def test_a_contract_shows_its_name_and_agents_and_not_where_it_is_from() -> None:
    assert repr(CONTRACT) == "<Contract Services85: Batch, SoPrincipal>"
    assert "password" not in repr(contracts.Contract(CONTRACT.services, source="https://me:password@localhost/x?wsdl"))


def failure(request: str) -> list[str]:
    with pytest.raises(contracts.ContractBroken) as caught:
        CONTRACT.check_request(request).raise_if_broken()
    return str(caught.value).splitlines()


def test_a_failure_begins_with_rule_and_place_and_shows_the_xml() -> None:
    assert failure(STOP.replace("<b:Id>42</b:Id>", "<b:id>42</b:id>")) == [
        "body-case  /Envelope/Body/StopBatchJob/id, line 1",
        "    expected  <Id>",
        "    found     <id>",
        "    why       xsd: the WSDL's schema: names are spelled as declared, case",
        "              included",
        "    hint      mind the case",
        "    xml       <b:id>42</b:id>",
        "Batch.StopBatchJob request breaks the contract",
    ]


@pytest.mark.parametrize(
    ("good", "bad", "shown"),
    [
        ("<b:Id>42</b:Id>", "", "<b:StopBatchJob/>"),
        ("<b:Id>42</b:Id>", '<b:Id i:nil="true"/>', '<b:Id i:nil="true"/>'),
        ("<b:Id>42</b:Id>", '<b:Id x="&quot;&lt;">42</b:Id>', '<b:Id x="&quot;&lt;">42</b:Id>'),
        ("<b:Id>42</b:Id>", "<b:Id>a\tb&lt;c</b:Id>", "<b:Id>a\\tb&lt;c</b:Id>"),
        ("<b:Id>42</b:Id>", f"<b:Id>{'9' * 101}</b:Id>", f"<b:Id>{'9' * 66}…{'9' * 33}</b:Id>"),
        ("<b:Id>42</b:Id>", "<b:Id><b:Id>4</b:Id></b:Id>", "<b:Id>…</b:Id>"),
    ],
)
def test_the_xml_of_a_failure_is_one_short_line(good: str, bad: str, shown: str) -> None:
    assert f"    xml       {shown}" in failure(STOP.replace(good, bad))


def test_the_xml_of_a_failure_holds_no_secret() -> None:
    for good, bad in (
        ("b:Ticket>", "b:ticket>"),
        ("<b:ApplicationToken>1234567-1234-9876</b:ApplicationToken>", "<b:ApplicationToken>s3cret"
         "</b:ApplicationToken><b:ApplicationToken>s3cret</b:ApplicationToken>"),
        ("<b:Ticket>7T:9876zyxcbaExample==", '<b:Ticket password="s3cret">s3cret'),
    ):  # fmt: skip
        assert good in STOP
        text = "\n".join(failure(STOP.replace(good, bad)))
        assert "    xml       <b:" in text
        assert "s3cret" not in text
        assert "zyxcba" not in text


@pytest.mark.parametrize("path", [LOWER, LOWER.with_name("good-declared.xml")])
def test_what_a_verdict_prints_is_what_check_prints(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--all", str(path)])
    *printed, _ = capsys.readouterr().out.splitlines()
    print(CONTRACT.check_request(path))
    assert capsys.readouterr().out.splitlines() == printed


def test_a_path_is_read_as_check_reads_it(tmp_path: Path) -> None:
    assert [v.rule for v in CONTRACT.check_request(LOWER).violations] == ["body-case"]
    (tmp_path / "answer.xml").write_text(STOPPED, encoding="utf-8")
    assert CONTRACT.check_response(tmp_path / "answer.xml").kept
    call = tmp_path / "call.http"
    call.write_text(HEAD + STOP, encoding="utf-8")
    assert CONTRACT.check_request(call).kept
    call.write_text(HEAD.replace("text/xml", "application/json") + STOP, encoding="utf-8")
    assert [v.path for v in CONTRACT.check_request(call).violations] == ["Content-Type"]


def test_a_path_without_one_message_is_said_so(tmp_path: Path) -> None:
    verdict = CONTRACT.check_request(tmp_path / "none.xml")
    assert verdict.outcome == "unjudged"
    assert "No such file" in str(verdict.reason)
    (tmp_path / "two.http").write_text(HEAD + STOP + "\n\n" + HEAD + STOP, encoding="utf-8")
    with pytest.raises(contracts.ContractsError, match="2 requests in it; one is wanted"):
        CONTRACT.check_request(tmp_path / "two.http")


def test_the_version_is_told_once() -> None:
    assert contracts.__version__ == version("services85-contracts")
    assert "version" not in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_what_a_message_is_made_of_is_exported() -> None:
    head = contracts.Http(contracts.Headers((("SOAPAction", '""'),)), method="POST")
    assert not CONTRACT.judge(contracts.Message(STOP.encode(), direction="request", http=head)).kept


def test_what_was_meant_otherwise_is_said_so(tmp_path: Path) -> None:
    file = tmp_path / "request.xml"
    file.write_text("<a/>", encoding="utf-8")
    with pytest.raises(contracts.ContractsError, match="a file is named as a Path"):
        CONTRACT.check_request(str(file))
    assert CONTRACT.check_request(str(file / "nonesuch")).violations, "a text that names no file is an envelope"
    with pytest.raises(TypeError, match="status has to be a number, not '200'"):
        CONTRACT.check_response("<a/>", status="200")  # type: ignore[arg-type]
    with pytest.raises(contracts.ContractsError, match="status has to be a number such as 200"):
        CONTRACT.check_response("<a/>", status=10**5000)
    assert CONTRACT.check_response("<a/>", status=1000).violations
    with pytest.raises(TypeError, match=r"operation has to be a text such as Batch\.StopBatchJob, not 3"):
        CONTRACT.check_request("<a/>", operation=3)  # type: ignore[arg-type]


def test_what_could_not_be_judged_says_why_and_which(tmp_path: Path) -> None:
    with pytest.raises(contracts.NotJudged, match=r"^cannot be read: No such file.* \(.*none\.xml\)$"):
        CONTRACT.check_request(tmp_path / "none.xml").raise_if_broken()


@pytest.mark.parametrize(
    ("data", "outcome"),
    [(PACKED, "kept"), (STOP.encode(), "kept"), (PACKED[:60], "unjudged")],
    ids=["packed", "unpacked by the tool", "truncated"],
)
def test_a_body_in_gzip_is_unpacked_where_its_head_says_so(data: bytes, outcome: str) -> None:
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{STOP_ACTION}"', "Content-Encoding": "gzip"}
    assert CONTRACT.check_request(data, headers=headers).outcome == outcome


@pytest.mark.parametrize(
    ("declaration", "outcome"),
    [
        ('<?xml version="1.0" encoding="utf-16"?>', "kept"),
        ("<?xml version='1.0' encoding = 'iso-8859-1' standalone='yes' ?>", "kept"),
        ('<?xml version="1.1" encoding="utf-8"?>', "broken"),
    ],
)
def test_of_a_text_no_more_than_the_encoding_that_it_declares_is_passed_over(declaration: str, outcome: str) -> None:
    assert CONTRACT.check_request(declaration + STOP).outcome == outcome
