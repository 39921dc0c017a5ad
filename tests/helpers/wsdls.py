"""WSDLs, edited: by the operators that the mutants are made by, so that there is one editor of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from contracts.mutate.drafts import Draft, NothingToDo, Spot
from contracts.mutate.mutants import WSDL_OPERATORS
from contracts.mutate.wsdl_editor import WsdlDocument
from contracts.wsdl.document import parse_wsdl

OPERATORS = {operator.id: operator for operator in WSDL_OPERATORS}


@dataclass(frozen=True)
class Edit:
    """An operator of a WSDL, and the place where it finds something to do."""

    operator: str
    spot: Spot
    node: etree._Element

    def __repr__(self) -> str:
        return f"{self.operator} at {self.spot.path}"


def open_wsdl(data: bytes) -> WsdlDocument:
    """A WSDL of one service."""
    (service,) = parse_wsdl(data, "service.wsdl", any_binding=True)
    return WsdlDocument(service, data)


def find_edits(document: WsdlDocument, *operators: str) -> Iterator[Edit]:
    """Each edit that these operators can make."""
    for operator in operators:
        for spot in OPERATORS[operator].where(document):
            draft = Draft(document, spot)
            try:
                OPERATORS[operator].edit(draft)
            except NothingToDo:
                continue
            yield Edit(operator, spot, draft.given)


def apply_edits(document: WsdlDocument, edits: Iterable[Edit]) -> bytes:
    """The WSDL with all of the edits; they may not touch what another one takes out."""
    elements = Draft(document, Spot("")).elements
    for edit in edits:
        draft = Draft(document, edit.spot)
        draft.elements = elements  # one copy for them all
        OPERATORS[edit.operator].edit(draft)
        if draft.data is not None:
            return draft.data
    return document.serialize(elements[0])


def edit_wsdl(data: bytes, *wanted: tuple[str, str]) -> bytes:
    """The WSDL after edits by operator and place: ``("wsdl-member-removed", "StopBatchJob.Id")``."""
    document = open_wsdl(data)
    return apply_edits(
        document,
        [next(e for e in find_edits(document, operator) if e.spot.path == place) for operator, place in wanted],
    )


def edited(operator: str, place: str) -> Callable[[bytes], bytes]:
    """For tables: ``edited("member-removed", "StopBatchJob.Id")``."""
    return lambda data: edit_wsdl(data, (f"wsdl-{operator}", place))


def written(old: str, new: str) -> Callable[[bytes], bytes]:
    """For what no operator does: a pattern that has to match, replaced where it is first found."""

    def write(data: bytes) -> bytes:
        text, count = re.subn(old, new, data.decode(), count=1)
        assert count, f"{old}: nothing to change"
        return text.encode()

    return write
