"""The workflows that a team copies, run step by step in a folder of its own, against a tenant that answers wrong."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from lxml import etree

from contracts.contract import load
from contracts.generate.sample import make_sample
from contracts.live.open_tenant import stand_in_settings
from contracts.standin.server import StandIn

ROOT = Path(__file__).parents[1]
INSTALL = "install"
"""The name of the step in which pip takes part, which is not run here: `.ci/run` tries what it installs."""


class Ended(NamedTuple):
    status: int
    out: str
    summary: str


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A team's repository with one message, which is broken; the command ``services85`` is on its path."""
    service, operation = load().operation("Batch.StopBatchJob")
    (tmp_path / "traffic").mkdir()
    (tmp_path / "traffic" / "a.xml").write_bytes(make_sample(service, operation).replace(b"Id>", b"id>"))
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "services85"
    # What of the suite talks to no tenant would say the same, only later.
    command.write_text(
        '#!/bin/sh\nif [ "$1" = verify ]; then set -- "$@" --only live,drift; fi\n'
        f'exec {shlex.quote(sys.executable)} -m contracts "$@"\n'
    )
    command.chmod(0o755)
    return tmp_path


def _read(*names: str) -> Any:
    return yaml.safe_load(ROOT.joinpath(*names).read_text(encoding="utf-8"))


def _fill(values: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """``${{ vars.A || 'b' }}`` as it is known, else by its default, else empty."""
    expression = r"\$\{\{ *([\w.]+)(?: *\|\| *'([^']*)')? *\}\}"
    return {
        name: re.sub(expression, lambda found: known.get(found[1], found[2] or ""), value)
        for name, value in values.items()
    }


def _run_steps(
    steps: Sequence[Mapping[str, Any]], repository: Path, variables: Mapping[str, str], known: Mapping[str, str]
) -> Ended:
    """Runs what is bash of the steps, as GitHub does, until one fails."""
    summary = repository / "summary.md"
    summary.touch()
    outer = {"PATH": f"{repository / 'bin'}:/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(repository)}
    outer |= {"GITHUB_STEP_SUMMARY": str(summary), "RUNNER_TEMP": str(repository), **_fill(variables, known)}
    status, out = 0, ""
    for step in steps:
        if "run" in step and step.get("name") != INSTALL and status == 0:
            assert step["shell"] == "bash"
            own = outer | _fill(step.get("env", {}), known) | {"HYPOTHESIS_PROFILE": "dev"}
            bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
            done = subprocess.run(bash, cwd=repository, env=own, capture_output=True, text=True)
            status, out = done.returncode, out + done.stdout + done.stderr
    return Ended(status, out, summary.read_text())


def _name_tenant(url: str) -> dict[str, str]:
    settings = stand_in_settings(url)
    return {
        "vars.SERVICES85_URL": url,
        "secrets.SERVICES85_APPLICATION_TOKEN": settings.application_token or "",
        "secrets.SERVICES85_USER": settings.user or "",
        "secrets.SERVICES85_PASSWORD": settings.password or "",
    }


def _run_nightly(repository: Path, fault: str) -> Ended:
    workflow = _read(".github", "workflows", "nightly.yml")
    with StandIn(misbehaviours=[fault] if fault else []) as server:
        return _run_steps(workflow["jobs"]["verify"]["steps"], repository, workflow["env"], _name_tenant(server.url))


def test_nightly_names_operation_rule_and_place(repository: Path) -> None:
    ended = _run_nightly(repository, "wrong-operation@GetBatchTaskInfo")
    assert ended.status == 1, ended
    assert "### broken: Batch.GetBatchTaskInfo: answer-operation\n" in ended.summary
    assert "| `/Envelope/Body/" in ended.summary and "live: 127.0.0.1" in ended.summary
    (annotation,) = (line for line in ended.out.splitlines() if line.startswith("::error "))
    assert "title=broken%3A Batch.GetBatchTaskInfo%3A answer-operation::" in annotation
    assert {path.name for path in repository.glob("verify.*")} == {"verify.xml", "verify.html", "verify.json"}


def test_nightly_tells_what_could_not_be_judged_from_what_is_broken(repository: Path) -> None:
    ended = _run_nightly(repository, "503")
    assert ended.status == 2 and "## services85 verify: not judged" in ended.summary
    assert "### unjudged: " in ended.summary and "### broken" not in ended.summary


def test_nightly_says_what_kept_it_from_beginning(repository: Path) -> None:
    (repository / "pyproject.toml").write_text('[tool.services85]\ncontracts = "no.zip"\n')
    ended = _run_nightly(repository, "")
    assert ended.status == 2 and "no.zip: No such file" in ended.out
    assert ended.summary == "services85 verify ended with 2\n"


def _run_ci(repository: Path) -> Ended:
    workflow = _read(".github", "workflows", "ci.yml")
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    return _run_steps(steps, repository, workflow["env"], {"vars.SERVICES85_MESSAGES": "traffic"})


def _run_action(repository: Path) -> Ended:
    action = _read(".github", "actions", "check", "action.yml")
    inputs = {"inputs.messages": "traffic", "inputs.options": "--verbose"}
    return _run_steps(action["runs"]["steps"], repository, {}, inputs)


@pytest.mark.parametrize("run", [_run_ci, _run_action])
def test_a_broken_message_is_annotated_and_in_the_summary(repository: Path, run: Any) -> None:
    ended = run(repository)
    assert ended.status == 1, ended
    assert "::error file=traffic/a.xml,line=" in ended.out and "title=body-case::" in ended.out
    assert "| Batch.StopBatchJob | `body-case` | `/Envelope/Body/StopBatchJob/id` |" in ended.summary
    (repository / "traffic" / "a.xml").write_bytes(make_sample(*load().operation("Batch.StopBatchJob")))
    assert run(repository).status == 0


def test_ci_tries_every_python_that_is_promised() -> None:
    classified = re.findall(r"Language :: Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert _read(".github", "workflows", "ci.yml")["jobs"]["suite"]["strategy"]["matrix"]["python"] == classified


@pytest.mark.parametrize(
    ("job", "report", "rule"), [("messages", "check.xml", "body-case"), ("verify", "verify.xml", "answer-operation")]
)
def test_gitlab(repository: Path, job: str, report: str, rule: str) -> None:
    pipeline = _read(".gitlab-ci.yml")
    with StandIn(misbehaviours=["wrong-operation@GetBatchTaskInfo"]) as server:
        tenant = {name.partition(".")[2]: value for name, value in _name_tenant(server.url).items()}
        variables = {**pipeline["variables"], "MESSAGES": "traffic", **tenant}
        script = {"run": "\n".join(pipeline[job]["script"]), "shell": "bash"}
        ended = _run_steps([script], repository, variables, {})
    assert ended.status == 1 and pipeline[job]["artifacts"]["reports"]["junit"] == report
    (failure,) = etree.parse(str(repository / report)).iter("failure")
    assert rule in (failure.get("message") or "")
