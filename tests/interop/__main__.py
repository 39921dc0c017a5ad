"""``python -m tests.interop``: runs every client that is installed, and prints the matrix."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .matrix import write_matrix
from .running import SERVERS, run_cases
from .stacks import STACKS, Absent

README = Path(__file__).parent / "README.md"


@click.command()
@click.option("--write", is_flag=True, help="Into tests/interop/README.md; only where every client is installed.")
def main(write: bool) -> None:
    """Asks every client for every case, at either server (two to four minutes)."""
    versions = {}
    for stack in STACKS:
        try:
            versions[stack.name] = stack.found
        except Absent as why:
            print(f"{stack.name}: {why}", file=sys.stderr)
    if write and len(versions) < len(STACKS):
        raise click.ClickException("not written: clients are missing")
    present = [stack for stack in STACKS if stack.name in versions]
    standin, wcf = ({stack.name: list(run_cases(stack, server)) for stack in present} for server in SERVERS)
    text = write_matrix(versions, standin, wcf)
    if write:
        README.write_text(text, encoding="utf-8")
    else:
        print(text)
    wrong = [
        f"{name}, {one.case.name}: {one.cell}"
        for runs in (standin, wcf)
        for name, outcomes in runs.items()
        for one in outcomes
        if one.is_wrong
    ]
    print(*wrong, sep="\n", file=sys.stderr)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
