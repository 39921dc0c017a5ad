"""The HTTP head of a message: method, path, SOAPAction, Content-Type, status."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote

from ..messages.tree import ALLOWED_CHARSETS, charset_of, charsets_of
from ..model import ENVELOPE12, Headers, Http
from ..model.secrets import mask_secrets
from ..model.urls import split_url
from ..wsdl.service import Service
from .case import MEASURED, SOAP, WSI, Case, Look, Rule, cut_text, shown

_ENDPOINT = re.compile(r"/(services\d+)/(\w+)\.svc(?:/\w*)?/?$", re.IGNORECASE)
_REFUSALS = (400, 405, 415)
_SERVICE_FOLDER = re.compile(r"/Remote/Services\d+(?:/|$)", re.IGNORECASE)
_WANTED_TYPE = "text/xml; charset=utf-8"
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*+<(?:!doctype\s++)?html\b", re.IGNORECASE)
_PAGE_HINT = "an HTML page: a proxy, a login page or the web server answered, not the service"


def service_address(service: Service) -> tuple[str, str]:
    """(version, agent) of a service, as `address_of` has them."""
    return service.version.lower(), service.agent.lower()


def address_of(http: Http | None) -> tuple[str, str] | None:
    """(version, agent) in lower case from a request's path, where it is one of this family."""
    match = _match_endpoint(http)
    return (match[1].lower(), match[2].lower()) if match else None


def _match_endpoint(http: Http | None) -> re.Match[str] | None:
    if http is None or http.target is None:
        return None
    return _ENDPOINT.search(unquote(split_url(http.target).path))


def action_of(http: Http | None) -> str | None:
    """The SOAPAction of a request without its quotes; None where it has none."""
    value = http.headers.get("SOAPAction") if http else None
    return None if value is None else value.strip().strip("\"'").strip()


def media_type_of(http: Http) -> str | None:
    """The Content-Type without parameters, in lower case."""
    value = http.headers.get("Content-Type")
    return None if value is None else value.partition(";")[0].strip().lower()


def says_all(look: Look, data: bytes) -> bool:
    """Whether the head of a response says what the answer is, so that its body need not be looked at."""
    return look.refuses or not data or data.isspace() or is_page(data)


def is_page(data: bytes) -> bool:
    """Whether it is a page of HTML, whatever its head calls it."""
    return _PAGE.match(data) is not None


def is_foreign(case: Case) -> bool:
    """Whether a request that holds no XML document was never meant to: then it is not reported as a broken one."""
    head, data = case.head, case.message.data
    if head is None or head.status is not None or case.direction == "response":
        return False
    if head.method not in (None, "POST") and not data.strip():
        return True
    return media_type_of(head) not in (None, "text/xml") and not data.lstrip().startswith(b"<")


def silent(case: Case) -> bool:
    if case.look is None:
        return True
    if case.direction == "response":
        return case.look.usual_response and case.fault is None and case.frame is not None
    return case.all_agree


def look_at(head: Http) -> Look:
    """The look of a head; the next message often has the same one."""
    return _look_at(head.headers.fields, head.method, head.target, head.status)


@lru_cache(maxsize=512)
def _look_at(fields: tuple[tuple[str, str], ...], method: str | None, target: str | None, status: int | None) -> Look:
    head = Http(Headers(fields), method, target, status)
    types, actions = head.headers.get_all("Content-Type"), head.headers.get_all("SOAPAction")
    action = actions[0] if len(actions) == 1 else None
    if action is not None and len(action) > 1 and action[0] == action[-1] == '"':
        action = action[1:-1]
    usual = _is_usual_type(types)
    return Look(
        usual_request=usual and head.method in (None, "POST") and head.status is None,
        usual_response=usual and head.status == 200,
        refuses=head.status not in (None, 200, 500) or media_type_of(head) not in (None, "text/xml"),
        charset=charset_of(types[0]) if types else None,
        actions=actions,
        action=action,
        path=None if head.target is None or _is_elsewhere(head) else _last_steps(head.target),
    )


