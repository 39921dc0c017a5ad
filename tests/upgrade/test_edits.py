"""Random known edits are found: each as its one change, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .edits import BATCH, Edit, changes, every_edit, told

DATA = BATCH.read_bytes()
EDITS = every_edit(DATA)


def _edited(*edits: Edit) -> bytes:
    from lxml import etree

    root = etree.fromstring(DATA, etree.XMLParser(remove_blank_text=True, remove_comments=True))
    for edit in sorted(edits, key=lambda e: e.rule == "operation-removed"):
        edit.apply(root)
    return etree.tostring(root)


def test_there_are_edits_of_many_kinds() -> None:
    assert len({edit.rule for edit in EDITS}) >= 14


@given(edit=st.sampled_from(EDITS))
@settings(max_examples=150, deadline=None)
def test_one_edit_is_one_change(edit: Edit) -> None:
    assert told(changes(DATA, _edited(edit))) == [(edit.rule, edit.path)]


@given(edits=st.lists(st.sampled_from(EDITS), min_size=2, max_size=6, unique_by=lambda e: e.target))
@settings(max_examples=100, deadline=None)
def test_several_edits_are_as_many_changes(edits: list[Edit]) -> None:
    assert told(changes(DATA, _edited(*edits))) == sorted((e.rule, e.path) for e in edits)


@pytest.mark.parametrize("rule", sorted({edit.rule for edit in EDITS}))
def test_the_other_way_round_something_is_found_too(rule: str) -> None:
    edit = next(e for e in EDITS if e.rule == rule)
    assert len(changes(_edited(edit), DATA)) == 1
