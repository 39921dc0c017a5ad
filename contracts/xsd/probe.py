"""One question: does this simple type accept this text? libxml2 answers it.

The compiled schema of a WSDL could be asked by xsi:type, but only of types that have a name. So a type is compiled
alone, with the simple types that it is made of: a small schema, the first time that it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from lxml import etree

from ..files.limits import TooLarge
from ..model import UnreadableContract, local, namespace
from ..model.names import XSD, resolve_qname
from .compiler import compile_schema
from .pieces import GIVES_UP
from .schema import Schema

_PROBED = "urn:services85:probed"
_MADE_OF = ("base", "itemType", "memberTypes")
"""The attributes by which a simple type names others."""


def accepts_text(schema: Schema, type_name: str, text: str, prefixes: Mapping[str | None, str] | None = None) -> bool:
    """Whether the text is a value of the type: simple, anonymous or builtin, by its Clark name (see `Schema.type`).

    ``prefixes``: those in scope, for a QName. A type that the schema does not know, or whose values are elements,
    accepts all. Raises UnreadableContract where the type does not compile, and TooLarge where libxml2
    gives up.
    """
    simple = next((found for found in schema.lineage(type_name) if found.kind != "complex"), None)
    if simple is None:
        return True
    scope = dict(prefixes or {})
    node = etree.Element(f"{{{_PROBED}}}value", nsmap=scope)  # type: ignore[arg-type]  # the stubs know no default
    try:
        node.text = text
    except ValueError:  # a control character: no XML can hold it
        return False
    try:
        return bool(_compile_alone(schema, simple.name).validate(node))
    except etree.XMLSchemaValidateError:
        raise TooLarge(GIVES_UP) from None


@lru_cache(maxsize=512)
def _compile_alone(schema: Schema, type_name: str) -> etree.XMLSchema:
    """A schema with one element, ``value``, of the type."""
    needed: list[str] = []

    def refer_to(name: str) -> str:
        """What the type is called in the small schema, which is made to hold it."""
        if namespace(name) == XSD:
            return f"probed-xsd:{local(name).replace('NOTATION', 'QName')}"  # as where a schema is compiled
        if name not in needed:
            needed.append(name)
        return f"probed:type{needed.index(name)}"

    kind = refer_to(type_name)
    parts = []
    for number, name in enumerate(needed):  # it grows as types refer to others
        declared = schema.node(name)
        if declared is None:
            continue
        copy = etree.fromstring(etree.tostring(declared, with_tail=False))  # keeps the prefixes in scope
        copy.set("name", f"type{number}")
        for node in copy.iter(etree.Element):
            for attribute in _MADE_OF:
                if named := node.get(attribute):
                    node.set(
                        attribute, " ".join(refer_to(resolve_qname(node, qname) or qname) for qname in named.split())
                    )
        parts.append(etree.tostring(copy).decode())
    text = (
        f'<probed-xsd:schema xmlns:probed-xsd="{XSD}" xmlns:probed="{_PROBED}" targetNamespace="{_PROBED}">'
        f'{"".join(parts)}<probed-xsd:element name="value" type="{kind}"/></probed-xsd:schema>'
    )
    try:
        return compile_schema(etree.fromstring(text))
    except etree.XMLSchemaParseError as error:
        raise UnreadableContract(f"{schema.source}: the type {local(type_name)} does not compile: {error}") from None
