"""The contract that ``[tool.services85]`` names, where no ``--contract`` is given."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import Any

import pytest

import contracts
from contracts.cli.main import main
from contracts.files.pyproject import KEYS, TENANT_KEYS
from contracts.wsdl.load import DATA

from .running import assert_refused, run


def test_sample_of_the_projects_contract(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    text = (DATA / "Services85" / "Batch" / "service.wsdl").read_text(encoding="utf-8")
    (tmp_path / "new.wsdl").write_text(text.replace("Services85", "Services99"), encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text('[tool.services85]\ncontracts = "new.wsdl"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["sample", "Services99/Batch.StopBatchJob"]) == 0
    assert b"NetServer/Services99" in capfdbinary.readouterr().out
    given = ["--contract", str(DATA / "Services85")]
    assert main(["sample", "Batch.StopBatchJob", *given]) == 0
    assert b"NetServer/Services85" in capfdbinary.readouterr().out


def test_onsite_of_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = run("sample", "Batch.StopBatchJob").stdout
    Path("m.xml").write_text(re.sub("<(\\w+):ApplicationToken>.*?</\\1:ApplicationToken>", "", text))
    assert run("check", "m.xml").exit_code == 1
    Path("pyproject.toml").write_text("[tool.services85]\nonsite = true\n")
    assert run("check", "m.xml").exit_code == 0
    Path("pyproject.toml").write_text('[tool.services85]\nonsite = "yes"\n')
    assert_refused(run("check", "m.xml"), "onsite in [tool.services85] has to be true or false")


def test_a_variable_that_is_no_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICES85_APPLICATIONTOKEN", "secret")
    monkeypatch.setenv("SERVICES85_USR", "someone")
    result = run("drift")
    assert result.exit_code == 0 and result.stderr.splitlines() == [
        "services85: SERVICES85_APPLICATIONTOKEN is no setting; did you mean SERVICES85_APPLICATION_TOKEN?",
        "services85: SERVICES85_USR is no setting; did you mean SERVICES85_USER?",
    ]


def test_every_setting_stands_in_the_table_for_people() -> None:
    table = (Path(contracts.__file__).parent / "README.md").read_text(encoding="utf-8").partition("## Settings")[2]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(KEYS)
    assert set(re.findall(r"`SERVICES85_(\w+)`", table)) == {key.upper() for key in TENANT_KEYS}


@pytest.mark.parametrize("key", KEYS)
def test_a_setting_of_the_wrong_kind_is_named(key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(f"[tool.services85]\n{key} = 3\n")
    assert_refused(run("verify", "--only", "replay"), f"pyproject.toml: {key} in [tool.services85] has to be ")


def test_what_verify_cannot_begin_with_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HYPOTHESIS_PROFILE", "nope")
    assert_refused(run("verify"), "HYPOTHESIS_PROFILE=nope: known are dev, ci, nightly")
    Path("pyproject.toml").write_text('[tool.services85]\ncassettes = "nope"\n')
    assert_refused(run("verify"), "nope: no such folder")
    monkeypatch.setenv("SERVICES85_HOST", "sod.superoffice.com")
    monkeypatch.setenv("SERVICES85_TENANT", "Cust12345")
    monkeypatch.setenv("SERVICES85_VERSION", "85")
    assert_refused(run("verify", "--tenant", "live"), "SERVICES85_VERSION is like Services85, not 85")


def test_help_names_faults_defaults_and_what_may_be_repeated() -> None:
    shown = " ".join(run("verify", "--help").stdout.split())
    assert "NAME is slow, 503, login-page" in shown and ".xml (JUnit), .json or .html (repeatable)." in shown
    assert "status 1 (default: breaking)" in " ".join(run("diff", "--help").stdout.split())
    assert all(len(line) <= 80 for line in run("verify", "--help").stdout.splitlines())


@pytest.mark.parametrize(
    ("address", "cause"), [("127.0.0.1:9", "it cannot be connected to"), ("nosuch.invalid", "there is no such host")]
)
def test_why_a_contract_could_not_be_fetched_is_said(address: str, cause: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(host: str, *rest: Any, **more: Any) -> Any:
        if host == "nosuch.invalid":  # no name server is asked
            raise socket.gaierror(socket.EAI_NONAME, "no")
        return getaddrinfo(host, *rest, **more)

    getaddrinfo = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    refused = run("check", "--contract", f"http://{address}/Batch.wsdl", "m.xml")
    assert_refused(refused, f": cannot be fetched: {cause}\n")


@pytest.mark.parametrize("rooms", ["", ",", " , "])
def test_no_rooms_are_not_all_rooms(rooms: str) -> None:
    assert_refused(run("verify", "--only", rooms), "name rooms: sources, clients")
