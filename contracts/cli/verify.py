"""`services85 verify`: the contract suite, run through pytest, with a table at the end that a person reads."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import pytest

from ..contract import load
from ..files.pyproject import contract_source, read_settings
from ..model import ContractsError
from ..plugin import UNJUDGED, provenance
from ..report.text import filled, paint, width

EPILOG = """\
examples:
  services85 verify                                offline: the stand-in
  services85 verify --tenant live --report out.xml nightly, against a sandbox
  services85 verify --candidate WSDL.zip           does what we use still work?

exit status: 1 the contract is broken; 2 something could not be judged (an
unreachable tenant, a failed login …); 0 kept
"""

ROOMS = {
    "test_sources": "sources",
    "test_clients": "clients",
    "test_ids": "IDs",
    "test_values": "values",
    "test_replay": "replay",
    "test_live": "live",
    "test_drift": "drift",
    "test_candidate": "candidate",
}
"""The suite's modules, and what the table calls them, in its order."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--tenant", default="stand-in", metavar="WHICH", help="default: the embedded stand-in")
    parser.add_argument(
        "--contract", metavar="PATH", help="a WSDL, a folder or .zip of them, a URL (default: Services85)"
    )
    parser.add_argument("--candidate", metavar="WSDL", help="another version, by which everything is judged as well")
    parser.add_argument("--cassettes", metavar="FOLDER", help="recordings to replay (default: the project's)")
    parser.add_argument("--report", metavar="FILE", action="append", default=[], help=".xml (JUnit), .json or .html")
    parser.add_argument("--production", metavar="HOST", help="allow this production host, by naming it again")
    parser.add_argument("--allow-start", metavar="NAME", help="allow to start, and stop again, a job of this name")
    parser.add_argument("--waivers", metavar="FILE", help="violations that are known, in documented examples too")
    parser.add_argument("--max-age", metavar="DAYS", type=int, help="say which recordings are older (default: 365)")
    parser.add_argument("--fault", metavar="FAULT", action="append", default=[], help="let the stand-in misbehave")
    parser.add_argument("--only", metavar="ROOMS", help=f"of {', '.join(ROOMS.values())}: only these (a,b)")
    parser.add_argument("-v", "--verbose", action="store_true", help="every test, as it ends")


@dataclass(slots=True)
class Room:
    """One row of the table. ``kept`` and the others count tests; ``reasons`` say why something was not kept."""

    name: str
    kept: int = 0
    broken: int = 0
    unjudged: int = 0
    skipped: int = 0
    seconds: float = 0.0
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def ran(self) -> int:
        return self.kept + self.broken + self.unjudged + self.skipped


@dataclass(slots=True)
class Failure:
    """A test that was broken or unjudged, with the lines that say so."""

    test: str
    outcome: str
    text: str


class _Collector:
    """A pytest plugin that counts, and shows how far it is."""

    def __init__(self, verbose: bool) -> None:
        self.rooms: dict[str, Room] = {}
        self.failures: list[Failure] = []
        self.provenance: list[str] = []
        self.verbose = verbose
        self.total = self.done = 0
        self.errors: list[str] = []
        self._bar: Any = None
        self._task: Any = None

    def room(self, nodeid: str) -> Room:
        stem = nodeid.partition("::")[0].rpartition("/")[2].removesuffix(".py")
        name = ROOMS.get(stem, stem.removeprefix("test_"))
        return self.rooms.setdefault(name, Room(name))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.total = len(session.items)
        for item in session.items:
            self.room(item.nodeid)
        if sys.stderr.isatty() and not self.verbose:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn())
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task("", total=self.total)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.errors.append(_last_line(str(report.longrepr)))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        room = self.room(report.nodeid)
        room.seconds += report.duration
        outcome = None
        if report.failed:
            unjudged = getattr(report, UNJUDGED, None)
            outcome = "unjudged" if unjudged else "broken"
            text = " ".join(unjudged.split()) if unjudged else _said(report)
            self.failures.append(Failure(report.nodeid.partition("::")[2], outcome, text))
            if unjudged:
                room.reasons[text] = room.reasons.get(text, 0) + 1
        elif report.skipped:
            outcome = "skipped"
            reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
            reason = reason.removeprefix("Skipped: ")
            room.reasons[reason] = room.reasons.get(reason, 0) + 1
        elif report.when == "call":
            outcome = "kept"
        if outcome:
            setattr(room, outcome, getattr(room, outcome) + 1)
            self.done += 1
            if self.verbose:
                print(f"{outcome:<9} {report.nodeid.partition('::')[2]}")
            if self._bar is not None:
                self._bar.update(self._task, advance=1, description=room.name)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self.provenance = list(dict.fromkeys(provenance(session.config)))
        if self._bar is not None:
            self._bar.stop()


def _said(report: pytest.TestReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    text = str(crash.message) if crash is not None else str(report.longrepr)
    notes = [line for line in str(report.longrepr).splitlines() if "Falsifying example" in line]
    return "\n".join([*text.strip().removeprefix("Failed: ").splitlines()[:25], *notes])


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1].removeprefix("E ").strip() if lines else "the suite could not be read"


