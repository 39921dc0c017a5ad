"""The same call in each container of messages: how each is written, and where in it the request stands."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from tests.helpers.messages import NS, response

URL = "https://sod.superoffice.com/Cust12345/Remote/Services85/Batch.svc"
ACTION = f'"{NS}/Batch/StopBatchJob"'
ANSWER = response("<b:StopBatchJobResponse><b:Response>true</b:Response></b:StopBatchJobResponse>")
TEXT = {"Content-Type": "text/xml; charset=utf-8"}
FIELDS = {**TEXT, "SOAPAction": ACTION}
OTHER = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><a xmlns="urn:o"/></s:Body></s:Envelope>'
)


def named(fields: dict[str, str], key: str = "name") -> list[dict[str, str]]:
    return [{key: name, "value": value} for name, value in fields.items()]


def har_entry(
    url: str, posted: Any, content: Any, method: str = "POST", status: int = 200, **kept: Any
) -> dict[str, Any]:
    asked = {"method": method, "url": url, "headers": named(FIELDS if url == URL else TEXT), **kept}
    if posted is not None:
        asked["postData"] = {"mimeType": TEXT["Content-Type"], "text": posted}
    return {"request": asked, "response": {"status": status, "headers": named(TEXT), "content": content}}


def har(text: str) -> bytes:
    packed = {"text": base64.b64encode(ANSWER.encode()).decode(), "encoding": "base64", "size": 9}
    entries = [
        har_entry("https://h/app.js", None, {"text": "a,[{" * 9, "size": 9}, "GET"),
        har_entry(URL, text, packed),
        har_entry("https://other.example/Other.svc", OTHER, {"text": OTHER}),
        har_entry(URL + "?wsdl", None, {"size": 900}, "GET"),
        har_entry("https://h/api", '{"a": "}"}', {"size": 900}, bodySize=10),
    ]
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "x"}, "entries": entries}}, indent=1).encode()


def svclog(text: str, tail: str = "") -> bytes:
    to_nowhere = (
        '<To s:mustUnderstand="1" xmlns="http://schemas.microsoft.com/ws/2005/05/addressing/none">\nhttp://h</To>'
    )
    logged = text.replace("<s:Header>", f"<s:Header>{to_nowhere}")

    def event(number: int, source: str, body: str, http: str = "") -> str:
        return (
            '<E2ETraceEvent xmlns="http://schemas.microsoft.com/2004/06/E2ETraceEvent"><System xmlns="urn:x">'
            f'<Correlation ActivityID="{{{number}}}"/></System><ApplicationData><TraceData><DataItem>'
            f'<MessageLogTraceRecord Source="{source}" xmlns="urn:y">\n{http}{body}</MessageLogTraceRecord>'
            "</DataItem></TraceData></ApplicationData></E2ETraceEvent>"
        )

    fields = "<WebHeaders><VsDebuggerCausalityData>x</VsDebuggerCausalityData></WebHeaders>"
    http = f"<HttpRequest><Method>POST</Method>{fields}</HttpRequest>"
    fields = "<WebHeaders><Content-Type>text/xml</Content-Type></WebHeaders>"
    reply = f"<HttpResponse><StatusCode>OK</StatusCode>{fields}</HttpResponse>"
    return (
        event(1, "ServiceLevelSendRequest", logged) + event(1, "TransportSend", text, http)
        + event(2, "TransportSend", OTHER) + event(1, "TransportReceive", ANSWER, reply) + event(3, "x", "<a/>") + tail
    ).encode()  # fmt: skip


def soapui(text: str) -> bytes:
    asked = text.replace("63", "${#Project#zone}")
    return (
        '<?xml version="1.0"?>\n<con:soapui-project name="P" xmlns:con="http://eviware.com/soapui/config">'
        '<con:interface name="B" soapVersion="1_1"><con:operation name="StopBatchJob" '
        f"action='{ACTION[1:-1]}'>\n<con:call name=\"Request 1\"><con:endpoint>{URL}</con:endpoint>"
        f"\n<con:request><![CDATA[{asked}\\r\n]]></con:request></con:call></con:operation></con:interface>"
        f'<con:mockService name="Mock"><con:mockOperation name="M"><con:response name="Reply"><con:responseContent>'
        f"<![CDATA[{ANSWER}]]></con:responseContent></con:response></con:mockOperation></con:mockService>"
        "<con:properties><con:property><con:name>zone</con:name><con:value>63</con:value></con:property></con:properties>"
        '<con:testStep name="rest"><con:request>{}</con:request></con:testStep></con:soapui-project>'
    ).encode()


def postman(text: str) -> bytes:
    body = {"mode": "raw", "raw": text.replace("63", "{{zone}}")}
    asked = {"method": "POST", "header": named(FIELDS, "key"), "url": {"raw": URL}, "body": body}
    saved = {"name": "ok", "originalRequest": asked, "code": 200, "header": named(TEXT, "key"), "body": ANSWER}
    items = [
        {"name": "Jobs", "item": [{"name": "Stop", "request": asked, "response": [saved]}]},
        {"name": "List", "request": "https://h/api"},
    ]
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    variables = [{"key": "zone", "value": "63"}]
    return json.dumps({"info": {"name": "C", "schema": schema}, "item": items, "variable": variables}).encode()


def insomnia(text: str) -> bytes:
    asked = {
        "_type": "request", "name": "Stop", "method": "POST", "url": URL, "headers": named(FIELDS),
        "body": {"mimeType": "text/xml", "text": text.replace("63", "{{ _.zone }}")},
    }  # fmt: skip
    others = [
        {"_type": "environment", "data": {"zone": "63"}},
        {"_type": "request", "url": "https://h", "method": "GET"},
    ]
    return json.dumps({"_type": "export", "__export_format": 4, "resources": [asked, *others]}).encode()


def head(start: str = f"POST {URL}", end: str = "\n", **fields: str) -> str:
    lines = [start, *(f"{name}: {value}" for name, value in {**FIELDS, **fields}.items())]
    return end.join(lines) + end + end


def http_file(text: str) -> bytes:
    return (
        f"@zone = 63\n@other={{{{zone}}}}\n\n### stop a job\n# a note\n{head()}{text.replace('63', '{{other}}')}\n\n"
        f"> {{%\n client.log('<s:Envelope>')\n%}}\n\n###\n# @name list\nGET https://h/api\n  ?a=b\nAccept: */*\n"
    ).encode()


def several_http(text: str) -> bytes:
    end = "\r\n"
    return (
        head("GET /x.svc?wsdl HTTP/1.1", end) + "HTTP/1.1 304 Not Modified\r\n\r\n"
        + head(f"POST {URL} HTTP/1.1", end, **{"Content-Length": str(len(text))}) + text
        + f"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\n\r\n{ANSWER}\n"
    ).encode()  # fmt: skip


def saz(text: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("raw/1_c.txt", head("GET https://h/a.png HTTP/1.1"))
        archive.writestr("raw/1_s.txt", b"HTTP/1.1 200 OK\r\n\r\n\x89PNG")
        archive.writestr("raw/2_c.txt", head() + text)
        archive.writestr("raw/2_s.txt", f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n{ANSWER}")
        archive.writestr("raw/3_c.txt", 'POST https://other.example/x HTTP/1.1\r\n\r\n{"a": 1}')
        archive.writestr("raw/3_s.txt", b"")
        archive.writestr("_index.htm", "<html/>")
    return stream.getvalue()


def curl(text: str) -> bytes:
    fields = " ".join(f"-H '{name}: {value}'" for name, value in FIELDS.items())
    return f"#!/bin/sh\nT=1\n\ncurl -s -o out.xml '{URL}' {fields} \\\n --data-raw '{text}' | xmllint -\ncurl https://h/\n".encode()


def curl_ansi(text: str) -> bytes:
    escaped = text.replace("'", "\\'").replace("6", "\\u0036")
    fields = " ".join(f"--header $'{name}: {value}'" for name, value in FIELDS.items())
    return f"curl {URL} {fields} --data-binary $'{escaped}'".encode()


def curl_cmd(text: str) -> bytes:
    def quoted(word: str) -> str:
        return '^"' + word.replace('"', '^\\^"').replace("<", "^<").replace(">", "^>") + '^"'

    fields = " ".join(f"-H {quoted(f'{name}: {value}')} ^\r\n" for name, value in FIELDS.items())
    return f"curl {quoted(URL)} ^\r\n {fields} --data-raw {quoted(text)}".encode()


def netstring(value: Any) -> bytes:
    """mitmproxy's way to write it."""
    if isinstance(value, dict):
        return sized(b"".join(netstring(k) + netstring(v) for k, v in value.items()), b"}")
    if isinstance(value, list):
        return sized(b"".join(map(netstring, value)), b"]")
    if value is None:
        return sized(b"", b"~")
    if isinstance(value, int):
        return sized(str(value).encode(), b"#")
    return sized(value, b",") if isinstance(value, bytes) else sized(value.encode(), b";")


