"""`services85 score`: how many mutants of the contract's messages and WSDLs the checks catch."""

from __future__ import annotations

import click

from ..report.terminal import show_progress
from . import options


@options.command
@click.argument("operations", metavar="[Agent.Op...]", nargs=-1)
@click.option("--no-wsdl", is_flag=True, help="Leave the mutants of WSDLs out.")
@options.reports("score")
@options.contract
def score(*, operations: tuple[str, ...], no_wsdl: bool, reports: options.Reports, contract: str | None) -> int:
    """Examples:
      services85 score
      services85 score Batch.StopBatchJob SoPrincipal.GetSystemInfo
      services85 score --contract WSDL.zip --format json

    Exit status: 0 every mutant that is a break is caught, and nothing else is
    called broken; 1 not so; 2 an error
    """
    from ..contract import load
    from ..mutate import scoring

    loaded = load(contract)
    only_messages = {"wsdl_operators": ()} if no_wsdl else {}
    with show_progress(None) as step:
        result = scoring.score(loaded, operations, progress=step, **only_messages)
    reports.write(result)
    return 0 if result.passed else 1