def _is_elsewhere(head: Http) -> bool:
    """Whether the path is none of this family: behind a gateway of one's own any may be right."""
    return address_of(head) is None and not _names_no_agent(head)


def _last_steps(target: str) -> str:
    return "/" + "/".join(target.partition("?")[0].rstrip("/").rsplit("/", 2)[1:])


@lru_cache(maxsize=256)
def _is_usual_type(values: tuple[str, ...]) -> bool:
    return (
        len(values) == 1
        and values[0].partition(";")[0].strip().lower() == "text/xml"
        and charsets_of(values[0]) in ((), ("utf-8",))
    )


def check(case: Case) -> None:
    """The head, as far as the message it belongs to is known."""
    head = case.head
    if head is None:
        return
    if case.direction == "response":
        if head.status not in _REFUSALS:
            _check_status(case, head)
    elif case.frame is not None:
        if case.target is not None:
            _check_request(case, head, soap12=case.frame.space == ENVELOPE12)
    elif case.parsed is not None and case.parsed.root is None and head.status is None:
        _check_method(case, head)
        foreign = not case.message.data.lstrip().startswith(b"<") and media_type_of(head) is not None
        if foreign or names_bad_charset(head):
            _check_media_type(case, head)


def _check_request(case: Case, head: Http, *, soap12: bool) -> None:
    """``soap12``: the envelope is one of SOAP 1.2; then its media type is no second fault."""
    _check_method(case, head)
    _check_media_type(case, head, soap12=soap12)
    _check_path(case, head)
    _check_action(case, head, soap12=soap12)


METHOD = Rule(
    "http-method", "http", f"{WSI}, R1132", "a request is sent with POST", "send it with POST",
    "Mono answers a PUT as if it were a POST; a GET gets a Fault"
)  # fmt: skip


def _check_method(case: Case, head: Http) -> None:
    if head.method not in (None, "POST"):  # methods have a case
        case.add(METHOD, "method", expected="POST", found=head.method or "")


CONTENT_TYPE = Rule(
    "http-content-type", "http", f"{WSI}, R1119; {SOAP}, section 6", f"{SOAP} is carried as text/xml",
    "set Content-Type: text/xml; charset=utf-8", "answers 415; without any Content-Type nothing at all"
)  # fmt: skip


def _check_media_type(case: Case, head: Http, *, soap12: bool = False) -> None:
    kind = media_type_of(head)
    if len(set(head.headers.get_all("Content-Type"))) > 1:
        case.add(CONTENT_TYPE, "Content-Type", expected=_WANTED_TYPE, found="several that differ")
    elif kind is None:
        if head.status is None:
            case.add(CONTENT_TYPE, "Content-Type", expected=_WANTED_TYPE, found="no Content-Type")
    elif kind != "text/xml" and not (soap12 and kind == "application/soap+xml"):
        hint = "send it without attachments: switch MTOM off" if kind.startswith("multipart/") else ""
        if kind == "text/html":
            hint = _PAGE_HINT
        case.add(CONTENT_TYPE, "Content-Type", expected=_WANTED_TYPE, found=cut_text(kind) or "nothing", hint=hint)
    else:
        _check_charset(case, head)


CHARSET = Rule(
    "http-charset", "http", f"{WSI}, R1012", "Content-Type names the charset utf-8 or utf-16, once",
    "send Content-Type: text/xml; charset=utf-8", "answers 415"
)  # fmt: skip


def _check_charset(case: Case, head: Http) -> None:
    """WCF knows charsets by name, not by what Python or MIME would take for one: utf8 is none, nor are two."""
    if names_bad_charset(head):
        found = shown(head.headers.get("Content-Type") or "")
        case.add(CHARSET, "Content-Type", expected="charset=utf-8 or charset=utf-16", found=found)


