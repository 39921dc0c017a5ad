"""What SOAP stacks send by default or by a slip, after public bug reports: one fault is one finding.

With each stands the legal form of the same, which is kept.
"""

from __future__ import annotations

import pytest

from tests.helpers.messages import (
    ARRAYS,
    CREDENTIALS,
    DELETE,
    FIND,
    NS,
    START,
    STOP,
    TASK,
    TIMEZONE,
    TOKEN,
    check_request,
    heads,
    rules,
)

ENC = 'xmlns:e="http://schemas.xmlsoap.org/soap/encoding/"'
ASKED = "<b:StopBatchJob><b:Id>42</b:Id></b:StopBatchJob>"
INTS = "<a:int>42</a:int><a:int>43</a:int>"
BOTH = "<b:Name>nightly</b:Name><b:State>All</b:State>"
HEADERS = TOKEN + CREDENTIALS + TIMEZONE
OTHER = NS.replace("85", "86")


def without_prefix(xml: str) -> str:
    return xml.replace("<b:", "<").replace("</b:", "</")


# name: (message, what of it, becomes what, operation, rule)
FORMS = {
    "axis-multiref": (STOP, "<b:Id>42</b:Id></b:StopBatchJob>",
        '<b:Id href="#i"/></b:StopBatchJob><multiRef id="i">42</multiRef>', "StopBatchJob", "body-encoded"),
    "axis-multiref-of-two": (FIND, f"{BOTH}</b:GetBatchTaskInfosByNameAndState>",
        '<b:Name href="#n"/><b:State href="#s"/></b:GetBatchTaskInfosByNameAndState>'
        '<multiRef id="n">nightly</multiRef><multiRef id="s">All</multiRef>',
        "GetBatchTaskInfosByNameAndState", "body-encoded"),
    "axis-multiref-of-a-struct": (START, f"<b:BatchTaskInfo>{TASK}</b:BatchTaskInfo></b:StartBatchJob>",
        f'<b:BatchTaskInfo href="#o"/></b:StartBatchJob><multiRef id="o">{TASK}</multiRef>',
        "StartBatchJob", "body-encoded"),
    "axis-multiref-by-rpc-encoded": (STOP, "<b:StopBatchJob><b:Id>42</b:Id></b:StopBatchJob>",
        f'<b:StopBatchJob s:encodingStyle="{ENC[9:-1]}"><b:Id href="#i"/></b:StopBatchJob>'
        f'<multiRef id="i" {ENC} e:root="0" s:encodingStyle="{ENC[9:-1]}" i:type="x:int">42</multiRef>',
        "StopBatchJob", "body-encoded"),
    "rpc-encoded-with-nothing-to-encode": (STOP, "<b:StopBatchJob>",
        f'<b:StopBatchJob s:encodingStyle="{ENC[9:-1]}">', "StopBatchJob", "body-attribute"),
    "rpc-encoded-with-a-type": (STOP, "<b:StopBatchJob><b:Id>",
        f'<b:StopBatchJob s:encodingStyle="{ENC[9:-1]}"><b:Id {ENC} i:type="e:int">', "StopBatchJob", "body-encoded"),
    "php-array": (DELETE, f"<b:BatchTaskIds>{INTS}",
        f'<b:BatchTaskIds {ENC} e:arrayType="x:int[2]" i:type="e:Array"><item>42</item><item>43</item>',
        "DeleteBatchTasks", "body-encoded"),
    "soap-lite-array": (DELETE, INTS, f"<e:Array {ENC}><item>42</item><item>43</item></e:Array>",
        "DeleteBatchTasks", "body-unknown"),
    "soap-lite-int": (STOP, "<b:Id>42</b:Id>", f"<e:int {ENC}>42</e:int>", "StopBatchJob", "body-unknown"),
    "php-struct": (START, "<b:BatchTaskInfo>", f'<b:BatchTaskInfo {ENC} i:type="e:Struct">',
        "StartBatchJob", "body-encoded"),
    "cxf-members-unqualified": (START, TASK, without_prefix(TASK), "StartBatchJob", "body-namespace"),
    "net-members-of-no-data-contract-namespace": (START, f"<b:BatchTaskInfo>{TASK}",
        f'<b:BatchTaskInfo xmlns:q="http://schemas.datacontract.org/2004/07/Some.Thing">{TASK.replace("b:", "q:")}',
        "StartBatchJob", "body-namespace"),
    "suds-parameters-unqualified": (FIND, BOTH, without_prefix(BOTH), "GetBatchTaskInfosByNameAndState",
        "body-namespace"),
    "nusoap-tempuri": (STOP, ASKED, '<StopBatchJob xmlns="http://tempuri.org/"><Id>42</Id></StopBatchJob>',
        "StopBatchJob", "body-operation"),
    "body-of-the-next-version": (STOP, ASKED, f'<StopBatchJob xmlns="{OTHER}"><Id>42</Id></StopBatchJob>',
        "StopBatchJob", "body-operation"),
    "namespace-with-a-slash": (STOP, ASKED, f'<StopBatchJob xmlns="{NS}/"><Id>42</Id></StopBatchJob>',
        "StopBatchJob", "body-operation"),
    "savon-lower-camel": (STOP, "b:StopBatchJob", "b:stopBatchJob", "StopBatchJob", "body-operation"),
    "items-of-the-contracts-namespace": (DELETE, INTS, INTS.replace("a:", "b:"), "DeleteBatchTasks", "body-namespace"),
    "items-of-no-namespace": (DELETE, INTS, INTS.replace("a:", ""), "DeleteBatchTasks", "body-namespace"),
    "zeep-array-type-as-a-member": (DELETE, INTS, f"<a:ArrayOfint>{INTS}</a:ArrayOfint>", "DeleteBatchTasks",
        "body-unknown"),
    "an-array-as-text": (DELETE, INTS, "42 43", "DeleteBatchTasks", "body-text"),
    "suds-wrapper-twice": (STOP, ASKED, f"<b:StopBatchJob>{ASKED}</b:StopBatchJob>", "StopBatchJob", "body-unknown"),
    "a-wrapper-of-the-parameters": (STOP, "<b:Id>42</b:Id>", "<b:parameters><b:Id>42</b:Id></b:parameters>",
        "StopBatchJob", "body-unknown"),
    "jaxws-arg0": (STOP, "b:Id", "arg0", "StopBatchJob", "body-unknown"),
    "gsoap-id": (STOP, "<b:Id>", '<b:Id id="_1">', "StopBatchJob", "body-attribute"),
    "operation-as-cdata": (STOP, ASKED, f"<![CDATA[{ASKED}]]>", "StopBatchJob", "envelope-text"),
    "operation-escaped": (STOP, ASKED, ASKED.replace("<", "&lt;"), "StopBatchJob", "envelope-text"),
    "operation-escaped-twice": (STOP, ASKED, ASKED.replace("<", "&amp;lt;"), "StopBatchJob", "envelope-text"),
    "envelope-escaped": (STOP, ASKED, STOP.replace("<", "&lt;"), "StopBatchJob", "envelope-text"),
    "parameters-escaped": (STOP, "<b:Id>42</b:Id>", "&lt;b:Id>42&lt;/b:Id>", "StopBatchJob", "body-text"),
    "struct-escaped": (START, TASK, TASK.replace("<", "&lt;"), "StartBatchJob", "body-text"),
    "php-headers-in-an-item": (STOP, HEADERS, f"<item>{HEADERS}</item>", "StopBatchJob", "header-undeclared"),
    "headers-in-a-block": (STOP, HEADERS, f"<b:Headers>{HEADERS}</b:Headers>", "StopBatchJob", "header-undeclared"),
    "headers-in-a-foreign-block": (STOP, HEADERS, f'<q:h xmlns:q="urn:q">{HEADERS}</q:h>', "StopBatchJob",
        "header-undeclared"),
    "renamed-as-another": (STOP, "b:StopBatchJob", "b:DeleteBatchTask", "StopBatchJob", "body-operation"),
    "renamed-as-its-answer": (STOP, "b:StopBatchJob", "b:StopBatchJobResponse", "StopBatchJob", "body-direction"),
    "renamed-as-nothing": (STOP, "b:StopBatchJob", "b:StopJob", "StopBatchJob", "body-operation"),
}  # fmt: skip

