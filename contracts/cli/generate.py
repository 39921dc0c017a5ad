"""``services85 sample``, ``mutate`` and ``score``: arguments, what is printed, the exit status."""

from __future__ import annotations

import argparse
import json
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..files.pyproject import contract_source, read_settings
from ..generate.rendering import RENDERINGS
from ..model import ContractsError, Direction, Message
from ..model.escaping import did_you_mean
from ..wsdl.service import Service

if TYPE_CHECKING:
    from ..contract import Contract
    from ..mutate.originals import Original
    from ..mutate.scoring import Score

_File = tuple[str, str, bytes, str, "str | None"]
"""What is written of a mutant: whose it is, its operator, its bytes, the place, why it is equivalent."""

SAMPLE_EXAMPLES = """\
examples:
  services85 sample Batch.StopBatchJob
  services85 sample Batch.StartBatchJob --full --as curl
  services85 sample Batch.GetBatchTaskInfo --response --as http
  services85 sample Contact.GetContactEntity --as python --contract WSDL.zip

curl and python take SERVICES85_URL (default: the WSDL's address),
SERVICES85_APPLICATION_TOKEN and SERVICES85_TICKET from the environment.
"""
MUTATE_EXAMPLES = """\
examples:
  services85 mutate Batch.StopBatchJob --out mutants/
  services85 mutate recorded/request.http --out mutants/
  services85 mutate Batch.StopBatchJob --operator value-over --out mutants/
"""
SCORE_EXAMPLES = """\
examples:
  services85 score
  services85 score Batch.StopBatchJob SoPrincipal.GetSystemInfo
  services85 score --contract WSDL.zip --format json

exit status: 0 every mutant that is a break is caught, and nothing else is
called broken; 1 not so; 2 an error
"""


def _contract_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--contract", metavar="PATH", help="a WSDL, a folder, a .zip, a URL; default: Services85 as shipped"
    )


def _examples(parser: argparse.ArgumentParser, text: str) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = text


# --- sample -----------------------------------------------------------------------------------------------------------


def add_sample_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``services85 sample``."""
    parser.add_argument("operation", metavar="Agent.Op", help="with several versions loaded: Services85/Agent.Op")
    parser.add_argument("--response", action="store_true", help="a response; default: a request")
    form = parser.add_mutually_exclusive_group()
    forms = {
        "full": "every member and header, at every depth",
        "minimal": "only what has to be there",
        "documented": "in the documented pages' own form: SOAP 1.2, headers beside Body, xsi:type",
    }
    for name, text in forms.items():
        form.add_argument(f"--{name}", action="store_const", dest="form", const=name, help=text)
    parser.add_argument("--as", dest="rendering", choices=RENDERINGS, default="envelope", help="default: envelope")
    _contract_option(parser)
    parser.set_defaults(form="default")
    _examples(parser, SAMPLE_EXAMPLES)


def run_sample(args: argparse.Namespace) -> int:
    """Prints one message, once the judge has kept it. Raises ContractsError where there is none."""
    from ..contract import load
    from ..generate.rendering import render
    from ..generate.sample import sample

    contract = load(contract_source(args.contract, read_settings()))
    service, operation = contract.operation(args.operation)
    direction: Direction = "response" if args.response else "request"
    documented = args.form == "documented"
    if documented and args.rendering != "envelope":
        raise ContractsError(
            "--documented is a page's form, which no server takes: it cannot be shown --as anything else"
        )
    data = sample(service, operation, direction, form=args.form)
    message = Message(data, direction=direction, documented=documented)
    verdict = contract.judge(message, operation=f"{service.version}/{operation.label}")
    if not verdict.kept:
        found = verdict.violations[0] if verdict.violations else verdict.reason
        raise ContractsError(f"{operation.label}: no {args.form} {direction} that is kept can be made: {found}")
    shown = render(service, operation, data, direction, as_=args.rendering)
    sys.stdout.flush()
    sys.stdout.buffer.write(shown)
    sys.stdout.buffer.flush()
    if documented:
        print("services85: the form of a page (.md); sent, or checked as .xml, it is broken", file=sys.stderr)
    return 0


# --- mutate -----------------------------------------------------------------------------------------------------------


def add_mutate_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``services85 mutate``."""
    parser.add_argument(
        "source", metavar="FILE|Agent.Op", nargs="?", help="a message that is kept, a WSDL, an operation; default: all"
    )
    parser.add_argument("--out", metavar="DIR", required=True, help="where the mutants are written; made where needed")
    parser.add_argument("--operator", action="append", default=[], metavar="ID", help="only this one; may be repeated")
    _contract_option(parser)
    _examples(parser, MUTATE_EXAMPLES)


