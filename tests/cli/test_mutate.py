"""`services85 mutate`: the files it writes, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import contracts

from .running import assert_refused, run


def test_mutate_an_operation(tmp_path: Path) -> None:
    operators = ("--operator", "value-over", "--operator", "wsdl-required")
    result = run("mutate", "Batch.StopBatchJob", *operators, "--out", str(tmp_path))
    assert result.exit_code == 0
    index = json.loads((tmp_path / "index.json").read_text())
    assert f"{len(index)} mutants" in result.stdout
    assert {Path(entry["file"]).suffix for entry in index} == {".http", ".wsdl"}
    assert all((tmp_path / entry["file"]).is_file() for entry in index)
    over = next(entry for entry in index if entry["operator"] == "value-over" and entry["place"].endswith("/Id"))
    assert b">2147483648<" in (tmp_path / over["file"]).read_bytes()


def test_mutate_a_file(tmp_path: Path) -> None:
    file = tmp_path / "request.xml"
    file.write_bytes(run("sample", "Batch.StopBatchJob").stdout_bytes)
    assert run("mutate", str(file), "--out", str(tmp_path / "out")).exit_code == 0
    index = json.loads((tmp_path / "out" / "index.json").read_text())
    assert {"action-missing", "value-over", "header-left-out"} <= {entry["operator"] for entry in index}


def test_mutate_a_wsdl(tmp_path: Path) -> None:
    source = contracts.load().operation("Batch.StopBatchJob")[0].source
    assert run("mutate", source, "--operator", "wsdl-encoded", "--out", str(tmp_path)).exit_code == 0
    assert list(tmp_path.glob("*.wsdl"))


@pytest.mark.parametrize(
    ("text", "said"), [("no message", "request.txt"), ("<Envelope/>", "has to be kept before it is changed")]
)
def test_mutate_wants_a_message_that_is_kept(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "request.txt"
    file.write_text(text)
    assert_refused(run("mutate", str(file), "--out", str(tmp_path / "out")), said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonesuch.xml"], "no such file"),
        (["Batch.Nonesuch"], "no such operation"),
        (["Batch.StopBatchJob", "--operator", "nonesuch"], "no mutation operator"),
    ],
)
def test_mutate_says_what_cannot_be(arguments: list[str], said: str, tmp_path: Path) -> None:
    assert_refused(run("mutate", *arguments, "--out", str(tmp_path)), said)


def test_mutate_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    arguments = ("Batch.StopBatchJob", "--operator", "value-over", "--out", str(tmp_path / "file"))
    assert_refused(run("mutate", *arguments), "file")
