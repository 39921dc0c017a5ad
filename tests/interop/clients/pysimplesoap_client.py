"""pysimplesoap: dictionaries; an element's children as a list of dictionaries where a name comes several times."""

# mypy: ignore-errors
from typing import Any

from pysimplesoap.client import SoapClient
from pysimplesoap.simplexml import SimpleXMLElement

from tests.interop.clients.serving import serve_calls

NAMESPACE = "http://www.superoffice.net/ws/crm/NetServer/Services85"


def open_client(wsdl: str, address: str) -> Any:
    described = SoapClient(wsdl=wsdl, ns="so", soap_ns="soap", cache=None)
    described.services["WcfBatchService"]["ports"]["BasicHttpBinding_Batch"]["location"] = address
    bare = SoapClient(address, f"{NAMESPACE}/Batch/", namespace=NAMESPACE, ns="so", soap_ns="soap")

    def call(asked: dict) -> Any:
        client = bare if asked["way"] == "no wsdl" else described
        namespace = NAMESPACE if asked["namespace"] is None else asked["namespace"]
        client.http_headers = {} if asked["action"] is None else {"SOAPAction": f'"{asked["action"]}"'}
        client._SoapClient__headers = {}
        for name, value in asked["headers"].items():
            client[name] = make_header(name, value, namespace)
        parameters = asked["parameters"]
        if asked["read"]:
            parameters = {"BatchTaskInfo": client.GetBatchTaskInfo(Id=asked["read"])["Response"]}
        answer = getattr(client, asked["operation"])(**parameters)
        return answer.get("Response") if isinstance(answer, dict) else str(answer.Response)

    return call


def make_header(name: str, value: Any, namespace: str) -> Any:
    root = SimpleXMLElement("<Headers/>", namespace=namespace or False, prefix="so" if namespace else False)
    root.marshall(name, value)
    return root.children()


if __name__ == "__main__":
    serve_calls(open_client, ("no wsdl",))
