"""``services85 diff``: reads two sides, compares them, shows what changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any

import click

from ..diff.change_rules import CHANGE_RULES
from ..diff.compare import AGENT_ADDED, AGENT_REMOVED, compare, pair_by_agent, pair_versions
from ..diff.comparison import Comparison, Usage
from ..diff.move import describe_move
from ..files.git import check_out, is_git
from ..model import Change, ContractsError, Problem, UnreadableContract, local
from ..model.urls import hide_in_urls
from ..model.wording import suggest_nearest
from ..report.diff_words import first_few
from ..rules.waivers import Waivers, format_waiver, read_own_waivers
from ..wsdl.load import load_services, shipped
from ..wsdl.service import Service
from . import options
from .options import argument, flag, many, option


@dataclass(frozen=True, slots=True)
class _Sides:
    """What is compared: as named, as loaded, and how it was narrowed. ``problems`` are files that cannot be read."""

    names: tuple[str, str]
    old: list[Service]
    new: list[Service]
    from_version: str | None
    to_version: str | None
    asked: tuple[str, ...]
    problems: list[Problem]


class _Version(options.Kind):
    """``85`` -> ``Services85``"""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return f"Services{value}" if value.isdecimal() else value


@options.command
def diff(
    *,
    old: str = argument(metavar="OLD"),
    new: str = argument(metavar="NEW"),
    from_version: str | None = option(
        "--from", type=_Version(), metavar="VERSION", help="The version of OLD: Services85, 85."
    ),
    to_version: str | None = option("--to", type=_Version(), metavar="VERSION", help="The version to take of NEW."),
    agents: tuple[str, ...] = many("--agent", metavar="AGENTS", help="These agents only (a,b; repeatable)."),
    only: tuple[str, ...] = many(metavar="GLOB", help="Only changes with such a path, rule, agent or operation."),
    exclude: tuple[str, ...] = many(metavar="GLOB", help="No changes with such a one (repeatable, as --only)."),
    show_all: bool = flag("--all", help="Each change on its own, however many there are."),
    reports: options.Reports = options.reports("diff"),
    waivers: str | None = options.waivers,
    write_waivers: options.WaiverFile | None = options.write_waivers,
    fail_on: str = options.fail_on,
    used_by: tuple[str, ...] = options.used_by,
    uses: tuple[str, ...] = options.uses,
) -> int:
    """Examples:
      services85 diff Services85 service.wsdl
      services85 diff WSDL-2023.zip WSDL-2026.zip --from 85
      services85 diff WSDL.zip WSDL.zip --from 85 --to 88 --agent Sale,Contact
      services85 diff old/ new/ --agent Batch --used-by cassettes/ --format html
      services85 diff old/ new/ --uses operations.txt --only 'member-*'
      services85 diff old/ new/ --used-by src/
      services85 diff git:v1.4:wsdl wsdl

    OLD is what callers were written against, NEW what they will talk to: a WSDL,
    a folder, a .zip, a URL, git:REV:path (a path from the top of the repository),
    or a shipped version's name.

    Exit status: 0 nothing as bad as --fail-on, 1 something is, 2 a side could not
    be read (or a file of it, and nothing else was found). With --used-by or --uses
    only what is used counts. --uses holds Agent.Operation, one a line, # comments;
    it says no values and no members: all members of their types count as used.
    Source code (C#, VB, Java, PHP, Python, JavaScript, TypeScript, Ruby, Perl,
    Delphi) is weaker evidence: operations and members by name, in strings too;
    comments do not count, generated proxies are left out.
    """
    old_services, old_problems = load_services(old, any_binding=True)
    new_services, new_problems = load_services(new, any_binding=True)
    problems = [*old_problems, *new_problems]
    asked = tuple(name.strip() for given in agents for name in given.split(","))
    sides = _Sides((old, new), old_services, new_services, from_version, to_version, asked, problems)
    compared = _choose_agents(sides)
    everything, doubted = _drop_doubted(_compare(sides, compared), problems)
    _check_globs([*only, *exclude], [*old_services, *new_services], everything)
    found = tuple(change for change in everything if _is_wanted(change, only, exclude))
    excuses = Waivers(read_own_waivers(waivers), date.today(), CHANGE_RULES)
    excused = {change: id for change in found if (id := excuses.find(change.rule, change.path, change.operations))}
    changes = tuple(change for change in found if change not in excused)
    usage = None
    if used_by or uses:
        usage = _read_usage(used_by, uses, changes, _of_version(old_services, from_version))
    titles = _title(old, old_services, from_version), _title(new, new_services, to_version)
    move = describe_move(
        sides.old, sides.new, everything, from_version=from_version, to_version=to_version, agents=compared
    )
    left_out = len(everything) - len(found)
    comparison = Comparison(*titles, changes, usage, excused, move, left_out, show_all)
    reports.write(comparison)
    if write_waivers:
        bad = [change for change in changes if options.is_too_bad(change.severity, fail_on)]
        write_waivers.write(format_waiver(c.rule, c.path, None, c.why, write_waivers.until) for c in bad)
    for remark in (*_remark_left_out(sides, compared), *excuses.remarks()):
        options.remark(remark)
    for problem in problems:
        options.remark(f"not compared: {_describe(problem)}")
    for agent in doubted:
        options.remark(f"{agent}: not reported as gone or new, as its file could not be read")
    if options.is_too_bad(comparison.worst, fail_on):
        return 1
    return 2 if problems else 0


def _compare(sides: _Sides, agents: list[str]) -> tuple[Change, ...]:
    """The changes; a service that turns out to be unreadable is left out as a problem, where others are left."""
    old, new = sides.old, sides.new
    compare_sides = partial(compare, from_version=sides.from_version, to_version=sides.to_version, agents=agents)
    try:
        return compare_sides(old, new)
    except UnreadableContract:
        bad = {id(s): why for s in (*old, *new) if (why := _find_fault(s))}
        left = [[s for s in side if id(s) not in bad] for side in (old, new)]
        if not bad or not all(left):
            raise
        sides.problems.extend(Problem(s.source, bad[id(s)]) for s in (*old, *new) if id(s) in bad)
        # Without its counterpart it would be reported as new or gone: both sides lose it.
        named = {(s.version, s.agent) for s in (*old, *new) if id(s) in bad}
        for side, rest in zip((old, new), left, strict=True):
            side[:] = [s for s in rest if (s.version, s.agent) not in named]
        return compare_sides(old, new)


def _is_wanted(change: Change, only: Sequence[str], exclude: Sequence[str]) -> bool:
    """Whether one of its names is wanted, and not all of those that tell whom it reaches are excluded."""

    def is_like(name: str, globs: Sequence[str]) -> bool:
        return any(fnmatchcase(name, glob) for glob in globs)

    names = (change.path, change.rule)
    reached = (change.agents, change.operations)
    if only and not any(is_like(name, only) for name in (*names, *change.agents, *change.operations)):
        return False
    is_excluded = any(is_like(name, exclude) for name in names)
    return not is_excluded and not any(all(is_like(n, exclude) for n in each) for each in reached if each)


def _check_globs(globs: Sequence[str], services: Sequence[Service], changes: Sequence[Change]) -> None:
    """Raises ContractsError for one that is like nothing there is: a misspelled one would hide what it should show."""
    if not globs:
        return
    known = {*CHANGE_RULES, *(name for c in changes for name in (c.path, *c.agents, *c.operations))}
    for service in services:
        known |= {service.agent, *(operation.label for operation in service.operations.values())}
        for found in filter(None, map(service.schema.type, service.schema.type_names())):
            held = (*(m.local for m in found.members), *(v.name for v in found.values))
            known |= {local(found.name), *(f"{local(found.name)}.{name}" for name in held)}
    for glob in globs:
        if not any(fnmatchcase(name, glob) for name in known):
            hint = suggest_nearest(glob, known, "it is a path, a rule, an agent, or an operation")
            raise ContractsError(f"{glob!r}: nothing compared has such a name{hint}")


def _find_fault(service: Service) -> str:
    """Why a service cannot be read, found by reading all of it."""
    try:
        for operation in service.operations.values():
            service.schema.element(operation.request.body or "")
    except UnreadableContract as error:
        return str(error)
    return ""


def _choose_agents(sides: _Sides) -> list[str]:
    """The agents asked for; where one side is a part (a WSDL) and the other holds more, those of the part."""
    if sides.asked:
        return list(sides.asked)
    old, new = ({service.agent for service in side} for side in (sides.old, sides.new))
    for source, mine, other in ((sides.names[0], old, new), (sides.names[1], new, old)):
        if _is_part(source) and len(mine) < len(other):
            return sorted(mine)
    return []


def _remark_left_out(sides: _Sides, agents: Sequence[str]) -> Iterator[str]:
    """What the sides hold and nobody asked to leave out, yet nothing is said of."""
    if agents and not sides.asked:
        others = sorted({s.agent for s in (*sides.old, *sides.new)} - set(agents))
        yield f"compared only: {first_few(agents)}, as one side holds no more; not {first_few(others)}"
    if sides.from_version or sides.to_version:
        return
    old, new = pair_by_agent(sides.old, sides.new)
    told = {version for pair in pair_versions(old, new) for version in pair}
    for source, side in zip(sides.names, (old, new), strict=True):
        if others := sorted({s.version for s in side} - told):
            left_out = f"{source}: {first_few(others)} compared with nothing"
            yield f"{left_out}, as the other side lacks it; see --from and --to"


def _is_part(source: str) -> bool:
    """A file, an endpoint's answer to ``?wsdl``, what is shipped: it says nothing of agents that it does not hold."""
    if is_git(source):
        source = check_out(source)
    path = Path(source)
    if source.startswith(("http://", "https://")) or (source in shipped() and not path.exists()):
        return True
    return path.is_file() and not source.lower().endswith(".zip")


