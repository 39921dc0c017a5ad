"""Which recorded request answers a request: method, path and query, SOAPAction, and the body as XML.

The matchers get requests that were redacted on both sides. Secrets are compared by their kind only: whichever ticket
the recording was made with, any ticket matches it. Prefixes, whitespace between elements, comments and an addressing
header that is new with each message (``MessageID``, ``To``) do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, NamedTuple

from lxml import etree

from ..messages import tree
from ..model import ADDRESSING, XSI_TYPE, resolve_qname
from ..model.urls import split_url
from ..model.wording import cut_middle

if TYPE_CHECKING:
    from vcr.request import Request

_NUMBERED = re.compile(r"(REDACTED(?:-[A-Z]+-)?)\d{2,}=*")
_NEW_EACH_TIME = (f"{{{ADDRESSING}}}MessageID", f"{{{ADDRESSING}}}To")
_MOST_SHOWN = 3


class BodyFact(NamedTuple):
    """One thing a body says: at a place (local names), which element it is or what it holds."""

    place: str
    what: str
    value: str


def match_method(live: Request, recorded: Request) -> None:
    """Raises AssertionError, as each matcher does, with the difference."""
    _require_same(live.method, recorded.method)


def match_path(live: Request, recorded: Request) -> None:
    """Path and query of the URL; a tenant may have several hosts."""
    _require_same(_read_path(live), _read_path(recorded))


def match_action(live: Request, recorded: Request) -> None:
    """The SOAPAction header, with or without its quotes."""
    _require_same(_read_action(live), _read_action(recorded))


def match_body(live: Request, recorded: Request) -> None:
    """The bodies as XML; byte by byte, where one is none."""
    if found := _body_differences(_read_body(live), _read_body(recorded)):
        more = f" (and {len(found) - _MOST_SHOWN} more)" if len(found) > _MOST_SHOWN else ""
        raise AssertionError("; ".join(found[:_MOST_SHOWN]) + more)


MATCHERS: dict[str, Callable[[Request, Request], None]] = {
    "soap_method": match_method,
    "soap_path": match_path,
    "soap_action": match_action,
    "soap_body": match_body,
}
"""By the names under which vcrpy's ``match_on`` knows them."""


def list_differences(live: Request, recorded: Request) -> list[str]:
    """What keeps a recorded request from being the answer to a request, both redacted; empty where nothing does."""
    found = []
    for title, matcher in zip(("method", "path", "SOAPAction", "body"), MATCHERS.values(), strict=True):
        try:
            matcher(live, recorded)
        except AssertionError as difference:
            found.append(f"{title}: {difference}")
    return found


def describe_closest(live: Request, recorded: Sequence[Request]) -> str:
    """Names the recorded interaction that comes closest to the request, and the difference."""
    if not recorded:
        return "nothing is recorded"
    ranked = [(_measure_distance(live, one), number, one) for number, one in enumerate(recorded, 1)]
    _, number, nearest = min(ranked, key=lambda entry: entry[:2])
    what = " ".join(part for part in (nearest.method, _read_path(nearest), _read_action(nearest)) if part)
    found = list_differences(live, nearest) or ["none: it was played before"]
    return f"the closest is interaction {number} ({what}); the difference: {'; '.join(found)}"


# --- what is compared -----------------------------------------------------------------------------------------------


def _require_same(live: str, recorded: str) -> None:
    if live != recorded:
        raise AssertionError(_describe_difference(live, recorded))


def _describe_difference(live: str | None, recorded: str | None) -> str:
    return f"{_quote_value(live)} here, {_quote_value(recorded)} recorded"


def _quote_value(value: str | None) -> str:
    return "nothing" if value is None else repr(cut_middle(value))


def _read_path(request: Request) -> str:
    parts = split_url(request.uri)
    return _NUMBERED.sub(r"\1", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def _read_action(request: Request) -> str:
    value: Any = request.headers.get("SOAPAction") or ""
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    return text.strip().removeprefix('"').removesuffix('"')


def _read_body(request: Request) -> bytes:
    from vcr.util import read_body

    body: bytes | str | None = read_body(request)
    return body.encode() if isinstance(body, str) else body or b""


def _body_differences(live: bytes, recorded: bytes) -> list[str]:
    if live == recorded:
        return []
    here, there = _list_facts(live), _list_facts(recorded)
    if here is None or there is None:
        alike = _without_number(live) == _without_number(recorded)
        return [] if alike else [f"{len(live)} bytes here, {len(recorded)} other bytes recorded, not both XML"]
    found = []
    for step, a, b, c, d in SequenceMatcher(None, here, there, autojunk=False).get_opcodes():
        if step != "equal":
            found += list(_pair_differences(here[a:b], there[c:d]))
    return found


def _pair_differences(here: list[BodyFact], there: list[BodyFact]) -> Iterator[str]:
    """What differs at the same place is one difference."""
    recorded = {(fact.place, fact.what): fact for fact in there}
    for fact in here:
        other = recorded.pop((fact.place, fact.what), None)
        if other != fact:
            yield f"{fact.place}{fact.what}: {_describe_difference(fact.value, other.value if other else None)}"
    for fact in recorded.values():
        yield f"{fact.place}{fact.what}: {_describe_difference(None, fact.value)}"


def _measure_distance(live: Request, recorded: Request) -> tuple[int, int]:
    """By how many of method, path, SOAPAction they differ, then by how much in the body."""
    head = sum(one(live) != one(recorded) for one in (lambda request: request.method, _read_path, _read_action))
    return head, len(_body_differences(_read_body(live), _read_body(recorded)))


def _without_number(data: bytes) -> str:
    return _NUMBERED.sub(r"\1", data.decode("latin-1")).strip()


def _list_facts(data: bytes) -> list[BodyFact] | None:
    root = tree.parse(data).root
    return None if root is None else list(_walk_facts(root, "", ""))


def _walk_facts(element: etree._Element, parent: str, nth: str) -> Iterator[BodyFact]:
    if not isinstance(element.tag, str) or element.tag in _NEW_EACH_TIME:
        return
    name = etree.QName(element)
    place = f"{parent}/{name.localname}{nth}"
    yield BodyFact(place, "", name.text)
    for attribute, value in sorted((str(name), str(value)) for name, value in element.attrib.items()):
        shown = (resolve_qname(element, value) or value) if attribute == XSI_TYPE else value
        yield BodyFact(place, f"/@{etree.QName(attribute).localname}", _NUMBERED.sub(r"\1", shown))
    text = "".join([element.text or "", *(child.tail or "" for child in element)])
    if text.strip() or (text and not len(element)):
        yield BodyFact(place, "/text()", _NUMBERED.sub(r"\1", text))
    counts: dict[str, int] = {}
    for child in element:
        if isinstance(child.tag, str):
            local = etree.QName(child).localname
            counts[local] = counts.get(local, 0) + 1
            yield from _walk_facts(child, place, f"[{counts[local]}]" if counts[local] > 1 else "")
