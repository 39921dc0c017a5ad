"""`services85`, also `python -m contracts`: one command, and what each of its subcommands needs is loaded only then."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .model import ContractsError, printable


@dataclass(frozen=True, slots=True)
class Command:
    """Where a subcommand lives: ``add[_name]_arguments``, ``run[_name]`` and, for --help, ``[NAME_]EPILOG``."""

    module: str
    help: str
    name: str = ""

    def find(self, pattern: str) -> str:
        return pattern.format(f"_{self.name}" if self.name else "")


COMMANDS = {
    "check": Command("contracts.check", "judge messages: envelopes, raw HTTP, cassettes, documented pages"),
    "verify": Command("contracts.verify", "the contract suite against a tenant: stand-in, live, or a URL"),
    "diff": Command("contracts.upgrade.command", "what changed between two contracts, and whom it hits"),
    "serve": Command("contracts.tenant.command", "the stand-in tenant on loopback"),
    "record": Command("contracts.recording.command", "record cassettes from a tenant, redacted"),
    "sample": Command("contracts.generate.command", "a request or response that is kept, from the WSDL", "sample"),
    "mutate": Command("contracts.generate.command", "write mutants of a message", "mutate"),
    "score": Command("contracts.generate.command", "how many mutants the checks catch", "score"),
    "rules": Command("contracts.catalog", "every rule, a line each", "rules"),
    "explain": Command("contracts.catalog", "one rule, with examples that break and keep it", "explain"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit status. Errors are one line on stderr and status 2."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _run(arguments)
    except ContractsError as error:
        print(f"services85: {printable(' '.join(str(error).split()))}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("services85: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `services85 … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _run(arguments: list[str]) -> int:
    name = arguments[0] if arguments else ""
    if name not in COMMANDS:
        return _top(arguments)
    command = COMMANDS[name]
    module = importlib.import_module(command.module)
    parser = argparse.ArgumentParser(
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
    width = max(map(len, COMMANDS))
    listed = "\n".join(f"  {name:<{width}}  {command.help}" for name, command in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="services85",
        description="Contract test suite for SuperOffice NetServer SOAP agents.",
        usage="services85 COMMAND [options]",
        epilog=f"commands:\n{listed}\n\nservices85 COMMAND --help has examples.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="the package's version")
    parser.add_argument("command", nargs="?", metavar="COMMAND", help="one of those below")
    try:
        args, _ = parser.parse_known_args(arguments)
        if args.version:
            from importlib.metadata import version

            print(f"services85-contracts {version('services85-contracts')}")
            return 0
        if args.command:
            import difflib

            close = difflib.get_close_matches(args.command, COMMANDS, 1)
            hint = f"did you mean {close[0]}?" if close else "see services85 --help"
            raise ContractsError(f"{args.command}: no such command; {hint}")
    except SystemExit as stop:
        return int(stop.code or 0)
    parser.print_help()
    return 0 if not arguments else 2


if __name__ == "__main__":
    sys.exit(main())
