"""`services85 mutate`: mutants of a message or a WSDL as files, for whoever wants to try something else on them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..contract import Contract, load
from ..files.opening import read_head, suggest_path
from ..generate.rendering import make_head
from ..messages import read
from ..model import ContractsError, Message
from ..model.wording import suggest_nearest
from ..mutate.mutants import OPERATORS, WSDL_OPERATORS, Mutant, make_mutants, make_wsdl_mutants
from ..mutate.originals import Original
from ..mutate.scoring import make_originals
from ..mutate.wsdl_editor import WsdlDocument, wsdl_bytes
from ..wsdl.load import load_services
from ..wsdl.service import Service
from . import options
from .options import argument, many, option

_KNOWN = sorted({*(o.id for o in OPERATORS), *(o.id for o in WSDL_OPERATORS)})
_File = tuple[str, str, Mutant[Any]]
"""Whose mutant it is, the suffix of its file, and the mutant."""


@options.command
def mutate(
    *,
    source: str | None = argument(metavar="[FILE|Agent.Op]", required=False),
    out: str = option(metavar="DIR", required=True, help="Where the mutants are written; made where needed."),
    operators: tuple[str, ...] = many(
        "--operator", metavar="ID", shell_complete=options.complete_among(lambda: _KNOWN), help="Only this one."
    ),
    contract: str | None = options.contract,
) -> int:
    """Examples:
      services85 mutate Batch.StopBatchJob --out mutants/
      services85 mutate recorded/request.http --out mutants/
      services85 mutate Batch.StopBatchJob --operator value-over --out mutants/

    Without a source: every message and WSDL of the contract.
    """
    if unknown := sorted(set(operators) - set(_KNOWN)):
        hint = suggest_nearest(unknown[0], _KNOWN, "services85 score lists them")
        raise ContractsError(f"--operator {unknown[0]}: no mutation operator{hint}")
    loaded = load(contract)
    files = [file for file in _list_files(loaded, source) if not operators or file[2].operator.id in operators]
    count = _write_files(Path(out), files)
    print(f"{count} mutants in {out}; {out.rstrip('/')}/index.json says what each is")
    return 0


def _list_files(contract: Contract, source: str | None) -> Iterator[_File]:
    messages, services = _find_sources(contract, source)
    for first in messages:
        yield from ((f"{first.operation.label}.{first.direction}", "http", mutant) for mutant in make_mutants(first))
    for service in services:
        if (data := wsdl_bytes(service)) is not None:
            yield from ((service.agent, "wsdl", mutant) for mutant in make_wsdl_mutants(WsdlDocument(service, data)))


def _find_sources(contract: Contract, source: str | None) -> tuple[list[Original], list[Service]]:
    """The messages to change, and the services whose WSDLs are: of a file, an operation, or all."""
    if source is None:
        return list(make_originals(contract.targets())), list(contract.services)
    path = Path(source)
    if path.is_file() and b"http://schemas.xmlsoap.org/wsdl/" in read_head(source, 8192):
        return [], load_services(source)[0]
    if path.exists():
        return _read_originals(contract, source), []
    if not re.fullmatch(r"(\w+/)?\w+\.\w+", source) or source.endswith((".xml", ".http", ".yaml", ".md", ".wsdl")):
        raise ContractsError(f"{source}: no such file, and no operation (Agent.Op){suggest_path(source)}")
    service, operation = contract.operation(source)
    return list(make_originals([(service, operation)])), [service]


def _read_originals(contract: Contract, path: str) -> list[Original]:

    found = [_take_original(contract, m) for m in read(path) if isinstance(m, Message)]
    if not found:
        raise ContractsError(f"{path}: holds no SOAP message")
    return found


def _take_original(contract: Contract, message: Message) -> Original:
    """A message of a file, which has to be kept: what is broken already has no single fault."""
    where = f"{message.file} {message.part}".strip()
    if message.problem is not None:
        raise ContractsError(f"{where}: {message.problem}")
    verdict = contract.judge(message)
    if message.documented:
        raise ContractsError(f"{where}: a documented page's form is no message on the wire; name the operation instead")
    if not verdict.kept:
        found = verdict.violations[0] if verdict.violations else verdict.reason
        raise ContractsError(f"{where}: has to be kept before it is changed: {found}")
    label = f"{verdict.version}/{verdict.agent}.{verdict.operation}"
    targets = contract.services.find(label)
    if len(targets) != 1 or verdict.message is None:
        raise ContractsError(f"{where}: it is not clear which operation it belongs to")
    service, operation = targets[0]
    http = message.http or make_head(service, operation, verdict.message, message.data)
    return Original(service, operation, verdict.message, http, message.data)


def _write_files(folder: Path, files: Iterable[_File]) -> int:
    index = []
    folder.mkdir(parents=True, exist_ok=True)
    for number, (origin, suffix, mutant) in enumerate(files, 1):
        id = mutant.operator.id
        file = f"{number:04d}.{origin}.{id}.{suffix}"
        (folder / file).write_bytes(mutant.bytes)
        index.append({"file": file, "operator": id, "place": mutant.place, "equivalent": mutant.equivalent})
    (folder / "index.json").write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")
    return len(index)
