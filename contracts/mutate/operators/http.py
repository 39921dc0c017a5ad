"""Operators on the HTTP head: SOAPAction, Content-Type, method, path, status."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ...model import Headers, Http
from ..originals import Original, with_headers
from .base import BOTH, HTTP, REFUSED, RPC, SOAP, WSI, Apply, Change, Operator

_UNQUOTED = "WCF accepts it; WS-I wants quotes: a note"


def _head(place: str, change: Callable[[Original], Http | None], equivalent: str | None = None) -> Apply:
    def apply(original: Original) -> Iterator[Change]:
        head = change(original)
        if head is not None:
            yield Change(place, http=head, equivalent=equivalent)

    return apply


def _action(make: Callable[[Original], str | None], equivalent: str | None = None) -> Apply:
    def change(original: Original) -> Http | None:
        value = make(original)
        return None if value is None else with_headers(original.http, SOAPAction=value)

    return _head("SOAPAction", change, equivalent)


def _other_operation(original: Original) -> str | None:
    others = (o for o in original.service.operations.values() if o.action != original.operation.action)
    found = next(others, None)
    return None if found is None else f'"{found.action}"'


def _twice(original: Original) -> Http:
    both = (*original.http.headers, ("SOAPAction", '"urn:example:other"'))
    return replace(original.http, headers=Headers(both))


def _type(value: str | None, equivalent: str | None = None) -> Apply:
    def change(original: Original) -> Http:
        if value is None:
            return with_headers(original.http, drop=["Content-Type"])
        return with_headers(original.http, Content_Type=value)

    return _head("Content-Type", change, equivalent)


def _method(value: str) -> Apply:
    return _head("method", lambda o: replace(o.http, method=value))


def _path(change: Callable[[Original, str], str | None], equivalent: str | None = None) -> Apply:
    def head(original: Original) -> Http | None:
        target = change(original, original.http.target or "")
        return None if target is None or target == original.http.target else replace(original.http, target=target)

    return _head("path", head, equivalent)


def _status(code: int, reason: str) -> Apply:
    return _head("status", lambda o: replace(o.http, status=code, reason=reason))


def _swap(old: Callable[[Original], str], new: str) -> Callable[[Original, str], str | None]:
    return lambda original, target: target.replace(old(original), new) if old(original) in target else None


def _request(id_: str, description: str, source: str, apply: Apply) -> Operator:
    return Operator(id_, ("request",), description, source, apply)


def _response(id_: str, description: str, source: str, apply: Apply) -> Operator:
    return Operator(id_, ("response",), description, source, apply)


_STATUSES = {
    201: "Created",
    202: "Accepted",
    204: "No Content",
    302: "Found",
    307: "Temporary Redirect",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}

OPERATORS = (
    _request(
        "action-missing",
        "no SOAPAction",
        REFUSED,
        _head("SOAPAction", lambda o: with_headers(o.http, drop=["SOAPAction"])),
    ),
    _request("action-empty", "SOAPAction of an empty string", REFUSED, _action(lambda o: '""')),
    _request("action-blank", "SOAPAction without a value", SOAP, _action(lambda o: "")),
    _request("action-other-operation", "SOAPAction of another operation", RPC, _action(_other_operation)),
    _request(
        "action-response", "SOAPAction of the response", REFUSED, _action(lambda o: f'"{o.operation.action}Response"')
    ),
    _request(
        "action-other-version",
        "SOAPAction of another version",
        RPC,
        _action(lambda o: '"' + o.operation.action.replace(o.service.version, o.service.version + "0") + '"'),
    ),
    _request(
        "action-name-only", "SOAPAction with the operation's name only", RPC, _action(lambda o: f'"{o.operation.name}"')
    ),
    _request(
        "action-lower-case", "SOAPAction in lower case", RPC, _action(lambda o: f'"{o.operation.action.lower()}"')
    ),
    _request("action-slash", "SOAPAction with a slash at its end", RPC, _action(lambda o: f'"{o.operation.action}/"')),
    _request("action-single-quotes", "SOAPAction in single quotes", WSI, _action(lambda o: f"'{o.operation.action}'")),
    _request("action-half-quoted", "SOAPAction with one quote only", WSI, _action(lambda o: f'"{o.operation.action}')),
    _request("action-twice", "two SOAPAction fields that differ", HTTP, _head("SOAPAction", _twice)),
    _request("action-unquoted", "SOAPAction without quotes", WSI, _action(lambda o: o.operation.action, _UNQUOTED)),
    _request("method-get", "GET", REFUSED, _method("GET")),
    _request("method-put", "PUT", "measured: WCF answers 200", _method("PUT")),
    _request("method-patch", "PATCH", HTTP, _method("PATCH")),
    _request("method-delete", "DELETE", HTTP, _method("DELETE")),
    _request(
        "path-other-agent",
        "the path of another agent",
        RPC,
        _path(_swap(lambda o: f"/{o.service.agent}.svc", "/Nonesuch.svc")),
    ),
    _request(
        "path-other-version",
        "the path of another version",
        RPC,
        _path(_swap(lambda o: f"/{o.service.version}/", "/Services1/")),
    ),
    Operator("content-type-missing", ("request",), "no Content-Type", REFUSED, _type(None)),
    Operator(
        "content-type-soap12",
        BOTH,
        "the Content-Type of SOAP 1.2",
        REFUSED,
        _type("application/soap+xml; charset=utf-8"),
    ),
    Operator("content-type-json", BOTH, "application/json", REFUSED, _type("application/json")),
    Operator("content-type-xml", BOTH, "application/xml", HTTP, _type("application/xml; charset=utf-8")),
    Operator("content-type-plain", BOTH, "text/plain", HTTP, _type("text/plain; charset=utf-8")),
    Operator("content-type-html", BOTH, "text/html", HTTP, _type("text/html; charset=utf-8")),
    Operator(
        "content-type-form",
        ("request",),
        "what curl --data sends by default",
        "measured: clients",
        _type("application/x-www-form-urlencoded"),
    ),
    Operator("content-type-empty", ("request",), "a Content-Type without a value", HTTP, _type("")),
    Operator(
        "content-type-latin1",
        BOTH,
        "charset ISO-8859-1 for a message that is UTF-8",
        REFUSED,
        _type("text/xml; charset=iso-8859-1"),
    ),
    Operator(
        "content-type-unknown-charset", BOTH, "a charset that does not exist", HTTP, _type("text/xml; charset=utf-9")
    ),
    *(
        _response(f"status-{code}", f"the answer with {code}", WSI, _status(code, reason))
        for code, reason in _STATUSES.items()
    ),
    _response("status-500", "a normal answer with 500", WSI, _status(500, "Internal Server Error")),
)
