"""The options that several commands share, each declared once, and the little that click lacks."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from ..files.limits import NAMES, use_limits
from ..files.pyproject import choose_contract, choose_limits, choose_onsite
from ..files.web import allow_hosts
from ..model import SEVERITIES, ContractsError, Severity
from ..model.wording import counted, suggest_nearest
from ..report.formats import FORMATS, render_lines

DEFECT = 3
"""The exit status, over all others, where it is the suite itself that failed."""

_Function = TypeVar("_Function", bound=Callable[..., Any])


class Command(click.Command):
    """A command whose examples stand below its options as they were written. Each takes the limits on its input."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.params.append(
            click.Option(["--limit"], metavar="NAME=N", multiple=True, type=_Limit(), help=f"{', '.join(NAMES)}.")
        )
        self.params.append(
            click.Option(["--allow-host"], metavar="HOST", multiple=True, help="From which may be fetched too.")
        )

    def invoke(self, ctx: click.Context) -> Any:
        with use_limits(choose_limits(dict(ctx.params.pop("limit")))), allow_hosts(ctx.params.pop("allow_host")):
            return super().invoke(ctx)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx  # click's parser leaves it out: whose option it is would not be said
            raise

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write(f"\n{self.epilog}\n")


def command(run: Callable[..., int]) -> Command:
    """Makes a function a command of its name, its docstring the examples. What it returns is the exit status."""
    for option in getattr(run, "__click_params__", ()):
        if option.multiple and "epeatable" not in option.help:
            option.help = f"{option.help.removesuffix('.')} (repeatable)."
    return click.command(run.__name__, cls=Command, epilog=inspect.getdoc(run))(run)


class Kind(click.ParamType):  # type: ignore[type-arg]  # a generic in the newest click only
    """A kind of value that an option takes."""

    name = "value"


class _Limit(Kind):
    """``elements=5000000`` -> the name of a limit, and a number."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        name, _, number = value.partition("=")
        if not number.isascii() or not number.isdigit():
            self.fail(f"{value!r} is not of the form NAME=N, N a whole number", param, ctx)
        return name, int(number[:20])


class OneOf(Kind):
    """A word out of those known when it is read; an error names the nearest of them."""

    def __init__(self, known: Callable[[], Iterable[str]]) -> None:
        self.known = known

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return "|".join(self.known())

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value not in self.known():
            known = list(self.known())
            self.fail(f"{value!r} is none of {', '.join(known)}{suggest_nearest(value, known)}", param, ctx)
        return value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(word) for word in self.known() if word.startswith(incomplete)]


class WritableFile(Kind):
    """A file that can be made: said before anything runs, and not after it ran for nothing."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if Path(value).is_dir():
            self.fail(f"{value}: a folder", param, ctx)
        if not Path(value).absolute().parent.is_dir():
            self.fail(f"{value}: its folder does not exist", param, ctx)
        return value


def flags_of_one(name: str, **helps: str) -> Callable[[_Function], _Function]:
    """Flags of which one at most may be given. ``name``: the parameter, which is the flag's name, or is not passed."""

    def choose(context: click.Context, flag: click.Parameter, given: bool) -> None:
        if given and name in context.params:
            raise click.UsageError(f"--{context.params[name]} and --{flag.name} exclude each other", context)
        if given:
            context.params[name] = flag.name

    def decorate(function: _Function) -> _Function:
        for flag, text in reversed(helps.items()):
            option = click.option(f"--{flag}", is_flag=True, expose_value=False, callback=choose, help=text)
            function = option(function)
        return function

    return decorate


# --- what is printed, and where -----------------------------------------------------------------------------------


_FOR_PEOPLE = ("text", "line")
"""The formats that are read where they are printed."""


@dataclass(frozen=True, slots=True)
class Reports:
    """What to make of a command's result: ``wanted`` are names of FORMATS, each with a file (None: standard output)."""

    command: str
    wanted: Sequence[tuple[str, str | None]]
    quiet: bool = False

    @property
    def names(self) -> set[str]:
        return {name for name, _ in self.wanted}

    @property
    def are_asked_for(self) -> bool:
        """Whether anything but the default was asked for."""
        return self.quiet or list(self.wanted) != [("text", None)]

    def without_printed_text(self) -> Reports:
        """The same but for the text on standard output, of a command that says it as it goes."""
        return replace(self, wanted=[each for each in self.wanted if each != ("text", None)])

    def write(self, result: Any) -> None:
        """Writes each report of the result; several into one file one after the other."""
        begun: set[str] = set()
        for name, file in self.wanted:
            if file is None:
                _print_lines(render_lines(self.command, name, result, sys.stdout), for_people=name in _FOR_PEOPLE)
                continue
            with Path(file).open("a" if file in begun else "w", encoding="utf-8") as stream:
                begun.add(file)
                stream.writelines(f"{line}\n" for line in render_lines(self.command, name, result, stream))


def _print_lines(lines: Iterable[str], *, for_people: bool) -> None:
    """In the console's charset; what a program reads, and a page that says so itself, in UTF-8 whatever that is."""
    binary = None if for_people else getattr(sys.stdout, "buffer", None)
    if binary is None:
        for line in lines:
            print(line)
        return
    sys.stdout.flush()
    for line in lines:
        binary.write(f"{line}\n".encode("utf-8", "backslashreplace"))
    binary.flush()


