"""`services85 schema check|diff|verify`: the JSON Schema of what a command prints as JSON."""

from __future__ import annotations

from ..report.formats import read_schema
from . import options

_COMMANDS = ("check", "diff", "verify")


@options.command
def schema(*, of: str = options.argument(metavar="|".join(_COMMANDS), type=options.OneOf(lambda: _COMMANDS))) -> int:
    """Examples:
      services85 schema check > services85-check.schema.json

    drift prints what diff prints. Fields may be added to a shape; none is removed
    or changes its meaning as long as "schema" says /1
    """
    print(read_schema(of), end="")
    return 0
