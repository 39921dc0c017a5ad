"""What many faults in one message cost grows with their number, not with its square."""

from __future__ import annotations

import pytest

from tests.cost import within
from tests.rules.messages import CONTRACT, DELETE, START, STOP

MANY = 10_000
ITEM = "<a:int>42</a:int>"
MESSAGES = {
    "unknown-items": (DELETE, ITEM, "<a:int>1</a:int><a:x/>"),
    "items-in-another-case": (DELETE, ITEM, "<a:int>1</a:int><a:Int>1</a:Int>"),
    "bad-items": (DELETE, ITEM, "<a:int>x</a:int>"),
    "unknown-members": (START, "<b:Context/>", "<b:Contextx/>"),
    "unknown-parameters": (STOP, "<b:Id>42</b:Id>", "<b:x/><b:Id>42</b:Id>"),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_of_many_faults(name: str) -> None:
    base, old, new = MESSAGES[name]
    text = base.replace(old, new * MANY)
    with within(5):  # by the square it would be minutes
        verdict = CONTRACT.check_request(text)
    assert len(verdict.violations) >= MANY
