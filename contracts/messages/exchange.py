"""Requests and answers as tools store them -> messages; what is no SOAP is told from what cannot be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from ..files.limits import Unreadable
from ..model import Direction, Message
from ..model.urls import split_url
from .coding import undo_codings
from .formats.envelope import is_xml
from .guessing import speaks_of_envelope
from .reader import Item, Reader, Source, shift_line
from .stored import StoredSide, encode_escaped

ReadSide = Callable[[], StoredSide | None]
"""Reads one side of an exchange, as the format has it; None where there is none."""
_WITHOUT_BODY = ("GET", "HEAD", "OPTIONS")
LOGIN_STEP = "a step of a login by NTLM or Negotiate, after which the call is sent again"
_LOGINS = {401: ("WWW-Authenticate", "Authorization"), 407: ("Proxy-Authenticate", "Proxy-Authorization")}
"""Status -> the field with which a server offers a login, and the one with which a client answers."""
_HANDSHAKE = re.compile(r"(?:^|,)\s*(?:ntlm|negotiate)(?:\s+(?P<token>[\w+/-]+=*))?\s*(?=,|$)", re.IGNORECASE)
"""An offer of NTLM or Negotiate; with a token once the login is under way."""


def decode_message(
    source: Source,
    part: str,
    side: Direction,
    stored: StoredSide,
    answers: Message | None = None,
    *,
    mixed: bool = False,
) -> Message:
    """A message whose content codings are undone; one that is not there or cannot be decoded has a ``problem``."""
    http, body, line = stored
    if isinstance(body, Unreadable):
        return replace(source.refuse_part(part, str(body), side, answers, mixed=mixed), http=http)
    message = Message(body, source.file, part, side, http, line, answers=answers, mixed=mixed)
    return undo_codings(message, source.max_size)


def read_exchange(
    source: Source, part: str, request: ReadSide, response: ReadSide = lambda: None, *, mixed: bool = True
) -> Iterator[Item]:
    """A request and its answer, mostly out of traffic of all kinds; Skipped where it was never meant as SOAP.

    What ``request`` and ``response`` raise for what is not as the format has it becomes the message's ``problem``.
    """
    asked = read_side(source, f"{part} request", "request", request, None, mixed=mixed)
    if asked is None:
        yield source.skip_part(part, "its request was not kept")
    elif carries_soap(asked):
        answered = read_side(source, f"{part} response", "response", response, asked, mixed=mixed)
        logs_in = answered is not None and is_login_step(asked, answered)
        if asked.data.strip() or not logs_in:  # clients send the first steps of a login without the body
            yield asked
        if logs_in:
            yield source.skip_part(part, LOGIN_STEP)
        elif answered:
            yield answered
    elif speaks_of_envelope(asked.data):  # whose it is, its text tells
        yield replace(asked, problem="speaks of an envelope, and is of no form that is read")
    else:
        yield source.skip_part(part, f"{asked.http.method if asked.http else 'it'} carries no SOAP message")


def read_side(
    source: Source, part: str, side: Direction, read: ReadSide, answers: Message | None, *, mixed: bool = True
) -> Message | None:
    """The request or the answer of an exchange, as ``side`` says; None where there is none.

    ``answers``: the request that an answer belongs to. What ``read`` raises becomes the message's ``problem``.
    """
    try:
        found = read()
    except Unreadable as bad:
        return source.refuse_part(part, str(bad), side, answers, mixed=mixed)
    # The readers take what a format promises without a test of each step; a file that lacks it ends here.
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as bad:
        missing = f": there is no {str(bad)[:60]}" if isinstance(bad, KeyError) else ""
        return source.refuse_part(part, f"not as the format has it{missing}", side, answers, mixed=mixed)
    return found and decode_message(source, part, side, found, answers, mixed=mixed)


def read_inside(reader: Reader, text: str, source: Source, part: str, line: int) -> Iterator[Item]:
    """What a part of a file holds that is in another format. ``line``: that of the file on which it begins."""
    for found in reader.parse(encode_escaped(text), source):
        yield shift_line(replace(found, part=f"{part} / {found.part}" if part else found.part), line - 1)


def carries_soap(request: Message) -> bool:
    """Whether this is meant as SOAP; what cannot be read is taken to be, so that its problem is told."""
    if request.http is None:
        return True
    if is_bare(request):
        return False
    if request.problem and not request.mixed:  # nothing but messages was expected where it comes from
        return True
    address = split_url(request.http.target or "").path
    return is_xml(request.data) or address.endswith(".svc") or request.http.headers.get("SOAPAction") is not None


def is_login_step(asked: Message, answered: Message) -> bool:
    """Whether an answer only offers a login of the connection, or goes on with it; the last refusal is no such step."""
    if asked.http is None or answered.http is None or answered.http.status not in _LOGINS:
        return False
    offered, given = _LOGINS[answered.http.status]
    offers = [one for value in answered.http.headers.get_all(offered) for one in _HANDSHAKE.finditer(value)]
    return any(one["token"] for one in offers) or (bool(offers) and asked.http.headers.get(given) is None)


def is_bare(request: Message) -> bool:
    """Whether a request of a method that needs no body has none: ``GET ?wsdl``."""
    return request.http is not None and request.http.method in _WITHOUT_BODY and not request.data.strip()
