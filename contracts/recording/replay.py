"""Plays a cassette back: every message judged, and every response read by zeep as well as by the contract.

zeep's result alone proves little: it reads ``yes`` as False and a missing Response as None. So each response is read
twice, by zeep and by a reader of our own that knows only the schema, and the two have to agree.
"""

# mypy: allow-untyped-calls
# zeep and vcrpy have no type hints.

from __future__ import annotations

import base64
import datetime as dt
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from ..contract import Contract, load
from ..files.limits import Unreadable
from ..files.opening import is_url, read_bytes, read_url
from ..messages import Skipped, read
from ..messages import tree as envelope
from ..model import ContractsError, Element, Message, Operation, Verdict, local
from ..rules.http import address_of
from ..wsdl.service import Service
from ..xsd.schema import XSD, XSI, Schema
from .provenance import Provenance, read_provenance

_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_MOMENT = re.compile(r"(.*?T\d\d:\d\d:\d\d(?:\.\d{1,6})?)\d*(Z|[+-]\d\d:\d\d)?")
_SPAN = re.compile(r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")  # all that .NET writes


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from one response. ``zeep`` and ``ours`` are plain data: dicts, lists, strings, numbers, dates.

    ``answered``: ``response`` (both are the members of the body by name), ``fault`` (both are the faultstring),
    ``refused`` (both are the HTTP status), ``unread`` (zeep raised; ``zeep`` is what). ``difference`` says in a line
    where the two disagree. ``succeeded``: what zeep reads from the header of that name; it acts on it in no way.
    """

    part: str
    operation: str
    answered: str
    zeep: Any
    ours: Any
    difference: str | None
    succeeded: bool | None = None


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """``verdicts`` of all messages in order (requests and responses), ``read_by_zeep`` of all responses."""

    file: str
    verdicts: tuple[Verdict, ...]
    read_by_zeep: tuple[Reading, ...]
    recorded: Provenance | None

    @property
    def problems(self) -> tuple[str, ...]:
        """A line for each thing that is not as it should be; empty where all is well."""
        found = [f"{v.part}: {finding}" for v in self.verdicts for finding in v.violations]
        found += [f"{v.part}: not judged: {v.reason}" for v in self.verdicts if v.outcome == "unjudged"]
        return (*found, *(f"{r.part}: {r.difference}" for r in self.read_by_zeep if r.difference))


def replay(path: str | os.PathLike[str], contract: Contract | None = None) -> ReplayResult:
    """Replays a cassette of any agent: each request goes out as it was recorded, and vcrpy answers by SOAP's matchers.

    Nothing leaves the machine. ``contract``: Services85 as shipped, where none is given. Raises ContractsError for a
    file that is no cassette, and where a request finds no recorded answer.
    """
    contract = contract or load()
    file = os.fspath(path)
    messages = [message for message in read(file) if not isinstance(message, Skipped)]
    if problem := next((message.problem for message in messages if message.problem), None):
        raise ContractsError(f"{file}: {problem}")
    try:
        recorded = read_provenance(file)
    except Unreadable as bad:
        raise ContractsError(str(bad)) from None
    requests = [message for message in messages if message.direction == "request"]
    responses = [message for message in messages if message.direction == "response"]
    verdicts, readings = [], []
    answers = list(_played(file, requests))
    for request, stored, answer in zip(requests, responses, answers, strict=True):
        played = replace(stored, data=answer.content)  # judged is what the client gets, not what lies in the file
        verdicts += _judged(contract, request, played)
        if target := _target(contract, verdicts[-1], verdicts[-2]):
            readings.append(_reading(*target, played, answer))
    return ReplayResult(file, tuple(verdicts), tuple(readings), recorded)


def _judged(contract: Contract, request: Message, response: Message) -> list[Verdict]:
    """Both verdicts; unjudged where the request went to an agent that the contract does not hold."""
    found = [contract.judge(request), contract.judge(response)]
    at = address_of(request.http)
    if found[0].operation or at is None or at in {(s.version.lower(), s.agent.lower()) for s in contract.services}:
        return found
    path = urlsplit(request.http.target or "").path if request.http else ""
    reason = f"no loaded contract has {'/'.join(path.rstrip('/').split('/')[-2:])}"
    return [Verdict("unjudged", v.message, reason=reason, file=v.file, part=v.part) for v in found]


def _target(contract: Contract, *verdicts: Verdict) -> tuple[Service, Operation] | None:
    """The operation that one of the verdicts names."""
    for verdict in verdicts:
        if verdict.version and verdict.agent and verdict.operation:
            return contract.operation(f"{verdict.version}/{verdict.agent}.{verdict.operation}")
    return None


def _played(file: str, requests: list[Message]) -> Iterator[Any]:
    """The recorded answers (requests.Response), in order."""
    import requests as http
    from vcr import VCR
    from vcr.errors import CannotOverwriteExistingCassetteException

    from .vcr import explain_mismatch, register

    vcr = VCR(record_mode="none", serializer="json" if file.endswith(".json") else "yaml")
    register(vcr)
    with vcr.use_cassette(file), http.Session() as session:
        for request in requests:
            assert request.http is not None and request.http.target is not None
            headers = {name: value for name, value in request.http.headers if name.lower() != "content-encoding"}
            try:
                yield session.post(request.http.target, data=request.data, headers=headers, allow_redirects=False)
            except CannotOverwriteExistingCassetteException as error:
                raise ContractsError(explain_mismatch(error)) from None


# --- what zeep reads ------------------------------------------------------------------------------------------------


def _reading(service: Service, operation: Operation, message: Message, answer: Any) -> Reading:
    from zeep.exceptions import Error, Fault, TransportError
    from zeep.helpers import serialize_object

    client = _zeep_client(service.source)
    binding = next(port.binding for described in client.wsdl.services.values() for port in described.ports.values())
    answered, by_zeep, succeeded = "response", None, None
    try:
        result = binding.process_reply(client, binding.get(operation.name), answer)
        body, succeeded = getattr(result, "body", result), getattr(getattr(result, "header", None), "Succeeded", None)
        by_zeep = _plain(serialize_object(body, dict))
    except Fault as fault:
        answered, by_zeep = "fault", fault.message
    except TransportError as error:
        answered, by_zeep = "refused", error.status_code
    except (Error, TypeError, ValueError, LookupError, AttributeError) as error:
        answered, by_zeep = "unread", f"{type(error).__name__}: {error}"
    ours = _ours(service, operation, message, answered)
    difference = _difference(by_zeep, ours, answered, operation.name)
    if answered == "response" and difference is None and succeeded is not (said := _succeeded(service, message)):
        difference = f"Succeeded: zeep reads {succeeded!r}, the schema says {said!r}"
    return Reading(message.part, operation.label, answered, by_zeep, ours, difference, succeeded)


@lru_cache(maxsize=64)
def _zeep_client(source: str) -> Any:
    """zeep's reading of a WSDL; its own transport knows no zips."""
    from zeep import Client
    from zeep.transports import Transport

    class ReadingTransport(Transport):
        def load(self, url: str) -> bytes:
            return read_url(url) if is_url(url) else read_bytes(url)

    return Client(source, transport=ReadingTransport())


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.replace(tzinfo=None) if isinstance(value, dt.datetime) else value


# --- what the schema says -------------------------------------------------------------------------------------------


def _ours(service: Service, operation: Operation, message: Message, answered: str) -> Any:
    if answered == "refused":
        return message.http.status if message.http else None
    root = envelope.parse(message.data).root
    body = None if root is None else root.find(f"{{{_SOAP}}}Body")
    content = None if body is None else next(body.iterchildren(tag=etree.Element), None)
    if content is None:
        return None
    if content.tag == f"{{{_SOAP}}}Fault":
        return content.findtext("faultstring")
    declared = service.schema.element(str(content.tag))
    return None if declared is None else _value(content, declared, service.schema)


def _succeeded(service: Service, message: Message) -> Any:
    root = envelope.parse(message.data).root
    name = f"{{{service.namespace}}}Succeeded"
    node, declared = None if root is None else root.find(f"{{{_SOAP}}}Header/{name}"), service.schema.element(name)
    return None if node is None or declared is None else _value(node, declared, service.schema)


def _value(node: etree._Element, declared: Element, schema: Schema) -> Any:
    """An element's value, in the shape that zeep gives it."""
    if (node.get(f"{{{XSI}}}nil") or "").strip() in ("true", "1"):
        return None
    kind = schema.type(declared.type)
    if kind is None or kind.kind != "complex":
        return _simple("".join(str(text) for text in node.itertext()), declared.type, schema)
    values: dict[str, Any] = {}
    for member in schema.members(kind.name):
        found = [_value(child, member, schema) for child in node.iterchildren(member.name)]
        values[member.local] = found if member.max_occurs != 1 else found[0] if found else None
    return values


def _simple(text: str, name: str, schema: Schema) -> Any:
    kind = schema.type(name)
    if kind is not None and kind.kind == "list":
        return text.split()
    while kind is not None and kind.base and not kind.name.startswith(f"{{{XSD}}}"):
        kind = schema.type(kind.base)
    builtin = local(kind.name) if kind else "string"
    bare = text.strip(" \t\r\n")
    if builtin == "boolean":
        return {"true": True, "1": True, "false": False, "0": False}.get(bare, bare)
    if builtin in ("int", "short", "long", "byte", "integer", "unsignedByte", "unsignedInt", "unsignedShort"):
        return int(bare) if re.fullmatch(r"[+-]?[0-9]{1,20}", bare) else bare
    if builtin in ("double", "float"):
        return float(bare) if bare else bare
    if builtin == "decimal":
        return Decimal(bare)
    if builtin == "base64Binary":
        return base64.b64decode(bare)
    if builtin == "duration" and (match := _SPAN.fullmatch(bare)):
        days, hours, minutes, seconds = (float(part or 0) for part in match.groups()[1:])
        span = dt.timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        return -span if match[1] else span
    if builtin == "dateTime" and (match := _MOMENT.fullmatch(bare)):
        return dt.datetime.fromisoformat(match[1])
    return text


def _difference(by_zeep: Any, ours: Any, answered: str, name: str) -> str | None:
    if answered == "unread":
        return f"zeep cannot read it: {by_zeep}"
    if isinstance(ours, dict) and len(ours) == 1 and not (isinstance(by_zeep, dict) and by_zeep.keys() == ours.keys()):
        ours = next(iter(ours.values()))  # zeep hands out a single member without its wrapper
    return next(_differences(by_zeep, ours, name), None)


def _differences(by_zeep: Any, ours: Any, place: str) -> Iterator[str]:
    if isinstance(by_zeep, dict) and isinstance(ours, dict):
        for name in {**ours, **by_zeep}:
            yield from _differences(by_zeep.get(name), ours.get(name), f"{place}/{name}")
    elif isinstance(by_zeep, list) and isinstance(ours, list) and len(by_zeep) == len(ours):
        for number, (one, other) in enumerate(zip(by_zeep, ours, strict=True), 1):
            yield from _differences(one, other, f"{place}[{number}]")
    elif _read(by_zeep) != _read(ours):
        yield f"{place}: zeep reads {by_zeep!r}, the schema says {ours!r}"


def _read(value: Any) -> Any:
    """zeep does not tell nil, left out and empty apart: a string, a list, a structure of which no member is there."""
    if isinstance(value, dict):
        value = {name: read for name, item in value.items() if (read := _read(item)) is not None}
    if value in (None, "", [], {}):
        return None
    return (type(value) is bool, value)
