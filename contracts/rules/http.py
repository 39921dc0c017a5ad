"""The HTTP head of a message: method, path, SOAPAction, Content-Type, status."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from ..model import Http, Operation
from ..model.secrets import mask_secrets
from ..wsdl.service import Service
from .case import Judging, shown

ENDPOINT = re.compile(r"/(services\d+)/(\w+)\.svc(?:/\w*)?/?$", re.IGNORECASE)
REFUSALS = (400, 405, 415)


def endpoint(http: Http | None) -> tuple[str, str] | None:
    """(version, agent) in lower case from a request's path, where it is one of this family."""
    match = _endpoint(http)
    return (match[1].lower(), match[2].lower()) if match else None


def _endpoint(http: Http | None) -> re.Match[str] | None:
    if http is None or http.target is None:
        return None
    try:
        path = urlsplit(http.target).path
    except ValueError:  # a host that is none
        path = http.target.partition("?")[0]
    return ENDPOINT.search(unquote(path))


def action(http: Http | None) -> str | None:
    """The SOAPAction of a request without its quotes; None where it has none."""
    value = http.headers.get("SOAPAction") if http else None
    return None if value is None else value.strip().strip("\"'").strip()


def media_type(http: Http) -> str | None:
    """The Content-Type without parameters, in lower case."""
    value = http.headers.get("Content-Type")
    return None if value is None else value.partition(";")[0].strip().lower()


def judge_request_head(judging: Judging, http: Http, service: Service, operation: Operation, *, soap12: bool) -> None:
    """``soap12``: the envelope is one of SOAP 1.2; then its media type is no second fault."""
    if http.method not in (None, "POST"):  # methods have a case
        judging.add("http-method", "method", "POST", http.method)
    judge_media_type(judging, http, soap12=soap12)
    at = _endpoint(http)
    if at and endpoint(http) != (service.version.lower(), service.agent.lower()):
        judging.add("http-path", "path", f"…{service.path}", f"…/{at[1]}/{at[2]}.svc")
    values = http.headers.all("SOAPAction")
    wanted = f'"{operation.action}"'
    if not values:
        # SOAP 1.2 has its action in Content-Type.
        if not soap12:
            judging.add("http-action-missing", "SOAPAction", wanted, "no SOAPAction")
        return
    value = values[0].strip()
    if len(values) > 1:
        judging.add("http-action", "SOAPAction", wanted, f"{len(values)} SOAPAction headers")
    elif value.startswith("'") and value.endswith("'") and len(value) > 1:
        judging.add("http-action-quotes", "SOAPAction", wanted, shown(value))
    elif not value.strip('"').strip():
        judging.add("http-action-empty", "SOAPAction", wanted, shown(value))
    elif (value[1:-1] if value[:1] == value[-1:] == '"' else value) != operation.action:
        judging.add("http-action", "SOAPAction", wanted, shown(value) if len(value) < 58 else mask_secrets(value)[:200])


def judge_media_type(judging: Judging, http: Http, *, soap12: bool = False) -> None:
    kind = media_type(http)
    if len(set(http.headers.all("Content-Type"))) > 1:
        judging.add("http-content-type", "Content-Type", "text/xml; charset=utf-8", "several that differ")
    elif kind is None:
        if http.status is None:
            judging.add("http-content-type", "Content-Type", "text/xml; charset=utf-8", "no Content-Type")
    elif kind != "text/xml" and not (soap12 and kind == "application/soap+xml"):
        hint = "send it without attachments: switch MTOM off" if kind.startswith("multipart/") else ""
        judging.add("http-content-type", "Content-Type", "text/xml; charset=utf-8", kind or "nothing", hint)