LEGAL = {
    "values-in-place": (STOP, ASKED, ASKED, "StopBatchJob"),
    "an-array-of-none": (DELETE, INTS, "", "DeleteBatchTasks"),
    "an-array-with-its-own-prefix": (DELETE, INTS, INTS.replace("a:int>42", f'int xmlns="{ARRAYS}">42', 1).replace(
        "</a:int>", "</int>", 1), "DeleteBatchTasks"),
    "a-default-namespace": (STOP, ASKED, f'<StopBatchJob xmlns="{NS}"><Id>42</Id></StopBatchJob>', "StopBatchJob"),
    "members-with-a-default-namespace": (START, f"<b:BatchTaskInfo>{TASK}</b:BatchTaskInfo>",
        without_prefix(f"<b:BatchTaskInfo>{TASK}</b:BatchTaskInfo>").replace("Info>", f'Info xmlns="{NS}">', 1),
        "StartBatchJob"),
    "php-types-on-each-value": (FIND, "<b:Name>", '<b:Name i:type="x:string">', "GetBatchTaskInfosByNameAndState"),
    "a-value-as-cdata": (FIND, "nightly", "<![CDATA[<nightly>]]>", "GetBatchTaskInfosByNameAndState"),
    "an-escaped-value": (FIND, "nightly", "&lt;b:Id>42&lt;/b:Id>", "GetBatchTaskInfosByNameAndState"),
    "headers-in-another-order": (STOP, HEADERS, TIMEZONE + CREDENTIALS + TOKEN, "StopBatchJob"),
    "no-break-spaces-in-a-value": (FIND, "nightly", "a\u00a0b", "GetBatchTaskInfosByNameAndState"),
}  # fmt: skip


def edited(base: str, old: str, new: str) -> str:
    assert old in base
    return base.replace(old, new)


@pytest.mark.parametrize("name", FORMS)
def test_one_slip_is_one_finding(name: str) -> None:
    base, old, new, operation, rule = FORMS[name]
    verdict = check_request(edited(base, old, new), headers=heads(f"Batch/{operation}"))
    assert rules(verdict) == [rule]
    assert verdict.label == f"Batch.{operation}"


@pytest.mark.parametrize("name", LEGAL)
def test_its_legal_neighbour_is_kept(name: str) -> None:
    base, old, new, operation = LEGAL[name]
    assert check_request(edited(base, old, new), headers=heads(f"Batch/{operation}")).kept
