"""How the tests call a command: as a person does, in this process."""

from __future__ import annotations

from click.testing import CliRunner, Result

from contracts.cli.main import services85


def run(*arguments: str) -> Result:
    """``run("check", "a.xml")``; the result has ``exit_code``, ``stdout`` and ``stderr``."""
    return CliRunner().invoke(services85, arguments, catch_exceptions=False)


def assert_refused(result: Result, said: str) -> None:
    """Exit status 2, and one line on standard error that says so."""
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith("services85: ") and result.stderr.count("\n") == 1
    assert said in result.stderr
