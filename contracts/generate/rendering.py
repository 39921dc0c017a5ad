"""A sample as something to run: raw HTTP, a curl command, PowerShell, C#, Python code for zeep."""

from __future__ import annotations

import base64
import re
import shlex
from collections.abc import Callable
from typing import Literal
from urllib.parse import quote

from lxml import etree

from ..files.archive import split_archive
from ..model import ContractsError, Direction, Element, Operation, local
from ..model.names import XSI_TYPE, is_nil
from ..model.urls import split_url
from ..wsdl.service import Service
from ..xsd.values import read_value
from .builder import TICKET, TOKEN
from .forms import INTEGER_FAMILIES, is_simple, value_space

Rendering = Literal["envelope", "http", "curl", "python", "powershell", "csharp"]
RENDERINGS: tuple[Rendering, ...] = ("envelope", "http", "curl", "python", "powershell", "csharp")


def http_head(
    service: Service, operation: Operation, direction: Direction, data: bytes
) -> tuple[str, list[tuple[str, str]]]:
    """The start line and header fields that carry ``data`` by the contract."""
    fields = [("Content-Type", "text/xml; charset=utf-8")]
    if direction == "request":
        url = split_url(service.address or f"https://localhost{service.path}")
        line = f"POST {url.path or '/'} HTTP/1.1"
        fields = [("Host", url.netloc), *fields, ("SOAPAction", f'"{operation.action}"')]
    else:
        line = "HTTP/1.1 200 OK"
    return line, [*fields, ("Content-Length", str(len(data)))]


def render(
    service: Service, operation: str | Operation, data: bytes, direction: Direction = "request", *, as_: Rendering
) -> bytes:
    """A message, as `sample` makes it, in another form.

    ``envelope``: as it is; ``http``: with the head that carries it, CRLF after each field; ``curl``: a command for a
    POSIX shell, which takes the envelope from a here-document; ``python``: a program for zeep that calls the operation
    with the message's values; ``powershell``, ``csharp``: a script and a program that post the envelope. Those four are
    for requests; they take ApplicationToken, Ticket and, where it is set, the tenant's URL from the environment, by the
    names that a live tenant has (`live.tenant_settings`).
    """
    found = service.operations[operation] if isinstance(operation, str) else operation
    if as_ == "envelope":
        return data
    if as_ == "http":
        line, fields = http_head(service, found, direction, data)
        return "\r\n".join([line, *(f"{k}: {v}" for k, v in fields), "", ""]).encode() + data
    if direction == "response":
        raise ContractsError(f"{found.label}: only a request can be shown as {as_}")
    write = {
        "curl": _render_curl,
        "python": _render_python,
        "powershell": _render_powershell,
        "csharp": _render_csharp,
    }[as_]
    return write(service, found, data).encode()


def _split_address(service: Service) -> tuple[str, str]:
    """The address as what SERVICES85_URL may replace, and the agent's own part of it."""
    base, _, file = service.address.rpartition("/")
    return base, f"/{file}"


_VARIABLES = {TOKEN: "SERVICES85_APPLICATION_TOKEN", TICKET: "SERVICES85_TICKET"}
"""What stands in a sample for a secret -> the variable that holds it."""
_PLACEHOLDER = re.compile(f"(?<=>)({'|'.join(map(re.escape, _VARIABLES))})(?=<)")


def _render_curl(service: Service, operation: Operation, data: bytes) -> str:
    text = re.sub(r"[\\$`]", r"\\\g<0>", data.decode())
    text = _PLACEHOLDER.sub(lambda found: f"${{{_VARIABLES[found[0]]}:?}}", text)
    marker = "SOAP"
    while re.search(rf"^{marker}$", text, re.MULTILINE):
        marker += "_"
    action = shlex.quote(f'SOAPAction: "{operation.action}"')
    base, file = (quote(part, safe=":/?&=%[]@,;~") for part in _split_address(service))
    return (
        f'curl --silent --show-error "${{SERVICES85_URL:-{base}}}{file}" \\\n'
        f"  --header 'Content-Type: text/xml; charset=utf-8' \\\n"
        f"  --header {action} \\\n"
        f"  --data-binary @- <<{marker}\n"
        f"{text if text.endswith(chr(10)) else text + chr(10)}{marker}\n"
    )