def suite() -> Path:
    """Where the suite lies: tests/contract of a checkout, contracts/suite of an installed package."""
    package = Path(__file__).parents[1]
    for folder in (package.parent / "tests" / "contract", package / "suite"):
        if (folder / "test_sources.py").is_file():
            return folder
    raise ContractsError("the contract suite is not installed with this package")


def run(args: argparse.Namespace) -> int:
    """Runs the suite and prints the table; returns the exit status."""
    settings = read_settings()
    source = contract_source(args.contract, settings)
    contract = load(source)
    if args.candidate:
        load(args.candidate)  # an unreadable one is said before anything runs
    _possible(args)
    folder = suite()
    rooms = _modules(args.only) if args.only else [m for m in ROOMS if args.candidate or m != "test_candidate"]
    targets = [folder / f"{module}.py" for module in rooms]
    options = [f"--services85-tenant={args.tenant}"]
    options += [f"--services85-contract={source}"] if source else []
    for name in ("candidate", "cassettes", "production", "allow_start", "waivers", "max_age"):
        if (value := getattr(args, name)) is not None:
            options.append(f"--services85-{name.replace('_', '-')}={value}")
    options += [f"--services85-fault={fault}" for fault in args.fault]
    options += [f"--junitxml={report}" for report in args.report if report.endswith(".xml")][:1]
    started = time.monotonic()
    collector = _Collector(args.verbose)
    status = _pytest(folder, [str(target) for target in targets], options, collector)
    seconds = time.monotonic() - started
    if status == pytest.ExitCode.INTERRUPTED and not collector.errors:
        collector.errors.append("interrupted before the end")
    outcome = _outcome(collector, status)
    tenant = re.sub(r"//[^/]*@", "//", args.tenant)  # who logs in is in no report
    title = f"{contract.name} against {tenant}" + (f", candidate {args.candidate}" if args.candidate else "")
    for line in table(collector, title, seconds):
        print(line)
    print(paint(_CLOSING[outcome], {0: "32", 1: "1;31", 2: "33"}[outcome], sys.stdout))
    for report in args.report:
        _write(report, collector, title, seconds, outcome)
    written, *others = [report for report in args.report if report.endswith(".xml")] or [""]
    for other in others:
        try:
            shutil.copyfile(written, other)
        except OSError as error:
            raise ContractsError(f"--report {other}: {error.strerror or error}") from None
    return outcome


def _possible(args: argparse.Namespace) -> None:
    """Raises ContractsError for an option that could only end in nothing judged, before anything runs."""
    from ..live.open_tenant import choose_settings

    choose_settings(args.tenant, misbehaviours=args.fault, production=args.production, allow_start=args.allow_start)
    if args.waivers:
        from ..rules.waivers import read_waivers

        read_waivers(args.waivers)
    if args.cassettes and not Path(args.cassettes).is_dir():
        raise ContractsError(f"--cassettes {args.cassettes}: no such folder")
    for report in args.report:
        if not report.endswith((".xml", ".json", ".html")):
            raise ContractsError(f"--report {report}: a report is a .xml (JUnit), .json or .html file")
        if Path(report).is_dir():
            raise ContractsError(f"--report {report}: a folder")
        if not Path(report).absolute().parent.is_dir():
            raise ContractsError(f"--report {report}: its folder does not exist")


_LINES = 12
"""How much the table says of the recordings; a contract of one's own is another one for each that was shipped."""

_CLOSING = {0: "kept", 1: "broken", 2: "not judged"}


def _modules(only: str) -> list[str]:
    """``live,drift`` -> the modules of those rooms."""
    known = {name.lower(): module for module, name in ROOMS.items()}
    wanted = [name.strip().lower() for name in only.split(",") if name.strip()]
    for name in wanted:
        if name not in known:
            raise ContractsError(f"--only {name}: no such room; there are {', '.join(ROOMS.values())}")
    return [known[name] for name in wanted]


def _pytest(folder: Path, targets: list[str], options: list[str], collector: _Collector) -> int:
    """pytest in this process, with no configuration but the suite's own."""
    with tempfile.TemporaryDirectory() as temporary:
        empty = Path(temporary) / "pytest.ini"
        empty.write_text("[pytest]\n", encoding="utf-8")
        arguments = [
            *targets,
            f"--rootdir={folder}",
            f"--config-file={empty}",
            "--confcutdir",
            str(folder),
            "-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:benchmark",
            *options,
        ]  # fmt: skip
        if not _autoloaded():
            arguments += ["-p", "contracts.plugin"]
        return int(pytest.main(arguments, plugins=[collector]))


def _autoloaded() -> bool:
    from importlib.metadata import entry_points

    return any(point.value == "contracts.plugin" for point in entry_points(group="pytest11"))


def _outcome(collector: _Collector, status: int) -> int:
    rooms = collector.rooms.values()
    if any(room.broken for room in rooms):
        return 1
    judged = any(room.kept for room in rooms)
    if collector.errors or not judged or any(room.unjudged for room in rooms) or status not in (0, 1):
        return 2
    return 0


# --- the table --------------------------------------------------------------------------------------------------------


