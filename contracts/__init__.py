"""Contracts of SOAP services: load one, and judge messages by it.

import contracts

contract = contracts.load()
verdict = contract.check_request(data, headers={"SOAPAction": ..., "Content-Type": ...})
verdict.raise_if_broken()
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .model import (
    Change,
    ContractBroken,
    ContractsError,
    Finding,
    Headers,
    Http,
    Message,
    NotJudged,
    Operation,
    UnreadableContract,
    Verdict,
)
from .model.lazy import load_lazily

if TYPE_CHECKING:
    from .contract import Contract, load
    from .wsdl.service import Service

__all__ = [
    "Change",
    "Contract",
    "ContractBroken",
    "ContractsError",
    "Finding",
    "Headers",
    "Http",
    "Message",
    "NotJudged",
    "Operation",
    "Service",
    "UnreadableContract",
    "Verdict",
    "__version__",
    "load",
]
__getattr__ = load_lazily(__name__, {"Contract": "contract", "load": "contract", "Service": "wsdl.service"})
"""The command's help and completion, and pytest wherever the plugin is installed, need none of the judge."""


def __dir__() -> list[str]:
    """What an interactive Python completes."""
    return __all__


__version__ = "1.0.0"
"""Of the distribution, which has it from here."""
