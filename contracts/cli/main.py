"""`services85`, also `python -m contracts`: one command, and what each of its subcommands needs is loaded only then."""

from __future__ import annotations

import argparse
import importlib
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from ..model import ContractsError
from ..model.escaping import did_you_mean, printable


@dataclass(frozen=True, slots=True)
class Command:
    """Where a subcommand lives: ``add[_name]_arguments``, ``run[_name]`` and, for --help, ``[NAME_]EPILOG``."""

    module: str
    help: str
    name: str = ""

    def find(self, pattern: str) -> str:
        return pattern.format(f"_{self.name}" if self.name else "")


COMMANDS = {
    "check": Command("contracts.cli.check", "judge messages: envelopes, raw HTTP, cassettes, documented pages"),
    "verify": Command("contracts.cli.verify", "the contract suite against a tenant: stand-in, live, or a URL"),
    "diff": Command("contracts.cli.diff", "what changed between two contracts, and whom it hits"),
    "serve": Command("contracts.cli.serve", "the stand-in tenant on loopback"),
    "record": Command("contracts.cli.record", "record cassettes from a tenant, redacted"),
    "sample": Command("contracts.cli.generate", "a request or response that is kept, from the WSDL", "sample"),
    "mutate": Command("contracts.cli.generate", "write mutants of a message", "mutate"),
    "score": Command("contracts.cli.generate", "how many mutants the checks catch", "score"),
    "rules": Command("contracts.cli.rules", "every rule, a line each", "rules"),
    "explain": Command("contracts.cli.rules", "one rule, with examples that break and keep it", "explain"),
}


class _Parser(argparse.ArgumentParser):
    """argparse whose errors are one line, with the option or the value that was probably meant."""

    def error(self, message: str) -> NoReturn:
        name = self.prog.removeprefix("services85").strip()
        wrong = re.search(r"unrecognized arguments: (-[^\s=]+)|invalid choice: '(.*?)' \(choose from (.*)\)", message)
        option, value, choices = wrong.groups(default="") if wrong else ("", "", "")
        known = re.findall(r"[\w-]+", choices if value else self.format_help())
        hint = did_you_mean(option or value, known, f"see {self.prog} --help")
        raise ContractsError(f"{name}: {message}{hint}".removeprefix(": "))


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit status. Errors are one line on stderr and status 2."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, stream) is None:  # closed, as by a scheduler or `>&-`
            setattr(sys, stream, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115
    try:
        return _run(arguments)
    except ContractsError as error:
        print(f"services85: {printable(' '.join(str(error).split()))}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("services85: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `services85 … | head`
        _drop_output()
        return 141
    except OSError as error:  # such as a full disk
        _drop_output()
        where = f"{printable(str(error.filename))}: " if error.filename else ""
        print(f"services85: {where}{error.strerror or error}", file=sys.stderr)
        return 2


def _drop_output() -> None:
    """Where standard output takes nothing, what is still buffered would fail once more when the interpreter ends."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: list[str]) -> int:
    if arguments[:1] == ["help"]:
        arguments = [*arguments[1:2], "--help"]
    name = arguments[0] if arguments else ""
    if name not in COMMANDS:
        return _top(arguments)
    command = COMMANDS[name]
    module = importlib.import_module(command.module)
    parser = _Parser(
        prog=f"services85 {name}",
        description=f"{command.help[:1].upper()}{command.help[1:]}.",
        epilog=getattr(module, command.find("{}_EPILOG").lstrip("_").upper(), None),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add: Callable[[argparse.ArgumentParser], None] = getattr(module, command.find("add{}_arguments"))
    run: Callable[[argparse.Namespace], int] = getattr(module, command.find("run{}"))
    add(parser)
    try:
        args = parser.parse_args(arguments[1:])
    except SystemExit as stop:
        return int(stop.code or 0)
    try:
        status = run(args)
        sys.stdout.flush()
    except UnicodeEncodeError:  # a terminal or pipe that is not UTF-8
        raise ContractsError(
            "the output cannot be written in this locale's charset; set PYTHONIOENCODING=utf-8"
        ) from None
    return status


def _top(arguments: list[str]) -> int:
    if arguments and not arguments[0].startswith("-"):
        hint = did_you_mean(arguments[0], COMMANDS, "see services85 --help")
        raise ContractsError(f"{arguments[0]}: no such command{hint}")
    width = max(map(len, COMMANDS))
    listed = "\n".join(f"  {name:<{width}}  {command.help}" for name, command in COMMANDS.items())
    parser = _Parser(
        prog="services85",
        description="Contract test suite for SuperOffice NetServer SOAP agents.",
        usage="services85 COMMAND [options]",
        epilog=f"commands:\n{listed}\n\nservices85 COMMAND --help has examples.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="the package's version")
    try:
        args = parser.parse_args(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)
    if args.version:
        from importlib.metadata import version

        print(f"services85-contracts {version('services85-contracts')}", flush=True)
    else:
        parser.print_help()
    return 0


if __name__ == "__main__":
    sys.exit(main())
