"""How the tests call a command: as a person does, in this process."""

from __future__ import annotations

from collections.abc import Callable

from click.testing import CliRunner, Result

from contracts.cli.main import services85

Run = Callable[..., tuple[int, str, str]]
"""The fixture ``run``: what a command is given -> its exit status, what it printed, and what it said of errors."""


def run(*arguments: str) -> Result:
    """``run("check", "a.xml")``; the result has ``exit_code``, ``stdout`` and ``stderr``."""
    return CliRunner().invoke(services85, arguments, catch_exceptions=False)


def expect(status: int, *arguments: str) -> Result:
    """The result of a command that has to end in this status."""
    result = run(*arguments)
    assert result.exit_code == status, result.output
    return result


def refused(*arguments: str) -> str:
    """What is said of a command that ends in 2: one line, and nothing else."""
    result = expect(2, *arguments)
    assert result.stdout == "" and result.stderr.count("\n") == 1 and result.stderr.startswith("services85: ")
    return result.stderr


def assert_refused(result: Result, said: str) -> None:
    """Exit status 2, and one line on standard error that says so."""
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith("services85: ") and result.stderr.count("\n") == 1
    assert said in result.stderr
