"""`services85`, also `python -m contracts`: one command whose subcommands are imported when they are used."""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from ..files.pyproject import TENANT_KEYS
from ..model import ContractsError
from ..model.urls import hide_in_urls
from ..model.wording import cut_words, describe_defect, escape_line, suggest_nearest
from .options import DEFECT

COMMANDS = {
    "check": ("check", "judge messages: envelopes, HTTP, cassettes, HAR, logs, documented pages …"),
    "verify": ("verify", "the contract suite against a tenant: stand-in, live, or a URL"),
    "diff": ("diff", "what changed between two contracts, and whom it hits"),
    "drift": ("drift", "is this contract still what a tenant serves?"),
    "watch": ("watch", "a judging proxy between any client and a tenant"),
    "serve": ("serve", "the stand-in tenant on loopback"),
    "record": ("record", "record cassettes from a tenant, redacted"),
    "sample": ("sample", "a request or response that is kept, from the WSDL"),
    "mutate": ("mutate", "write mutants of a message"),
    "score": ("score", "how many mutants the checks catch"),
    "schema": ("schema", "the JSON Schema of what a command prints as JSON"),
    "rules": ("rules", "every rule, a line each"),
    "explain": ("rules", "one rule or deviation, with examples that break and keep it"),
}
"""A command's name -> the module of this room that holds a function of that name, and what it does.

A new command is a row here and a file: with the sentences at hand, `--help` imports none of the modules.
"""

_COMPLETE = "_SERVICES85_COMPLETE"
"""The variable in which a shell asks for completions: ``eval "$(_SERVICES85_COMPLETE=bash_source services85)"``."""


class _CommandGroup(click.Group):
    """The group of all commands. Errors are one line on standard error and exit status 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, does = COMMANDS[name]
        command: click.Command = getattr(importlib.import_module(f"{__package__}.{module}"), name)
        end = "" if does.endswith(("?", "…")) else "."
        command.help = f"{does[:1].upper()}{does[1:]}{end}"
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            hint = suggest_nearest(name, COMMANDS, "see services85 --help")
            raise ContractsError(f"{name}: no such command{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, does) for name, (_, does) in COMMANDS.items()])

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str = "services85", *rest: Any, **extra: Any
    ) -> int:
        """Runs a command. Returns its exit status, or ends the process with it where click's callers expect that."""
        if _COMPLETE in os.environ:
            super().main(args, prog_name, _COMPLETE)
        status = self._run_command(list(sys.argv[1:] if args is None else args))
        if extra.get("standalone_mode", True):
            sys.exit(status)
        return status

    def _run_command(self, arguments: list[str]) -> int:
        if arguments[:1] == ["help"]:
            arguments = [*arguments[1:2], "--help"]
        try:
            with self.make_context("services85", arguments) as context:
                status = int(self.invoke(context) or 0)
            sys.stdout.flush()
        except click.exceptions.Exit as stop:  # after --help and --version
            return stop.exit_code
        except click.UsageError as error:
            return _print_complaint(_word_error(error))
        except ContractsError as error:
            return _print_complaint(str(error))
        except UnicodeEncodeError:  # a terminal or pipe that is not UTF-8
            return _print_complaint("the output cannot be written in this locale's charset; set PYTHONIOENCODING=utf-8")
        except (KeyboardInterrupt, click.Abort):
            _print_complaint("stopped")
            return 130
        except BrokenPipeError:  # `services85 … | head`
            _drop_output()
            return 141
        except OSError as error:  # such as a full disk
            _drop_output()
            where = f"{error.filename}: " if error.filename else ""
            return _print_complaint(f"{where}{error.strerror or error}")
        except Exception as error:  # a defect of ours is no verdict on anybody's messages
            _print_complaint(describe_defect(error))
            if {"-v", "--verbose"} & set(arguments):
                import traceback

                traceback.print_exc()
            return DEFECT
        return status


def _print_complaint(text: str) -> int:
    print(f"services85: {escape_line(cut_words(hide_in_urls(' '.join(text.split()))))}", file=sys.stderr)
    return 2


def _word_error(error: click.UsageError) -> str:
    """click's message as one line that begins with the command, and ends with what was probably meant."""
    context = error.ctx
    path = context.command_path if context is not None else "services85"
    text = error.format_message()
    hint = f"; see {path} --help"
    if isinstance(error, click.NoSuchOption) and context is not None:
        known = [name for parameter in context.command.get_params(context) for name in parameter.opts]
        text, hint = f"no such option {error.option_name}", suggest_nearest(error.option_name, known, hint[2:])
    elif "did you mean" in text:  # a choice that named the nearest
        hint = ""
    begin = path.removeprefix("services85").strip()
    return f"{begin}: {text[:1].lower()}{text[1:].rstrip('.')}{hint}".removeprefix(": ")


def _drop_output() -> None:
    """Where standard output takes nothing, what is still buffered would fail once more when the interpreter ends."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _name_unknown_variables() -> None:
    """A variable that is none of ours, or misspelled, would be silently without effect."""
    known = [f"SERVICES85_{key.upper()}" for key in TENANT_KEYS]
    for name in os.environ:
        if name.startswith("SERVICES85_") and name not in known:
            hint = suggest_nearest(name, known, f"known are {', '.join(known)}")
            print(f"services85: {name} is no setting{hint}", file=sys.stderr)


def _show_version(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"services85-contracts {version('services85-contracts')}", flush=True)
        context.exit()


@click.group(cls=_CommandGroup, invoke_without_command=True, options_metavar="", subcommand_metavar="COMMAND [OPTIONS]")
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="The version.")
@click.pass_context
def services85(context: click.Context) -> None:
    """Contract test suite for SuperOffice NetServer SOAP agents."""
    if context.invoked_subcommand is None:
        print(context.get_help())
    else:
        _name_unknown_variables()


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit status. Errors are one line on standard error and status 2."""
    for stream, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, stream) is None:  # closed, as by a scheduler or `>&-`
            setattr(sys, stream, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")  # a letter that the console lacks ends no run
    return services85.main(argv, standalone_mode=False)


if __name__ == "__main__":
    sys.exit(main())