def sized(payload: bytes, kind: bytes) -> bytes:
    return b"%d:%s%s" % (len(payload), payload, kind)


def flow(path: str, asked: bytes | None, method: bytes = b"POST") -> dict[str, Any]:
    fields = [[name.encode(), value.encode()] for name, value in FIELDS.items() if path != "/x"]
    asking = {"method": method, "scheme": b"https", "host": "h", "port": 443, "path": path.encode()}
    answered = {
        "status_code": 200,
        "reason": b"OK",
        "headers": [[b"Content-Type", b"text/xml"]],
        "content": ANSWER.encode(),
    }
    return {
        "version": 21,
        "type": "http",
        "request": {**asking, "headers": fields, "content": asked},
        "response": answered,
    }


def mitmproxy(text: str) -> bytes:
    flows = [
        flow("/a.js", b"", b"GET"),
        flow("/Remote/Services85/Batch.svc", text.encode()),
        flow("/x", OTHER.encode()),
    ]
    return b"".join(map(netstring, flows))


Build = Callable[[str], bytes]
FORMATS: dict[str, tuple[Build, str, int | None, int, int]] = {
    # a name: how to write it, the request's part, its line, how many messages are judged, how many parts are not
    "session.har": (har, "entry 2 request", None, 2, 5),
    "messages.svclog": (svclog, "record 1 request", 3, 3, 2),
    "soapui-project.xml": (soapui, "StopBatchJob / Request 1", 4, 2, 1),
    "jobs.postman_collection.json": (postman, "Jobs / Stop request", None, 3, 1),
    "insomnia.json": (insomnia, "Stop request", None, 1, 1),
    "requests.http": (http_file, "stop a job", 10, 1, 1),
    "several.http": (several_http, "request 2", 12, 2, 2),
    "session.saz": (saz, "session 2 request", None, 2, 2),
    "stop.sh": (curl, "command 1 request", 5, 1, 1),
    "chrome.sh": (curl_ansi, "command 1 request", None, 1, 0),
    "chrome.bat": (curl_cmd, "command 1 request", None, 1, 0),
    "flows": (mitmproxy, "flow 2 request", None, 2, 3),
    "stop.xml.gz": (lambda text: gzip.compress(text.encode()), "", 1, 1, 0),
}  # fmt: skip
