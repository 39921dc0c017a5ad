"""`services85 sample`: what it prints, and what it refuses."""

from __future__ import annotations

import pytest

from .running import assert_refused, run


@pytest.mark.parametrize("as_", ["envelope", "http", "curl", "python"])
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
        (["Batch.StopBatchJob", "--contract", "/nonesuch"], "/nonesuch"),
        (["Batch.StopBatchJob", "--response", "--as", "python"], "only a request"),
        (["Batch.StopBatchJob", "--documented", "--as", "http"], "page's form"),
        (["Batch.StopBatchJob", "--documented", "--full"], "--documented and --full exclude each other"),
    ],
)
def test_sample_says_what_cannot_be(arguments: list[str], said: str) -> None:
    assert_refused(run("sample", *arguments), said)
