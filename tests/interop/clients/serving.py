"""What the Python clients have in common: calls come on standard input, a line each, and so do their results go out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

Call = Callable[[dict[str, Any]], Any]


class Cannot(Exception):
    """The client has no way to do this."""


def serve_calls(open_client: Callable[[str, str], Call], ways: tuple[str, ...] = ()) -> None:
    """Reads ``NAME TAB ID TAB JSON`` and answers ``{"read": …}``, ``{"error": …}`` or ``{"cannot": …}``.

    The program's arguments are the WSDL and the service's address. ``ways``: those of the call that it knows.
    """
    call = open_client(*sys.argv[1:3])
    for line in sys.stdin:
        asked = json.loads(line.split("\t")[2])
        try:
            if asked["way"] and asked["way"] not in ways:
                raise Cannot(asked["way"])
            result: dict[str, Any] = {"read": call(asked)}
        except Cannot as error:
            result = {"cannot": str(error)}
        except Exception as error:  # whatever the library does is the result
            result = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(result, default=str), flush=True)
