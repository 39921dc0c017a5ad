"""Of a broken body only what libxml2 complains of is walked, where all prefixes are declared at the root."""

from __future__ import annotations

import re

import pytest

from contracts.model import Message, Verdict
from contracts.mutate.mutants import make_mutants
from contracts.mutate.scoring import make_originals
from tests.helpers.messages import CONTRACT, DELETE, START, TASK, check_request, response, rules


def declare_again(data: bytes) -> bytes:
    """The message with a prefix that Body declares: then everything in it is walked."""
    return re.sub(rb"<(?:\w+:)?Body\b", rb'\g<0> xmlns:again="urn:again"', data, count=1)


def findings(verdict: Verdict) -> list[tuple[str, str, str, str]]:
    return [(f.rule, f.path, f.expected, f.found) for f in (*verdict.violations, *verdict.tolerated)]


@pytest.mark.parametrize("label", ["Batch.StartBatchJob", "Batch.GetBatchTaskInfosByState"])
def test_every_mutant_is_found_as_broken_as_by_walking_all_of_it(label: str) -> None:
    broken = 0
    for original in make_originals([CONTRACT.operation(label)]):
        for mutant in make_mutants(original):
            again = declare_again(mutant.data)
            if again != mutant.data:
                one, other = (
                    CONTRACT.judge(Message(data, direction=original.direction)) for data in (mutant.data, again)
                )
                broken += one.outcome == "broken"
                assert findings(one) == findings(other), mutant
    assert broken > 100


def test_faults_far_apart_each_have_their_finding() -> None:
    tasks = [TASK] * 40
    tasks[3] = TASK.replace("<b:Id>0<", "<b:Id>x<")
    tasks[17] = TASK.replace("<b:Key>l<", "<b:Key>k<")
    tasks[30] = TASK.replace("<b:Name>", "<b:Nane>").replace("</b:Name>", "</b:Nane>").replace(">New<", ">Old<")
    body = "".join(f"<b:BatchTaskInfo>{task}</b:BatchTaskInfo>" for task in tasks)
    name = "GetBatchTaskInfosByStateResponse"
    verdict = CONTRACT.check_response(response(f"<b:{name}><b:Response>{body}</b:Response></b:{name}>"))
    assert sorted(rules(verdict)) == ["body-key-twice", "body-unknown", "value-enum", "value-lexical"]


def test_a_value_that_libxml2_takes_too_easily_is_found_beside_one_that_it_does_not() -> None:
    data = START.replace("2026-11-23T22:00:00", "2026-11-23T24:00:00").replace("<b:Id>0<", "<b:Id>x<")
    assert sorted(rules(check_request(data))) == ["value-lexical", "value-net-range"]


def test_more_faults_than_libxml2_remembers_are_all_found() -> None:
    ids = "".join(f"<a:int>{'x' * (number % 2)}1</a:int>" for number in range(400))
    data = DELETE.replace("<a:int>42</a:int>", ids)
    assert len(check_request(data).violations) == 200


def test_a_name_that_xpath_does_not_take_is_found_as_any_other() -> None:
    data = START.replace("<b:Description", "<b:Descr\ufffdiption").replace("</b:Description", "</b:Descr\ufffdiption")
    assert data != START
    assert rules(check_request(data)) == ["body-unknown"]