def run_mutate(args: argparse.Namespace) -> int:
    """Writes each mutant as a file, with an index; says how many."""
    from ..contract import load
    from ..mutate.mutants import OPERATORS, mutants
    from ..mutate.operators.wsdl import OPERATORS as WSDL_OPERATORS

    wanted = set(args.operator)
    known = {o.id for o in OPERATORS} | {o.id for o in WSDL_OPERATORS}
    if unknown := sorted(wanted - known):
        hint = did_you_mean(unknown[0], sorted(known), "services85 score lists them")
        raise ContractsError(f"--operator {unknown[0]}: no mutation operator{hint}")
    contract = load(contract_source(args.contract, read_settings()))
    files: list[_File] = []
    originals, services = _sources(contract, args.source)
    for first in originals:
        for mutant in mutants(first):
            if not wanted or mutant.operator.id in wanted:
                name = f"{first.operation.label}.{first.direction}"
                files.append((name, mutant.operator.id, mutant.bytes, mutant.place, mutant.equivalent))
    for service in services:
        files += [f for f in _wsdl_files(service) if not wanted or f[1] in wanted]
    count = _write(Path(args.out), files)
    print(f"{count} mutants in {args.out}; {args.out.rstrip('/')}/index.json says what each is")
    return 0


def _sources(contract: Contract, source: str | None) -> tuple[list[Original], list[Service]]:
    """The messages to change, and the services whose WSDLs are: of a file, an operation, or all."""
    from ..mutate.scoring import originals
    from ..wsdl.load import load_services

    if source is None:
        return list(originals(contract.targets())), list(contract.services)
    path = Path(source)
    if path.is_file() and b"http://schemas.xmlsoap.org/wsdl/" in path.read_bytes()[:8192]:
        return [], load_services(source)[0]
    if path.exists():
        return _from_file(contract, source), []
    if not re.fullmatch(r"(\w+/)?\w+\.\w+", source) or source.endswith((".xml", ".http", ".yaml", ".md", ".wsdl")):
        raise ContractsError(f"{source}: no such file, and no operation (Agent.Op)")
    service, operation = contract.operation(source)
    return list(originals([(service, operation)])), [service]


def _from_file(contract: Contract, path: str) -> list[Original]:
    from ..messages import read

    found = [_original(contract, m) for m in read(path) if isinstance(m, Message)]
    if not found:
        raise ContractsError(f"{path}: holds no SOAP message")
    return found


def _original(contract: Contract, message: Message) -> Original:
    """A message of a file, which has to be kept: what is broken already has no single fault."""
    from ..mutate.originals import Original, head_for

    where = f"{message.file} {message.part}".strip()
    if message.problem is not None:
        raise ContractsError(f"{where}: {message.problem}")
    verdict = contract.judge(message)
    if message.documented:
        raise ContractsError(f"{where}: a documented page's form is no message on the wire; name the operation instead")
    if not verdict.kept:
        found = verdict.violations[0] if verdict.violations else verdict.reason
        raise ContractsError(f"{where}: has to be kept before it is changed: {found}")
    label = f"{verdict.version}/{verdict.agent}.{verdict.operation}"
    targets = contract.services.find(label)
    if len(targets) != 1 or verdict.message is None:
        raise ContractsError(f"{where}: it is not clear which operation it belongs to")
    service, operation = targets[0]
    http = message.http or head_for(service, operation, verdict.message, message.data)
    return Original(service, operation, verdict.message, http, message.data)


def _wsdl_files(service: Service) -> Iterator[_File]:
    from ..mutate.operators.wsdl import OPERATORS, Wsdl
    from ..mutate.scoring import wsdl_bytes

    data = wsdl_bytes(service)
    if data is not None:
        for operator in OPERATORS:
            for change in operator.apply(Wsdl(service, data)):
                yield service.agent, operator.id, change.data or b"", change.place, change.equivalent


