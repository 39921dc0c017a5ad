"""A recorded message carried over to another version is the same but for the version."""

from __future__ import annotations

import pytest

from contracts.diff.rebase import rebase_message
from tests.helpers.cost import within
from tests.helpers.messages import NS

from .comparing import BATCH, services

OLD = services(BATCH.read_bytes())[0]
NEW = services(BATCH.read_bytes().replace(b"Services85", b"Services88"))[0]
BACK = (NEW, OLD)

ENVELOPE = f"""<?xml version="1.0" encoding="utf-8"?>
<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/' xmlns:q1 = "{NS}"><!-- xmlns="{NS}" -->
  <e:Header><wsa:Action xmlns:wsa="http://www.w3.org/2005/08/addressing">{NS}/Batch/StopBatchJob</wsa:Action>
    <wsa:To xmlns:wsa="http://www.w3.org/2005/08/addressing">https://host/Cust1/Remote/Services85/Batch.svc</wsa:To>
  </e:Header>
  <e:Body><q1:StopBatchJob note="a > b"><q1:Id>42</q1:Id><x xmlns='{NS}/More'>{NS}</x><![CDATA[{NS}]]></q1:StopBatchJob>
  </e:Body>
</e:Envelope>
"""


def test_namespaces_actions_and_endpoints_go_over() -> None:
    carried = rebase_message(ENVELOPE.encode(), OLD, NEW).decode()
    assert carried == (
        ENVELOPE.replace(f'xmlns:q1 = "{NS}"', f'xmlns:q1 = "{NEW.namespace}"')
        .replace(f"{NS}/Batch", f"{NEW.namespace}/Batch")
        .replace("/Services85/Batch.svc", "/Services88/Batch.svc")
        .replace(f"'{NS}/More'", f"'{NEW.namespace}/More'")
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_there_and_back_is_the_same_bytes(encoding: str) -> None:
    data = ENVELOPE.replace("42", "42<!-- é -->").encode(encoding)
    carried = rebase_message(data, OLD, NEW)
    assert carried != data
    assert rebase_message(carried, *BACK) == data


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{NS}/Batch/StopBatchJob", f"{NEW.namespace}/Batch/StopBatchJob"),
        (f'"{NS}/Batch/StopBatchJob"', f'"{NEW.namespace}/Batch/StopBatchJob"'),
        ("https://host/Remote/Services85/Batch.svc", "https://host/Remote/Services88/Batch.svc"),
        ("urn:other", "urn:other"),
        ("", ""),
        (f"{NS}0/Batch/StopBatchJob", f"{NS}0/Batch/StopBatchJob"),
    ],
)
def test_actions_and_endpoints(before: str, after: str) -> None:
    assert rebase_message(before.encode(), OLD, NEW).decode() == after


def test_an_action_that_changed_is_the_new_ones() -> None:
    changed = BATCH.read_bytes().replace(f'soapAction="{NS}/Batch/StopBatchJob"'.encode(), b'soapAction="urn:stop"')
    new = services(changed)[0]
    assert rebase_message(f'"{NS}/Batch/StopBatchJob"'.encode(), OLD, new) == b'"urn:stop"'


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"<", b"\x00<\x00", b"\xc3(", b"<a xmlns='"])
def test_what_is_no_envelope_comes_back(data: bytes) -> None:
    assert rebase_message(data, OLD, NEW) == data


@pytest.mark.parametrize("part", ["<!--", "<![CDATA[", "<?", '<a "', "<a x='", "xmlns:", " xmlns", "<"])
def test_what_never_ends_takes_linear_time(part: str) -> None:
    data = ("<a " + part * 40_000 + ">").encode()
    with within(1):  # a comment that is opened so often took 25 seconds
        assert rebase_message(data, OLD, NEW) == data
