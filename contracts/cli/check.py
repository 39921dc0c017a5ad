"""`services85 check`: messages from files, folders or standard input, judged by a contract."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import chain
from typing import Any

from ..contract import Contract, load
from ..files.limits import MAX_SIZE
from ..files.pyproject import contract_source, read_settings
from ..messages import Skipped, list_paths, read
from ..model import Direction, Finding, Verdict
from ..model.escaping import printable

EPILOG = """\
examples:
  services85 check request.xml                  an envelope
  services85 check traffic/ pages.zip           folders: .xml .http .yaml .md
  services85 check --operation Batch.StopBatchJob - < envelope.xml
  services85 check --contract WSDL.zip traffic/ any agent, any version
  services85 check --format junit cassettes/ > check.xml

--contract and --waivers default to contracts and waivers in [tool.services85]
of the nearest pyproject.toml upwards; paths in it are relative to that file

exit status: 1 a message is broken; else 2 something could not be judged; 0 kept
"""
_PARALLEL_FROM = 2000
_CHUNK = 250


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument(
        "paths", nargs="+", metavar="FILE|FOLDER|-", help="messages; folders and zips of them; - is standard input"
    )
    parser.add_argument(
        "--contract", metavar="PATH", help="a WSDL, a folder or .zip of them, a URL (default: Services85)"
    )
    parser.add_argument("--operation", metavar="Agent.Op", help="the operation that every message has to belong to")
    side = parser.add_mutually_exclusive_group()
    side.add_argument("--request", dest="direction", action="store_const", const="request", help="all are requests")
    side.add_argument("--response", dest="direction", action="store_const", const="response", help="all are responses")
    parser.add_argument("--onsite", action="store_true", help="an on-site installation: no ApplicationToken is wanted")
    parser.add_argument("--waivers", metavar="FILE", help="known violations (TOML) that are tolerated")
    parser.add_argument("--format", choices=("text", "json", "junit", "github"), default="text")
    parser.add_argument("-v", "--verbose", action="store_true", help="notes and tolerated findings too")
    parser.add_argument("--all", action="store_true", help="every message on its own, however many there are")
    parser.add_argument("--max-size", type=_megabytes, default=MAX_SIZE, metavar="MB", help="of one file (default: 64)")
    parser.add_argument("--jobs", type=_jobs, default=0, metavar="N", help="processes (default: what pays off)")


def _megabytes(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of megabytes")
    return int(text) * 2**20


def _jobs(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Judges and prints; returns the exit status."""
    from ..rules.waivers import Waivers

    settings = read_settings()
    contract = load(contract_source(args.contract, settings))
    for remark in _remarks(contract):
        print(f"services85: {printable(remark)}", file=sys.stderr)
    if args.operation:
        contract.services.require(args.operation)
    waivers = Waivers(_waivers(args.waivers, settings), date.today())
    paths = list(list_paths(args.paths))
    named = frozenset(args.paths)
    option = _Options(
        args.operation, args.direction, args.onsite, args.max_size, args.format == "json" or args.verbose, named
    )
    results = _progress(_judged(contract, paths, option, args.jobs), len(paths))
    skipped = 0
    verdicts: list[Verdict] = []
    printer = _Printer(args, contract.name)
    for result in results:
        if result is None:
            skipped += 1
            continue
        verdict = waivers.apply(result)
        verdicts.append(verdict)
        printer.see(verdict)
    printer.finish(verdicts, skipped)
    for remark in waivers.remarks():
        print(f"services85: {remark}", file=sys.stderr)
    return _status(verdicts, skipped)


def _remarks(contract: Contract) -> Iterator[str]:
    """What of the contract's source is not used, or there more than once."""
    for problem in contract.problems[:5]:
        yield f"not used: {problem.reason}"
    if len(contract.problems) > 5:
        yield f"and {len(contract.problems) - 5} more files that are not used"
    twice = [service for service in contract.services if service.also_in]
    if twice:
        first = twice[0]
        more = f" (and {len(twice) - 1} more agents so)" if len(twice) > 1 else ""
        yield f"{first.source} and {', '.join(first.also_in)} say the same of {first.version}/{first.agent}{more}"


def _waivers(path: str | None, settings: dict[str, Any]) -> list[Any]:
    from ..rules.waivers import parse_waivers, read_waivers

    if path:
        return read_waivers(path)
    given = settings.get("waivers", settings.get("waiver", []))
    return read_waivers(given) if isinstance(given, str) else parse_waivers(given, "pyproject.toml")


