"""The suite is worth what it notices: the shipped contract, changed in one place, makes tests/contract fail."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

import contracts
from contracts.plugin.options import list_cassettes

SHIPPED = Path(contracts.__file__).parent / "Services85"
OTHER = {"Batch": "SoPrincipal", "SoPrincipal": "Batch"}
SUITE = Path(__file__).parent / "contract"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of an agent's WSDL. ``old`` is a pattern that has to match; ``says``: what the failure has to name.

    ``modules``: those of the suite that have to notice it, each by itself.
    """

    name: str
    old: str
    new: str
    says: str
    agent: str = "Batch"
    modules: tuple[str, ...] = ("test_sources",)


_ID = r'(<xs:element name="StopBatchJob">\s*<xs:complexType>\s*<xs:sequence>\s*)<xs:element name="Id" type="xs:int"'
_ANSWER = r'(<xs:element name="StopBatchJobResponse">\s*<xs:complexType>\s*<xs:sequence>\s*<xs:element name="'
_ACTION = r'soapAction="([^"]*)/Batch/StopBatchJob"'
EDITS = (
    Edit("Id dropped", _ID + r' minOccurs="0"/>', r"\1", "Id", modules=("test_sources", "test_clients", "test_replay")),
    Edit("Id renamed", _ID, r'\1<xs:element name="JobId" type="xs:int"', "Id", modules=("test_clients",)),
    Edit("Id a short", _ID, r'\1<xs:element name="Id" type="xs:short"', "Id"),
    Edit("Id a long", _ID, r'\1<xs:element name="Id" type="xs:long"', "Id"),
    Edit("Id a string", _ID, r'\1<xs:element name="Id" type="xs:string"', "Id", modules=("test_ids",)),
    Edit("Id nillable", _ID, r'\1<xs:element name="Id" nillable="true" type="xs:int"', "Id"),
    Edit("a second parameter", _ID,
        r'\1<xs:element name="Force" type="xs:boolean" minOccurs="0"/><xs:element name="Id" type="xs:int"', "Force",
        modules=("test_sources", "test_ids")),
    Edit("Response renamed", _ANSWER + r')Response"', r'\1Result"', "Result", modules=("test_replay",)),
    Edit("Response an int", _ANSWER + r'Response" type=)"xs:boolean"', r'\1"xs:int"', "Response",
        modules=("test_replay",)),
    Edit("an action changed", _ACTION, r'soapAction="\1/Batch/HaltBatchJob"', "StopBatchJob",
        modules=("test_clients",)),
    Edit("a request header dropped",
        r'<soap:header message="tns:StopBatchJobRequest_Headers" part="Credentials" use="literal"/>', "",
        "Credentials"),
    Edit("a response header dropped",
        r'<soap:header message="tns:StopBatchJobResponse_Headers" part="Succeeded" use="literal"/>', "",
        "Succeeded|page-no-response-headers"),
    Edit("an enum value dropped", r'<xs:enumeration value="Aquired"(/>|>.*?</xs:enumeration>)', "", "Aquired"),
    Edit("an enum value spelled right", r'<xs:enumeration value="Aquired"', r'<xs:enumeration value="Acquired"',
        "Aquired"),
    Edit("two members swapped", r'(<xs:element name="AssociateId"[^>]*>)(\s*)(<xs:element name="DetailsTable"[^>]*>)',
        r"\3\2\1", "AssociateId"),
    Edit("a member widened", r'(name="ProgressPercent" type="xs:)short', r"\1int", "ProgressPercent"),
    Edit("a member no longer nillable", r'(name="ProgressDescription"[^>]*) nillable="true"', r"\1",
        "ProgressDescription"),
    Edit("a member required", r'(name="StartCount" type="xs:int") minOccurs="0"', r"\1", "StartCount"),
    Edit("a base dropped", r'<xs:extension base="tns:Carrier">', r'<xs:extension base="tns:TableRight">',
        "TableRight"),
    Edit("no dictionary any more", r"(<IsDictionary[^>]*>)true", r"\1false", "Key"),
    Edit("an array of one", r'(name="BatchTaskInfo" type="tns:BatchTaskInfo"[^>]*) maxOccurs="unbounded"', r"\1",
        "BatchTask"),
    Edit("an enum value added", r'(<xs:enumeration value="Aquired")', r'<xs:enumeration value="Paused"/>\1', "Paused"),
    Edit("half a pair allowed", r'(name="Key" type="xs:string") nillable', r'\1 minOccurs="0" nillable', "Key"),
    Edit("a header's member widened", r'(name="SoTimeZoneId" type="xs:)int', r"\1long", "SoTimeZoneId"),
    Edit("a transport changed", "http://schemas.xmlsoap.org/soap/http", "http://schemas.xmlsoap.org/soap/smtp", "smtp"),
    Edit("an operation dropped", r'(?s)(<soap:binding .*?)<wsdl:operation name="DeleteBatchTask">.*?</wsdl:operation>',
        r"\1", "Delete"),
    Edit("a namespace changed", r"NetServer/Services85\b", "NetServer/Services95", "Services9?5"),
    Edit("a password dropped", r'<xs:element name="Password"[^>]*/>', "", "Password", agent="SoPrincipal"),
    Edit("no token wanted", r'<soap:header message="tns:\w+Request_Headers" part="ApplicationToken" use="literal"/>',
        "", "ApplicationToken", agent="SoPrincipal"),
)  # fmt: skip


