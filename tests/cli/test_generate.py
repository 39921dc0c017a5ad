"""The commands: what they print, and their exit status."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import pytest

import contracts
from contracts.cli import generate as command


def run(name: str, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add: Callable[[argparse.ArgumentParser], None] = getattr(command, f"add_{name}_arguments")
    start: Callable[[argparse.Namespace], int] = getattr(command, f"run_{name}")
    add(parser)
    assert "examples:" in parser.format_help()
    return start(parser.parse_args(arguments))


@pytest.mark.parametrize("as_", ["envelope", "http", "curl", "python"])
def test_sample(as_: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run("sample", "Batch.StopBatchJob", "--as", as_) == 0
    assert b"StopBatchJob" in capfdbinary.readouterr().out


@pytest.mark.parametrize("option", ["--full", "--minimal", "--documented"])
def test_sample_forms(option: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run("sample", "Batch.StopBatchJob", "--response", option) == 0
    assert b"StopBatchJobResponse" in capfdbinary.readouterr().out


def test_a_sample_in_the_pages_form_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    run("sample", "Batch.StopBatchJob", "--documented")
    out, err = capfd.readouterr()
    assert "the form of a page" in err and "form of a page" not in out
    run("sample", "Batch.StopBatchJob")
    assert not capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Batch.StopBatchJo"], "did you mean Batch.StopBatchJob"),
        (["Batch.StopBatchJob", "--contract", "/nonesuch"], "/nonesuch"),
        (["Batch.StopBatchJob", "--response", "--as", "python"], "only a request"),
        (["Batch.StopBatchJob", "--documented", "--as", "http"], "page's form"),
    ],
)
def test_sample_says_what_cannot_be(arguments: list[str], said: str) -> None:
    with pytest.raises(contracts.ContractsError, match=said):
        run("sample", *arguments)


def test_mutate_an_operation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run(
            "mutate",
            "Batch.StopBatchJob",
            "--operator",
            "value-over",
            "--operator",
            "wsdl-required",
            "--out",
            str(tmp_path),
        )
        == 0
    )
    index = json.loads((tmp_path / "index.json").read_text())
    assert f"{len(index)} mutants" in capsys.readouterr().out
    assert {Path(entry["file"]).suffix for entry in index} == {".http", ".wsdl"}
    assert all((tmp_path / entry["file"]).is_file() for entry in index)
    over = next(entry for entry in index if entry["operator"] == "value-over" and entry["place"].endswith("/Id"))
    assert b">2147483648<" in (tmp_path / over["file"]).read_bytes()


def test_mutate_a_file(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    run("sample", "Batch.StopBatchJob")
    file = tmp_path / "request.xml"
    file.write_bytes(capfdbinary.readouterr().out)
    assert run("mutate", str(file), "--out", str(tmp_path / "out")) == 0
    index = json.loads((tmp_path / "out" / "index.json").read_text())
    assert {"action-missing", "value-over", "header-missing"} <= {entry["operator"] for entry in index}


def test_mutate_a_wsdl(tmp_path: Path) -> None:
    source = contracts.load().operation("Batch.StopBatchJob")[0].source
    assert run("mutate", source, "--operator", "wsdl-encoded", "--out", str(tmp_path)) == 0
    assert list(tmp_path.glob("*.wsdl"))


@pytest.mark.parametrize(
    ("text", "said"), [("no message", "request.txt"), ("<Envelope/>", "has to be kept before it is changed")]
)
def test_mutate_wants_a_message_that_is_kept(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "request.txt"
    file.write_text(text)
    with pytest.raises(contracts.ContractsError, match=said):
        run("mutate", str(file), "--out", str(tmp_path / "out"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonesuch.xml"], "no such file"),
        (["Batch.Nonesuch"], "no such operation"),
        (["Batch.StopBatchJob", "--operator", "nonesuch"], "no mutation operator"),
    ],
)
def test_mutate_says_what_cannot_be(arguments: list[str], said: str, tmp_path: Path) -> None:
    with pytest.raises(contracts.ContractsError, match=said):
        run("mutate", *arguments, "--out", str(tmp_path))


def test_mutate_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(contracts.ContractsError, match="file"):
        run("mutate", "Batch.StopBatchJob", "--operator", "value-over", "--out", str(tmp_path / "file"))


def test_score(capsys: pytest.CaptureFixture[str]) -> None:
    status = run("score", "Batch.StopBatchJob", "--no-wsdl")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:3] == ["operator", "mutants", "caught"]
    assert any(line.startswith("value-over ") for line in lines)
    assert "breaks caught" in lines[-1]
    assert max(map(len, lines)) <= 80 and "".join(lines).isascii()
    assert status == (0 if "(100.00 %), 0 false alarms" in lines[-1] else 1)


def test_score_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    run("score", "SoPrincipal.GetSystemInfo", "--no-wsdl", "--format", "json")
    assert json.loads(capsys.readouterr().out)["summary"]["operations"] == 1


def test_score_of_what_is_not_there() -> None:
    with pytest.raises(contracts.ContractsError, match="no such operation"):
        run("score", "Batch.Nonesuch")