def _drop_doubted(changes: Sequence[Change], problems: Sequence[Problem]) -> tuple[tuple[Change, ...], list[str]]:
    """Without the agents that are gone or new only because their file could not be read, as its name says."""
    names = {word for problem in problems for word in re.split(r"[^A-Za-z0-9]+", problem.file)}
    doubted = [c for c in changes if c.rule in (AGENT_REMOVED.id, AGENT_ADDED.id) and c.path in names]
    return tuple(c for c in changes if c not in doubted), [c.path for c in doubted]


def _read_usage(
    folders: Sequence[str], lists: Sequence[str], changes: Sequence[Change], services: Sequence[Service]
) -> Usage:
    from ..diff.evidence import read_evidence
    from ..diff.usage import find_usage

    evidence = read_evidence(folders, lists, services)
    found = find_usage(evidence.messages, changes, services, evidence.named, evidence.members)
    if not found.operations:
        raise ContractsError(f"{evidence.said}: no recorded message of an operation of the old side")
    return replace(found, remarks=evidence.remarks)


def _of_version(services: Sequence[Service], wanted: str | None) -> list[Service]:
    return [s for s in services if wanted in (None, s.version)]


def _title(source: str, services: Sequence[Service], wanted: str | None) -> str:
    source, versions = hide_in_urls(source), {s.version for s in services}
    version = wanted or (next(iter(versions)) if len(versions) == 1 else "")
    return f"{source} ({version})" if version and version != source else source


def _describe(problem: Problem) -> str:
    reason = " ".join(problem.reason.split())
    return reason if reason.startswith(problem.file) else f"{problem.file}: {reason}"
