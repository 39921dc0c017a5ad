"""A candidate version: what was documented and recorded, carried over to it, is still kept; and the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from contracts import Contract, Message, Service
from contracts.messages import Skipped, read
from contracts.model import Headers, Http
from contracts.plugin import examples
from contracts.upgrade.carry import carry

from .printing import said


@pytest.fixture
def candidate(services85_candidate: Contract | None) -> Contract:
    """The candidate; without one there is nothing to do."""
    if services85_candidate is None:
        pytest.skip("no candidate was named (--services85-candidate PATH)")
    return services85_candidate


def _service(contract: Contract, agent: str, name: str | None) -> Service:
    """The agent in the other contract. One that is gone, with an operation that is in use, breaks its callers."""
    found = [service for service in contract.services if service.agent == agent]
    if not found:
        pytest.fail(f"{agent} is gone: {contract.name} does not have it", pytrace=False)
    service = max(found, key=lambda s: s.version)
    if name and name not in service.operations:
        pytest.fail(f"{agent}.{name} is gone: {service.version} does not have it", pytrace=False)
    return service


def _carried(message: Message, old: Service, new: Service) -> Message:
    """A message with its head, as one of the other version."""
    http = message.http
    if http is not None:
        fields = tuple((n, _address(v, old, new) if n.lower() == "soapaction" else v) for n, v in http.headers)
        target = _address(http.target, old, new) if http.target else None
        http = Http(Headers(fields), http.method, target, http.status, http.reason)
    title = (new.version, *message.title[1:]) if message.title else None
    answers = _carried(message.answers, old, new) if message.answers else None
    return replace(message, data=carry(message.data, old, new), http=http, title=title, answers=answers)


def _address(text: str, old: Service, new: Service) -> str:
    return carry(text.encode(), old, new).decode()


def _compare(message: Message, here: Contract, there: Contract) -> None:
    """Judged here, carried over and judged there: nothing may be broken there that is not broken here."""
    __tracebackhide__ = True
    before = here.judge(message)
    if before.agent is None or before.version is None:
        pytest.skip(f"it belongs to no agent of {here.name}")
    name = before.operation
    old = next(s for s in here.services if (s.version, s.agent) == (before.version, before.agent))
    new = _service(there, before.agent, name)
    label = f"{new.version}/{new.agent}.{name}" if name else None
    after = there.judge(_carried(message, old, new), operation=label)
    known = {(v.rule, v.path) for v in before.violations}
    fresh = tuple(v for v in after.violations if (v.rule, v.path) not in known)
    if fresh or after.outcome == "unjudged" != before.outcome:
        what = f"{message.file} {message.part}: {before.outcome} by {before.version}, by {new.version} it is"
        pytest.fail(f"{what} {said(replace(after, violations=fresh))}", pytrace=False)


def _messages(path: Path) -> Iterator[Message]:
    return (message for message in read(str(path)) if not isinstance(message, Skipped))


def test_example(services85_contract: Contract, candidate: Contract, services85_example: Message) -> None:
    """A documented example of the contract."""
    _compare(services85_example, services85_contract, candidate)


def test_recording(services85_contract: Contract, candidate: Contract, services85_cassette: Path) -> None:
    """A recording: what was sent and what came back."""
    for message in _messages(services85_cassette):
        _compare(message, services85_contract, candidate)


def test_back(services85_contract: Contract, candidate: Contract) -> None:
    """The other way round: the candidate's documented requests, which code may be written by, against the contract."""
    held = {(o.agent, o.name) for _, o in services85_contract.targets()}
    found = [m for m in examples(candidate) if m.title and m.title[1:] in held]
    if not found:
        pytest.skip("no documented examples of these operations came with the candidate")
    for message in found:
        _compare(message, candidate, services85_contract)
