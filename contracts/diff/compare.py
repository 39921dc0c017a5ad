"""Two contracts -> what changed between them: pairs versions and agents, and makes one change of each cause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..model import DIRECTIONS, SEVERITIES, Change, ContractsError
from ..model.wording import cut_words, escape_line, suggest_nearest
from ..wsdl.service import Service
from .agent_report import AgentChange
from .change_rule import UNREACHED, ChangeRule
from .compare_services import compare_services
from .folding import ServicePair, is_numbered
from .type_matching import is_mostly_same

# fmt: off
AGENT_REMOVED = ChangeRule("agent-removed", "breaking", "breaking", "operation", "path",
    "every agent of the old contract is in the new one",
    "the endpoint is gone: each of its calls fails",
    "find the agent that took over its operations before moving")
AGENT_RENAMED = ChangeRule("agent-renamed", "breaking", "breaking", "operation", "sides",
    "an agent keeps its name",
    "endpoints and clients are named after the agent: those of the old name are gone",
    "call it by its new name")
AGENT_ADDED = ChangeRule("agent-added", "safe", "safe", "operation", "path",
    "an agent may come",
    "nobody who was written against the old contract calls it",
    "nothing to do")
# fmt: on

_SERVED = re.compile(r"https?://[^?#]*/(Services\d+)/")

Versions = list[tuple[str, str]]
Agents = dict[str, Service]


def compare(
    old: Sequence[Service],
    new: Sequence[Service],
    *,
    from_version: str | None = None,
    to_version: str | None = None,
    agents: Sequence[str] = (),
) -> tuple[Change, ...]:
    """Every change, the worst first, then by agent and path.

    Without versions: one a side are compared with each other, several each with itself. ``agents`` chooses among
    what a side holds. Raises ContractsError where a version or an agent is not there, or there twice.
    """
    pairs = list(pair_services(old, new, from_version, to_version))
    wanted = set(agents)
    held = {agent for _, before, after in pairs for agent in (*before, *after)}
    if missing := sorted(wanted - held):
        known = f"there are {', '.join(sorted(held))}"
        hint = suggest_nearest(missing[0], held if len(missing) == 1 else (), known)
        raise ContractsError(f"no agent {', '.join(missing)} on either side{hint}")
    found: list[tuple[str, AgentChange]] = []
    for before_version, before, after in pairs:
        if renamed := _find_renamed(before, after):
            found.append((before_version, renamed))
            after = {renamed.agent: replace(after[str(renamed.new)], agent=renamed.agent)}
        both: list[ServicePair] = []
        for agent in [*before, *(a for a in after if a not in before)]:
            if wanted and agent not in wanted:
                continue
            first, second = before.get(agent), after.get(agent)
            if first and second:
                both.append((first, second))
            elif first:
                found.append((before_version, _change_of_agent(AGENT_REMOVED, first, agent, None)))
            elif second:
                found.append((before_version, _change_of_agent(AGENT_ADDED, second, None, agent)))
        found += [(before_version, change) for change in compare_services(both)]
    return _merge_changes(found, several=len(pairs) > 1)


def _find_renamed(before: dict[str, Service], after: dict[str, Service]) -> AgentChange | None:
    """The only agent of both sides, where it has another name, and most of its operations."""
    if len(before) != 1 or len(after) != 1 or before.keys() == after.keys():
        return None
    (first,), (second,) = before.values(), after.values()
    if not is_mostly_same(set(first.operations), set(second.operations)):
        return None
    common = {name: o for name, o in first.operations.items() if name in second.operations}
    return _change_of_agent(AGENT_RENAMED, replace(first, operations=common), first.agent, second.agent)


def _change_of_agent(rule: ChangeRule, service: Service, old: str | None, new: str | None) -> AgentChange:
    messages = frozenset((name, direction) for name in service.operations for direction in DIRECTIONS)
    return AgentChange(rule, service.agent, service.agent, old, new, service.agent, messages)


def pair_services(
    old: Sequence[Service], new: Sequence[Service], from_version: str | None = None, to_version: str | None = None
) -> Iterator[tuple[str, Agents, Agents]]:
    """What is compared with what: the old version's name, and its agents and the new one's, by their names.

    Raises ContractsError as `compare` does.
    """
    if not from_version and not to_version:
        known = {service.version for service in old}
        old, new = pair_by_agent(old, [_as_served(service, known) for service in new])
    for before, after in pair_versions(old, new, from_version, to_version):
        yield before, _agents_of(old, before), _agents_of(new, after)


def pair_versions(
    old: Sequence[Service], new: Sequence[Service], from_version: str | None = None, to_version: str | None = None
) -> Versions:
    """Which version of the old side is compared with which of the new."""
    before, after = ({s.version: None for s in side} for side in (old, new))
    for wanted, have, side in ((from_version, before, "old"), (to_version, after, "new")):
        if wanted is not None and wanted not in have:
            hint = suggest_nearest(wanted, have, f"it holds {', '.join(have)}")
            raise ContractsError(f"the {side} side holds no version {wanted}{hint}")
    if from_version or to_version:
        return [
            (
                from_version or _choose_version(before, to_version, "--from"),
                to_version or _choose_version(after, from_version, "--to"),
            )
        ]
    if len(before) == 1 and len(after) == 1:
        return [(next(iter(before)), next(iter(after)))]
    numbered = [[v for v in side if is_numbered(v)] for side in (before, after)]
    if len(numbered[0]) == len(numbered[1]) == 1:  # one version a side, whatever other services lie beside it
        (first,), (second,) = numbered
        return [(first, second), *((v, v) for v in before if v != first and v in after)]
    common = [v for v in before if v in after]
    if not common:
        raise ContractsError(
            f"no version is on both sides ({', '.join(before)}; {', '.join(after)}): choose with --from and --to"
        )
    # A version that only the old side has is gone, with all its agents; from a lone one, nothing can be told of others.
    everything = len(before) > 1 and len(after) > 1
    return [(v, v) for v in (before if everything else common)]


def pair_by_agent(old: Sequence[Service], new: Sequence[Service]) -> tuple[Sequence[Service], Sequence[Service]]:
    """Other services than SuperOffice's have each a version of its own: they are paired by their agents' names.

    For that all of them get the same version, an empty one.
    """
    others = [[s.agent for s in side if not is_numbered(s.version)] for side in (old, new)]
    if not all(others) or any(len(set(side)) < len(side) for side in others):
        return old, new
    renamed = ([s if is_numbered(s.version) else replace(s, version="") for s in side] for side in (old, new))
    return next(renamed), next(renamed)


def _as_served(service: Service, known: set[str]) -> Service:
    """Under another version's URL a WSDL is that version's, to whoever was written against it: its namespace moved."""
    served = _SERVED.match(service.source)
    if served and served[1] in known and served[1] != service.version and is_numbered(service.version):
        return replace(service, version=served[1])
    return service


def _choose_version(versions: dict[str, None], other: str | None, option: str) -> str:
    if len(versions) == 1:
        return next(iter(versions))
    if other in versions:
        return str(other)
    raise ContractsError(f"several versions ({', '.join(versions)}): choose one with {option}")


def _agents_of(side: Sequence[Service], version: str) -> Agents:
    table: Agents = {}
    for service in side:
        if service.version != version:
            continue
        if service.agent in table:
            twice = table[service.agent].source
            raise ContractsError(f"{service.source} and {twice} both describe {service.agent} of {version}: name one")
        table[service.agent] = service
    return table


def _merge_changes(found: list[tuple[str, AgentChange]], *, several: bool) -> tuple[Change, ...]:
    """One change of each cause: what several agents and versions show alike is the same."""
    causes: dict[tuple[str, str, str | None, str | None], list[tuple[str, AgentChange]]] = {}
    for version, one in found:
        causes.setdefault((one.rule.id, one.key, one.old, one.new), []).append((version, one))
    changes = [_as_change([c for _, c in group], [v for v, _ in group] if several else []) for group in causes.values()]
    return tuple(sorted(changes, key=lambda c: (SEVERITIES.index(c.severity), c.agents, c.path, c.rule)))


def _write_value(text: str | None) -> str | None:
    return None if text is None else escape_line(cut_words(text))


def _as_change(group: list[AgentChange], versions: list[str]) -> Change:
    rule = group[0].rule
    directions = {direction for change in group for _, direction in change.messages}
    reached = [change for change in group if change.messages] or group
    sides = [d for d in DIRECTIONS if d in directions]
    return Change(
        rule=rule.id,
        severity=rule.severity(directions),
        direction=sides[0] if len(sides) == 1 else "both",
        agents=tuple(sorted({agent for change in reached for agent in (change.agent, *change.beside)})),
        operations=tuple(sorted({f"{c.agent}.{name}" for c in reached for name, _ in c.messages})),
        path=escape_line(cut_words(min(change.path for change in group))),  # an enumeration's value may be any text
        old=_write_value(group[0].old),
        new=_write_value(group[0].new),
        why=rule.why if directions else f"{UNREACHED}: {rule.why}",
        versions=tuple(dict.fromkeys(v for v in versions if v)),
    )
