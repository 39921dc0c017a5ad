"""SoapUI and ReadyAPI projects (XML): requests, those of test steps, and the answers of mocks.

Source: SoapUI's soapui.xsd (http://eviware.com/soapui/config).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from ...files.limits import Unreadable
from ...model import Direction, Headers, Http, Message, local
from ..coding import unpack
from ..exchange import decode_base64, fill_placeholders, name_part
from ..guessing import NAMESPACES
from ..reader import NoMessage, Reader, Skipped, Source
from .envelope import find_root

_NAMESPACE = "http://eviware.com/soapui/config"
_PROPERTY = re.compile(r"\$\{(?:#\w+#)?([\w.-]+)\}")
_LINE_END = re.compile(r"\\r(?=\n|$)")
"""SoapUI writes the carriage returns of what it stores as a backslash and an r."""
_SIDES: dict[str, Direction] = {"request": "request", "responseContent": "response"}
_NAMED = ("operation", "call", "testSuite", "testCase", "testStep", "mockService", "mockOperation", "response")


def looks_like(head: bytes) -> bool:
    """Whether the root is a project, a suite or a service of SoapUI's."""
    root = find_root(head)
    return root is not None and root[0] == _NAMESPACE


def parse(data: bytes, source: Source) -> Iterator[Message | Skipped]:
    """The messages, ``StopBatchJob / Request 1`` …, by the names of operation, case, step and request.

    ``${#Project#name}`` is replaced where the project itself has such a property, else it stays.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as bad:
        raise Unreadable(f"a SoapUI project that is not well-formed XML: {' '.join(str(bad.msg).split())}") from None
    if root.find(f"{{{_NAMESPACE}}}encryptedContent") is not None:
        raise Unreadable("an encrypted SoapUI project: save it without its password")
    values = {
        name.text.strip(): (value.text or "")
        for held in root.iter(f"{{{_NAMESPACE}}}property")
        if (name := held.find(f"{{{_NAMESPACE}}}name")) is not None and name.text
        if (value := held.find(f"{{{_NAMESPACE}}}value")) is not None
    }
    count = 0
    for node in root.iter(*(f"{{{_NAMESPACE}}}{tag}" for tag in _SIDES)):
        if len(node) or not (node.text or "").strip():
            continue
        count += 1
        side, part = _SIDES[local(node.tag)], _name(node)
        packed = node.get("compression") == "gzip"
        try:
            text = _unpack(node.text or "", source) if packed else node.text or ""
        except Unreadable as bad:
            yield Message(b"", source.file, part, side, line=None, problem=str(bad), mixed=True)
            continue
        text = _LINE_END.sub("", text)
        text = fill_placeholders(text, values, _PROPERTY)
        if "Envelope" not in text and not NAMESPACES.search(text.encode("utf-8", "surrogateescape")):
            yield Skipped(source.file, part, "carries no SOAP message")
            continue
        lead = len(text) - len(text.lstrip())
        line = node.sourceline + text.count("\n", 0, lead)  # type: ignore[operator]  # parsed from text: it has one
        line = None if packed else line
        yield Message(
            text[lead:].encode("utf-8", "surrogateescape"),
            source.file,
            part,
            side,
            _head(node, values),
            line,
            mixed=True,
        )
    if not count:
        raise NoMessage("a SoapUI project without requests")


def _unpack(text: str, source: Source) -> str:
    """SoapUI packs what is longer than a limit that its settings have."""
    return unpack(decode_base64("".join(text.split())), ["gzip"], source.max_size).decode("utf-8", "surrogateescape")


def _name(node: etree._Element) -> str:
    """``Suite / case / step``, ``operation / request``: what the tree of SoapUI shows above it."""
    own = node.get("name", "")
    above = [each.get("name", "") for each in node.iterancestors() if local(each.tag) in _NAMED]
    names = list(dict.fromkeys(name for name in (own, *above) if name))
    return name_part(*reversed(names)) or local(node.tag)


def _head(node: etree._Element, values: dict[str, str]) -> Http | None:
    """What SoapUI sends with a request of a SOAP 1.1 interface; None where the project does not say it."""
    operation = next(node.iterancestors(f"{{{_NAMESPACE}}}operation"), None)
    interface = next(node.iterancestors(f"{{{_NAMESPACE}}}interface"), None)
    call = node.getparent()
    if operation is None or interface is None or call is None or interface.get("soapVersion") == "1_2":
        return None
    action, endpoint = operation.get("action"), call.findtext(f"{{{_NAMESPACE}}}endpoint")
    if action is None:
        return None
    target = fill_placeholders(endpoint, values, _PROPERTY) if endpoint else None
    headers = Headers((("Content-Type", "text/xml;charset=UTF-8"), ("SOAPAction", f'"{action}"')))
    return Http(headers, method="POST", target=None if target and "${" in target else target)


READER = Reader("SoapUI project", (), looks_like, parse)
