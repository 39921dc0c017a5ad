"""The stand-in tenant against what a real WCF stack (Mono's) did with the same bytes."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from contracts.model import SERIALIZATION
from tests.helpers.shared import SHARED, needs_shared
from tests.helpers.tenant_clock import StandIn

from .calls import LOGIN, NOBODY, NS, call, envelope, send

NO_XML = "not well-formed: what a stack makes of the part that it happened to read is no behaviour to rely on; .NET too"
SILENT = "Mono answers nothing, or 200 with no body, where it fails to read the message; .NET answers, as here"
DIFFERENCES: dict[str, tuple[int, str]] = {
    "body-op-unknown": (500, SILENT),
    "body-op-lower": (500, SILENT),
    "body-response": (500, SILENT),
    "body-other-op": (500, SILENT),
    "head-in-body": (500, SILENT),
    "head-as-documented": (400, SILENT),
    "xml-dtd": (400, SILENT),
    "xml-empty": (400, SILENT),
    "xml-wrong-root": (400, SILENT),
    "ctype-none": (
        415,
        "Mono fails over the missing Content-Type and answers nothing; it is an unsupported one, as any other",
    ),
    "xml-truncated": (400, NO_XML),
    "xml-truncated-tail": (400, NO_XML),
    "xml-bad-utf8": (400, NO_XML),
    "xml-control": (400, NO_XML),
    "id-pi": (500, ".NET's reader has no processing instructions; Mono's skips them"),
}
"""Where the stand-in answers otherwise than Mono did: its status, and why. It acts on none of these."""
READ_OTHERWISE = {"id-twice": ("Id=43", "Id=42")}
"""What Mono read, and what .NET does, which the stand-in follows: of a parameter twice the first counts."""


def cases() -> list[Any]:
    found = []
    for folder, ending in (("wcf", ".request.http"), ("clients", ".http")):
        base = SHARED / "wire" / folder if SHARED else None
        if base is None:
            continue
        for case in json.loads((base / "cases.json").read_text()):
            file = base / (case["case"] + ending)
            if file.exists():  # a few of the recordings have an answer only
                found.append(pytest.param(case, file.read_bytes(), id=case["case"]))
    return found


def exchange(url: str, data: bytes) -> bytes:
    """The bytes as they are, and all that comes back until the connection is closed."""
    parts = urlsplit(url)
    head, gap, body = data.partition(b"\r\n\r\n")
    head = re.sub(rb"(?im)^connection:.*\r\n", b"", head + b"\r\n") + b"Connection: close"
    with socket.create_connection((parts.hostname, parts.port), timeout=60) as connection:
        connection.sendall(head + gap + body)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def first(pattern: bytes, data: bytes) -> str | None:
    match = re.search(pattern, data)
    return match[1].decode() if match else None


@pytest.fixture(scope="module")
def tenant() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@needs_shared
@pytest.mark.parametrize(("case", "data"), cases())
def test_as_lenient_as_wcf(tenant: StandIn, case: dict[str, Any], data: bytes) -> None:
    before = len(tenant.saw)
    answer = exchange(tenant.url, data)
    saw = tenant.saw[before:]
    status = first(rb"^HTTP/1\.1 (\d+)", answer)
    fault = first(rb"<faultcode[^>]*>([^<]+)<", answer)
    if case["case"] in DIFFERENCES:
        assert (status, saw) == (str(DIFFERENCES[case["case"]][0]), [])
        assert (fault is not None) == (status == "500")
        return
    assert status == case["status"]
    assert first(rb"Succeeded[^>]*>(\w+)<", answer) == case["succeeded"]
    assert (fault is not None) == (case["status"] == "500")
    words = (case["server_saw"] or "").replace(*READ_OTHERWISE.get(case["case"], ("", "")))
    assert saw == ([words] if words.startswith(("Stop", "Get", "Start", "ByState")) else [])


@needs_shared
def test_every_difference_is_one() -> None:
    by_name = {case.id: case.values[0] for case in cases()}
    for name, (status, _) in DIFFERENCES.items():
        assert by_name[name]["status"] != str(status), f"{name} is no difference any more"


JOB = "<b:BatchTaskInfo>{}</b:BatchTaskInfo>"
PAIR = "<b:StringKeyValuePair>{}</b:StringKeyValuePair>"
KEY, VALUE = "<b:Key>k</b:Key>", "<b:Value>v</b:Value>"


def parameters(inner: str) -> str:
    return JOB.format(f"<b:Name>n</b:Name><b:ParameterObject>{inner}</b:ParameterObject>")


@pytest.mark.parametrize(
    ("inner", "saw"),
    [
        (JOB.format("<b:Name>n</b:Name><b:Name>m</b:Name>"), "Name=n"),
        (JOB.format("<b:Name>n</b:Name>") + JOB.format("<b:Name>m</b:Name>"), "Name=n"),
        (JOB.format('<b:Name i:nil="false">n</b:Name>'), "Name=n"),
        (JOB.format('<b:AssociateId i:type="x:string">1</b:AssociateId>'), "Name="),
        (JOB.format("<b:Name>n</b:Name>").replace("Info>", 'Info i:type="b:BatchTaskInfo">', 1), "Name=n"),
        (parameters(PAIR.format(KEY + '<b:Value i:nil="true"/>')), "params=1"),
        (parameters("<b:Other/>" + PAIR.format(KEY + VALUE)), "params=1"),
        (parameters(PAIR.format("<b:Other/>" + KEY + VALUE + "<b:Other/>")), "params=1"),
        *((JOB.format(f"<b:LastStarted>{date}</b:LastStarted>"), "State=Unknown") for date in
          ("2026-11-23", "2026", "10:00:00", " 2026-11-23T10:00:00 ", "2026-11-23T10:00:00.123456789",
           "2026-11-23T10:00:00+15:00")),
        *((JOB.format(f"<b:IsSystemTask>{flag}</b:IsSystemTask>"), "State=Unknown") for flag in ("1", " true ")),
    ],
)  # fmt: skip
def test_what_wcf_accepts(tenant: StandIn, inner: str, saw: str) -> None:
    """Measured on Mono's WCF, beyond the recordings."""
    answer = call(tenant.url, "StartBatchJob", inner)
    assert (answer.status, answer.text("Succeeded")) == (200, "true")
    assert saw in tenant.saw[-1].split()


