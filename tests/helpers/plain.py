"""A WSDL's schemas with nothing but lxml: the oracle and the yardstick beside the package's own way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lxml import etree

XS, WSDL = "{http://www.w3.org/2001/XMLSchema}", "{http://schemas.xmlsoap.org/wsdl/}"


def schema_texts(path: Path, pattern: str = "mem:{}") -> dict[str, bytes]:
    """The embedded schemas by a made-up location, their imports pointing at each other; the first is the WSDL's own."""
    found = etree.parse(str(path)).getroot().findall(f"{WSDL}types/{XS}schema")
    places = {schema.get("targetNamespace"): pattern.format(i) for i, schema in enumerate(found)}
    for schema in found:
        for node in schema.findall(f"{XS}import"):
            if node.get("namespace") in places:
                node.set("schemaLocation", places[node.get("namespace")])
    return {places[schema.get("targetNamespace")]: etree.tostring(schema) for schema in found}


class Embedded(etree.Resolver):
    """Serves schemas from memory."""

    def __init__(self, texts: dict[str, bytes]) -> None:
        self.texts = texts

    def resolve(self, url: str, public: str, context: Any) -> Any:  # type: ignore[override]  # as lxml calls it
        return self.resolve_string(self.texts[url], context, base_url=url)


def compile_plain(path: Path) -> etree.XMLSchema:
    """Parse, connect the imports, compile."""
    texts = schema_texts(path)
    parser = etree.XMLParser()
    parser.resolvers.add(Embedded(texts))
    return etree.XMLSchema(etree.fromstring(next(iter(texts.values())), parser))
