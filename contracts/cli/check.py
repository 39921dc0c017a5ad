"""`services85 check`: messages from files, folders or standard input, judged by a contract."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from fnmatch import fnmatchcase
from itertools import chain, islice

import click

from ..contract import Contract, load
from ..files.limits import current_limits, use_limits
from ..messages import Skipped, list_paths, read
from ..model import ContractsError, Direction, Verdict
from ..report.results import CheckResult
from ..report.spool import Spool
from ..rules import RULES
from ..rules.waivers import Waivers, format_waiver, read_own_waivers
from . import options
from .judging import Judging, Result, conclude_run, judge_found, remark_source, unjudge_defect
from .options import argument, flag, many, option

_PARALLEL_FROM = 2000
"""So many files pay for more than one process, each of which compiles the schemas anew."""
_PROGRESS_FROM = 300
_CHUNK, _AHEAD = 250, 4
"""Files that a process is given at a time, and how often so many are ahead of what is printed."""


@dataclass(frozen=True, slots=True)
class _ReadingPlan:
    """How each file is read and judged. ``named``: the paths that were given, not found in a folder."""

    judging: Judging
    named: frozenset[str]


@options.command
def check(
    *,
    paths: tuple[str, ...] = argument(metavar="FILE|FOLDER|-...", nargs=-1, required=True),
    contract: str | None = options.contract,
    operation: str | None = option(metavar="Agent.Op", help="The operation that every message has to belong to."),
    direction: Direction | None = options.flags_of_one(request="All are requests.", response="All are responses."),
    onsite: bool = options.onsite,
    only: tuple[str, ...] = many(metavar="GLOB", help="Only files whose path or name is like that."),
    exclude: tuple[str, ...] = many(metavar="GLOB", help="No files whose path or name is like that."),
    skip_other: bool = flag(help="Named files that hold no message are skipped, not unjudged."),
    allow_none: bool = flag(help="Status 0 where nothing at all was found to judge."),
    waivers: str | None = options.waivers,
    write_waivers: options.WaiverFile | None = options.write_waivers,
    reports: options.Reports = options.reports("check"),
    verbose: bool = flag("-v", "--verbose", help="Notes and tolerated findings too."),
    show_all: bool = flag("--all", help="Every message on its own, however many there are."),
    max_size: int | None = option(
        type=options.WholeNumber(1), metavar="MB", help="Of one file: short for --limit size=MB."
    ),
    jobs: int = option(type=options.WholeNumber(0), default=0, metavar="N", help="Processes (default: what pays off)."),
) -> int:
    """Examples:
      services85 check request.xml                  an envelope
      services85 check traffic/ pages.zip           folders and zips of any of them
      services85 check --operation Batch.StopBatchJob - < envelope.xml
      services85 check --contract WSDL.zip traffic/ any agent, any version
      services85 check --format junit cassettes/ > check.xml

    --contract and --waivers default to contracts and waivers in [tool.services85]
    of the nearest pyproject.toml upwards; paths in it are relative to that file

    Exit status: 1 a message is broken; else 2 something could not be judged; 0
    kept. 3, over all others: a defect of ours (-v shows the traceback)
    """
    open_while_it_runs = click.get_current_context().with_resource
    if max_size is not None:
        open_while_it_runs(use_limits({"size": max_size}))
    loaded = load(contract)
    remark_source(loaded)
    if operation:
        loaded.services.require(operation)
    excuses = Waivers(read_own_waivers(waivers), date.today(), RULES)
    files = (path for path in list_paths(paths) if _is_wanted(path, only, exclude))
    with_notes = verbose or reports.names != {"text"}
    judging = Judging(operation, direction, onsite, with_notes)
    reading = _ReadingPlan(judging, frozenset(() if skip_other else paths))
    verdicts: Spool[Verdict] = open_while_it_runs(Spool())
    skipped: Spool[Skipped] = open_while_it_runs(Spool())
    unlisted: Counter[str] = Counter()
    everything = with_notes or show_all
    for result in _judge_files(loaded, files, reading, jobs):
        if isinstance(result, Skipped):
            skipped.append(result)
            continue
        verdict = excuses.apply(result)
        if everything or not verdict.kept or any(finding.is_waived for finding in verdict.tolerated):
            verdicts.append(verdict)
        else:
            unlisted[verdict.outcome] += 1  # nothing more is said of it: a million of them take no memory
    checked = CheckResult(loaded.name, verdicts, skipped, verbose, show_all, unlisted)
    reports.write(checked)
    if (only or exclude) and not (checked.judged or skipped or allow_none):
        raise ContractsError("nothing found to judge: --only and --exclude leave no file")
    if write_waivers:
        known: dict[tuple[str, str, str], str] = {}
        for verdict in verdicts:
            for f in verdict.violations:
                known.setdefault((f.rule, f.path, verdict.label), f"expected {f.expected}, found {f.found}")
        write_waivers.write(format_waiver(*of, said, write_waivers.until) for of, said in known.items())
    for each in excuses.remarks():
        options.remark(each)
    return 0 if allow_none and not checked.judged else conclude_run(checked)


def _is_wanted(path: str, only: Sequence[str], exclude: Sequence[str]) -> bool:
    def is_like(globs: Sequence[str]) -> bool:
        return any(fnmatchcase(path, glob) or fnmatchcase(path.rpartition("/")[2], glob) for glob in globs)

    return (not only or is_like(only)) and not is_like(exclude)


# --- judging ----------------------------------------------------------------------------------------------------------


def _judge_file(contract: Contract, path: str, reading: _ReadingPlan) -> Iterator[Result]:
    """The verdicts on one file, and the parts of it that hold no message. They hold no tree any more."""
    try:
        for message in read(path, named=path in reading.named):
            yield judge_found(contract, message, reading.judging)
    except ContractsError:
        raise
    except Exception as error:  # a reader's defect costs the rest of its file
        yield unjudge_defect(error, path, "")


def _judge_files(contract: Contract, files: Iterator[str], reading: _ReadingPlan, jobs: int) -> Iterator[Result]:
    """In the order of the files. By several processes where there are many; and with a bar, on a terminal."""
    first = list(islice(files, _PARALLEL_FROM))
    many = len(first) == _PARALLEL_FROM
    jobs = jobs or ((os.cpu_count() or 1) if many else 1)
    everything = chain(first, files)
    results: Iterator[Result]
    if jobs == 1 or len(first) < 2:
        results = chain.from_iterable(_judge_file(contract, path, reading) for path in everything)
    else:
        results = _judge_in_parallel(contract, everything, reading, jobs)
    return _follow_progress(results, None if many else len(first))


def _judge_in_parallel(contract: Contract, files: Iterator[str], reading: _ReadingPlan, jobs: int) -> Iterator[Result]:
    """In the order of the files. Each process loads the contract once, and compiles of it what it needs."""
    import multiprocessing
    from concurrent.futures import Future, ProcessPoolExecutor

    fork = "fork" in multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if fork else "spawn")
    with ProcessPoolExecutor(jobs, context) as pool:
        ahead: deque[Future[list[Result]]] = deque()
        while chunk := list(islice(files, _CHUNK)):
            ahead.append(pool.submit(_judge_chunk, contract, chunk, reading, asdict(current_limits())))
            if len(ahead) > _AHEAD * jobs:  # no more than that waits to be judged, or to be printed
                yield from ahead.popleft().result()
        for done in ahead:
            yield from done.result()


def _judge_chunk(contract: Contract, paths: list[str], reading: _ReadingPlan, limited: dict[str, int]) -> list[Result]:
    with use_limits(limited):
        return [result for path in paths for result in _judge_file(contract, path, reading)]


def _follow_progress(results: Iterable[Result], total: int | None) -> Iterator[Result]:
    """A progress bar on a terminal where there is much to do; ``total`` None: nobody knows yet how much."""
    if total is not None and total < _PROGRESS_FROM:
        yield from results
        return
    from ..report.terminal import show_progress

    with show_progress(total) as step:
        for result in results:
            step("judging")
            yield result
