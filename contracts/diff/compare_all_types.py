"""What changed in all types of two documents, whatever holds them: those that stayed, were renamed, went or came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import chain

from ..model import local
from ..xsd.schema import Schema
from .agent_report import AgentChange, complete_path
from .change_rule import ChangeRule, Emit
from .compare_types import MEMBER_ADDED, MEMBER_REMOVED, REQUIRED_MEMBER_ADDED, Pair, TypeComparison
from .reach import AgentMessages
from .sides import Sides

# fmt: off
TYPE_REMOVED = ChangeRule("type-removed", "safe", "safe", "operation", "path",
    "a type that no operation uses may go",
    "it is in no message",
    "nothing to do")
TYPE_ADDED = ChangeRule("type-added", "safe", "safe", "operation", "path",
    "a type that no operation uses may come",
    "it is in no message",
    "nothing to do")
DERIVED_TYPE_REMOVED = ChangeRule("derived-type-removed", "breaking", "safe", "operation", "path",
    "a type that may stand for its base stays",
    "a caller that sends it (xsi:type) is refused",
    "send another of the base's types")
DERIVED_TYPE_ADDED = ChangeRule("derived-type-added", "safe", "risky", "operation", "path",
    "no type comes that may stand for its base in a response",
    "the server may answer with an xsi:type that the caller does not know",
    "be ready for a type that is not known")
# fmt: on

_LIFTED = (MEMBER_REMOVED, MEMBER_ADDED, REQUIRED_MEMBER_ADDED)


@dataclass(frozen=True, slots=True)
class OwnTypes:
    """What the comparison of one agent's own messages saw of types.

    ``wrappers`` are types of the old side that were compared as a message's own; for the others see `TypeComparison`.
    """

    agent: str
    wrappers: frozenset[str]
    renamed: Mapping[Pair, None]
    lifted: Mapping[str, tuple[Pair, list[Pair]]]


def compare_all_types(sides: Sides, each: Sequence[OwnTypes]) -> Iterator[AgentChange]:
    """The changes in the types of the agents' documents: once for all agents."""
    return _AllTypes(sides, each).compare()


def _list_sides(sides: Sides) -> Iterable[tuple[Callable[[str], str], Schema]]:
    return zip((sides.names.old, sides.names.new), sides.schemas, strict=True)


@dataclass(frozen=True, slots=True)
class _TypeChange:
    """A change of a type, for ``agents``: ``where`` are those that have it in messages."""

    rule: ChangeRule
    path: str
    old: str | None
    new: str | None
    agents: Set[str]
    where: AgentMessages

    def attribute(self) -> Iterator[AgentChange]:
        """As the agents show it. Of those that have it in no message one tells of all, where none has it in any."""
        agents = [agent for agent in self.where if agent in self.agents]
        if self.path.startswith("/"):  # another path for each agent
            agents = sorted(self.agents)
        elif not agents:
            told, *beside = sorted(self.agents)
            yield AgentChange(self.rule, self.path, self.path, self.old, self.new, told, frozenset(), tuple(beside))
        for agent in agents:
            path, messages = complete_path(agent, self.path), self.where.get(agent, frozenset())
            yield AgentChange(self.rule, path, path, self.old, self.new, agent, messages)