def table(collector: _Collector, title: str, seconds: float) -> Iterator[str]:
    """What failed, then a row for each room, then why something was skipped or not judged."""
    alike: dict[tuple[str, str], list[str]] = {}
    for failure in collector.failures:
        alike.setdefault((failure.outcome, failure.text), []).append(failure.test)
    for (outcome, text), (test, *others) in list(alike.items())[:20]:
        more = f" and {len(others)} more" if others else ""
        yield paint(f"{outcome}  {test}"[: width(sys.stdout) - len(more)] + more, "1", sys.stdout)
        yield from (f"    {line}" for line in text.splitlines()[:25])
        yield ""
    if len(alike) > 20:
        yield f"… and {sum(map(len, list(alike.values())[20:]))} more"
        yield ""
    yield f"services85 verify: {title}"
    yield f"{'':<12}{'kept':>7}{'broken':>8}{'unjudged':>10}{'skipped':>9}{'seconds':>9}"
    order = list(ROOMS.values())
    rooms = sorted(collector.rooms.values(), key=lambda r: order.index(r.name) if r.name in order else len(order))
    for room in rooms:
        yield f"{room.name:<12}{room.kept:>7}{room.broken:>8}{room.unjudged:>10}{room.skipped:>9}{room.seconds:>9.1f}"
    total = [sum(getattr(r, k) for r in rooms) for k in ("kept", "broken", "unjudged", "skipped")]
    yield f"{'all':<12}{total[0]:>7}{total[1]:>8}{total[2]:>10}{total[3]:>9}{seconds:>9.1f}"
    for room in rooms:
        if room.skipped or room.unjudged:
            for reason, count in room.reasons.items():
                times = f" ({count} times)" if count > 1 else ""
                yield from _indented(f"{room.name}: {reason[:200]}{times}")
    for error in dict.fromkeys(collector.errors):
        yield from _indented(error)
    said = list(_grouped(collector.provenance))
    for line in said[:_LINES]:
        yield from _indented(line)
    if len(said) > _LINES:
        yield f"  … and {len(said) - _LINES} more lines on recordings: --report FILE has them all"


def _indented(line: str) -> list[str]:
    return filled(line, width(sys.stdout), "  ", " " * 6)


def _grouped(lines: Iterable[str]) -> Iterator[str]:
    """Recordings of which the same is to be said share a line: an upgrade makes all of them another contract's."""
    files: dict[str, list[str]] = {}
    for line in lines:
        file, _, remark = line.rpartition(".yaml: ")
        files.setdefault(remark, []).append(f"{file}.yaml: " if file else "")
    for remark, (first, *others) in files.items():
        yield f"{first[:-2]} and {len(others)} more: {remark}" if others else f"{first}{remark}"


# --- reports ----------------------------------------------------------------------------------------------------------


def _write(report: str, collector: _Collector, title: str, seconds: float, outcome: int) -> None:
    rooms = [
        {"room": r.name, "kept": r.kept, "broken": r.broken, "unjudged": r.unjudged, "skipped": r.skipped}
        | {"seconds": round(r.seconds, 2), "reasons": list(r.reasons)}
        for r in collector.rooms.values()
    ]
    try:
        if report.endswith(".json"):
            content = {
                "schema": "services85-verify/1",
                "title": title,
                "outcome": _CLOSING[outcome],
                "seconds": round(seconds, 1),
                "rooms": rooms,
                "failures": [{"test": f.test, "outcome": f.outcome, "text": f.text} for f in collector.failures],
                "recordings": collector.provenance,
            }
            Path(report).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        elif report.endswith(".html"):
            Path(report).write_text(_page(collector, title, rooms, outcome), encoding="utf-8")
    except OSError as error:
        raise ContractsError(f"--report {report}: {error.strerror or error}") from None


def _page(collector: _Collector, title: str, rooms: list[dict[str, Any]], outcome: int) -> str:
    keys = ("room", "kept", "broken", "unjudged", "skipped", "seconds")
    rows = "".join("<tr>" + "".join(f"<td>{escape(str(r[k]))}</td>" for k in keys) + "</tr>\n" for r in rooms)
    failures = "".join(
        f"<details open><summary>{f.outcome}: {escape(f.test)}</summary><pre>{escape(f.text)}</pre></details>\n"
        for f in collector.failures
    )
    notes = "".join(f"<li>{escape(line)}</li>\n" for line in collector.provenance)
    head = "".join(f"<th>{k}</th>" for k in keys)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>services85 verify</title>\n'
        "<style>body{font:16px system-ui;margin:2em auto;max-width:60em;padding:0 1em}table{border-collapse:collapse}"
        "td,th{padding:.3em .8em;border-bottom:1px solid #ccc;text-align:right}td:first-child,th:first-child"
        "{text-align:left}pre{white-space:pre-wrap;background:#f4f4f4;padding:.6em}</style>\n"
        f"<h1>{_CLOSING[outcome]}</h1><p>{escape(title)}</p>\n<table><tr>{head}</tr>\n{rows}</table>\n"
        f"{failures}<h2>Recordings</h2><ul>\n{notes}</ul></html>\n"
    )