@dataclass(eq=False)  # pytest keeps its plugins in sets
class _Failures:
    """A pytest plugin that keeps what failed. ``passed`` and ``failed`` count tests."""

    passed: int = 0
    texts: list[str] = field(default_factory=list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.passed += report.passed and report.when == "call"
        if report.failed:
            self.texts.append(str(report.longrepr))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.texts.append(str(report.longrepr))


def run(contract: Path, modules: Sequence[str], config: pytest.Config, *options: str) -> _Failures:
    """The suite's modules by a contract, up to the first failure; in this process, as a new one takes seconds."""
    found = _Failures()
    arguments = [*(str(SUITE / f"{module}.py") for module in modules), f"--services85-contract={contract}", "-x"]
    off = ("terminal", "cacheprovider", "xdist", "randomly", "unraisableexception")  # that collects garbage at the end
    arguments += [argument for name in off for argument in ("-p", f"no:{name}")]
    folder = Path(list_cassettes(config)[0]).parents[1]
    arguments += [f"--services85-cassettes={folder}", f"--rootdir={config.rootpath}", *options]
    # The plugin is loaded already, as the session around this one needs it.
    arguments += ["-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"]
    status = pytest.main(arguments, plugins=[found])
    assert status in (0, 1, 2), f"pytest ended with {status!r}"
    return found


def copied(folder: Path, edit: Edit | None = None) -> Path:
    shutil.copytree(SHIPPED, folder / "Services85")
    if edit is not None:
        wsdl = folder / "Services85" / edit.agent / "service.wsdl"
        text, count = re.subn(edit.old, edit.new, wsdl.read_text(encoding="utf-8"))
        assert count, f"{edit.name}: nothing to change"
        wsdl.write_text(text, encoding="utf-8")
    return folder / "Services85"


def test_unchanged(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """A copy of the shipped contract, in another place, is kept."""
    found = run(copied(tmp_path), ["test_sources"], pytestconfig)
    assert not found.texts
    assert found.passed > 100


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_changed(edit: Edit, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """One change: red, and the failure names it."""
    contract = copied(tmp_path, edit)
    for module in edit.modules:
        # Of the other agent's operations there is nothing to be seen: half the time.
        found = run(contract, [module], pytestconfig, "-k", f"not {OTHER[edit.agent]}.")
        assert found.texts, f"{edit.name}: {module} notices nothing"
        assert re.search(edit.says, found.texts[0]), f"{edit.name}: {module} says only {found.texts[0][-600:]}"


def test_falsifying_examples_are_kept(
    tmp_path: Path, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Hypothesis falsifies is the smallest there is, printed as XML, and kept as a file that can be judged."""
    check = contracts.Contract.check_request

    def lenient(self: contracts.Contract, data: bytes, *args: Any, **named: Any) -> contracts.Verdict:
        verdict = check(self, data, *args, **named)
        return replace(verdict, outcome="kept", violations=()) if "\u0664" in data.decode() else verdict

    options = (f"--services85-keep={tmp_path / 'kept'}", "-k", "test_everything_else")
    with monkeypatch.context() as patch:
        patch.setattr(contracts.Contract, "check_request", lenient)
        found = run(copied(tmp_path), ["test_ids"], pytestconfig, *options)
    assert len(found.texts) == 1
    assert "Id>&#1636;" in found.texts[0], "a digit that cannot be told from others is printed as a reference"
    kept = list((tmp_path / "kept").glob("*.xml"))
    assert [path.name for path in kept] == ["test_everything_else.xml"]
    verdict = contracts.load().check_request(kept[0].read_bytes())
    assert [violation.rule for violation in verdict.violations] == ["value-lexical"]
