"""One WSDL -> the services that it describes, one for each port type."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, cached_property, partial

from ..xsd.schema import Schema
from .binding import SOAP, BoundPort, read_bindings, read_port_types
from .documents import Documents, Fetch
from .service import Service, version_of


class Wsdl:
    """One WSDL as a tree. ``source`` names it in errors, and is the base of relative locations, which ``fetch`` reads.

    With ``any_binding`` one whose binding is no SOAP 1.1 document/literal is taken too (for comparing).
    Raises UnreadableContract: one line.
    """

    def __init__(self, data: bytes, source: str, fetch: Fetch | None = None, *, any_binding: bool = False) -> None:
        self._documents = Documents(data, source, fetch)
        self._any_binding = any_binding
        self.imports = self._documents.own_imports()
        """Where the WSDLs lie that it imports itself; they are read once its services are asked for."""

    @cached_property
    def services(self) -> list[Service]:
        """One for each port type that a usable binding carries. Raises UnreadableContract where there is none."""
        documents = self._documents
        bindings = read_bindings(documents)
        usable = [bound for bound in bindings if bound.is_usable(self._any_binding)]
        if self._any_binding:  # port types that nothing carries can be compared all the same
            carried = {bound.port_type for bound in bindings}
            usable += [port for port in read_port_types(documents) if port.port_type not in carried]
        if not usable:
            shown = _show_bindings(bindings)
            raise documents.error(documents.root, f"no SOAP 1.1 document/literal binding ({shown})")
        # One for all services: compiling rewrites the locations in its tree.
        schema = Schema(documents.schemas, documents.source)
        version, is_alone = version_of(documents.target), not documents.imports
        digest_text = cache(partial(_digest_text, documents.data, version, documents.source, is_alone=is_alone))
        return _prefer_soap11([bound.service(digest_text, schema) for bound in usable])


def parse_wsdl(data: bytes, source: str, fetch: Fetch | None = None, *, any_binding: bool = False) -> list[Service]:
    """The services of one WSDL: one for each port type that a binding carries; see `Wsdl`."""
    return Wsdl(data, source, fetch, any_binding=any_binding).services


def _digest_text(data: bytes, version: str, source: str, *, is_alone: bool) -> str:
    """Of the text, the version's own name folded. What it imports may change under it: then its place counts too."""
    found = hashlib.sha256()
    for part in data.split(f"/{version}".encode()) if version else [data]:
        found.update(part)
    if not is_alone or b"schemaLocation" in data:
        found.update(source.encode())
    return found.hexdigest()[:16]


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
