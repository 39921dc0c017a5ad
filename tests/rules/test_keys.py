"""Keys of dictionaries whose schema says more than the shipped one: a nil key is one fault, whoever forbids it."""

from __future__ import annotations

import pytest

from contracts.contract import Contract
from contracts.generate.sample import make_sample
from contracts.wsdl.document import parse_wsdl
from tests.helpers.kinds import kinds_wsdl

PAIRS = """<xs:complexType name="Book">
<xs:annotation><xs:appinfo><ser:IsDictionary>true</ser:IsDictionary></xs:appinfo>
</xs:annotation><xs:sequence><xs:element name="Pair" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
<xs:element name="Key" type="xs:int"/><xs:element name="Value" type="xs:string" nillable="true"/>
</xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType>"""


@pytest.mark.parametrize(("nillable", "rule"), [("", "value-nil"), ('nillable="true" ', "body-key-nil")])
def test_a_nil_key_is_one_fault(nillable: str, rule: str) -> None:
    pairs = PAIRS.replace('name="Key"', f'name="Key" {nillable}')
    member = '<xs:element name="Book" type="t:Book" minOccurs="0"/>'
    text = kinds_wsdl().replace('<xs:complexType name="Holder">', pairs + '<xs:complexType name="Holder">')
    text = text.replace('<xs:element name="Holder" type', member + '<xs:element name="Holder" type')
    services = parse_wsdl(text.encode(), "kinds.wsdl")
    contract = Contract(services, "kinds.wsdl")
    data = make_sample(services[0], "SaveKinds").decode()
    assert contract.check_request(data, operation="Kinds.SaveKinds").kept
    broken = data.replace("<Kinds:Key>42</Kinds:Key>", '<Kinds:Key xsi:nil="true"/>')
    assert broken != data
    assert [v.rule for v in contract.check_request(broken, operation="Kinds.SaveKinds").violations] == [rule]
