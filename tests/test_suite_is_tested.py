"""The suite is worth what it notices: the shipped contract, changed in one place, makes tests/contract fail."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

import contracts
from contracts.plugin.options import list_cassettes
from tests.helpers.wsdls import edited, written

SHIPPED = Path(contracts.__file__).parent / "Services85"
SUITE = Path(__file__).parent / "contract"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of the WSDL of the agent of ``about``, an operation whose tests notice it.

    ``says``: what the failure has to name. ``modules``: those of the suite that have to notice it, each by itself.
    """

    name: str
    make: Callable[[bytes], bytes]
    says: str
    about: str = "Batch.StopBatchJob"
    modules: tuple[str, ...] = ("test_sources",)


_ID, _ANSWER, _SAVE = "StopBatchJob.Id", "StopBatchJobResponse.Response", "Batch.UpdateBatchTask"
_LOGIN = "SoPrincipal.AuthenticateUsernamePassword"
EDITS = (
    Edit("Id dropped", edited("member-removed", _ID), "Id", modules=("test_sources", "test_clients", "test_replay")),
    Edit("Id renamed", edited("member-renamed", _ID), "Id", modules=("test_clients",)),
    Edit("Id a short", edited("type-narrowed", _ID), "Id"),
    Edit("Id a long", edited("type-widened", _ID), "Id"),
    Edit("Id a string", edited("type-switched-back", _ID), "Id", modules=("test_ids",)),
    Edit("Id nillable", edited("nillable", _ID), "Id"),
    Edit("a second parameter", edited("member-added", _ID), "AddedLately", modules=("test_sources", "test_ids")),
    Edit("Response renamed", edited("member-renamed", _ANSWER), "Response2", modules=("test_replay",)),
    Edit("Response a string", edited("type-boolean", _ANSWER), "Response", modules=("test_replay",)),
    Edit("an action changed", edited("action-changed", "BasicHttpBinding_Batch.StopBatchJob"), "StopBatchJob",
        modules=("test_clients",)),
    Edit("a request header dropped", edited("header-removed", "StopBatchJobRequest.Credentials"), "Credentials"),
    Edit("a response header dropped", edited("response-header-removed", "StopBatchJobResponse.Succeeded"),
        "Succeeded|page-no-response-headers"),
    Edit("an enum value dropped", edited("enum-removed", "BatchTaskState.Aquired"), "Aquired", _SAVE),
    Edit("an enum value renamed", edited("enum-renamed", "BatchTaskState.Aquired"), "Aquired", _SAVE),
    Edit("an enum value added", edited("enum-added", "BatchTaskState.Aquired"), "AddedLately", _SAVE),
    Edit("two members swapped", edited("members-swapped", "BatchTaskInfo.AssociateId"), "AssociateId", _SAVE),
    Edit("a member widened", edited("type-widened", "BatchTaskInfo.StartCount"), "StartCount", _SAVE),
    Edit("a member no longer nillable", edited("not-nillable", "BatchTaskInfo.ProgressDescription"),
        "ProgressDescription", _SAVE),
    Edit("a member required", edited("required", "BatchTaskInfo.StartCount"), "StartCount", _SAVE),
    Edit("a base dropped", written('<xs:extension base="tns:Carrier">', '<xs:extension base="tns:TableRight">'),
        "TableRight", _SAVE),
    Edit("no dictionary any more", written("(<IsDictionary[^>]*>)true", r"\1false"), "Key", _SAVE),
    Edit("an array of one", edited("once", "ArrayOfBatchTaskInfo.BatchTaskInfo"), "BatchTask",
        "Batch.GetBatchTaskInfosByState"),
    Edit("half a pair allowed", edited("optional", "StringKeyValuePair.Key"), "Key", _SAVE),
    Edit("a header's member widened", edited("type-widened", "SoTimeZone.SoTimeZoneId"), "SoTimeZoneId"),
    Edit("a transport changed", edited("transport", "WcfBatchService.BasicHttpBinding_Batch"), "smtp"),
    Edit("an operation dropped", edited("operation-removed", "BasicHttpBinding_Batch.DeleteBatchTask"), "Delete",
        "Batch.DeleteBatchTask"),
    Edit("a namespace changed", edited("namespace", "definitions"), "example.com/other|Services85"),
    Edit("a password dropped", edited("member-removed", "AuthenticateUsernamePassword.Password"), "Password", _LOGIN),
    Edit("no token wanted", edited("header-removed", "AuthenticateUsernamePasswordRequest.ApplicationToken"),
        "ApplicationToken", _LOGIN),
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
    # The last collects garbage at the end; one asks git what is measured.
    off = ("terminal", "cacheprovider", "xdist", "randomly", "benchmark", "unraisableexception")
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
        wsdl = folder / "Services85" / edit.about.partition(".")[0] / "service.wsdl"
        wsdl.write_bytes(edit.make(wsdl.read_bytes()))
    return folder / "Services85"


def about(operation: str) -> tuple[str, str]:
    """The tests of an operation, and those of none: what the others say of theirs takes its time."""
    return "-k", f"{operation} or not (Batch or SoPrincipal)"


def test_unchanged(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """A copy of the shipped contract, in another place, is kept."""
    found = run(copied(tmp_path), ["test_sources"], pytestconfig, *about("StopBatchJob"))
    assert not found.texts
    assert found.passed > 15


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_changed(edit: Edit, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """One change: red, and the failure names it."""
    contract = copied(tmp_path, edit)
    for module in edit.modules:
        found = run(contract, [module], pytestconfig, *about(edit.about.partition(".")[2]))
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
