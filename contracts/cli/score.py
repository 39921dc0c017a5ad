"""`services85 score`: how many mutants of the contract's messages and WSDLs the checks catch."""

from __future__ import annotations

from ..contract import load
from ..mutate import scoring
from ..report.terminal import show_progress
from . import options
from .options import argument, flag


@options.command
def score(
    *,
    operations: tuple[str, ...] = argument(metavar="[Agent.Op...]", nargs=-1),
    no_wsdl: bool = flag(help="Leave the mutants of WSDLs out."),
    reports: options.Reports = options.reports("score"),
    contract: str | None = options.contract,
) -> int:
    """Examples:
      services85 score
      services85 score Batch.StopBatchJob SoPrincipal.GetSystemInfo
      services85 score --contract WSDL.zip --format json

    Exit status: 0 every mutant that is a break is caught, and nothing else is
    called broken; 1 not so; 2 an error
    """
    loaded = load(contract)
    only_messages = {"wsdl_operators": ()} if no_wsdl else {}
    with show_progress(None) as step:
        result = scoring.score(loaded, operations, progress=step, **only_messages)
    reports.write(result)
    return 0 if result.passed else 1
