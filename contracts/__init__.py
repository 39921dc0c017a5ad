"""Contracts of SOAP services: load one, and judge messages by it.

import contracts

contract = contracts.load()
verdict = contract.check_request(data, headers={"SOAPAction": ..., "Content-Type": ...})
verdict.raise_if_broken()
"""

from __future__ import annotations

import os

from .contract import Contract
from .model import (
    Change,
    ContractBroken,
    ContractsError,
    Finding,
    Message,
    NotJudged,
    Operation,
    Service,
    UnreadableContract,
    Verdict,
)

__all__ = [
    "Change",
    "Contract",
    "ContractBroken",
    "ContractsError",
    "Finding",
    "Message",
    "NotJudged",
    "Operation",
    "Service",
    "UnreadableContract",
    "Verdict",
    "load",
]


def load(source: str | os.PathLike[str] | None = None) -> Contract:
    """A contract: Services85 as shipped, or from a WSDL file, a folder searched for them, a .zip, a URL.

    Raises UnreadableContract, with one line that names the file and the place. Files of a folder or .zip that cannot
    be used are in `Contract.problems`.
    """
    from .sources.load import load_services

    name = "Services85" if source is None else os.fspath(source)
    services, problems = load_services(name)
    return Contract(services, problems, name)