def _write(folder: Path, files: Iterable[_File]) -> int:
    index = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, (name, operator, data, place, equivalent) in enumerate(files, 1):
            suffix = "wsdl" if operator.startswith("wsdl-") else "http"
            file = f"{number:04d}.{name}.{operator}.{suffix}"
            (folder / file).write_bytes(data)
            index.append({"file": file, "operator": operator, "place": place, "equivalent": equivalent})
        (folder / "index.json").write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise ContractsError(f"{error.filename or folder}: {error.strerror or error}") from None
    return len(index)


# --- score ------------------------------------------------------------------------------------------------------------


def add_score_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``services85 score``."""
    parser.add_argument("operations", metavar="Agent.Op", nargs="*", help="default: every operation of the contract")
    parser.add_argument("--no-wsdl", action="store_true", help="leave the mutants of WSDLs out")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    _contract_option(parser)
    _examples(parser, SCORE_EXAMPLES)


def run_score(args: argparse.Namespace) -> int:
    """Prints the table. 1 where a mutant survived, or something that is no break was called broken."""
    from ..contract import load
    from ..mutate.scoring import score

    contract = load(contract_source(args.contract, read_settings()))
    progress = _progress if sys.stderr.isatty() else None
    options = {"wsdl_operators": ()} if args.no_wsdl else {}
    result = score(contract, args.operations, progress=progress, **options)
    if progress is not None:
        print("\r\033[K", end="", file=sys.stderr)
    if args.format == "json":
        print(json.dumps(result.as_dict(), indent=1, ensure_ascii=False))
    else:
        print("\n".join(table(result)))
    return 0 if result.passed else 1


def _progress(label: str) -> None:
    print(f"\r\033[K{label}", end="", file=sys.stderr, flush=True)


_COLUMNS = {
    "mutants": "mutants",
    "caught": "caught",
    "survived": "survived",
    "equivalent": "equivalent",
    "alarms": "false_alarms",
    "cascades": "cascades",
}
"""Heads of the table -> what a row calls it. A cascade is a mutant with more than one violation."""
_MOST_CASES = 20


def table(result: Score) -> list[str]:
    """The score as lines: a row for each operator, the sum, the reasons of equivalents, what went wrong."""
    wide = max([8, *(len(r) for r in result.rows)])
    lines = [" ".join(["operator".ljust(wide), *_COLUMNS])]
    for row in result.rows.values():
        numbers = [str(getattr(row, c)).rjust(len(head)) for head, c in _COLUMNS.items()]
        lines.append(" ".join([row.operator.ljust(wide), *numbers]))
    sums = [str(result.total(c)).rjust(len(head)) for head, c in _COLUMNS.items()]
    lines.append(" ".join(["all".ljust(wide), *sums]))
    for row in result.rows.values():
        if row.reasons:
            lines += textwrap.wrap(f"equivalent: {row.operator}: {_reasons(row.reasons)}", 80, subsequent_indent="  ")
    cases = {
        "survived": result.survivors,
        "false alarm": result.false_alarms,
        "more than one violation": result.cascades,
    }
    for title, found in cases.items():
        lines += [
            f"{title}: {c.operator}: {c.message} {c.place} {'; '.join(c.found)}".rstrip() for c in found[:_MOST_CASES]
        ]
        if len(found) > _MOST_CASES:
            lines.append(f"{title}: and {len(found) - _MOST_CASES} more; --format json has all")
    lines += [f"skipped: {reason}" for reason in result.skipped]
    breaks = result.total("caught") + result.total("survived")
    lines += [
        f"{result.contract}: {result.operations} operations, {result.originals} originals",
        f"{result.total('caught')} of {breaks} breaks caught ({result.percent:.2f} %), "
        f"{len(result.false_alarms)} false alarms",
    ]
    return lines


def _reasons(reasons: dict[str, int]) -> str:
    shown = list(reasons)[:1] if len(reasons) > 2 else list(reasons)
    return "; ".join(shown) + (f" (and {len(reasons) - 1} more)" if len(reasons) > 2 else "")