def names_bad_charset(head: Http | None) -> bool:
    """Whether Content-Type names a charset that no receiver has to read, or more than one."""
    named = charsets_of(head.headers.get("Content-Type")) if head else ()
    return len(named) > 1 or any(charset not in ALLOWED_CHARSETS for charset in named)


PATH = Rule(
    "http-path", "wsdl", "the endpoint's address", "the URL's path is the endpoint of the operation's agent",
    "the path ends with /ServicesNN/Agent.svc", "answers 500, ActionNotSupported, or 404"
)  # fmt: skip


ENDPOINT = Rule(
    "http-endpoint", "wire", MEASURED, "a path under /Remote/ServicesNN/ ends with an agent's endpoint",
    "the path ends with /ServicesNN/Agent.svc", "answers 404"
)  # fmt: skip


def _names_no_agent(head: Http) -> bool:
    path = (head.target or "").partition("?")[0]
    return _SERVICE_FOLDER.search(path) is not None and _match_endpoint(head) is None


def _check_path(case: Case, head: Http) -> None:
    target = case.body_target or case.target  # where SOAPAction and Body disagree, the path still has to be right
    at = _match_endpoint(head)
    if at is None and _names_no_agent(head):
        path = head.target or ""
        case.add(ENDPOINT, "path", expected="/ServicesNN/Agent.svc at its end", found=shown(path))
    elif target and at and address_of(head) != service_address(target[0]):
        case.add(PATH, "path", expected=f"…{target[0].path}", found=f"…/{at[1]}/{at[2]}.svc")


ACTION_MISSING = Rule(
    "http-action-missing", "wsdl", f"{SOAP}, section 6.1.1; the WSDL's soapAction",
    "a request has a SOAPAction header", "send the action that the WSDL declares, in double quotes",
    "answers 500, ActionNotSupported"
)  # fmt: skip
ACTION_EMPTY = Rule(
    "http-action-empty", "wsdl", f"{SOAP}, section 6.1.1; the WSDL's soapAction", "SOAPAction is not empty",
    "send the action that the WSDL declares, in double quotes", "answers 500, ActionNotSupported"
)  # fmt: skip
ACTION = Rule(
    "http-action", "wsdl", "the WSDL's soapAction", "SOAPAction is the one of the operation in the Body",
    "the server picks the operation by SOAPAction",
    "runs the operation that SOAPAction names, or drops the connection"
)  # fmt: skip
ACTION_QUOTES = Rule(
    "http-action-quotes", "wsdl", f"{SOAP}, section 6.1.1; {WSI}, R1109", "SOAPAction stands in double quotes",
    "single quotes are read as part of the value", "answers 500, ActionNotSupported"
)  # fmt: skip


def _check_action(case: Case, head: Http, *, soap12: bool) -> None:
    target = case.body_target or case.target
    if target is None:
        return
    action = target[1].action
    wanted = f'"{action}"'
    values = head.headers.get_all("SOAPAction")
    if not values:
        if not soap12:  # SOAP 1.2 has its action in Content-Type
            case.add(ACTION_MISSING, "SOAPAction", expected=wanted, found="no SOAPAction")
        return
    value = values[0].strip()
    if len(values) > 1:
        case.add(ACTION, "SOAPAction", expected=wanted, found=f"{len(values)} SOAPAction headers")
    elif value.startswith("'") and value.endswith("'") and len(value) > 1:
        case.add(ACTION_QUOTES, "SOAPAction", expected=wanted, found=shown(value))
    elif action and not value.strip('"').strip():
        case.add(ACTION_EMPTY, "SOAPAction", expected=wanted, found=shown(value))
    elif (value[1:-1] if value[:1] == value[-1:] == '"' else value) != action:
        case.add(ACTION, "SOAPAction", expected=wanted, found=shown(value))


