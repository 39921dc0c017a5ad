"""`services85 sample`: one message of an operation, made from its WSDL and judged before it is shown."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, cast

import click

from ..generate.rendering import RENDERINGS, Rendering
from ..model import ContractsError, Direction, Message
from . import options

if TYPE_CHECKING:
    from ..generate.sample import Form


@options.command
@click.argument("operation", metavar="[VERSION/]Agent.Op")
@click.option("--response", is_flag=True, help="A response; default: a request.")
@options.flags_of_one(
    "form",
    full="Every member and header, at every depth.",
    minimal="Only what has to be there.",
    documented="In the documented pages' own form: SOAP 1.2, headers beside Body, xsi:type.",
)
@click.option(
    "--as", "rendering", type=options.OneOf(lambda: RENDERINGS), default="envelope", help="Default: envelope."
)
@options.contract
def sample(*, operation: str, response: bool, form: Form = "default", rendering: str, contract: str | None) -> int:
    """Examples:
      services85 sample Batch.StopBatchJob
      services85 sample Batch.StartBatchJob --full --as curl
      services85 sample Batch.GetBatchTaskInfo --response --as http
      services85 sample Contact.GetContactEntity --as python --contract WSDL.zip

    Where several versions are loaded, the operation is Services85/Agent.Op.

    curl and python take SERVICES85_URL (default: the WSDL's address),
    SERVICES85_APPLICATION_TOKEN and SERVICES85_TICKET from the environment.
    """
    from ..contract import load
    from ..generate import sample as samples
    from ..generate.rendering import render

    loaded = load(contract)
    service, declared = loaded.operation(operation)
    direction: Direction = "response" if response else "request"
    documented = form == "documented"
    if documented and rendering != "envelope":
        raise ContractsError(
            "--documented is a page's form, which no server takes: it cannot be shown --as anything else"
        )
    data = samples.sample(service, declared, direction, form=form)
    message = Message(data, direction=direction, documented=documented)
    verdict = loaded.judge(message, operation=f"{service.version}/{declared.label}")
    if not verdict.kept:
        found = verdict.violations[0] if verdict.violations else verdict.reason
        raise ContractsError(f"{declared.label}: no {form} {direction} that is kept can be made: {found}")
    shown = render(service, declared, data, direction, as_=cast(Rendering, rendering))
    sys.stdout.flush()
    sys.stdout.buffer.write(shown)  # bytes, as they go over the wire: no line end is translated
    sys.stdout.buffer.flush()
    if documented:
        print("services85: the form of a page (.md); sent, or checked as .xml, it is broken", file=sys.stderr)
    return 0
