"""What holds what, as the declarations of a schema say it: one step on the way from a type up to the messages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from lxml import etree

from ..model.names import ANY_TYPE, WSDL, XSD
from ..xsd.schema import Schema

Place = tuple[str, str]
"""What can hold something, with its folded name: what is declared globally (``element``, ``group`` …), whatever is
declared to be ``of`` a type, the content ``in`` a type and in its heirs."""

_XS = f"{{{XSD}}}"
_DECLARED = {
    f"{_XS}element": "element",
    f"{_XS}complexType": "in",
    f"{_XS}simpleType": "in",
    f"{_XS}group": "group",
    f"{_XS}attributeGroup": "attributeGroup",
    f"{_XS}attribute": "attribute",
}
_REFERRING = {
    f"{_XS}element": (
        ("type", "of"),
        ("ref", "element"),
    ),
    f"{_XS}attribute": (
        ("type", "of"),
        ("ref", "attribute"),
        (f"{{{WSDL}}}arrayType", "of"),
    ),
    f"{_XS}list": (("itemType", "of"),),
    f"{_XS}union": (("memberTypes", "of"),),
    f"{_XS}extension": (("base", "in"),),
    f"{_XS}restriction": (("base", "in"),),
    f"{_XS}group": (("ref", "group"),),
    f"{_XS}attributeGroup": (("ref", "attributeGroup"),),
}
"""Which attributes refer to what."""


class Holdings:
    """What some declarations say: ``holders`` of each place (of the content of a type, its heirs too)."""

    def __init__(self) -> None:
        self.holders = defaultdict[Place, list[Place]](list)
        self.bases: dict[Place, Place] = {}
        """What is of a complex type can stand where something is declared to be of its base."""
        self.typed: set[Place] = set()
        """Global elements that are declared to be of a type, in the place of one inside."""


def read_holdings(schema: Schema, fold: Callable[[str], str], choose: Callable[[Place], Holdings | None]) -> None:
    """Adds what each global declaration says to the holdings that ``choose`` gives for it, if any."""
    resolve = schema.declarations.resolve
    for root in schema.roots:
        target = root.get("targetNamespace")
        prefix = f"{{{target}}}" if target else ""
        for declaration in root.iterchildren(*_DECLARED):
            owner = _DECLARED[str(declaration.tag)], fold(prefix + declaration.get("name", ""))
            holdings = choose(owner)
            if holdings is None:
                continue
            holders = holdings.holders
            if owner[0] == "element" and declaration.get("type"):
                holdings.typed.add(owner)
            for node in declaration.iter():
                for attribute, kind in _REFERRING.get(node.tag, ()):
                    if (mentioned := node.get(attribute)) is None:
                        continue
                    for said in mentioned.split():
                        held = fold(resolve(node, said.rstrip("[]"), root))
                        holders[kind, held].append(owner)
                        if kind == "in" and held != ANY_TYPE and _is_complex_base(node, declaration):
                            holdings.bases.setdefault(("of", owner[1]), ("of", held))


def _is_complex_base(node: etree._Element, declaration: etree._Element) -> bool:
    """Whether it is the extension or the restriction that a complex type is."""
    content = node.getparent()
    return content is not None and content.getparent() is declaration and declaration.tag == f"{_XS}complexType"
