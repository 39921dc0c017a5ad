"""pysimplesoap: dictionaries; an element's children as a list of dictionaries where a name comes several times."""

# mypy: ignore-errors
import re
from datetime import datetime
from typing import Any

from pysimplesoap.client import SoapClient
from pysimplesoap.simplexml import SimpleXMLElement

from tests.interop.clients.serving import serve_calls

NAMESPACE = "http://www.superoffice.net/ws/crm/NetServer/Services85"


def open_client(wsdl: str, address: str) -> Any:
    client = SoapClient(wsdl=wsdl, ns="so", soap_ns="soap", cache=None)
    client.services["WcfBatchService"]["ports"]["BasicHttpBinding_Batch"]["location"] = address

    def call(asked: dict) -> Any:
        namespace = NAMESPACE if asked["namespace"] is None else asked["namespace"]
        client.http_headers = {} if asked["action"] is None else {"SOAPAction": f'"{asked["action"]}"'}
        client._SoapClient__headers = {}
        for name, value in asked["headers"].items():
            client[name] = make_header(name, value, namespace)
        parameters = asked["parameters"]
        if asked["read"]:
            parameters = {"BatchTaskInfo": client.GetBatchTaskInfo(Id=asked["read"])["Response"]}
        answer = getattr(client, asked["operation"])(**shape(parameters))
        return answer.get("Response")

    return call


def make_header(name: str, value: Any, namespace: str) -> Any:
    inner = "".join(f"<{k}>{v or ''}</{k}>" for k, v in value.items()) if isinstance(value, dict) else value
    return SimpleXMLElement(f'<Headers><{name} xmlns="{namespace}">{inner}</{name}></Headers>').children()


def shape(given: Any) -> Any:
    """It takes a dateTime as Python's own, of each id a dictionary, and for an empty list nothing."""
    if isinstance(given, dict):
        ids = given.get("int")
        return (
            [{"int": one} for one in ids]
            if ids
            else {name: shape(value) for name, value in given.items() if value != []}
        )
    if isinstance(given, list):
        return [shape(one) for one in given]
    is_time = isinstance(given, str) and re.match(r"\d{4}-\d\d-\d\dT", given)
    return datetime.fromisoformat(given) if is_time else given


if __name__ == "__main__":
    serve_calls(open_client)
