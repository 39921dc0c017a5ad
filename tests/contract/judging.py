"""The one property of a value: what its verdict has to be, by both oracles."""

from __future__ import annotations

import re

from lxml import etree

from contracts import Contract, Verdict
from contracts.standin import wcf

from .oracles import Oracle, oracle_of
from .printing import Falsified, expect_broken, expect_kept
from .spots import Spot

RULES = {"value-lexical", "value-range", "value-enum", "value-net-range"}


def oracle(spot: Spot) -> Oracle | None:
    """The oracle of the spot's type."""
    return oracle_of(spot.service.schema, spot.element.type)


def verdict_on(contract: Contract, spot: Spot, message: bytes) -> Verdict:
    """The verdict on the envelope alone, as one of the spot's operation."""
    check = contract.check_request if spot.direction == "request" else contract.check_response
    return check(message, operation=spot.label)


def judge_text(contract: Contract, spot: Spot, text: str, markup: str) -> bool:
    """Holds the verdict on ``text``, carried by ``markup``, against both oracles; returns whether it was kept."""
    __tracebackhide__ = True
    judge = oracle(spot)
    assert judge is not None
    message = spot.message(markup)
    accepted = judge.accepts(text)
    if judge.libxml2(markup) != accepted and not libxml2_differs(judge, text):
        raise Falsified(f"the oracles differ on {text!r}: {accepted} by form and range, not so libxml2", message)
    verdict = verdict_on(contract, spot, message)
    if accepted and judge.fits(text):
        expect_kept(verdict, message, f"{text!r} is a value of {spot.element.type}, and has to be kept")
        if judge.meaning and (read := value_read(spot, message)) != judge.meaning(text):
            raise Falsified(f"{text!r} means {judge.meaning(text)!r}, and is read as {read!r}", message)
    else:
        expect_broken(verdict, message, spot.path, RULES, f"{text!r} is no value of {spot.element.type}")
    return verdict.kept


def libxml2_differs(judge: Oracle, text: str) -> bool:
    """What libxml2 takes against XML Schema 1.0 (measured; `test_values.FACTS` pins each down)."""
    if judge.family == "double":
        plain = text.strip(" \t\r\n")
        return plain.lower().endswith(("e", "e+", "e-")) or (plain != text and plain in ("INF", "-INF", "NaN"))
    if judge.family == "duration":
        return not text.isascii() or bool(re.search(r"(?<![0-9])\.|\.(?![0-9])", text))
    if judge.family == "guid":
        return not text.isascii()
    if judge.family == "base64":
        return bool(re.search(r"[^A-Za-z0-9+/= \t\r\n]", text))
    plain = text.strip(" \t\r\n")
    return judge.family == "dateTime" and (plain != text or plain.lstrip("-").startswith("0000"))


def value_read(spot: Spot, message: bytes) -> object:
    """What the stand-in, which reads as WCF does and knows no rule, makes of the value. Raises wcf.Unreadable."""
    root = etree.fromstring(message)
    node = next(n for n in root.iter(spot.element.name) if spot.path.endswith(_path(n)))
    return wcf.read_element(node, spot.element, spot.service.schema)


def _path(node: etree._Element) -> str:
    names = [etree.QName(node).localname, *(etree.QName(n).localname for n in node.iterancestors())]
    return "/" + "/".join(reversed(names))
