"""What carries the messages: several bindings of one port type, and what they ask of a caller."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.diff.compare import compare
from contracts.wsdl.load import load_services

from .comparing import changes, pair, services

ONE, TWO = pair("binding-added")
REFERENCE = b'<wsp:PolicyReference xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy" URI="#notes"/>'
POLICY = b"""<wsp:Policy Name="notes" xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy">
<s:HttpsToken xmlns:s="urn:security"/></wsp:Policy><wsdl:types>"""
USES = ["use-changed Notes.SaveNote/request", "use-changed Notes.SaveNote/response"]
HEADERS = ["header-added Notes.SaveNote/request/header/Trace", "header-removed Notes.SaveNote/request/header/Token"]
ADDRESSED = b'<soap:body use="literal"/><wsaw:UsingAddressing wsdl:required="true"/>'


def _second(data: bytes, before: bytes, after: bytes) -> bytes:
    head, mark, tail = data.partition(b'<wsdl:binding xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/"')
    assert mark and before in tail
    return head + mark + tail.replace(before, after)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (b'soapAction="http', b'soapAction="urn', ["action-changed Notes.SaveNote/SOAPAction"]),
        (b'use="literal"', b'use="encoded"', USES),
        (b'part="Token"', b'part="Trace"', HEADERS),
        (b"soap/http", b"soap/jms", ["transport-changed Notes/binding"]),
        (b"<soap12:binding", REFERENCE + b"<soap12:binding", ["policy-added Notes/binding"]),
        (b"<soap12:operation", REFERENCE + b"<soap12:operation", ["policy-added Notes/binding"]),
        (b'name="WSHttp', b'name="Custom', []),
    ],
)  # fmt: skip
def test_the_second_binding_counts(before: bytes, after: bytes, expected: list[str]) -> None:
    old = TWO.replace(b"<wsdl:types>", POLICY)
    found = changes(old, _second(old, before, after))
    assert sorted(f"{c.rule} {c.path}" for c in found) == expected


def test_the_order_of_bindings_is_none() -> None:
    twice = ONE.replace(b"</wsdl:definitions>", b"")
    start, end = twice.index(b"<wsdl:binding"), twice.index(b"</wsdl:binding>") + len(b"</wsdl:binding>")
    first = twice[start:end]
    second = first.replace(b"BasicHttpBinding_Notes", b"Basic2").replace(b'soapAction="http', b'soapAction="urn')
    old, new = (
        twice[:start] + one + other + b"</wsdl:definitions>" for one, other in ((first, second), (second, first))
    )
    assert changes(old, new) == ()
    assert [c.rule for c in changes(old, ONE)] == ["binding-removed"]


def test_a_port_asks_too() -> None:
    port = b"""<wsdl:service name="N"><wsdl:port name="N" binding="t:BasicHttpBinding_Notes">%s</wsdl:port>
</wsdl:service></wsdl:definitions>"""
    old, new = (ONE.replace(b"</wsdl:definitions>", port % extra) for extra in (b"", ADDRESSED))
    assert [(c.rule, c.severity, c.new) for c in changes(old, new)] == [("policy-added", "breaking", "UsingAddressing")]
    assert changes(old, new.replace(b' wsdl:required="true"', b"")) == ()


def test_bindings_outlive_the_tree_they_were_read_from(tmp_path: Path) -> None:
    """A folder keeps few WSDLs in memory; of the others all is read again."""
    for number in range(14):
        space = b"urn:n%d" % number
        (tmp_path / f"{number:02}.wsdl").write_bytes(
            TWO.replace(b"http://www.superoffice.net/ws/crm/NetServer/Services85", space)
        )
    found = load_services(str(tmp_path), any_binding=True)[0]
    assert [[o.binding.soap for o in s.other_bindings] for s in found] == [["1.2"]] * 14
    last = services(TWO.replace(b"http://www.superoffice.net/ws/crm/NetServer/Services85", b"urn:n13"))
    assert found[-1].other_bindings[0].operations["SaveNote"] == last[0].other_bindings[0].operations["SaveNote"]
    assert compare(found[-1:], last) == ()
