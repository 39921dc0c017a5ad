"""zeep: the WSDL's types in Python's own; arguments by name."""

# mypy: ignore-errors
from typing import Any

import zeep
from zeep.plugins import Plugin
from zeep.wsse.username import UsernameToken

from tests.interop.clients.serving import serve_calls


class Action(Plugin):
    """Another SOAPAction than the WSDL's."""

    value = None

    def egress(self, envelope, http_headers, operation, binding_options):
        if self.value is not None:
            http_headers["SOAPAction"] = f'"{self.value}"'
        return envelope, http_headers


def open_client(wsdl: str, address: str) -> Any:
    action = Action()
    client = zeep.Client(wsdl, plugins=[action])
    binding = next(iter(client.wsdl.bindings))
    service = client.create_service(binding, address)

    def call(asked: dict) -> Any:
        action.value = asked["action"]
        client.wsse = UsernameToken("user", "password") if asked["way"] == "security" else None
        headers = asked["headers"]
        if asked["namespace"] is not None:  # headers that the WSDL does not have are given as elements
            headers = [make_header(name, value, asked["namespace"]) for name, value in headers.items()]
        parameters = asked["parameters"]
        if asked["read"]:
            parameters = {
                "BatchTaskInfo": service.GetBatchTaskInfo(Id=asked["read"], _soapheaders=headers).body.Response
            }
        if asked["way"] != "flags in one text":
            parameters = split_flags(parameters)
        answer = service[asked["operation"]](**parameters, _soapheaders=headers)
        return getattr(answer.body, "Response", None)

    return call


def split_flags(given: Any) -> Any:
    """A list of flags has to be a list for zeep; other clients want its text."""
    if isinstance(given, dict):
        return {name: value.split() if name == "Mask" else split_flags(value) for name, value in given.items()}
    return [split_flags(one) for one in given] if isinstance(given, list) else given


def make_header(name: str, value: Any, namespace: str) -> Any:
    from lxml import etree

    element = etree.Element(etree.QName(namespace, name) if namespace else name)
    if isinstance(value, dict):
        element.extend(make_header(*member, namespace) for member in value.items())
    else:
        element.text = value
    return element


if __name__ == "__main__":
    serve_calls(open_client, ("flags in one text", "security"))
