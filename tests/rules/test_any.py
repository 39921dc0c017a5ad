"""A value of xs:anyType: by its xsi:type it is judged as closely as a declared one; without, it holds what it likes."""

from __future__ import annotations

import pytest

from contracts.model import Verdict
from tests.helpers.messages import STOP, rules, said, without_short_cut

from .test_values import contract

AT = "Body/StopBatchJob/Id"
GUID = "00000000-0000-0000-0000-000000000000"

KEPT = {
    "a text": "<b:Id>1.5 or so</b:Id>",
    "elements": '<b:Id>1.5<f:a xmlns:f="urn:f" b="c"><f:d/></f:a></b:Id>',
    "attributes": '<b:Id extra="1">1.5</b:Id>',
    "nothing": "<b:Id/>",
    "nil": '<b:Id i:nil="true"/>',
    "an int": '<b:Id i:type="x:int"> +42 </b:Id>',
    "a dateTime": '<b:Id i:type="x:dateTime">2026-11-23T23:59:59Z</b:Id>',
    "a double": '<b:Id i:type="x:double">1.5E-3</b:Id>',
    "a guid": f'<b:Id i:type="ser:guid" xmlns:ser="{{}}">{GUID}</b:Id>',
    "any, said so": '<b:Id i:type="x:anyType"><b:a/>1.5</b:Id>',
    "a type of the contract": '<b:Id i:type="b:BatchTaskInfo"><b:Id>1</b:Id><b:Name>n</b:Name></b:Id>',
}
BROKEN = {
    "no int": ('<b:Id i:type="x:int">1.5</b:Id>', "value-lexical", AT),
    "too large": ('<b:Id i:type="x:short">32768</b:Id>', "value-range", AT),
    "no double": ('<b:Id i:type="x:double">1e</b:Id>', "value-lexical", AT),
    "a year of five digits": ('<b:Id i:type="x:dateTime">10000-01-01T00:00:00</b:Id>', "value-net-range", AT),
    "an hour that .NET does not have": ('<b:Id i:type="x:dateTime">2026-11-23T24:00:00</b:Id>', "value-net-range", AT),
    "no duration": ('<b:Id i:type="x:duration">PT1.S</b:Id>', "value-lexical", AT),
    "a type that XML Schema does not have": ('<b:Id i:type="x:integers">1</b:Id>', "value-xsi-type", AT),
    "a type that nobody has": ('<b:Id i:type="b:Nonesuch"><b:a/></b:Id>', "value-xsi-type", AT),
    "nil with content": ('<b:Id i:nil="true">1</b:Id>', "value-nil-content", AT),
    "a year of a member": ('<b:Id i:type="b:BatchTaskInfo"><b:Created>10000-01-01T00:00:00</b:Created></b:Id>',
        "value-net-range", f"{AT}/Created"),
    "a key twice": ('<b:Id i:type="b:StringDictionary">'
        + "<b:StringKeyValuePair><b:Key>k</b:Key><b:Value/></b:StringKeyValuePair>" * 2 + "</b:Id>", "body-key-twice",
        f"{AT}/StringKeyValuePair[2]"),
}  # fmt: skip


def judged(value: str, beside: str = "") -> Verdict:
    value = value.replace("{}", "http://schemas.microsoft.com/2003/10/Serialization/")
    message = STOP.replace("<b:Id>42</b:Id>", value).replace("<s:Body>", f"<s:Body>{beside}")
    return without_short_cut(lambda: contract("xs:anyType").check_request(message))


@pytest.mark.parametrize("name", KEPT)
def test_kept(name: str) -> None:
    verdict = judged(KEPT[name])
    assert verdict.kept, verdict.violations
    assert rules(judged(KEPT[name], beside="stray")) == ["envelope-text"]  # what holds anything is no second fault


@pytest.mark.parametrize("name", BROKEN)
def test_broken(name: str) -> None:
    value, rule, path = BROKEN[name]
    assert said(judged(value)) == [f"{rule} {path}"]
