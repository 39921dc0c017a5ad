"""Values that are QNames, declared in words that libxml2 compares right.

It compares a fixed xs:QName by its text, looks for the prefix of a default one in the message, and knows no
xs:NOTATION without a prefix. So the text that is compiled says the same in other words; facts are read from the
schema as it stands.
"""

from __future__ import annotations

from lxml import etree

from ..model.names import XSD, resolve_qname

_XS = f"{{{XSD}}}"
_QNAME, _NOTATION = f"{_XS}QName", f"{_XS}NOTATION"
_REFERRING = ("base", "type", "itemType", "memberTypes")
"""The attributes that name types."""
_PRESETS = ("fixed", "default")


def find_qname_types(roots: list[etree._Element]) -> frozenset[str]:
    """The types whose values are QNames: the two builtins, and the global ones that restrict them."""
    bases: dict[str | None, set[str]] = {}
    for root in roots:
        for simple in root.iterchildren(f"{_XS}simpleType"):
            restriction = simple.find(f"{_XS}restriction[@base]")
            if restriction is not None:
                base = resolve_qname(restriction, restriction.get("base", ""))
                bases.setdefault(base, set()).add(f"{{{root.get('targetNamespace', '')}}}{simple.get('name')}")
    found, todo = set[str](), [_QNAME, _NOTATION]
    while todo:
        if (name := todo.pop()) not in found:
            found.add(name)
            todo += bases.get(name, ())
    return frozenset(found)


def has_qname_values(text: bytes) -> bool:
    """Whether anything in the text of a schema may be for `rewrite_qname_values`, told quickly."""
    return b'NOTATION"' in text or b' fixed="' in text or b' default="' in text


def rewrite_qname_values(root: etree._Element, qname_types: frozenset[str]) -> None:
    """Changes a copy of a schema."""
    for node in root.iter(f"{_XS}element", f"{_XS}attribute"):
        if any(preset in node.attrib for preset in _PRESETS) and _holds_qname(node, qname_types):
            _rewrite_preset(node)
    for node in root.iter(etree.Element):
        for attribute in _REFERRING:
            if (named := node.get(attribute)) and named.endswith("NOTATION"):
                node.set(attribute, " ".join(_name_qname(node, each) for each in named.split()))


def _name_qname(node: etree._Element, name: str) -> str:
    """xs:QName for xs:NOTATION: an enumeration, which a type of notations has to have, says which there are."""
    return f"{name.removesuffix('NOTATION')}QName" if resolve_qname(node, name) == _NOTATION else name


def _holds_qname(node: etree._Element, qname_types: frozenset[str]) -> bool:
    """Whether the values of an element or attribute are QNames, or those of a type that it declares itself."""
    if named := node.get("type"):
        return resolve_qname(node, named) in qname_types
    restriction = node.find(f"{_XS}simpleType/{_XS}restriction[@base]")
    return restriction is not None and resolve_qname(restriction, restriction.get("base", "")) in qname_types


def _rewrite_preset(node: etree._Element) -> None:
    """A fixed value is the one of an enumeration; an element that has a fixed value or a default may be empty."""
    fixed = node.get("fixed")
    for preset in _PRESETS:
        node.attrib.pop(preset, "")
    named, inner = node.attrib.pop("type", ""), node.find(f"{_XS}simpleType")
    holder = etree.SubElement(node, f"{_XS}simpleType")
    if node.tag == f"{_XS}element":
        union = etree.SubElement(holder, f"{_XS}union")
        empty = etree.SubElement(etree.SubElement(union, f"{_XS}simpleType"), f"{_XS}restriction")
        empty.set("base", f"{holder.prefix}:string")
        etree.SubElement(empty, f"{_XS}length", value="0")
        holder = etree.SubElement(union, f"{_XS}simpleType")
    restriction = etree.SubElement(holder, f"{_XS}restriction")
    if inner is None:
        restriction.set("base", named)
    else:
        restriction.append(inner)
    if fixed is not None:
        etree.SubElement(restriction, f"{_XS}enumeration", value=fixed)