@pytest.mark.parametrize(
    "inner",
    [
        JOB.format("text<b:Name>n</b:Name>"),
        JOB.format("<b:Name>n<b:Other/></b:Name>"),
        JOB.format("").replace("Info>", 'Info i:type="b:Other">', 1),
        JOB.format("").replace("Info>", 'Info i:type="z:Other">', 1),
        JOB.format("").replace("Info>", 'Info i:type="b:Carrier">', 1),
        JOB.format('<b:AssociateId i:nil="true"/>'),
        JOB.format('<b:State i:nil="true"/>'),
        JOB.format("<b:State> New </b:State>"),
        JOB.format("<b:TableRight><b:Mask>Select Fly</b:Mask></b:TableRight>"),
        JOB.format("<b:Name>n</b:Name><?p i?>"),
        JOB.format("").replace("Info>", f'Info z:Id="" xmlns:z="{SERIALIZATION}">', 1),
        parameters(PAIR.format(VALUE + KEY)),
        parameters("text" + PAIR.format(KEY + VALUE)),
        parameters('<b:StringKeyValuePair i:nil="true"/>'),
        *(JOB.format(f"<b:LastStarted>{date}</b:LastStarted>") for date in
          ("", "2026-11-23T10:00", "2026-11-23T24:00:00", "0000-01-01T00:00:00", "12026-01-01T00:00:00", "2026-02-30")),
        *(JOB.format(f"<b:IsSystemTask>{flag}</b:IsSystemTask>") for flag in ("", "True", "yes")),
    ],
)  # fmt: skip
def test_what_wcf_refuses(tenant: StandIn, inner: str) -> None:
    """Measured on Mono's WCF, beyond the recordings."""
    before = tenant.saw
    answer = call(tenant.url, "StartBatchJob", inner)
    assert (answer.status, answer.faultcode) == (500, "a:DeserializationFailed")
    assert tenant.saw == before


@pytest.mark.parametrize("key", [KEY, '<b:Key i:nil="true"/>'])
def test_a_key_that_a_dictionary_does_not_take_is_an_internal_fault(tenant: StandIn, key: str) -> None:
    answer = call(tenant.url, "StartBatchJob", parameters(PAIR.format(key + VALUE) * 2))
    assert (answer.status, answer.faultcode) == (500, "a:InternalServiceFault")


@pytest.mark.parametrize(("tickets", "succeeded"), [(("7T:no", None), "true"), ((None, "7T:no"), "false")])
def test_of_two_headers_the_last_one_counts(tenant: StandIn, tickets: tuple[str | None, ...], succeeded: str) -> None:
    """Measured on Mono's WCF."""
    blocks = [f"<b:Credentials><b:Ticket>{t or '7T:1234abcxyzExample=='}</b:Ticket></b:Credentials>" for t in tickets]
    token = "<b:ApplicationToken>1234567-1234-9876</b:ApplicationToken>"
    answer = call(tenant.url, "StopBatchJob", "<b:Id>1</b:Id>", head=token + "".join(blocks))
    assert answer.text("Succeeded") == succeeded


def test_a_parameter_that_comes_too_late_is_lost(tenant: StandIn) -> None:
    """Measured on .NET: the parameters are read by a cursor that only moves forward."""
    name, end, password = LOGIN.partition("</b:UserName>")
    for parameters, found in ((LOGIN, "true"), (password + name + end, "false")):
        answer = call(tenant.url, "AuthenticateUsernamePassword", parameters, agent="SoPrincipal", head=NOBODY)
        assert answer.text("AuthenticationSucceeded") == found


@pytest.mark.parametrize(("items", "status"), [
    ("<a:int>1</a:int>", 200), ("", 200), ("<a:long>1</a:long>", 500), ("<a:int>1</a:int><b:int>2</b:int>", 500),
])  # fmt: skip
def test_an_array_of_numbers_holds_nothing_else(tenant: StandIn, items: str, status: int) -> None:
    """Measured on .NET and on Mono."""
    space = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
    ids = f'<b:AssociateIds xmlns:a="{space}">{items}</b:AssociateIds>'
    assert call(tenant.url, "GetBatchTaskInfosByAssociates", ids).status == status


def test_utf_16_is_read(tenant: StandIn) -> None:
    data = envelope("<b:StopBatchJob><b:Id>42</b:Id></b:StopBatchJob>").decode().encode("utf-16")
    headers = {"Content-Type": "text/xml; charset=utf-16", "SOAPAction": f'"{NS}/Batch/StopBatchJob"'}
    assert send(f"{tenant.url}/Batch.svc", data=data, headers=headers).status == 200
