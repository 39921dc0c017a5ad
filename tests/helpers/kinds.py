"""A WSDL with a parameter, a member and an array of every builtin type, and what else .NET's WSDLs hold."""

from __future__ import annotations

import re
from pathlib import Path

import contracts
from contracts.model.names import XSD
from contracts.xsd.builtins import BUILTINS, Builtin

OF_A_DTD = ("NOTATION", "ENTITY", "ENTITIES")
"""Types whose values a DTD has to declare."""
ROWS = [row for row in BUILTINS.values() if row.name not in OF_A_DTD]
OTHERS = """<xs:element name="Preset" type="xs:int" minOccurs="0" default="7"/>
<xs:element name="Fixed" type="xs:string" minOccurs="0" fixed="a"/>
<xs:element name="Index" minOccurs="0" nillable="true"><xs:complexType>
<xs:annotation><xs:appinfo><ser:IsDictionary>true</ser:IsDictionary></xs:appinfo></xs:annotation>
<xs:sequence><xs:element name="Entry" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
<xs:element name="Key" type="xs:string" nillable="true"/><xs:element name="Value" type="xs:int"/>
</xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>
"""
"""Preset values, and a dictionary whose pairs have a type without a name and keys that the schema lets be nil."""
SPACE = "http://www.superoffice.net/ws/crm/NetServer/Services85"
_SHIPPED = (Path(contracts.__file__).parent / "Services85/Batch/service.wsdl").read_text(encoding="utf-8")
_SERIALIZATION = re.search(r"<xs:schema[^>]*2003/10/Serialization/\".*?</xs:schema>", _SHIPPED, re.DOTALL)


def name_of(row: Builtin) -> str:
    return ("" if row.space == XSD else "Ser") + row.name[0].upper() + row.name[1:]


def kinds_wsdl() -> str:
    """The agent Kinds, whose SaveKinds takes and answers a value of every type, a list and a type that holds them."""
    one, many, arrays = "", "", ""
    for row in ROWS:
        kind = f"{'xs' if row.space == XSD else 'ser'}:{row.name}"
        nillable = ' nillable="true"' if row.zero is None else ""
        one += f'<xs:element name="{name_of(row)}" type="{kind}" minOccurs="0"{nillable}/>\n'
        many += f'<xs:element name="{name_of(row)}s" type="t:ArrayOf{name_of(row)}" minOccurs="0" nillable="true"/>\n'
        arrays += _complex(
            f"ArrayOf{name_of(row)}", f'<xs:element name="item" type="{kind}" minOccurs="0" maxOccurs="unbounded"/>'
        )
    all_of_them = f'{one}<xs:element name="Holder" type="t:Holder" minOccurs="0" nillable="true"/>\n{many}{OTHERS}'
    assert _SERIALIZATION is not None
    return f"""<?xml version="1.0" encoding="utf-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
 xmlns:xs="{XSD}" xmlns:ser="http://schemas.microsoft.com/2003/10/Serialization/" xmlns:t="{SPACE}"
 targetNamespace="{SPACE}">
<wsdl:types>{_SERIALIZATION[0]}
<xs:schema elementFormDefault="qualified" targetNamespace="{SPACE}">
<xs:import namespace="http://schemas.microsoft.com/2003/10/Serialization/"/>
<xs:element name="ApplicationToken" type="xs:string" nillable="true"/>
<xs:element name="Succeeded" type="xs:boolean"/>
<xs:element name="SaveKinds"><xs:complexType><xs:sequence>{all_of_them}</xs:sequence></xs:complexType></xs:element>
<xs:element name="SaveKindsResponse"><xs:complexType><xs:sequence>{all_of_them}</xs:sequence></xs:complexType>
</xs:element>
{_complex("Holder", one)}{arrays}</xs:schema></wsdl:types>
<wsdl:message name="In"><wsdl:part name="parameters" element="t:SaveKinds"/></wsdl:message>
<wsdl:message name="Out"><wsdl:part name="parameters" element="t:SaveKindsResponse"/></wsdl:message>
<wsdl:message name="Headers"><wsdl:part name="ApplicationToken" element="t:ApplicationToken"/>
<wsdl:part name="Succeeded" element="t:Succeeded"/></wsdl:message>
<wsdl:portType name="Kinds"><wsdl:operation name="SaveKinds"><wsdl:input message="t:In"/>
<wsdl:output message="t:Out"/></wsdl:operation></wsdl:portType>
<wsdl:binding name="BasicHttpBinding_Kinds" type="t:Kinds">
<soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
<wsdl:operation name="SaveKinds"><soap:operation soapAction="{SPACE}/Kinds/SaveKinds" style="document"/>
<wsdl:input><soap:header message="t:Headers" part="ApplicationToken" use="literal"/><soap:body use="literal"/>
</wsdl:input>
<wsdl:output><soap:header message="t:Headers" part="Succeeded" use="literal"/><soap:body use="literal"/></wsdl:output>
</wsdl:operation></wsdl:binding>
<wsdl:service name="Kinds"><wsdl:port name="Kinds" binding="t:BasicHttpBinding_Kinds">
<soap:address location="https://localhost/Services85/Kinds.svc"/></wsdl:port></wsdl:service>
</wsdl:definitions>
"""


def _complex(name: str, members: str) -> str:
    return f'<xs:complexType name="{name}"><xs:sequence>{members}</xs:sequence></xs:complexType>\n'