class _FormatName(OneOf):
    """``json`` or ``json=FILE`` -> the name, and the file (None: standard output)."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, tuple):  # the default, converted already
            return value
        name, _, file = value.partition("=")
        return super().convert(name, param, ctx), WritableFile().convert(file, param, ctx) if file else None


def reports(of: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """``--format``, ``--output`` and ``--quiet`` of a command, which is given them as ``reports``."""

    def decorate(run: Callable[..., int]) -> Callable[..., int]:
        @click.option(
            "--format",
            "formats",
            type=_FormatName(lambda: FORMATS[of]),
            multiple=True,
            help="Repeatable; json=FILE writes a file beside what is printed (default: text).",
        )
        @click.option("--output", type=WritableFile(), metavar="FILE", help="What would be printed goes there.")
        @click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
        @functools.wraps(run)
        def with_reports(
            formats: Sequence[tuple[str, str | None]], output: str | None, quiet: bool, **rest: Any
        ) -> int:
            printed = [(name, output) for name, file in formats if file is None] or [("text", output)]
            if quiet and output is None:
                printed = []
            return run(reports=Reports(of, [*printed, *(each for each in formats if each[1])], quiet), **rest)

        return with_reports

    return decorate


# --- options ------------------------------------------------------------------------------------------------------


contract = click.option(
    "--contract",
    metavar="PATH",
    callback=lambda context, parameter, given: choose_contract(given),
    help="A WSDL, a folder or .zip of them, a URL (default: Services85).",
)
onsite = click.option(
    "--onsite",
    is_flag=True,
    callback=lambda context, parameter, given: choose_onsite(given),
    help="An on-site installation: no ApplicationToken is wanted.",
)
waivers = click.option("--waivers", metavar="FILE", help="Known violations (TOML) that are tolerated.")


@dataclass(frozen=True, slots=True)
class WaiverFile:
    """Where to write waivers of all that was found, and until when they hold."""

    file: Path
    until: date

    def write(self, rows: Iterable[str]) -> None:
        """Writes the rows, each once."""
        distinct = list(dict.fromkeys(rows))
        self.file.write_text("\n".join(distinct), encoding="utf-8")
        print(f"services85: {counted(len(distinct), 'waiver')} in {self.file}, for --waivers", file=sys.stderr)


def write_waivers(run: Callable[..., int]) -> Callable[..., int]:
    """``--write-waivers`` and ``--until`` of a command, which is given them as one."""

    @click.option("--write-waivers", type=WritableFile(), metavar="FILE", help="Waive what is found now, --until then.")
    @click.option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="As 2027-03-31.")
    @functools.wraps(run)
    def with_waivers(write_waivers: str | None, until: datetime | None, **rest: Any) -> int:
        if write_waivers is None:
            return run(write_waivers=None, **rest)
        if until is None:
            raise ContractsError("--write-waivers wants --until: no waiver holds for ever")
        if Path(write_waivers).exists():  # somebody may have written it by hand
            raise ContractsError(f"--write-waivers {write_waivers}: is there already")
        return run(write_waivers=WaiverFile(Path(write_waivers), until.date()), **rest)

    return with_waivers


def listening(run: _Function) -> _Function:
    """``--host`` and ``--port`` of a command that listens."""
    run = click.option("--port", type=click.IntRange(0, 65535), default=0, help="Default: a free one.")(run)
    return click.option("--host", default="127.0.0.1", help="The address to listen on (default: 127.0.0.1).")(run)


used_by = click.option(
    "--used-by", metavar="FOLDER", multiple=True, help="Recorded messages, or source code: only what they use counts."
)
uses = click.option(
    "--uses", metavar="FILE", multiple=True, help="A list of Agent.Operation: only what they reach counts."
)
production = click.option("--production", metavar="HOST", help="Allow this production host, by naming it again.")


class _Fault(click.Option):
    """Ways to misbehave, whose names its help tells: ``503``, ``slow=3@StopBatchJob#2``."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        from ..standin.misbehaviour import MISBEHAVIOURS

        name, text = super().get_help_record(ctx) or ("", "")
        return name, f"{text} NAME is {', '.join(MISBEHAVIOURS)}."


faults = click.option(
    "--fault",
    "faults",
    cls=_Fault,
    metavar="FAULT",
    multiple=True,
    help="Let the stand-in misbehave; NAME[=SECONDS][@OPERATION][#N], N: only the n-th request.",
)


tenant = click.option(
    "--tenant",
    metavar="WHICH",
    default="stand-in",
    help="stand-in, live, or a URL (default: the embedded stand-in).",
)

_FAIL_ON = {"breaking": 0, "risky": 1, "any": 2}
"""The word -> the index in SEVERITIES of the least severity that gives status 1."""

fail_on = click.option(
    "--fail-on",
    type=OneOf(lambda: _FAIL_ON),
    default="breaking",
    help="The least that gives status 1 (default: breaking).",
)


def is_too_bad(worst: Severity | None, fail_on: str) -> bool:
    """Whether the worst of some changes is as bad as ``--fail-on`` says."""
    return worst is not None and SEVERITIES.index(worst) <= _FAIL_ON[fail_on]
