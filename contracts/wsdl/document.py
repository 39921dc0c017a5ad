"""One WSDL -> the services that it describes, one for each port type."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from ..files.prolog import decode_beginning
from ..model import UnreadableContract
from ..model.names import WSDL
from ..xsd.schema import Schema
from .binding import SOAP, BoundPort, read_bindings, read_port_types
from .documents import Documents, Fetch, parse_xml, show_tag
from .service import Service, version_of


def parse_wsdl(data: bytes, source: str, fetch: Fetch | None = None, *, any_binding: bool = False) -> list[Service]:
    """The services of one WSDL: one for each port type that a SOAP 1.1 document/literal binding carries.

    ``source`` names it in errors and is the base of relative locations, which ``fetch`` reads. With ``any_binding``
    a WSDL whose binding is another one is taken too (for comparing). Raises UnreadableContract: one line.
    """
    root = parse_xml(data, source)
    if root.tag != f"{{{WSDL}}}definitions":
        raise UnreadableContract(f"{source}:{root.sourceline}: not a WSDL 1.1: its root is {show_tag(root.tag)}")
    if data[:1] in (b"\xff", b"\xfe", b"\x00") or data[1:2] == b"\x00":  # UTF-16: what is searched for is ASCII
        data = decode_beginning(data, len(data)).encode()
    documents = Documents(root, data, source, fetch)
    digest = _digest_text(documents, data)
    bindings = read_bindings(documents)
    usable = [bound for bound in bindings if bound.is_usable(any_binding)]
    if any_binding:  # port types that nothing carries can be compared all the same
        carried = {bound.port_type for bound in bindings}
        usable += [port for port in read_port_types(documents) if port.port_type not in carried]
    if not usable:
        shown = _show_bindings(bindings)
        raise UnreadableContract(f"{source}:{root.sourceline}: no SOAP 1.1 document/literal binding ({shown})")
    schema = Schema(documents.schemas, source)  # one for all services: compiling rewrites the locations in its tree
    return _prefer_soap11([bound.service(digest, schema) for bound in usable])


def _digest_text(documents: Documents, data: bytes) -> str:
    """Of the text, the version's own name folded. What it imports may change under it: then its place counts too."""
    version = version_of(documents.target)
    text = data.replace(f"/{version}".encode(), b"") if version else data
    if len(documents.places) > 1 or b"schemaLocation" in data:
        text += documents.source.encode()
    return hashlib.sha256(text).hexdigest()[:16]


def _prefer_soap11(services: Sequence[Service]) -> list[Service]:
    """Of several bindings of one port type the first SOAP 1.1 one counts; the others go along with it."""
    bound: dict[tuple[str, str], list[Service]] = {}
    for service in services:
        bound.setdefault((service.namespace, service.agent), []).append(service)
    each = [sorted(found, key=lambda s: s.binding.soap != "1.1") for found in bound.values()]
    return [replace(first, other_bindings=tuple(others)) if others else first for first, *others in each]


def _show_bindings(bindings: Sequence[BoundPort]) -> str:
    """What there is instead of a usable one, for the error line."""
    if not bindings:
        return "it has no binding at all"
    kinds = sorted({bound.binding.soap if bound.binding.soap in SOAP else "none" for bound in bindings})
    styles = sorted({bound.binding.style for bound in bindings})
    encoded = "; use encoded" if any(bound.is_encoded() for bound in bindings) else ""
    return f"SOAP {', '.join(kinds)}; style {', '.join(styles)}{encoded}"