# --- PowerShell and C# ------------------------------------------------------------------------------------------------

_SCRIPT = """\
function Need($name) {{
    $value = [Environment]::GetEnvironmentVariable($name)
    if (-not $value) {{ throw "$name is not set" }}
    [Security.SecurityElement]::Escape($value)
}}
$base = if ($env:SERVICES85_URL) {{ $env:SERVICES85_URL }} else {{ {base} }}
$envelope = {envelope}
$answer = Invoke-WebRequest -UseBasicParsing -Method Post -Uri ($base + {file}) `
    -ContentType 'text/xml; charset=utf-8' -Headers @{{ SOAPAction = {action} }} `
    -Body ([Text.Encoding]::UTF8.GetBytes($envelope))
$answer.Content
"""

_CSHARP = """\
using System;
using System.Net;
using System.Security;
using System.Text;

static class Call
{{
    static string Need(string name)
    {{
        string value = Environment.GetEnvironmentVariable(name);
        if (string.IsNullOrEmpty(value)) throw new InvalidOperationException(name + " is not set");
        return SecurityElement.Escape(value);
    }}

    static void Main()
    {{
        string url = (Environment.GetEnvironmentVariable("SERVICES85_URL") ?? {base}) + {file};
        string envelope = {envelope};
        using (var client = new WebClient())
        {{
            client.Headers["Content-Type"] = "text/xml; charset=utf-8";
            client.Headers["SOAPAction"] = {action};
            byte[] answer = client.UploadData(url, "POST", Encoding.UTF8.GetBytes(envelope));
            Console.WriteLine(Encoding.UTF8.GetString(answer));
        }}
    }}
}}
"""


def _render_powershell(service: Service, operation: Operation, data: bytes) -> str:
    # Typographic quotes end a string as well there; doubled, each stands for itself.
    return _fill_program(
        _SCRIPT, service, operation, data, lambda s: "'" + re.sub("['\u2018-\u201b]", r"\g<0>\g<0>", s) + "'"
    )


def _render_csharp(service: Service, operation: Operation, data: bytes) -> str:
    return _fill_program(_CSHARP, service, operation, data, lambda s: '@"' + s.replace('"', '""') + '"')


def _fill_program(
    program: str, service: Service, operation: Operation, data: bytes, quote_text: Callable[[str], str]
) -> str:
    """The program with the operation's address and action, and the envelope; secrets are asked of ``Need``."""
    need = "(Need {})" if program is _SCRIPT else "Need({})"
    pieces = _PLACEHOLDER.split(data.decode())  # text, placeholder, text ...
    parts = [
        need.format(quote_text(_VARIABLES[piece])) if index % 2 else quote_text(piece)
        for index, piece in enumerate(pieces)
    ]
    base, file = _split_address(service)
    return program.format(
        base=quote_text(base),
        file=quote_text(file),
        action=quote_text(f'"{operation.action}"'),
        envelope=" + ".join(parts),
    )


# --- zeep -------------------------------------------------------------------------------------------------------------

_PROGRAM = """\
{imports}
from zeep import Client{xsd}

WSDL = {wsdl}
URL = os.environ.get("SERVICES85_URL", {base!r}) + {file!r}

service = Client(WSDL).create_service({binding!r}, URL)
headers = {{
{headers}}}
answer = service.{operation}(
{arguments}    _soapheaders=headers,
)
print(answer)
"""