class _AllTypes:
    def __init__(self, sides: Sides, each: Sequence[OwnTypes]) -> None:
        self.sides = sides
        self.types = TypeComparison(sides)
        self.agents: Set[str] = {own.agent for own in each}
        self.wrapped = defaultdict[str, set[str]](set)
        """Types -> the agents that have them as a message's own."""
        for own in each:
            self.types.renamed |= own.renamed
            for path, (base, heirs) in own.lifted.items():
                self.types.lifted.setdefault(path, (base, []))[1].extend(heirs)
            for name in own.wrappers:
                self.wrapped[name].add(own.agent)
        self.before, self.after = ({fold(n): n for n in schema.type_names()} for fold, schema in _list_sides(sides))
        self.found: list[_TypeChange] = []

    def compare(self) -> Iterator[AgentChange]:
        self._find_moved()
        for key, old in self.before.items():
            new = self.after.get(key)
            if new and not self.sides.is_alike("type", old, new):
                self._compare_pair(old, new, self._list_agents(old, new))
        self._compare_renamed()
        self._except_heirs()
        for old, new in self.types.renamed:
            rule, *shown = self.sides.matching.describe_renaming(old, new)
            self._emit(old, new, self.agents)(rule, local(old), *shown)
        self._report_one_sided()
        return chain.from_iterable(change.attribute() for change in self.found)

    def _list_agents(self, old: str, new: str) -> Set[str]:
        """Those that are told of a type: of a message's own one of another agent only who has it in messages too."""
        if old not in self.wrapped:
            return self.agents
        return self.sides.reach.messages_with(old, new).keys() - self.wrapped[old]

    def _find_moved(self) -> None:
        """What went under one namespace and came under another, by the same name: the same type, moved."""
        come = {local(name): name for key, name in self.after.items() if key not in self.before}
        for key, old in self.before.items():
            new = come.get(local(old))
            is_gone = key not in self.after and old not in self.wrapped
            if is_gone and new and self.sides.matching.is_replacement(old, new):
                self.types.renamed[old, new] = None

    def _compare_pair(self, old: str, new: str, agents: Set[str]) -> None:
        if agents:
            self.types.compare_types(old, new, local(old), self._emit(old, new, agents))

    def _compare_renamed(self) -> None:
        done = set[Pair]()
        while pending := [pair for pair in self.types.renamed if pair not in done]:  # each may bring others
            for old, new in pending:
                done.add((old, new))
                if not self.sides.matching.alike(old, new):
                    self._compare_pair(old, new, self.agents)

    def _except_heirs(self) -> None:
        """A member that moved between a base and its heirs: what is told of the base is not true of these."""
        left: dict[str, AgentMessages] = {}
        for path, (base, heirs) in self.types.lifted.items():
            old_heirs, new_heirs = (frozenset(pair[side] for pair in heirs) for side in (0, 1))
            left[path] = self.sides.reach.messages_with(*base, (old_heirs, new_heirs))
        found, self.found = self.found, []
        for change in found:
            if change.path not in left or change.rule not in _LIFTED:
                self.found.append(change)
            elif agents := left[change.path].keys() & change.agents:
                self.found.append(replace(change, agents=agents, where=left[change.path]))

    def _report_one_sided(self) -> None:
        renamed = {name for pair in self.types.renamed for name in pair}
        for key, name in self.before.items():
            if key not in self.after and name not in renamed:
                shown, agents = (local(name), None), self.agents - self.wrapped.get(name, set())
                self._report_one(name, 0, TYPE_REMOVED, DERIVED_TYPE_REMOVED, shown, agents)
        for key, name in self.after.items():
            if key not in self.before and name not in renamed:
                self._report_one(name, 1, TYPE_ADDED, DERIVED_TYPE_ADDED, (None, local(name)), self.agents)

    def _report_one(
        self,
        name: str,
        side: int,
        unused: ChangeRule,
        derived: ChangeRule,
        shown: tuple[str | None, str | None],
        agents: Set[str],
    ) -> None:
        """A type of one side: worth a word where no operation has it, or where it can stand for its base."""
        reach, schema = self.sides.reach, self.sides.schemas[side]
        reached = reach.list_reached(side, name)
        if agents and not reached:
            self.found.append(_TypeChange(unused, local(name), *shown, agents, {}))
        found = schema.type(name)
        if not reached or reach.is_named(side, name) or (found is not None and found.abstract):
            return
        # The nearest base that both sides have: where that is declared, the type can stand too.
        fold = (self.sides.names.old, self.sides.names.new)[side]
        bases = (fold(base.name) for base in schema.lineage(name))
        base = next((key for key in bases if key in self.before and key in self.after), None)
        messages = reach.messages_declaring(self.before[base], self.after[base]) if base else {}
        if reached := reached & agents & messages.keys():
            self.found.append(_TypeChange(derived, local(name), *shown, reached, messages))

    def _emit(self, old_type: str, new_type: str, agents: Set[str]) -> Emit:
        """Works out where the type is only for a change."""

        def emit(rule: ChangeRule, path: str, old: str | None, new: str | None) -> None:
            where = self.sides.reach.messages_with(old_type, new_type)
            self.found.append(_TypeChange(rule, path, old, new, agents, where))

        return emit
