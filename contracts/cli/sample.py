"""`services85 sample`: one message of an operation, made from its WSDL and judged before it is shown."""

from __future__ import annotations

import sys
from pathlib import Path

from ..contract import Contract, load
from ..generate import sample as samples
from ..generate.rendering import RENDERINGS, Rendering, render_message
from ..model import ContractsError, Direction, Message
from . import options
from .options import argument, flag, option


@options.command
def sample(
    *,
    operation: str = argument(metavar="[VERSION/]Agent.Op"),
    response: bool = flag(help="A response; default: a request."),
    form: samples.Form = options.flags_of_one(
        "default",
        full="Every member and header, at every depth.",
        minimal="Only what has to be there.",
        documented="In the documented pages' own form: SOAP 1.2, headers beside Body, xsi:type.",
    ),
    rendering: Rendering = option(
        "--as", type=options.OneOf(lambda: RENDERINGS), default="envelope", help="Default: envelope."
    ),
    output: str | None = option(type=options.WritableFile(), metavar="FILE", help="Written there, byte by byte."),
    contract: str | None = options.contract,
) -> int:
    """Examples:
      services85 sample Batch.StopBatchJob
      services85 sample Batch.StartBatchJob --full --as curl
      services85 sample Batch.GetBatchTaskInfo --response --as http
      services85 sample Contact.GetContactEntity --as csharp --contract WSDL.zip
      services85 sample Batch.StopBatchJob --output request.xml
                      (the > of Windows PowerShell 5 writes UTF-16)

    Of several versions the newest is taken, unless one is named: Services85/A.Op.

    Programs (curl, python, powershell, csharp) take SERVICES85_URL (default: the
    WSDL's address), SERVICES85_APPLICATION_TOKEN and SERVICES85_TICKET from the
    environment.
    """
    loaded = load(contract)
    service, declared = loaded.operation(_choose_newest(loaded, operation))
    direction: Direction = "response" if response else "request"
    documented = form == "documented"
    if documented and rendering != "envelope":
        raise ContractsError(
            "--documented is a page's form, which no server takes: it cannot be shown --as anything else"
        )
    data = samples.make_sample(service, declared, direction, form=form)
    message = Message(data, direction=direction, documented=documented)
    verdict = loaded.judge(message, operation=f"{service.version}/{declared.label}")
    if not verdict.kept:
        found = verdict.violations[0] if verdict.violations else verdict.reason
        raise ContractsError(f"{declared.label}: no {form} {direction} that is kept can be made: {found}")
    shown = render_message(service, declared, data, direction, as_=rendering)
    if output is not None:
        Path(output).write_bytes(shown)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(shown)  # bytes, as they go over the wire: no line end is translated
        sys.stdout.buffer.flush()
    if documented:
        options.remark("the form of a page (.md); sent, or checked as .xml, it is broken")
    return 0


def _choose_newest(contract: Contract, label: str) -> str:
    """The operation with the newest of the versions that have it, and a line that says so; as it is where one has."""
    versions = {service.version for service, _ in contract.services.find(label)}
    if len(versions) < 2:
        return label
    newest, *others = sorted(versions, key=lambda version: (len(version), version), reverse=True)
    options.remark(f"the newest, {newest}/{label}; {', '.join(others)} have it too")
    return f"{newest}/{label}"
