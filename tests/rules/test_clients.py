"""What real libraries send and answer, as it was recorded on loopback.

`clients/CLIENT-….http`: Axis 1.4, gSOAP 2.8, JAX-WS RI 2.3, KDSoap 1.9, pysimplesoap 1.16, SOAP::Lite 1.27,
strong-soap 5.0, suds 1.2, Mono's WCF 6.8; given the WSDL where they read one. Only tenant and host are not as recorded.
`servers/SERVER-….http`: JAX-WS RI 2.3 and PHP 8.2 with the WSDL, spyne 2.14 with classes of the same names.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.messages import read
from contracts.model import Message
from tests.helpers.messages import CONTRACT

FOLDER = Path(__file__).parent / "clients"
SERVERS = Path(__file__).parent / "servers"

BROKEN = {  # file: the rule and what is found
    "axis-start-beyond-plane": ("envelope-not-wellformed", "half of a pair of surrogates, U+D83D"),
    "jaxws-stop-mtom": ("http-content-type", "multipart/related"),
    "kdsoap-stop-soap12": ("envelope-version", "Envelope of SOAP 1.2"),
}
"""Half a surrogate pair as a character reference, attachments, the other SOAP."""

NOTES = {
    "pysimplesoap-stop": "http-action-unquoted",
    "soaplite-stop": "envelope-encoding-style",
    "soaplite-stop-typed": "envelope-encoding-style",
    "axis-start-nothing": "body-parameter-null",
}


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.http")))
def test_recorded_request(name: str) -> None:
    (message,) = read(str(FOLDER / f"{name}.http"))
    assert isinstance(message, Message)
    verdict = CONTRACT.judge(message)
    assert verdict.label == ("Batch.StartBatchJob" if "-start" in name else "Batch.StopBatchJob")
    assert [(f.rule, f.found) for f in verdict.violations] == ([BROKEN[name]] if name in BROKEN else [])
    notes = [f.rule for f in verdict.notes if f.rule != "body-member-default"]  # few send what was not set
    assert notes == ([NOTES[name]] if name in NOTES else [])


def test_every_named_file_is_there() -> None:
    assert {*BROKEN, *NOTES} <= {path.stem for path in FOLDER.glob("*.http")}
    assert {*ANSWERS} == {path.stem for path in SERVERS.glob("*.http")}


ANSWERS = {  # the operation that the answer shows, and the rule it breaks
    "jaxws-DeleteBatchTasks": ("DeleteBatchTasks", None),
    "jaxws-Fault": (None, None),
    "jaxws-Fault-must-understand": (None, None),
    "jaxws-GetBatchTaskInfo": ("GetBatchTaskInfo", None),
    "jaxws-GetBatchTaskInfosByState": ("GetBatchTaskInfosByState", None),
    "jaxws-StopBatchJob": ("StopBatchJob", None),
    "jaxws-StopBatchJob-utf16": ("StopBatchJob", None),
    "jaxws-refused": (None, None),
    "php-Fault": (None, None),
    "php-Fault-malformed": (None, None),
    "php-GetBatchTaskInfo": ("GetBatchTaskInfo", "answer-exception-with-success"),  # an empty one, not nil
    "spyne-Fault": (None, None),
    "spyne-StopBatchJob": ("StopBatchJob", "answer-succeeded-missing"),  # its classes have no headers
}


@pytest.mark.parametrize("name", sorted(path.stem for path in SERVERS.glob("*.http")))
def test_recorded_response(name: str) -> None:
    operation, rule = ANSWERS[name]
    (message,) = read(str(SERVERS / f"{name}.http"))
    assert isinstance(message, Message)
    verdict = CONTRACT.judge(message)
    assert (verdict.message, verdict.operation) == ("response", operation)
    assert [f.rule for f in verdict.violations] == ([rule] if rule else [])