def _render_python(service: Service, operation: Operation, data: bytes) -> str:
    root = etree.fromstring(data)
    writer = _ZeepLiterals(service)
    body = next(n for n in root.iter() if n.tag == operation.request.body)
    declared = service.schema.element(str(body.tag))
    arguments = "".join(
        f"    {name}={value},\n" for name, value in writer.members(body, declared.type if declared else "", 0)
    )
    headers = "".join(
        f"    {line},\n" for block in root.iter(*operation.request.headers) if (line := writer.header(block))
    )
    wsdl = repr(service.source)
    if packed := split_archive(service.source):
        writer.imports.add("zipfile")
        wsdl = "zipfile.ZipFile({!r}).open({!r})".format(*packed)
    base, file = _split_address(service)
    imports = "".join(f"import {name}\n" for name in sorted({"os", *writer.imports} - {"xsd"}))
    return _PROGRAM.format(
        imports=imports,
        xsd=", xsd" if "xsd" in writer.imports else "",
        wsdl=wsdl,
        base=base,
        file=file,
        binding=f"{{{service.namespace}}}{service.binding.name}",
        operation=operation.name,
        headers=headers,
        arguments=arguments,
    )


_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_CALLS = {
    "dateTime": ("datetime", "datetime.datetime.fromisoformat"),
    "duration": ("isodate", "isodate.parse_duration"),
}
"""Family -> module, and what makes the value that zeep takes of a text."""


class _ZeepLiterals:
    """Elements of a message as Python literals that zeep turns into the same elements."""

    def __init__(self, service: Service) -> None:
        self.schema = service.schema
        self.imports: set[str] = set()

    def header(self, block: etree._Element) -> str:
        name = local(str(block.tag))
        if name == "ApplicationToken":
            return f'{name!r}: os.environ["SERVICES85_APPLICATION_TOKEN"]'
        if name == "Credentials":
            return f'{name!r}: {{"Ticket": os.environ["SERVICES85_TICKET"]}}'
        declared = self.schema.element(str(block.tag))
        return f"{name!r}: {self.value(block, declared, 1)}" if declared else ""

    def members(self, node: etree._Element, type_name: str, depth: int) -> list[tuple[str, str]]:
        """(name, literal) of each member of an element; repeated ones are a list."""
        found = []
        for member in self.schema.members(type_name):
            values = [self.value(child, member, depth + 1) for child in node.iterchildren(member.name)]
            if member.max_occurs != 1 and values:
                found.append((member.local, f"[{', '.join(values)}]"))
            elif values:
                found.append((member.local, values[0]))
        return found

    def value(self, node: etree._Element, member: Element, depth: int) -> str:
        if is_nil(node):
            self.imports.add("xsd")
            return "xsd.Nil"
        if is_simple(self.schema.type(member.type)):
            return self._simple(member.type, node)
        pad = "    " * depth
        rows = "".join(f"{pad}    {name!r}: {value},\n" for name, value in self.members(node, member.type, depth))
        return f"{{\n{rows}{pad}}}" if rows else "{}"

    def _simple(self, type_name: str, node: etree._Element) -> str:
        text = node.text or ""
        what = value_space(self.schema, type_name)
        if what.family == "any":
            self.imports.add("xsd")
            plain = (node.get(XSI_TYPE) or "").rpartition(":")[2]
            return f"xsd.AnyObject(xsd.String(), {text!r})" if plain == "string" else repr(text)
        plain = text.strip()
        if what.family in ("boolean", "list", *INTEGER_FAMILIES):
            return repr(read_value(self.schema, type_name, text))
        if what.family in ("double", "decimal"):
            return repr(float(plain)) if _PLAIN_NUMBER.fullmatch(plain) else repr(plain)
        if what.family == "base64":
            return repr(base64.b64decode(plain))
        if what.family in _CALLS:
            module, call = _CALLS[what.family]
            self.imports.add(module)
            return f"{call}({plain!r})"
        return repr(text)
