"""`services85 sample`: what it prints, and what it refuses."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from contracts.generate.rendering import RENDERINGS
from contracts.wsdl.load import DATA

from .running import assert_refused, run


@pytest.mark.parametrize("as_", RENDERINGS)
def test_sample(as_: str) -> None:
    result = run("sample", "Batch.StopBatchJob", "--as", as_)
    assert result.exit_code == 0 and "StopBatchJob" in result.stdout


@pytest.mark.parametrize("option", ["--full", "--minimal", "--documented"])
def test_sample_forms(option: str) -> None:
    result = run("sample", "Batch.StopBatchJob", "--response", option)
    assert result.exit_code == 0 and "StopBatchJobResponse" in result.stdout


def test_a_sample_in_the_pages_form_says_so() -> None:
    result = run("sample", "Batch.StopBatchJob", "--documented")
    assert "the form of a page" in result.stderr and "form of a page" not in result.stdout
    assert not run("sample", "Batch.StopBatchJob").stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Batch.StopBatchJo"], "did you mean Batch.StopBatchJob"),
        (["Sale.GetSaleEntity"], "name its WSDL with --contract"),
        (["Batch.Nonesuch"], "no such operation in Services85\n"),
        (["Batch.StopBatchJob", "--contract", "/nonesuch"], "/nonesuch"),
        (["Batch.StopBatchJob", "--response", "--as", "python"], "only a request"),
        (["Batch.StopBatchJob", "--documented", "--as", "http"], "page's form"),
        (["Batch.StopBatchJob", "--documented", "--full"], "--documented and --full exclude each other"),
    ],
)
def test_sample_says_what_cannot_be(arguments: list[str], said: str) -> None:
    assert_refused(run("sample", *arguments), said)


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    """A folder with Batch of three versions."""
    text = (DATA / "Services85" / "Batch" / "service.wsdl").read_text(encoding="utf-8")
    for version in ("Services9", "Services85", "Services100"):
        (tmp_path / f"{version}.wsdl").write_text(text.replace("Services85", version), encoding="utf-8")
    return tmp_path


def test_the_newest_version_is_taken_unless_one_is_named(versions: Path) -> None:
    result = run("sample", "Batch.StopBatchJob", "--contract", str(versions))
    assert "NetServer/Services100" in result.stdout
    newest = "services85: the newest, Services100/Batch.StopBatchJob; Services85, Services9 have it too\n"
    assert (result.exit_code, result.stderr) == (0, newest)
    named = run("sample", "Services9/Batch.StopBatchJob", "--contract", str(versions))
    assert "NetServer/Services9" in named.stdout and not named.stderr


def test_output_is_the_bytes(tmp_path: Path) -> None:
    for as_ in RENDERINGS:
        options = ("sample", "Batch.StopBatchJob", "--as", as_)
        assert run(*options, "--output", str(tmp_path / "x")).output == ""
        assert (tmp_path / "x").read_bytes() == run(*options).stdout_bytes
    assert shutil.rmtree(tmp_path) is None
    assert_refused(run("sample", "Batch.StopBatchJob", "--output", str(tmp_path / "x")), "its folder does not exist")
