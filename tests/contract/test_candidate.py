"""A candidate version: what was documented and recorded, carried over to it, is still kept; and the other way round."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import pytest

from contracts import Contract, Finding, Message, Service
from contracts.diff.compare import compare
from contracts.diff.evidence import UseEvidence
from contracts.diff.rebase import rebase_message
from contracts.diff.usage import find_usage
from contracts.model import ContractsError, Headers, Http
from contracts.plugin.parameters import list_examples


@dataclass(frozen=True)
class _Use:
    """The operations that are used, as ``said``; what was recorded, of which operations."""

    said: str
    operations: frozenset[str]
    messages: tuple[Message, ...]
    recorded: frozenset[str]
    evidence: UseEvidence


@pytest.fixture
def candidate(services85_candidate: Contract | None) -> Contract:
    """The candidate; without one there is nothing to do."""
    if services85_candidate is None:
        pytest.skip("no candidate was named (--services85-candidate PATH)")
    return services85_candidate


@pytest.fixture(scope="module")
def use(
    services85_candidate: Contract | None, services85_contract: Contract, services85_evidence: UseEvidence | None
) -> _Use | None:
    """What is used; None where nothing says it. Raises ContractsError where that is nothing of this contract."""
    evidence, services = services85_evidence, services85_contract.services
    if services85_candidate is None or evidence is None:
        return None
    found = find_usage(evidence.messages, [], services, evidence.named)
    if not found.operations:
        raise ContractsError(f"{evidence.said}: no message of an operation of {services85_contract.source}")
    messages = (*evidence.messages, *evidence.beside)
    recorded = find_usage(messages, [], services).operations
    kinds = ", ".join(one.text for one in found.evidence)
    used = frozenset(found.operations)
    return _Use(f"{evidence.said} ({kinds})", used, messages, used & set(recorded), evidence)


def _skip_unused(use: _Use | None, label: str) -> None:
    if use is not None and label not in use.operations:
        pytest.skip(f"{use.said} says that it is not used")


def _is_of_another(there: Contract, agent: str | None) -> bool:
    """Whether the other contract is of one agent, and not of this one: then nothing is said of it."""
    theirs = {service.agent for service in there.services}
    return len(theirs) == 1 and agent not in theirs


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


def test_example(
    services85_contract: Contract, candidate: Contract, services85_example: Message, use: _Use | None
) -> None:
    """A documented example of the contract, of an operation that is used as far as that is known."""
    if services85_example.title:
        if _is_of_another(candidate, services85_example.title[1]):
            pytest.skip(f"{candidate.source} is of another agent")
        _skip_unused(use, ".".join(services85_example.title[1:]))
    _fail(services85_example, candidate, _fresh(services85_example, services85_contract, candidate))


def test_recorded(services85_contract: Contract, candidate: Contract, use: _Use | None) -> None:
    """What was recorded of what is used: what was sent and what came back."""
    if use is None or not use.recorded:
        pytest.skip("no recorded message of what is used (--used-by, --cassettes)")
    broken: list[str] = []
    for message in use.messages:
        verdict = services85_contract.judge(message)
        if verdict.label not in use.operations or _is_of_another(candidate, verdict.agent):
            continue
        for finding in _fresh(message, services85_contract, candidate):
            broken.append(f"{message.file} {message.part}".strip() + f": {finding}")
    if broken:
        pytest.fail("\n".join([f"breaks {candidate.name}:", *broken[:10], *_say_more(broken)]), pytrace=False)


def _say_more(lines: list[str]) -> list[str]:
    return [f"... {len(lines) - 10} more"] if len(lines) > 10 else []


def test_back(
    services85_contract: Contract, candidate: Contract, services85_provenance: list[str], use: _Use | None
) -> None:
    """The other way round: the candidate's documented examples against the contract.

    What the candidate adds is no breach: it is in the report, for a client that refuses what it does not know.
    """
    held = {(o.agent, o.name) for _, o in services85_contract.targets() if use is None or o.label in use.operations}
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


def test_changes(
    services85_contract: Contract, candidate: Contract, use: _Use | None, services85_provenance: list[str]
) -> None:
    """No breaking change meets what is used, be it in a member that a recording happens to leave out or not."""
    mine, theirs = ({s.agent for s in contract.services} for contract in (services85_contract, candidate))
    if not mine & theirs:
        pytest.skip(f"{candidate.source} has none of this contract's agents")
    if use is None:
        raise ContractsError(
            "nothing says which operations are used: --used-by, --uses, or --cassettes with recordings of your own"
        )
    # A single agent says nothing of the others.
    compared = mine & theirs if len(theirs) == 1 else mine
    others = sorted(label for label in use.operations if label.partition(".")[0] not in compared)
    if len(others) == len(use.operations):
        raise ContractsError(
            f"{candidate.source} is of {', '.join(compared)} alone, and you use {', '.join(others[:3])}"
        )
    if others:
        services85_provenance.append(f"candidate: of another agent than its own, not judged: {', '.join(others)}")
    changes = compare(services85_contract.services, candidate.services, agents=sorted(compared))
    found = find_usage(
        use.evidence.messages, changes, services85_contract.services, use.evidence.named, use.evidence.members
    )
    changed = {label for change in changes for label in change.operations}
    services85_provenance.append(
        f"candidate: used is what {use.said} says; recorded, and judged as messages, are"
        f" {len(use.recorded):,} of {len(use.operations):,} operations you use,"
        f" {len(use.recorded & changed):,} of {len(changed):,} changed ones"
    )
    breaking = [changes[index] for index, one in found.uses.items() if one.severity == "breaking"]
    lines = [f"{c.path}: {c.rule}: {c.old or 'nothing'} -> {c.new or 'nothing'} ({c.why})" for c in breaking]
    if lines:
        pytest.fail("\n".join([f"{candidate.name} breaks what is used, as {use.said} says:", *lines]), pytrace=False)
