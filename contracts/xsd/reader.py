"""Nodes of a schema -> `Element`, `Type` and `Attribute`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

from ..model import Attribute, Element, EnumValue, Type, local, namespace
from ..model.names import ANY_TYPE, SERIALIZATION, WSDL, XSD
from .declarations import Declarations, find_schema

_XS = f"{{{XSD}}}"
_ANY_SIMPLE_TYPE = f"{_XS}anySimpleType"
# Children of a simple type's restriction that are no facets of it.
_NO_FACETS = (f"{_XS}enumeration", f"{_XS}annotation", f"{_XS}simpleType")
_NUMBER = re.compile("-?[0-9]{1,20}")
_DERIVATIONS = (f"{_XS}extension", f"{_XS}restriction")


class DeclarationReader:
    """Reads declarations, one at a time, as they are asked for.

    ``anonymous``: the types without a name that it met, by the names it gave them (see `Element`). ``known``: a table
    of the global elements that were read, by their Clark names; it adds to them.
    """

    def __init__(self, declarations: Declarations, known: dict[str, Element]) -> None:
        self._declarations = declarations
        self._known = known
        self.anonymous: dict[str, etree._Element] = {}

    def read_global(self, name: str) -> Element | None:
        """The global element of a Clark name."""
        if name not in self._known and (node := self._declarations.elements.get(name)) is not None:
            self._known[name] = self._read_element(node, name, None, node.getparent())
        return self._known.get(name)

    def _read_element(
        self, node: etree._Element, name: str, owner: str | None, schema: etree._Element | None
    ) -> Element:
        """A global element, or a member of the type ``owner``, in the ``xs:schema`` around it."""
        maximum = node.get("maxOccurs", "1")
        low, high = _read_count(node.get("minOccurs", "1")), None if maximum == "unbounded" else _read_count(maximum)
        if reference := node.get("ref"):
            target = self._declarations.resolve(node, reference, schema)
            found = self.read_global(target)
            if found is None:
                return Element(target, ANY_TYPE, low, high)
            return Element(target, found.type, low, high, found.nillable, found.preset)
        if said := node.get("type"):
            resolved = self._declarations.resolve(node, said, schema)
        elif (inner := next(node.iterchildren(f"{_XS}complexType", f"{_XS}simpleType"), None)) is not None:
            plain = local(name)
            resolved = f"{owner}/{plain}" if owner else f"{{{namespace(name)}}}#{plain}"
            self.anonymous[resolved] = inner
        else:
            resolved = ANY_TYPE
        return Element(name, resolved, low, high, _is_true(node.get("nillable")), _read_preset(node))

    def read_type(self, node: etree._Element, name: str) -> Type:
        """A simple or complex type."""
        return self._read_simple(node, name) if node.tag == f"{_XS}simpleType" else self._read_complex(node, name)

    def _read_simple(self, node: etree._Element, name: str) -> Type:
        if (items := node.find(f"{_XS}list")) is not None:
            return Type(name, "list", item=self._read_type_name(items, "itemType", f"{name}/item"))
        restriction = node.find(f"{_XS}restriction")
        if restriction is None:
            return Type(name, "simple", content="union")
        values = tuple(_read_enum_value(v) for v in restriction.iterchildren(f"{_XS}enumeration"))
        facets = tuple(
            (local(str(f.tag)), f.get("value", ""))
            for f in restriction.iterchildren(tag=etree.Element)
            if f.tag not in _NO_FACETS
        )
        base = self._read_type_name(restriction, "base", f"{name}/base")
        return Type(name, "enum" if values else "simple", base=base, values=values, facets=facets)

    def _read_type_name(self, node: etree._Element, attribute: str, name: str) -> str:
        """The simple type that an attribute names, or that stands inside without a name: it is then called ``name``."""
        if said := node.get(attribute):
            return self._declarations.resolve(node, said)
        inner = node.find(f"{_XS}simpleType")
        if inner is None:
            return _ANY_SIMPLE_TYPE
        self.anonymous[name] = inner
        return name

    def _read_complex(self, node: etree._Element, name: str) -> Type:
        holder, base, content = node, None, "sequence"
        mixed = _is_true(node.get("mixed"))
        parts = {str(child.tag): child for child in node}
        if (inner := parts.get(f"{_XS}complexContent")) is not None:
            holder = next(inner.iterchildren(*_DERIVATIONS), inner)
            base = self._declarations.resolve(holder, holder.get("base", ""))
            if holder.tag == f"{_XS}restriction" and base != ANY_TYPE:  # else there is nothing that it restricts
                content = "restriction"
            mixed = mixed or _is_true(inner.get("mixed"))
        elif (inner := parts.get(f"{_XS}simpleContent")) is not None:
            holder = next(inner.iterchildren(*_DERIVATIONS), inner)
            base, content, mixed = self._declarations.resolve(holder, holder.get("base", "")), "simple", False
        members: list[Element] = []
        particles = self._read_particles(holder, name, members, "mixed" if mixed else content, find_schema(node))
        return Type(
            name,
            "complex",
            base=None if base == ANY_TYPE else base,
            members=tuple(members),
            attributes=tuple(self._read_attributes(holder, name)),
            content=content if content == "simple" else particles,
            dictionary=_is_dictionary(parts.get(f"{_XS}annotation")),
            abstract=_is_true(node.get("abstract")),
        )

    def _read_particles(
        self,
        holder: etree._Element,
        owner: str,
        members: list[Element],
        content: str,
        schema: etree._Element | None,
        entered: tuple[str, ...] = (),
    ) -> str:
        """Adds to ``members`` what ``holder`` declares in it. Returns `Type.content`: ``content``, or the last
        construct in it that is more than a plain sequence. ``entered``: the groups around it, by their references."""
        for node in holder.iterchildren(tag=etree.Element):
            tag = local(str(node.tag))
            # What is there once, in order, is as if it stood in what is around it; but not in a choice.
            once = node.get("minOccurs", "1") == "1" and node.get("maxOccurs", "1") == "1"
            is_plain = once and holder.tag != f"{_XS}choice"
            if tag == "element":
                members.append(self._read_element(node, _name_member(node, schema), owner, schema))
                if node.get("ref") and members[-1].name in self._declarations.heads:
                    content = "substitution"
            elif tag in ("sequence", "choice", "all"):
                if tag != "sequence" or not is_plain:
                    content = tag if tag != "sequence" else "nested"
                content = self._read_particles(node, owner, members, content, schema, entered)
            elif tag in ("any", "anyAttribute"):
                content = "wildcard"
            elif tag == "group":
                content = content if is_plain else tag
                reference = node.get("ref", "")
                # A group that refers to itself would never end.
                if reference not in entered and (group := self._declarations.follow(node)) is not None:
                    within = find_schema(group)
                    content = self._read_particles(group, owner, members, content, within, (*entered, reference))
        return content

    def _read_attributes(
        self, holder: etree._Element, owner: str, entered: set[str] | None = None
    ) -> Iterator[Attribute]:
        """``entered``: the groups that were read already; what one holds twice would be no schema."""
        entered = set() if entered is None else entered
        for node in holder.iterchildren(f"{_XS}attribute", f"{_XS}attributeGroup"):
            reference = node.get("ref", "")
            declared = self._declarations.follow(node) if reference else node
            if node.tag == f"{_XS}attributeGroup":
                if declared is not None and reference and reference not in entered:
                    entered.add(reference)
                    yield from self._read_attributes(declared, owner, entered)
                continue
            name = self._declarations.resolve(node, reference) if reference else node.get("name", "")
            kind = _ANY_SIMPLE_TYPE
            if array := node.get(f"{{{WSDL}}}arrayType"):  # SOAP 1.1's own arrays: what they hold
                kind = self._declarations.resolve(node, array)
            elif declared is not None:
                kind = self._read_type_name(declared, "type", f"{owner}/@{local(name)}")
            preset = _read_preset(node) or (None if declared is None else _read_preset(declared))
            yield Attribute(name, kind, node.get("use", "optional"), preset)


def _name_member(node: etree._Element, schema: etree._Element | None) -> str:
    """The name of a local element: in the namespace of the schema that it stands in, where it is qualified."""
    name = node.get("name") or ""
    if schema is None or (node.get("form") or schema.get("elementFormDefault")) != "qualified":
        return name
    target = schema.get("targetNamespace")
    return f"{{{target}}}{name}" if target else name


def _read_preset(node: etree._Element) -> tuple[str, str] | None:
    for kind in ("fixed", "default"):
        if (value := node.get(kind)) is not None:
            return kind, value
    return None


def _read_enum_value(node: etree._Element) -> EnumValue:
    number = (node.findtext(f".//{{{SERIALIZATION}}}EnumerationValue") or "").strip() if len(node) else ""
    return EnumValue(node.get("value", ""), int(number) if _NUMBER.fullmatch(number) else None)


def _is_dictionary(annotation: etree._Element | None) -> bool:
    said = None if annotation is None else annotation.findtext(f"{_XS}appinfo/{{{SERIALIZATION}}}IsDictionary")
    return _is_true(said)


def _is_true(text: str | None) -> bool:
    return (text or "").strip() in ("true", "1")


@lru_cache(maxsize=256)
def _read_count(text: str) -> int:
    """minOccurs or maxOccurs; what is no number is taken for 1, the default: the compiled schema refuses it."""
    digits = text.strip()
    return int(digits[:20]) if digits.isascii() and digits.isdigit() else 1  # no more digits than any document needs
