"""What moving to another contract asks of every caller, whatever else changed: as the two contracts show it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from ..model import Change
from ..wsdl.service import Service
from .compare import AGENT_ADDED, AGENT_REMOVED, pair_services

_CHANGES_NO_PROXY = (AGENT_ADDED.id, AGENT_REMOVED.id)


@dataclass(frozen=True, slots=True)
class Step:
    """What is another one: the ``old`` and the ``new`` of the first agent, and of how many ``others`` likewise."""

    what: Literal["namespace", "actions", "endpoint"]
    old: str
    new: str
    others: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """From which versions to which (in the order of comparison), what is another one then, and what stays.

    ``regenerate`` are the agents whose generated proxies no longer fit, ``keep`` those whose do.
    """

    versions: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    stays: tuple[str, ...]
    regenerate: tuple[str, ...]
    keep: tuple[str, ...]


def describe_move(
    old: Sequence[Service],
    new: Sequence[Service],
    changes: Iterable[Change],
    *,
    from_version: str | None = None,
    to_version: str | None = None,
    agents: Sequence[str] = (),
) -> Move:
    """The move that a comparison of the same arguments is about; ``changes`` are what it found."""
    versions: list[tuple[str, str]] = []
    both: list[tuple[Service, Service]] = []
    for version, before, after in pair_services(old, new, from_version, to_version):
        versions.append((version, next((s.version for s in after.values()), version)))
        both += [(before[a], after[a]) for a in before if a in after and (not agents or a in agents)]
    pairs: dict[Literal["namespace", "actions", "endpoint"], list[tuple[str, str]]] = {
        "namespace": [(one.namespace, other.namespace) for one, other in both],
        "actions": [pair for one, other in both for pair in _pair_actions(one, other)],
        "endpoint": [(urlsplit(one.address).path, urlsplit(other.address).path) for one, other in both],
    }
    steps = []
    for what, found in pairs.items():
        if differing := list(dict.fromkeys((one, other) for one, other in found if one != other)):
            steps.append(Step(what, *differing[0], others=len(differing) - 1))
    touched = {agent for c in changes if c.rule not in _CHANGES_NO_PROXY for agent in c.agents}
    touched |= {one.agent for one, other in both if one.namespace != other.namespace}
    known = sorted({one.agent for one, _ in both})
    return Move(
        tuple(versions),
        tuple(steps),
        tuple(what for what, found in pairs.items() if found and what not in {step.what for step in steps}),
        tuple(agent for agent in known if agent in touched),
        tuple(agent for agent in known if agent not in touched),
    )


def _pair_actions(one: Service, other: Service) -> Iterable[tuple[str, str]]:
    return (
        (operation.action, other.operations[name].action)
        for name, operation in one.operations.items()
        if name in other.operations
    )
