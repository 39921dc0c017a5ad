"""What libxml2 complains of in a message, as the elements in which it is."""

from __future__ import annotations

from typing import cast

from lxml import etree

from ..xsd.schema import Schema
from .case import Case

_MOST = 100
"""Complaints that lxml remembers."""
_UNEXPECTED = "SCHEMAV_ELEMENT_CONTENT"
_MISSING = "Missing child"
"""How libxml2 begins to say that an element lacks one: what it has was looked at."""
_ON_ELEMENTS = ("SCHEMAV_CVC_", _UNEXPECTED)


def find_complained(case: Case, schema: Schema, node: etree._Element) -> list[etree._Element] | None:
    """The elements in which all is that libxml2 complains of, or did not look at; none where ``node`` is valid.

    None where it is not, and that cannot be told: then it may be anywhere. ``node``: a global element, or the root.
    """
    complaints = schema.find_complaints(node, case.message.data, case.heed_limits)
    if complaints is None:
        return []
    if not case.prefixes or not 0 < len(complaints) < _MOST:
        return None
    if not all(complaint.type_name.startswith(_ON_ELEMENTS) for complaint in complaints):
        return None
    spaces = {prefix: space for prefix, space in case.prefixes.items() if prefix}
    complained = []
    # Of a value that is none it complains twice.
    for path, unexpected in dict.fromkeys((_path_below(c.path or ""), _is_unexpected(c)) for c in complaints):
        try:
            found = cast("list[etree._Element]", node.xpath(path, namespaces=spaces))
        except etree.XPathError:  # libxml2's own XPath takes fewer characters in names than its parser does
            return None
        if len(found) != 1:
            return None
        at = found[0]
        holder = at.getparent() if unexpected and at is not node else None
        complained.append(at if holder is None else holder)  # what follows an unexpected one was not looked at
    return complained


def _is_unexpected(complaint: etree._LogEntry) -> bool:
    """Whether it is of an element that does not belong there, not of one that lacks another."""
    return complaint.type_name == _UNEXPECTED and _MISSING not in complaint.message


def _path_below(path: str) -> str:
    """From the element that was validated down to the one in which it is."""
    return "/".join([step for step in path.split("/")[2:] if not step.startswith("@")]) or "."
