"""A WSDL's embedded schemas -> libxml2's compiled form, in which they find each other."""

from __future__ import annotations

from typing import Any

from lxml import etree

from ..model import UnreadableContract
from ..model.names import XSD

_XS = f"{{{XSD}}}"
_LOCATION = "services85-schema:"
_DRIVER = "urn:services85:driver"


def compile_schemas(roots: list[etree._Element], source: str) -> etree.XMLSchema:
    """The ``xs:schema`` elements as one schema; any global element can be its root. Raises UnreadableContract."""
    by_namespace: dict[str | None, list[etree._Element]] = {}
    for root in roots:
        by_namespace.setdefault(root.get("targetNamespace"), []).append(root)
    places = {space: f"{_LOCATION}{i}" for i, space in enumerate(by_namespace)}
    # Embedded schemas import each other without saying where: libxml2 then finds nothing.
    for root in roots:
        for node in root.iterchildren(f"{_XS}import"):
            if (place := places.get(node.get("namespace"))) is not None:
                node.set("schemaLocation", place)
            else:
                node.attrib.pop("schemaLocation", "")
        for node in list(root.iterchildren(f"{_XS}include")):
            root.remove(node)
    documents: dict[str, bytes] = {}
    for space, parts in by_namespace.items():
        place = places[space]
        if len(parts) == 1:
            documents[place] = etree.tostring(parts[0])
            continue
        whole = etree.Element(f"{_XS}schema", nsmap={"xs": XSD})
        if space:
            whole.set("targetNamespace", space)
        # Documents that import each other may all embed the same schema: once is enough.
        different = {etree.tostring(root, method="c14n", exclusive=True): root for root in parts}
        for i, root in enumerate(different.values()):
            documents[f"{place}.{i}"] = etree.tostring(root)
            etree.SubElement(whole, f"{_XS}include", schemaLocation=f"{place}.{i}")
        documents[place] = etree.tostring(whole)
    # In a namespace of its own: else it could not import schemas that have none.
    driver = etree.Element(f"{_XS}schema", nsmap={"xs": XSD}, targetNamespace=_DRIVER)
    for space, place in places.items():
        node = etree.SubElement(driver, f"{_XS}import", schemaLocation=place)
        if space:
            node.set("namespace", space)
    parser = etree.XMLParser(no_network=True, resolve_entities=False, huge_tree=True)
    parser.resolvers.add(_Documents(documents))
    try:
        return etree.XMLSchema(etree.fromstring(etree.tostring(driver), parser))
    except etree.XMLSchemaParseError as error:
        raise UnreadableContract(f"{source}: its schemas do not compile: {_first_error(error)}") from None


def _first_error(error: etree.XMLSchemaParseError) -> str:
    text = next((entry.message for entry in error.error_log if entry.level_name != "WARNING"), str(error))
    return " ".join(text.split())


class _Documents(etree.Resolver):
    """Serves the schemas that one WSDL embeds; anything else is not there."""

    def __init__(self, documents: dict[str, bytes]) -> None:
        self._documents = documents

    # lxml-stubs leave out the context that lxml passes.
    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:  # type: ignore[override]
        return self.resolve_string(self._documents.get(system_url, b""), context, base_url=system_url)
