"""Keeps traffic that passes as cassettes, redacted, one an exchange."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path

from ..contract import Contract
from ..model import ContractsError, Message, Verdict
from .provenance import state_provenance
from .redaction import Redactor
from .writing import write_cassette

SOURCE = "watch"


class Keeper:
    """Writes ``folder/VERSION/Agent/Operation.N.yaml``, and never over what is there.

    ``origin``: where the traffic goes (``https://HOST``); its host is in no cassette. Raises ContractsError where
    ``folder`` is a file.
    """

    def __init__(self, folder: Path, contract: Contract, origin: str) -> None:
        if folder.exists() and not folder.is_dir():
            raise ContractsError(f"{folder}: not a folder")
        self._folder, self._contract, self._origin = folder, contract, origin
        self._redactor = Redactor([("host", origin.partition("://")[2])])
        self._numbers: dict[Path, count[int]] = {}

    def keep(self, request: Message, response: Message, verdict: Verdict) -> Path:
        """The cassette of an exchange whose request has that verdict, with a version, an agent and an operation.

        Raises CannotRedact where a body cannot be looked into.
        """
        assert request.http is not None and verdict.version and verdict.agent and verdict.operation
        services = [s for s in self._contract.services if (s.version, s.agent) == (verdict.version, verdict.agent)]
        asked = replace(request, http=replace(request.http, target=self._origin + (request.http.target or "")))
        path = self._claim(self._folder / verdict.version / verdict.agent / verdict.operation)
        try:
            write_cassette(path, asked, response, self._redactor, state_provenance(SOURCE, services))
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path

    def _claim(self, stem: Path) -> Path:
        """The next file of that name that is not there; it is made at once, so that nobody else takes it."""
        stem.parent.mkdir(parents=True, exist_ok=True)
        for number in self._numbers.setdefault(stem, count(1)):
            path = stem.with_name(f"{stem.name}.{number}.yaml")
            try:
                path.touch(exist_ok=False)
            except FileExistsError:
                continue
            return path
        raise AssertionError("numbers do not end")
