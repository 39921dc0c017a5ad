"""The contract that ``[tool.services85]`` names, where no ``--contract`` is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.cli.main import main
from contracts.wsdl.load import DATA


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
