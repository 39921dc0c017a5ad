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
from functools import lru_cache
from typing import Any

from lxml import etree

from ..contract import Contract, load
from ..files.limits import Unreadable
from ..files.opening import is_url, read_bytes
from ..files.web import WebReader
from ..messages import Skipped, read
from ..messages import tree as envelope
from ..model import ENVELOPE, XML_SPACE, ContractsError, Element, Message, Operation, Verdict, is_nil
from ..model.urls import split_url
from ..rules.http import address_of, service_address
from ..wsdl.service import Service
from ..xsd.schema import Schema
from ..xsd.values import InvalidValue, read_value
from .provenance import Provenance, read_provenance

_SPAN = re.compile(r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")  # all that .NET writes

_NOT_PLAYED = (OSError, ValueError, LookupError, TypeError, AttributeError)
"""What requests and vcrpy raise for a URL, a field or a status that is none."""


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
    try:
        answers = list(_play_requests(file, requests))
    except _NOT_PLAYED as bad:  # what it says may quote a URL, with its secrets
        why = f"requests or vcrpy do not take what it has ({type(bad).__name__})"
        raise ContractsError(f"{file}: cannot be replayed: {why}") from None
    for request, stored, answer in zip(requests, responses, answers, strict=True):
        played = replace(stored, data=answer.content)  # judged is what the client gets, not what lies in the file
        verdicts += _judge_exchange(contract, request, played)
        if target := _find_operation(contract, verdicts[-1], verdicts[-2]):
            readings.append(_read_twice(*target, played, answer))
    return ReplayResult(file, tuple(verdicts), tuple(readings), recorded)


def _judge_exchange(contract: Contract, request: Message, response: Message) -> list[Verdict]:
    """Both verdicts; unjudged where the request went to an agent that the contract does not hold."""
    found = [contract.judge(request), contract.judge(response)]
    at = address_of(request.http)
    if found[0].operation or at is None or at in map(service_address, contract.services):
        return found
    path = split_url(request.http.target or "").path if request.http else ""
    reason = f"no loaded contract has {'/'.join(path.rstrip('/').split('/')[-2:])}"
    return [Verdict("unjudged", v.message, reason=reason, file=v.file, part=v.part) for v in found]


def _find_operation(contract: Contract, *verdicts: Verdict) -> tuple[Service, Operation] | None:
    """The operation that one of the verdicts names."""
    for verdict in verdicts:
        if verdict.version and verdict.agent and verdict.operation:
            return contract.operation(f"{verdict.version}/{verdict.agent}.{verdict.operation}")
    return None


def _play_requests(file: str, requests: list[Message]) -> Iterator[Any]:
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


def _read_twice(service: Service, operation: Operation, message: Message, answer: Any) -> Reading:
    answered, by_zeep, succeeded = _read_by_zeep(service, operation, answer)
    ours = message.http.status if answered == "refused" and message.http else _read_body(service, message)
    said = _read_succeeded(service, message)
    if answered == "unread":
        difference: str | None = f"zeep cannot read it: {by_zeep}"
    else:
        difference = next(_list_differences(by_zeep, _unwrap_as_zeep(ours, by_zeep), operation.name), None)
    if answered == "response" and difference is None and succeeded is not said:
        difference = f"Succeeded: zeep reads {succeeded!r}, the schema says {said!r}"
    return Reading(message.part, operation.label, answered, by_zeep, ours, difference, succeeded)


def _read_by_zeep(service: Service, operation: Operation, answer: Any) -> tuple[str, Any, bool | None]:
    """(`Reading.answered`, what zeep reads, what it reads from Succeeded)."""
    from zeep.exceptions import Error, Fault, TransportError
    from zeep.helpers import serialize_object

    client = _zeep_client(service.source)
    binding = next(port.binding for described in client.wsdl.services.values() for port in described.ports.values())
    try:
        result = binding.process_reply(client, binding.get(operation.name), answer)
        succeeded = getattr(getattr(result, "header", None), "Succeeded", None)
        return "response", _without_zones(serialize_object(getattr(result, "body", result), dict)), succeeded
    except Fault as fault:
        return "fault", fault.message, None
    except TransportError as error:
        return "refused", error.status_code, None
    except (Error, TypeError, ValueError, LookupError, AttributeError) as error:
        return "unread", f"{type(error).__name__}: {error}", None


@lru_cache(maxsize=64)
def _zeep_client(source: str) -> Any:
    """zeep's reading of a WSDL; its own transport knows no zips."""
    from zeep import Client
    from zeep.transports import Transport

    web_reader = WebReader([source])

    class ReadingTransport(Transport):
        def load(self, url: str) -> bytes:
            return web_reader.read(url) if is_url(url) else read_bytes(url)

    return Client(source, transport=ReadingTransport())


def _without_zones(value: Any) -> Any:
    """Plain data; of a dateTime what its clock shows."""
    if isinstance(value, dict):
        return {key: _without_zones(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_zones(item) for item in value]
    return value.replace(tzinfo=None) if isinstance(value, dt.datetime) else value


# --- what the schema says -------------------------------------------------------------------------------------------


def _read_body(service: Service, message: Message) -> Any:
    root = envelope.parse(message.data).root
    content = None if root is None else root.find(f"{{{ENVELOPE}}}Body/*")
    if content is None:
        return None
    if content.tag == f"{{{ENVELOPE}}}Fault":
        return content.findtext("faultstring")
    declared = service.schema.element(str(content.tag))
    return None if declared is None else _read_element(content, declared, service.schema)


def _read_succeeded(service: Service, message: Message) -> Any:
    root = envelope.parse(message.data).root
    name = f"{{{service.namespace}}}Succeeded"
    node, declared = None if root is None else root.find(f"{{{ENVELOPE}}}Header/{name}"), service.schema.element(name)
    return None if node is None or declared is None else _read_element(node, declared, service.schema)


def _read_element(node: etree._Element, declared: Element, schema: Schema) -> Any:
    """An element's value, in the shape that zeep gives it."""
    if is_nil(node):
        return None
    kind = schema.type(declared.type)
    if kind is None or kind.kind != "complex":
        return _read_simple("".join(str(text) for text in node.itertext()), declared.type, schema)
    values: dict[str, Any] = {}
    for member in schema.members(kind.name):
        found = [_read_element(child, member, schema) for child in node.iterchildren(member.name)]
        values[member.local] = found if member.max_occurs != 1 else found[0] if found else None
    return values


def _read_simple(text: str, name: str, schema: Schema) -> Any:
    """What .NET reads, in Python's types where zeep has them; a text that it does not read as it stands."""
    try:
        value = read_value(schema, name, text)
    except InvalidValue:
        return text.strip(XML_SPACE)
    row = schema.builtin(name)
    if row is not None and row.family == "base64":
        return base64.b64decode(value)
    if row is not None and row.family == "dateTime" and row.name == "dateTime":
        return dt.datetime.fromisoformat(value).replace(tzinfo=None)
    if row is not None and row.family == "duration" and (match := _SPAN.fullmatch(value)):
        days, hours, minutes, seconds = (float(part or 0) for part in match.groups()[1:])
        span = dt.timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        return -span if match[1] else span
    return value


# --- where they disagree --------------------------------------------------------------------------------------------


def _unwrap_as_zeep(ours: Any, by_zeep: Any) -> Any:
    """zeep hands out a single member without its wrapper."""
    wrapped = isinstance(by_zeep, dict) and isinstance(ours, dict) and by_zeep.keys() == ours.keys()
    return next(iter(ours.values())) if isinstance(ours, dict) and len(ours) == 1 and not wrapped else ours


def _list_differences(by_zeep: Any, ours: Any, place: str) -> Iterator[str]:
    if isinstance(by_zeep, dict) and isinstance(ours, dict):
        for name in {**ours, **by_zeep}:
            yield from _list_differences(by_zeep.get(name), ours.get(name), f"{place}/{name}")
    elif isinstance(by_zeep, list) and isinstance(ours, list) and len(by_zeep) == len(ours):
        for number, (one, other) in enumerate(zip(by_zeep, ours, strict=True), 1):
            yield from _list_differences(one, other, f"{place}[{number}]")
    elif _without_nothing(by_zeep) != _without_nothing(ours):
        yield f"{place}: zeep reads {by_zeep!r}, the schema says {ours!r}"


def _without_nothing(value: Any) -> Any:
    """zeep does not tell nil, left out and empty apart: a string, a list, a structure of which no member is there."""
    if isinstance(value, dict):
        value = {name: kept for name, item in value.items() if (kept := _without_nothing(item)) is not None}
    if value in (None, "", [], {}):
        return None
    return (type(value) is bool, value)  # Python takes 1 for True
