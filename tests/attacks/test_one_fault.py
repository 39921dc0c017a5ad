"""One fault is one violation, also where a second rule has something to say of the same place."""

from __future__ import annotations

import pytest

from tests.rules.messages import (
    CREDENTIALS,
    DELETE,
    EXCEPTION,
    NO_EXCEPTION,
    START,
    STOP,
    STOPPED,
    SUCCEEDED,
    TOKEN,
    check_request,
    check_response,
)

PAIR = "<b:StringKeyValuePair><b:Key>k</b:Key><b:Value>v</b:Value></b:StringKeyValuePair>"
SWAPPED = "<b:StringKeyValuePair><b:Value>v</b:Value><b:Key>{}</b:Key></b:StringKeyValuePair>"
KEYLESS = "<b:StringKeyValuePair><b:Value>v</b:Value></b:StringKeyValuePair>"

REQUESTS = {
    "item-in-another-namespace": (DELETE, "<a:int>42</a:int>", "<b:int>42</b:int>", ["body-namespace"]),
    "item-in-another-case": (DELETE, "<a:int>42</a:int>", "<a:Int>42</a:Int>", ["body-case"]),
    "misspelled-beside-the-right-one": (
        STOP, CREDENTIALS, CREDENTIALS.replace("b:Cred", "b:cred") + CREDENTIALS, ["header-undeclared"],
    ),
    "foreign-beside-the-right-one": (
        STOP, TOKEN, '<x:ApplicationToken xmlns:x="urn:x">1</x:ApplicationToken>' + TOKEN, ["header-namespace"],
    ),
    "nil-token-with-a-value": (
        STOP, "<b:ApplicationToken>", '<b:ApplicationToken i:nil="true">', ["value-nil-content"],
    ),
    "nil-ticket-with-a-value": (STOP, "<b:Ticket>", '<b:Ticket i:nil="true">', ["value-nil-content"]),
    "value-before-key-in-two-pairs": (START, PAIR, SWAPPED.format("k") + SWAPPED.format("m"), ["body-order"] * 2),
    "no-key-in-two-pairs": (START, PAIR, KEYLESS * 2, ["body-member-missing"] * 2),
    "key-twice-after-the-value": (START, PAIR, PAIR + SWAPPED.format("k"), ["body-order", "body-key-twice"]),
    "must-be-understood-by-another": (
        STOP, TOKEN, TOKEN + '<x:Route xmlns:x="urn:x" s:mustUnderstand="1" s:actor="urn:proxy"/>', [],
    ),
    "must-be-understood-by-the-next": (
        STOP,
        TOKEN,
        TOKEN + f'<x:Route xmlns:x="urn:x" s:mustUnderstand="1" s:actor="{"http://schemas.xmlsoap.org/soap/actor/next"}"/>',
        ["header-must-understand"],
    ),
}  # fmt: skip

FAILED = SUCCEEDED.replace("true", "false")
RESPONSES = {
    "succeeded-twice": (SUCCEEDED, FAILED + SUCCEEDED, ["header-twice"]),
    "succeeded-twice-the-other-way": (SUCCEEDED, SUCCEEDED + FAILED, ["header-twice"]),
    "exception-twice": (NO_EXCEPTION, NO_EXCEPTION + EXCEPTION, ["header-twice"]),
    "exception-neither-nil-nor-not": (NO_EXCEPTION, '<b:ExceptionInfo i:nil="True"/>', ["value-lexical"]),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_of_a_request(name: str) -> None:
    base, old, new, rules = REQUESTS[name]
    assert old in base
    assert [f.rule for f in check_request(base.replace(old, new)).violations] == rules


@pytest.mark.parametrize("name", RESPONSES)
def test_of_a_response(name: str) -> None:
    old, new, rules = RESPONSES[name]
    assert old in STOPPED
    assert [f.rule for f in check_response(STOPPED.replace(old, new)).violations] == rules