STATUS = Rule(
    "http-status", "http", f"{WSI}, R1111, R1126", "a response comes with 200, a Fault with 500",
    "the answer is not the service's: look at what stands in between", "not WCF: a proxy or the web server"
)  # fmt: skip
EMPTY = Rule(
    "http-empty", "http", f"{WSI}, R1111; {SOAP}, section 6.2", "a response has an envelope",
    "the connection may have been dropped while the server wrote",
    "Mono does so where the Body is not the operation that SOAPAction names"
)  # fmt: skip
FAULT_STATUS = Rule(
    "http-fault-status", "wsi", f"{WSI}, R1126", "a Fault comes with 500",
    "clients that look at the status take this for success", "never: WCF sends 500"
)  # fmt: skip
FAULT_MISSING = Rule(
    "http-fault-missing", "wsi", f"{WSI}, R1126; {SOAP}, section 6.2", "500 comes with a Fault",
    "a client that gets 500 looks for a Fault", "never: WCF sends a Fault"
)  # fmt: skip


def _check_status(case: Case, head: Http) -> None:
    status = head.status
    if status == 202 and case.operation is not None and case.operation.response is None:
        return  # accepted: a one-way operation has no other answer (WS-I R2714)
    if status not in (None, 200, 500):
        found = f"{status} {cut_text(head.reason)}".strip()
        case.add(STATUS, "status", expected="200, or 500 with a Fault", found=found)
        return
    if not case.message.data.strip():
        if status == 200 and case.operation is not None and case.operation.response is None:
            return  # the answer to a one-way operation
        case.add(EMPTY, "status", expected="an envelope", found=f"no body with status {status}")
        return
    if media_type_of(head) in (None, "text/xml") and is_page(case.message.data):
        case.add(CONTENT_TYPE, "Content-Type", expected="an envelope", found="an HTML page", hint=_PAGE_HINT)
    elif media_type_of(head) is not None:
        _check_media_type(case, head)
    if case.frame is None or case.misnamed_fault is not None:
        return
    if status == 200 and case.fault is not None:
        case.add(FAULT_STATUS, "status", expected="500 with a Fault", found="200 with a Fault")
    elif status == 500 and case.fault is None and case.frame.body is not None:
        case.add(FAULT_MISSING, "status", expected="a Fault with 500", found="500 without one")


REFUSED = Rule(
    "http-refused", "http", f"{WSI}, R1113, R1114, R1115", "a request is not refused with 400, 405 or 415",
    "look at the request: method, Content-Type, well-formedness", "refuses the request so", "note"
)  # fmt: skip
CHARSET_MISSING = Rule(
    "http-charset-missing", "http", "RFC 7303, section 3", "Content-Type names the charset",
    "add ; charset=utf-8: without it receivers have to guess", "reads UTF-8", "note"
)  # fmt: skip
ACTION_UNQUOTED = Rule(
    "http-action-unquoted", "wsi", f"{WSI}, R1109", "SOAPAction stands in double quotes",
    "put it in double quotes: stricter stacks insist on them", "accepts it", "note"
)  # fmt: skip


def note(case: Case) -> None:
    """What is worth knowing of a head."""
    head = case.head
    if head is None:
        return
    if head.status in _REFUSALS:
        found = f"{head.status} {cut_text(head.reason)}".strip()
        case.add(REFUSED, "status", expected="200, or 500 with a Fault", found=found)
    kind = head.headers.get("Content-Type")
    if kind is not None and not charsets_of(kind) and kind.strip().lower().startswith("text/xml"):
        case.add(CHARSET_MISSING, "Content-Type", expected="; charset=utf-8", found=shown(kind))
    action = head.headers.get("SOAPAction") if head.status is None else None
    if action and action.strip() and action.strip()[0] not in "\"'":
        expected = f'"{mask_secrets(action.strip())}"'
        case.add(ACTION_UNQUOTED, "SOAPAction", expected=expected, found="no quotes")
