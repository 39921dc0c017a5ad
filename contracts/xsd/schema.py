"""A WSDL's types: facts resolved when first asked for, and the compiled libxml2 schema.

Nothing is resolved or compiled before it is needed: of a version's sixty agents a message needs one.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from lxml import etree

from ..model import Attribute, Element, EnumValue, Type, UnreadableContract, local, namespace
from ..model.names import XSD as XSD
from .builtins import BUILTINS, Builtin
from .compiler import compiled

XSI = "http://www.w3.org/2001/XMLSchema-instance"
SERIALIZATION = "http://schemas.microsoft.com/2003/10/Serialization/"

_XS = f"{{{XSD}}}"
_WSDL = "http://schemas.xmlsoap.org/wsdl/"
ANY = f"{_XS}anyType"
_PREFIX = re.compile(rb"xmlns:([^\s=]+)")


class Schema:
    """The schemas of one WSDL, each a ``xs:schema`` element of a tree of its own or of the WSDL's.

    ``read`` gives the elements; it is called once, when the first fact is asked for. ``source`` names the file in
    errors. Safe to share between threads: what two of them work out at once is equal.
    """

    def __init__(self, read: Callable[[], list[etree._Element]], source: str) -> None:
        self._read = read
        self.source = source
        self._elements: dict[str, Element] = {}
        self._types: dict[str, Type | None] = {}
        self._anonymous: dict[str, etree._Element] = {}
        self._members: dict[str, tuple[Element, ...]] = {}
        self._lock = threading.Lock()

    @cached_property
    def roots(self) -> list[etree._Element]:
        """The ``xs:schema`` elements; not to be changed."""
        return self._read()

    @cached_property
    def _index(self) -> tuple[dict[str, etree._Element], dict[str, etree._Element]]:
        elements: dict[str, etree._Element] = {}
        types: dict[str, etree._Element] = {}
        for root in self.roots:
            target = root.get("targetNamespace")
            prefix = f"{{{target}}}" if target else ""
            for node in root.iterchildren(f"{_XS}element", f"{_XS}complexType", f"{_XS}simpleType"):
                where = elements if node.tag == f"{_XS}element" else types
                where.setdefault(prefix + (node.get("name") or ""), node)
        return elements, types

    # --- facts --------------------------------------------------------------------------------------------------

    def element_names(self) -> Iterable[str]:
        """All global elements."""
        return self._index[0].keys()

    def type_names(self) -> Iterable[str]:
        """All global types (not the builtins of XSD)."""
        return self._index[1].keys()

    def element(self, name: str) -> Element | None:
        """The global element of that Clark name."""
        found = self._elements.get(name)
        if found is None and (node := self._index[0].get(name)) is not None:
            found = self._elements[name] = self._declared(node, name, None)
        return found

    def declared(self, name: str) -> Element:
        """The global element that a message is made of. Raises UnreadableContract where no schema declares it."""
        found = self.element(name)
        if found is None:
            where = namespace(name) or "no namespace"
            raise UnreadableContract(
                f"{self.source}: no schema declares <{local(name)}> of {where}, which a message names"
            )
        return found

    def type(self, name: str) -> Type | None:
        """The type of that Clark name: global, anonymous (as named by `Element.type`), or a builtin of XSD."""
        if name not in self._types:
            self._types[name] = self._resolve(name)
        return self._types[name]

    def members(self, name: str) -> tuple[Element, ...]:
        """All members of a complex type in document order: those of its bases first."""
        if name not in self._members:
            chain: list[Type] = []
            for found in self.lineage(name):
                chain.insert(0, found)
                if found.content == "restriction":  # restates what it keeps of its base
                    break
            self._members[name] = tuple(member for found in chain for member in found.members)
        return self._members[name]

    def lineage(self, name: str) -> Iterator[Type]:
        """The type and its bases, nearest first."""
        seen: set[str] = set()
        at: str | None = name
        while at and at not in seen:
            seen.add(at)
            found = self.type(at)
            if found is None:
                return
            yield found
            at = found.base

    def builtin(self, name: str) -> Builtin | None:
        """The builtin that a simple type is or restricts; None of a list, a union, a type that is not there."""
        return next((BUILTINS[found.name] for found in self.lineage(name) if found.name in BUILTINS), None)

    def derives(self, name: str, base: str) -> bool:
        """Whether a value of type ``name`` may stand where ``base`` is declared."""
        return base in (ANY, f"{_XS}anySimpleType") or any(found.name == base for found in self.lineage(name))

    def derived(self, base: str) -> tuple[str, ...]:
        """The global types that derive from ``base``, without itself."""
        others = (name for name in self._index[1] if name != base)
        return tuple(name for name in others if any(t.name == base for t in self.lineage(name)))

    def reach(self, *types: str) -> set[str]:
        """These types and all that a value of them can hold: members, bases, list items, derived types."""
        todo, seen = list(types), set[str]()
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            found = self.type(name)
            if found is None:
                continue
            todo += [m.type for m in found.members]
            todo += [t for t in (found.base, found.item) if t]
            todo += self._subtypes.get(name, ())
        return seen

    @cached_property
    def _subtypes(self) -> dict[str, list[str]]:
        table: dict[str, list[str]] = {}
        for name, node in self._index[1].items():
            base = next((self._qname(n, n.get("base", "")) for n in node.iterdescendants(f"{_XS}extension")), None)
            if base:
                table.setdefault(base, []).append(name)
        return table

    # --- resolving ----------------------------------------------------------------------------------------------

    def _qname(self, node: etree._Element, value: str) -> str:
        prefix, colon, name = value.strip().rpartition(":")
        target = self._prefixes.get(prefix) if colon else None
        if target is None:
            target = node.nsmap.get(prefix if colon else None)
        return f"{{{target}}}{name}" if target else name

    @cached_property
    def _prefixes(self) -> dict[str, str]:
        """The prefixes that mean the same wherever they are used: asking lxml for each node's is slow."""
        return self._written[0]

    @property
    def has_references(self) -> bool:
        """Whether anything is declared by reference (``ref``)."""
        return self._written[1]

    @cached_property
    def _written(self) -> tuple[dict[str, str], bool]:
        references = False
        table: dict[str, str] = {}
        clashing: set[str] = set()
        for root in self.roots:
            inside = etree.tostring(root, with_tail=False).partition(b">")[2]
            references |= b' ref="' in inside
            clashing.update(prefix.decode() for prefix in _PREFIX.findall(inside))
            for prefix, uri in root.nsmap.items():
                if prefix and table.setdefault(prefix, uri) != uri:
                    clashing.add(prefix)
        return {prefix: uri for prefix, uri in table.items() if prefix not in clashing}, references

    def _declared(self, node: etree._Element, name: str, owner: str | None) -> Element:
        maximum = node.get("maxOccurs", "1")
        low, high = _count(node.get("minOccurs", "1")), None if maximum == "unbounded" else _count(maximum)
        if reference := node.get("ref"):
            target = self._qname(node, reference)
            found = self.element(target)
            if found is None:
                return Element(target, ANY, low, high)
            return Element(target, found.type, low, high, found.nillable, found.preset)
        if kind := node.get("type"):
            resolved = self._qname(node, kind)
        else:
            inner = next(node.iterchildren(f"{_XS}complexType", f"{_XS}simpleType"), None)
            if inner is None:
                resolved = ANY
            else:
                space, plain = namespace(name), name.rpartition("}")[2]
                resolved = f"{owner}/{plain}" if owner else f"{{{space}}}#{plain}"
                self._anonymous[resolved] = inner
        return Element(name, resolved, low, high, node.get("nillable") in ("true", "1"), _preset(node))

    def _resolve(self, name: str) -> Type | None:
        node = self._index[1].get(name)
        if node is None:
            node = self._anonymous.get(name)
        if node is None and "}#" in name:
            self.element(name.replace("}#", "}", 1))  # registers the element's anonymous type
            node = self._anonymous.get(name)
        if node is None:
            row = BUILTINS.get(name)
            if row is None or row.space != XSD:
                return None  # Microsoft's are there where the contract brings their schema
            return Type(name, "simple", base=f"{_XS}{row.base}" if row.base else None)
        return self._simple(node, name) if node.tag == f"{_XS}simpleType" else self._complex(node, name)

    def _simple(self, node: etree._Element, name: str) -> Type:
        if (items := node.find(f"{_XS}list")) is not None:
            item = items.get("itemType")
            return Type(name, "list", item=self._qname(items, item) if item else self._inner(items, f"{name}/item"))
        restriction = node.find(f"{_XS}restriction")
        if restriction is None:
            return Type(name, "simple", content="union")
        base = restriction.get("base")
        values = tuple(self._enum_value(v) for v in restriction.iterchildren(f"{_XS}enumeration"))
        facets = tuple(
            (f.tag.rpartition("}")[2], f.get("value", ""))
            for f in restriction.iterchildren(tag=etree.Element)
            if f.tag not in (f"{_XS}enumeration", f"{_XS}annotation", f"{_XS}simpleType")
        )
        return Type(
            name,
            "enum" if values else "simple",
            base=self._qname(restriction, base) if base else self._inner(restriction, f"{name}/base"),
            values=values,
            facets=facets,
        )

    def _inner(self, node: etree._Element, name: str) -> str:
        inner = node.find(f"{_XS}simpleType")
        if inner is None:
            return f"{_XS}anySimpleType"
        self._anonymous[name] = inner
        return name

    @staticmethod
    def _enum_value(node: etree._Element) -> EnumValue:
        number = node.findtext(f".//{{{SERIALIZATION}}}EnumerationValue")
        known = number is not None and number.strip().lstrip("-").isdigit()
        return EnumValue(node.get("value", ""), int(number) if number and known else None)

    def _complex(self, node: etree._Element, name: str) -> Type:
        holder, base, content = node, None, "sequence"
        if (inner := node.find(f"{_XS}complexContent")) is not None:
            derivation = next(inner.iterchildren(f"{_XS}extension", f"{_XS}restriction"), inner)
            holder, base = derivation, self._qname(derivation, derivation.get("base", ""))
            if derivation.tag == f"{_XS}restriction":
                content = "restriction"
            if inner.get("mixed") in ("true", "1"):
                content = "mixed"
        elif (inner := node.find(f"{_XS}simpleContent")) is not None:
            holder = next(inner.iterchildren(f"{_XS}extension", f"{_XS}restriction"), inner)
            base, content = self._qname(holder, holder.get("base", "")), "simple"
        if node.get("mixed") in ("true", "1") and content != "simple":
            content = "mixed"
        members: list[Element] = []
        particles = self._particles(holder, name, members, content, _home(node))
        marks = node.findtext(f"{_XS}annotation/{_XS}appinfo/{{{SERIALIZATION}}}IsDictionary")
        return Type(
            name,
            "complex",
            base=None if base == ANY else base,
            members=tuple(members),
            attributes=tuple(self._attributes(holder, name)),
            content=content if content == "simple" else particles,
            dictionary=(marks or "").strip() in ("true", "1"),
            abstract=node.get("abstract") in ("true", "1"),
        )

    def _particles(
        self,
        holder: etree._Element,
        owner: str,
        members: list[Element],
        content: str,
        home: tuple[str, str],
        inside: tuple[str, ...] = (),
    ) -> str:
        for node in holder.iterchildren(tag=etree.Element):
            tag = node.tag.rpartition("}")[2]
            if tag == "element":
                members.append(self._declared(node, _member_name(node, home), owner))
            elif tag in ("sequence", "choice", "all"):
                plain = node.get("minOccurs", "1") == "1" and node.get("maxOccurs", "1") == "1"
                if tag != "sequence" or not plain or holder.tag == node.tag:
                    content = tag if tag != "sequence" else "nested"
                content = self._particles(node, owner, members, content, home, inside)
            elif tag in ("any", "anyAttribute", "group", "attributeGroup"):
                content = "wildcard" if tag.startswith("any") else tag
                reference = node.get("ref", "")
                if tag == "group" and reference not in inside and (group := self.group(node)) is not None:
                    self._particles(group, owner, members, content, _home(group), (*inside, reference))
        return content

    def node(self, name: str) -> etree._Element | None:
        """A type's declaration, for what `Type` does not say (how choices and wildcards nest); not to be changed."""
        found = self._index[1].get(name)
        if found is None:
            self.type(name)  # registers an anonymous one
            found = self._anonymous.get(name)
        return found

    def global_type(self, name: str) -> etree._Element | None:
        """A global type's declaration; not to be changed."""
        return self._index[1].get(name)

    def element_node(self, name: str) -> etree._Element | None:
        """A global element's declaration; not to be changed."""
        return self._index[0].get(name)

    @cached_property
    def shared(self) -> tuple[bytes, ...]:
        """What declarations refer to beside elements and types: groups, attribute groups, attributes; sorted."""
        return tuple(sorted(etree.tostring(node, with_tail=False) for node in self._shared.values()))

    @cached_property
    def _shared(self) -> dict[tuple[str, str], etree._Element]:
        """Global groups, attribute groups and attributes by (local tag, Clark name)."""
        table: dict[tuple[str, str], etree._Element] = {}
        for root in self.roots:
            target = root.get("targetNamespace")
            prefix = f"{{{target}}}" if target else ""
            for node in root.iterchildren(f"{_XS}group", f"{_XS}attributeGroup", f"{_XS}attribute"):
                table.setdefault((node.tag.rpartition("}")[2], prefix + (node.get("name") or "")), node)
        return table

    def group(self, node: etree._Element) -> etree._Element | None:
        """What a reference to a group, an attribute group or an attribute means, where it is there."""
        return self._shared.get((node.tag.rpartition("}")[2], self._qname(node, node.get("ref", ""))))

    def _attributes(self, holder: etree._Element, owner: str, inside: tuple[str, ...] = ()) -> Iterator[Attribute]:
        for node in holder.iterchildren(f"{_XS}attribute", f"{_XS}attributeGroup"):
            declared = self.group(node) if node.get("ref") else node
            if node.tag == f"{_XS}attributeGroup":
                reference = node.get("ref", "")
                if declared is not None and reference and reference not in inside:
                    yield from self._attributes(declared, owner, (*inside, reference))
                continue
            name = self._qname(node, node.get("ref", "")) if node.get("ref") else node.get("name", "")
            kind = f"{_XS}anySimpleType"
            if declared is not None:
                said = declared.get("type")
                kind = self._qname(declared, said) if said else self._inner(declared, f"{owner}/@{local(name)}")
            if array := node.get(f"{{{_WSDL}}}arrayType"):  # SOAP 1.1's own arrays: what they hold
                kind = self._qname(node, array)
            preset = _preset(node) or (None if declared is None else _preset(declared))
            yield Attribute(name, kind, node.get("use", "optional"), preset)

    # --- the compiled schema ------------------------------------------------------------------------------------

    @cached_property
    def validator(self) -> etree.XMLSchema:
        """libxml2's compiled form; any global element can be its root. Raises UnreadableContract."""
        with self._lock:
            return compiled(self.roots, self.source)


def _home(node: etree._Element) -> tuple[str, str]:
    """Of the schema a node is in: elementFormDefault, and its namespace as a Clark name begins."""
    root = next(node.iterancestors(f"{_XS}schema"), None)
    if root is None:
        return "unqualified", ""
    target = root.get("targetNamespace")
    return root.get("elementFormDefault", "unqualified"), f"{{{target}}}" if target else ""


def _preset(node: etree._Element) -> tuple[str, str] | None:
    for kind in ("fixed", "default"):
        if (value := node.get(kind)) is not None:
            return kind, value
    return None


def _member_name(node: etree._Element, home: tuple[str, str]) -> str:
    name = node.get("name") or ""
    return home[1] + name if (node.get("form") or home[0]) == "qualified" else name


def _count(text: str) -> int:
    """minOccurs or maxOccurs; what is no number is taken for 1, the default: the compiled schema refuses it."""
    if text == "0" or text == "1":
        return int(text)
    digits = text.strip()
    return int(digits[:20]) if digits.isascii() and digits.isdigit() else 1  # no more digits than any document needs
