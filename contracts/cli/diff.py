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
from ..model import Change, ContractsError, UnreadableContract, UnusableFile, local
from ..model.urls import hide_in_urls
from ..model.wording import suggest_nearest
from ..report.diff_words import first_few
from ..rules.waivers import Waivers, format_waiver, read_own_waivers
from ..wsdl.load import list_shipped, load_services
from ..wsdl.service import Service
from . import options
from .options import argument, flag, many, option


@dataclass(slots=True)
class _ComparedSide:
    """What is compared: as it was named, what was loaded of it, and the version of it that was asked for."""

    source: str
    services: list[Service]
    version: str | None

    @property
    def agents(self) -> set[str]:
        return {service.agent for service in self.services}

    @property
    def title(self) -> str:
        source, versions = hide_in_urls(self.source), {service.version for service in self.services}
        version = self.version or (next(iter(versions)) if len(versions) == 1 else "")
        return f"{source} ({version})" if version and version != source else source

    @property
    def is_part(self) -> bool:
        """A file, an endpoint's answer to ``?wsdl``, what is shipped: it says nothing of agents it does not hold."""
        source = check_out(self.source) if is_git(self.source) else self.source
        path = Path(source)
        if source.startswith(("http://", "https://")) or (source in list_shipped() and not path.exists()):
            return True
        return path.is_file() and not source.lower().endswith(".zip")


class _VersionName(options.Kind):
    """``85`` -> ``Services85``"""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return f"Services{value}" if value.isdecimal() else value


@options.command
def diff(
    *,
    old: str = argument(metavar="OLD"),
    new: str = argument(metavar="NEW"),
    from_version: str | None = option(
        "--from", type=_VersionName(), metavar="VERSION", help="The version of OLD: Services85, 85."
    ),
    to_version: str | None = option("--to", type=_VersionName(), metavar="VERSION", help="The version to take of NEW."),
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
    problems: list[UnusableFile] = []
    before, after = _load_side(old, from_version, problems), _load_side(new, to_version, problems)
    asked = [name.strip() for given in agents for name in given.split(",")]
    compared = asked or _choose_agents(before, after)
    everything, doubted = _drop_doubted(_compare_sides(before, after, compared, problems), problems)
    _check_globs([*only, *exclude], [*before.services, *after.services], everything)
    found = tuple(change for change in everything if _is_wanted(change, only, exclude))
    excuses = Waivers(read_own_waivers(waivers), date.today(), CHANGE_RULES)
    excused = {change: id for change in found if (id := excuses.find(change.rule, change.path, change.operations))}
    changes = tuple(change for change in found if change not in excused)
    usage = None
    if used_by or uses:
        services = [service for service in before.services if from_version in (None, service.version)]
        usage = _read_usage(used_by, uses, changes, services)
    move = describe_move(
        before.services, after.services, everything, from_version=from_version, to_version=to_version, agents=compared
    )
    left_out = len(everything) - len(found)
    comparison = Comparison(before.title, after.title, changes, usage, excused, move, left_out, show_all)
    reports.write(comparison)
    if write_waivers:
        bad = [change for change in changes if options.is_too_bad(change.severity, fail_on)]
        write_waivers.write(format_waiver(c.rule, c.path, None, c.why, write_waivers.until) for c in bad)
    others = [] if asked else _remark_agents(before, after, compared)
    for remark in (*others, *_remark_versions(before, after), *excuses.remarks()):
        options.remark(remark)
    for problem in problems:
        options.remark(f"not compared: {_describe_problem(problem)}")
    for agent in doubted:
        options.remark(f"{agent}: not reported as gone or new, as its file could not be read")
    if options.is_too_bad(comparison.worst, fail_on):
        return 1
    return 2 if problems else 0


def _load_side(source: str, version: str | None, problems: list[UnusableFile]) -> _ComparedSide:
    services, unusable = load_services(source, any_binding=True)
    problems += unusable
    return _ComparedSide(source, services, version)


def _compare_sides(
    old: _ComparedSide, new: _ComparedSide, agents: list[str], problems: list[UnusableFile]
) -> tuple[Change, ...]:
    """The changes; a service that turns out to be unreadable is left out as a problem, where others are left."""
    compare_them = partial(compare, from_version=old.version, to_version=new.version, agents=agents)
    try:
        return compare_them(old.services, new.services)
    except UnreadableContract:
        bad = {service: why for side in (old, new) for service in side.services if (why := _find_fault(service))}
        if not bad or any(bad.keys() >= set(side.services) for side in (old, new)):
            raise
        problems += [UnusableFile(service.source, why) for service, why in bad.items()]
        # Without its counterpart it would be reported as new or gone: both sides lose it.
        named = {(service.version, service.agent) for service in bad}
        for side in (old, new):
            side.services = [s for s in side.services if (s.version, s.agent) not in named]
        return compare_them(old.services, new.services)


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
            raise ContractsError(f"--only, --exclude: nothing compared is called {glob!r}{hint}")


def _find_fault(service: Service) -> str:
    """Why a service cannot be read, found by reading all of it."""
    try:
        for operation in service.operations.values():
            service.schema.element(operation.request.body or "")
    except UnreadableContract as error:
        return str(error)
    return ""


def _choose_agents(old: _ComparedSide, new: _ComparedSide) -> list[str]:
    """Where one side is a part (a WSDL) and the other holds more, the agents of the part; else none: all."""
    for mine, other in ((old, new), (new, old)):
        if mine.is_part and len(mine.agents) < len(other.agents):
            return sorted(mine.agents)
    return []


def _remark_agents(old: _ComparedSide, new: _ComparedSide, compared: Sequence[str]) -> Iterator[str]:
    """What the sides hold and nobody asked to leave out, yet nothing is said of."""
    if compared:
        others = sorted((old.agents | new.agents) - set(compared))
        yield f"compared only: {first_few(compared)}, as one side holds no more; not {first_few(others)}"


def _remark_versions(old: _ComparedSide, new: _ComparedSide) -> Iterator[str]:
    """The same of versions."""
    if old.version or new.version:
        return
    pairs = pair_by_agent(old.services, new.services)
    told = {version for pair in pair_versions(*pairs) for version in pair}
    for side, services in zip((old, new), pairs, strict=True):
        if others := sorted({service.version for service in services} - told):
            left_out = f"{side.source}: {first_few(others)} compared with nothing"
            yield f"{left_out}, as the other side lacks it; see --from and --to"


def _drop_doubted(changes: Sequence[Change], problems: Sequence[UnusableFile]) -> tuple[tuple[Change, ...], list[str]]:
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


def _describe_problem(problem: UnusableFile) -> str:
    reason = " ".join(problem.reason.split())
    return reason if reason.startswith(problem.file) else f"{problem.file}: {reason}"
