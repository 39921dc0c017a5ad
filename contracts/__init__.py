"""Contracts of SOAP services: load one, and judge messages by it.

import contracts

contract = contracts.load()
verdict = contract.check_request(data, headers={"SOAPAction": ..., "Content-Type": ...})
verdict.raise_if_broken()
"""

from __future__ import annotations

from .contract import Contract, load
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
__version__ = "1.0.0"
"""Of the distribution, which has it from here."""
