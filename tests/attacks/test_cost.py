"""What many faults in one message cost grows with their number, not with its square."""

from __future__ import annotations

import pytest

from tests.cost import within
from tests.rules.messages import CONTRACT, DELETE, START, STOP

MANY = 10_000
ITEM = "<a:int>42</a:int>"
MESSAGES = {  # # is a number, so that each name is another one
    "unknown-items": (DELETE, ITEM, "<a:int>1</a:int><a:x#/>", MANY),
    "unknown-items-of-one-name": (DELETE, ITEM, "<a:int>1</a:int><a:x/>", 1),
    "items-in-another-case": (DELETE, ITEM, "<a:int>1</a:int><a:Int>1</a:Int>", 1),
    "bad-items": (DELETE, ITEM, "<a:int>x</a:int>", MANY),
    "unknown-members": (START, "<b:Context/>", "<b:Context#/>", MANY),
    "unknown-parameters": (STOP, "<b:Id>42</b:Id>", "<b:x#/><b:Id>42</b:Id>", MANY + 1),
    "a-parameter-many-times": (STOP, "<b:Id>42</b:Id>", "<b:Id>x</b:Id>", 2),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_of_many_faults(name: str) -> None:
    base, old, new, faults = MESSAGES[name]
    text = base.replace(old, "".join(new.replace("#", str(i)) for i in range(MANY)))
    with within(5):  # by the square it would be minutes
        verdict = CONTRACT.check_request(text)
    assert len(verdict.violations) == faults
