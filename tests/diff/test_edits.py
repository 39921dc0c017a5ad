"""Known edits of a WSDL are found, wherever they are made: each as its one change, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from contracts.diff.change_rules import CHANGE_RULES
from contracts.mutate.wsdl_editor import WSDL, XS
from tests.helpers.shared import SHARED, needs_shared, shared
from tests.helpers.wsdls import Edit, apply_edits, find_edits, open_wsdl

from .comparing import BATCH, CALM, changes, told

# What each operator's edit is told as: "at" is the place of the edited node, "in" that of what holds it.
TOLD = {
    "wsdl-type-switched": "type-changed at",
    "wsdl-type-switched-back": "type-changed at",
    "wsdl-type-narrowed": "type-narrowed at",
    "wsdl-type-widened": "type-widened at",
    "wsdl-type-boolean": "type-changed at",
    "wsdl-type-date": "type-changed at",
    "wsdl-required": "element-required at",
    "wsdl-optional": "element-optional at",
    "wsdl-repeated": "element-repeatable at",
    "wsdl-once": "element-limited at",
    "wsdl-not-nillable": "element-not-nillable at",
    "wsdl-nillable": "element-nillable at",
    "wsdl-member-removed": "member-removed at",
    "wsdl-member-added": "member-added in/AddedLately",
    "wsdl-members-swapped": "member-order-changed in",
    "wsdl-enum-removed": "enum-value-removed at",
    "wsdl-enum-added": "enum-value-added in/AddedLately",
    "wsdl-message-other": "body-changed at/request",
    "wsdl-operation-removed": "operation-removed at",
    "wsdl-header-removed": "header-removed at",
    "wsdl-response-header-removed": "header-removed at",
    "wsdl-action-changed": "action-changed at/SOAPAction",
    "wsdl-action-empty": "action-changed at/SOAPAction",
    "wsdl-encoded": "use-changed at",
}
OF_THE_WHOLE = {
    "wsdl-style-rpc": ("style-changed", "Batch/binding"),
    "wsdl-transport": ("transport-changed", "Batch/binding"),
    "wsdl-namespace": ("namespace-changed", "Batch/namespace"),
}

DOCUMENT = open_wsdl(BATCH.read_bytes())
EDITS = list(find_edits(DOCUMENT, *TOLD))
VENDOR = open_wsdl((shared() / "vendor/Services85/Batch/service.wsdl").read_bytes()) if SHARED else DOCUMENT
VENDOR_EDITS = list(find_edits(VENDOR, *TOLD)) if SHARED else EDITS


def _places(node: etree._Element) -> list[str]:
    """The places of all that a node is in and of itself, outermost first, as changes name them."""
    above = [node, *node.iterancestors(f"{XS}*", f"{WSDL}operation", f"{WSDL}input", f"{WSDL}output")][::-1]
    if above[0].tag == f"{WSDL}operation":
        sides = {f"{WSDL}input": "/request", f"{WSDL}output": "/response"}
        side = "".join(sides.get(n.tag, "") for n in above)
        header = f"/header/{node.get('part')}" if node.get("part") else ""
        return [operation := f"Batch.{above[0].get('name')}", operation + side + header]
    names = [name for n in above if (name := n.get("name") or n.get("value"))]
    places = names[:1]
    if above[1].tag == f"{XS}element":  # a message's: what is in it are parameters
        operation = names[0].removesuffix("Response")
        places = [f"Batch.{operation}", f"Batch.{operation}/{'request' if operation == names[0] else 'response'}"]
    for name in names[1:]:
        places.append(_within(places[-1], name))
    return places


def _within(place: str, name: str) -> str:
    return f"{place}{'/' if place.endswith(('/request', '/response')) else '.'}{name}"


def _told(edit: Edit) -> tuple[str, str]:
    rule, _, where = TOLD[edit.operator].partition(" ")
    *above, here = _places(edit.node)
    if where.startswith("in"):
        here = above[-1]
    if edit.node.tag == f"{XS}element" and above[0].startswith("Batch."):
        rule = rule.replace("member-", "parameter-")
    _, slash, more = where.partition("/")
    if edit.node.tag.startswith(XS) and more:
        return rule, _within(here, more)
    return rule, here + slash + more


def _target(edit: Edit) -> str:
    """The type or operation that is edited: two edits of one might hide each other."""
    return _places(edit.node)[0]


def test_there_are_edits_of_many_kinds() -> None:
    kinds = {_told(edit)[0] for edit in EDITS}
    assert len(kinds) >= 20 and kinds < set(CHANGE_RULES)
    assert {edit.operator for edit in EDITS} == set(TOLD)


@given(edit=st.sampled_from(EDITS), version=st.sampled_from([b"Services85", b"Services88"]))
@settings(CALM, max_examples=100)
def test_one_edit_is_one_change(edit: Edit, version: bytes) -> None:
    new = apply_edits(DOCUMENT, [edit]).replace(b"Services85", version)
    assert told(changes(DOCUMENT.data, new)) == [_told(edit)]


@pytest.mark.parametrize("operator", OF_THE_WHOLE)
def test_an_edit_of_the_whole_is_one_change(operator: str) -> None:
    (edit,) = find_edits(DOCUMENT, operator)
    assert told(changes(DOCUMENT.data, apply_edits(DOCUMENT, [edit]))) == [OF_THE_WHOLE[operator]]


@given(edits=st.lists(st.sampled_from(EDITS), min_size=2, max_size=6, unique_by=_target))
@settings(CALM, max_examples=50)
def test_several_edits_are_as_many_changes(edits: list[Edit]) -> None:
    assert told(changes(DOCUMENT.data, apply_edits(DOCUMENT, edits))) == sorted(map(_told, edits))


@needs_shared
@given(edits=st.lists(st.sampled_from(VENDOR_EDITS), min_size=1, max_size=4, unique_by=_target))
@settings(CALM, max_examples=50)
def test_edits_of_the_vendors_own(edits: list[Edit]) -> None:
    assert told(changes(VENDOR.data, apply_edits(VENDOR, edits))) == sorted(map(_told, edits))


@pytest.mark.parametrize("operator", TOLD)
def test_each_operator_is_found_and_the_other_way_round_too(operator: str) -> None:
    edit = next(e for e in EDITS if e.operator == operator)
    new = apply_edits(DOCUMENT, [edit])
    assert told(changes(DOCUMENT.data, new)) == [_told(edit)]
    assert len(changes(new, DOCUMENT.data)) == 1
