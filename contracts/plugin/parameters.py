"""Tests made of a contract: one for each operation, parameter, recording or documented example."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    try:
        for name, (list_values, reason) in _PARAMETERS.items():
            if name in metafunc.fixturenames:
                found = list(list_values(metafunc.config))
                ids, values = [id for id, _ in found], [value for _, value in found]
                parametrize_or_skip(metafunc, name, values, ids, reason, indirect=True)
    except ContractsError as error:
        raise pytest.UsageError(f"services85: {error}") from None


def _list_operations(config: pytest.Config) -> Iterator[tuple[str, Any]]:
    contract = load_contract(config)
    for service, operation in contract.targets():
        yield _name_operation(contract, service, operation), (service, operation)


def _list_parameters(config: pytest.Config) -> Iterator[tuple[str, Any]]:
    contract = load_contract(config)
    for service, operation, element in list_parameters(contract):
        yield f"{_name_operation(contract, service, operation)}.{element.local}", (service, operation, element)


def _list_cassettes(config: pytest.Config) -> Iterator[tuple[str, Any]]:
    return ((path.stem, path) for path in list_cassettes(config))


def _list_examples(config: pytest.Config) -> Iterator[tuple[str, Any]]:
    contract = load_contract(config)
    return ((_name_example(message, contract), message) for message in list_examples(contract))


_PARAMETERS: dict[str, tuple[Callable[[pytest.Config], Iterator[tuple[str, Any]]], str]] = {
    "services85_operation": (_list_operations, "the contract has no operations"),
    "services85_parameter": (_list_parameters, "no operation has a parameter with a simple value"),
    "services85_cassette": (_list_cassettes, "there are no recordings"),
    "services85_example": (_list_examples, "no documented examples came with this contract"),
}
"""A fixture -> the tests it makes, each with its id, and why there are none."""


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