def _status(verdicts: list[Verdict], skipped: int) -> int:
    unjudged = [v for v in verdicts if v.outcome == "unjudged"]
    if not verdicts:
        print(f"services85: nothing found to judge ({skipped} files without a SOAP message)", file=sys.stderr)
        return 2
    if unjudged:
        first = unjudged[0]
        more = f" (and {len(unjudged) - 1} more)" if len(unjudged) > 1 else ""
        where = printable(first.file) + (f" ({first.part})" if first.part else "")
        print(f"services85: could not be judged: {where}: {first.reason}{more}", file=sys.stderr)
    if any(v.outcome == "broken" for v in verdicts):
        return 1
    return 2 if unjudged else 0


# --- judging ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Options:
    """How each file is read and judged. ``named``: the paths that were given, not found in a folder."""

    operation: str | None
    direction: Direction | None
    onsite: bool
    max_size: int
    notes: bool
    named: frozenset[str]


def _judge_file(contract: Contract, path: str, option: _Options) -> Iterator[Verdict | None]:
    """The verdicts on one file, None for each part of it that holds no message. They hold no tree any more."""
    for message in read(path, max_size=option.max_size, named=path in option.named):
        if isinstance(message, Skipped):
            yield None
            continue
        if option.direction:
            if message.direction not in (None, option.direction):
                yield None  # the other side of a recording or a page
                continue
            message = replace(message, direction=option.direction)
        verdict = contract.judge(message, operation=option.operation, onsite=option.onsite)
        notes = verdict.notes if option.notes else ()
        yield replace(verdict, find_notes=partial(_same, notes))


def _same(notes: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return notes


def _judged(contract: Contract, paths: list[str], option: _Options, jobs: int) -> Iterator[Verdict | None]:
    if jobs == 0:
        jobs = (os.cpu_count() or 1) if len(paths) >= _PARALLEL_FROM else 1
    if jobs == 1 or len(paths) < 2:
        return chain.from_iterable(_judge_file(contract, path, option) for path in paths)
    return _in_parallel(contract, paths, option, jobs)


_SHARED: dict[str, Any] = {}


def _in_parallel(contract: Contract, paths: list[str], option: _Options, jobs: int) -> Iterator[Verdict | None]:
    """In the order of the paths. Compiled schemas cannot be pickled: each process compiles what it needs."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    chunks = [paths[i : i + _CHUNK] for i in range(0, len(paths), _CHUNK)]
    fork = "fork" in multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if fork else "spawn")
    with ProcessPoolExecutor(jobs, context, initializer=_start, initargs=(contract.source, option)) as pool:
        for results in pool.map(_judge_chunk, chunks):
            yield from results


def _start(source: str, option: _Options) -> None:
    _SHARED.update(contract=load(source), option=option)


def _judge_chunk(paths: list[str]) -> list[Verdict | None]:
    contract, option = _SHARED["contract"], _SHARED["option"]
    return [v for path in paths for v in _judge_file(contract, path, option)]


# --- showing ----------------------------------------------------------------------------------------------------------


def _progress(results: Iterable[Verdict | None], total: int) -> Iterable[Verdict | None]:
    """A progress bar on a terminal where there is much to do; nothing of it in a pipe."""
    if total < 300 or not sys.stderr.isatty():
        return results
    from rich.console import Console
    from rich.progress import track

    return track(results, description="judging", total=total, console=Console(stderr=True), transient=True)


class _Printer:
    """Text is printed as it comes, as long as there is little of it; the other formats at the end."""

    def __init__(self, args: argparse.Namespace, name: str) -> None:
        self.args, self.name = args, name
        self.many = False
        self.held: list[Verdict] = []

    def see(self, verdict: Verdict) -> None:
        if self.args.format != "text" or self.many:
            return
        if self.args.all:
            self._print(verdict)
            return
        self.held.append(verdict)
        from ..report.text import MANY

        if len(self.held) > MANY:
            self.many, self.held = True, []

    def _print(self, verdict: Verdict) -> None:
        from ..report.text import verdict_lines

        for line in verdict_lines(verdict, verbose=self.args.verbose):
            print(line)

    def finish(self, verdicts: list[Verdict], skipped: int) -> None:
        if self.args.format == "text":
            from ..report import text

            for verdict in self.held:
                self._print(verdict)
            if self.many:
                for line in text.by_rule(verdicts):
                    print(line)
            if verdicts:
                waived = sum(1 for v in verdicts for f in v.tolerated if f.excuse and f.excuse[0] == "waiver")
                print(text.summary(Counter(v.outcome for v in verdicts), skipped, self.name, waived))
            return
        from ..report import machine

        render = {"json": machine.as_json, "junit": machine.as_junit, "github": machine.as_github}[self.args.format]
        print(render(verdicts, skipped, self.name))
