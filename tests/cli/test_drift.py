"""`services85 drift`: what a tenant serves against the contract."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.wsdl.load import DATA

from .running import assert_refused, run


def test_the_stand_in_serves_the_contract() -> None:
    result = run("drift")
    assert (result.exit_code, result.stdout) == (0, "Services85 -> what stand-in serves\nno changes\n")


def test_the_stand_in_drifts_in_no_agent_that_it_has_not(tmp_path: Path) -> None:
    for agent, other in (("Batch", "Batch"), ("Batch", "Sale")):
        text = (DATA / "Services85" / agent / "service.wsdl").read_text(encoding="utf-8")
        (tmp_path / f"{other}.wsdl").write_text(text.replace("Batch", other), encoding="utf-8")
    assert run("drift", "--contract", str(tmp_path)).exit_code == 0
    (tmp_path / "Batch.wsdl").unlink()
    assert_refused(run("drift", "--contract", str(tmp_path)), "it serves no WSDL")


@pytest.mark.parametrize(("fail_on", "status"), [("breaking", 0), ("risky", 1)])
def test_a_contract_of_yesterday(tmp_path: Path, fail_on: str, status: int) -> None:
    text = (DATA / "Services85" / "Batch" / "service.wsdl").read_text(encoding="utf-8")
    (tmp_path / "old.wsdl").write_text(text.replace('<xs:enumeration value="Failed"/>', ""), encoding="utf-8")
    result = run("drift", "--contract", str(tmp_path / "old.wsdl"), "--format", "json", "--fail-on", fail_on)
    changes = json.loads(result.stdout)["changes"]
    assert [(change["rule"], change["path"]) for change in changes] == [("enum-value-added", "BatchTaskState.Failed")]
    assert result.exit_code == status


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--tenant", "sandbox"], "--tenant sandbox: stand-in, live, or a URL"),
        (["--fault", "login-page"], "a page of HTML"),
    ],
)
def test_a_tenant_that_cannot_be_asked(arguments: list[str], said: str) -> None:
    assert_refused(run("drift", *arguments), said)
