"""What may be sent to a live tenant: to which hosts, and which calls.

What a call may do is data: ``live.toml`` beside an agent's WSDL. What is not named there is never sent.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import etree

from ..files.toml import read_toml
from ..model import ENVELOPE, XML_SPACE, ContractsError, Operation, local, namespace
from ..model.urls import is_loopback
from ..wsdl.load import DATA, list_shipped
from ..wsdl.service import Service

VENDOR = ".superoffice.com"
"""What the names of the vendor's hosts end with: they want a token, and a customer's tenant answers at several."""
SANDBOX = frozenset(name + VENDOR for name in ("sod", "sod2", "app-sod", "qaonline"))
"""Hosts of the vendor's sandbox and stage environments."""

_INTEGER = re.compile(r"[+-]?[0-9]{1,10}")


class GuardRefusal(ContractsError):
    """A guard said no; nothing was sent."""


def check_host(scheme: str, host: str, production: str | None) -> None:
    """Raises GuardRefusal for a host not known as sandbox, stage or loopback, unless ``production`` is its name."""
    named = production is not None and production.strip().lower().rstrip(".") == host
    if production is not None and not named:
        raise GuardRefusal(f"--production names {production}, but the tenant's host is {host}")
    if not (named or host in SANDBOX or is_loopback(host)):
        raise GuardRefusal(f"{host} is not known as a sandbox; if it is meant, name it again: --production {host}")
    if scheme != "https" and not is_loopback(host) and (host.endswith(VENDOR) or not named):
        raise GuardRefusal(f"http://{host}: credentials are sent over https only")


@dataclass(frozen=True, slots=True)
class AllowedCalls:
    """What ``live.toml`` of one agent allows: ``reading`` at the top, ``operation`` of a section as the section's name,
    its other keys after it (``[stop] id`` is ``stop_id``). ``login``, ``start`` and ``stop`` are names of operations.

    ``start_name`` and ``stop_id`` are places in the request: of a job's name, of its id. ``stop_unused`` are ids that
    no job has, beside all negative ones. ``stop_look`` tells the State of a job by its id; one in a state of
    ``stop_waiting`` cannot be stopped yet.
    """

    reading: tuple[str, ...] = ()
    login: str = ""
    start: str = ""
    start_name: str = ""
    stop: str = ""
    stop_id: str = ""
    stop_unused: tuple[int, ...] = ()
    stop_look: str = ""
    stop_waiting: tuple[str, ...] = ()


def allowed_calls(service: Service, named: str | None = None) -> AllowedCalls:
    """What may be called of an agent: by the shipped ``live.toml`` of that agent, or by the file that a person named,
    which has a table of that form for each agent (``[Batch]``, ``[Batch.stop]``).

    Never by what lies beside a WSDL: whoever wrote the contract does not decide what is done to a tenant. The shipped
    one speaks for each version: an operation keeps its meaning. Nothing may be called where there is none.
    """
    if named:
        return _read_allowed(Path(named), service.agent)
    places = (DATA / version / service.agent / "live.toml" for version in reversed(list_shipped()))
    return next((_read_allowed(place) for place in places if place.is_file()), AllowedCalls())


@lru_cache
def _read_allowed(path: Path, agent: str | None = None) -> AllowedCalls:
    table = read_toml(str(path))
    table = table if agent is None else table.get(agent, {})
    if not isinstance(table, dict):
        raise ContractsError(f"{path}: {agent} is no table")
    flat: dict[str, Any] = {}
    for name, value in table.items():
        for key, item in value.items() if isinstance(value, dict) else [("operation", value)]:
            flat[name if key == "operation" else f"{name}_{key}"] = tuple(item) if isinstance(item, list) else item
    known = {field.name: type(field.default) for field in fields(AllowedCalls)}
    if any(known.get(name) is not type(value) for name, value in flat.items()):
        raise ContractsError(f"{path}: reading is a list of names; login, start and stop are tables")
    return AllowedCalls(**flat)


def check_identity(service: Service, operation: Operation) -> None:
    """Raises GuardRefusal where a contract means by an operation's name what a server takes for another operation."""
    element, action = operation.request.body or "", operation.action
    if (
        element != f"{{{service.namespace}}}{operation.name}"
        or action != f"{service.namespace}/{service.agent}/{operation.name}"
    ):
        raise GuardRefusal(f"{operation.label} is sent as {local(element)}, with the SOAPAction {action}")


def check_call(
    operation: Operation,
    request: etree._Element,
    allowed: AllowedCalls,
    *,
    started: Collection[int] = (),
    allow_start: Collection[str] = (),
) -> None:
    """Raises GuardRefusal where a request does more than may be done to a live tenant.

    ``request``: the envelope, judged kept, without comments, of an operation that `check_identity` lets pass.
    ``started``: ids of the jobs that this run started. ``allow_start``: names of jobs that it may start. Logging in is
    not a call in this sense.
    """
    if operation.name in allowed.reading:
        return
    if operation.name == allowed.stop:
        for text in texts_at(request, operation, allowed.stop_id):
            number = int(text) if _INTEGER.fullmatch(text) else 0
            if not -(2**31) <= number < 0 and number not in allowed.stop_unused and not (number and number in started):
                whose = "ids that cannot exist, or for jobs of this run"
                raise GuardRefusal(f"{operation.label} is sent for {whose}; not for {number}")
        return
    if operation.name == allowed.start:
        if all(name and name in allow_start for name in texts_at(request, operation, allowed.start_name)):
            return
        raise GuardRefusal(f"{operation.label} starts a job; allow it by its name: --allow-start NAME")
    raise GuardRefusal(f"{operation.label} is not on the list of what may be called on a live tenant")


def texts_at(request: etree._Element, operation: Operation, place: str) -> list[str]:
    """The text at a place in the operation's element, ``BatchTaskInfo/Name`` (empty where it is not there), and those
    of all elements of that name, wherever they stand: which of several a server takes is its own affair."""
    body = operation.request.body or ""
    space, steps = f"{{{namespace(body)}}}", place.split("/")
    node = request.find("/".join((f"{{{ENVELOPE}}}Body", body, *(space + step for step in steps))))
    others = request.iterfind(f"{{{ENVELOPE}}}Body//{{*}}{steps[-1]}")
    return ["" if one is None else (one.text or "").strip(XML_SPACE) for one in (node, *others)]
