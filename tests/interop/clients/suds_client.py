"""suds-community: objects of a factory, or dictionaries; header values in the WSDL's order or as elements."""

# mypy: ignore-errors
from typing import Any

import suds.client
from suds.sax.element import Element
from suds.wsse import Security, UsernameToken

from tests.interop.clients.serving import serve_calls

NAMESPACE = "http://www.superoffice.net/ws/crm/NetServer/Services85"


def open_client(wsdl: str, address: str) -> Any:
    client = suds.client.Client(wsdl, location=address, cache=None)

    def call(asked: dict) -> Any:
        namespace = NAMESPACE if asked["namespace"] is None else asked["namespace"]
        headers = [make_header(name, value, namespace) for name, value in asked["headers"].items()]
        action = {} if asked["action"] is None else {"SOAPAction": f'"{asked["action"]}"'}
        security = Security() if asked["way"] == "security" else None
        if security:
            security.tokens.append(UsernameToken("user", "password"))
        client.set_options(soapheaders=headers, headers=action, wsse=security)
        parameters = asked["parameters"]
        if asked["read"]:
            parameters = {"BatchTaskInfo": client.service.GetBatchTaskInfo(asked["read"])}
        return getattr(client.service, asked["operation"])(**parameters)

    return call


def make_header(name: str, value: Any, namespace: str) -> Any:
    element = Element(name, ns=("h", namespace) if namespace else None)
    if isinstance(value, dict):
        element.append([make_header(*member, namespace) for member in value.items()])
    else:
        element.setText(value)
    return element


if __name__ == "__main__":
    serve_calls(open_client, ("security",))
