"""``services85 diff``: reads two sides, compares them, shows what changed."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..diff.compare import AGENT_ADDED, AGENT_REMOVED, compare, pair_by_agent, pair_versions
from ..diff.comparison import Comparison, Usage
from ..model import SEVERITIES, Change, ContractsError, Message, Problem, UnreadableContract
from ..report.diff_text import first_few
from ..wsdl.load import load_services, shipped
from ..wsdl.service import Service

EPILOG = """\
examples:
  services85 diff Services85 service.wsdl
  services85 diff WSDL-2023.zip WSDL-2026.zip --from Services85
  services85 diff WSDL.zip WSDL.zip --from Services85 --to Services88
  services85 diff old/ new/ --agent Batch --used-by cassettes/ --format html

exit status: 0 nothing as bad as --fail-on, 1 something is, 2 a side could not
be read (or a file of it, and nothing else was found). With --used-by only what
is used counts.
"""

FORMATS = ("text", "json", "markdown", "html", "github")
_FAIL_ON = {"breaking": 0, "risky": 1, "any": 2}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``services85 diff``."""
    side = "a WSDL, a folder, a .zip, a URL, or a shipped version's name"
    parser.add_argument("old", metavar="OLD", help=f"what callers were written against: {side}")
    parser.add_argument("new", metavar="NEW", help=f"what they will talk to: {side}")
    parser.add_argument("--from", dest="from_version", metavar="VERSION", help="the version to take of OLD")
    parser.add_argument("--to", dest="to_version", metavar="VERSION", help="the version to take of NEW")
    parser.add_argument("--agent", action="append", default=[], help="compare this agent only (may be repeated)")
    parser.add_argument("--format", choices=FORMATS, default="text", help="default: text")
    parser.add_argument("--fail-on", choices=_FAIL_ON, default="breaking", help="the least that gives status 1")
    parser.add_argument(
        "--used-by", action="append", default=[], metavar="FOLDER", help="recorded messages: only what they use counts"
    )


def run(args: argparse.Namespace) -> int:
    """Prints the report; the exit status. Raises ContractsError for what cannot be used."""
    old, old_problems = load_services(args.old, any_binding=True)
    new, new_problems = load_services(args.new, any_binding=True)
    problems = [*old_problems, *new_problems]
    agents = _agents(args, old, new)
    changes = _compared(args, old, new, agents, problems)
    changes, doubted = _undoubted(changes, problems)
    usage = _usage(args.used_by, changes, _version(old, args.from_version)) if args.used_by else None
    titles = _title(args.old, old, args.from_version), _title(args.new, new, args.to_version)
    comparison = Comparison(*titles, changes, usage)
    _print(comparison, args.format)
    for left_out in _left_out(args, old, new, agents):
        print(f"services85: {left_out}", file=sys.stderr)
    for problem in problems:
        print(f"services85: not compared: {_line(problem)}", file=sys.stderr)
    for agent in doubted:
        print(f"services85: {agent}: not reported as gone or new, as its file could not be read", file=sys.stderr)
    worst = comparison.worst
    if worst is not None and SEVERITIES.index(worst) <= _FAIL_ON[args.fail_on]:
        return 1
    return 2 if problems else 0


def _compared(
    args: argparse.Namespace, old: list[Service], new: list[Service], agents: list[str], problems: list[Problem]
) -> tuple[Change, ...]:
    """The changes; a service that turns out to be unreadable is left out as a problem, where others are left."""
    try:
        return compare(old, new, from_version=args.from_version, to_version=args.to_version, agents=agents)
    except UnreadableContract:
        bad = {id(s): why for s in (*old, *new) if (why := _fault(s))}
        left = [[s for s in side if id(s) not in bad] for side in (old, new)]
        if not bad or not all(left):
            raise
        problems += [Problem(s.source, bad[id(s)]) for s in (*old, *new) if id(s) in bad]
        named = {(s.version, s.agent) for s in (*old, *new) if id(s) in bad}
        left = [[s for s in side if (s.version, s.agent) not in named] for side in left]
        return compare(*left, from_version=args.from_version, to_version=args.to_version, agents=agents)


