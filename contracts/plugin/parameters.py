"""Tests made of a contract: one for each operation, parameter, recording or documented example."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..model import ContractsError
from .options import list_cassettes, load_contract

if TYPE_CHECKING:
    from ..contract import Contract
    from ..model import Element, Message, Operation
    from ..wsdl.service import Service


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    names = metafunc.fixturenames
    if not any(name.startswith("services85_") for name in names):
        return
    try:
        _parametrize(metafunc, set(names))
    except ContractsError as error:
        raise pytest.UsageError(f"services85: {error}") from None


def _parametrize(metafunc: pytest.Metafunc, names: set[str]) -> None:
    config = metafunc.config
    if "services85_operation" in names:
        contract = load_contract(config)
        targets = list(contract.targets())
        ids = [_name_operation(contract, s, o) for s, o in targets]
        metafunc.parametrize("services85_operation", targets, ids=ids, indirect=True)
    if "services85_parameter" in names:
        contract = load_contract(config)
        found = list(list_parameters(contract))
        ids = [f"{_name_operation(contract, s, o)}.{e.local}" for s, o, e in found]
        metafunc.parametrize("services85_parameter", found, ids=ids, indirect=True)
    if "services85_cassette" in names:
        paths = list_cassettes(config)
        ids, reason = [p.stem for p in paths], "there are no recordings"
        parametrize_or_skip(metafunc, "services85_cassette", paths, ids, reason, indirect=True)
    if "services85_example" in names:
        contract = load_contract(config)
        messages = list(list_examples(contract))
        reason = "no documented examples came with this contract"
        ids = [_name_example(m, contract) for m in messages]
        parametrize_or_skip(metafunc, "services85_example", messages, ids, reason, indirect=True)


def parametrize_or_skip(
    metafunc: pytest.Metafunc, name: str, values: list[Any], ids: list[str], reason: str, *, indirect: bool = False
) -> None:
    """Parametrises; where there is nothing to try, one test is skipped for that reason."""
    if not values:
        metafunc.parametrize(name, [pytest.param(None, marks=pytest.mark.skip(reason=reason))], ids=["none"])
    else:
        metafunc.parametrize(name, values, ids=ids, indirect=indirect)


def _name_example(message: Message, contract: Contract) -> str:
    file = Path(message.file)
    inside = file.relative_to(contract.source) if file.is_relative_to(contract.source) else file
    return f"{inside.as_posix()}-{message.part}"


def _name_operation(contract: Contract, service: Service, operation: Operation) -> str:
    return f"{service.version}/{operation.label}" if len(contract.services.by_version) > 1 else operation.label


def list_parameters(contract: Contract) -> Iterator[tuple[Service, Operation, Element]]:
    """The parameters with a simple value of every operation: (service, operation, declared element)."""
    for service, operation in contract.targets():
        element = service.schema.element(operation.request.body or "")
        for member in service.schema.members(element.type) if element else ():
            kind = service.schema.type(member.type)
            if kind is not None and kind.kind != "complex":
                yield service, operation, member


def list_examples(contract: Contract) -> Iterator[Message]:
    """The documented examples that came with the contract: beside its WSDLs, and pages in its folder."""
    from ..messages import Skipped, read_all
    from ..model import Message

    for service in contract.services:
        for (operation, direction), data in service.examples.items():
            title = (service.version, service.agent, operation)
            name = f"{service.agent}.{operation}"
            yield Message(data, name, direction, direction, documented=True, title=title)
    folder = Path(contract.source)
    if folder.is_dir():
        pages = sorted(str(p) for p in folder.rglob("*.md"))
        for message in read_all(pages):
            if not isinstance(message, Skipped) and message.documented:
                yield message
