"""SoapUI and ReadyAPI projects (XML): requests, those of test steps, and the answers of mocks.

Source: SoapUI's soapui.xsd (http://eviware.com/soapui/config).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from ...files.limits import Unreadable
from ...model import Direction, Headers, Http, Message, local
from ..coding import unpack_body
from ..guessing import NAMESPACES
from ..reader import Item, NoMessage, Reader, Source
from ..stored import decode_base64, decode_escaped, encode_escaped, fill_placeholders, name_part
from ..tree import new_parser
from .envelope import find_root

_NAMESPACE = "http://eviware.com/soapui/config"
_NS = {"s": _NAMESPACE}
_PROPERTY = re.compile(r"\$\{(?:#\w+#)?([\w.-]+)\}")
_LINE_END = re.compile(r"\\r(?=\n|$)")
"""SoapUI writes the carriage returns of what it stores as a backslash and an r."""
_SIDES: dict[str, Direction] = {"request": "request", "responseContent": "response"}
_NAMED = ("operation", "call", "testSuite", "testCase", "testStep", "mockService", "mockOperation", "response")


def looks_like(head: bytes) -> bool:
    """Whether the root is a project, a suite or a service of SoapUI's."""
    root = find_root(head)
    return root is not None and root[0] == _NAMESPACE


def parse(data: bytes, source: Source) -> Iterator[Item]:
    """The messages, ``StopBatchJob / Request 1`` …, by the names of operation, case, step and request.

    ``${#Project#name}`` is replaced where the project itself has such a property, else it stays.
    """
    try:
        root = etree.fromstring(data, new_parser(huge=True))
    except etree.XMLSyntaxError as bad:
        raise Unreadable(f"a SoapUI project that is not well-formed XML: {' '.join(str(bad.msg).split())}") from None
    if root.find("s:encryptedContent", _NS) is not None:
        raise Unreadable("an encrypted SoapUI project: save it without its password")
    properties = root.iterfind(".//s:property", _NS)
    pairs = ((each.findtext("s:name", "", _NS), each.findtext("s:value", None, _NS)) for each in properties)
    values = {name.strip(): value for name, value in pairs if value is not None}
    count = 0
    for node in root.iter(*(f"{{{_NAMESPACE}}}{tag}" for tag in _SIDES)):
        if len(node) or not (node.text or "").strip():  # other things of a project are called request, too
            continue
        count += 1
        side, part = _SIDES[local(node.tag)], _name_node(node)
        packed = node.get("compression") == "gzip"
        try:
            text = _unpack_content(node.text or "", source) if packed else node.text or ""
        except Unreadable as bad:
            yield source.refuse_part(part, str(bad), side, mixed=True)
            continue
        data = encode_escaped(fill_placeholders(_LINE_END.sub("", text), values, _PROPERTY))
        if b"Envelope" not in data and not NAMESPACES.search(data):
            yield source.skip_part(part, "carries no SOAP message")
            continue
        begun = data.lstrip()
        line = node.sourceline + data.count(b"\n", 0, len(data) - len(begun))  # type: ignore[operator]  # it has one
        http = _read_head(node, values)
        yield Message(begun, source.file, part, side, http, None if packed else line, mixed=True)
    if not count:
        raise NoMessage("a SoapUI project without requests")


def _unpack_content(text: str, source: Source) -> str:
    """SoapUI packs what is longer than a limit that its settings have."""
    return decode_escaped(unpack_body(decode_base64(text), ["gzip"], source.max_size))


def _name_node(node: etree._Element) -> str:
    """``Suite / case / step``, ``operation / request``: what the tree of SoapUI shows above it."""
    own = node.get("name", "")
    above = [each.get("name", "") for each in node.iterancestors() if local(each.tag) in _NAMED]
    names = list(dict.fromkeys(name for name in (own, *above) if name))
    return name_part(*reversed(names)) or local(node.tag)


def _read_head(node: etree._Element, values: dict[str, str]) -> Http | None:
    """What SoapUI sends with a request of a SOAP 1.1 interface; None where the project does not say it."""
    operation, interface = (next(node.iterancestors(f"{{*}}{kind}"), None) for kind in ("operation", "interface"))
    action = None if operation is None else operation.get("action")
    if action is None or interface is None or interface.get("soapVersion") == "1_2":
        return None
    endpoint = node.findtext("../s:endpoint", None, _NS)
    target = fill_placeholders(endpoint, values, _PROPERTY) if endpoint else None
    headers = Headers((("Content-Type", "text/xml;charset=UTF-8"), ("SOAPAction", f'"{action}"')))
    return Http(headers, method="POST", target=None if target and "${" in target else target)


READER = Reader("SoapUI project", (), looks_like, parse)