def _fault(service: Service) -> str:
    """Why a service cannot be read, found by reading all of it."""
    try:
        for operation in service.operations.values():
            service.schema.element(operation.request.body or "")
    except UnreadableContract as error:
        return str(error)
    return ""


def _agents(args: argparse.Namespace, old: list[Service], new: list[Service]) -> list[str]:
    """The agents asked for; where one side is a part (a WSDL) and the other holds more, those of the part."""
    if args.agent:
        return list(args.agent)
    first, second = {s.agent for s in old}, {s.agent for s in new}
    for source, mine, other in ((args.old, first, second), (args.new, second, first)):
        if _is_part(source) and len(mine) < len(other):
            return sorted(mine)
    return []


def _left_out(
    args: argparse.Namespace, old: Sequence[Service], new: Sequence[Service], agents: Sequence[str]
) -> Iterator[str]:
    """What the sides hold and nobody asked to leave out, yet nothing is said of."""
    if agents and not args.agent:
        others = sorted({s.agent for s in (*old, *new)} - set(agents))
        yield f"compared only: {first_few(agents)}, as one side holds no more; not {first_few(others)}"
    if args.from_version or args.to_version:
        return
    old, new = pair_by_agent(old, new)
    told = {version for pair in pair_versions(old, new) for version in pair}
    for source, side in ((args.old, old), (args.new, new)):
        if others := sorted({s.version for s in side} - told):
            left_out = f"{source}: {first_few(others)} compared with nothing"
            yield f"{left_out}, as the other side lacks it; see --from and --to"


def _is_part(source: str) -> bool:
    """A file, an endpoint's answer to ``?wsdl``, what is shipped: it says nothing of agents that it does not hold."""
    path = Path(source)
    if source.startswith(("http://", "https://")) or (source in shipped() and not path.exists()):
        return True
    return path.is_file() and not source.lower().endswith(".zip")


def _undoubted(changes: Sequence[Change], problems: Sequence[Problem]) -> tuple[tuple[Change, ...], list[str]]:
    """Without the agents that are gone or new only because their file could not be read, as its name says."""
    names = {word for problem in problems for word in re.split(r"[^A-Za-z0-9]+", problem.file)}
    doubted = [c for c in changes if c.rule in (AGENT_REMOVED.id, AGENT_ADDED.id) and c.path in names]
    return tuple(c for c in changes if c not in doubted), [c.path for c in doubted]


def _usage(folders: Sequence[str], changes: Sequence[Change], services: Sequence[Service]) -> Usage:
    from ..diff.usage import find_usage
    from ..messages import read_all

    for folder in folders:
        if not folder or not Path(folder).exists():
            raise ContractsError(f"{folder or '--used-by'}: no such folder of recorded messages")
    messages = [found for found in read_all(folders) if isinstance(found, Message)]
    if not messages:
        raise ContractsError(f"{', '.join(folders)}: no recorded message in it")
    found = find_usage(messages, changes, services)
    if not found.operations:
        raise ContractsError(f"{', '.join(folders)}: no recorded message of an operation of the old side")
    return found


def _version(services: Sequence[Service], wanted: str | None) -> list[Service]:
    return [s for s in services if wanted in (None, s.version)]


def _title(source: str, services: Sequence[Service], wanted: str | None) -> str:
    versions = {s.version for s in services}
    version = wanted or (next(iter(versions)) if len(versions) == 1 else "")
    return f"{source} ({version})" if version and version != source else source


def _line(problem: Problem) -> str:
    reason = " ".join(problem.reason.split())
    return reason if reason.startswith(problem.file) else f"{problem.file}: {reason}"


def _print(comparison: Comparison, form: str) -> None:
    if form == "json":
        print(json.dumps(comparison.as_dict(), indent=1, ensure_ascii=False))
    elif form == "html":
        from ..report.diff_html import as_html

        print(as_html(comparison))
    elif form in ("markdown", "github"):
        from ..report.diff_markdown import as_github, as_markdown

        print(as_markdown(comparison) if form == "markdown" else as_github(comparison))
    else:
        from ..report.diff_text import lines

        for line in lines(comparison):
            print(line)
