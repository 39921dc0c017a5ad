"""How commands declare their options, those that several share, and the little that click lacks.

A command is a function. The default of each of its parameters is click's declaration of it, so that an option, its type
and what its help says stand in one place:

    @options.command
    def greet(*, name: str = option(metavar="NAME", help="Whom."), loud: bool = flag("-l", "--loud")) -> int: ...
"""

from __future__ import annotations

import codecs
import functools
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, TextIO, cast

import click
from click.shell_completion import CompletionItem

from ..files.limits import NAMES, use_limits
from ..files.pyproject import choose_contract, choose_limits, choose_onsite
from ..files.web import allow_hosts
from ..model import SEVERITIES, ContractsError, Severity
from ..model.wording import count_noun, escape_line, suggest_nearest
from ..report.formats import FORMATS, render_lines

DEFECT = 3
"""The exit status, over all others, where it is the suite itself that failed."""

_Run = Callable[..., int]


class Command(click.Command):
    """A command whose examples stand below its options as they were written. Each takes the limits on its input."""

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


_PATHS = {"FILE", "FOLDER", "DIR", "PATH", "WSDL", "OLD", "NEW"}
"""The words of metavars that stand for a path."""


def _complete_value(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """What a shell completes: the paths or operations that a metavar stands for, else what the type knows."""
    kinds = set(re.findall(r"\w+(?:\.\w+)?", parameter.metavar or ""))
    items = [CompletionItem(begun, type="file")] if kinds & _PATHS else []
    if "Agent.Op" in kinds:
        from ..contract import load

        held = load(choose_contract(context.params.get("contract")))
        labels = sorted({operation.label for _, operation in held.targets()})
        items += [CompletionItem(label) for label in labels if label.startswith(begun)]
    return items or parameter.type.shell_complete(context, parameter, begun)


def complete_among(list_words: Callable[[], Iterable[str]]) -> Callable[..., list[str]]:
    """The ``shell_complete`` of what is one of these words."""
    return lambda context, parameter, begun: [word for word in list_words() if word.startswith(begun)]


def option(*flags: str, **how: Any) -> Any:
    """Declares an option, called like its parameter unless it has ``flags`` of its own; ``how`` is click's."""
    how = {"shell_complete": _complete_value} | how
    return lambda name, run: click.option(*(flags or [f"--{name.replace('_', '-')}"]), name, **how)(run)


def flag(*flags: str, **how: Any) -> Any:
    """An option without a value."""
    return option(*flags, is_flag=True, **how)


def many(*flags: str, **how: Any) -> Any:
    """An option that may be given several times; its parameter is a tuple."""
    return option(*flags, multiple=True, **how)


def argument(**how: Any) -> Any:
    """Declares an argument; ``how`` is click's."""
    how = {"shell_complete": _complete_value} | how
    return lambda name, run: click.argument(name, **how)(run)


_READING = {"contract", "old", "waivers"}
"""Parameters of commands that read what people have: the others take the limits too, and their help is silent on it."""


def command(run: _Run) -> Command:
    """Makes a function a command of its name, its docstring the examples. What it returns is the exit status."""
    declared = _declare_parameters(run, _list_declarations(run))
    for each in getattr(declared, "__click_params__", ()):
        if each.multiple and "epeatable" not in each.help:
            each.help = f"{each.help.removesuffix('.')} (repeatable)."
    made = click.command(run.__name__, cls=Command, epilog=inspect.getdoc(run))(declared)
    how = {"multiple": True, "hidden": _READING.isdisjoint(each.name for each in made.params)}
    limited = click.Option(["--limit"], metavar="NAME=N", type=_LimitType(), help=f"{', '.join(NAMES)}.", **how)
    allowed = click.Option(["--allow-host"], metavar="HOST", help="From which may be fetched too.", **how)
    made.params += [limited, allowed]
    return made


def together(made: Callable[..., object], **declared: Any) -> Any:
    """Declares several options, which a command is given as the one thing that ``made`` makes of them.

    They are the parameters of ``made``, unless it takes whatever there is: then ``declared`` says which.
    """
    own = declared or _list_declarations(made)

    def declare_option(name: str, run: _Run) -> _Run:
        @functools.wraps(run)
        def with_one(**given: Any) -> int:
            return run(**{name: made(**{each: given.pop(each) for each in own})}, **given)

        return _declare_parameters(with_one, own)

    return declare_option


def _list_declarations(function: Callable[..., object]) -> dict[str, Any]:
    return {each.name: each.default for each in inspect.signature(function).parameters.values()}


def _declare_parameters(run: _Run, declared: dict[str, Any]) -> _Run:
    for name, declare_option in reversed(declared.items()):  # click's order is that of decorators
        run = declare_option(name, run)
    return run


def flags_of_one(otherwise: str | None = None, **helps: str) -> Any:
    """Declares flags of which one at most may be given: the parameter is that flag's name, or ``otherwise``."""

    def choose_flag(**given: bool) -> str | None:
        chosen = sorted(f"--{name}" for name, is_given in given.items() if is_given)
        if len(chosen) > 1:
            raise click.UsageError(f"{' and '.join(chosen)} exclude each other", click.get_current_context())
        return chosen[0][2:] if chosen else otherwise

    return together(choose_flag, **{name: flag(help=text) for name, text in helps.items()})


class Kind(click.ParamType):  # type: ignore[type-arg]  # a generic in the newest click only
    """A kind of value that an option takes."""

    name = "value"


class _LimitType(Kind):
    """``elements=5000000`` -> the name of a limit, and a number."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        name, _, number = value.partition("=")
        if not number.isascii() or not number.isdigit():
            self.fail(f"{value!r} is not of the form NAME=N, N a whole number", param, ctx)
        return name, int(number[:20])


class _Day(Kind):
    """``2027-03-31``"""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date, such as 2027-03-31", param, ctx)


class WholeNumber(click.IntRange):
    """A whole number from, and to."""

    name = "whole number"


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


# --- what is printed, and where -----------------------------------------------------------------------------------


def remark(text: str) -> None:
    """Says on standard error, in a line, what is worth knowing beside what was asked for."""
    print(f"services85: {escape_line(text)}", file=sys.stderr)


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
            with _open_output(name, file, "a" if file in begun else "w") as stream:
                stream.writelines(f"{line}\n" for line in render_lines(self.command, name, result, stream))
            begun.add(file or "")


@contextmanager
def _open_output(name: str, file: str | None, mode: str) -> Iterator[TextIO]:
    """Where a report goes: a file, or standard output.

    There in the console's charset; what a program reads, and a page that says so itself, in UTF-8 whatever that is.
    """
    if file is not None:
        with Path(file).open(mode, encoding="utf-8") as stream:
            yield cast(TextIO, stream)
        return
    sys.stdout.flush()
    if name in _FOR_PEOPLE or not hasattr(sys.stdout, "buffer"):
        yield sys.stdout
    else:
        yield cast(TextIO, codecs.getwriter("utf-8")(sys.stdout.buffer, "backslashreplace"))
    sys.stdout.flush()


class _FormatName(OneOf):
    """``json`` or ``json=FILE`` -> the name, and the file (None: standard output)."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, tuple):  # the default, converted already
            return value
        name, named, file = value.partition("=")
        if named and not file:
            self.fail(f"{value!r} names no file", param, ctx)
        return super().convert(name, param, ctx), WritableFile().convert(file, param, ctx) if file else None


def reports(of: str) -> Any:
    """``--format``, ``--output`` and ``--quiet`` of a command."""

    def choose_reports(
        formats: Sequence[tuple[str, str | None]] = many(
            "--format",
            type=_FormatName(lambda: FORMATS[of]),
            help="Repeatable; json=FILE writes a file beside what is printed (default: text).",
        ),
        output: str | None = option(type=WritableFile(), metavar="FILE", help="What would be printed goes there."),
        quiet: bool = flag("-q", "--quiet", help="Print nothing but errors."),
    ) -> Reports:
        printed = [(name, output) for name, file in formats if file is None] or [("text", output)]
        if quiet and output is None:
            printed = []
        return Reports(of, [*printed, *(each for each in formats if each[1])], quiet)

    return together(choose_reports)


# --- options ------------------------------------------------------------------------------------------------------


contract = option(
    metavar="PATH",
    callback=lambda context, parameter, given: choose_contract(given),
    help="A WSDL, a folder or .zip of them, a URL (default: Services85).",
)
onsite = option(
    is_flag=True,
    callback=lambda context, parameter, given: choose_onsite(given),
    help="An on-site installation: no ApplicationToken is wanted.",
)
waivers = option(metavar="FILE", help="Known violations (TOML) that are tolerated.")
host = option(metavar="ADDRESS", default="127.0.0.1", help="The address to listen on (default: 127.0.0.1).")
port = option(type=WholeNumber(0, 65535), metavar="N", default=0, help="Default: a free one.")
used_by = many(metavar="FOLDER", help="Recorded messages, or source code: only what they use counts.")
uses = many(metavar="FILE", help="A list of Agent.Operation: only what they reach counts.")
production = option(metavar="HOST", help="Allow this production host, by naming it again.")
tenant = option(metavar="WHICH", default="stand-in", help="stand-in, live, or a URL (default: the embedded stand-in).")


def _choose_secrets(
    redact: tuple[str, ...] = many(metavar="WORD", help="A name or the like that is in no cassette."),
    redact_emails: bool = flag(help="Nor is any e-mail address."),
) -> list[tuple[str, str]]:
    from ..recording.redaction import EVERY_EMAIL

    return [("word", word) for word in redact] + [EVERY_EMAIL] * redact_emails


secrets = together(_choose_secrets)
"""What a command that writes cassettes keeps out of them, as `recording.redaction.Redactor` takes it."""


@dataclass(frozen=True, slots=True)
class WaiverFile:
    """Where to write waivers of all that was found, and until when they hold."""

    file: Path
    until: date

    def write(self, rows: Iterable[str]) -> None:
        """Writes the rows, each once."""
        distinct = list(dict.fromkeys(rows))
        self.file.write_text("\n".join(distinct), encoding="utf-8")
        remark(f"{count_noun(len(distinct), 'waiver')} in {self.file}, for --waivers")


def _choose_waiver_file(
    write_waivers: str | None = option(
        type=WritableFile(), metavar="FILE", help="Waive what is found now, --until then."
    ),
    until: date | None = option(type=_Day(), metavar="DATE", help="As 2027-03-31."),
) -> WaiverFile | None:
    if write_waivers is None:
        return None
    if until is None:
        raise ContractsError("--write-waivers wants --until: no waiver holds for ever")
    if Path(write_waivers).exists():  # somebody may have written it by hand
        raise ContractsError(f"--write-waivers {write_waivers}: is there already")
    return WaiverFile(Path(write_waivers), until)


write_waivers = together(_choose_waiver_file)


class _FaultOption(click.Option):
    """Ways to misbehave, whose names its help tells: ``503``, ``slow=3@StopBatchJob#2``."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        from ..standin.misbehaviour import MISBEHAVIOURS

        name, text = super().get_help_record(ctx) or ("", "")
        return name, f"{text} NAME is {', '.join(MISBEHAVIOURS)}."


faults = option(
    "--fault",
    cls=_FaultOption,
    metavar="FAULT",
    multiple=True,
    help="Let the stand-in misbehave; NAME[=SECONDS][@OPERATION][#N], N: only the n-th request.",
)


_FAIL_ON = {"breaking": 0, "risky": 1, "any": 2}
"""The word -> the index in SEVERITIES of the least severity that gives status 1."""

fail_on = option(
    type=OneOf(lambda: _FAIL_ON),
    default="breaking",
    help="The least that gives status 1 (default: breaking).",
)


def is_too_bad(worst: Severity | None, fail_on: str) -> bool:
    """Whether the worst of some changes is as bad as ``--fail-on`` says."""
    return worst is not None and SEVERITIES.index(worst) <= _FAIL_ON[fail_on]
