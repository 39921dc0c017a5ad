"""Operators on the HTTP head: SOAPAction, Content-Type, method, path, status."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ..model import Headers
from . import places as at
from .drafts import BOTH, HTTP, LEGAL, REFUSED, REQUEST, RESPONSE, RPC, SOAP, WSI, Operator
from .edits import MessageDraft, set_fields, set_head
from .originals import Original

_UNQUOTED = "WCF accepts it; WS-I wants quotes: a note"


_row = partial(Operator[Original], in_head=True)


def _action_row(
    id_: str, description: str, source: str, value: Callable[[Original], str | None], **more: Any
) -> Operator[Original]:
    """A row that gives SOAPAction another value, quotes included; None: there is no such value."""

    def edit(draft: MessageDraft) -> None:
        new = value(draft.original)
        draft.need(new is not None)
        set_fields(draft, SOAPAction=new or "")

    return _row(id_, description, source, at.ACTION, edit, REQUEST, **more)


def _find_other_action(original: Original) -> str | None:
    actions = (o.action for o in original.service.operations.values() if o.action != original.operation.action)
    return next((f'"{action}"' for action in actions), None)


def _write_other_version(original: Original) -> str:
    version = original.service.version
    return f'"{original.operation.action.replace(version, version + "0")}"'


def _second_action(draft: MessageDraft) -> None:
    set_head(draft, headers=Headers((*draft.original.http.headers, ("SOAPAction", '"urn:example:other"'))))


def _method_row(id_: str, source: str, method: str) -> Operator[Original]:
    return _row(id_, method, source, at.named_places("method"), partial(set_head, method=method), REQUEST)


def _path_row(
    id_: str, description: str, source: str, change: Callable[[Original, str], str], **more: Any
) -> Operator[Original]:
    """A row that sends the request to another target."""

    def edit(draft: MessageDraft) -> None:
        target = draft.original.http.target or ""
        set_head(draft, target=change(draft.original, target))
        draft.need(draft.http and draft.http.target != target)

    return _row(id_, description, source, at.PATH, edit, REQUEST, **more)


def _type_row(id_: str, description: str, source: str, value: str, **more: Any) -> Operator[Original]:
    """A row with another Content-Type."""
    return _row(id_, description, source, at.CONTENT_TYPE, partial(set_fields, Content_Type=value), **more)


def _status_row(code: int, reason: str, description: str | None = None) -> Operator[Original]:
    described, edit = description or f"the answer with {code}", partial(set_head, status=code, reason=reason)
    return _row(f"status-{code}", described, WSI, at.named_places("status"), edit, RESPONSE)


def _lower_case_names(draft: MessageDraft) -> None:
    set_head(draft, headers=Headers(tuple((name.lower(), value) for name, value in draft.original.http.headers)))


OPERATORS: tuple[Operator[Original], ...] = (
    _row("action-missing", "no SOAPAction", REFUSED, at.ACTION, lambda d: set_fields(d, "SOAPAction"), REQUEST),
    _action_row("action-empty", "SOAPAction of an empty string", REFUSED, lambda o: '""'),
    _action_row("action-blank", "SOAPAction without a value", SOAP, lambda o: ""),
    _action_row("action-other-operation", "SOAPAction of another operation", RPC, _find_other_action),
    _action_row("action-response", "SOAPAction of the response", REFUSED, lambda o: f'"{o.operation.action}Response"'),
    _action_row("action-other-version", "SOAPAction of another version", RPC, _write_other_version),
    _action_row("action-name-only", "SOAPAction with the operation's name only", RPC,
                lambda o: f'"{o.operation.name}"'),
    _action_row("action-lower-case", "SOAPAction in lower case", RPC, lambda o: f'"{o.operation.action.lower()}"'),
    _action_row("action-slash", "SOAPAction with a slash at its end", RPC, lambda o: f'"{o.operation.action}/"'),
    _action_row("action-single-quotes", "SOAPAction in single quotes", WSI, lambda o: f"'{o.operation.action}'"),
    _action_row("action-half-quoted", "SOAPAction with one quote only", WSI, lambda o: f'"{o.operation.action}'),
    _row("action-twice", "two SOAPAction fields that differ", HTTP, at.ACTION, _second_action, REQUEST),
    _action_row("action-unquoted", "SOAPAction without quotes", WSI, lambda o: o.operation.action, harmless=_UNQUOTED),
    _method_row("method-get", REFUSED, "GET"),
    _method_row("method-put", "measured: WCF answers 200", "PUT"),
    _method_row("method-patch", HTTP, "PATCH"),
    _method_row("method-delete", HTTP, "DELETE"),
    _path_row("path-other-agent", "the path of another agent", RPC,
              lambda o, path: path.replace(f"/{o.service.agent}.svc", "/Nonesuch.svc")),
    _path_row("path-other-version", "the path of another version", RPC,
              lambda o, path: path.replace(f"/{o.service.version}/", "/Services1/")),
    _row("content-type-missing", "no Content-Type", REFUSED, at.CONTENT_TYPE, lambda d: set_fields(d, "Content-Type"),
         REQUEST),
    _type_row("content-type-soap12", "the Content-Type of SOAP 1.2", REFUSED, "application/soap+xml; charset=utf-8"),
    _type_row("content-type-json", "application/json", REFUSED, "application/json"),
    _type_row("content-type-xml", "application/xml", HTTP, "application/xml; charset=utf-8"),
    _type_row("content-type-plain", "text/plain", HTTP, "text/plain; charset=utf-8"),
    _type_row("content-type-html", "text/html", HTTP, "text/html; charset=utf-8"),
    _type_row("content-type-form", "what curl --data sends by default", "measured: clients",
              "application/x-www-form-urlencoded", targets=REQUEST),
    _type_row("content-type-empty", "a Content-Type without a value", HTTP, "", targets=REQUEST),
    _type_row("content-type-latin1", "charset ISO-8859-1 for a message that is UTF-8", REFUSED,
              "text/xml; charset=iso-8859-1"),
    _type_row("content-type-unknown-charset", "a charset that does not exist", HTTP, "text/xml; charset=utf-9"),
    _status_row(201, "Created"),
    _status_row(202, "Accepted"),
    _status_row(204, "No Content"),
    _status_row(302, "Found"),
    _status_row(307, "Temporary Redirect"),
    _status_row(401, "Unauthorized"),
    _status_row(403, "Forbidden"),
    _status_row(404, "Not Found"),
    _status_row(429, "Too Many Requests"),
    _status_row(502, "Bad Gateway"),
    _status_row(503, "Service Unavailable"),
    _status_row(504, "Gateway Timeout"),
    _status_row(500, "Internal Server Error", "a normal answer with 500"),
)  # fmt: skip

LEGAL_OPERATORS: tuple[Operator[Original], ...] = (
    _type_row("legal-charset-upper-case", "charset in upper case", LEGAL, "text/xml; charset=UTF-8",
              harmless="charset has no case"),
    _type_row("legal-charset-quoted", "charset in quotes", LEGAL, 'text/xml;charset="utf-8"',
              harmless="HTTP allows quotes"),
    _type_row("legal-charset-missing", "no charset", LEGAL, "text/xml", harmless="charset may be left out: a note"),
    _type_row("legal-content-type-case", "Content-Type in another case", LEGAL, "Text/XML; Charset=utf-8",
              harmless="media types have no case"),
    _row("legal-field", "one more HTTP field", LEGAL, at.named_places("head"),
         lambda d: set_fields(d, X_Trace="1", Accept_Encoding="gzip"), BOTH, "HTTP allows it"),
    _row("legal-field-case", "HTTP field names in lower case", LEGAL, at.named_places("head"), _lower_case_names, BOTH,
         "field names have no case"),
    _path_row("legal-absolute-target", "an absolute URL as the target", LEGAL,
              lambda o, path: f"https://online.superoffice.com{path}" if path else "",
              harmless="a target may be an absolute URL"),
)  # fmt: skip
"""Other ways to write the same head. They end the score's table."""
