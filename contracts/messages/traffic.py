"""Which of mixed traffic belongs to a contract."""

from __future__ import annotations

import re

from ..files.prolog import decode_beginning
from ..model import Message
from ..model.urls import split_url
from ..wsdl.services import Services

_AGENT = re.compile(r"/Services\d+/\w+\.svc", re.IGNORECASE)
_NAMESPACE = re.compile(r"/NetServer/Services\d")


def belongs_to(services: Services, message: Message) -> bool:
    """Whether a message is one of the services', or of another version of them, which is then not loaded.

    Its path says so, or its SOAPAction, or a namespace in it; an answer belongs to where its request does. Of what
    cannot be read, and does not say where it went, it is taken to be so.
    """
    asked = message.answers or message
    http = asked.http
    if http is None and asked.problem:
        return True
    target = http.target or "" if http else ""
    action = (http.headers.get("SOAPAction") or "").strip("\"' ") if http else ""
    if _AGENT.search(target) or _NAMESPACE.search(action):
        return True
    path = split_url(target).path
    if path.strip("/") and any(path == split_url(service.address).path for service in services):
        return True
    text = decode_beginning(asked.data, len(asked.data))
    if _NAMESPACE.search(text):
        return True
    return any(
        action.startswith(space) or f'"{space}"' in text or f"'{space}'" in text for space in services.by_namespace
    )
