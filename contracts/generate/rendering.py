"""A sample as something to run: raw HTTP, a curl command, PowerShell, C#, Python code for zeep."""

from __future__ import annotations

import base64
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import Literal
from urllib.parse import quote

from lxml import etree

from ..files.archive import split_archive
from ..model import ContractsError, Direction, Element, Headers, Http, Operation, local
from ..model.names import EXAMPLE_TICKET, EXAMPLE_TOKEN, XSI_TYPE, is_nil
from ..model.urls import split_url
from ..wsdl.service import Service
from ..xsd.values import read_value
from .forms import INTEGER_FAMILIES, is_simple, value_space

Rendering = Literal["envelope", "http", "curl", "python", "powershell", "csharp"]
RENDERINGS: tuple[Rendering, ...] = ("envelope", "http", "curl", "python", "powershell", "csharp")


def make_head(service: Service, operation: Operation, direction: Direction, data: bytes) -> Http:
    """The HTTP head that carries ``data`` by the contract."""
    content = ("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(data)))
    if direction == "response":
        return Http(Headers(content), status=200, reason="OK")
    url = split_url(service.address or f"https://localhost{service.path}")
    fields = (("Host", url.netloc), content[0], ("SOAPAction", f'"{operation.action}"'), content[1])
    return Http(Headers(fields), method="POST", target=url.path or "/")


def write_http(http: Http, data: bytes) -> bytes:
    """A raw HTTP message, CRLF after each field; Content-Length is that of ``data``, and comes last."""
    if http.status is None:
        line = f"{http.method or 'POST'} {http.target or '/'} HTTP/1.1"
    else:
        line = f"HTTP/1.1 {http.status} {http.reason}".rstrip()
    fields = [f"{name}: {value}" for name, value in http.headers if name.lower() != "content-length"]
    head = "\r\n".join([line, *fields, f"Content-Length: {len(data)}", "", ""])
    return head.encode("latin-1", "replace") + data


def render_message(
    service: Service, operation: str | Operation, data: bytes, direction: Direction = "request", *, as_: Rendering
) -> bytes:
    """A message, as `make_sample` makes it, in another form.

    ``envelope``: as it is; ``http``: with the head that carries it; ``curl``: a command for a POSIX shell, which takes
    the envelope from a here-document; ``python``: a program for zeep that calls the operation with the message's
    values; ``powershell``, ``csharp``: a script and a program that post the envelope. Those four, whose texts are in
    ``programs``, are for requests; they take ApplicationToken, Ticket and, where it is set, the tenant's URL from the
    environment, by the names that a live tenant has (`live.tenant_settings`).
    """
    found = service.operations[operation] if isinstance(operation, str) else operation
    if as_ == "envelope":
        return data
    if as_ == "http":
        return write_http(make_head(service, found, direction, data), data)
    if direction == "response":
        raise ContractsError(f"{found.label}: only a request can be shown as {as_}")
    base, slash, file = service.address.rpartition("/")  # SERVICES85_URL may replace the base; /Batch.svc stays
    write = {"curl": _fill_curl, "python": _fill_python, "powershell": _fill_powershell, "csharp": _fill_csharp}[as_]
    program = _ProgramText(Path(__file__).with_name("programs").joinpath(f"{as_}.txt").read_text(encoding="utf-8"))
    return program.substitute(write(service, found, data, base, slash + file)).encode()


class _ProgramText(Template):
    """A text with ``%{name}`` in it, which means nothing in any of the languages; ``$`` and ``{}`` do."""

    delimiter = "%"


_VARIABLES = {EXAMPLE_TOKEN: "SERVICES85_APPLICATION_TOKEN", EXAMPLE_TICKET: "SERVICES85_TICKET"}
"""What stands in a sample for a secret -> the variable that holds it."""
_PLACEHOLDER = re.compile(f"(?<=>)({'|'.join(map(re.escape, _VARIABLES))})(?=<)")


def _fill_curl(service: Service, operation: Operation, data: bytes, base: str, file: str) -> dict[str, str]:
    text = re.sub(r"[\\$`]", r"\\\g<0>", data.decode())
    text = _PLACEHOLDER.sub(lambda found: f"${{{_VARIABLES[found[0]]}:?}}", text)
    marker = "SOAP"  # ends the here-document: no line of the envelope may say the same
    while re.search(rf"^{marker}$", text, re.MULTILINE):
        marker += "_"
    return {
        "base": quote(base, safe=":/?&=%[]@,;~"),
        "file": quote(file, safe=":/?&=%[]@,;~"),
        "action": shlex.quote(f'SOAPAction: "{operation.action}"'),
        "marker": marker,
        "envelope": text if text.endswith("\n") else f"{text}\n",
    }


def _fill_powershell(service: Service, operation: Operation, data: bytes, base: str, file: str) -> dict[str, str]:
    def quote_text(text: str) -> str:
        """Typographic quotes end a string as well there; doubled, each stands for itself."""
        return "'" + re.sub("['\u2018-\u201b]", r"\g<0>\g<0>", text) + "'"

    return _quote_all(operation, data, base, file, quote_text, "(Need {})")


def _fill_csharp(service: Service, operation: Operation, data: bytes, base: str, file: str) -> dict[str, str]:
    def quote_text(text: str) -> str:
        return '@"' + text.replace('"', '""') + '"'

    return _quote_all(operation, data, base, file, quote_text, "Need({})")


def _quote_all(
    operation: Operation, data: bytes, base: str, file: str, quote_text: Callable[[str], str], need: str
) -> dict[str, str]:
    """The operation's address and action, and the envelope, as literals; secrets are asked of ``Need``."""
    pieces = _PLACEHOLDER.split(data.decode())  # text, placeholder, text ...
    envelope = [
        need.format(quote_text(_VARIABLES[piece])) if index % 2 else quote_text(piece)
        for index, piece in enumerate(pieces)
    ]
    texts = {"base": base, "file": file, "action": f'"{operation.action}"'}
    return {name: quote_text(text) for name, text in texts.items()} | {"envelope": " + ".join(envelope)}


def _fill_python(service: Service, operation: Operation, data: bytes, base: str, file: str) -> dict[str, str]:
    root = etree.fromstring(data)
    writer = _ZeepLiterals(service)
    body = next(n for n in root.iter() if n.tag == operation.request.body)
    declared = service.schema.element(str(body.tag))
    members = writer.write_members(body, declared.type if declared else "", 0)
    headers = filter(None, map(writer.write_header, root.iter(*operation.request.headers)))
    wsdl = repr(service.source)
    if packed := split_archive(service.source):
        writer.imports.add("zipfile")
        wsdl = "zipfile.ZipFile({!r}).open({!r})".format(*packed)
    return {
        "headers": "".join(f"    {line},\n" for line in headers),
        "arguments": "".join(f"    {name}={value},\n" for name, value in members),
        "imports": "".join(f"import {name}\n" for name in sorted({"os", *writer.imports} - {"xsd"})),
        "xsd": ", xsd" if "xsd" in writer.imports else "",
        "wsdl": wsdl,
        "base": repr(base),
        "file": repr(file),
        "binding": repr(f"{{{service.namespace}}}{service.binding.name}"),
        "operation": operation.name,
    }


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

    def write_header(self, block: etree._Element) -> str:
        name = local(str(block.tag))
        if name == "ApplicationToken":
            return f'{name!r}: os.environ["SERVICES85_APPLICATION_TOKEN"]'
        if name == "Credentials":
            return f'{name!r}: {{"Ticket": os.environ["SERVICES85_TICKET"]}}'
        declared = self.schema.element(str(block.tag))
        return f"{name!r}: {self.write_value(block, declared, 1)}" if declared else ""

    def write_members(self, node: etree._Element, type_name: str, depth: int) -> list[tuple[str, str]]:
        """(name, literal) of each member of an element; repeated ones are a list."""
        found = []
        for member in self.schema.members(type_name):
            values = [self.write_value(child, member, depth + 1) for child in node.iterchildren(member.name)]
            if member.max_occurs != 1 and values:
                found.append((member.local, f"[{', '.join(values)}]"))
            elif values:
                found.append((member.local, values[0]))
        return found

    def write_value(self, node: etree._Element, member: Element, depth: int) -> str:
        if is_nil(node):
            self.imports.add("xsd")
            return "xsd.Nil"
        if is_simple(self.schema.type(member.type)):
            return self._write_simple(member.type, node)
        pad = "    " * depth
        rows = "".join(f"{pad}    {name!r}: {value},\n" for name, value in self.write_members(node, member.type, depth))
        return f"{{\n{rows}{pad}}}" if rows else "{}"

    def _write_simple(self, type_name: str, node: etree._Element) -> str:
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
