"""A candidate version: what was documented and recorded, carried over to it, is still kept; and the other way round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from contracts import Contract, Finding, Message, Service
from contracts.diff.compare import compare
from contracts.diff.rebase import rebase_message
from contracts.diff.usage import find_usage
from contracts.messages import Skipped, read
from contracts.model import Headers, Http
from contracts.plugin import list_examples


@pytest.fixture
def candidate(services85_candidate: Contract | None) -> Contract:
    """The candidate; without one there is nothing to do."""
    if services85_candidate is None:
        pytest.skip("no candidate was named (--services85-candidate PATH)")
    return services85_candidate


def _service(contract: Contract, agent: str, name: str | None) -> Service:
    """The agent in the other contract. One that is gone, with an operation that is in use, breaks its callers."""
    found = [service for service in contract.services if service.agent == agent]
    if not found and len({service.agent for service in contract.services}) == 1:
        pytest.skip(f"{contract.source} is of another agent than {agent}")
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
    return replace(message, data=rebase_message(message.data, old, new), http=http, title=title, answers=answers)


def _address(text: str, old: Service, new: Service) -> str:
    return rebase_message(text.encode(), old, new).decode()


def _fresh(message: Message, here: Contract, there: Contract) -> tuple[Finding, ...]:
    """Judged here, carried over and judged there: what is broken there that is not broken here."""
    __tracebackhide__ = True
    before = here.judge(message)
    if before.agent is None or before.version is None:
        return ()
    name = before.operation
    old = next(s for s in here.services if (s.version, s.agent) == (before.version, before.agent))
    new = _service(there, before.agent, name)
    after = there.judge(_carried(message, old, new), operation=f"{new.version}/{new.agent}.{name}" if name else None)
    if after.outcome == "unjudged":
        pytest.fail(f"{message.file} {message.part}: {new.version}: {after.reason}", pytrace=False)
    known = {(v.rule, v.path) for v in before.violations}
    # That what was sent broken on purpose is kept there, or broken otherwise, breaks nobody.
    return tuple(v for v in after.violations if (v.rule, v.path) not in known and v.rule != "recording-expects")


def _fail(message: Message, there: Contract, fresh: tuple[Finding, ...]) -> None:
    __tracebackhide__ = True
    if fresh:
        what = f"{message.file} {message.part}".strip()
        pytest.fail("\n".join([f"{what}: breaks {there.name}:", *(f"  {f}" for f in fresh[:10])]), pytrace=False)


def _messages(path: Path) -> Iterator[Message]:
    return (message for message in read(str(path)) if not isinstance(message, Skipped))


def test_example(services85_contract: Contract, candidate: Contract, services85_example: Message) -> None:
    """A documented example of the contract."""
    _fail(services85_example, candidate, _fresh(services85_example, services85_contract, candidate))


def test_recording(services85_contract: Contract, candidate: Contract, services85_cassette: Path) -> None:
    """A recording: what was sent and what came back."""
    for message in _messages(services85_cassette):
        _fail(message, candidate, _fresh(message, services85_contract, candidate))


def test_back(services85_contract: Contract, candidate: Contract, services85_provenance: list[str]) -> None:
    """The other way round: the candidate's documented examples against the contract.

    What the candidate adds is no breach: it is in the report, for a client that refuses what it does not know.
    """
    held = {(o.agent, o.name) for _, o in services85_contract.targets()}
    found = [m for m in list_examples(candidate) if m.title and m.title[1:] in held]
    if not found:
        pytest.skip("no documented examples of these operations came with the candidate")
    added: Counter[str] = Counter()
    for message in found:
        fresh = _fresh(message, candidate, services85_contract)
        new = [f for f in fresh if f.rule == "body-unknown"]
        added.update({f.path.rpartition("/")[2].partition("[")[0] for f in new})
        _fail(message, services85_contract, tuple(f for f in fresh if f not in new))
    if added:
        names = ", ".join(f"{name} ({count})" for name, count in added.most_common())
        services85_provenance.append(f"{candidate.name} adds, in so many documented examples: {names}")


def test_changes(services85_contract: Contract, candidate: Contract, services85_cassettes: list[Path]) -> None:
    """No breaking change meets what was recorded, be it in a member that a recording happens to leave out or not."""
    agents = {s.agent for s in services85_contract.services} & {s.agent for s in candidate.services}
    if not agents:
        pytest.skip(f"{candidate.source} has none of this contract's agents")
    changes = compare(services85_contract.services, candidate.services, agents=sorted(agents))
    recorded = [message for path in services85_cassettes for message in _messages(path)]
    uses = find_usage(recorded, changes, services85_contract.services).uses
    breaking = [changes[index] for index, use in uses.items() if use.severity == "breaking"]
    lines = [f"{c.path}: {c.rule}: {c.old or 'nothing'} -> {c.new or 'nothing'} ({c.why})" for c in breaking]
    if lines:
        pytest.fail("\n".join([f"{candidate.name} breaks what is recorded:", *lines]), pytrace=False)
