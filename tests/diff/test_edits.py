"""Random known edits are found: each as its one change, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from contracts.diff.change_rules import CHANGE_RULES
from tests.helpers.shared import SHARED, needs_shared, shared

from .edits import BATCH, CALM, WSDL, Edit, changes, every_edit, told

DATA = BATCH.read_bytes()
EDITS = every_edit(DATA)
VENDOR = (shared() / "vendor/Services85/Batch/service.wsdl").read_bytes() if SHARED else b""
VENDOR_EDITS = every_edit(VENDOR) if SHARED else EDITS[:1]


def _edited(data: bytes, *edits: Edit) -> bytes:
    root = etree.fromstring(data, etree.XMLParser(remove_blank_text=True, remove_comments=True))
    # An operation's place is told by its number: those that go go last, and from the end.
    removals = [e for e in edits if e.rule == "operation-removed"]
    names = [o.get("name") for o in root.iter(f"{WSDL}operation")]
    removals.sort(key=lambda e: names.index(e.path.partition(".")[2]), reverse=True)
    for edit in (*(e for e in edits if e not in removals), *removals):
        edit.apply(root)
    return etree.tostring(root)


def test_there_are_edits_of_many_kinds() -> None:
    kinds = {edit.rule for edit in EDITS}
    assert len(kinds) >= 14
    assert kinds < set(CHANGE_RULES)


@given(edit=st.sampled_from(EDITS), version=st.sampled_from([b"Services85", b"Services88"]))
@settings(CALM, max_examples=150)
def test_one_edit_is_one_change(edit: Edit, version: bytes) -> None:
    new = _edited(DATA, edit).replace(b"Services85", version)
    assert told(changes(DATA, new)) == [(edit.rule, edit.path)]


@given(edits=st.lists(st.sampled_from(EDITS), min_size=2, max_size=6, unique_by=lambda e: e.target))
@settings(CALM, max_examples=100)
def test_several_edits_are_as_many_changes(edits: list[Edit]) -> None:
    assert told(changes(DATA, _edited(DATA, *edits))) == sorted((e.rule, e.path) for e in edits)


@needs_shared
@given(edits=st.lists(st.sampled_from(VENDOR_EDITS), min_size=1, max_size=4, unique_by=lambda e: e.target))
@settings(CALM, max_examples=100)
def test_edits_of_the_vendors_own(edits: list[Edit]) -> None:
    assert told(changes(VENDOR, _edited(VENDOR, *edits))) == sorted((e.rule, e.path) for e in edits)


@pytest.mark.parametrize("rule", sorted({edit.rule for edit in EDITS}))
def test_the_other_way_round_something_is_found_too(rule: str) -> None:
    edit = next(e for e in EDITS if e.rule == rule)
    assert len(changes(_edited(DATA, edit), DATA)) == 1
