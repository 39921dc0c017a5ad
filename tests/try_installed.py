"""A command: what is installed, tried in an empty folder with nothing but it (`.ci/run` does so with a fresh wheel).

    cd "$(mktemp -d)" && /path/of/an/environment/bin/python CHECKOUT/tests/try_installed.py

Every file of the package is there, the README's first commands work as they stand, and so do the pytest plugin and the
JSON Schemas. It leaves `use.py`, for a type checker to be tried on. Ends with 0, or at what does not work.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import contracts

CHECKOUT = Path(__file__).parents[1]
PLUGIN = """
def test_each(services85_contract, services85_operation):
    service, operation = services85_operation
    assert services85_contract.operation(operation.label) == (service, operation)
"""
USE = """
import contracts

verdict: contracts.Verdict = contracts.load().check_request(b"<a/>")
rules: list[str] = [finding.rule for finding in verdict.violations]
reveal_type(verdict.kept)
"""


def main() -> None:
    """Tries one after the other."""
    assert not any(Path().iterdir()), "this wants an empty folder"
    package = Path(contracts.__file__).parent
    assert not package.is_relative_to(CHECKOUT), f"{package} is the checkout"
    paths = [path for path in (CHECKOUT / "contracts").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    there = {path.relative_to(CHECKOUT / "contracts") for path in paths} - {Path("README.md")}
    missing = sorted(path for path in there if not (package / path).is_file())
    assert not missing, f"not in the wheel: {missing}"

    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    commands = list_commands((CHECKOUT / "README.md").read_text(encoding="utf-8"))
    assert {command.split()[1] for command in commands} >= {"check", "verify", "diff"}, commands
    for command in commands:
        run(command)
    for command in ("check request.xml", "diff Services85 Services85", "schema verify"):
        json.loads(run(f"services85 {command}" + ("" if command.startswith("schema") else " --format json")))

    Path("test_own.py").write_text(PLUGIN, encoding="utf-8")
    assert "15 passed" in run(f'"{sys.executable}" -m pytest -q test_own.py')
    Path("use.py").write_text(USE, encoding="utf-8")


def list_commands(readme: str) -> list[str]:
    """The commands of the README's section on installing that name no file but what they make themselves."""
    section = readme.partition("\n## Install\n")[2].partition("\n## ")[0]
    return re.findall(r"^    (services85 .*?)(?:  +#.*)?$", section, re.MULTILINE)


def run(command: str) -> str:
    """What a command prints; it has to succeed."""
    done = subprocess.run(command, shell=True, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
    print(f"works: {command}")
    return done.stdout


if __name__ == "__main__":
    main()
