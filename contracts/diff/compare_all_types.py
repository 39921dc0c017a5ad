"""What changed in all types of a service, whatever holds them: those that stayed, were renamed, went or came."""

from __future__ import annotations

from dataclasses import replace

from ..model import local
from .agent_report import AgentReport
from .change_rule import ChangeRule, Emit
from .compare_types import MEMBER_ADDED, MEMBER_REMOVED, REQUIRED_MEMBER_ADDED, Pair, TypeComparison
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


def compare_all_types(sides: Sides, types: TypeComparison, wrappers: set[str], report: AgentReport) -> None:
    """``wrappers`` are types of the old side that were compared as a message's own; ``types`` met some others."""
    _AllTypes(sides, types, wrappers, report).compare()


class _AllTypes:
    def __init__(self, sides: Sides, types: TypeComparison, wrappers: set[str], report: AgentReport) -> None:
        self.sides, self.types, self.wrappers, self.report = sides, types, wrappers, report
        self.before = {sides.names.old(name): name for name in sides.old.schema.type_names()}
        self.after = {sides.names.new(name): name for name in sides.new.schema.type_names()}

    def compare(self) -> None:
        self._find_moved()
        for key, old in self.before.items():
            new = self.after.get(key)
            if new and old not in self.wrappers and not self.sides.is_alike("type", old, new):
                self._compare_pair(old, new)
        self._compare_renamed()
        self._except_heirs()
        for old, new in self.types.renamed:
            rule, *shown = self.sides.matching.describe_renaming(old, new)
            self._emit(old, new)(rule, local(old), *shown)
        self._report_one_sided()

    def _find_moved(self) -> None:
        """What went under one namespace and came under another, by the same name: the same type, moved."""
        come = {local(name): name for key, name in self.after.items() if key not in self.before}
        for key, old in self.before.items():
            new = come.get(local(old))
            is_gone = key not in self.after and old not in self.wrappers
            if is_gone and new and self.sides.matching.is_replacement(old, new):
                self.types.renamed[old, new] = None

    def _compare_pair(self, old: str, new: str) -> None:
        self.types.compare_types(old, new, local(old), self._emit(old, new))

    def _compare_renamed(self) -> None:
        done = set[Pair]()
        while pending := [pair for pair in self.types.renamed if pair not in done]:  # each may bring others
            for old, new in pending:
                done.add((old, new))
                if not self.sides.matching.alike(old, new):
                    self._compare_pair(old, new)

    def _except_heirs(self) -> None:
        """A member that moved between a base and its heirs: what is told of the base is not true of these."""
        for path, (base, heirs) in self.types.lifted.items():
            told = [change for change in self.report.found if change.path == path and change.rule in _LIFTED]
            old_heirs, new_heirs = (frozenset(pair[side] for pair in heirs) for side in (0, 1))
            left = self.sides.reach.messages_with(*base, (old_heirs, new_heirs))
            self.report.found = [change for change in self.report.found if change not in told]
            self.report.found += [replace(change, messages=left) for change in told if left]

    def _report_one_sided(self) -> None:
        renamed = {name for pair in self.types.renamed for name in pair}
        for key, name in self.before.items():
            if key not in self.after and name not in renamed | self.wrappers:
                self._report_one(name, 0, TYPE_REMOVED, DERIVED_TYPE_REMOVED, (local(name), None))
        for key, name in self.after.items():
            if key not in self.before and name not in renamed:
                self._report_one(name, 1, TYPE_ADDED, DERIVED_TYPE_ADDED, (None, local(name)))

    def _report_one(
        self, name: str, side: int, unused: ChangeRule, derived: ChangeRule, shown: tuple[str | None, str | None]
    ) -> None:
        """A type of one side: worth a word where no operation has it, or where it can stand for its base."""
        reach, schema = self.sides.reach, (self.sides.old, self.sides.new)[side].schema
        if not reach.is_reached(side, name):
            self.report.emit_at([])(unused, local(name), *shown)
            return
        found = schema.type(name)
        if reach.is_named(side, name) or (found is not None and found.abstract):
            return
        # The nearest base that both sides have: where that is declared, the type can stand too.
        fold = (self.sides.names.old, self.sides.names.new)[side]
        bases = (fold(base.name) for base in schema.lineage(name))
        base = next((key for key in bases if key in self.before and key in self.after), None)
        if base and (messages := reach.messages_declaring(self.before[base], self.after[base])):
            self.report.emit_at(messages)(derived, local(name), *shown)

    def _emit(self, old_type: str, new_type: str) -> Emit:
        """Works out where the type is only for a change."""

        def emit(rule: ChangeRule, path: str, old: str | None, new: str | None) -> None:
            self.report.emit_at(self.sides.reach.messages_with(old_type, new_type))(rule, path, old, new)

        return emit
