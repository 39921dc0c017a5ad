"""How reports word what changed between two contracts: the move, each change, whom it reaches, where it was seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..diff.change_rules import CHANGE_RULES
from ..diff.comparison import Comparison, Use
from ..diff.move import Step
from ..diff.orders import find_moved
from ..model import SEVERITIES, Change, Severity
from ..model.wording import count_noun

_FEW = 3

SIDES = {"both": "requests and responses", "request": "requests", "response": "responses"}
_MEANINGS: dict[Severity, str] = {
    "breaking": "what breaks",
    "risky": "what to look at",
    "safe": "what is new, or harms nobody",
}


def write_headline(comparison: Comparison) -> str:
    """The answer in one sentence: what is used of what changed, else how much changed."""
    total, used = len(comparison.changes), comparison.usage
    aside = "".join(
        f"; {count} {word}"
        for count, word in ((len(comparison.waived), "waived"), (comparison.left_out, "left out as asked"))
        if count
    )
    if used is None:
        return f"{count_noun(total, 'change')}: {sum_changes(comparison)}{aside}" if total else f"no changes{aside}"
    kinds = [one.kind for one in used.evidence]
    told = [one.text for one in used.evidence]
    if kinds != ["list"]:  # which says how many they are
        told.append(count_noun(len(used.operations), "operation") + " in all" * (len(kinds) > 1))
    verb = "touches" if len(used.uses) == 1 else "touch"
    touching = f"of {count_noun(total, 'change')}, {len(used.uses)} {verb} what you use" if total else "no changes"
    return f"{touching} ({', '.join(told)}){aside}"


def sum_changes(comparison: Comparison) -> str:
    """``1 breaking, 2 risky, 0 safe; 3 operations touched``"""
    counts = ", ".join(f"{count} {severity}" for severity, count in comparison.counts.items())
    return f"{counts}; {count_noun(comparison.operations, 'operation')} touched"


# --- the move -----------------------------------------------------------------------------------------------------


def name_move(comparison: Comparison) -> str:
    """``To move from Services85 to Services88``; from what was named, where the versions do not tell them apart.

    Where nobody moves (what a tenant serves today) just the two.
    """
    move = comparison.move
    if move is None:
        return f"{comparison.old} -> {comparison.new}"
    if not (move.steps or comparison.changes or comparison.waived or comparison.left_out):
        return f"Nothing to move from {comparison.old} to {comparison.new}"
    versions = move.versions
    if len(versions) == 1 and versions[0][0] != versions[0][1]:
        return f"To move from {versions[0][0]} to {versions[0][1]}"
    return f"To move from {comparison.old} to {comparison.new}"


def describe_steps(comparison: Comparison) -> Iterator[tuple[str, str]]:
    """What every caller has to do, as (what, how): the same for all that is compared."""
    move = comparison.move
    if move is None or not (move.steps or comparison.changes):
        return
    if name_move(comparison) != f"To move from {comparison.old} to {comparison.new}":
        yield "contracts", f"{comparison.old} -> {comparison.new}"
    for step in move.steps:
        yield step.what, _describe_step(step, move.steps[0])
    if move.stays:
        yield "the same", ", ".join(move.stays)
    if not move.regenerate:
        yield "proxies", "nothing to regenerate"
    elif not move.keep:
        yield "proxies", f"regenerate them: {first_few(move.regenerate, 8)}"
    else:
        kept = f"; the same: {first_few(move.keep, 8)}"
        yield "proxies", f"regenerate those of {first_few(move.regenerate, 8)}{kept}"


def _describe_step(step: Step, first: Step) -> str:
    others = f", and {step.others} more likewise" if step.others else ""
    tail = step.old.removeprefix(first.old)
    if first.what == "namespace" and step.what == "actions" and step.new == first.new + tail:
        return f"begin with the new namespace: ...{tail}{others}"
    return f"{step.old or 'none'} -> {step.new or 'none'}{others}"


# --- one change -----------------------------------------------------------------------------------------------------


def show_sides(change: Change) -> str:
    """Old and new, where they say more than the path does; of an order what moved."""
    shown = CHANGE_RULES[change.rule].shown
    sides = [side for side in (change.old, change.new) if side is not None]
    if shown == "path" or sides == [change.path]:
        return ""
    if shown == "moves" and len(sides) == 2:
        moved = find_moved(*(side.split(", ") for side in sides))
        return first_few([f"{name}: {before} -> {after}" for name, before, after in moved])
    return " -> ".join(sides)


def name_reach(change: Change) -> str:
    """The operations and the direction, where the path does not say them; the versions where there are several."""
    said = ""
    if not change.operations or change.path.startswith(tuple(f"{o}/" for o in change.operations[:1])):
        said = f"also {first_few(change.operations[1:])}" if len(change.operations) > 1 else ""
        if not change.operations and change.path not in change.agents:
            said = f"of {first_few(change.agents)}"
    elif (change.path,) != change.operations:
        said = f"{SIDES[change.direction]} of {first_few(change.operations)}"
    versions = f"in {', '.join(change.versions)}" if change.versions else ""
    return "; ".join(part for part in (said, versions) if part)


def first_few(names: Sequence[str], few: int = _FEW) -> str:
    """A few names, and how many more; set apart by semicolons where one of them has a comma."""
    more, comma = len(names) - few, "; " if any(", " in name for name in names) else ", "
    return comma.join(names) if more < 2 else f"{comma.join(names[:few])} and {more} more"


# --- several changes that are told as one ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Group:
    """Changes of one kind in one type, operation or agent (``owner``), with the same reach and the same use."""

    owner: str
    changes: tuple[Change, ...]
    use: Use | None

    @property
    def first(self) -> Change:
        return self.changes[0]

    @property
    def severity(self) -> Severity:
        """How bad it is for what is used, where that is known."""
        return self.use.severity if self.use else self.first.severity

    def describe(self, few: int) -> str:
        """``Navigation (78): Person, Sale, Contact and 75 more``; of one change its path, old and new."""
        if len(self.changes) == 1:
            return _name_change(self.first, self.first.path)
        names = [_name_change(c, c.path[len(self.owner) + 1 :] if self.owner else c.path) for c in self.changes]
        return f"{self.owner} ({len(names)}): {first_few(names, few)}" if self.owner else first_few(names, few)


def _name_change(change: Change, path: str) -> str:
    return path + (f": {shown}" if (shown := show_sides(change)) else "")


def group_changes(found: Sequence[tuple[Change, Use | None]], *, each: bool) -> list[Group]:
    """Changes of one rule in one place once, in the order of the first of each; ``each``: none is told with others."""
    groups: dict[object, list[tuple[Change, Use | None]]] = {}
    for number, (change, use) in enumerate(found):
        owner = _owner_of(change)
        reach = (change.direction, change.versions, () if change.operations == (change.path,) else change.operations)
        used = (use.severity, use.messages, use.unseen, use.named) if use else None
        # Of operations that go each has its line: there is nothing more to be told of them.
        is_alone = each or (change.operations == (change.path,) and change.severity != "safe")
        key = number if is_alone else (change.rule, change.severity, change.agents, owner, reach, used)
        groups.setdefault(key, []).append((change, use))
    return [Group(_owner_of(g[0][0]), tuple(c for c, _ in g), g[0][1]) for g in groups.values()]


def _owner_of(change: Change) -> str:
    return change.path[: max(change.path.rfind("."), change.path.rfind("/"), 0)]


@dataclass(frozen=True, slots=True)
class Section:
    """The changes of one severity, the same told once."""

    severity: Severity
    groups: Sequence[Group]

    @property
    def count(self) -> int:
        return count_changes(self.groups)

    @property
    def meaning(self) -> str:
        return _MEANINGS[self.severity]


def count_changes(groups: Sequence[Group]) -> int:
    """How many changes are told as these."""
    return sum(len(group.changes) for group in groups)


def list_sections(comparison: Comparison) -> Iterator[Section]:
    """The worst first: of what is used alone, by what they are to it, where that is known; else of all changes."""
    found = used_changes(comparison) if comparison.usage else [(change, None) for change in comparison.changes]
    yield from _split_by_severity(found, each=comparison.show_all)


def list_unused(comparison: Comparison) -> Iterator[Section]:
    """Of what touches nothing that is used, each change on its own."""
    unused = [(change, None) for i, change in enumerate(comparison.changes) if comparison.used(i) is None]
    yield from _split_by_severity(unused, each=True)


def _split_by_severity(found: Sequence[tuple[Change, Use | None]], *, each: bool) -> Iterator[Section]:
    for severity in SEVERITIES:
        alike = [(change, use) for change, use in found if (use or change).severity == severity]
        if alike:
            yield Section(severity, group_changes(alike, each=each))


def used_changes(comparison: Comparison) -> list[tuple[Change, Use]]:
    """The changes that are used, of the operations that are, the worst for what is used first."""
    if comparison.usage is None:
        return []
    known = set(comparison.usage.operations)
    found = [
        (replace(change, operations=tuple(o for o in change.operations if o in known) or change.operations), use)
        for i, change in enumerate(comparison.changes)
        if (use := comparison.used(i)) is not None
    ]
    return sorted(found, key=lambda pair: SEVERITIES.index(pair[1].severity))


def count_by_operation(comparison: Comparison) -> Iterator[tuple[str, str]]:
    """Each operation that is used, with what touches it: ``1 breaking, 2 risky: Note.Text, ...``, or nothing."""
    if comparison.usage is None:
        return
    found = used_changes(comparison)
    for label in comparison.usage.operations:
        met = [(change.path, use.severity) for change, use in found if label in change.operations]
        counts = Counter(severity for _, severity in met)
        told = ", ".join(f"{counts[severity]} {severity}" for severity in SEVERITIES if counts[severity])
        places = [path for path, _ in met if path != label]
        yield label, f"{told}: {first_few(places)}" if places else told


def describe_evidence(comparison: Comparison) -> Iterator[str]:
    """What the evidence of use does not cover, and what of it could not be taken for any."""
    usage = comparison.usage
    if usage is None:
        return
    if unplaced := usage.unplaced:
        text = f"{count_noun(len(unplaced), 'recorded message')} of no operation of the old side, not counted as used"
        yield f"{text}: {name_messages(unplaced)}"
    for text, files in usage.remarks.items():
        yield f"{text.format(count_noun(len(files), 'file'))}: {first_few(files)}"
    yield from (f"{one.text}: {one.not_covered}" for one in usage.evidence if one.not_covered)


def count_others(comparison: Comparison) -> str:
    """How many changes touch nothing that is used, as far as that is known; "": none."""
    if comparison.usage is None or not (count := len(comparison.changes) - len(comparison.usage.uses)):
        return ""
    return f"{count_noun(count, 'further change')} {'touches' if count == 1 else 'touch'} nothing you use"


# --- where it was seen ------------------------------------------------------------------------------------------


def name_message(file: str, part: str) -> str:
    """``file (part)``"""
    return f"{file} ({part})" if part else file


def name_sightings(use: Use) -> str:
    """A few of the messages, and of the places with names; the operations whose answers were not seen, yet count."""
    told = [name_messages(use.messages)] if use.messages else []
    if use.unseen:
        told.append(f"no answer of {first_few(use.unseen)} was seen: any counts")
    return "; ".join([*told, *list_namings(use)])


def list_namings(use: Use) -> Iterator[str]:
    """A few of the places that name an operation, a sentence for each kind of them."""
    for where, words in (("list", "in a list"), ("source code", "in source code")):
        lines: dict[str, list[str]] = {}
        for one in use.named:
            if one.where == where:
                lines.setdefault(one.file, []).append(str(one.line))
        if lines:
            places = [f"{file} (line{'s' if len(n) > 1 else ''} {first_few(n)})" for file, n in lines.items()]
            yield f"{first_few(places)}, named {words}"


def name_messages(messages: Sequence[tuple[str, str]]) -> str:
    """A few of the messages, and how many more."""
    return first_few([name_message(*message) for message in messages])
