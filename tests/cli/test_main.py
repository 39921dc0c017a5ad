"""What is the same of every command: help, completion, what a wrong call says, and how a run ends."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from contracts.cli.rules import EXAMPLES

from .running import Run


def test_top_level(run: Run) -> None:
    status, out, _ = run()
    assert status == 0 and "services85 COMMAND" in out and max(map(len, out.splitlines())) <= 80
    assert run("--version")[1].startswith("services85-contracts ")
    status, _, err = run("chekc")
    assert status == 2 and err == "services85: chekc: no such command; did you mean check?\n"


@pytest.mark.parametrize(
    "command",
    ["check", "verify", "diff", "drift", "watch", "serve", "record", "sample", "mutate", "score", "rules", "explain"],
)
def test_help_has_examples(run: Run, command: str) -> None:
    status, out, _ = run(command, "--help")
    assert status == 0 and "Examples:" in out and f"services85 {command}" in out
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("begun", "completed"),
    [
        ("explain body-ca", "plain,body-case"),
        ("explain page-soap", "plain,page-soap-12"),
        ("check traf", "file,traf"),
        ("check --operation Batch.Stop", "plain,Batch.StopBatchJob"),
        ("check --format js", "plain,json"),
        ("sample Batch.Stop", "plain,Batch.StopBatchJob"),
        ("mutate Batch.Stop", "file,Batch.Stop\nplain,Batch.StopBatchJob"),
        ("mutate --operator value-ov", "plain,value-over"),
        ("verify --only so", "plain,sources"),
    ],
)
def test_the_shell_completes_words_and_paths(
    begun: str, completed: str, run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_SERVICES85_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", f"services85 {begun}")
    monkeypatch.setenv("COMP_CWORD", str(len(begun.split())))
    with pytest.raises(SystemExit, match="0"):
        run()
    assert capsys.readouterr().out == f"{completed}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "--formt", "json", "x"], "check: no such option --formt; did you mean --format?"),
        (["check", "--frmat=json", "x"], "check: no such option --frmat; did you mean --format?"),
        (["check", "--format", "jsn", "x"], "; did you mean json?"),
        (["check"], "check: missing argument 'FILE|FOLDER|-...'; see services85 check --help"),
        (["check", "--jobs", "x", "y"], "check: invalid value for '--jobs': 'x' is not a valid whole number; see"),
        (["check", "--request", "--response", "y"], "check: --request and --response exclude each other; see"),
        (["check", "--contract"], "check: option '--contract' requires an argument; see services85 check --help"),
        (["rules", "extra"], "rules: got unexpected extra argument (extra); see services85 rules --help"),
        (["mutate", "--operator", "value-ovr", "--out", "x"], "did you mean value-over?"),
        (["--versoin"], "no such option --versoin; did you mean --version?"),
        (["help", "chek"], "chek: no such command; did you mean check?"),
        (["nonesuch"], "nonesuch: no such command; see services85 --help"),
        (["check", "--format", "json=", "x"], "check: invalid value for '--format': 'json=' names no file; see"),
        (["check", "--until", "2027-13-01", "x"], "'2027-13-01' is no date, such as 2027-03-31; see"),
        (["check", "--contract", "servics85", "x"], "servics85: No such file or directory; did you mean Services85?"),
        (["verify", "--only", "source"], "source: no such room; did you mean sources?"),
        (["verify", "--fault", "truncate"], "no such fault: 'truncate'; did you mean truncated?"),
        (["verify", "--fault", "cut@StopBatchJb"], "the stand-in has no operation StopBatchJb; did you mean StopBatch"),
        (["verify", "--tenant", "standin"], "stand-in, live, or a URL; did you mean stand-in?"),
        (["sample", "Batch"], "Batch is an agent: name an operation of it, such as Batch."),
        (["diff", "Services85", "Services85", "--agent", "X,Y"], "no agent X, Y on either side; there are Batch, SoPr"),
    ],
)
def test_a_wrong_call_is_one_line_that_says_what_was_meant(run: Run, arguments: list[str], said: str) -> None:
    status, out, err = run(*arguments)
    assert status == 2 and not out and said in err and err.startswith("services85: ") and err.count("\n") == 1


def test_help_is_a_command_too(run: Run) -> None:
    assert run("help") == run("--help") and run("help", "rules") == run("rules", "--help")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    "arguments",
    [
        ["rules"],
        ["--version"],
        ["sample", "Batch.StopBatchJob"],
        ["check", "x.xml"],
        ["verify", "-v", "--only", "drift"],
    ],
)
def test_a_full_disk_is_one_line(arguments: list[str]) -> None:
    import subprocess

    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "contracts", *arguments]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2 and done.stderr.splitlines()[-1].startswith("services85: ")
    assert "No space left" in done.stderr and "Traceback" not in done.stderr and "Exception" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="the shell that closes the streams is POSIX's")
@pytest.mark.parametrize(
    ("arguments", "status"), [("rules >&-", 0), ("sample Batch.StopBatchJob >&-", 0), ("check - <&-", 2)]
)
def test_closed_streams_end_in_no_traceback(arguments: str, status: int) -> None:
    import subprocess

    command = f'"{sys.executable}" -m contracts {arguments}'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert done.returncode == status and "Traceback" not in done.stderr and len(done.stderr.splitlines()) <= 1, done


def test_start_imports_nothing_heavy() -> None:
    import subprocess

    code = (
        "import sys; from contracts.cli.main import main; status = main(['check', sys.argv[1]]); "
        "heavy = {'zeep', 'hypothesis', 'requests', 'yaml', 'rich', 'waitress', 'vcr', 'pytest', 'contracts.diff'}; "
        "heavy &= set(sys.modules); "
        "sys.exit(f'{status} {heavy}' if status or heavy else 0)"
    )
    good = next((EXAMPLES / "body-case").glob("good-*"))
    done = subprocess.run([sys.executable, "-c", code, str(good)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def _fail(*_: Any, **__: Any) -> Any:
    raise KeyError("what nobody thought of\n")


@pytest.mark.parametrize(
    ("command", "failing"), [("sample", "generate.sample.make_sample"), ("check", "contract.load")]
)
def test_a_defect_elsewhere_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch, command: str, failing: str) -> None:
    monkeypatch.setattr(f"contracts.{failing}", _fail)
    monkeypatch.setattr("contracts.cli.check.load", _fail)
    status, out, err = run(command, "Batch.StopBatchJob")
    assert (status, out) == (3, "") and err.startswith("services85: internal error: KeyError") and err.count("\n") == 1
    assert "test_main.py:" in err
